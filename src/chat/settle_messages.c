/*
 * Commands about messages: posting, editing, deleting, reactions, pins.
 */

#include "base/error.h"
#include "base/memory.h"
#include "chat/refusal.h"
#include "chat/server_state.h"
#include "chat/settle_ask.h"

/* ERR_NOT_FOUND: there is no such message, or it is gone. */
static int find_message(const struct ask *ask, uint64_t seq, struct message_record *ret_message)
{
    struct store *store = ask->sequencer->store;
    struct message_record message;
    if (seq == 0 || seq > ask->room->head.seq)
        return ERR_NOT_FOUND;
    int result =
        settle_step(ask->sequencer, store->ops->message_get(store, ask->room->id, seq, &message));
    if (result != OK)
        return result;
    if (message.deleted)
        return ERR_NOT_FOUND;
    *ret_message = message;
    return OK;
}

/* ---- slow mode ---- */

static bool is_slowed(const struct ask *ask, uint32_t slow_ms)
{
    const struct person *person = ask->person;
    return slow_ms > 0 && person && ask->seat && !ask->seat->host && person->role != ROLE_BOT &&
           role_rank(person->role) < ROLE_MODERATOR;
}

static uint32_t slow_ms_of(const struct ask *ask)
{
    const struct server_state *server = ask->sequencer->server;
    uint32_t slow_ms = ask->room->slow_ms;
    return server && server->slow_ms > slow_ms ? server->slow_ms : slow_ms;
}

/* OK, or how long to wait is in the event. */
static int check_slow(const struct ask *ask)
{
    struct sequencer *sequencer = ask->sequencer;
    struct event *event = ask->event;
    uint32_t slow_ms = slow_ms_of(ask);
    if (!is_slowed(ask, slow_ms))
        return OK;
    event->retry_ms =
        slow_mode_wait_ms(&sequencer->slow, event->room, event->person, slow_ms, sequencer->now_ms);
    if (event->retry_ms > 0)
        return ask_refuse(ask, ERR_DENIED, REFUSED_SLOW_MODE);
    slow_mode_note(&sequencer->slow, event->room, event->person, sequencer->now_ms);
    return OK;
}

/* ---- messages ---- */

/* What was asked for names files only: what they are comes from the store. */
static int attach_files(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct event *event = ask->event;
    struct file_list *found = NULL;
    struct may_query query;
    ask_query(ask, &query);
    int result = ask_may(ask, ACTION_UPLOAD, &query);
    if (result != OK)
        return result;
    result = store->ops->files_attach(store, event->room, ask->room->head.seq + 1, event->person,
                                      event->files, &found);
    if (settle_step(ask->sequencer, result) == ERR_NOT_FOUND)
        return ask_refuse(ask, ERR_NOT_FOUND, REFUSED_NO_FILE);
    if (result != OK)
        return result;
    mem_free(event->files);
    event->files = found;
    return OK;
}

int ask_keep_message(const struct ask *ask)
{
    struct message_record quoted;
    struct event *event = ask->event;
    int result = check_slow(ask);
    /* What was kept before is answered, and is no haste. */
    if (result != OK && ask_answer_again(ask) == OK) {
        event->retry_ms = 0;
        return ask_refuse(ask, OK, REFUSED_PLAIN);
    }
    if (result == OK && event->reply_to != 0)
        result = find_message(ask, event->reply_to, &quoted);
    if (result == OK && event->files)
        result = attach_files(ask);
    if (result == OK && !event->visitor)
        result = ask_note_mentions(ask);
    return result == OK ? ask_append(ask) : result;
}

/* The words may be taken off what has files; without either it would be no message. */
static bool is_left_empty(const struct event *event, const struct message_record *message)
{
    return event->kind == EVENT_EDIT && event->message.body.len == 0 && !message->has_files;
}

/* EDIT and DELETE. */
int ask_keep_change(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct event *event = ask->event;
    struct message_record message;
    int result = find_message(ask, event->target, &message);
    if (result != OK)
        return result;
    struct may_query query;
    ask_query(ask, &query);
    query.own = message.author == event->person;
    if (!ask->unasked)
        result = ask_may(ask, event->kind == EVENT_EDIT ? ACTION_EDIT : ACTION_DELETE, &query);
    if (result == OK && is_left_empty(event, &message))
        result = ask_refuse(ask, ERR_DENIED, REFUSED_EMPTY);
    if (result != OK)
        return result;
    if (event->kind == EVENT_EDIT)
        result = store->ops->message_set_text(store, event->room, event->target,
                                              event->message.body, ask->sequencer->wall_ms);
    else
        result = store->ops->message_erase(store, event->room, event->target);
    if (settle_step(ask->sequencer, result) != OK)
        return result;
    return query.own ? ask_append(ask) : ask_append_office(ask, "delete", message.author);
}

int ask_keep_reaction(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct event *event = ask->event;
    struct message_record message;
    bool on = event->kind == EVENT_REACT;
    int result = find_message(ask, event->target, &message);
    if (result != OK)
        return result;
    result = store->ops->reaction_set(store, event->room, event->target, event->person,
                                      event->message.body, on, MESSAGE_REACTIONS_MAX);
    if (settle_step(ask->sequencer, result) == (on ? ERR_EXISTS : ERR_NOT_FOUND))
        return ask_no_change(ask);
    return result == OK ? ask_append(ask) : result;
}

int ask_keep_pin(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct event *event = ask->event;
    struct message_record message;
    bool on = event->kind == EVENT_PIN;
    int result = find_message(ask, event->target, &message);
    if (result != OK)
        return result;
    result = store->ops->pin_set(store, event->room, event->target, on, ROOM_PINS_MAX);
    if (settle_step(ask->sequencer, result) == (on ? ERR_EXISTS : ERR_NOT_FOUND))
        return ask_no_change(ask);
    return result == OK ? ask_append(ask) : result;
}
