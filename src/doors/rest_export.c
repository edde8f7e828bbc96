/*
 * A room's log as newline-delimited JSON: page by page, the next one only when the peer has taken the last, so that however
 * large the room is and however slow the peer, one page is held.
 */

#include "base/error.h"
#include "base/memory.h"
#include "doors/rest.h"
#include "doors/room_id.h"
#include "doors/web_text.h"

enum { PAGE_EVENTS = 200 };

#define DISPOSITION "Content-Disposition: attachment; filename=\"room.ndjson\"\r\n"

struct export
{
    uint64_t room;
    uint64_t seq; /* of the last event that was sent */
};

/* Nothing more can be said: a page is missing, and the peer sees that its answer has no end. */
static void give_up(struct rest_call *call)
{
    struct http_request *request = call->request;
    rest_end(call);
    http_abandon(request);
}

static void finish(struct rest_call *call)
{
    struct http_request *request = call->request;
    rest_end(call);
    http_end(request);
}

/* Returns false when the answer ends with its head. */
static bool begin_answer(struct rest_call *call)
{
    struct buffer lines = {0};
    rest_write_headers(call, &lines);
    buffer_append(&lines, DISPOSITION, sizeof(DISPOSITION)); /* with its NUL */
    bool goes_on = http_begin(call->request,
                              &(struct http_response){
                                  .status = 200,
                                  .type = "application/x-ndjson",
                                  .headers = (const char *)lines.ptr,
                              },
                              -1);
    buffer_release(&lines);
    if (!goes_on)
        rest_end(call);
    return goes_on;
}

static void send_page(struct rest_call *call, const struct event_batch *events)
{
    struct buffer out = {0};
    for (size_t i = 0; i < events->count; i++) {
        size_t before = out.len;
        web_write_event(&out, events->events[i]);
        if (out.len > before)
            buffer_append_byte(&out, '\n');
    }
    http_send(call->request, buffer_slice(&out));
    buffer_release(&out);
}

static void refuse_or_give_up(struct rest_call *call, struct web_error error)
{
    if (call->request->answered)
        give_up(call);
    else
        rest_refuse(call, &error);
}

/* Whether it may is asked for each page: it takes long, and its owner may be no admin any more. */
static void ask(struct rest_call *call)
{
    const struct export *export = call->state;
    int result = hub_may(&call->speaker.client, export->room, ACTION_EXPORT);
    if (result != OK) {
        refuse_or_give_up(call, web_error_of_call(result));
        return;
    }
    struct store_read *read = mem_zalloc(sizeof(*read));
    read->kind = READ_EXPORT;
    read->room = export->room;
    read->seq = export->seq;
    read->limit = PAGE_EVENTS;
    if (hub_ask(&call->speaker.client, read) != OK)
        refuse_or_give_up(call, web_error_busy);
}

static void begin(struct rest_call *call, const struct event *hello)
{
    uint64_t room;
    (void)hello;
    if (!room_id_parse(rest_string(call, "room"), &room)) {
        struct web_error error = web_error_of_call(ERR_NOT_FOUND);
        rest_refuse(call, &error);
        return;
    }
    struct export *export = mem_zalloc(sizeof(*export));
    export->room = room;
    call->state = export;
    ask(call);
}

static void on_read(struct rest_call *call, const struct store_read *read)
{
    struct export *export = call->state;
    if (!call->request)
        return;
    if (read->result != OK) {
        refuse_or_give_up(call, web_error_of_read(read));
        return;
    }
    if (!call->request->answered && !begin_answer(call))
        return;
    if (read->events->count == 0) {
        finish(call);
        return;
    }
    export->seq = read->last;
    send_page(call, read->events);
}

static void release(struct rest_call *call)
{
    mem_free(call->state);
}

const struct rest_entry *rest_export_routes(size_t *ret_count)
{
    static const struct rest_entry entries[] = {
        {HTTP_GET,
         "/api/v1/rooms/{room}/export",
         {.params = "room",
          .begin = begin,
          .on_read = on_read,
          .on_drained = ask,
          .release = release}},
    };
    *ret_count = sizeof(entries) / sizeof(entries[0]);
    return entries;
}
