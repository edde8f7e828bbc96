#include "chat/act_rig.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "chat/sequencer_state.h"

int act_rig_use(void **state)
{
    int result = rig_use(state);
    scripted_directory_use();
    rig.limits.guests_may_all = false;
    rig.limits.sign_up = SIGN_UP_OPEN;
    rig.limits.quota_bytes = 1000;
    rig_restart();
    return result;
}

/* ---- asking ---- */

struct event *ask_act(enum act_kind kind, uint64_t person)
{
    struct event *event = ask(EVENT_ACT, person, 0);
    event->act = act_new(kind);
    return event;
}

struct event *ask_act_on(enum act_kind kind, uint64_t person, uint64_t other)
{
    struct event *event = ask_act(kind, person);
    event->act->person = other;
    return event;
}

void act_text(struct event *event, const char *text)
{
    event->act->text = mem_copy_string(text, strlen(text));
}

void act_name(struct event *event, const char *name)
{
    struct act *act = event->act;
    act->name.len = (uint8_t)strlen(name);
    memcpy(act->name.text, name, act->name.len);
}

static void secret_of(const char *name, char ret_secret[ACT_SECRET_MAX + 1])
{
    (void)snprintf(ret_secret, ACT_SECRET_MAX + 1, "secret of %s", name);
}

struct event *ask_sign_up(uint64_t person, const char *name, uint8_t token, uint8_t invite)
{
    struct event *event = ask_act(ACT_SIGN_UP, person);
    act_name(event, name);
    secret_of(name, event->act->secret);
    memset(event->act->hash, token, ACT_HASH_BYTES);
    event->act->has_token = invite != 0;
    memset(event->act->token, invite, ACT_HASH_BYTES);
    return event;
}

struct event *ask_sign_in(uint64_t person, const char *name, uint8_t token)
{
    struct event *event = ask_act_on(ACT_SIGN_IN, 0, person);
    char secret[ACT_SECRET_MAX + 1];
    secret_of(name, secret);
    event->act->number = act_secret_digest(secret);
    memset(event->act->hash, token, ACT_HASH_BYTES);
    return event;
}

/* ---- running ---- */

void act_run_ok(const struct event *event)
{
    rig_run();
    if (event->result != OK)
        fail_msg("%s, refusal %u", error_name(event->result), event->refusal);
    assert_int_equal(event->refusal, REFUSED_PLAIN);
}

void act_run_refused(const struct event *event, int result, enum refusal refusal)
{
    static struct scripted_state before;
    before = script.now;
    rig_run();
    if (event->result != result || event->refusal != refusal)
        fail_msg("%s, refusal %u instead of %s, %u", error_name(event->result), event->refusal,
                 error_name(result), refusal);
    assert_memory_equal(&before, &script.now, sizeof(before));
}

/* ---- looking ---- */

const struct event *act_find(enum event_kind kind, uint64_t person)
{
    const struct event *found = NULL;
    for (size_t i = 0; i < rig_count(kind); i++) {
        const struct event *event = rig_find(kind, i);
        if (event->person != person)
            continue;
        assert_null(found);
        found = event;
    }
    if (!found)
        fail_msg("no event of kind %d", (int)kind);
    return found;
}

struct person *act_known(uint64_t person)
{
    struct person *known = community_person(&rig.sequencer->community, person);
    assert_non_null(known);
    return known;
}

uint64_t act_session(uint8_t token)
{
    const struct scripted_session *session = scripted_directory_session(token);
    assert_non_null(session);
    return session->record.id;
}

/* ---- people ---- */

void act_set_role(uint64_t person, uint8_t role)
{
    struct person *known = community_person(&rig.sequencer->community, person);
    scripted_store_person(person)->role = role;
    if (known)
        known->role = role;
}

uint64_t act_person(const char *name, uint8_t role)
{
    uint8_t sign_up = rig.limits.sign_up;
    uint8_t token = ++rig.tokens;
    rig.sequencer->limits.sign_up = SIGN_UP_OPEN;
    const struct event *event = ask_sign_up(0, name, token, 0);
    act_run_ok(event);
    uint64_t person = event->person;
    rig.sequencer->limits.sign_up = sign_up;
    act_set_role(person, role);
    const struct event *hello = ask_hello(token);
    rig_run();
    assert_int_equal(hello->result, OK);
    assert_int_equal(hello->person, person);
    return person;
}
