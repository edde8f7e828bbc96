/* The first byte chooses how long the content is; the rest is a Range field. */
#include "fuzz.h"

#include "base/error.h"
#include "proto/http_range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz = {data, size, 0};
    uint64_t bytes = fuzz_choice(&fuzz), first = 1, last = 0;
    uint8_t *text = fuzz_copy(fuzz.data, fuzz.size);
    int result = http_range_read(slice_of(text, fuzz.size), bytes, &first, &last);
    if (result == OK)
        ASSERT(first <= last && last < bytes);
    else
        ASSERT(first == 1 && last == 0 && (result == ERR_NOT_FOUND || result == ERR_PROTOCOL));
    mem_free(text);
    return 0;
}
