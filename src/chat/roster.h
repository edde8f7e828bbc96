#pragma once
/*
 * Who is here: the people of a room with the number of their connections, and the count of the visitors.
 * Belongs to the sequencer. What leaves it is a roster_view: an immutable, shared picture.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
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

struct roster *roster_new(void);
void roster_free(struct roster *roster);

/**
 * A connection of a person came. The first one takes the name that is asked for, or where somebody here
 * has it another one ("Ann 2"); later ones keep the name that the person has.
 * ret_name is what it became. Returns whether it was the person's first connection.
 */
bool roster_join(struct roster *roster, uint64_t person, const struct name *asked, bool active,
                 struct name *ret_name);

/** A connection went; ret_name is who it was. Returns whether it was the person's last. The person must be here. */
bool roster_leave(struct roster *roster, uint64_t person, bool active, struct name *ret_name);

/** A connection became active or idle. Returns whether the person did. The person must be here. */
bool roster_set_active(struct roster *roster, uint64_t person, bool active);

/** Whether one of the person's connections is active; false when the person is not here. */
bool roster_is_active(const struct roster *roster, uint64_t person);

/** Gives the person the name asked for or a free one like it; ret_was and ret_name say the old and the new. */
void roster_rename(struct roster *roster, uint64_t person, const struct name *asked,
                   struct name *ret_was, struct name *ret_name);

/** Writes the person's name; false when the person is not here. */
bool roster_name(const struct roster *roster, uint64_t person, struct name *ret_name);

void roster_visitor_came(struct roster *roster);
void roster_visitor_went(struct roster *roster);

uint32_t roster_people(const struct roster *roster);
uint32_t roster_visitors(const struct roster *roster);

/** Returns owned a reference to a picture of now; it is made anew only after a change. */
struct roster_view *roster_view(struct roster *roster);

/** Gives a reference back; any thread; NULL is fine. */
void roster_view_unref(struct roster_view *view);
