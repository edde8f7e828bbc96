#include "chat/scripted_store.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka needs those above it. */
#include <cmocka.h>

static struct scripted_state *const now = &script.now;

/* ---- members ---- */

static size_t find_member(uint64_t room, uint64_t person)
{
    size_t i = 0;
    while (i < now->members_count &&
           (now->members[i].room != room || now->members[i].person != person))
        i++;
    return i;
}

void scripted_store_add_member(uint64_t room, uint64_t person, uint64_t read)
{
    assert_true(now->members_count < SCRIPTED_MEMBERS_MAX);
    size_t at = now->members_count++;
    now->members[at].room = room;
    now->members[at].person = person;
    now->members[at].read = read;
    now->members[at].read_count = 0;
    now->members[at].level = ATTENTION_ALL;
    now->members[at].host = false;
}

int scripted_member_set(struct store *store, uint64_t room, uint64_t person, bool on)
{
    int result = scripted_write_step(store);
    size_t at = find_member(room, person);
    bool is_there = at < now->members_count;
    if (result != OK)
        return result;
    if (is_there == on)
        return on ? ERR_EXISTS : ERR_NOT_FOUND;
    if (on)
        scripted_store_add_member(room, person, 0);
    else
        now->members[at] = now->members[--now->members_count];
    return OK;
}

bool scripted_store_member(uint64_t room, uint64_t person, uint64_t *ret_read)
{
    size_t at = find_member(room, person);
    if (at < now->members_count && ret_read)
        *ret_read = now->members[at].read;
    return at < now->members_count;
}

int scripted_read_set(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                      uint64_t count)
{
    int result = scripted_write_step(store);
    size_t at = find_member(room, person);
    if (result == OK && at < now->members_count && now->members[at].read < seq) {
        now->members[at].read = seq;
        now->members[at].read_count = count;
    }
    return result;
}

static uint32_t mentions_behind(uint64_t room, uint64_t person, uint64_t seq)
{
    uint32_t count = 0;
    for (size_t i = 0; i < now->mentions_count; i++) {
        uint64_t meant = now->mentions[i].person;
        count += now->mentions[i].room == room && now->mentions[i].seq > seq &&
                 (meant == 0 || meant == person);
    }
    return count;
}

static struct seat_record seat_of(size_t at)
{
    return (struct seat_record){
        .room = now->members[at].room,
        .read = now->members[at].read,
        .read_count = now->members[at].read_count,
        .mentions =
            mentions_behind(now->members[at].room, now->members[at].person, now->members[at].read),
        .level = now->members[at].level,
        .host = now->members[at].host,
    };
}

int scripted_rooms_of(struct store *store, uint64_t person,
                      void (*visit)(void *ctx, const struct seat_record *seat), void *ctx)
{
    int result = scripted_step(store);
    for (size_t i = 0; result == OK && i < now->members_count; i++) {
        const struct seat_record seat = seat_of(i);
        if (now->members[i].person == person)
            visit(ctx, &seat);
    }
    return result;
}

int scripted_member_get(struct store *store, uint64_t room, uint64_t person,
                        struct seat_record *ret_seat)
{
    int result = scripted_step(store);
    size_t at = find_member(room, person);
    if (result == OK && at < now->members_count)
        *ret_seat = seat_of(at);
    return result == OK && at == now->members_count ? ERR_NOT_FOUND : result;
}

int scripted_member_set_host(struct store *store, uint64_t room, uint64_t person, bool host)
{
    int result = scripted_write_step(store);
    size_t at = find_member(room, person);
    if (result != OK || at == now->members_count)
        return result != OK ? result : ERR_NOT_FOUND;
    now->members[at].host = host;
    return OK;
}

int scripted_member_set_level(struct store *store, uint64_t room, uint64_t person, uint8_t level)
{
    int result = scripted_write_step(store);
    size_t at = find_member(room, person);
    if (result != OK || at == now->members_count)
        return result != OK ? result : ERR_NOT_FOUND;
    now->members[at].level = level;
    return OK;
}

int scripted_mentions_behind(struct store *store, uint64_t room, uint64_t person, uint64_t seq,
                             uint32_t *ret_count)
{
    int result = scripted_step(store);
    if (result == OK)
        *ret_count = mentions_behind(room, person, seq);
    return result;
}

