/*
 * The fake store's directory, as far as the simulation asks for it: sessions that end, roles, what moderators do. Secrets
 * and invitations are whatever a client says they are.
 */

#include <string.h>

#include "array.h"
#include "chat/role.h"
#include "fake_state.h"

static struct fake_store *of(struct store *store)
{
    return (struct fake_store *)store;
}

/* ---- sessions ---- */

static int session_make(struct store *store, const struct session_record *session,
                        const uint8_t hash[ACT_HASH_BYTES], const char *device)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    (void)device;
    if (result != OK)
        return result;
    struct fake_session made = {
        .person = session->person, .id = session->id, .used_ms = session->used_ms};
    memcpy(made.hash, hash, TOKEN_HASH_BYTES);
    *ARRAY_ADD(fake->sessions, fake->sessions_count, fake->sessions_cap) = made;
    fake_note(fake, UNDO_SESSION_ADD, 0, 0)->session = made;
    return OK;
}

static void end(struct fake_store *fake, struct fake_session *session)
{
    fake_note(fake, UNDO_SESSION_REMOVE, 0, 0)->session = *session;
    fake_take_session_away(fake, session);
}

static int session_end(struct store *store, uint64_t person, uint64_t id)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    for (size_t i = 0; result == OK && i < fake->sessions_count; i++) {
        if (fake->sessions[i].person != person || fake->sessions[i].id != id)
            continue;
        end(fake, &fake->sessions[i]);
        return OK;
    }
    return result == OK ? ERR_NOT_FOUND : result;
}

static void end_all(struct fake_store *fake, uint64_t person, uint64_t but)
{
    for (size_t i = fake->sessions_count; i-- > 0;) {
        if (fake->sessions[i].person == person && (but == 0 || fake->sessions[i].id != but))
            end(fake, &fake->sessions[i]);
    }
}

static int sessions_end(struct store *store, uint64_t person, uint64_t but)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    if (result == OK)
        end_all(fake, person, but);
    return result;
}

static int session_used(struct store *store, uint64_t id, uint64_t now_ms)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    for (size_t i = 0; result == OK && i < fake->sessions_count; i++) {
        struct fake_session *session = &fake->sessions[i];
        if (session->id != id)
            continue;
        fake_note(fake, UNDO_SESSION_USED, 0, 0)->session = *session;
        session->used_ms = now_ms;
    }
    return result;
}

/* ---- people ---- */

static int account_get(struct store *store, uint64_t person, struct account_record *ret_account)
{
    int result = fake_step(of(store));
    if (result == OK)
        *ret_account = (struct account_record){.person = person};
    return result;
}

static int account_set_secret(struct store *store, uint64_t person, const char *secret,
                              uint64_t now_ms)
{
    (void)person;
    (void)secret;
    (void)now_ms;
    return fake_step(of(store));
}

/* Returns borrowed the person for changing it. */
static struct person_record *change(struct fake_store *fake, uint64_t id)
{
    struct person_record *person = fake_find_person(fake, id);
    fake_note(fake, UNDO_PERSON, 0, 0)->person = *person;
    return person;
}

static int person_set_role(struct store *store, uint64_t person, uint8_t role)
{
    int result = fake_step(of(store));
    if (result == OK)
        change(of(store), person)->role = role;
    return result;
}

static int person_set_muted(struct store *store, uint64_t person, uint64_t until_ms)
{
    int result = fake_step(of(store));
    if (result == OK)
        change(of(store), person)->muted_ms = until_ms;
    return result;
}

static int people_with_role(struct store *store, uint8_t role, uint64_t *ret_count)
{
    const struct fake_store *fake = of(store);
    int result = fake_step(of(store));
    if (result != OK)
        return result;
    *ret_count = 0;
    for (size_t i = 0; i < fake->people_count; i++)
        *ret_count += fake->people[i].role == role;
    return OK;
}

