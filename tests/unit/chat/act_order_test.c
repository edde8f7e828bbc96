#include "chat/act_rig.h"

#include <string.h>

#include "chat/sequencer_state.h"
#include "chat/server_state.h"

enum { TOKEN = 200 };

static void expect_audit(uint64_t by, const char *action, uint64_t person, const char *detail)
{
    const struct scripted_audit *line = scripted_directory_audit();
    assert_non_null(line);
    assert_string_equal(line->action, action);
    assert_string_equal(line->detail, detail);
    assert_int_equal(line->by, by);
    assert_int_equal(line->person, person);
}

/* ---- roles ---- */

static struct event *ask_role(uint64_t person, uint64_t other, uint8_t role)
{
    struct event *event = ask_act_on(ACT_ROLE, person, other);
    event->act->role = role;
    return event;
}

static void a_role_is_given_and_holds_at_once(void **state)
{
    (void)state;
    uint64_t owner = act_person("Olga", ROLE_OWNER);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t bob = act_person("Bob", ROLE_MEMBER);
    /* In one batch: what comes behind it is asked about with the new role, what is before it is not. */
    const struct event *before = ask_act_on(ACT_MUTE, ann, bob);
    const struct event *event = ask_role(owner, ann, ROLE_MODERATOR);
    const struct event *after = ask_act_on(ACT_MUTE, ann, bob);
    rig_run();
    assert_int_equal(before->result, ERR_DENIED);
    assert_int_equal(event->result, OK);
    assert_int_equal(after->result, OK);
    const struct event *you = act_find(EVENT_YOU, ann);
    assert_int_equal(you->role, ROLE_MODERATOR);
    assert_true(rig_at(event) < rig_at(you) && rig_at(you) < rig_at(after));
    assert_int_equal(scripted_store_person(ann)->role, ROLE_MODERATOR);
    act_run_ok(ask_role(owner, ann, ROLE_MEMBER));
    expect_audit(owner, "role", ann, "moderator to member");
    act_run_refused(ask_act_on(ACT_UNMUTE, ann, bob), ERR_DENIED, REFUSED_PLAIN);
    const struct event *same = ask_role(owner, ann, ROLE_MEMBER);
    act_run_ok(same);
    assert_true(same->unchanged);
    assert_int_equal(rig.batch->count, 1);
}

static void a_role_is_given_by_those_above_only(void **state)
{
    (void)state;
    act_person("Olga", ROLE_OWNER);
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t other = act_person("Abe", ROLE_ADMIN);
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t guest = rig_guest("Guest");
    act_run_refused(ask_role(moderator, ann, ROLE_MEMBER), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_role(admin, ann, ROLE_ADMIN), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_role(admin, other, ROLE_MEMBER), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_role(admin, ann, ROLE_BOT), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_role(admin, ann, ROLE_GUEST), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_role(admin, guest, ROLE_MEMBER), ERR_DENIED, REFUSED_GUEST);
    act_run_refused(ask_role(guest, ann, ROLE_MEMBER), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_role(admin, 4711, ROLE_MEMBER), ERR_NOT_FOUND, REFUSED_NO_PERSON);
    act_run_refused(ask_role(admin, PERSON_CONSOLE, ROLE_MEMBER), ERR_NOT_FOUND, REFUSED_NO_PERSON);
    act_run_ok(ask_role(admin, ann, ROLE_MODERATOR));
    /* Oneself: down. */
    act_run_ok(ask_role(admin, admin, ROLE_MEMBER));
    act_run_refused(ask_role(admin, ann, ROLE_MEMBER), ERR_DENIED, REFUSED_PLAIN);
}

