#include "proto/ws_message.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

enum state { HEADER, PAYLOAD, CLOSED };

/* A control frame may stand, in pieces of its own, between the pieces of a message: hence both. */
struct ws_message_partial {
    struct buffer message;
    uint8_t control_len;
    uint8_t control[WS_CONTROL_BYTES_MAX];
};

static bool is_control(const struct ws_message *message)
{
    return message->opcode >= WS_OP_CLOSE;
}

static struct ws_message_partial *partial_of(struct ws_message *message)
{
    if (!message->partial)
        message->partial = mem_zalloc(sizeof *message->partial);
    return message->partial;
}

static void drop_partial_if_unused(struct ws_message *message)
{
    struct ws_message_partial *partial = message->partial;
    if (!partial || partial->message.len > 0 || partial->control_len > 0)
        return;
    buffer_release(&partial->message);
    mem_free(partial);
    message->partial = NULL;
}

void ws_message_init(struct ws_message *message)
{
    *message = (struct ws_message){.state = HEADER};
}

void ws_message_release(struct ws_message *message)
{
    if (message->partial) {
        buffer_release(&message->partial->message);
        mem_free(message->partial);
    }
    *message = (struct ws_message){.state = CLOSED};
}

void ws_event_release(struct ws_event *event)
{
    buffer_release(&event->owned);
    event->payload = (struct slice){0};
}

static void fail(struct ws_message *message, struct ws_event *event, unsigned code)
{
    ws_message_release(message);
    ws_event_release(event);
    event->kind = WS_EVENT_ERROR;
    event->code = (uint16_t)code;
}

/**
 * The most payload that may come for a message. What does not compress gets longer by deflate, at
 * worst by an eighth and a few bytes (zlib's deflateBound), so a message of just the limit may
 * still come.
 */
static uint64_t payload_bytes_max(const struct ws_message *message,
                                  const struct ws_message_limits *limits)
{
    uint64_t max = limits->message_bytes_max;
    return message->compressed ? max + max / 8 + 64 : max;
}

/** Returns OK or the close code of the rule that the frame breaks at this place (RFC 6455 5.4). */
static int begin_frame(struct ws_message *message, const struct ws_message_limits *limits,
                       const struct ws_frame *frame)
{
    message->opcode = frame->opcode;
    message->fin = frame->fin;
    message->frame_left = frame->len;
    memcpy(message->mask, frame->mask, sizeof message->mask);
    message->state = PAYLOAD;
    if (is_control(message))
        return OK;

    bool begins = frame->opcode != WS_OP_CONTINUATION;
    if (begins == (message->message_opcode != 0))
        return WS_CLOSE_PROTOCOL;
    if (begins) {
        message->message_opcode = frame->opcode;
        message->compressed = frame->rsv1;
        message->message_len = 0;
        message->utf8_state = UTF8_START;
    }
    if (frame->len > payload_bytes_max(message, limits) - message->message_len)
        return WS_CLOSE_TOO_BIG;
    message->message_len += (uint32_t)frame->len;
    return OK;
}

/**
 * Reads a header, across calls if need be, and begins its frame; fills the event if it breaks a
 * rule. Returns the bytes consumed.
 */
static size_t feed_header(struct ws_message *message, const struct ws_message_limits *limits,
                          struct slice in, struct ws_event *event)
{
    struct ws_frame frame;
    size_t kept = message->header_len;
    size_t take = in.len < sizeof message->header - kept ? in.len : sizeof message->header - kept;
    const uint8_t *header = in.ptr;
    if (kept > 0) {
        memcpy(message->header + kept, in.ptr, take);
        header = message->header;
    }
    int len = ws_frame_decode(header, kept + take, limits->inflater != NULL, &frame);
    if (len == ERR_AGAIN) {
        if (kept == 0)
            memcpy(message->header, in.ptr, take);
        message->header_len = (uint8_t)(kept + take);
        return take;
    }
    message->header_len = 0;
    int code = len < 0 ? WS_CLOSE_PROTOCOL : begin_frame(message, limits, &frame);
    if (code != OK) {
        fail(message, event, (unsigned)code);
        return in.len;
    }
    return (size_t)len - kept;
}

static void finish_close(struct ws_message *message, struct ws_event *event)
{
    struct slice payload = event->payload;
    unsigned code = WS_CLOSE_NONE;
    struct slice reason = slice_of(payload.ptr, 0);
    if (payload.len > 0) {
        code = payload.len < 2 ? 0 : (unsigned)payload.ptr[0] << 8 | payload.ptr[1];
        if (!ws_close_code_is_valid(code)) {
            fail(message, event, WS_CLOSE_PROTOCOL);
            return;
        }
        reason = slice_of(payload.ptr + 2, payload.len - 2);
        if (!utf8_is_valid(reason)) {
            fail(message, event, WS_CLOSE_INVALID_DATA);
            return;
        }
    }
    /* A message that the close frame cut off will never be complete. */
    ws_message_release(message);
    event->kind = WS_EVENT_CLOSE;
    event->code = (uint16_t)code;
    event->payload = reason;
}

