#include "doors/web_error.h"

#include "base/error.h"

enum { BUSY_RETRY_MS = 1000, DISK_FULL_RETRY_MS = 5000 };

const struct web_error web_error_bad_json = {"bad_json",
                                             "that is not one JSON object within the limits", 0};
const struct web_error web_error_unknown_op = {"unknown_op", "there is no such command", 0};
const struct web_error web_error_hello_first = {"hello_first", "hello has to be answered first", 0};
const struct web_error web_error_busy = {"busy", "the server has too much waiting", BUSY_RETRY_MS};

static const struct web_error no_room = {"no_room", "there is no such room, or you are not in it",
                                         0};
static const struct web_error no_message = {
    "no_message", "the target is no message of this room, or it is deleted", 0};
static const struct web_error forbidden = {"forbidden",
                                           "that is somebody else's message, or you may not", 0};
static const struct web_error too_many = {"too_many", "there are too many of these already", 0};
static const struct web_error name_taken = {"name_taken", "another room has this name", 0};
static const struct web_error cid_reuse = {"cid_reuse", "this cid was used for something else", 0};
static const struct web_error guests_off = {"guests_off", "this server takes no guests", 0};
static const struct web_error disk_full = {
    "disk_full", "nothing can be kept at the moment, and this was not", DISK_FULL_RETRY_MS};

struct web_error web_error_of_call(int result)
{
    switch (result) {
    case ERR_NOT_FOUND:
        return no_room;
    case ERR_DENIED:
        return forbidden;
    case ERR_PROTOCOL:
        return web_error_hello_first;
    default:
        return web_error_busy;
    }
}

static bool has_target(const struct event *event)
{
    switch (event->kind) {
    case EVENT_EDIT:
    case EVENT_DELETE:
    case EVENT_REACT:
    case EVENT_UNREACT:
    case EVENT_PIN:
    case EVENT_UNPIN:
        return true;
    default:
        return event->kind == EVENT_MESSAGE && event->reply_to > 0;
    }
}

struct web_error web_error_of_answer(const struct event *event)
{
    switch (event->result) {
    case ERR_EXISTS:
        return cid_reuse;
    case ERR_AGAIN:
        return event->kind == EVENT_CREATED ? name_taken : web_error_busy;
    case ERR_NOT_FOUND:
        return has_target(event) && !event->no_room ? no_message : no_room;
    case ERR_DENIED:
        return event->kind == EVENT_HELLO ? guests_off : forbidden;
    case ERR_LIMIT:
        return too_many;
    case ERR_BUSY:
        return disk_full;
    default:
        return web_error_busy;
    }
}

struct web_error web_error_of_read(const struct store_read *read)
{
    return read->result == ERR_NOT_FOUND ? no_room : web_error_busy;
}
