#include "chat/act_rig.h"

#include <string.h>

#include "chat/sequencer_state.h"

enum { TOKEN = 200, OTHER_TOKEN = 201, INVITE = 150, CID = 1 };

/* ---- signing up ---- */

static void a_stranger_signs_up(void **state)
{
    (void)state;
    struct event *event = ask_sign_up(0, "Ann", TOKEN, 0);
    (void)strcpy(event->act->device, "Firefox");
    act_run_ok(event);
    uint64_t ann = event->person;
    assert_true(ann > PERSON_CONSOLE);
    assert_true(name_is(&event->name, "Ann"));
    assert_int_equal(event->role, ROLE_MEMBER);
    assert_int_equal(scripted_store_person(ann)->role, ROLE_MEMBER);
    assert_true(scripted_store_member(ROOM_LOBBY, ann, NULL));
    assert_string_equal(scripted_directory_account(ann)->secret, "secret of Ann");
    assert_int_equal(event->session, act_session(TOKEN));
    assert_string_equal(scripted_directory_session(TOKEN)->device, "Firefox");
    /* Nobody is told of anything, and nothing secret goes along. */
    assert_int_equal(rig.batch->count, 1);
    assert_string_equal(event->act->secret, "");
    assert_int_equal(event->act->hash[0], 0);
    const struct event *hello = ask_hello(TOKEN);
    rig_run();
    assert_int_equal(hello->result, OK);
    assert_int_equal(hello->person, ann);
    assert_int_equal(hello->role, ROLE_MEMBER);
}

static void a_guest_who_signs_up_keeps_its_person(void **state)
{
    (void)state;
    uint64_t guest = rig_guest("Guest");
    uint8_t old_token = rig.tokens;
    const struct event *refused = ask_kept(EVENT_CREATED, guest, 0, CID, "Club");
    rig_run();
    assert_int_equal(refused->result, ERR_DENIED);
    assert_int_equal(refused->refusal, REFUSED_GUEST);

    const struct event *event = ask_sign_up(guest, "Ann", TOKEN, 0);
    act_run_ok(event);
    assert_int_equal(event->person, guest);
    assert_int_equal(scripted_directory_sessions(guest), 1);
    assert_null(scripted_directory_session(old_token));
    /* What opened nothing but a guest must not open an account: its connections are closed. */
    const struct event *ended = act_find(EVENT_ENDED, guest);
    assert_int_equal(ended->session, 0);
    assert_int_equal(ended->but, act_session(TOKEN));
    assert_int_equal(ended->refusal, REFUSED_PLAIN);
    assert_true(rig_at(event) < rig_at(ended));
    const struct event *you = act_find(EVENT_YOU, guest);
    assert_int_equal(you->role, ROLE_MEMBER);
    assert_true(name_is(&act_find(EVENT_RENAMED, guest)->name, "Ann"));
    assert_true(name_is(&scripted_store_person(guest)->name, "Ann"));
    const struct event *made = ask_kept(EVENT_CREATED, guest, 0, CID + 1, "Club");
    rig_run();
    assert_int_equal(made->result, OK);
}

static void nobody_has_two_accounts(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    act_run_refused(ask_sign_up(ann, "Bob", TOKEN, 0), ERR_EXISTS, REFUSED_PLAIN);
}

static void names_of_others_are_taken(void **state)
{
    (void)state;
    act_person("Ann", ROLE_MEMBER);
    uint64_t guest = rig_guest("Bob");
    act_run_refused(ask_sign_up(0, "aNN", TOKEN, 0), ERR_EXISTS, REFUSED_NAME_TAKEN);
    act_run_refused(ask_sign_up(0, "Bob", TOKEN, 0), ERR_EXISTS, REFUSED_NAME_TAKEN);
    act_run_refused(ask_sign_up(guest, "Ann", TOKEN, 0), ERR_EXISTS, REFUSED_NAME_TAKEN);
    /* A guest's own name is free to it. */
    act_run_ok(ask_sign_up(guest, "bob", TOKEN, 0));
}

static void a_guests_name_is_free_after_a_long_absence_an_accounts_never(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t guest = rig_guest("Bob");
    ask_bye(ann, true);
    ask_bye(guest, true);
    rig_run();
    rig_pass(RIG_AWAY_MS);
    rig_tick();
    act_run_refused(ask_sign_up(0, "Bob", TOKEN, 0), ERR_EXISTS, REFUSED_NAME_TAKEN);
    rig_pass(RIG_NAME_MS + 1);
    act_run_refused(ask_sign_up(0, "Ann", TOKEN, 0), ERR_EXISTS, REFUSED_NAME_TAKEN);
    act_run_ok(ask_sign_up(0, "Bob", TOKEN, 0));
    assert_int_equal(scripted_store_person(guest)->folded.len, 0);
}