/** Takes the next unmasked piece of a control frame; fills the event if it was the last. */
static void feed_control(struct ws_message *message, struct slice piece, struct ws_event *event)
{
    bool whole = message->frame_left == 0;
    if (!whole || (message->partial && message->partial->control_len > 0)) {
        struct ws_message_partial *partial = partial_of(message);
        if (piece.len > 0)
            memcpy(partial->control + partial->control_len, piece.ptr, piece.len);
        partial->control_len = (uint8_t)(partial->control_len + piece.len);
        if (!whole)
            return;
        memcpy(event->control, partial->control, partial->control_len);
        piece = slice_of(event->control, partial->control_len);
        partial->control_len = 0;
        drop_partial_if_unused(message);
    }
    event->payload = piece;
    if (message->opcode == WS_OP_CLOSE)
        finish_close(message, event);
    else
        event->kind = message->opcode == WS_OP_PING ? WS_EVENT_PING : WS_EVENT_PONG;
}

/** Inflates what the event holds. Returns OK or a close code. */
static int inflate_message(const struct ws_message_limits *limits, struct ws_event *event)
{
    struct buffer inflated = {0};
    int error =
        ws_inflater_run(limits->inflater, event->payload, limits->message_bytes_max, &inflated);
    buffer_release(&event->owned);
    event->owned = inflated;
    event->payload = buffer_slice(&inflated);
    if (error)
        return error == ERR_LIMIT ? WS_CLOSE_TOO_BIG : WS_CLOSE_INVALID_DATA;
    return OK;
}

static void finish_message(struct ws_message *message, const struct ws_message_limits *limits,
                           struct ws_event *event)
{
    int code = message->compressed ? inflate_message(limits, event) : OK;
    if (code == OK && message->message_opcode == WS_OP_TEXT) {
        bool valid = message->compressed ? utf8_is_valid(event->payload)
                                         : utf8_is_complete(message->utf8_state);
        code = valid ? OK : WS_CLOSE_INVALID_DATA;
    }
    if (code != OK) {
        fail(message, event, (unsigned)code);
        return;
    }
    event->kind = message->message_opcode == WS_OP_TEXT ? WS_EVENT_TEXT : WS_EVENT_BINARY;
    message->message_opcode = 0;
}

/** Takes the next unmasked piece of a data frame; fills the event if it completes or spoils it. */
static void feed_data(struct ws_message *message, const struct ws_message_limits *limits,
                      struct slice piece, struct ws_event *event)
{
    if (message->message_opcode == WS_OP_TEXT && !message->compressed &&
        !utf8_check(&message->utf8_state, piece.ptr, piece.len)) {
        fail(message, event, WS_CLOSE_INVALID_DATA);
        return;
    }
    bool complete = message->fin && message->frame_left == 0;
    bool in_place = complete && (!message->partial || message->partial->message.len == 0);
    if (!in_place && piece.len > 0)
        buffer_append(&partial_of(message)->message, piece.ptr, piece.len);
    if (!complete)
        return;
    event->payload = piece;
    if (!in_place) {
        event->owned = message->partial->message;
        event->payload = buffer_slice(&event->owned);
        message->partial->message = (struct buffer){0};
        drop_partial_if_unused(message);
    }
    finish_message(message, limits, event);
}

/** Unmasks what there is of the frame and hands it on. Returns the bytes consumed. */
static size_t feed_payload(struct ws_message *message, const struct ws_message_limits *limits,
                           uint8_t *bytes, size_t len, struct ws_event *event)
{
    size_t take = len < message->frame_left ? len : (size_t)message->frame_left;
    ws_frame_mask(bytes, take, message->mask);
    ws_frame_mask_rotate(message->mask, take);
    message->frame_left -= take;
    if (message->frame_left == 0)
        message->state = HEADER;
    if (is_control(message))
        feed_control(message, slice_of(bytes, take), event);
    else
        feed_data(message, limits, slice_of(bytes, take), event);
    return take;
}

size_t ws_message_feed(struct ws_message *message, const struct ws_message_limits *limits,
                       uint8_t *bytes, size_t len, struct ws_event *ret_event)
{
    ASSERT(limits->message_bytes_max <= INT32_MAX);
    ret_event->kind = WS_EVENT_NONE;
    ret_event->code = 0;
    ret_event->payload = (struct slice){0};
    ret_event->owned = (struct buffer){0};
    size_t at = 0;
    while (ret_event->kind == WS_EVENT_NONE && message->state != CLOSED) {
        /* An empty frame is complete without another byte; anything else needs one. */
        bool wants = message->state == HEADER || message->frame_left > 0;
        if (wants && at == len)
            return len;
        if (message->state == HEADER)
            at += feed_header(message, limits, slice_of(bytes + at, len - at), ret_event);
        else
            at += feed_payload(message, limits, bytes + at, len - at, ret_event);
    }
    return message->state == CLOSED ? len : at;
}
