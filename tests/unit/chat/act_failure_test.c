/*
 * The disk is full at each step of each act, and of what hosts do, in turn: then nothing is kept, nothing changes in
 * memory, nobody hears of anything, and whoever asked is told to try again.
 */
#include "chat/act_rig.h"

#include <string.h>

#include "base/memory.h"
#include "chat/room_settings.h"
#include "chat/sequencer_state.h"

enum { INVITE = 150, RESET = 160, NEW = 170, STEPS_MAX = 3000 };

/* What there is to act on. */
static struct {
    uint64_t owner, admin, ann, guest, bot;
    uint64_t club, seq;
    uint64_t invite, ban, report, hook, file;
    uint8_t token_of_ann;
} world;

static void with_token(struct event *event, uint8_t token)
{
    memset(event->act->token, token, ACT_HASH_BYTES);
    memset(event->act->hash, token + 1, ACT_HASH_BYTES);
}

static void make_links(void)
{
    struct event *event = ask_act(ACT_INVITE, world.admin);
    with_token(event, INVITE);
    event->act->rooms[event->act->rooms_count++] = world.club;
    act_run_ok(event);
    world.invite = event->act->number;
    event = ask_act_on(ACT_RESET_MAKE, world.admin, world.ann);
    with_token(event, RESET);
    act_run_ok(event);
    event = ask_act(ACT_BOT, world.admin);
    with_token(event, 180);
    act_name(event, "Robot");
    act_run_ok(event);
    world.bot = event->act->person;
    event = ask_act(ACT_HOOK, world.admin);
    with_token(event, 190);
    act_name(event, "Hook");
    event->act->room = world.club;
    act_run_ok(event);
    world.hook = event->act->number;
}

static void make_cases(void)
{
    struct event *event = ask_act(ACT_BAN, world.admin);
    (void)strcpy(event->act->address, "192.0.2.1");
    act_run_ok(event);
    world.ban = event->act->number;
    event = ask_act(ACT_REPORT, world.ann);
    event->act->room = world.club;
    event->act->seq = world.seq;
    act_run_ok(event);
    world.report = event->act->number;
    event = ask_act(ACT_FILE, world.ann);
    event->act->file = mem_zalloc(sizeof(*event->act->file));
    act_run_ok(event);
    world.file = event->act->number;
}

static void make_world(void)
{
    world.owner = act_person("Olga", ROLE_OWNER);
    world.admin = act_person("Ada", ROLE_ADMIN);
    world.ann = act_person("Ann", ROLE_MEMBER);
    world.token_of_ann = rig.tokens;
    world.guest = rig_guest("Bob");
    world.club = rig_room(world.admin, 1, "Club");
    rig_kept(EVENT_JOINED, world.ann, world.club, 2, "");
    world.seq = rig_kept(EVENT_MESSAGE, world.ann, world.club, 3, "hello");
    rig_kept(EVENT_MESSAGE, world.ann, ROOM_LOBBY, 4, "hello");
    make_links();
    make_cases();
}

/* ---- the acts, each as it goes well ---- */

static uint64_t secret_of_ann(void)
{
    return act_secret_digest("secret of Ann");
}

static struct event *ask_own(enum act_kind kind)
{
    struct event *event = ask_act(kind, world.ann);
    event->session = act_session(world.token_of_ann);
    event->act->number = secret_of_ann();
    (void)strcpy(event->act->secret, "new");
    return event;
}

static struct event *ask_numbered(enum act_kind kind, uint64_t person, uint64_t number)
{
    struct event *event = ask_act(kind, person);
    event->act->number = number;
    return event;
}

static struct event *ask_account(enum act_kind kind)
{
    struct event *event;
    switch (kind) {
    case ACT_SIGN_UP:
        return ask_sign_up(world.guest, "Bert", NEW, INVITE);
    case ACT_SIGN_IN:
        event = ask_sign_in(world.ann, "Ann", NEW);
        (void)strcpy(event->act->secret, "again");
        return event;
    case ACT_RESET_USE:
        event = ask_act(kind, 0);
        with_token(event, RESET);
        (void)strcpy(event->act->secret, "reset");
        return event;
    case ACT_SESSION_END:
        return ask_numbered(kind, world.ann, act_session(world.token_of_ann));
    case ACT_TOTP_OFF:
        /* Without a second factor there is nothing to take off. */
        script.now.directory.accounts[2].has_totp = true;
        return ask_own(kind);
    default:
        return ask_own(kind);
    }
}