static void signing_up_can_be_closed(void **state)
{
    (void)state;
    rig.limits.sign_up = SIGN_UP_INVITE;
    rig_restart();
    act_run_refused(ask_sign_up(0, "Ann", TOKEN, 0), ERR_DENIED, REFUSED_SIGN_UP);
    act_run_refused(ask_sign_up(0, "Ann", TOKEN, INVITE), ERR_NOT_FOUND, REFUSED_TOKEN);
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    struct event *invite = ask_act(ACT_INVITE, moderator);
    memset(invite->act->token, INVITE, ACT_HASH_BYTES);
    act_run_ok(invite);
    act_run_ok(ask_sign_up(0, "Ann", TOKEN, INVITE));
    rig.sequencer->limits.sign_up = SIGN_UP_CLOSED;
    act_run_refused(ask_sign_up(0, "Bob", OTHER_TOKEN, INVITE), ERR_DENIED, REFUSED_SIGN_UP);
    act_run_refused(ask_sign_up(0, "Bob", OTHER_TOKEN, 0), ERR_DENIED, REFUSED_SIGN_UP);
}

static void the_brake_stops_whoever_is_not_invited(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    struct event *invite = ask_act(ACT_INVITE, moderator);
    memset(invite->act->token, INVITE, ACT_HASH_BYTES);
    struct event *brake = ask_act(ACT_BRAKE, moderator);
    brake->act->members_only = true;
    act_run_ok(brake);
    act_run_refused(ask_sign_up(0, "Ann", TOKEN, 0), ERR_DENIED, REFUSED_BRAKE);
    act_run_ok(ask_sign_up(0, "Ann", TOKEN, INVITE));
}

/* ---- with an invitation ---- */

static struct event *ask_invite(uint64_t person, uint8_t token, uint32_t count)
{
    struct event *event = ask_act(ACT_INVITE, person);
    memset(event->act->token, token, ACT_HASH_BYTES);
    event->act->count = count;
    return event;
}

static void of_two_who_want_the_last_place_one_gets_it(void **state)
{
    (void)state;
    uint64_t admin = act_person("Max", ROLE_ADMIN);
    const struct event *invite = ask_invite(admin, INVITE, 2);
    act_run_ok(invite);
    uint64_t id = invite->act->number;
    act_run_ok(ask_sign_up(0, "Ann", 210, INVITE));
    const struct event *first = ask_sign_up(0, "Bob", 211, INVITE);
    const struct event *second = ask_sign_up(0, "Cid", 212, INVITE);
    rig_run();
    assert_int_equal(first->result, OK);
    assert_int_equal(second->result, ERR_NOT_FOUND);
    assert_int_equal(second->refusal, REFUSED_TOKEN);
    assert_null(scripted_directory_session(212));
    assert_int_equal(scripted_directory_invite(id)->record.used, 2);
}

static void a_name_that_is_taken_uses_up_no_invitation(void **state)
{
    (void)state;
    uint64_t admin = act_person("Max", ROLE_ADMIN);
    act_run_ok(ask_invite(admin, INVITE, 1));
    act_run_refused(ask_sign_up(0, "Max", TOKEN, INVITE), ERR_EXISTS, REFUSED_NAME_TAKEN);
    act_run_ok(ask_sign_up(0, "Ann", TOKEN, INVITE));
}

static void an_invitation_ends(void **state)
{
    (void)state;
    uint64_t admin = act_person("Max", ROLE_ADMIN);
    struct event *invite = ask_invite(admin, INVITE, 0);
    invite->act->until_ms = rig.wall_ms + 1000;
    act_run_ok(invite);
    act_run_ok(ask_sign_up(0, "Ann", TOKEN, INVITE));
    rig_pass(1000);
    act_run_refused(ask_sign_up(0, "Bob", OTHER_TOKEN, INVITE), ERR_NOT_FOUND, REFUSED_TOKEN);
}

