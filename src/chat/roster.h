#pragma once
/*
 * A picture of who is here in a room: immutable and shared.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "chat/name.h"

enum { ROSTER_VIEW_MAX = 200 }; /* people that a view names; its count is the true one */

struct roster_person {
    uint64_t id;
    bool active;
    struct name name;
};

struct roster_view {
    atomic_uint refs;
    uint32_t people, visitors; /* in truth */
    uint32_t count;            /* in list */
    struct roster_person list[];
};

/** Returns owned (one reference) a view with room for count people; count in it is 0. */
struct roster_view *roster_view_new(uint32_t count);

/** Takes another reference; returns the same. Any thread. */
struct roster_view *roster_view_ref(struct roster_view *view);

/** Gives a reference back; any thread; NULL is fine. */
void roster_view_unref(struct roster_view *view);