static struct event *ask_link(enum act_kind kind)
{
    struct event *event = ask_act(kind, world.admin);
    with_token(event, NEW);
    act_name(event, "Newcomer");
    event->act->room = world.club;
    switch (kind) {
    case ACT_RESET_MAKE:
        event->act->person = world.ann;
        break;
    case ACT_INVITE_END:
        event->act->number = world.invite;
        break;
    case ACT_BOT_END:
        event->act->person = world.bot;
        break;
    case ACT_HOOK_END:
        event->act->number = world.hook;
        break;
    case ACT_OWNER_LINK:
        event->person = PERSON_CONSOLE;
        act_set_role(world.owner, ROLE_MEMBER);
        break;
    default:
        break;
    }
    return event;
}

static struct event *ask_order(enum act_kind kind)
{
    struct event *event = ask_act_on(kind, world.admin, world.ann);
    event->act->role = ROLE_MODERATOR;
    event->act->members_only = true;
    event->act->room = world.club;
    event->act->seq = world.seq;
    if (kind == ACT_BAN_END)
        event->act->number = world.ban;
    else if (kind == ACT_REPORT_END)
        event->act->number = world.report;
    else if (kind == ACT_SERVER_NAME)
        event->act->name = (struct name){4, "Pond"};
    else if (kind == ACT_UNMUTE)
        scripted_store_person(world.ann)->muted_ms = act_known(world.ann)->muted_ms = UINT64_MAX;
    return event;
}

static struct event *ask_file(enum act_kind kind)
{
    struct event *event = ask_numbered(kind, world.ann, world.file);
    event->act->file = mem_zalloc(sizeof(*event->act->file));
    return event;
}

static struct event *ask_any(enum act_kind kind)
{
    if (kind <= ACT_PROFILE)
        return ask_account(kind);
    if (kind >= ACT_FILE)
        return ask_file(kind);
    switch (kind) {
    case ACT_RESET_MAKE:
    case ACT_INVITE:
    case ACT_INVITE_END:
    case ACT_BOT:
    case ACT_BOT_END:
    case ACT_HOOK:
    case ACT_HOOK_END:
    case ACT_OWNER_LINK:
        return ask_link(kind);
    default:
        return ask_order(kind);
    }
}

/* ---- what is in memory ---- */

struct memory {
    struct {
        struct name name, display;
        uint64_t muted_ms;
        uint32_t color;
        uint8_t role;
        bool out, erased;
        uint16_t seats, joining, leaving;
    } people[3];
    const struct server_state *server;
    uint64_t heads[2];
};

static void look_at_person(struct memory *memory, unsigned at, uint64_t id)
{
    const struct person *person = act_known(id);
    memory->people[at].name = person_name(person);
    memory->people[at].display = person_display(person);
    memory->people[at].muted_ms = person->muted_ms;
    memory->people[at].color = person->color;
    memory->people[at].role = person->role;
    memory->people[at].out = person->out;
    memory->people[at].erased = person->erased;
    memory->people[at].seats = person->seats_count;
    memory->people[at].joining = person->joining;
    for (uint16_t i = 0; i < person->seats_count; i++)
        memory->people[at].leaving += person->seats[i].leaving;
}

static struct memory look(void)
{
    struct memory memory;
    memset(&memory, 0, sizeof(memory));
    look_at_person(&memory, 0, world.admin);
    look_at_person(&memory, 1, world.ann);
    look_at_person(&memory, 2, world.guest);
    memory.server = sequencer_server(rig.sequencer);
    memory.heads[0] = act_known(world.ann)->seats[0].room->head.seq;
    memory.heads[1] = act_known(world.ann)->seats[1].room->head.seq;
    return memory;
}

/* ---- one act, stopped at each of its steps ---- */

