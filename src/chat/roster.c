#include "chat/roster.h"

#include <string.h>

#include <uthash.h>

#include "base/assert.h"
#include "base/memory.h"

struct person {
    uint64_t id;
    uint32_t connections;
    uint32_t active_connections;
    struct name name;
    struct name folded;
    UT_hash_handle by_id;
    UT_hash_handle by_name;
};

struct roster {
    struct person *people_by_id;
    struct person *people_by_name;
    uint32_t visitors;
    struct roster_view *view; /* NULL after a change */
};

static void forget_view(struct roster *roster)
{
    roster_view_unref(roster->view);
    roster->view = NULL;
}

static struct person *find(const struct roster *roster, uint64_t id)
{
    struct person *person;
    HASH_FIND(by_id, roster->people_by_id, &id, sizeof(id), person);
    return person;
}

static bool is_taken(const struct roster *roster, const struct name *folded)
{
    struct person *person;
    HASH_FIND(by_name, roster->people_by_name, folded->text, folded->len, person);
    return person != NULL;
}

/*
 * The name asked for, with a number behind it where somebody has it. After a few small numbers one is made
 * of the person's (random) id, so that ten thousand people of one name do not cost a search each.
 */
static void take_free_name(struct roster *roster, struct person *person, const struct name *asked)
{
    enum { SMALL_NUMBERS = 9, RANDOM_NUMBERS = 1000000 };
    person->name = *asked;
    name_fold(&person->name, &person->folded);
    for (unsigned number = 2; is_taken(roster, &person->folded); number++) {
        if (number == SMALL_NUMBERS + 1)
            number = SMALL_NUMBERS + 1 + (unsigned)(person->id % RANDOM_NUMBERS);
        name_with_number(asked, number, &person->name);
        name_fold(&person->name, &person->folded);
    }
    HASH_ADD_KEYPTR(by_name, roster->people_by_name, person->folded.text, person->folded.len,
                    person);
}

struct roster *roster_new(void)
{
    return mem_zalloc(sizeof(struct roster));
}

void roster_free(struct roster *roster)
{
    if (!roster)
        return;
    struct person *person, *next;
    HASH_CLEAR(by_name, roster->people_by_name);
    HASH_ITER (by_id, roster->people_by_id, person, next) {
        HASH_DELETE(by_id, roster->people_by_id, person);
        mem_free(person);
    }
    forget_view(roster);
    mem_free(roster);
}

bool roster_join(struct roster *roster, uint64_t id, const struct name *asked, bool active,
                 struct name *ret_name)
{
    struct person *person = find(roster, id);
    bool first = person == NULL;
    if (first) {
        person = mem_zalloc(sizeof(*person));
        person->id = id;
        HASH_ADD(by_id, roster->people_by_id, id, sizeof(person->id), person);
        take_free_name(roster, person, asked);
    }
    person->connections++;
    person->active_connections += active;
    *ret_name = person->name;
    forget_view(roster);
    return first;
}

bool roster_leave(struct roster *roster, uint64_t id, bool active, struct name *ret_name)
{
    struct person *person = find(roster, id);
    ASSERT(person && person->connections > 0);
    person->connections--;
    person->active_connections -= active;
    *ret_name = person->name;
    forget_view(roster);
    if (person->connections > 0)
        return false;
    HASH_DELETE(by_name, roster->people_by_name, person);
    HASH_DELETE(by_id, roster->people_by_id, person);
    mem_free(person);
    return true;
}

bool roster_set_active(struct roster *roster, uint64_t id, bool active)
{
    struct person *person = find(roster, id);
    ASSERT(person);
    bool before = person->active_connections > 0;
    if (active)
        person->active_connections++;
    else
        person->active_connections--;
    ASSERT(person->active_connections <= person->connections);
    bool after = person->active_connections > 0;
    if (before != after)
        forget_view(roster);
    return before != after;
}

bool roster_is_active(const struct roster *roster, uint64_t id)
{
    const struct person *person = find(roster, id);
    return person && person->active_connections > 0;
}

void roster_rename(struct roster *roster, uint64_t id, const struct name *asked,
                   struct name *ret_was, struct name *ret_name)
{
    struct person *person = find(roster, id);
    ASSERT(person);
    *ret_was = person->name;
    HASH_DELETE(by_name, roster->people_by_name, person);
    take_free_name(roster, person, asked);
    *ret_name = person->name;
    forget_view(roster);
}

bool roster_name(const struct roster *roster, uint64_t id, struct name *ret_name)
{
    const struct person *person = find(roster, id);
    if (!person)
        return false;
    *ret_name = person->name;
    return true;
}

void roster_visitor_came(struct roster *roster)
{
    roster->visitors++;
    forget_view(roster);
}

void roster_visitor_went(struct roster *roster)
{
    ASSERT(roster->visitors > 0);
    roster->visitors--;
    forget_view(roster);
}

uint32_t roster_people(const struct roster *roster)
{
    return HASH_CNT(by_id, roster->people_by_id);
}

uint32_t roster_visitors(const struct roster *roster)
{
    return roster->visitors;
}

struct roster_view *roster_view(struct roster *roster)
{
    if (!roster->view) {
        uint32_t people = roster_people(roster);
        uint32_t count = people < ROSTER_VIEW_MAX ? people : ROSTER_VIEW_MAX;
        struct roster_view *view = mem_alloc(sizeof(*view) + count * sizeof(view->list[0]));
        atomic_init(&view->refs, 1);
        view->people = people;
        view->visitors = roster->visitors;
        view->count = 0;
        struct person *person = roster->people_by_id;
        for (; view->count < count; person = person->by_id.next) {
            view->list[view->count++] = (struct roster_person){
                .id = person->id,
                .active = person->active_connections > 0,
                .name = person->name,
            };
        }
        roster->view = view;
    }
    atomic_fetch_add_explicit(&roster->view->refs, 1, memory_order_relaxed);
    return roster->view;
}

void roster_view_unref(struct roster_view *view)
{
    if (view && atomic_fetch_sub_explicit(&view->refs, 1, memory_order_acq_rel) == 1)
        mem_free(view);
}
