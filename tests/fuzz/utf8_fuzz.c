/* Choice: how it is cut. The rest is a text. */
#include "fuzz.h"

#include "base/error.h"
#include "base/utf8.h"

/** Decodes one code point by arithmetic alone; returns its length, 0 if there is none. */
static size_t naive_decode(const uint8_t *at, size_t len, uint32_t *ret_code_point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t need = at[0] < 0x80           ? 1
                  : (at[0] >> 5) == 0x06 ? 2
                  : (at[0] >> 4) == 0x0e ? 3
                  : (at[0] >> 3) == 0x1e ? 4
                                         : 0;
    if (need == 0 || need > len)
        return 0;
    uint32_t code_point = need == 1 ? at[0] : at[0] & (0x7fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((at[i] >> 6) != 2)
            return 0;
        code_point = code_point << 6 | (at[i] & 0x3f);
    }
    bool fine = code_point >= smallest[need] && code_point < 0x110000 &&
                (code_point < 0xd800 || code_point > 0xdfff);
    *ret_code_point = code_point;
    return fine ? need : 0;
}

/** Goes through the text: whether it is valid, how many code points, what it becomes. */
static bool naive_walk(struct slice text, size_t *ret_count, struct buffer *ret_replaced)
{
    bool valid = true;
    *ret_count = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t code_point, decoded;
        struct slice rest = slice_of(text.ptr + i, text.len - i);
        size_t len = naive_decode(rest.ptr, rest.len, &code_point);
        int result = utf8_decode(rest, &decoded);
        ASSERT(len > 0 ? result == (int)len && decoded == code_point : result < 0);
        if (len > 0) {
            buffer_append(ret_replaced, rest.ptr, len);
        } else {
            buffer_append_string(ret_replaced, "\xef\xbf\xbd");
            valid = false;
            len = 1;
        }
        i += len;
        ++*ret_count;
    }
    return valid;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz = {.data = data, .size = size};
    fuzz.seed = fuzz_choice(&fuzz);
    uint8_t *bytes = fuzz_copy(fuzz.data, fuzz.size);
    struct slice text = slice_of(bytes, fuzz.size);
    struct buffer expected = {0}, replaced = {0};
    size_t count;
    bool valid = naive_walk(text, &count, &expected);
    ASSERT(utf8_is_valid(text) == valid);
    ASSERT(!valid || utf8_length(text) == count);

    uint8_t state = UTF8_START;
    bool so_far = true;
    for (size_t at = 0; at < text.len;) {
        size_t len = fuzz_piece(&fuzz, text.len - at);
        uint8_t *piece = fuzz_copy(text.ptr + at, len);
        bool fine = utf8_check(&state, piece, len);
        ASSERT(so_far || !fine);
        so_far = fine;
        mem_free(piece);
        at += len;
    }
    ASSERT((so_far && utf8_is_complete(state)) == valid);

    utf8_replace_invalid(text, &replaced);
    ASSERT(slice_equals(buffer_slice(&replaced), buffer_slice(&expected)));
    ASSERT(utf8_is_valid(buffer_slice(&replaced)));
    ASSERT(replaced.len <= text.len * UTF8_REPLACED_MAX);
    buffer_release(&expected);
    buffer_release(&replaced);
    mem_free(bytes);
    return 0;
}
