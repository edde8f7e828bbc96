#include "proto/http_body.h"

#include "base/error.h"
#include "base/hex.h"

enum state {
    LENGTH,       /* Content-Length: payload */
    SIZE,         /* the digits of a chunk's size */
    EXTENSION,    /* between the size and its CR */
    SIZE_LF,      /* the LF behind the size */
    DATA,         /* a chunk's payload */
    DATA_CR,      /* the CRLF behind it */
    DATA_LF,      /* … */
    TRAILER,      /* the first byte of a trailer line */
    TRAILER_NAME, /* its name */
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF, /* of the empty line that ends the body */
    DONE,
    FAILED_PROTOCOL,
    FAILED_LIMIT,
};

int http_body_init(struct http_body *body, const struct http_head *head, uint64_t bytes_max)
{
    *body = (struct http_body){.bytes_max = bytes_max};
    if (head->chunked) {
        body->state = SIZE;
        return OK;
    }
    if (head->content_length > bytes_max)
        return ERR_LIMIT;
    body->left = body->total = head->content_length;
    body->state = body->left > 0 ? LENGTH : DONE;
    return OK;
}

bool http_body_is_done(const struct http_body *body)
{
    return body->state == DONE;
}

static uint8_t on_size(struct http_body *body, uint8_t byte)
{
    int digit = hex_value(byte);
    if (digit >= 0) {
        if (++body->digits > HTTP_CHUNK_SIZE_DIGITS_MAX)
            return FAILED_PROTOCOL;
        /* Sixteen digits fill 64 bits exactly: nothing is lost. */
        body->left = body->left << 4 | (uint64_t)digit;
        return SIZE;
    }
    if (body->digits == 0)
        return FAILED_PROTOCOL;
    if (byte == '\r')
        return SIZE_LF;
    /* No blank before the semicolon: the RFC calls it bad whitespace, and parsers differ in it. */
    return byte == ';' ? EXTENSION : FAILED_PROTOCOL;
}

static bool is_control(uint8_t byte)
{
    return (byte < ' ' && byte != '\t') || byte == 0x7f;
}

/** RFC 9112 7.1.1: ignored, but a lone LF in one is how chunks are smuggled. */
static uint8_t on_extension(struct http_body *body, uint8_t byte)
{
    if (byte == '\r')
        return SIZE_LF;
    if (is_control(byte))
        return FAILED_PROTOCOL;
    return ++body->side_bytes > HTTP_CHUNK_EXTENSION_BYTES_MAX ? FAILED_LIMIT : EXTENSION;
}

static uint8_t on_size_end(struct http_body *body, uint8_t byte)
{
    if (byte != '\n')
        return FAILED_PROTOCOL;
    body->side_bytes = 0;
    body->digits = 0;
    if (body->left == 0)
        return TRAILER;
    if (body->left > body->bytes_max - body->total)
        return FAILED_LIMIT;
    body->total += body->left;
    return DATA;
}

/** RFC 9112 7.1.2: trailer fields obey the rules of header fields and are thrown away. */
static uint8_t on_trailer(struct http_body *body, uint8_t byte)
{
    if (++body->side_bytes > HTTP_TRAILER_BYTES_MAX)
        return FAILED_LIMIT;
    switch (body->state) {
    case TRAILER:
        if (byte == '\r')
            return LAST_LF;
        return http_is_token(slice_of(&byte, 1)) ? TRAILER_NAME : FAILED_PROTOCOL;
    case TRAILER_NAME:
        if (byte == ':')
            return TRAILER_VALUE;
        return http_is_token(slice_of(&byte, 1)) ? TRAILER_NAME : FAILED_PROTOCOL;
    case TRAILER_VALUE:
        if (byte == '\r')
            return TRAILER_LF;
        return is_control(byte) ? FAILED_PROTOCOL : TRAILER_VALUE;
    default:
        return byte == '\n' ? TRAILER : FAILED_PROTOCOL;
    }
}

static uint8_t on_byte(struct http_body *body, uint8_t byte)
{
    switch (body->state) {
    case SIZE:
        return on_size(body, byte);
    case EXTENSION:
        return on_extension(body, byte);
    case SIZE_LF:
        return on_size_end(body, byte);
    case DATA_CR:
        return byte == '\r' ? DATA_LF : FAILED_PROTOCOL;
    case DATA_LF:
        return byte == '\n' ? SIZE : FAILED_PROTOCOL;
    case LAST_LF:
        return byte == '\n' ? DONE : FAILED_PROTOCOL;
    default:
        return on_trailer(body, byte);
    }
}

int64_t http_body_feed(struct http_body *body, const uint8_t *bytes, size_t len,
                       struct slice *ret_payload, bool *ret_done)
{
    size_t at = 0;
    struct slice payload = {0};
    while (at < len && body->state != LENGTH && body->state != DATA && body->state < DONE)
        body->state = on_byte(body, bytes[at++]);
    if (body->state == FAILED_PROTOCOL)
        return ERR_PROTOCOL;
    if (body->state == FAILED_LIMIT)
        return ERR_LIMIT;
    if (at < len && (body->state == LENGTH || body->state == DATA)) {
        size_t take = len - at < body->left ? len - at : (size_t)body->left;
        payload = slice_of(bytes + at, take);
        at += take;
        body->left -= take;
        if (body->left == 0)
            body->state = body->state == LENGTH ? DONE : DATA_CR;
    }
    *ret_payload = payload;
    *ret_done = body->state == DONE;
    return (int64_t)at;
}
