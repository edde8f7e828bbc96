/*
 * What clients ask for: checked as far as this worker can, and submitted.
 */

#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "chat/hub_state.h"
#include "chat/permission.h"
#include "chat/room_settings.h"

static struct event *new_event(struct client *client, uint8_t kind, uint64_t room,
                               struct slice body, struct slice command_id)
{
    struct event *event = event_new(kind, body, command_id);
    event->room = room;
    event->client = client->id;
    event->person = client->person;
    event->visitor = client->visitor;
    event->active = client->active;
    event->has_command = command_id.len > 0;
    event->origin = (struct event_origin){client->hub->worker, client->slot, client->generation};
    return event;
}

/* Whatever the writer has of this worker's clients counts, so that nothing they ask for can pile up there. */
static void submit(struct client *client, struct event *event)
{
    struct hub *hub = client->hub;
    event->counted = true;
    hub->posts_waiting++;
    hub->bytes_waiting += event->message.body.len;
    hub->ports.submit(hub->ports.pool.ctx, event);
}

int hub_may(const struct client *client, uint64_t room, enum action action)
{
    bool guests_may_all = client->role == ROLE_GUEST && client->hub->limits.guests_may_all;
    struct may_query query = {
        .visitor = client->visitor,
        .lobby = room == ROOM_LOBBY,
        .role = guests_may_all ? ROLE_MEMBER : client->role,
        .member = hub_is_in(client, room),
    };
    return may(action, &query);
}

int hub_hello(struct client *client, const struct hello *hello)
{
    if (client->greeting)
        return ERR_BUSY;
    if (client->known && !client->quiet && hello->active != client->active)
        hub_set_active(client, hello->active, slice_of(NULL, 0));
    struct event *event = new_event(client, EVENT_HELLO, 0, slice_of(NULL, 0), hello->command_id);
    event->again = client->known;
    event->session =
        client->session; /* of one said again; the sequencer knows that of a first one */
    if (!client->known)
        client->quiet = hello->quiet;
    event->quiet = client->quiet;
    event->console = hello->console;
    event->active = hello->active && !client->quiet;
    event->welcome = welcome_new();
    if (hello->name)
        event->name = *hello->name;
    if (hello->token_hash) {
        memcpy(event->token_hash, hello->token_hash, TOKEN_HASH_BYTES);
        event->has_token = hello->has_token;
    }
    if (hello->cursors_count > 0) {
        size_t bytes = hello->cursors_count * sizeof(hello->cursors[0]);
        event->welcome->cursors = mem_alloc(bytes);
        memcpy(event->welcome->cursors, hello->cursors, bytes);
        event->welcome->cursors_count = hello->cursors_count;
    }
    client->greeted = true;
    client->greeting = true;
    submit(client, event);
    return OK;
}

/* ---- what changes a room ---- */

bool hub_has_too_much(const struct hub *hub)
{
    return hub->posts_waiting >= hub->limits.posts_waiting_max ||
           hub->bytes_waiting >= hub->limits.bytes_waiting_max;
}

bool hub_is_busy(struct client *client)
{
    bool busy = hub_has_too_much(client->hub);
    client->hub->was_busy |= busy;
    return busy;
}

/* What a command hands over with it, when nothing comes of it. */
static void drop_command(const struct command *command)
{
    mem_free(command->change);
    mem_free(command->people);
    mem_free(command->files);
}

/* Whoever may not is told by the sequencer, which knows whether this is only the retry of what was done before. */
static int check_command(const struct client *client, const struct command *command)
{
    if (client->visitor ? !client->greeted : !client->known)
        return ERR_PROTOCOL;
    if (client->visitor && command->kind != EVENT_MESSAGE)
        return ERR_DENIED;
    return command->cid ? OK : hub_may(client, command->room, ACTION_POST);
}

/* Whoever makes a room for a few people is one of them. Takes the list. */
static struct people_list *with_author(struct people_list *people, uint64_t author)
{
    for (uint32_t i = 0; i < people->count; i++) {
        if (people->ids[i] == author)
            return people;
    }
    struct people_list *all = people_list_new(people->count + 1);
    memcpy(all->ids, people->ids, people->count * sizeof(people->ids[0]));
    all->ids[people->count] = author;
    mem_free(people);
    return all;
}

/* The body of what it asks for: a name, a change of settings in words, or what it carries. */
static struct event *make_command(struct client *client, const struct command *command)
{
    struct buffer words = {0};
    struct slice body = command->name ? name_slice(command->name) : command->message.body;
    if (command->kind == EVENT_SETTINGS) {
        room_change_write(command->change, &words);
        body = buffer_slice(&words);
    }
    struct event *event =
        new_event(client, command->kind, command->room, body, command->command_id);
    buffer_release(&words);
    if (command->message.type)
        event->message.type = command->message.type;
    event->target = command->target;
    event->reply_to = command->reply_to;
    event->change = command->change;
    event->people_ids = command->people ? with_author(command->people, client->person) : NULL;
    event->files = command->files;
    if (command->cid) {
        event->has_cid = true;
        memcpy(event->cid, command->cid, CID_BYTES);
    }
    return event;
}