static int person_erase(struct store *store, uint64_t id, const struct name *name)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    struct person_record *person = change(fake, id);
    person->name = *name;
    person->folded.len = 0;
    person->role = ROLE_GUEST;
    person->muted_ms = 0;
    person->banned_ms = UINT64_MAX; /* see fake_is_erased */
    end_all(fake, id, 0);
    for (size_t i = fake->members_count; i-- > 0;) {
        if (fake->members[i].person != id)
            continue;
        fake_note(fake, UNDO_MEMBER_REMOVE, 0, 0)->member = fake->members[i];
        fake_take_member_away(fake, &fake->members[i]);
    }
    return OK;
}

/* ---- invitations: any token is one, and its first byte is the role ---- */

static int invite_get(struct store *store, const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms,
                      struct invite_record *ret_invite)
{
    int result = fake_step(of(store));
    (void)now_ms;
    if (result == OK)
        *ret_invite = (struct invite_record){.id = 1, .role = token[0]};
    return result;
}

static int invite_use(struct store *store, uint64_t id)
{
    (void)id;
    return fake_step(of(store));
}

/* ---- order ---- */

static int ban_of(struct store *store, uint64_t person, uint64_t now_ms, uint64_t *ret_until_ms)
{
    int result = fake_step(of(store));
    (void)person;
    (void)now_ms;
    (void)ret_until_ms;
    return result == OK ? ERR_NOT_FOUND : result;
}

static int bans_of_addresses(struct store *store, uint64_t now_ms,
                             void (*visit)(void *ctx, const struct ban_record *ban), void *ctx)
{
    (void)store;
    (void)now_ms;
    (void)visit;
    (void)ctx;
    return OK;
}

/*
 * Whoever did something to somebody counts more than that one, also by the store's own book. What hosts do in their rooms
 * needs no rank: fake_members.c looks at that.
 */
static int audit(struct store *store, uint64_t by, const char *action, uint64_t person,
                 uint64_t room, const char *detail, uint64_t now_ms)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    (void)detail;
    (void)now_ms;
    bool is_role = strcmp(action, "role") == 0;
    bool to_other = person != 0 && person != by && room == 0;
    if (to_other && !is_role && fake_role_of(fake, by) <= fake_role_of(fake, person))
        fake->wrong = "somebody did something to somebody who counts as much";
    if (to_other && is_role && fake_role_of(fake, by) < ROLE_ADMIN)
        fake->wrong = "somebody who is no admin gave somebody a role";
    return result;
}

static int messages_of(struct store *store, uint64_t person, unsigned max, uint64_t *ret_rooms,
                       uint64_t *ret_seqs, unsigned *ret_count)
{
    const struct fake_store *fake = of(store);
    int result = fake_step(of(store));
    unsigned count = 0;
    for (size_t r = 0; result == OK && r < fake->rooms_count; r++) {
        const struct fake_room *room = &fake->rooms[r];
        for (size_t i = 0; i < room->count && count < max; i++) {
            const struct fake_event *event = &room->events[i];
            if (event->kind != EVENT_MESSAGE || event->person != person || event->deleted)
                continue;
            ret_rooms[count] = room->record.id;
            ret_seqs[count++] = i + 1;
        }
    }
    if (result == OK)
        *ret_count = count;
    return result;
}

static int server_get(struct store *store, struct server_record *ret_server)
{
    *ret_server = of(store)->server;
    return OK;
}

static int server_set(struct store *store, const struct server_record *server)
{
    struct fake_store *fake = of(store);
    int result = fake_step(fake);
    if (result != OK)
        return result;
    fake_note(fake, UNDO_SERVER, 0, 0)->server = fake->server;
    fake->server = *server;
    return OK;
}

void fake_store_use_directory(struct fake_store *fake)
{
    static const struct directory_ops ops = {
        .account_get = account_get,
        .account_set_secret = account_set_secret,
        .person_set_role = person_set_role,
        .person_set_muted = person_set_muted,
        .people_with_role = people_with_role,
        .person_erase = person_erase,
        .session_make = session_make,
        .session_end = session_end,
        .sessions_end = sessions_end,
        .session_used = session_used,
        .invite_get = invite_get,
        .invite_use = invite_use,
        .ban_of = ban_of,
        .bans_of_addresses = bans_of_addresses,
        .audit = audit,
        .messages_of = messages_of,
        .server_get = server_get,
        .server_set = server_set,
    };
    fake->store.directory = &ops;
}
