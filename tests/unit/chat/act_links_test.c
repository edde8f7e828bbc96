#include "chat/act_rig.h"

#include <string.h>

#include "base/memory.h"

#include "chat/sequencer_state.h"

enum { TOKEN = 200, OTHER_TOKEN = 201, RESET = 160, INVITE = 150, HOOK = 170, BOT = 180 };

static void expect_audit(uint64_t by, const char *action, uint64_t person, uint64_t room)
{
    const struct scripted_audit *line = scripted_directory_audit();
    assert_non_null(line);
    assert_string_equal(line->action, action);
    assert_int_equal(line->by, by);
    assert_int_equal(line->person, person);
    assert_int_equal(line->room, room);
}

static struct event *with_token(struct event *event, uint8_t token)
{
    memset(event->act->token, token, ACT_HASH_BYTES);
    return event;
}

/* ---- resets ---- */

static struct event *ask_reset(uint8_t link, uint8_t token)
{
    struct event *event = with_token(ask_act(ACT_RESET_USE, 0), link);
    memset(event->act->hash, token, ACT_HASH_BYTES);
    (void)strcpy(event->act->secret, "forgotten no more");
    return event;
}

static void a_link_sets_another_password_once(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    struct event *make = with_token(ask_act_on(ACT_RESET_MAKE, admin, ann), RESET);
    make->act->until_ms = rig.wall_ms + 60000;
    act_run_ok(make);
    expect_audit(admin, "reset", ann, 0);
    act_run_refused(ask_reset(RESET + 1, TOKEN), ERR_NOT_FOUND, REFUSED_TOKEN);
    const struct event *use = ask_reset(RESET, TOKEN);
    act_run_ok(use);
    assert_int_equal(use->person, ann);
    assert_int_equal(use->session, act_session(TOKEN));
    assert_string_equal(scripted_directory_account(ann)->secret, "forgotten no more");
    assert_int_equal(scripted_directory_sessions(ann), 1);
    const struct event *ended = act_find(EVENT_ENDED, ann);
    assert_int_equal(ended->session, 0);
    assert_int_equal(ended->but, use->session);
    act_run_refused(ask_reset(RESET, OTHER_TOKEN), ERR_NOT_FOUND, REFUSED_TOKEN);
}

static void a_link_to_another_password_gets_old(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    struct event *make = with_token(ask_act_on(ACT_RESET_MAKE, admin, ann), RESET);
    make->act->until_ms = UINT64_MAX;
    act_run_ok(make);
    assert_int_equal(make->act->until_ms, rig.wall_ms + 24 * 60 * 60 * 1000);
    rig_pass(24 * 60 * 60 * 1000);
    act_run_refused(ask_reset(RESET, TOKEN), ERR_NOT_FOUND, REFUSED_TOKEN);
}

static void a_link_does_not_stand_for_the_second_factor(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    act_run_ok(ask_act(ACT_TOTP_ON, ann));
    act_run_ok(with_token(ask_act_on(ACT_RESET_MAKE, admin, ann), RESET));
    const struct event *use = ask_reset(RESET, TOKEN);
    act_run_ok(use);
    assert_int_equal(use->session, 0);
    assert_int_equal(scripted_directory_sessions(ann), 0);
    assert_int_equal(act_find(EVENT_ENDED, ann)->but, 0);
    assert_true(scripted_directory_account(ann)->has_totp);
}

static void a_link_lets_nobody_in_who_is_banned(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    act_run_ok(with_token(ask_act_on(ACT_RESET_MAKE, admin, ann), RESET));
    act_run_ok(ask_act_on(ACT_BAN, admin, ann));
    const struct event *use = ask_reset(RESET, TOKEN);
    rig_run();
    assert_int_equal(use->result, ERR_DENIED);
    assert_int_equal(use->refusal, REFUSED_BANNED);
    assert_int_equal(scripted_directory_sessions(ann), 0);
    assert_string_equal(scripted_directory_account(ann)->secret, "secret of Ann");
}

static void links_to_another_password_are_made_from_above(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t guest = rig_guest("Bob");
    act_run_refused(with_token(ask_act_on(ACT_RESET_MAKE, moderator, ann), RESET), ERR_DENIED,
                    REFUSED_PLAIN);
    act_run_refused(with_token(ask_act_on(ACT_RESET_MAKE, admin, admin), RESET), ERR_DENIED,
                    REFUSED_PLAIN);
    act_run_refused(with_token(ask_act_on(ACT_RESET_MAKE, admin, guest), RESET), ERR_DENIED,
                    REFUSED_GUEST);
    act_run_refused(with_token(ask_act_on(ACT_RESET_MAKE, admin, 4711), RESET), ERR_NOT_FOUND,
                    REFUSED_NO_PERSON);
}

