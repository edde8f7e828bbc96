#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "chat/role.h"
#include "store/rig.h"

/* chat/directory.h, which the store on disk has. */

enum { ANN = RIG_ANN, BOB = 4, CID = 5, NOW = 1000000 };

#define CALL(op, ...) rig.store->ops->op(rig.store, __VA_ARGS__)
#define ASK(op, ...) rig.store->directory->op(rig.store, __VA_ARGS__)

static struct rig rig;

static int open_rig(void **state)
{
    (void)state;
    rig_open(&rig, RIG_SQLITE);
    rig_begin(&rig);
    rig_person(&rig, ANN, "Ann");
    rig_person(&rig, BOB, "Bob");
    rig_commit(&rig);
    rig_begin(&rig);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

/* Hashes that are told apart by one number. */
static const uint8_t *hash(uint8_t number)
{
    static uint8_t hashes[256][ACT_HASH_BYTES];
    memset(hashes[number], 0xab, ACT_HASH_BYTES);
    hashes[number][ACT_HASH_BYTES - 1] = number;
    return hashes[number];
}

static struct person_record person_of(uint64_t id)
{
    struct person_record person;
    assert_int_equal(CALL(person_get, id, &person), OK);
    return person;
}

static void the_store_in_memory_has_none(void **state)
{
    struct rig other;
    (void)state;
    rig_open(&other, RIG_MEMORY);
    assert_null(other.store->directory);
    rig_close(&other);
}

/* ---- accounts ---- */

static void a_secret_makes_an_account(void **state)
{
    struct account_record account;
    (void)state;
    assert_int_equal(ASK(account_get, 99, &account), ERR_NOT_FOUND);
    assert_int_equal(ASK(account_set_secret, 99, "$argon2id$x", NOW), ERR_NOT_FOUND);
    assert_int_equal(ASK(account_get, ANN, &account), OK);
    assert_string_equal(account.secret, "");
    assert_int_equal(ASK(account_set_secret, ANN, "$argon2id$x", NOW), OK);
    rig_commit(&rig);
    assert_int_equal(ASK(account_get, ANN, &account), OK);
    assert_int_equal(account.person, ANN);
    assert_string_equal(account.secret, "$argon2id$x");
    assert_false(account.has_totp);
    assert_int_equal(person_of(ANN).role, ROLE_MEMBER);
    assert_int_equal(person_of(BOB).role, ROLE_GUEST);
}

static void another_secret_takes_no_role_away(void **state)
{
    (void)state;
    assert_int_equal(ASK(person_set_role, ANN, ROLE_ADMIN), OK);
    assert_int_equal(ASK(account_set_secret, ANN, "$a", NOW), OK);
    assert_int_equal(person_of(ANN).role, ROLE_ADMIN);
}

static void a_code_of_a_time_step_is_used_once(void **state)
{
    const uint8_t secret[ACT_TOTP_BYTES] = {1, 2, 3};
    struct account_record account;
    (void)state;
    assert_int_equal(ASK(account_set_totp, ANN, secret, NULL, 0), OK);
    assert_int_equal(ASK(account_use_step, ANN, 500), OK);
    assert_int_equal(ASK(account_use_step, ANN, 500), ERR_EXISTS);
    assert_int_equal(ASK(account_use_step, ANN, 499), ERR_EXISTS);
    assert_int_equal(ASK(account_use_step, ANN, 501), OK);
    rig_commit(&rig);
    rig_begin(&rig);
    assert_int_equal(ASK(account_use_step, ANN, 501), ERR_EXISTS);
    assert_int_equal(ASK(account_get, ANN, &account), OK);
    assert_true(account.has_totp);
    assert_memory_equal(account.totp, secret, ACT_TOTP_BYTES);
    assert_int_equal(account.totp_step, 501);
    assert_int_equal(ASK(account_set_totp, ANN, NULL, NULL, 0), OK);
    assert_int_equal(ASK(account_get, ANN, &account), OK);
    assert_false(account.has_totp);
}

static void a_recovery_code_is_used_once(void **state)
{
    const uint8_t secret[ACT_TOTP_BYTES] = {1};
    const uint8_t codes[2][ACT_HASH_BYTES] = {{1}, {2}}, others[1][ACT_HASH_BYTES] = {{4}};
    const uint8_t unknown[ACT_HASH_BYTES] = {3};
    (void)state;
    assert_int_equal(ASK(account_set_totp, ANN, secret, codes, 2), OK);
    assert_int_equal(ASK(account_use_code, BOB, codes[0]), ERR_NOT_FOUND);
    assert_int_equal(ASK(account_use_code, ANN, unknown), ERR_NOT_FOUND);
    assert_int_equal(ASK(account_use_code, ANN, codes[0]), OK);
    assert_int_equal(ASK(account_use_code, ANN, codes[0]), ERR_NOT_FOUND);
    /* New ones take the place of the old. */
    assert_int_equal(ASK(account_set_totp, ANN, secret, others, 1), OK);
    assert_int_equal(ASK(account_use_code, ANN, codes[1]), ERR_NOT_FOUND);
    assert_int_equal(ASK(account_use_code, ANN, others[0]), OK);
}

static void a_code_that_was_rolled_back_was_not_used(void **state)
{
    const uint8_t secret[ACT_TOTP_BYTES] = {1};
    const uint8_t codes[1][ACT_HASH_BYTES] = {{1}};
    (void)state;
    assert_int_equal(ASK(account_set_totp, ANN, secret, codes, 1), OK);
    rig_commit(&rig);
    rig_begin(&rig);
    assert_int_equal(ASK(account_use_code, ANN, codes[0]), OK);
    rig.store->ops->rollback(rig.store);
    rig_begin(&rig);
    assert_int_equal(ASK(account_use_code, ANN, codes[0]), OK);
}

static void profile_role_and_muting_are_kept(void **state)
{
    const struct name display = rig_name("Ann of the garden");
    (void)state;
    assert_int_equal(ASK(person_set_profile, ANN, &display, 0x123456), OK);
    assert_int_equal(ASK(person_set_muted, ANN, UINT64_MAX >> 1), OK);
    assert_int_equal(ASK(person_set_profile, 99, &display, 1), ERR_NOT_FOUND);
    assert_int_equal(ASK(person_set_role, 99, 1), ERR_NOT_FOUND);
    assert_int_equal(ASK(person_set_muted, 99, 1), ERR_NOT_FOUND);
    struct person_record person = person_of(ANN);
    assert_string_equal(person.display.text, "Ann of the garden");
    assert_int_equal(person.color, 0x123456);
    assert_int_equal(person.muted_ms, UINT64_MAX >> 1);
    assert_int_equal(ASK(person_set_muted, ANN, 0), OK);
    assert_int_equal(person_of(ANN).muted_ms, 0);
}

static void owners_are_counted_without_the_console(void **state)
{
    uint64_t count = 9;
    (void)state;
    assert_int_equal(ASK(people_with_role, ROLE_OWNER, &count), OK);
    assert_int_equal(count, 0);
    assert_int_equal(ASK(person_set_role, ANN, ROLE_OWNER), OK);
    assert_int_equal(ASK(person_set_role, BOB, ROLE_BOT), OK);
    assert_int_equal(ASK(people_with_role, ROLE_OWNER, &count), OK);
    assert_int_equal(count, 1);
    assert_int_equal(ASK(people_with_role, ROLE_BOT, &count), OK);
    assert_int_equal(count, 1);
}

/* ---- sessions ---- */

static void make_session(uint64_t person, uint64_t id)
{
    const struct session_record session = {
        .id = id, .person = person, .created_ms = NOW, .used_ms = NOW + id};
    assert_int_equal(ASK(session_make, &session, hash((uint8_t)id), "a browser"), OK);
}

static int session_lives(uint64_t id)
{
    struct person_record person;
    return CALL(person_by_session, hash((uint8_t)id), &person);
}

static void sessions_end_one_by_one_or_together(void **state)
{
    struct person_record person;
    (void)state;
    make_session(ANN, 1);
    make_session(ANN, 2);
    make_session(ANN, 3);
    make_session(BOB, 4);
    assert_int_equal(CALL(person_by_session, hash(2), &person), OK);
    assert_int_equal(person.id, ANN);
    assert_int_equal(person.session, 2);
    assert_int_equal(person.session_used_ms, NOW + 2);
    assert_int_equal(ASK(session_end, ANN, 4), ERR_NOT_FOUND); /* another's */
    assert_int_equal(ASK(session_end, ANN, 9), ERR_NOT_FOUND);
    assert_int_equal(ASK(session_end, ANN, 1), OK);
    assert_int_equal(session_lives(1), ERR_NOT_FOUND);
    assert_int_equal(ASK(sessions_end, ANN, 3), OK);
    assert_int_equal(session_lives(2), ERR_NOT_FOUND);
    assert_int_equal(session_lives(3), OK);
    assert_int_equal(session_lives(4), OK);
    assert_int_equal(ASK(sessions_end, ANN, 0), OK);
    assert_int_equal(session_lives(3), ERR_NOT_FOUND);
    assert_int_equal(session_lives(4), OK);
}

static void a_session_is_noted_to_be_used(void **state)
{
    struct person_record person;
    (void)state;
    make_session(ANN, 1);
    assert_int_equal(ASK(session_used, 1, NOW + 77), OK);
    assert_int_equal(ASK(session_used, 2, NOW), ERR_NOT_FOUND);
    assert_int_equal(CALL(person_by_session, hash(1), &person), OK);
    assert_int_equal(person.session_used_ms, NOW + 77);
}

static void make_invite(uint64_t id, uint32_t count, uint64_t until_ms)
{
    const struct invite_record invite = {.id = id,
                                         .by = ANN,
                                         .until_ms = until_ms,
                                         .count = count,
                                         .role = ROLE_MODERATOR,
                                         .rooms_count = 2,
                                         .rooms = {ROOM_LOBBY, 7}};
    assert_int_equal(ASK(invite_make, &invite, hash((uint8_t)id), NOW, "for friends"), OK);
}

static int find_invite(uint64_t id, uint64_t now_ms)
{
    struct invite_record invite;
    return ASK(invite_get, hash((uint8_t)id), now_ms, &invite);
}

/* ---- leaving the server ---- */

static void make_file(uint64_t id, uint64_t person, const char *name)
{
    struct act_file file = {.bytes = 100, .type = "image/png"};
    memcpy(file.hash, hash((uint8_t)id), ACT_HASH_BYTES);
    snprintf(file.name, sizeof(file.name), "%s", name);
    assert_int_equal(ASK(file_make, id, person, &file, 1000, NOW), OK);
}

static void who_leaves_leaves_only_a_name(void **state)
{
    const struct name nobody = rig_name("Somebody who left"), ann = rig_name("ann");
    const uint8_t secret[ACT_TOTP_BYTES] = {1};
    struct people_list *people = people_list_new(1);
    struct account_record account;
    struct seat_record seat;
    struct person_record person;
    uint64_t reset = 0;
    uint32_t mentions = 9;
    (void)state;
    assert_int_equal(ASK(account_set_secret, ANN, "$a", NOW), OK);
    assert_int_equal(ASK(account_set_totp, ANN, secret, NULL, 0), OK);
    assert_int_equal(ASK(person_set_profile, ANN, &ann, 7), OK);
    assert_int_equal(ASK(reset_make, ANN, hash(8), NOW + 10), OK);
    assert_int_equal(CALL(member_set, ROOM_LOBBY, ANN, true), OK);
    people->ids[0] = ANN;
    assert_int_equal(CALL(mention, ROOM_LOBBY, 1, people, false), OK);
    mem_free(people);
    make_session(ANN, 1);
    make_invite(30, 0, 0);
    make_file(50, ANN, "holiday.png");
    make_file(51, BOB, "bobs.png");
    assert_int_equal(ASK(person_erase, ANN, &nobody), OK);
    assert_int_equal(ASK(person_erase, 99, &nobody), ERR_NOT_FOUND);
    rig_commit(&rig);
    person = person_of(ANN);
    assert_string_equal(person.name.text, "Somebody who left");
    assert_int_equal(person.folded.len, 0);
    assert_int_equal(person.role, ROLE_GUEST);
    assert_int_equal(person.color, 0);
    assert_int_equal(person.display.len, 0);
    assert_int_equal(CALL(person_by_name, &ann, &person), ERR_NOT_FOUND);
    assert_int_equal(ASK(account_get, ANN, &account), OK);
    assert_string_equal(account.secret, "");
    assert_false(account.has_totp);
    assert_int_equal(session_lives(1), ERR_NOT_FOUND);
    assert_int_equal(find_invite(30, NOW), ERR_NOT_FOUND);
    assert_int_equal(CALL(member_get, ROOM_LOBBY, ANN, &seat), ERR_NOT_FOUND);
    assert_int_equal(CALL(mentions_behind, ROOM_LOBBY, ANN, 0, &mentions), OK);
    assert_int_equal(mentions, 0);
    rig_begin(&rig);
    assert_int_equal(ASK(reset_use, hash(8), NOW, &reset), ERR_NOT_FOUND);
    assert_int_equal(ASK(file_end, 50, ANN), ERR_NOT_FOUND);
    assert_int_equal(ASK(file_end, 51, BOB), OK);
}

/* ---- links ---- */

static void an_invitation_is_found_by_its_token(void **state)
{
    struct invite_record invite = {.id = 77};
    (void)state;
    make_invite(1, 3, NOW + 10);
    assert_int_equal(ASK(invite_get, hash(2), NOW, &invite), ERR_NOT_FOUND);
    assert_int_equal(invite.id, 77);
    assert_int_equal(ASK(invite_get, hash(1), NOW, &invite), OK);
    assert_int_equal(invite.id, 1);
    assert_int_equal(invite.by, ANN);
    assert_int_equal(invite.until_ms, NOW + 10);
    assert_int_equal(invite.count, 3);
    assert_int_equal(invite.used, 0);
    assert_int_equal(invite.role, ROLE_MODERATOR);
    assert_int_equal(invite.rooms_count, 2);
    assert_int_equal(invite.rooms[0] + invite.rooms[1], ROOM_LOBBY + 7);
}

static void the_last_use_of_an_invitation_is_one(void **state)
{
    (void)state;
    make_invite(1, 2, 0);
    assert_int_equal(ASK(invite_use, 1), OK);
    rig_commit(&rig);
    /* Two who have both seen that one use is left. */
    assert_int_equal(find_invite(1, NOW), OK);
    assert_int_equal(find_invite(1, NOW), OK);
    rig_begin(&rig);
    assert_int_equal(ASK(invite_use, 1), OK);
    assert_int_equal(ASK(invite_use, 1), ERR_NOT_FOUND);
    assert_int_equal(find_invite(1, NOW), ERR_NOT_FOUND);
    rig.store->ops->rollback(rig.store);
    rig_begin(&rig);
    assert_int_equal(ASK(invite_use, 1), OK);
}

static void an_invitation_ends(void **state)
{
    (void)state;
    make_invite(1, 0, NOW + 10);
    make_invite(2, 0, 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(ASK(invite_use, 2), OK);
    assert_int_equal(find_invite(1, NOW + 9), OK);
    assert_int_equal(find_invite(1, NOW + 10), ERR_NOT_FOUND);
    assert_int_equal(find_invite(2, UINT64_MAX >> 1), OK);
    assert_int_equal(ASK(invite_end, 2), OK);
    assert_int_equal(ASK(invite_end, 2), ERR_NOT_FOUND);
    assert_int_equal(ASK(invite_use, 2), ERR_NOT_FOUND);
    assert_int_equal(find_invite(2, NOW), ERR_NOT_FOUND);
}

static void a_reset_is_used_once(void **state)
{
    uint64_t person = 0;
    (void)state;
    assert_int_equal(ASK(reset_make, ANN, hash(1), NOW + 10), OK);
    assert_int_equal(ASK(reset_use, hash(2), NOW, &person), ERR_NOT_FOUND);
    assert_int_equal(ASK(reset_use, hash(1), NOW + 10, &person), ERR_NOT_FOUND); /* too old */
    assert_int_equal(ASK(reset_use, hash(1), NOW, &person), OK);
    assert_int_equal(person, ANN);
    assert_int_equal(ASK(reset_use, hash(1), NOW, &person), ERR_NOT_FOUND);
}

static void a_new_reset_takes_the_place_of_the_old_one(void **state)
{
    uint64_t person = 0;
    (void)state;
    assert_int_equal(ASK(reset_make, ANN, hash(1), NOW + 10), OK);
    assert_int_equal(ASK(reset_make, BOB, hash(2), NOW + 10), OK);
    assert_int_equal(ASK(reset_make, ANN, hash(3), NOW + 10), OK);
    assert_int_equal(ASK(reset_use, hash(1), NOW, &person), ERR_NOT_FOUND);
    assert_int_equal(ASK(reset_use, hash(2), NOW, &person), OK);
    assert_int_equal(person, BOB);
    assert_int_equal(ASK(reset_use, hash(3), NOW, &person), OK);
    assert_int_equal(person, ANN);
}

static void a_webhook_is_made_and_ended(void **state)
{
    const struct hook_record made = {.id = 6, .room = ROOM_LOBBY, .person = BOB};
    struct hook_record hook = {0};
    (void)state;
    assert_int_equal(ASK(hook_make, &made, hash(1), ANN, NOW), OK);
    assert_int_equal(ASK(hook_get, 7, &hook), ERR_NOT_FOUND);
    assert_int_equal(ASK(hook_get, 6, &hook), OK);
    assert_int_equal(hook.person, BOB);
    assert_int_equal(ASK(hook_end, 6, &hook), OK);
    assert_int_equal(hook.room, ROOM_LOBBY);
    assert_int_equal(ASK(hook_end, 6, &hook), ERR_NOT_FOUND);
}

/* ---- order ---- */

static void make_ban(uint64_t id, uint64_t person, const char *address, uint64_t until_ms)
{
    struct ban_record ban = {
        .id = id, .person = person, .by = ANN, .created_ms = NOW, .until_ms = until_ms};
    snprintf(ban.address, sizeof(ban.address), "%s", address);
    assert_int_equal(ASK(ban_make, &ban, "spam"), OK);
}

static void the_longest_ban_counts(void **state)
{
    uint64_t until_ms = 0;
    struct ban_record ban;
    (void)state;
    assert_int_equal(ASK(ban_of, BOB, NOW, &until_ms), ERR_NOT_FOUND);
    make_ban(1, BOB, "", NOW + 10);
    make_ban(2, BOB, "", NOW + 5);
    assert_int_equal(ASK(ban_of, BOB, NOW, &until_ms), OK);
    assert_int_equal(until_ms, NOW + 10);
    assert_int_equal(person_of(BOB).banned_ms, NOW + 10);
    assert_int_equal(ASK(ban_of, BOB, NOW + 10, &until_ms), ERR_NOT_FOUND);
    assert_int_equal(ASK(ban_of, ANN, NOW, &until_ms), ERR_NOT_FOUND);
    make_ban(3, BOB, "", 0);
    assert_int_equal(ASK(ban_of, BOB, NOW, &until_ms), OK);
    assert_true(until_ms == UINT64_MAX);
    assert_true(person_of(BOB).banned_ms == UINT64_MAX);
    assert_int_equal(ASK(ban_end, 3, &ban), OK);
    assert_int_equal(ban.person, BOB);
    assert_int_equal(ban.by, ANN);
    assert_int_equal(ASK(ban_end, 3, &ban), ERR_NOT_FOUND);
    assert_int_equal(person_of(BOB).banned_ms, NOW + 10);
}

static char visited[128];

static void visit(void *ctx, const struct ban_record *ban)
{
    size_t len = strlen(visited);
    (void)ctx;
    assert_int_equal(ban->person, 0);
    snprintf(visited + len, sizeof(visited) - len, "%s ", ban->address);
}

static void bans_of_addresses_are_told(void **state)
{
    (void)state;
    make_ban(1, 0, "192.0.2.0/24", 0);
    make_ban(2, 0, "2001:db8::/64", NOW + 5);
    make_ban(3, BOB, "", 0);
    visited[0] = '\0';
    assert_int_equal(ASK(bans_of_addresses, NOW, visit, NULL), OK);
    assert_string_equal(visited, "192.0.2.0/24 2001:db8::/64 ");
    visited[0] = '\0';
    assert_int_equal(ASK(bans_of_addresses, NOW + 5, visit, NULL), OK);
    assert_string_equal(visited, "192.0.2.0/24 ");
}

static void a_message_is_reported_once_by_each(void **state)
{
    uint64_t first = 0, second = 0, again = 0;
    (void)state;
    assert_int_equal(ASK(report_make, ROOM_LOBBY, 9, ANN, BOB, "rude", NOW, &first), OK);
    assert_int_equal(ASK(report_make, ROOM_LOBBY, 9, ANN, CID, NULL, NOW, &second), OK);
    assert_int_not_equal(first, second);
    assert_int_equal(ASK(report_make, ROOM_LOBBY, 9, ANN, BOB, "still", NOW, &again), ERR_EXISTS);
    assert_int_equal(again, first);
    assert_int_equal(ASK(report_end, first, ANN, "talked to", NOW), OK);
    assert_int_equal(ASK(report_end, first, ANN, "again", NOW), ERR_NOT_FOUND);
    assert_int_equal(ASK(report_end, 99, ANN, "", NOW), ERR_NOT_FOUND);
}

static void the_servers_state_is_kept(void **state)
{
    struct server_record server = {true, 5, rig_name("Pond")};
    (void)state;
    assert_int_equal(ASK(server_get, &server), OK);
    assert_false(server.members_only);
    assert_int_equal(server.slow_ms, 0);
    assert_int_equal(server.name.len, 0);
    server = (struct server_record){true, 3000, rig_name("Grüner Garten")};
    assert_int_equal(ASK(server_set, &server), OK);
    rig_commit(&rig);
    rig_reopen(&rig);
    server = (struct server_record){0};
    assert_int_equal(ASK(server_get, &server), OK);
    assert_true(server.members_only);
    assert_int_equal(server.slow_ms, 3000);
    assert_true(slice_is(name_slice(&server.name), "Grüner Garten"));
    rig_begin(&rig);
    server.name.len = 0;
    assert_int_equal(ASK(server_set, &server), OK);
    rig_commit(&rig);
    assert_int_equal(ASK(server_get, &server), OK);
    assert_int_equal(server.name.len, 0);
    assert_int_equal(server.slow_ms, 3000);
}

/* ---- all that somebody said ---- */

enum { SAID_ROOMS = 3, SAID_EACH = 40 };

static uint64_t head;

static void say(uint64_t room, uint64_t person)
{
    head++;
    assert_int_equal(rig_append(&rig,
                                rig_event(EVENT_MESSAGE, room, head, person,
                                          head * UINT64_C(0x9e3779b97f4a7c15), "x"),
                                head),
                     OK);
}

/* Deletes what a step finds; returns how many. */
static unsigned purge_step(unsigned max)
{
    uint64_t rooms[64], seqs[64];
    unsigned count = 99;
    assert_int_equal(ASK(messages_of, BOB, max, rooms, seqs, &count), OK);
    assert_true(count <= max);
    for (unsigned i = 0; i < count; i++) {
        struct message_record message;
        assert_int_equal(CALL(message_get, rooms[i], seqs[i], &message), OK);
        assert_int_equal(message.author, BOB);
        assert_false(message.deleted);
        assert_int_equal(CALL(message_erase, rooms[i], seqs[i]), OK);
    }
    return count;
}

static void say_a_lot(void)
{
    head = 0;
    for (uint64_t room = 2; room < 2 + SAID_ROOMS - 1; room++) {
        const struct room_record record = {.id = room, .folded = {.len = 1, .text = {(char)room}}};
        assert_int_equal(CALL(room_create, &record), OK);
    }
    for (unsigned i = 0; i < SAID_EACH; i++) {
        for (uint64_t room = 1; room < 1 + SAID_ROOMS; room++) {
            say(room, BOB);
            say(room, ANN);
        }
    }
}

static void all_that_somebody_said_is_found_in_steps(void **state)
{
    unsigned found = 0, count;
    (void)state;
    say_a_lot();
    do {
        found += count = purge_step(17);
    } while (count == 17);
    assert_int_equal(found, SAID_ROOMS * SAID_EACH);
    assert_int_equal(purge_step(17), 0);
}

static void what_is_said_meanwhile_is_found_too(void **state)
{
    unsigned found = 0, count;
    (void)state;
    say_a_lot();
    for (unsigned i = 0; i < 3; i++)
        found += purge_step(20);
    for (unsigned i = 0; i < 30; i++)
        say(1, BOB);
    do {
        found += count = purge_step(20);
    } while (count == 20);
    assert_int_equal(found, SAID_ROOMS * SAID_EACH + 30);
    assert_int_equal(purge_step(20), 0);
}

static void a_step_that_was_rolled_back_is_done_again(void **state)
{
    unsigned found = 0, count;
    (void)state;
    say_a_lot();
    rig_commit(&rig);
    rig_begin(&rig);
    assert_int_equal(purge_step(20), 20);
    rig.store->ops->rollback(rig.store);
    rig_begin(&rig);
    do {
        found += count = purge_step(20);
    } while (count == 20);
    assert_int_equal(found, SAID_ROOMS * SAID_EACH);
}

/* ---- files ---- */

static void files_have_a_quota(void **state)
{
    struct act_file file = {.bytes = 100, .type = "image/png", .name = "a.png"};
    (void)state;
    file.has_thumbnail = true;
    file.thumbnail_bytes = 20;
    memcpy(file.hash, hash(1), ACT_HASH_BYTES);
    assert_int_equal(ASK(file_make, 1, ANN, &file, 119, NOW), ERR_LIMIT);
    assert_int_equal(ASK(file_make, 1, ANN, &file, 240, NOW), OK);
    assert_int_equal(ASK(file_make, 1, ANN, &file, 1000, NOW), ERR_EXISTS);
    assert_int_equal(ASK(file_make, 2, ANN, &file, 239, NOW), ERR_LIMIT);
    assert_int_equal(ASK(file_make, 2, ANN, &file, 240, NOW), OK);
    assert_int_equal(ASK(file_make, 3, BOB, &file, 120, NOW), OK); /* another's do not count */
    file.bytes = UINT64_MAX;
    assert_int_equal(ASK(file_make, 4, BOB, &file, UINT64_MAX, NOW), ERR_LIMIT);
}

static void files_belong_to_who_sent_them_until_they_are_said(void **state)
{
    const struct file file = {.id = 50, .alt = SLICE_LITERAL("a picture of the sea")};
    const struct file twice[] = {{.id = 50}, {.id = 50}}, foreign[] = {{.id = 50}, {.id = 51}};
    struct file_list *wanted = file_list_new(&file, 1), *files = NULL;
    struct file_list *same = file_list_new(twice, 2), *others = file_list_new(foreign, 2);
    (void)state;
    make_file(50, ANN, "holiday.png");
    make_file(51, BOB, "bobs.png");
    assert_int_equal(ASK(file_end, 50, BOB), ERR_NOT_FOUND);
    assert_int_equal(CALL(files_attach, ROOM_LOBBY, 1, BOB, wanted, &files), ERR_NOT_FOUND);
    assert_int_equal(CALL(files_attach, ROOM_LOBBY, 1, ANN, same, &files), ERR_NOT_FOUND);
    assert_int_equal(CALL(files_attach, ROOM_LOBBY, 1, ANN, others, &files), ERR_NOT_FOUND);
    assert_null(files);
    assert_int_equal(CALL(files_attach, ROOM_LOBBY, 1, ANN, wanted, &files), OK);
    assert_int_equal(files->count, 1);
    assert_int_equal(files->list[0].id, 50);
    assert_int_equal(files->list[0].bytes, 100);
    assert_true(slice_is(files->list[0].name, "holiday.png"));
    assert_true(slice_is(files->list[0].type, "image/png"));
    assert_true(slice_is(files->list[0].alt, "a picture of the sea"));
    mem_free(files);
    files = NULL;
    assert_int_equal(CALL(files_attach, ROOM_LOBBY, 2, ANN, wanted, &files), ERR_NOT_FOUND);
    assert_int_equal(ASK(file_end, 50, ANN), ERR_NOT_FOUND); /* it is in a message */
    assert_int_equal(ASK(file_end, 51, BOB), OK);
    assert_int_equal(ASK(file_end, 51, BOB), ERR_NOT_FOUND);
    mem_free(wanted);
    mem_free(same);
    mem_free(others);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_store_in_memory_has_none),
        TEST(a_secret_makes_an_account),
        TEST(another_secret_takes_no_role_away),
        TEST(a_code_of_a_time_step_is_used_once),
        TEST(a_recovery_code_is_used_once),
        TEST(a_code_that_was_rolled_back_was_not_used),
        TEST(profile_role_and_muting_are_kept),
        TEST(owners_are_counted_without_the_console),
        TEST(sessions_end_one_by_one_or_together),
        TEST(a_session_is_noted_to_be_used),
        TEST(who_leaves_leaves_only_a_name),
        TEST(an_invitation_is_found_by_its_token),
        TEST(the_last_use_of_an_invitation_is_one),
        TEST(an_invitation_ends),
        TEST(a_reset_is_used_once),
        TEST(a_new_reset_takes_the_place_of_the_old_one),
        TEST(a_webhook_is_made_and_ended),
        TEST(the_longest_ban_counts),
        TEST(bans_of_addresses_are_told),
        TEST(a_message_is_reported_once_by_each),
        TEST(the_servers_state_is_kept),
        TEST(all_that_somebody_said_is_found_in_steps),
        TEST(what_is_said_meanwhile_is_found_too),
        TEST(a_step_that_was_rolled_back_is_done_again),
        TEST(files_have_a_quota),
        TEST(files_belong_to_who_sent_them_until_they_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