static void there_is_always_an_owner(void **state)
{
    (void)state;
    uint64_t olga = act_person("Olga", ROLE_OWNER);
    act_run_refused(ask_role(olga, olga, ROLE_ADMIN), ERR_DENIED, REFUSED_LAST_OWNER);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    act_run_ok(ask_role(olga, ann, ROLE_OWNER));
    /* Each wants the other one to go. */
    const struct event *first = ask_role(olga, ann, ROLE_MEMBER);
    const struct event *second = ask_role(ann, olga, ROLE_MEMBER);
    rig_run();
    assert_int_equal(first->result, OK);
    assert_int_equal(second->result, ERR_DENIED);
    /* The console's person is an owner, and does not count. */
    struct event *console = ask(EVENT_HELLO, 0, 0);
    console->console = console->quiet = true;
    console->welcome = welcome_new();
    rig_run();
    assert_int_equal(console->person, PERSON_CONSOLE);
    act_run_refused(ask_role(PERSON_CONSOLE, olga, ROLE_MEMBER), ERR_DENIED, REFUSED_LAST_OWNER);
    act_run_refused(ask_act_on(ACT_BAN, PERSON_CONSOLE, olga), ERR_DENIED, REFUSED_LAST_OWNER);
    act_run_refused(ask_act(ACT_LEAVE, PERSON_CONSOLE), ERR_DENIED, REFUSED_PLAIN);
    act_run_ok(ask_role(PERSON_CONSOLE, ann, ROLE_OWNER));
    act_run_ok(ask_role(PERSON_CONSOLE, olga, ROLE_MEMBER));
}

/* ---- kick, mute, ban ---- */

static void who_is_kicked_is_out_at_once_and_may_come_back(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint8_t token = rig.tokens;
    struct event *kick = ask_act_on(ACT_KICK, moderator, ann);
    act_text(kick, "calm down");
    const struct event *post = ask_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 1, "no!");
    rig_run();
    assert_int_equal(kick->result, OK);
    assert_int_equal(post->result, ERR_DENIED);
    assert_int_equal(post->refusal, REFUSED_KICKED);
    const struct event *ended = act_find(EVENT_ENDED, ann);
    assert_int_equal(ended->session, 0);
    assert_int_equal(ended->but, 0);
    assert_int_equal(ended->refusal, REFUSED_KICKED);
    assert_int_equal(scripted_directory_sessions(ann), 0);
    expect_audit(moderator, "kick", ann, "calm down");
    const struct event *hello = ask_hello(token);
    rig_run();
    assert_int_equal(hello->result, ERR_NOT_FOUND);
    act_run_ok(ask_sign_in(ann, "Ann", TOKEN));
    hello = ask_hello(TOKEN);
    rig_run();
    assert_int_equal(hello->result, OK);
    rig_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 2, "calm now");
}

static void who_is_muted_is_silent_for_that_time(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    struct event *mute = ask_act_on(ACT_MUTE, moderator, ann);
    mute->act->until_ms = rig.wall_ms + 60000;
    const struct event *post = ask_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 1, "no!");
    rig_run();
    assert_int_equal(mute->result, OK);
    assert_int_equal(post->result, ERR_DENIED);
    assert_int_equal(post->refusal, REFUSED_MUTED);
    assert_int_equal(act_find(EVENT_YOU, ann)->muted_ms, rig.wall_ms + 60000);
    assert_int_equal(scripted_store_person(ann)->muted_ms, rig.wall_ms + 60000);
    expect_audit(moderator, "mute", ann, "for 60 s");
    rig_pass(59999);
    post = ask_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 2, "no!");
    rig_run();
    assert_int_equal(post->refusal, REFUSED_MUTED);
    rig_pass(1);
    rig_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 3, "well");
}

static void who_is_muted_for_good_is_until_somebody_ends_it(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    struct event *mute = ask_act_on(ACT_MUTE, moderator, ann);
    act_text(mute, "spam");
    act_run_ok(mute);
    assert_int_equal(scripted_store_person(ann)->muted_ms, UINT64_MAX >> 1);
    expect_audit(moderator, "mute", ann, "for good: spam");
    rig_pass(UINT64_C(1) << 40);
    const struct event *post = ask_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 1, "no!");
    rig_run();
    assert_int_equal(post->refusal, REFUSED_MUTED);
    act_run_ok(ask_act_on(ACT_UNMUTE, moderator, ann));
    assert_int_equal(act_find(EVENT_YOU, ann)->muted_ms, 0);
    expect_audit(moderator, "unmute", ann, "");
    rig_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 2, "well");
    const struct event *again = ask_act_on(ACT_UNMUTE, moderator, ann);
    act_run_ok(again);
    assert_true(again->unchanged);
}

