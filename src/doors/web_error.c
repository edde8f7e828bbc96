#include "doors/web_error.h"

#include "base/error.h"
#include "chat/act.h"
#include "chat/refusal.h"

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
static const struct web_error forbidden = {"forbidden", "you may not do that", 0};
static const struct web_error not_found = {"not_found", "there is no such thing", 0};
static const struct web_error exists = {"exists", "that is there already", 0};
static const struct web_error bad_request = {"bad_request", "a field has a value that cannot be",
                                             0};
static const struct web_error too_many = {"too_many", "there are too many of these already", 0};
static const struct web_error name_taken = {"name_taken",
                                            "somebody or something else has this name", 0};
static const struct web_error cid_reuse = {"cid_reuse", "this cid was used for something else", 0};
static const struct web_error guests_off = {"guests_off", "this server takes no guests", 0};
static const struct web_error disk_full = {
    "disk_full", "nothing can be kept at the moment, and this was not", DISK_FULL_RETRY_MS};

/* What each refusal is called, and what it says. */
static const struct web_error refusals[REFUSED_END] = {
    [REFUSED_MUTED] = {"muted", "you are muted", 0},
    [REFUSED_BANNED] = {"banned", "you are banned from this server", 0},
    [REFUSED_SLOW_MODE] = {"slow_mode", "this room is in slow mode", 0},
    [REFUSED_BRAKE] = {"members_only", "for the time being only members may do that", 0},
    [REFUSED_ARCHIVED] = {"archived", "this room is archived and can only be read", 0},
    [REFUSED_GUEST] = {"needs_account", "that takes an account", 0},
    [REFUSED_LAST_OWNER] = {"last_owner", "there has to be an owner", 0},
    [REFUSED_NO_PERSON] = {"no_person", "there is no such person", 0},
    [REFUSED_NO_FILE] = {"no_file",
                         "there is no such file, or it is not yours, or it was used already", 0},
    [REFUSED_NO_THING] = {"not_found", "there is no such thing", 0},
    [REFUSED_NAME_TAKEN] = {"name_taken", "somebody or something else has this name", 0},
    [REFUSED_TOKEN] = {"bad_token", "this link is unknown, used up or too old", 0},
    [REFUSED_SIGN_UP] = {"signup_closed", "accounts are made by invitation, or not at all", 0},
    [REFUSED_SIGN_IN] = {"bad_credentials", "the name, the password or the code is wrong", 0},
    [REFUSED_CODE] = {"code_needed", "a new code of the second factor is needed", 0},
    [REFUSED_MEMORY] = {"no_accounts", "this server keeps no accounts", 0},
    [REFUSED_QUOTA] = {"quota", "there is no more room for files", 0},
    [REFUSED_KICKED] = {"kicked", "a moderator has ended your session", 0},
    [REFUSED_EMPTY] = {"empty", "there is nothing in the text", 0},
    [REFUSED_RATE] = {"rate_limited", "that is too much at once", 0},
    [REFUSED_NEEDS_ROOM] = {"needs_people", "a direct room has two to ten people", 0},
};

static struct web_error of_refusal(uint8_t refusal, uint32_t retry_ms)
{
    struct web_error error = refusals[refusal];
    error.retry_ms = retry_ms;
    return error;
}

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

static struct web_error of_act(const struct event *event)
{
    switch (event->result) {
    case ERR_NOT_FOUND:
        if (event->no_room)
            return no_room;
        return event->act->kind == ACT_REPORT ? no_message : not_found;
    case ERR_EXISTS:
        return exists;
    case ERR_PROTOCOL:
        return bad_request;
    case ERR_DENIED:
        return forbidden;
    case ERR_LIMIT:
        return too_many;
    case ERR_BUSY:
        return disk_full;
    default:
        return web_error_busy;
    }
}

struct web_error web_error_of_answer(const struct event *event)
{
    if (event->refusal != REFUSED_PLAIN && event->refusal < REFUSED_END)
        return of_refusal(event->refusal, event->retry_ms);
    if (event->kind == EVENT_ACT)
        return of_act(event);
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
    switch (read->result) {
    case ERR_NOT_FOUND:
        return no_room;
    case ERR_DENIED:
        return forbidden;
    default:
        return web_error_busy;
    }
}
