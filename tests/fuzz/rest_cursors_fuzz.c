/* The input is taken for the cursors of GET /events. */
#include "fuzz.h"

#include "base/error.h"
#include "doors/rest_cursors.h"
#include "doors/room_id.h"

enum { MAX = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor cursors[MAX];
    uint8_t *bytes = fuzz_copy(data, size);
    int count = rest_cursors_parse(slice_of(bytes, size), cursors, MAX);
    ASSERT(count <= MAX && (count >= 0 || count == ERR_PROTOCOL || count == ERR_LIMIT));
    /* Written anew it is what it was: there is one form of each. */
    struct buffer text = {0};
    for (int i = 0; i < count; i++) {
        if (i > 0)
            buffer_append_byte(&text, ',');
        room_id_write(&text, cursors[i].room);
        buffer_printf(&text, ":%llu", (unsigned long long)cursors[i].seq);
    }
    ASSERT(count < 0 || slice_equals(buffer_slice(&text), slice_of(bytes, size)));
    buffer_release(&text);
    mem_free(bytes);
    return 0;
}