static void who_is_banned_is_out_and_stays_out(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t guest = rig_guest("Bob");
    uint8_t token = rig.tokens;
    struct event *ban = ask_act_on(ACT_BAN, moderator, guest);
    act_text(ban, "again");
    act_run_ok(ban);
    uint64_t id = ban->act->number;
    assert_int_not_equal(id, 0);
    assert_int_equal(act_find(EVENT_ENDED, guest)->refusal, REFUSED_BANNED);
    assert_int_equal(rig_count(EVENT_SERVER), 0);
    expect_audit(moderator, "ban", guest, "for good: again");
    assert_int_equal(scripted_directory_sessions(guest), 0);
    const struct event *hello = ask_hello(token);
    rig_run();
    assert_int_not_equal(hello->result, OK);
    struct event *end = ask_act(ACT_BAN_END, moderator);
    end->act->number = id + 1;
    act_run_refused(end, ERR_NOT_FOUND, REFUSED_NO_THING);
    assert_int_equal(script.now.directory.bans_count, 1);
}

static void a_ban_is_ended(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    const struct event *ban = ask_act_on(ACT_BAN, moderator, ann);
    act_run_ok(ban);
    uint64_t id = ban->act->number;
    act_run_refused(ask_sign_in(ann, "Ann", TOKEN), ERR_DENIED, REFUSED_BANNED);
    struct event *end = ask_act(ACT_BAN_END, moderator);
    end->act->number = id;
    act_run_ok(end);
    expect_audit(moderator, "ban_end", ann, "");
    assert_int_equal(rig_count(EVENT_SERVER), 0);
    act_run_ok(ask_sign_in(ann, "Ann", TOKEN));
}

static struct event *ask_ban_address(uint64_t person, const char *address, uint64_t until_ms)
{
    struct event *event = ask_act(ACT_BAN, person);
    (void)strcpy(event->act->address, address);
    event->act->until_ms = until_ms;
    return event;
}

static void every_hub_hears_of_banned_addresses(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    const struct event *first = ask_ban_address(moderator, "192.0.2.0/24", 0);
    act_run_ok(first);
    uint64_t id = first->act->number;
    const struct event *event = rig_find(EVENT_SERVER, 0);
    assert_int_equal(rig_count(EVENT_SERVER), 1);
    assert_int_equal(event->server->bans_count, 1);
    assert_string_equal(event->server->bans[0].address, "192.0.2.0/24");
    assert_null(rig_find(EVENT_ACT, 0)->server);
    act_run_ok(ask_ban_address(moderator, "198.51.100.7", rig.wall_ms + 1000));
    assert_int_equal(rig_find(EVENT_SERVER, 0)->server->bans_count, 2);
    struct event *end = ask_act(ACT_BAN_END, moderator);
    end->act->number = id;
    act_run_ok(end);
    expect_audit(moderator, "ban_end", 0, "192.0.2.0/24");
    assert_int_equal(rig_find(EVENT_SERVER, 0)->server->bans_count, 1);
    assert_string_equal(rig_find(EVENT_SERVER, 0)->server->bans[0].address, "198.51.100.7");
    /* A new start knows them. */
    rig_restart();
    assert_int_equal(sequencer_server(rig.sequencer)->bans_count, 1);
}

static void bad_bans_are_refused(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    act_run_refused(ask_ban_address(ann, "192.0.2.1", 0), ERR_DENIED, REFUSED_PLAIN);
    act_run_refused(ask_ban_address(moderator, "", 0), ERR_NOT_FOUND, REFUSED_NO_PERSON);
}

/* What takes a moment to arrive may be over when it does. */
static void what_is_over_has_no_effect(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    struct event *mute = ask_act_on(ACT_MUTE, moderator, ann);
    mute->act->until_ms = rig.wall_ms;
    act_run_ok(mute);
    expect_audit(moderator, "mute", ann, "for 0 s");
    rig_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 1, "I can");
    act_run_ok(ask_ban_address(moderator, "192.0.2.1", rig.wall_ms));
    assert_int_equal(rig_find(EVENT_SERVER, 0)->server->bans_count, 0);
    struct event *ban = ask_act_on(ACT_BAN, moderator, ann);
    ban->act->until_ms = rig.wall_ms;
    act_run_ok(ban);
    act_run_ok(ask_sign_in(ann, "Ann", TOKEN));
}