static void an_invitation_carries_a_role_and_rooms(void **state)
{
    (void)state;
    uint64_t admin = act_person("Max", ROLE_ADMIN);
    uint64_t club = rig_room(admin, 1, "Club");
    uint64_t old = rig_room(admin, 2, "Old");
    uint64_t everyone = rig_room(admin, 3, "Everyone");
    struct event *invite = ask_invite(admin, INVITE, 0);
    invite->act->role = ROLE_MODERATOR;
    invite->act->rooms[invite->act->rooms_count++] = ROOM_LOBBY;
    invite->act->rooms[invite->act->rooms_count++] = club;
    invite->act->rooms[invite->act->rooms_count++] = old;
    invite->act->rooms[invite->act->rooms_count++] = everyone;
    act_run_ok(invite);
    for (size_t i = 0; i < script.now.rooms_count; i++) {
        if (script.now.rooms[i].id == old)
            script.now.rooms[i].flags = ROOM_FLAG_ARCHIVED;
        if (script.now.rooms[i].id == everyone || script.now.rooms[i].id == ROOM_LOBBY)
            script.now.rooms[i].flags = ROOM_FLAG_DEFAULT;
    }
    const struct event *event = ask_sign_up(0, "Ann", TOKEN, INVITE);
    act_run_ok(event);
    uint64_t ann = event->person;
    assert_int_equal(event->role, ROLE_MODERATOR);
    assert_int_equal(scripted_store_person(ann)->role, ROLE_MODERATOR);
    assert_true(scripted_store_member(club, ann, NULL));
    assert_true(scripted_store_member(everyone, ann, NULL));
    assert_false(scripted_store_member(old, ann, NULL));
    /* Whoever is in the rooms sees it; in the one that is wished for twice it happens once. */
    assert_int_equal(rig_count(EVENT_JOINED), 2);
    const struct event *joined = rig_find(EVENT_JOINED, 0);
    assert_int_equal(joined->room, everyone);
    assert_true(name_is(&joined->name, "Ann"));
    assert_int_equal(joined->seq, 2);
    assert_int_equal(scripted_store_event(club, 2)->kind, EVENT_JOINED);
    /* The log goes on where it stands. */
    assert_int_equal(rig_kept(EVENT_MESSAGE, admin, club, 9, "welcome"), 3);
}

static void a_guest_is_let_into_the_rooms_while_it_is_here(void **state)
{
    (void)state;
    uint64_t admin = act_person("Max", ROLE_ADMIN);
    uint64_t club = rig_room(admin, 1, "Club");
    struct event *invite = ask_invite(admin, INVITE, 0);
    invite->act->rooms[invite->act->rooms_count++] = club;
    act_run_ok(invite);
    uint64_t guest = rig_guest("Bob");
    act_run_ok(ask_sign_up(guest, "Bob", TOKEN, INVITE));
    assert_true(scripted_store_member(club, guest, NULL));
    assert_int_equal(act_find(EVENT_ADDED, guest)->info->id, club);
    assert_non_null(person_seat(act_known(guest), club));
    rig_kept(EVENT_MESSAGE, guest, club, 5, "here I am");
}

static void an_invitation_is_worth_what_its_maker_may_give(void **state)
{
    (void)state;
    uint64_t admin = act_person("Max", ROLE_ADMIN);
    uint64_t club = rig_room(admin, 1, "Club");
    struct event *invite = ask_invite(admin, INVITE, 0);
    invite->act->role = ROLE_MODERATOR;
    invite->act->rooms[invite->act->rooms_count++] = club;
    act_run_ok(invite);
    act_run_ok(ask_invite(admin, INVITE + 1, 0));
    rig_kept(EVENT_LEFT, admin, club, 2, "");
    const struct event *event = ask_sign_up(0, "Ann", TOKEN, INVITE);
    act_run_ok(event);
    assert_int_equal(event->role, ROLE_MODERATOR);
    assert_false(scripted_store_member(club, event->person, NULL));
    act_set_role(admin, ROLE_MODERATOR);
    act_run_refused(ask_sign_up(0, "Bob", OTHER_TOKEN, INVITE), ERR_NOT_FOUND, REFUSED_TOKEN);
    act_run_ok(ask_sign_up(0, "Bob", OTHER_TOKEN, INVITE + 1));
    act_set_role(admin, ROLE_MEMBER);
    act_run_refused(ask_sign_up(0, "Cid", OTHER_TOKEN + 1, INVITE + 1), ERR_NOT_FOUND,
                    REFUSED_TOKEN);
}

/* ---- the first owner ---- */

static struct event *ask_owner_link(uint64_t person, uint8_t token)
{
    struct event *event = ask_act(ACT_OWNER_LINK, person);
    memset(event->act->token, token, ACT_HASH_BYTES);
    return event;
}