static bool run_stopped_at(struct event *event, unsigned kind, unsigned step)
{
    static struct scripted_state before;
    struct memory memory = look();
    before = script.now;
    unsigned commits = script.commits;
    scripted_store_fail(step, ERR_BUSY);
    rig_run();
    script.fail_at = 0;
    /* Whatever is looked up after the commit only goes into what people are told. */
    if (script.commits > commits) {
        if (event->result != OK)
            fail_msg("%u: %s, refusal %u", kind, error_name(event->result), event->refusal);
        return true;
    }
    struct memory after = look();
    if (event->result != ERR_BUSY || event->refusal != REFUSED_PLAIN || event->no_room)
        fail_msg("%u at step %u: %s", kind, step, error_name(event->result));
    if (memcmp(&before, &script.now, sizeof(before)) != 0)
        fail_msg("%u at step %u: something was kept", kind, step);
    if (memcmp(&memory, &after, sizeof(memory)) != 0)
        fail_msg("%u at step %u: something is not as it was", kind, step);
    assert_int_equal(rig.batch->count, 1);
    assert_null(event->server);
    assert_null(event->consequences);
    return false;
}

static void check_act(enum act_kind kind)
{
    unsigned step = 0;
    assert_int_equal(act_rig_use(NULL), 0);
    make_world();
    while (step < STEPS_MAX && !run_stopped_at(ask_any(kind), kind, step))
        step++;
    /* Each begins and commits at least, and asks for or changes something in between. */
    assert_in_range(step, 3, STEPS_MAX - 1);
    rig_take_down(NULL);
}

static void an_act_happens_as_a_whole_or_not_at_all(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind < ACT_END_KIND; kind++)
        check_act((enum act_kind)kind);
}

/* ---- what hosts do ---- */

static const uint8_t host_kinds[] = {EVENT_CREATED,  EVENT_NAMED,   EVENT_SETTINGS,
                                     EVENT_ADDED_BY, EVENT_REMOVED, EVENT_HOST,
                                     EVENT_UNHOST,   EVENT_MESSAGE, EVENT_DELETE};

static uint64_t target_of(uint8_t kind)
{
    switch (kind) {
    case EVENT_ADDED_BY:
        return world.owner;
    case EVENT_DELETE:
        return world.seq;
    default:
        return world.ann;
    }
}

static struct event *ask_as_host(uint8_t kind, unsigned step)
{
    bool direct = kind == EVENT_CREATED;
    struct event *event =
        ask_about(kind, world.admin, direct ? 0 : world.club, (uint8_t)(100 + step),
                  target_of(kind), kind == EVENT_MESSAGE ? "@Ann @room" : "Words");
    if (direct || kind == EVENT_SETTINGS) {
        event->change = mem_zalloc(sizeof(*event->change));
        event->change->has_kind = true;
        event->change->kind = direct ? ROOM_DIRECT : ROOM_PRIVATE;
    }
    if (direct) {
        event->people_ids = people_list_new(2);
        event->people_ids->ids[0] = world.admin;
        event->people_ids->ids[1] = world.ann;
    }
    return event;
}

static void check_host(uint8_t kind)
{
    unsigned step = 0;
    assert_int_equal(act_rig_use(NULL), 0);
    make_world();
    if (kind == EVENT_UNHOST) {
        ask_about(EVENT_HOST, world.admin, world.club, 99, world.ann, "");
        rig_run();
    }
    while (step < STEPS_MAX && !run_stopped_at(ask_as_host(kind, step), kind, step))
        step++;
    assert_in_range(step, 3, STEPS_MAX - 1);
    rig_take_down(NULL);
}

static void what_hosts_do_happens_as_a_whole_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(host_kinds); i++)
        check_host(host_kinds[i]);
}

/* A broken disk ends the program: nobody is told anything, and nothing leaks. */
static void a_broken_disk_is_found_in_every_act(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind < ACT_END_KIND; kind++) {
        assert_int_equal(act_rig_use(NULL), 0);
        make_world();
        ask_any((enum act_kind)kind);
        ask_kept(EVENT_MESSAGE, world.ann, ROOM_LOBBY, 99, "behind it");
        scripted_store_fail(1, ERR_IO);
        rig_run();
        assert_true(sequencer_is_broken(rig.sequencer));
        assert_int_equal(rig.batch->count, 2);
        assert_int_equal(rig.batch->events[1]->result, ERR_IO);
        rig_take_down(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_act_happens_as_a_whole_or_not_at_all),
        cmocka_unit_test(what_hosts_do_happens_as_a_whole_or_not_at_all),
        cmocka_unit_test(a_broken_disk_is_found_in_every_act),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
