/* Choices: how it is cut, chunked or how long. The rest is a body, and what may stand behind it. */
#include "fuzz.h"

#include "base/error.h"
#include "proto/http_body.h"

enum { BYTES_MAX = 500 };

struct outcome {
    int64_t result;
    bool done;
    struct buffer payload;
};

static void feed(struct http_body *body, const uint8_t *bytes, size_t len, struct outcome *outcome)
{
    size_t at = 0;
    while (at < len && outcome->result >= 0 && !outcome->done) {
        struct slice payload;
        int64_t used = http_body_feed(body, bytes + at, len - at, &payload, &outcome->done);
        if (used < 0) {
            outcome->result = used;
            break;
        }
        ASSERT(used > 0 && (size_t)used <= len - at);
        ASSERT(payload.len == 0 ||
               (payload.ptr >= bytes + at && payload.ptr + payload.len <= bytes + at + used));
        buffer_append(&outcome->payload, payload.ptr, payload.len);
        outcome->result += used;
        at += (size_t)used;
    }
    ASSERT(outcome->result < 0 || http_body_is_done(body) == outcome->done);
}

static struct outcome run(const struct http_head *head, struct fuzz *fuzz, bool cut)
{
    struct outcome outcome = {0};
    struct http_body body;
    ASSERT(http_body_init(&body, head, BYTES_MAX) == OK);
    outcome.done = http_body_is_done(&body);
    for (size_t at = 0; at < fuzz->size;) {
        size_t len = cut ? fuzz_piece(fuzz, fuzz->size - at) : fuzz->size - at;
        uint8_t *piece = fuzz_copy(fuzz->data + at, len);
        feed(&body, piece, len, &outcome);
        mem_free(piece);
        at += len;
    }
    ASSERT(outcome.payload.len <= BYTES_MAX);
    return outcome;
}

/** What was decoded comes out again when it is chunked anew, in other sizes. */
static void check_round_trip(const struct http_head *head, struct fuzz *fuzz, struct slice payload)
{
    struct buffer chunks = {0};
    for (size_t at = 0; at < payload.len;) {
        size_t len = fuzz_piece(fuzz, payload.len - at);
        buffer_printf(&chunks, fuzz->seed & 0x10000 ? "%zx\r\n" : "%04zX;x=y\r\n", len);
        buffer_append(&chunks, payload.ptr + at, len);
        buffer_append_string(&chunks, "\r\n");
        at += len;
    }
    buffer_append_string(&chunks, "0\r\nTrailer: x\r\n\r\n");
    struct fuzz again = {.data = chunks.ptr, .size = chunks.len, .seed = fuzz->seed};
    struct outcome outcome = run(head, &again, true);
    ASSERT(outcome.done && outcome.result == (int64_t)chunks.len);
    ASSERT(slice_equals(buffer_slice(&outcome.payload), payload));
    buffer_release(&outcome.payload);
    buffer_release(&chunks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz = {.data = data, .size = size};
    fuzz.seed = fuzz_choice(&fuzz);
    uint8_t length = fuzz_choice(&fuzz);
    const struct http_head head = {.chunked = length & 1,
                                   .content_length = length & 1 ? 0 : length};
    struct outcome whole = run(&head, &fuzz, false);
    struct outcome cut = run(&head, &fuzz, true);
    ASSERT(whole.result == cut.result && whole.done == cut.done);
    /* When it fails, it may have given more or less of the payload before; never another one. */
    size_t common = whole.payload.len < cut.payload.len ? whole.payload.len : cut.payload.len;
    ASSERT(common == 0 || memcmp(whole.payload.ptr, cut.payload.ptr, common) == 0);
    ASSERT(whole.result < 0 || whole.payload.len == cut.payload.len);
    if (head.chunked && whole.done)
        check_round_trip(&head, &fuzz, buffer_slice(&whole.payload));
    buffer_release(&whole.payload);
    buffer_release(&cut.payload);
    return 0;
}
