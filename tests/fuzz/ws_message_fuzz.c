/* Choices: how it is cut, permessage-deflate, the limit. The rest is what a client sends. */
#include "fuzz.h"

#include "base/utf8.h"
#include "proto/ws_message.h"

struct session {
    struct ws_message message;
    struct ws_message_limits limits;
    struct buffer events; /* kind, code, length and payload of each */
    bool ended;
};

static void keep(struct session *session, const struct ws_event *event)
{
    uint32_t len = (uint32_t)event->payload.len;
    ASSERT(!session->ended);
    session->ended = event->kind == WS_EVENT_CLOSE || event->kind == WS_EVENT_ERROR;
    if (event->kind == WS_EVENT_TEXT || event->kind == WS_EVENT_BINARY)
        ASSERT(len <= session->limits.message_bytes_max);
    else
        ASSERT(len <= WS_CONTROL_BYTES_MAX);
    if (event->kind == WS_EVENT_TEXT || event->kind == WS_EVENT_CLOSE)
        ASSERT(utf8_is_valid(event->payload));
    if (event->kind == WS_EVENT_CLOSE)
        ASSERT(event->code == WS_CLOSE_NONE || ws_close_code_is_valid(event->code));
    if (event->kind == WS_EVENT_ERROR)
        ASSERT(event->code == 1002 || event->code == 1007 || event->code == 1009);
    buffer_append_byte(&session->events, (uint8_t)event->kind);
    buffer_append(&session->events, &event->code, sizeof event->code);
    buffer_append(&session->events, &len, sizeof len);
    buffer_append(&session->events, event->payload.ptr, len);
}

static void feed(struct session *session, const uint8_t *bytes, size_t len)
{
    uint8_t *piece = fuzz_copy(bytes, len);
    size_t at = 0;
    struct ws_event event;
    do {
        size_t used =
            ws_message_feed(&session->message, &session->limits, piece + at, len - at, &event);
        ASSERT(used <= len - at);
        at += used;
        if (event.kind != WS_EVENT_NONE)
            keep(session, &event);
        ws_event_release(&event);
    } while (event.kind != WS_EVENT_NONE);
    ASSERT(at == len);
    mem_free(piece);
}

static struct session run(struct fuzz *fuzz, uint8_t flags, bool cut)
{
    struct session session = {.limits.message_bytes_max = flags & 4 ? 130 : 5000};
    if (flags & 1)
        session.limits.inflater = ws_inflater_new(flags & 8 ? 9 : 15, flags & 2);
    for (size_t at = 0; at < fuzz->size;) {
        size_t len = cut ? fuzz_piece(fuzz, fuzz->size - at) : fuzz->size - at;
        feed(&session, fuzz->data + at, len);
        at += len;
    }
    ws_message_release(&session.message);
    ws_inflater_free(session.limits.inflater);
    return session;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz = {.data = data, .size = size};
    fuzz.seed = fuzz_choice(&fuzz);
    uint8_t flags = fuzz_choice(&fuzz);
    struct session whole = run(&fuzz, flags, false);
    struct session cut = run(&fuzz, flags, true);
    ASSERT(whole.ended == cut.ended);
    ASSERT(slice_equals(buffer_slice(&whole.events), buffer_slice(&cut.events)));
    buffer_release(&whole.events);
    buffer_release(&cut.events);
    return 0;
}
