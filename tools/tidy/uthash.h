#pragma once
/*
 * What clang-tidy reads in place of uthash: the same types, with the two macros whose inner workings its analyzer
 * follows to false ends (it loses track of the bytes being hashed, and takes a list's end for a null pointer in use)
 * made opaque. Nothing is ever compiled against this.
 */
#include_next <uthash.h>

void tidy_changes(const void *what);

#undef HASH_FUNCTION
#define HASH_FUNCTION(keyptr, keylen, hashv)                                                       \
    do {                                                                                           \
        (hashv) = (unsigned)(keylen);                                                              \
        tidy_changes(&(hashv));                                                                    \
    } while (0)

#undef HASH_DELETE_HH
#define HASH_DELETE_HH(hh, head, delptrhh)                                                         \
    do {                                                                                           \
        tidy_changes(delptrhh);                                                                    \
        tidy_changes(&(head));                                                                     \
    } while (0)
