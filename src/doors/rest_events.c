/*
 * GET /events: what happened in the rooms since the cursors, at once when there is something, otherwise as soon as there
 * is, or after a time. The answer says where to go on from, so no event is missed or seen twice between two requests.
 *
 *   LOOKING -> (rooms are read one after the other) -> answered; or nothing was there: -> WAITING
 *   WAITING -> something was kept, hello is said again for the heads: -> LOOKING;  or the time is over: answered
 *
 * To wait begins before to look: what is kept meanwhile is not missed.
 */

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "doors/json_text.h"
#include "doors/rest.h"
#include "doors/rest_cursors.h"
#include "doors/room_id.h"
#include "doors/web_text.h"

enum {
    WAIT_S_MAX = 30,
    WAIT_S_DEFAULT = 25,
    ANSWER_BYTES = 64 * 1024, /* no further room is looked at once it has so much */
};

struct room_cursor {
    uint64_t room, seq, head;
    bool is_in; /* as of the last hello */
};

struct look {
    struct rest_call *call;
    struct timer timer;
    uint64_t until_ms;
    struct room_cursor *cursors; /* owned */
    size_t count, cap;
    size_t at;    /* the one that is looked at */
    bool looking; /* rather than waiting */
    bool stirred; /* something was kept since the last hello */
    bool more;    /* there is more than the answer holds */
    struct buffer events;
};

/* ---- cursors ---- */

static struct room_cursor *find(struct look *look, uint64_t room)
{
    for (size_t i = 0; i < look->count; i++) {
        if (look->cursors[i].room == room)
            return &look->cursors[i];
    }
    return NULL;
}

static struct room_cursor *add(struct look *look, uint64_t room, uint64_t seq)
{
    if (look->count == look->cap) {
        look->cap = look->cap ? 2 * look->cap : 16;
        look->cursors = mem_realloc(look->cursors, look->cap * sizeof(look->cursors[0]));
    }
    look->cursors[look->count] = (struct room_cursor){.room = room, .seq = seq};
    return &look->cursors[look->count++];
}

static bool read_cursors(struct look *look, struct slice list)
{
    struct cursor cursors[PERSON_ROOMS_MAX];
    int count = rest_cursors_parse(list, cursors, PERSON_ROOMS_MAX);
    for (int i = 0; i < count; i++)
        add(look, cursors[i].room, cursors[i].seq);
    return count >= 0;
}

/* A room without a cursor begins at its head. */
static void take_heads(struct look *look, const struct welcome *welcome)
{
    for (size_t i = 0; i < look->count; i++)
        look->cursors[i].is_in = false;
    for (size_t i = 0; i < welcome->rooms_count; i++) {
        const struct room_info *info = &welcome->rooms[i];
        struct room_cursor *cursor = find(look, info->id);
        if (!cursor)
            cursor = add(look, info->id, info->head);
        cursor->head = info->head;
        cursor->is_in = true;
        /* A restored backup, a lost tail: there is nothing to go on from. */
        if (cursor->seq > info->head) {
            if (look->events.len > 0)
                buffer_append_byte(&look->events, ',');
            web_write_reset(&look->events, info->id, info->head, info->mid, true);
            cursor->seq = info->head;
        }
    }
}

/* ---- answering ---- */

static void answer(struct look *look)
{
    struct buffer out = {0};
    buffer_append_string(&out, "{\"events\":[");
    buffer_append(&out, look->events.ptr, look->events.len);
    buffer_append_string(&out, "],\"cursors\":{");
    bool first = true;
    for (size_t i = 0; i < look->count; i++) {
        if (!look->cursors[i].is_in)
            continue;
        buffer_append_string(&out, first ? "\"" : ",\"");
        room_id_write(&out, look->cursors[i].room);
        buffer_printf(&out, "\":%llu", (unsigned long long)look->cursors[i].seq);
        first = false;
    }
    buffer_printf(&out, "},\"more\":%s}", look->more ? "true" : "false");
    rest_reply(look->call, &out, NULL);
}

/* ---- looking ---- */

static void say_hello_again(struct look *look);

static bool is_over(const struct look *look)
{
    return look->call->rest->loop->now_ms >= look->until_ms;
}

/* Nothing was there. */
static void wait_or_answer(struct look *look)
{
    look->looking = false;
    if (is_over(look))
        answer(look);
    else if (look->stirred)
        say_hello_again(look);
    else
        timer_set(&look->call->rest->loop->timers, &look->timer,
                  look->until_ms - look->call->rest->loop->now_ms);
}