/* ---- people ---- */

static size_t find_person(uint64_t id)
{
    size_t i = 0;
    while (i < now->people_count && now->people[i].record.id != id)
        i++;
    return i;
}

struct person_record *scripted_store_person(uint64_t id)
{
    assert_true(find_person(id) < now->people_count);
    return &now->people[find_person(id)].record;
}

/* With a directory people have several sessions, which end. */
static int person_by_directory(const uint8_t *hash, struct person_record *ret_person)
{
    struct person_record found;
    int result = scripted_directory_find(hash, &found);
    if (result != OK)
        return result;
    *ret_person = *scripted_store_person(found.id);
    ret_person->session = found.session;
    ret_person->session_used_ms = found.session_used_ms;
    ret_person->banned_ms = scripted_directory_banned_ms(found.id);
    return OK;
}

int scripted_person_by_session(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                               struct person_record *ret_person)
{
    int result = scripted_step(store);
    for (size_t i = 0; result == OK && i < now->people_count; i++) {
        if (memcmp(now->people[i].session, hash, TOKEN_HASH_BYTES) == 0) {
            *ret_person = now->people[i].record;
            return OK;
        }
    }
    return result != OK ? result : person_by_directory(hash, ret_person);
}

int scripted_person_by_name(struct store *store, const struct name *folded,
                            struct person_record *ret_person)
{
    int result = scripted_step(store);
    assert_true(folded->len > 0);
    for (size_t i = 0; result == OK && i < now->people_count; i++) {
        if (scripted_same_name(&now->people[i].record.folded, folded)) {
            *ret_person = now->people[i].record;
            return OK;
        }
    }
    return result != OK ? result : ERR_NOT_FOUND;
}

/* Like a UNIQUE column: an empty name is nobody's. */
static void assert_name_is_free(const struct person_record *person)
{
    for (size_t i = 0; i < now->people_count && person->folded.len > 0; i++) {
        const struct person_record *other = &now->people[i].record;
        assert_true(other->id == person->id ||
                    !scripted_same_name(&other->folded, &person->folded));
    }
}

int scripted_person_create(struct store *store, const struct person_record *person)
{
    int result = scripted_write_step(store);
    if (result != OK)
        return result;
    if (find_person(person->id) < now->people_count)
        return ERR_EXISTS;
    assert_name_is_free(person);
    assert_true(now->people_count < SCRIPTED_PEOPLE_MAX);
    now->people[now->people_count++].record = *person;
    return OK;
}

int scripted_session_create(struct store *store, const uint8_t hash[TOKEN_HASH_BYTES],
                            uint64_t person, uint64_t now_ms)
{
    int result = scripted_write_step(store);
    assert_true(find_person(person) < now->people_count && now_ms > 0);
    if (result == OK)
        memcpy(now->people[find_person(person)].session, hash, TOKEN_HASH_BYTES);
    return result;
}

int scripted_person_update(struct store *store, const struct person_record *person)
{
    int result = scripted_write_step(store);
    if (result != OK)
        return result;
    assert_name_is_free(person);
    struct person_record *record = scripted_store_person(person->id);
    record->name = person->name;
    record->folded = person->folded;
    record->seen_ms = person->seen_ms;
    return OK;
}

int scripted_person_get(struct store *store, uint64_t id, struct person_record *ret_person)
{
    int result = scripted_step(store);
    size_t at = find_person(id);
    if (result == OK && at < now->people_count)
        *ret_person = now->people[at].record;
    if (result == OK && at < now->people_count)
        ret_person->banned_ms = scripted_directory_banned_ms(id);
    return result == OK && at == now->people_count ? ERR_NOT_FOUND : result;
}

int scripted_people_of(struct store *store, uint64_t room, struct peer *ret_people, unsigned max,
                       unsigned *ret_count)
{
    int result = scripted_step(store);
    unsigned count = 0;
    for (size_t i = 0; result == OK && i < now->members_count && count < max; i++) {
        if (now->members[i].room != room)
            continue;
        ret_people[count].id = now->members[i].person;
        ret_people[count++].name = scripted_store_person(now->members[i].person)->name;
    }
    if (result == OK)
        *ret_count = count;
    return result;
}