int hub_command(struct client *client, const struct command *command)
{
    struct hub *hub = client->hub;
    ASSERT(event_kind_is_kept(command->kind));
    int result = check_command(client, command);
    if (result != OK) {
        drop_command(command);
        return result;
    }
    struct event *event = make_command(client, command);
    struct pool *pool = hub_find_pool(hub, command->room);
    if (pool)
        pool->waiting++;
    event->pooled = pool != NULL;
    metrics_add(hub->shared.metrics, METRIC_MESSAGES_IN, command->kind == EVENT_MESSAGE);
    submit(client, event);
    return OK;
}

uint32_t hub_rate(struct client *client)
{
    struct hub *hub = client->hub;
    uint64_t now_ms = *hub->shared.now_ms;
    if (rate_take(&client->posts, &hub->limits.posts, now_ms))
        return 0;
    metrics_add(hub->shared.metrics, METRIC_RATE_LIMITED, 1);
    return rate_wait_ms(&client->posts, &hub->limits.posts, now_ms);
}

uint32_t hub_rate_debt(struct client *client)
{
    struct hub *hub = client->hub;
    uint32_t wait_ms = rate_take_debt(&client->posts, &hub->limits.posts, *hub->shared.now_ms);
    if (wait_ms > 0)
        metrics_add(hub->shared.metrics, METRIC_RATE_LIMITED, 1);
    return wait_ms;
}

/* ---- what passes ---- */

int hub_rename(struct client *client, const struct name *name, struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    struct event *event = new_event(client, EVENT_RENAME, 0, slice_of(NULL, 0), command_id);
    event->name = *name;
    submit(client, event);
    return OK;
}

int hub_set_active(struct client *client, bool active, struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    bool changes = client->active != active;
    client->active = active;
    struct event *event = new_event(client, EVENT_ACTIVE, 0, slice_of(NULL, 0), command_id);
    if (!changes) {
        /* Nobody else needs to hear of it; told twice, it would be counted twice. */
        if (event->has_command)
            client->door->on_answer(client, event);
        event_free(event);
        return OK;
    }
    submit(client, event);
    return OK;
}

static int submit_passing(struct client *client, uint8_t kind, uint64_t room, enum action action,
                          uint64_t seq, struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    int result = hub_may(client, room, action);
    if (result != OK)
        return result;
    struct event *event = new_event(client, kind, room, slice_of(NULL, 0), command_id);
    event->seq = seq;
    submit(client, event);
    return OK;
}

int hub_mark_read(struct client *client, uint64_t room, uint64_t seq, struct slice command_id)
{
    return submit_passing(client, EVENT_READ, room, ACTION_MARK, seq, command_id);
}

int hub_typing(struct client *client, uint64_t room, struct slice command_id)
{
    return submit_passing(client, EVENT_TYPING, room, ACTION_MARK, 0, command_id);
}

int hub_who(struct client *client, uint64_t room, struct slice command_id)
{
    return submit_passing(client, EVENT_WHO, room, ACTION_FOLLOW, 0, command_id);
}

int hub_set_level(struct client *client, uint64_t room, uint8_t level, struct slice command_id)
{
    ASSERT(level < ATTENTION_END);
    return submit_passing(client, EVENT_LEVEL, room, ACTION_MARK, level, command_id);
}

static bool is_for_strangers(uint8_t kind)
{
    return kind == ACT_SIGN_UP || kind == ACT_SIGN_IN || kind == ACT_RESET_USE;
}

int hub_act(struct client *client, struct act *act, struct slice command_id)
{
    if (client->visitor || (!client->known && !is_for_strangers(act->kind))) {
        act_free(act);
        return ERR_PROTOCOL;
    }
    struct event *event = new_event(client, EVENT_ACT, act->room, slice_of(NULL, 0), command_id);
    event->act = act;
    event->session = client->session;
    submit(client, event);
    return OK;
}

/* ---- what is read ---- */

/* Whether one more question may be asked; it counts as asked then. */
static bool may_ask(struct client *client)
{
    struct hub *hub = client->hub;
    if (client->reads >= hub->limits.client_reads_max ||
        hub->reads_waiting >= hub->limits.reads_max)
        return false;
    client->reads++;
    hub->reads_waiting++;
    return true;
}

static void ask(struct client *client, struct store_read *read)
{
    struct hub *hub = client->hub;
    read->origin = (struct event_origin){hub->worker, client->slot, client->generation};
    read->bytes_max = hub->limits.page_bytes;
    read->person = client->person;
    read->role = client->role;
    read->session = client->session;
    hub->ports.read(hub->ports.pool.ctx, read);
}