/* ---- invitations ---- */

static struct event *ask_invite(uint64_t person, uint8_t role, uint64_t room)
{
    struct event *event = with_token(ask_act(ACT_INVITE, person), INVITE);
    event->act->role = role;
    event->act->rooms_count = room != 0;
    event->act->rooms[0] = room;
    return event;
}

static void an_invitation_is_made_and_ended(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    struct event *event = ask_invite(moderator, ROLE_GUEST, 0);
    event->act->count = 3;
    event->act->until_ms = rig.wall_ms + 5;
    act_text(event, "for the choir");
    act_run_ok(event);
    uint64_t id = event->act->number;
    const struct scripted_invite *invite = scripted_directory_invite(id);
    assert_non_null(invite);
    assert_int_equal(invite->record.role, ROLE_MEMBER);
    assert_int_equal(invite->record.count, 3);
    assert_int_equal(invite->record.until_ms, rig.wall_ms + 5);
    assert_int_equal(invite->record.by, moderator);
    assert_string_equal(invite->note, "for the choir");
    expect_audit(moderator, "invite", 0, 0);
    assert_string_equal(scripted_directory_audit()->detail, "member");
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    struct event *end = ask_act(ACT_INVITE_END, ann);
    end->act->number = id;
    act_run_refused(end, ERR_DENIED, REFUSED_PLAIN);
    end = ask_act(ACT_INVITE_END, moderator);
    end->act->number = id;
    act_run_ok(end);
    expect_audit(moderator, "invite_end", 0, 0);
    end = ask_act(ACT_INVITE_END, moderator);
    end->act->number = id;
    act_run_refused(end, ERR_NOT_FOUND, REFUSED_NO_THING);
    act_run_refused(ask_sign_up(0, "Bob", TOKEN, INVITE), ERR_NOT_FOUND, REFUSED_TOKEN);
}

static void nobody_invites_above_oneself(void **state)
{
    (void)state;
    uint64_t owner = act_person("Olga", ROLE_OWNER);
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t guest = rig_guest("Bob");
    act_run_refused(ask_invite(guest, ROLE_MEMBER, 0), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_invite(ann, ROLE_MEMBER, 0), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_invite(moderator, ROLE_MODERATOR, 0), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_invite(admin, ROLE_ADMIN, 0), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_invite(owner, ROLE_OWNER, 0), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_invite(owner, ROLE_BOT, 0), ERR_DENIED, REFUSED_PLAIN);
    act_run_ok(ask_invite(moderator, ROLE_MEMBER, 0));
    act_run_ok(ask_invite(admin, ROLE_MODERATOR, 0));
    act_run_ok(ask_invite(owner, ROLE_ADMIN, 0));
}

static void nobody_invites_into_a_room_that_is_not_theirs_to_open(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t secret = rig_room(ann, 1, "Secret");
    for (size_t i = 0; i < script.now.rooms_count; i++) {
        if (script.now.rooms[i].id == secret)
            script.now.rooms[i].kind = ROOM_PRIVATE;
    }
    const struct event *event = ask_invite(moderator, ROLE_MEMBER, secret);
    act_run_refused(event, ERR_NOT_FOUND, REFUSED_PLAIN);
    assert_true(event->no_room);
    act_run_refused(ask_invite(moderator, ROLE_MEMBER, 4711), ERR_NOT_FOUND, REFUSED_PLAIN);
    scripted_store_add_member(secret, moderator, 0);
    act_run_refused(ask_invite(moderator, ROLE_MEMBER, secret), ERR_DENIED, REFUSED_PLAIN);
    script.now.members[script.now.members_count - 1].host = true;
    act_run_ok(ask_invite(moderator, ROLE_MEMBER, secret));
}

/* ---- bots ---- */

static struct event *ask_bot(uint64_t person, const char *name)
{
    struct event *event = with_token(ask_act(ACT_BOT, person), BOT);
    act_name(event, name);
    return event;
}