static void the_first_owner_comes_by_the_consoles_link(void **state)
{
    (void)state;
    rig.limits.sign_up = SIGN_UP_CLOSED;
    rig_restart();
    uint64_t admin = act_person("Max", ROLE_ADMIN);
    act_run_refused(ask_owner_link(admin, INVITE), ERR_DENIED, REFUSED_PLAIN);
    /* The program asks in the console's name, which nobody has said hello with. */
    act_run_ok(ask_owner_link(PERSON_CONSOLE, INVITE));
    act_run_ok(ask_owner_link(PERSON_CONSOLE, INVITE + 1));
    const struct event *event = ask_sign_up(0, "Ann", TOKEN, INVITE);
    act_run_ok(event);
    assert_int_equal(event->role, ROLE_OWNER);
    act_run_refused(ask_sign_up(0, "Bob", OTHER_TOKEN, INVITE), ERR_NOT_FOUND, REFUSED_TOKEN);
    act_run_refused(ask_sign_up(0, "Bob", OTHER_TOKEN, INVITE + 1), ERR_NOT_FOUND, REFUSED_TOKEN);
    act_run_refused(ask_owner_link(PERSON_CONSOLE, INVITE + 2), ERR_EXISTS, REFUSED_PLAIN);
}

/* ---- signing in ---- */

static void who_knows_the_secret_signs_in(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_ADMIN);
    struct event *event = ask_sign_in(ann, "Ann", TOKEN);
    (void)strcpy(event->act->secret, "hashed anew");
    act_run_ok(event);
    assert_int_equal(event->person, ann);
    assert_int_equal(event->role, ROLE_ADMIN);
    assert_true(name_is(&event->name, "Ann"));
    assert_int_equal(event->session, act_session(TOKEN));
    assert_int_equal(scripted_directory_sessions(ann), 2);
    assert_string_equal(scripted_directory_account(ann)->secret, "hashed anew");
    assert_int_equal(rig.batch->count, 1);
    /* What was checked is not the secret any more. */
    act_run_refused(ask_sign_in(ann, "Ann", OTHER_TOKEN), ERR_DENIED, REFUSED_SIGN_IN);
}

static void nobody_else_signs_in(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t guest = rig_guest("Bob");
    act_run_refused(ask_sign_in(ann, "Bob", TOKEN), ERR_DENIED, REFUSED_SIGN_IN);
    act_run_refused(ask_sign_in(guest, "Bob", TOKEN), ERR_DENIED, REFUSED_SIGN_IN);
    act_run_refused(ask_sign_in(12345, "Ann", TOKEN), ERR_DENIED, REFUSED_SIGN_IN);
    act_run_refused(ask_sign_in(PERSON_CONSOLE, "Console", TOKEN), ERR_DENIED, REFUSED_SIGN_IN);
    struct event *empty = ask_act_on(ACT_SIGN_IN, 0, guest);
    act_run_refused(empty, ERR_DENIED, REFUSED_SIGN_IN);
}

static void set_totp(uint64_t person, uint64_t step)
{
    struct event *on = ask_act(ACT_TOTP_ON, person);
    on->act->code_step = step;
    for (unsigned i = 0; i < ACT_CODES; i++)
        memset(on->act->codes[i], (int)(100 + i), ACT_HASH_BYTES);
    act_run_ok(on);
}

static struct event *ask_sign_in_with_step(uint64_t person, uint64_t step, uint8_t token)
{
    struct event *event = ask_sign_in(person, "Ann", token);
    event->act->totp_given = true;
    event->act->code_step = step;
    return event;
}

static struct event *ask_sign_in_with_code(uint64_t person, uint8_t code, uint8_t token)
{
    struct event *event = ask_sign_in(person, "Ann", token);
    event->act->totp_given = event->act->has_recovery = true;
    memset(event->act->recovery, code, ACT_HASH_BYTES);
    return event;
}