static struct store_read *new_read(struct client *client, enum store_read_kind kind, uint32_t limit,
                                   struct slice command_id)
{
    ASSERT(command_id.len <= COMMAND_ID_BYTES_MAX);
    if (!may_ask(client))
        return NULL;
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = (uint8_t)kind;
    read->limit = limit;
    if (command_id.len > 0)
        memcpy(read->command_id, command_id.ptr, command_id.len);
    return read;
}

int hub_history(struct client *client, uint64_t room, enum read_where where, uint64_t seq,
                uint32_t limit, struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    int result = hub_may(client, room, ACTION_FOLLOW);
    if (result != OK)
        return result;
    struct store_read *read = new_read(client, READ_HISTORY, limit, command_id);
    if (!read)
        return ERR_BUSY;
    read->room = room;
    read->where = (uint8_t)where;
    read->seq = seq;
    ask(client, read);
    return OK;
}

int hub_rooms(struct client *client, const struct name *after, uint32_t limit,
              struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    struct store_read *read = new_read(client, READ_ROOMS, limit, command_id);
    if (!read)
        return ERR_BUSY;
    read->after = *after;
    ask(client, read);
    return OK;
}

/* Who may see which list. What a room's hosts may see, too, the reader finds out: it knows who they are. */
static int may_list(const struct client *client, enum listing_kind kind, uint64_t room)
{
    static const uint8_t actions[LIST_END] = {
        [LIST_PEOPLE] = ACTION_PEOPLE,   [LIST_MEMBERS] = ACTION_FOLLOW,
        [LIST_SESSIONS] = ACTION_END,    [LIST_INVITES] = ACTION_INVITE,
        [LIST_BANS] = ACTION_BAN,        [LIST_MUTES] = ACTION_MUTE,
        [LIST_REPORTS] = ACTION_REPORTS, [LIST_AUDIT] = ACTION_AUDIT,
        [LIST_BOTS] = ACTION_BOTS,       [LIST_HOOKS] = ACTION_FOLLOW,
        [LIST_MENTIONS] = ACTION_END,    [LIST_PINS] = ACTION_FOLLOW,
        [LIST_FILES] = ACTION_END,
    };
    enum action action = (enum action)actions[kind];
    if (action == ACTION_END) /* one's own */
        return OK;
    if (kind == LIST_HOOKS && room == 0)
        action = ACTION_CONFIGURATION;
    return hub_may(client, room, action);
}

int hub_list(struct client *client, const struct list_question *question, struct slice command_id)
{
    if (!client->known)
        return ERR_PROTOCOL;
    int result = may_list(client, question->kind, question->room);
    if (result != OK)
        return result;
    struct store_read *read = new_read(client, READ_LIST, question->limit, command_id);
    if (!read)
        return ERR_BUSY;
    read->list = (uint8_t)question->kind;
    read->room = question->room;
    read->id = question->after_id;
    if (question->after)
        read->after = *question->after;
    ask(client, read);
    return OK;
}

static void fill_in_rooms(const struct client *client, struct search *search)
{
    search->rooms_count = 0;
    if (search->room != 0) {
        search->rooms[search->rooms_count++] = search->room;
        return;
    }
    for (uint16_t i = 0; client->quiet && i < client->rooms_count && i < SEARCH_ROOMS_MAX; i++)
        search->rooms[search->rooms_count++] = client->rooms[i];
    for (uint16_t i = 0; !client->quiet && i < client->places_count && i < SEARCH_ROOMS_MAX; i++)
        search->rooms[search->rooms_count++] = client->places[i].pool->room;
}

int hub_search(struct client *client, struct search *search, struct slice command_id)
{
    int result = client->known ? hub_may(client, search->room, ACTION_SEARCH) : ERR_PROTOCOL;
    if (result == OK && search->room != 0)
        result = hub_may(client, search->room, ACTION_FOLLOW);
    struct store_read *read =
        result == OK ? new_read(client, READ_SEARCH, search->limit, command_id) : NULL;
    if (!read) {
        search_free(search);
        return result == OK ? ERR_BUSY : result;
    }
    fill_in_rooms(client, search);
    read->search = search;
    ask(client, read);
    return OK;
}

int hub_ask(struct client *client, struct store_read *read)
{
    if (!may_ask(client)) {
        store_read_free(read);
        return ERR_BUSY;
    }
    ask(client, read);
    return OK;
}

int hub_follow(struct client *client, uint64_t room, uint64_t seq, struct slice command_id)
{
    ASSERT(client->quiet && command_id.len > 0);
    int result = client->known ? hub_may(client, room, ACTION_FOLLOW) : ERR_PROTOCOL;
    if (result != OK)
        return result;
    struct store_read *read = new_read(client, READ_FEED, 100, command_id);
    if (!read)
        return ERR_BUSY;
    read->room = room;
    read->seq = seq;
    ask(client, read);
    return OK;
}

void hub_drain(struct hub *hub)
{
    struct event *event = event_new(EVENT_DRAIN, slice_of(NULL, 0), slice_of(NULL, 0));
    event->origin.worker = hub->worker;
    hub->ports.submit(hub->ports.pool.ctx, event);
}