/* The same for each of them: who may is in permission_test.c; here only that they ask. */
static void moderators_do_it_to_those_below_them(void **state)
{
    static const uint8_t kinds[] = {ACT_KICK, ACT_MUTE, ACT_UNMUTE, ACT_BAN, ACT_PURGE};
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t bob = act_person("Bob", ROLE_MEMBER);
    uint64_t guest = rig_guest("Guest");
    for (size_t i = 0; i < sizeof(kinds); i++) {
        enum act_kind kind = (enum act_kind)kinds[i];
        act_run_refused(ask_act_on(kind, ann, bob), ERR_DENIED, REFUSED_PLAIN);
        act_run_refused(ask_act_on(kind, guest, bob), ERR_DENIED, REFUSED_PLAIN);
        act_run_refused(ask_act_on(kind, moderator, admin), ERR_DENIED, REFUSED_PLAIN);
        act_run_refused(ask_act_on(kind, moderator, moderator), ERR_DENIED, REFUSED_PLAIN);
        act_run_refused(ask_act_on(kind, admin, 4711), ERR_NOT_FOUND, REFUSED_NO_PERSON);
        act_run_refused(ask_act_on(kind, admin, PERSON_CONSOLE), ERR_NOT_FOUND, REFUSED_NO_PERSON);
    }
    assert_null(scripted_directory_audit());
}

/* ---- the brake ---- */

static struct event *ask_brake(uint64_t person, bool members_only, uint32_t slow_ms)
{
    struct event *event = ask_act(ACT_BRAKE, person);
    event->act->members_only = members_only;
    event->act->slow_ms = slow_ms;
    return event;
}

static void the_brake_stops_guests_at_once_everywhere(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t guest = rig_guest("Bob");
    const struct event *brake = ask_brake(moderator, true, 0);
    const struct event *post = ask_kept(EVENT_MESSAGE, guest, ROOM_LOBBY, 1, "spam");
    const struct event *visitor = ask_visitor(EVENT_MESSAGE, 77, "spam");
    rig_run();
    assert_int_equal(brake->result, OK);
    assert_int_equal(post->refusal, REFUSED_BRAKE);
    assert_int_equal(visitor->refusal, REFUSED_BRAKE);
    assert_true(rig_find(EVENT_SERVER, 0)->server->members_only);
    expect_audit(moderator, "brake", 0, "members only on, slow mode 0 ms");
    rig_kept(EVENT_MESSAGE, moderator, ROOM_LOBBY, 2, "one moment");
    rig_restart();
    assert_true(sequencer_server(rig.sequencer)->members_only);
}

static void the_brake_is_let_go(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t guest = rig_guest("Bob");
    act_run_ok(ask_brake(moderator, true, 5000));
    assert_int_equal(rig_find(EVENT_SERVER, 0)->server->slow_ms, 5000);
    act_run_ok(ask_brake(moderator, false, 0));
    assert_false(rig_find(EVENT_SERVER, 0)->server->members_only);
    rig_kept(EVENT_MESSAGE, guest, ROOM_LOBBY, 1, "thanks");
    act_run_refused(ask_brake(moderator, false, SLOW_MS_MAX + 1), ERR_LIMIT, REFUSED_PLAIN);
    act_run_refused(ask_brake(guest, true, 0), ERR_DENIED, REFUSED_PLAIN);
}

/* ---- the community's name ---- */

static struct event *ask_server_name(uint64_t person, const char *name)
{
    struct event *event = ask_act(ACT_SERVER_NAME, person);
    assert_int_equal(name_make_optional(slice_of_string(name), &event->act->name), OK);
    return event;
}

static struct slice server_name(void)
{
    return name_slice(&sequencer_server(rig.sequencer)->name);
}

static void admins_name_the_community(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    act_run_ok(ask_server_name(admin, " The garden "));
    assert_true(slice_is(name_slice(&rig_find(EVENT_SERVER, 0)->server->name), "The garden"));
    expect_audit(admin, "server_name", 0, "The garden");
    act_run_refused(ask_server_name(moderator, "Mine"), ERR_DENIED, REFUSED_PLAIN);
    act_run_ok(ask_server_name(admin, "  "));
    assert_int_equal(rig_find(EVENT_SERVER, 0)->server->name.len, 0);
    act_run_ok(ask_server_name(admin, "Pond"));
    rig_restart();
    assert_true(slice_is(server_name(), "Pond"));
}