static void a_second_factor_opens_once(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    set_totp(ann, 50);
    act_run_refused(ask_sign_in(ann, "Ann", TOKEN), ERR_DENIED, REFUSED_CODE);
    act_run_refused(ask_sign_in_with_step(ann, 50, TOKEN), ERR_DENIED, REFUSED_CODE);
    act_run_ok(ask_sign_in_with_step(ann, 51, 210));
    act_run_refused(ask_sign_in_with_step(ann, 51, TOKEN), ERR_DENIED, REFUSED_CODE);
    act_run_refused(ask_sign_in_with_step(ann, 50, TOKEN), ERR_DENIED, REFUSED_CODE);
    act_run_refused(ask_sign_in_with_code(ann, 99, TOKEN), ERR_DENIED, REFUSED_CODE);
    act_run_ok(ask_sign_in_with_code(ann, 103, 211));
    act_run_refused(ask_sign_in_with_code(ann, 103, TOKEN), ERR_DENIED, REFUSED_CODE);
    /* Both in one batch. */
    const struct event *first = ask_sign_in_with_step(ann, 52, 212);
    const struct event *second = ask_sign_in_with_step(ann, 52, 213);
    rig_run();
    assert_int_equal(first->result, OK);
    assert_int_equal(second->refusal, REFUSED_CODE);
    /* A wrong secret uses up no code. */
    struct event *wrong = ask_sign_in_with_step(ann, 53, TOKEN);
    wrong->act->number++;
    act_run_refused(wrong, ERR_DENIED, REFUSED_SIGN_IN);
    act_run_ok(ask_sign_in_with_step(ann, 53, 214));
}

static void whoever_is_banned_is_told_so_and_stays_out(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    struct event *ban = ask_act_on(ACT_BAN, moderator, ann);
    ban->act->until_ms = rig.wall_ms + 5000;
    act_run_ok(ban);
    act_run_refused(ask_sign_in(ann, "Ann", TOKEN), ERR_DENIED, REFUSED_BANNED);
    /* Whoever does not know the secret is not told. */
    act_run_refused(ask_sign_in(ann, "Max", TOKEN), ERR_DENIED, REFUSED_SIGN_IN);
    rig_pass(5000);
    act_run_ok(ask_sign_in(ann, "Ann", TOKEN));
}

/* ---- sessions ---- */

static void a_session_is_signed_out(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint8_t token = rig.tokens;
    act_run_ok(ask_sign_in(ann, "Ann", TOKEN));
    uint64_t session = act_session(token);
    struct event *event = ask_act(ACT_SIGN_OUT, ann);
    event->session = session;
    act_run_ok(event);
    const struct event *ended = act_find(EVENT_ENDED, ann);
    assert_int_equal(ended->session, session);
    assert_int_equal(ended->refusal, REFUSED_PLAIN);
    assert_true(rig_at(event) < rig_at(ended));
    assert_null(scripted_directory_session(token));
    assert_non_null(scripted_directory_session(TOKEN));
    const struct event *hello = ask_hello(token);
    rig_run();
    assert_int_equal(hello->result, ERR_NOT_FOUND);
}

static void one_ends_ones_own_sessions_only(void **state)
{
    (void)state;
    uint64_t bob = act_person("Bob", ROLE_MEMBER);
    uint8_t token_of_bob = rig.tokens;
    uint64_t ann = act_person("Ann", ROLE_OWNER);
    act_run_ok(ask_sign_in(ann, "Ann", TOKEN));
    struct event *event = ask_act(ACT_SESSION_END, ann);
    event->act->number = act_session(token_of_bob);
    act_run_refused(event, ERR_NOT_FOUND, REFUSED_NO_THING);
    assert_int_equal(scripted_directory_sessions(bob), 1);
    event = ask_act(ACT_SESSION_END, ann);
    uint64_t session = act_session(TOKEN);
    event->act->number = session;
    act_run_ok(event);
    assert_int_equal(act_find(EVENT_ENDED, ann)->session, session);
    assert_int_equal(scripted_directory_sessions(ann), 1);
}

static void all_other_sessions_end(void **state)
{
    (void)state;
    uint64_t bob = act_person("Bob", ROLE_MEMBER);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint8_t token = rig.tokens;
    act_run_ok(ask_sign_in(ann, "Ann", TOKEN));
    act_run_ok(ask_sign_in(ann, "Ann", OTHER_TOKEN));
    struct event *event = ask_act(ACT_SESSIONS_END, ann);
    event->session = act_session(token);
    act_run_ok(event);
    const struct event *ended = act_find(EVENT_ENDED, ann);
    assert_int_equal(ended->session, 0);
    assert_int_equal(ended->but, act_session(token));
    assert_int_equal(scripted_directory_sessions(ann), 1);
    assert_int_equal(scripted_directory_sessions(bob), 1);
    /* It goes on being heard. */
    rig_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 1, "still here");
}

/* ---- the secret ---- */

static struct event *ask_password(uint64_t person, const char *old, const char *secret)
{
    struct event *event = ask_act(ACT_PASSWORD, person);
    event->act->number = act_secret_digest(old);
    (void)strcpy(event->act->secret, secret);
    return event;
}