/* Asks for the next room that has more; answers when enough was found. */
static void look_on(struct look *look)
{
    struct rest_call *call = look->call;
    for (; look->at < look->count; look->at++) {
        const struct room_cursor *cursor = &look->cursors[look->at];
        if (!cursor->is_in || cursor->seq >= cursor->head)
            continue;
        if (look->events.len >= ANSWER_BYTES) {
            look->more = true;
            break;
        }
        int result =
            hub_follow(&call->speaker.client, cursor->room, cursor->seq, SLICE_LITERAL("events"));
        if (result == OK)
            return;
        if (result != ERR_NOT_FOUND && result != ERR_DENIED) {
            rest_refuse(call, &web_error_busy);
            return;
        }
        look->cursors[look->at].is_in = false; /* it has left the room meanwhile */
    }
    if (look->events.len > 0)
        answer(look);
    else
        wait_or_answer(look);
}

static void append(struct look *look, const struct event_batch *events)
{
    for (size_t i = 0; i < events->count; i++) {
        size_t before = look->events.len;
        if (before > 0)
            buffer_append_byte(&look->events, ',');
        size_t behind_comma = look->events.len;
        web_write_event(&look->events, events->events[i]);
        if (look->events.len == behind_comma)
            look->events.len = before; /* a kind that is not shown */
    }
}

static void on_read(struct rest_call *call, const struct store_read *read)
{
    struct look *look = call->state;
    if (!call->request)
        return;
    struct room_cursor *cursor = &look->cursors[look->at];
    if (read->result == OK && read->events->count > 0) {
        append(look, read->events);
        cursor->seq = read->last;
    } else if (read->result == OK) {
        cursor->seq = cursor->head;
    } else if (read->result != ERR_NOT_FOUND) {
        rest_refuse(call, &web_error_busy);
        return;
    } else if (!hub_is_in(&call->speaker.client, cursor->room)) {
        cursor->is_in = false;
    } else {
        /* What is before is not kept any more. */
        if (look->events.len > 0)
            buffer_append_byte(&look->events, ',');
        web_write_reset(&look->events, cursor->room, cursor->head, 0, false);
        cursor->seq = cursor->head;
    }
    look_on(look);
}

static void begin_look(struct look *look, const struct event *hello)
{
    struct rest_call *call = look->call;
    look->looking = true;
    look->stirred = false;
    look->at = 0;
    if (!is_over(look) && hub_wait(&call->speaker.client) != OK) {
        rest_refuse(call, &web_error_busy);
        return;
    }
    take_heads(look, hello->welcome);
    look_on(look);
}

/* Which rooms have more now is what a hello says. */
static void say_hello_again(struct look *look)
{
    struct rest_call *call = look->call;
    look->looking = true;
    if (rest_say_hello(call, call->token_hash) != OK)
        rest_refuse(call, &web_error_busy);
}

static void on_stirred(struct rest_call *call)
{
    struct look *look = call->state;
    look->stirred = true;
    if (look->looking)
        return;
    timer_cancel(&call->rest->loop->timers, &look->timer);
    say_hello_again(look);
}

static void on_timer(struct timer *timer)
{
    struct look *look = (struct look *)((char *)timer - offsetof(struct look, timer));
    if (look->call->request && !look->looking)
        answer(look);
}

static void on_answer(struct rest_call *call, const struct event *event)
{
    if (!call->request || event->kind != EVENT_HELLO)
        return;
    if (event->result == OK) {
        begin_look(call->state, event);
    } else {
        struct web_error error = web_error_of_answer(event);
        rest_refuse(call, &error);
    }
}

static void begin(struct rest_call *call, const struct event *hello)
{
    struct look *look = mem_zalloc(sizeof(*look));
    const json_t *wait = json_object_get(call->json, "wait");
    json_int_t wait_s = wait ? json_integer_value(wait) : WAIT_S_DEFAULT;
    call->state = look;
    look->call = call;
    look->timer.fire = on_timer;
    if (wait_s > WAIT_S_MAX) {
        rest_refuse_with(call, "bad_request", "wait: 0 to 30 seconds are needed");
    } else if (!read_cursors(look, rest_string(call, "rooms"))) {
        rest_refuse_with(call, "bad_request", "rooms: ID:SEQ,ID:SEQ is needed");
    } else {
        look->until_ms = call->rest->loop->now_ms + (uint64_t)wait_s * 1000;
        begin_look(look, hello);
    }
}

static void release(struct rest_call *call)
{
    struct look *look = call->state;
    if (!look)
        return;
    timer_cancel(&call->rest->loop->timers, &look->timer);
    mem_free(look->cursors);
    buffer_release(&look->events);
    mem_free(look);
}

const struct rest_entry *rest_event_routes(size_t *ret_count)
{
    static const struct rest_entry entries[] = {
        {HTTP_GET,
         "/api/v1/events",
         {.query = "rooms wait#",
          .begin = begin,
          .on_answer = on_answer,
          .on_read = on_read,
          .on_stirred = on_stirred,
          .release = release}},
    };
    *ret_count = sizeof(entries) / sizeof(entries[0]);
    return entries;
}
