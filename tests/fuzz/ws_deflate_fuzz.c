/*
 * Choices: what is done with the rest, and with which parameters. It is taken for payloads to
 * inflate, for messages that must survive deflating, or for the offers of a client.
 */
#include "fuzz.h"

#include "base/error.h"
#include "proto/ws_deflate.h"

enum { BYTES_MAX = 3000 };

static void check_inflate(struct fuzz *fuzz, int bits)
{
    struct ws_inflater *inflater = ws_inflater_new(bits, false);
    struct buffer out = {0}, again = {0};
    uint8_t *bytes = fuzz_copy(fuzz->data, fuzz->size);
    struct slice payload = slice_of(bytes, fuzz->size);
    int result = ws_inflater_run(inflater, payload, BYTES_MAX, &out);
    ASSERT(result == OK || result == ERR_LIMIT || result == ERR_PROTOCOL);
    ASSERT(out.len <= BYTES_MAX + 1 && (result == ERR_LIMIT) == (out.len > BYTES_MAX));
    /* Without takeover there is no memory of what was before, be it good or bad. */
    ASSERT(ws_inflater_run(inflater, payload, BYTES_MAX, &again) == result);
    ASSERT(slice_equals(buffer_slice(&out), buffer_slice(&again)));
    if (result == OK && out.len > 0) {
        again.len = 0;
        ASSERT(ws_inflater_run(inflater, payload, out.len, &again) == OK);
        again.len = 0;
        ASSERT(ws_inflater_run(inflater, payload, out.len - 1, &again) == ERR_LIMIT);
    }
    buffer_release(&out);
    buffer_release(&again);
    mem_free(bytes);
    ws_inflater_free(inflater);
}

static void check_round_trip(struct fuzz *fuzz, int bits, int level, bool takeover)
{
    struct ws_deflater *deflater = ws_deflater_new(level, bits, takeover);
    struct ws_inflater *inflater = ws_inflater_new(bits, takeover);
    for (size_t at = 0; at < fuzz->size;) {
        size_t len = fuzz_piece(fuzz, fuzz->size - at);
        struct slice message = slice_of(fuzz->data + at, len);
        struct buffer payload = {0}, back = {0};
        ws_deflater_run(deflater, message, &payload);
        ASSERT(ws_inflater_run(inflater, buffer_slice(&payload), len, &back) == OK);
        ASSERT(slice_equals(buffer_slice(&back), message));
        buffer_release(&payload);
        buffer_release(&back);
        at += len;
    }
    ws_deflater_free(deflater);
    ws_inflater_free(inflater);
}

static void check_offers(struct fuzz *fuzz, const struct ws_deflate_policy *policy)
{
    static struct http_head head;
    char response[WS_DEFLATE_RESPONSE_SIZE];
    struct ws_deflate_params params;
    uint8_t *bytes = fuzz_copy(fuzz->data, fuzz->size);
    head.headers_count = 1;
    head.headers[0].name = SLICE_LITERAL("Sec-WebSocket-Extensions");
    head.headers[0].value = slice_of(bytes, fuzz->size);
    if (ws_deflate_negotiate(&head, policy, &params, response)) {
        ASSERT(strncmp(response, "permessage-deflate", 18) == 0 && strlen(response) < 160);
        ASSERT(params.server_window_bits >= policy->server_window_bits_min);
        ASSERT(params.server_window_bits <= WS_WINDOW_BITS_MAX);
        ASSERT(params.client_window_bits >= WS_WINDOW_BITS_MIN);
        ASSERT(params.client_window_bits <= WS_WINDOW_BITS_MAX);
        ASSERT(params.server_no_context_takeover || !policy->server_no_context_takeover);
        /* As an offer, an answer is one that is accepted. */
        head.headers[0].value = slice_of_string(response);
        ASSERT(ws_deflate_negotiate(&head, policy, &params, response));
    }
    mem_free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz = {.data = data, .size = size};
    uint8_t what = fuzz_choice(&fuzz);
    fuzz.seed = fuzz_choice(&fuzz);
    int bits = WS_WINDOW_BITS_MIN + (what >> 2) % 7;
    switch (what & 3) {
    case 0:
        check_inflate(&fuzz, bits);
        break;
    case 1:
        check_offers(&fuzz, what & 4 ? &ws_deflate_policy_shared : &ws_deflate_policy_single);
        break;
    default:
        check_round_trip(&fuzz, bits, 1 + fuzz.seed % 9, what & 1);
    }
    return 0;
}