static void another_password_ends_the_other_sessions(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint8_t token = rig.tokens;
    act_run_ok(ask_sign_in(ann, "Ann", TOKEN));
    act_run_refused(ask_password(ann, "secret of Bob", "new"), ERR_DENIED, REFUSED_SIGN_IN);
    act_run_refused(ask_password(ann, "", "new"), ERR_DENIED, REFUSED_SIGN_IN);
    struct event *event = ask_password(ann, "secret of Ann", "new");
    event->session = act_session(token);
    act_run_ok(event);
    assert_string_equal(scripted_directory_account(ann)->secret, "new");
    assert_int_equal(scripted_directory_sessions(ann), 1);
    assert_int_equal(act_find(EVENT_ENDED, ann)->but, act_session(token));
    /* Two changes that were checked against the same secret: the first one counts. */
    const struct event *first = ask_password(ann, "new", "newer");
    const struct event *second = ask_password(ann, "new", "newest");
    rig_run();
    assert_int_equal(first->result, OK);
    assert_int_equal(second->refusal, REFUSED_SIGN_IN);
}

static void a_guest_has_no_password(void **state)
{
    (void)state;
    uint64_t guest = rig_guest("Bob");
    act_run_refused(ask_password(guest, "", "new"), ERR_DENIED, REFUSED_GUEST);
    act_run_refused(ask_act(ACT_TOTP_ON, guest), ERR_DENIED, REFUSED_GUEST);
    act_run_refused(ask_act(ACT_TOTP_OFF, guest), ERR_DENIED, REFUSED_GUEST);
}

static void the_second_factor_is_changed_with_the_password_only(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    const struct event *none = ask_act(ACT_TOTP_OFF, ann);
    rig.asked[rig.asked_count - 1]->act->number = act_secret_digest("secret of Ann");
    act_run_ok(none);
    assert_true(none->unchanged);
    set_totp(ann, 50);
    assert_true(scripted_directory_account(ann)->has_totp);
    assert_int_equal(scripted_directory_account(ann)->totp_step, 50);
    act_run_refused(ask_act(ACT_TOTP_ON, ann), ERR_EXISTS, REFUSED_PLAIN);
    act_run_refused(ask_act(ACT_TOTP_OFF, ann), ERR_DENIED, REFUSED_SIGN_IN);
    struct event *off = ask_act(ACT_TOTP_OFF, ann);
    off->act->number = act_secret_digest("secret of Ann");
    act_run_ok(off);
    assert_false(scripted_directory_account(ann)->has_totp);
    assert_int_equal(script.now.directory.codes_count, 0);
    /* With another secret in the same half minute: the proof counts as used. */
    set_totp(ann, 50);
    act_run_refused(ask_sign_in_with_step(ann, 50, TOKEN), ERR_DENIED, REFUSED_CODE);
}

/* ---- leaving ---- */

static struct event *ask_leave(uint64_t person, const char *secret)
{
    struct event *event = ask_act(ACT_LEAVE, person);
    event->act->number = act_secret_digest(secret);
    return event;
}

static void expect_gone(uint64_t person, uint64_t room)
{
    const struct person_record *record = scripted_store_person(person);
    assert_false(scripted_store_member(room, person, NULL));
    assert_false(scripted_store_member(ROOM_LOBBY, person, NULL));
    assert_int_equal(record->folded.len, 0);
    assert_memory_equal(record->name.text, "Gone ", 5);
    assert_int_equal(record->role, ROLE_GUEST);
    assert_null(scripted_directory_account(person));
    assert_int_equal(scripted_directory_sessions(person), 0);
}

static void who_leaves_is_gone_from_every_room(void **state)
{
    (void)state;
    uint64_t bob = act_person("Bob", ROLE_MEMBER);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint8_t token = rig.tokens;
    uint64_t club = rig_room(ann, 1, "Club");
    rig_kept(EVENT_JOINED, bob, club, 2, "");
    rig_kept(EVENT_MESSAGE, ann, club, 3, "this stays");
    act_run_refused(ask_leave(ann, "secret of Bob"), ERR_DENIED, REFUSED_SIGN_IN);
    act_run_refused(ask_leave(ann, ""), ERR_DENIED, REFUSED_SIGN_IN);
    act_run_ok(ask_leave(ann, "secret of Ann"));
    expect_gone(ann, club);
    assert_int_equal(rig_count(EVENT_LEFT), 1);
    assert_int_equal(rig_find(EVENT_LEFT, 0)->room, club);
    assert_int_equal(rig_find(EVENT_LEFT, 0)->seq, 4);
    assert_int_equal(scripted_store_event(club, 3)->author, ann);
    assert_false(scripted_store_event(club, 3)->deleted);
    assert_int_equal(act_find(EVENT_ENDED, ann)->but, 0);
    assert_int_equal(act_known(ann)->seats_count, 0);
    const struct event *hello = ask_hello(token);
    rig_run();
    assert_int_equal(hello->result, ERR_NOT_FOUND);
    assert_int_equal(rig_kept(EVENT_MESSAGE, bob, club, 4, "good bye"), 5);
}