static void a_bot_comes_with_its_token_and_goes(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    act_run_refused(ask_bot(admin, "ada"), ERR_EXISTS, REFUSED_NAME_TAKEN);
    const struct event *event = ask_bot(admin, "Robot");
    act_run_ok(event);
    uint64_t bot = event->act->person;
    assert_int_equal(event->person, admin);
    expect_audit(admin, "bot", bot, 0);
    assert_int_equal(scripted_store_person(bot)->role, ROLE_BOT);
    assert_null(scripted_directory_account(bot));
    assert_true(scripted_store_member(ROOM_LOBBY, bot, NULL));
    const struct event *hello = ask_hello(BOT);
    rig_run();
    assert_int_equal(hello->result, OK);
    assert_int_equal(hello->person, bot);
    assert_int_equal(hello->role, ROLE_BOT);
    uint64_t club = rig_room(admin, 1, "Club");
    ask_about(EVENT_ADDED_BY, admin, club, 2, bot, "");
    rig_run();
    rig_kept(EVENT_MESSAGE, bot, club, 3, "beep");

    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    act_run_refused(ask_act_on(ACT_BOT_END, ann, bot), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_act_on(ACT_BOT_END, admin, ann), ERR_NOT_FOUND, REFUSED_NO_THING);
    const struct event *end = ask_act_on(ACT_BOT_END, admin, bot);
    const struct event *post = ask_kept(EVENT_MESSAGE, bot, club, 4, "beep");
    rig_run();
    assert_int_equal(end->result, OK);
    assert_int_equal(post->result, ERR_DENIED);
    assert_int_equal(act_find(EVENT_ENDED, bot)->but, 0);
    assert_int_equal(rig_find(EVENT_LEFT, 0)->room, club);
    expect_audit(admin, "bot_end", bot, 0);
    assert_int_equal(scripted_directory_sessions(bot), 0);
    assert_true(name_is(&scripted_store_person(bot)->name, "Robot"));
    /* Its name is free for the next one. */
    act_run_ok(ask_bot(admin, "Robot"));
}

static void bots_are_admins_business(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    act_run_refused(ask_bot(moderator, "Robot"), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_act_on(ACT_BOT_END, moderator, 4711), ERR_DENIED, REFUSED_PLAIN);
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    act_run_refused(ask_act_on(ACT_BOT_END, admin, 4711), ERR_NOT_FOUND, REFUSED_NO_PERSON);
    const struct event *event = ask_bot(admin, "Robot");
    act_run_ok(event);
    uint64_t bot = event->act->person;
    ask_hello(BOT);
    rig_run();
    /* And a bot does not take itself off, nor has it an account. */
    act_run_refused(ask_act(ACT_LEAVE, bot), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_act(ACT_PASSWORD, bot), ERR_DENIED, REFUSED_GUEST);
}

/* ---- webhooks ---- */

static struct event *ask_hook(uint64_t person, uint64_t room, uint8_t token, const char *name)
{
    struct event *event = with_token(ask_act(ACT_HOOK, person), token);
    event->act->room = room;
    act_name(event, name);
    return event;
}

static void a_webhook_speaks_in_its_room_and_ends(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t club = rig_room(ann, 1, "Club");
    const struct event *event = ask_hook(ann, club, HOOK, "Builds");
    act_run_ok(event);
    uint64_t bot = event->act->person, hook = event->act->number;
    expect_audit(ann, "webhook", bot, club);
    const struct event *added = rig_find(EVENT_ADDED_BY, 0);
    assert_int_equal(added->person, ann);
    assert_int_equal(added->target, bot);
    assert_true(name_is(&added->subject, "Builds"));
    assert_true(scripted_store_member(club, bot, NULL));
    assert_false(scripted_store_member(ROOM_LOBBY, bot, NULL));
    /* Whoever has its address cannot come in with it: only the door of webhooks can. */
    const struct event *hello = ask_hello(HOOK);
    rig_run();
    assert_int_equal(hello->result, ERR_NOT_FOUND);
    hello = ask_hello((uint8_t)~HOOK);
    rig_run();
    assert_int_equal(hello->result, OK);
    assert_int_equal(hello->person, bot);
    rig_kept(EVENT_MESSAGE, bot, club, 2, "it builds");

    event = ask_hook(ann, club, HOOK + 1, "Builds");
    act_run_ok(event);
    assert_true(name_is(&scripted_store_person(event->act->person)->name, "Builds 2"));
    struct event *end = ask_act(ACT_HOOK_END, ann);
    end->act->number = hook;
    act_run_ok(end);
    expect_audit(ann, "webhook_end", bot, club);
    assert_int_equal(act_find(EVENT_ENDED, bot)->but, 0);
    assert_int_equal(act_find(EVENT_LEFT, bot)->room, club);
    assert_int_equal(script.now.directory.hooks_count, 1);
    end = ask_act(ACT_HOOK_END, ann);
    end->act->number = hook;
    act_run_refused(end, ERR_NOT_FOUND, REFUSED_NO_THING);
}

