#include "chat/sequencer_rig.h"

#include <string.h>

#include "chat/dice.h"

struct sequencer_rig rig;

static struct dice chance;

static uint64_t roll(void)
{
    return dice_next(&chance);
}

int rig_use(void **state)
{
    (void)state;
    chance = dice_from(1);
    rig = (struct sequencer_rig){
        .limits =
            {
                .notices = {5, 5},
                .here_names_max = RIG_HERE_NAMES_MAX,
                .here_ms = 1000,
                .away_ms = RIG_AWAY_MS,
                .name_ms = RIG_NAME_MS,
                .guests = true,
                .guests_may_all = true,
                .chance = roll,
            },
        .now_ms = RIG_START_MS,
        .wall_ms = RIG_WALL_MS,
    };
    return sequencer_new(scripted_store_init(), &rig.limits, rig.now_ms, rig.wall_ms,
                         &rig.sequencer);
}

int rig_take_down(void **state)
{
    (void)state;
    assert_int_equal(rig.asked_count, 0);
    event_batch_unref(rig.batch);
    sequencer_free(rig.sequencer);
    return 0;
}

void rig_restart(void)
{
    sequencer_free(rig.sequencer);
    int result = sequencer_new(&script.store, &rig.limits, rig.now_ms, rig.wall_ms, &rig.sequencer);
    assert_int_equal(result, OK);
}

/* ---- asking ---- */

static struct event *put(struct event *event, uint64_t person, uint64_t room)
{
    assert_true(rig.asked_count < RIG_ASKED_MAX);
    event->person = event->client = person;
    event->room = room;
    event->has_command = true;
    rig.asked[rig.asked_count++] = event;
    return event;
}

struct event *ask(enum event_kind kind, uint64_t person, uint64_t room)
{
    return put(event_new(kind, slice_of(NULL, 0), slice_of(NULL, 0)), person, room);
}

static struct event *ask_hello_of(uint8_t token, bool has_token, const char *name)
{
    struct event *event = ask(EVENT_HELLO, 0, 0);
    event->active = true;
    event->has_token = has_token;
    memset(event->token_hash, token, TOKEN_HASH_BYTES);
    event->welcome = welcome_new();
    if (name) {
        event->name.len = (uint8_t)strlen(name);
        memcpy(event->name.text, name, event->name.len);
    }
    return event;
}

struct event *ask_guest(uint8_t token, const char *name)
{
    return ask_hello_of(token, false, name);
}

struct event *ask_hello(uint8_t token)
{
    return ask_hello_of(token, true, NULL);
}

struct event *ask_bye(uint64_t person, bool active)
{
    struct event *event = ask(EVENT_BYE, person, 0);
    event->active = active;
    return event;
}

struct event *ask_about(enum event_kind kind, uint64_t person, uint64_t room, uint8_t cid,
                        uint64_t target, const char *body)
{
    struct event *event = event_new(kind, slice_of_string(body), slice_of(NULL, 0));
    event->has_cid = cid != 0;
    memset(event->cid, cid, CID_BYTES);
    event->target = target;
    return put(event, person, room);
}

struct event *ask_kept(enum event_kind kind, uint64_t person, uint64_t room, uint8_t cid,
                       const char *body)
{
    return ask_about(kind, person, room, cid, 0, body);
}

struct event *ask_visitor(enum event_kind kind, uint64_t id, const char *body)
{
    struct event *event =
        put(event_new(kind, slice_of_string(body), slice_of(NULL, 0)), id, ROOM_LOBBY);
    event->visitor = true;
    if (kind == EVENT_HELLO)
        event->welcome = welcome_new();
    return event;
}

struct event_batch *rig_run(void)
{
    event_batch_unref(rig.batch);
    size_t count = rig.asked_count;
    rig.asked_count = 0;
    rig.batch = sequencer_run(rig.sequencer, rig.asked, count, rig.now_ms, rig.wall_ms);
    assert_false(script.open);
    /* What was asked stands in the batch in the same order; what follows from it stands between. */
    size_t at = 0;
    for (size_t i = 0; i < count; i++, at++) {
        while (at < rig.batch->count && rig.batch->events[at] != rig.asked[i])
            at++;
        assert_true(at < rig.batch->count);
    }
    return rig.batch;
}

struct event_batch *rig_tick(void)
{
    event_batch_unref(rig.batch);
    rig.batch = sequencer_tick(rig.sequencer, rig.now_ms, rig.wall_ms);
    assert_false(script.open);
    return rig.batch;
}

void rig_pass(uint64_t ms)
{
    rig.now_ms += ms;
    rig.wall_ms += ms;
}

/* ---- looking ---- */

const struct event *rig_find(enum event_kind kind, size_t nth)
{
    for (size_t i = 0; rig.batch && i < rig.batch->count; i++) {
        if (rig.batch->events[i]->kind == kind && nth-- == 0)
            return rig.batch->events[i];
    }
    return NULL;
}

size_t rig_count(enum event_kind kind)
{
    size_t count = 0;
    while (rig_find(kind, count))
        count++;
    return count;
}

size_t rig_at(const struct event *event)
{
    size_t at = 0;
    assert_non_null(rig.batch);
    while (at < rig.batch->count && rig.batch->events[at] != event)
        at++;
    assert_true(at < rig.batch->count);
    return at;
}

bool name_is(const struct name *name, const char *text)
{
    return slice_is(name_slice(name), text);
}

/* ---- shortcuts ---- */

uint64_t rig_guest(const char *name)
{
    const struct event *hello = ask_guest(++rig.tokens, name);
    rig_run();
    assert_int_equal(hello->result, OK);
    return hello->person;
}

uint64_t rig_kept(enum event_kind kind, uint64_t person, uint64_t room, uint8_t cid,
                  const char *body)
{
    const struct event *event = ask_kept(kind, person, room, cid, body);
    rig_run();
    assert_int_equal(event->result, OK);
    assert_false(event->dup || event->unchanged);
    return event->seq;
}

uint64_t rig_room(uint64_t person, uint8_t cid, const char *name)
{
    const struct event *event = ask_kept(EVENT_CREATED, person, 0, cid, name);
    rig_run();
    assert_int_equal(event->result, OK);
    assert_int_equal(event->seq, 1);
    return event->room;
}