static void the_same_name_again_is_told_to_nobody(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    act_run_ok(ask_server_name(admin, "Pond"));
    const struct event *again = ask_server_name(admin, "Pond");
    rig_run();
    assert_int_equal(again->result, OK);
    assert_true(again->unchanged);
    assert_int_equal(rig_count(EVENT_SERVER), 0);
}

static void the_brake_and_bans_leave_the_name(void **state)
{
    (void)state;
    uint64_t admin = act_person("Ada", ROLE_ADMIN);
    act_run_ok(ask_brake(admin, false, 5000));
    act_run_ok(ask_server_name(admin, "Pond"));
    assert_int_equal(rig_find(EVENT_SERVER, 0)->server->slow_ms, 5000);
    act_run_ok(ask_brake(admin, true, 0));
    assert_true(slice_is(name_slice(&rig_find(EVENT_SERVER, 0)->server->name), "Pond"));
    assert_true(slice_is(server_name(), "Pond"));
    act_run_ok(ask_ban_address(admin, "198.51.100.7", 0));
    assert_true(slice_is(name_slice(&rig_find(EVENT_SERVER, 0)->server->name), "Pond"));
}

/* ---- reports ---- */

static struct event *ask_report(uint64_t person, uint64_t room, uint64_t seq)
{
    struct event *event = ask_act(ACT_REPORT, person);
    event->act->room = room;
    event->act->seq = seq;
    act_text(event, "rude");
    return event;
}

static void a_message_is_reported_once_by_each(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t guest = rig_guest("Bob");
    uint64_t seq = rig_kept(EVENT_MESSAGE, guest, ROOM_LOBBY, 1, "you fool");
    const struct event *first = ask_report(ann, ROOM_LOBBY, seq);
    act_run_ok(first);
    uint64_t id = first->act->number;
    assert_int_not_equal(id, 0);
    assert_int_equal(script.now.directory.reports[0].author, guest);
    const struct event *again = ask_report(ann, ROOM_LOBBY, seq);
    act_run_ok(again);
    assert_true(again->unchanged);
    assert_int_equal(again->act->number, id);
    const struct event *other = ask_report(guest, ROOM_LOBBY, seq);
    act_run_ok(other);
    assert_int_not_equal(other->act->number, id);
    assert_null(scripted_directory_audit());
}

static void what_one_cannot_see_one_cannot_report(void **state)
{
    (void)state;
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t bob = act_person("Bob", ROLE_MEMBER);
    uint64_t club = rig_room(ann, 1, "Club");
    uint64_t seq = rig_kept(EVENT_MESSAGE, ann, club, 2, "among us");
    const struct event *hidden = ask_report(bob, club, seq);
    act_run_refused(hidden, ERR_NOT_FOUND, REFUSED_PLAIN);
    assert_true(hidden->no_room);
    act_run_refused(ask_report(bob, 4711, seq), ERR_NOT_FOUND, REFUSED_PLAIN);
    const struct event *none = ask_report(ann, club, 99);
    act_run_refused(none, ERR_NOT_FOUND, REFUSED_PLAIN);
    assert_false(none->no_room);
    act_run_refused(ask_report(ann, club, 1), ERR_NOT_FOUND, REFUSED_PLAIN);
    ask_about(EVENT_DELETE, ann, club, 3, seq, "");
    rig_run();
    act_run_refused(ask_report(ann, club, seq), ERR_NOT_FOUND, REFUSED_PLAIN);
}

static void a_report_is_closed_by_a_moderator(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t seq = rig_kept(EVENT_MESSAGE, ann, ROOM_LOBBY, 1, "you fool");
    const struct event *report = ask_report(ann, ROOM_LOBBY, seq);
    act_run_ok(report);
    uint64_t id = report->act->number;
    struct event *end = ask_act(ACT_REPORT_END, ann);
    end->act->number = id;
    act_run_refused(end, ERR_DENIED, REFUSED_PLAIN);
    end = ask_act(ACT_REPORT_END, moderator);
    end->act->number = id;
    act_text(end, "spoke with her");
    act_run_ok(end);
    expect_audit(moderator, "report_end", 0, "spoke with her");
    assert_int_equal(script.now.directory.reports[0].closed_by, moderator);
    end = ask_act(ACT_REPORT_END, moderator);
    end->act->number = id;
    act_run_refused(end, ERR_NOT_FOUND, REFUSED_NO_THING);
}

