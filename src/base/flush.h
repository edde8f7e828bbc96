#pragma once
/*
 * The one array that crosses from the domain to the network: what is due to whom in this turn. The pool
 * fills it, one function sends all of it (and may hand it to the kernel as one batch), and each entry
 * comes back with how much was taken. Ranges are shared between entries: members that stand at the same
 * place of the same ring name the same ones. Nothing is copied and nothing is allocated per member.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct flush_entry {
    void *link;     /* the connection, as the network knows it */
    uint32_t first; /* index of its first range in flush.ranges */
    uint32_t count; /* how many ranges, at least 1 */
    int64_t
        taken; /* out: bytes the kernel took of the ranges; less than all when it is full; -1 when
                       the connection is closing and takes nothing any more */
};

struct flush {
    struct flush_entry *entries;
    size_t entries_count;
    struct iovec *ranges; /* base/len pairs; they stay valid until the call returns */
    size_t ranges_count;
};