static void webhooks_are_of_hosts_and_admins(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t bob = act_person("Bob", ROLE_MEMBER);
    uint64_t club = rig_room(ann, 1, "Club");
    rig_kept(EVENT_JOINED, bob, club, 2, "");
    act_run_refused(ask_hook(bob, club, HOOK, "Builds"), ERR_DENIED, REFUSED_PLAIN);
    const struct event *outside = ask_hook(moderator, club, HOOK, "Builds");
    act_run_refused(outside, ERR_NOT_FOUND, REFUSED_PLAIN);
    assert_true(outside->no_room);
    act_run_refused(ask_hook(ann, ROOM_LOBBY, HOOK, "Builds"), ERR_DENIED, REFUSED_PLAIN);
    const struct event *event = ask_hook(ann, club, HOOK, "Builds");
    act_run_ok(event);
    uint64_t hook = event->act->number;
    struct event *end = ask_act(ACT_HOOK_END, bob);
    end->act->number = hook;
    act_run_refused(end, ERR_DENIED, REFUSED_PLAIN);
    /* To whoever is not in the room there is none. */
    end = ask_act(ACT_HOOK_END, moderator);
    end->act->number = hook;
    act_run_refused(end, ERR_NOT_FOUND, REFUSED_NO_THING);
    assert_false(end->no_room);
    end = ask_act(ACT_HOOK_END, admin);
    end->act->number = hook;
    act_run_ok(end);
    assert_false(end->no_room);
    act_run_ok(ask_hook(admin, ROOM_LOBBY, HOOK, "Builds"));
}

/* ---- files ---- */

static struct event *ask_file(uint64_t person, uint64_t bytes)
{
    struct event *event = ask_act(ACT_FILE, person);
    event->act->file = mem_zalloc(sizeof(*event->act->file));
    event->act->file->bytes = bytes;
    return event;
}

static struct event *ask_of_file(enum act_kind kind, uint64_t person, uint64_t file)
{
    struct event *event = ask_act(kind, person);
    event->act->number = file;
    if (kind == ACT_FILE_THUMBNAIL) {
        event->act->file = mem_zalloc(sizeof(*event->act->file));
        event->act->file->thumbnail_bytes = 300;
    }
    return event;
}

static void files_are_made_up_to_the_quota(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t bob = act_person("Bob", ROLE_MEMBER);
    const struct event *event = ask_file(ann, 600);
    act_run_ok(event);
    uint64_t file = event->act->number;
    assert_int_not_equal(file, 0);
    act_run_refused(ask_file(ann, 401), ERR_LIMIT, REFUSED_QUOTA);
    act_run_ok(ask_file(bob, 1000));
    act_run_refused(ask_of_file(ACT_FILE_THUMBNAIL, bob, file), ERR_NOT_FOUND, REFUSED_NO_FILE);
    act_run_ok(ask_of_file(ACT_FILE_THUMBNAIL, ann, file));
    act_run_refused(ask_file(ann, 101), ERR_LIMIT, REFUSED_QUOTA);
    act_run_refused(ask_of_file(ACT_FILE_END, bob, file), ERR_NOT_FOUND, REFUSED_NO_FILE);
    act_run_ok(ask_of_file(ACT_FILE_END, ann, file));
    act_run_refused(ask_of_file(ACT_FILE_END, ann, file), ERR_NOT_FOUND, REFUSED_NO_FILE);
    event = ask_file(ann, 900);
    act_run_ok(event);
    file = event->act->number;
    act_run_refused(ask_of_file(ACT_FILE_THUMBNAIL, ann, file), ERR_LIMIT, REFUSED_QUOTA);
}

static void who_may_not_speak_sends_no_files(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t guest = rig_guest("Bob");
    act_run_refused(ask_file(guest, 1), ERR_DENIED, REFUSED_GUEST);
    act_run_ok(ask_act_on(ACT_MUTE, moderator, ann));
    act_run_refused(ask_file(ann, 1), ERR_DENIED, REFUSED_MUTED);
    act_run_refused(ask_act(ACT_FILE, moderator), ERR_PROTOCOL, REFUSED_PLAIN);
    act_run_refused(ask_act(ACT_FILE_THUMBNAIL, moderator), ERR_PROTOCOL, REFUSED_PLAIN);
}

#define ACT_TEST(test) cmocka_unit_test_setup_teardown(test, act_rig_use, rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACT_TEST(a_link_sets_another_password_once),
        ACT_TEST(a_link_to_another_password_gets_old),
        ACT_TEST(a_link_does_not_stand_for_the_second_factor),
        ACT_TEST(a_link_lets_nobody_in_who_is_banned),
        ACT_TEST(links_to_another_password_are_made_from_above),
        ACT_TEST(an_invitation_is_made_and_ended),
        ACT_TEST(nobody_invites_above_oneself),
        ACT_TEST(nobody_invites_into_a_room_that_is_not_theirs_to_open),
        ACT_TEST(a_bot_comes_with_its_token_and_goes),
        ACT_TEST(bots_are_admins_business),
        ACT_TEST(a_webhook_speaks_in_its_room_and_ends),
        ACT_TEST(webhooks_are_of_hosts_and_admins),
        ACT_TEST(files_are_made_up_to_the_quota),
        ACT_TEST(who_may_not_speak_sends_no_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