/* Its connection is closed a moment later; until then nothing of it is heard. */
static void who_has_left_is_not_heard(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    ask_leave(ann, "secret of Ann");
    const struct event *post = ask_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 1, "and another thing");
    const struct event *create = ask_kept(EVENT_CREATED, ann, 0, 2, "Mine");
    const struct event *join = ask_kept(EVENT_JOINED, ann, ROOM_LOBBY, 3, "");
    struct event *rename = ask(EVENT_RENAME, ann, 0);
    rename->name = (struct name){.len = 3, .text = "Ann"};
    const struct event *act = ask_act(ACT_PROFILE, ann);
    rig_run();
    assert_int_equal(post->result, ERR_DENIED);
    assert_int_equal(create->result, ERR_DENIED);
    assert_int_equal(join->result, ERR_DENIED);
    assert_int_equal(rename->result, ERR_DENIED);
    assert_int_equal(act->result, ERR_DENIED);
    assert_int_equal(scripted_store_head(ROOM_LOBBY), 0);
    ask_bye(ann, true);
    rig_run();
    rig_pass(RIG_AWAY_MS);
    rig_tick();
    assert_int_equal(scripted_store_person(ann)->folded.len, 0);
    assert_null(community_person(&rig.sequencer->community, ann));
    /* The name is anybody's. */
    act_run_ok(ask_sign_up(0, "Ann", TOKEN, 0));
}

static void a_guest_leaves_without_a_secret(void **state)
{
    (void)state;
    uint64_t guest = rig_guest("Bob");
    act_run_ok(ask_leave(guest, ""));
    expect_gone(guest, ROOM_LOBBY);
    /* Nobody goes from the lobby: it has no event of it. */
    assert_int_equal(rig_count(EVENT_LEFT), 0);
    assert_int_equal(rig_count(EVENT_GONE), 1);
}

static void the_last_owner_stays(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_OWNER);
    act_run_refused(ask_leave(ann, "secret of Ann"), ERR_DENIED, REFUSED_LAST_OWNER);
    uint64_t bob = act_person("Bob", ROLE_OWNER);
    /* Both want to at once: one stays. */
    const struct event *first = ask_leave(ann, "secret of Ann");
    const struct event *second = ask_leave(bob, "secret of Bob");
    rig_run();
    assert_int_equal(first->result, OK);
    assert_int_equal(second->result, ERR_DENIED);
    assert_int_equal(second->refusal, REFUSED_LAST_OWNER);
}

static struct event *ask_delete(uint64_t by, uint64_t person)
{
    struct event *event = ask_act(ACT_LEAVE, by);
    event->act->person = person;
    return event;
}

static void the_console_deletes_accounts_of_others_and_nobody_else_does(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_OWNER), bob = act_person("Bob", ROLE_MEMBER);
    act_run_refused(ask_delete(ann, bob), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_delete(bob, bob), ERR_DENIED, REFUSED_PLAIN);
    act_run_ok(ask_delete(PERSON_CONSOLE, bob));
    expect_gone(bob, ROOM_LOBBY);
    assert_int_equal(act_find(EVENT_ENDED, bob)->but, 0);
    act_run_refused(ask_delete(PERSON_CONSOLE, ann), ERR_DENIED, REFUSED_LAST_OWNER);
    act_run_refused(ask_delete(PERSON_CONSOLE, 12345), ERR_NOT_FOUND, REFUSED_NO_PERSON);
    act_run_refused(ask_delete(PERSON_CONSOLE, PERSON_CONSOLE), ERR_DENIED, REFUSED_PLAIN);
}

/* ---- how one is shown ---- */

