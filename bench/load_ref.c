#include "load_ref.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "load.h"

void ref_init(struct ref *r)
{
    memset(r, 0, sizeof *r);
    int fd = memfd_create("reference", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)REF_BYTES) < 0)
        die("no memory for the reference");
    uint8_t *twice = mmap(NULL, 2 * REF_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (twice == MAP_FAILED)
        die("no room for the reference");
    for (int half = 0; half < 2; half++) {
        void *at = twice + (size_t)half * REF_BYTES;
        /* Populated now: a page fault in the measured phase would show up as latency. */
        if (mmap(at, REF_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd,
                 0) == MAP_FAILED)
            die("cannot map the reference");
    }
    close(fd);
    r->bytes = twice;
    r->frames = calloc(REF_FRAMES, sizeof *r->frames);
    if (r->frames == NULL)
        die("no memory for the reference");
}

void ref_append(struct ref *r, const uint8_t *bytes, size_t len, struct ref_frame frame)
{
    memcpy(r->bytes + (r->end & (REF_BYTES - 1)), bytes, len);
    r->end += len;
    frame.end = r->end;
    r->frames[r->count & (REF_FRAMES - 1)] = frame;
    r->count++;
}