/* ---- purge ---- */

static void say_many(uint64_t person, uint64_t room, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        ask_kept(EVENT_MESSAGE, person, room, (uint8_t)(i + 1), "spam");
    rig_run();
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(rig.asked[i]->result, OK);
}

static void all_that_somebody_said_is_deleted_step_by_step(void **state)
{
    (void)state;
    uint64_t moderator = act_person("Max", ROLE_MODERATOR);
    uint64_t ann = act_person("Ann", ROLE_MEMBER);
    uint64_t bob = act_person("Bob", ROLE_MEMBER);
    uint64_t club = rig_room(ann, 200, "Club"); /* the moderator is not in it */
    say_many(bob, ROOM_LOBBY, PURGE_STEP);
    say_many(ann, ROOM_LOBBY, PURGE_STEP - 1);
    say_many(ann, club, 2);
    const struct event *purge = ask_act_on(ACT_PURGE, moderator, ann);
    act_run_ok(purge);
    assert_int_equal(purge->act->count, PURGE_STEP);
    assert_true(purge->act->more);
    assert_int_equal(rig_count(EVENT_DELETE), PURGE_STEP);
    const struct event *first = rig_find(EVENT_DELETE, 0);
    assert_int_equal(first->person, moderator);
    assert_int_equal(first->room, ROOM_LOBBY);
    assert_int_equal(first->target, PURGE_STEP + 1);
    assert_int_equal(first->seq, 2 * PURGE_STEP);
    assert_true(name_is(&first->name, "Max"));
    assert_int_equal(rig_find(EVENT_DELETE, PURGE_STEP - 1)->room, club);
    expect_audit(moderator, "purge", ann, "100 messages");
    purge = ask_act_on(ACT_PURGE, moderator, ann);
    act_run_ok(purge);
    assert_int_equal(purge->act->count, 1);
    assert_false(purge->act->more);
    /* Only hers, and the logs go on. */
    assert_true(scripted_store_event(club, 2)->deleted && scripted_store_event(club, 3)->deleted);
    assert_false(scripted_store_event(ROOM_LOBBY, 1)->deleted);
    assert_int_equal(rig_kept(EVENT_MESSAGE, ann, club, 99, "sorry"), 6);
    size_t lines = script.now.directory.audit_count;
    purge = ask_act_on(ACT_PURGE, moderator, bob);
    act_run_ok(purge);
    assert_false(purge->act->more);
    purge = ask_act_on(ACT_PURGE, moderator, bob);
    act_run_ok(purge);
    assert_int_equal(purge->act->count, 0);
    assert_int_equal(script.now.directory.audit_count, lines + 1);
}

#define ACT_TEST(test) cmocka_unit_test_setup_teardown(test, act_rig_use, rig_take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACT_TEST(a_role_is_given_and_holds_at_once),
        ACT_TEST(a_role_is_given_by_those_above_only),
        ACT_TEST(there_is_always_an_owner),
        ACT_TEST(who_is_kicked_is_out_at_once_and_may_come_back),
        ACT_TEST(who_is_muted_is_silent_for_that_time),
        ACT_TEST(who_is_muted_for_good_is_until_somebody_ends_it),
        ACT_TEST(who_is_banned_is_out_and_stays_out),
        ACT_TEST(a_ban_is_ended),
        ACT_TEST(every_hub_hears_of_banned_addresses),
        ACT_TEST(bad_bans_are_refused),
        ACT_TEST(what_is_over_has_no_effect),
        ACT_TEST(moderators_do_it_to_those_below_them),
        ACT_TEST(the_brake_stops_guests_at_once_everywhere),
        ACT_TEST(the_brake_is_let_go),
        ACT_TEST(admins_name_the_community),
        ACT_TEST(the_same_name_again_is_told_to_nobody),
        ACT_TEST(the_brake_and_bans_leave_the_name),
        ACT_TEST(a_message_is_reported_once_by_each),
        ACT_TEST(what_one_cannot_see_one_cannot_report),
        ACT_TEST(a_report_is_closed_by_a_moderator),
        ACT_TEST(all_that_somebody_said_is_deleted_step_by_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