static void one_is_shown_as_one_likes(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    struct event *event = ask_act(ACT_PROFILE, ann);
    event->act->display = (struct name){.len = 5, .text = "Annie"};
    event->act->color = 0x102030;
    act_run_ok(event);
    assert_true(name_is(&scripted_store_person(ann)->display, "Annie"));
    const struct event *you = act_find(EVENT_YOU, ann);
    assert_true(name_is(&you->display, "Annie"));
    assert_int_equal(you->color, 0x102030);
    event = ask_act(ACT_PROFILE, ann);
    act_run_ok(event);
    assert_int_equal(act_find(EVENT_YOU, ann)->display.len, 0);
    event = ask_act(ACT_PROFILE, ann);
    event->act->color = 0x1000000;
    act_run_refused(event, ERR_PROTOCOL, REFUSED_PLAIN);
}

static void guests_and_the_muted_are_shown_as_they_are(void **state)
{
    (void)state;
    uint64_t guest = rig_guest("Bob");
    act_run_refused(ask_act(ACT_PROFILE, guest), ERR_DENIED, REFUSED_GUEST);
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    act_run_ok(ask_act_on(ACT_MUTE, moderator, ann));
    act_run_refused(ask_act(ACT_PROFILE, ann), ERR_DENIED, REFUSED_MUTED);
}

/* ---- who asks at all ---- */

static void strangers_may_only_come_in(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind < ACT_END_KIND; kind++) {
        if (kind == ACT_SIGN_UP || kind == ACT_SIGN_IN || kind == ACT_RESET_USE)
            continue;
        struct event *event = ask_act((enum act_kind)kind, 0);
        rig_run();
        assert_int_equal(event->result, ERR_DENIED);
    }
    act_run_refused(ask_act((enum act_kind)0, 0), ERR_PROTOCOL, REFUSED_PLAIN);
    act_run_refused(ask_act(ACT_END_KIND, 0), ERR_PROTOCOL, REFUSED_PLAIN);
}

static void a_store_without_a_directory_has_no_accounts(void **state)
{
    (void)state;
    script.store.directory = NULL;
    rig_restart();
    const struct event *event = ask_sign_up(0, "Ann", TOKEN, 0);
    rig_run();
    assert_int_equal(event->result, ERR_DENIED);
    assert_int_equal(event->refusal, REFUSED_MEMORY);
    assert_int_equal(script.begins, 0);
}

#define ACT_TEST(test) cmocka_unit_test_setup_teardown(test, act_rig_use, rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACT_TEST(a_stranger_signs_up),
        ACT_TEST(a_guest_who_signs_up_keeps_its_person),
        ACT_TEST(nobody_has_two_accounts),
        ACT_TEST(names_of_others_are_taken),
        ACT_TEST(a_guests_name_is_free_after_a_long_absence_an_accounts_never),
        ACT_TEST(signing_up_can_be_closed),
        ACT_TEST(the_brake_stops_whoever_is_not_invited),
        ACT_TEST(of_two_who_want_the_last_place_one_gets_it),
        ACT_TEST(a_name_that_is_taken_uses_up_no_invitation),
        ACT_TEST(an_invitation_ends),
        ACT_TEST(an_invitation_carries_a_role_and_rooms),
        ACT_TEST(an_invitation_is_worth_what_its_maker_may_give),
        ACT_TEST(a_guest_is_let_into_the_rooms_while_it_is_here),
        ACT_TEST(the_first_owner_comes_by_the_consoles_link),
        ACT_TEST(who_knows_the_secret_signs_in),
        ACT_TEST(nobody_else_signs_in),
        ACT_TEST(a_second_factor_opens_once),
        ACT_TEST(whoever_is_banned_is_told_so_and_stays_out),
        ACT_TEST(a_session_is_signed_out),
        ACT_TEST(one_ends_ones_own_sessions_only),
        ACT_TEST(all_other_sessions_end),
        ACT_TEST(another_password_ends_the_other_sessions),
        ACT_TEST(a_guest_has_no_password),
        ACT_TEST(the_second_factor_is_changed_with_the_password_only),
        ACT_TEST(who_leaves_is_gone_from_every_room),
        ACT_TEST(who_has_left_is_not_heard),
        ACT_TEST(a_guest_leaves_without_a_secret),
        ACT_TEST(the_console_deletes_accounts_of_others_and_nobody_else_does),
        ACT_TEST(the_last_owner_stays),
        ACT_TEST(one_is_shown_as_one_likes),
        ACT_TEST(guests_and_the_muted_are_shown_as_they_are),
        ACT_TEST(strangers_may_only_come_in),
        ACT_TEST(a_store_without_a_directory_has_no_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
