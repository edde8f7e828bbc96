#include "doors/web_command.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "chat/store.h"
#include "doors/guest.h"
#include "doors/hex_text.h"
#include "doors/room_id.h"
#include "proto/json_scan.h"

/* Sets the error; returns false, so that a field's reader can end with it. */
static bool refuse(struct web_command *command, const char *code, const char *message)
{
    command->error = (struct web_error){code, message, 0};
    return false;
}

static bool refuse_field(struct web_command *command, const char *message)
{
    return refuse(command, "bad_request", message);
}

/* ---- values ---- */

/* Returns borrowed the string of a value; ptr is NULL when it is none. */
static struct slice string_of(const json_t *value)
{
    if (!json_is_string(value))
        return slice_of(NULL, 0);
    return slice_of(json_string_value(value), json_string_length(value));
}

static struct slice string_field(const struct web_command *command, const char *key)
{
    return string_of(json_object_get(command->json, key));
}

static bool integer_of(const json_t *value, uint64_t min, uint64_t max, uint64_t *ret_value)
{
    if (!json_is_integer(value))
        return false;
    json_int_t integer = json_integer_value(value);
    if (integer < 0 || (uint64_t)integer < min || (uint64_t)integer > max)
        return false;
    *ret_value = (uint64_t)integer;
    return true;
}

/* The same where a field may be left out: then *ret_value stays. */
static bool optional_integer(const struct web_command *command, const char *key, uint64_t min,
                             uint64_t max, uint64_t *ret_value)
{
    const json_t *value = json_object_get(command->json, key);
    return !value || integer_of(value, min, max, ret_value);
}

/* A mid: the decimal digits of 64 bits, in the one form in which the server writes them. */
static bool mid_of(struct slice text, uint64_t *ret_mid)
{
    uint64_t mid = 0;
    if (text.len == 0 || (text.ptr[0] == '0' && text.len > 1))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t digit = text.ptr[i];
        if (digit < '0' || digit > '9' || __builtin_mul_overflow(mid, 10, &mid) ||
            __builtin_add_overflow(mid, (uint64_t)(digit - '0'), &mid))
            return false;
    }
    *ret_mid = mid;
    return true;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

/* Unicode's White_Space, as far as it is not a control character. */
static bool is_space(uint32_t c)
{
    return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

/* Whether a valid text is one line without control characters. */
static bool is_line(struct slice text, bool spaces)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = 0;
        int len = utf8_decode(slice_of(text.ptr + at, text.len - at), &c);
        if (len <= 0 || is_control(c) || (!spaces && is_space(c)))
            return false;
        at += (size_t)len;
    }
    return true;
}

/* ---- fields: each reads one into the command, or refuses and returns false ---- */

static bool read_room(struct web_command *command)
{
    struct slice id = string_field(command, "room");
    if (!id.ptr)
        return refuse_field(command, "room: a string is needed");
    if (!room_id_parse(id, &command->room)) {
        command->error = web_error_of_call(ERR_NOT_FOUND);
        return false;
    }
    return true;
}

static bool read_cid(struct web_command *command)
{
    if (!hex_read(string_field(command, "cid"), command->cid, CID_BYTES))
        return refuse_field(command, "cid: 32 lower-case hexadecimal digits are needed");
    return true;
}

static bool read_text(struct web_command *command)
{
    command->text = string_field(command, "text");
    if (!command->text.ptr)
        return refuse_field(command, "text: a string is needed");
    if (command->text.len == 0)
        return refuse(command, "empty", "there is nothing in the text");
    return true;
}

static bool read_topic(struct web_command *command)
{
    command->text = string_field(command, "text");
    if (!command->text.ptr)
        return refuse_field(command, "text: a string is needed");
    if (!is_line(command->text, true))
        return refuse_field(command, "text: one line without control characters is needed");
    if (utf8_length(command->text) > TOPIC_CHARACTERS_MAX)
        return refuse(command, "too_long", "a topic has at most 250 characters");
    return true;
}

static bool read_emoji(struct web_command *command)
{
    command->text = string_field(command, "emoji");
    if (command->text.len == 0 || !is_line(command->text, false))
        return refuse_field(command, "emoji: a string without white space is needed");
    if (command->text.len > EMOJI_BYTES_MAX)
        return refuse(command, "too_long", "an emoji has at most 32 bytes");
    return true;
}

static bool read_target(struct web_command *command)
{
    const json_t *value = json_object_get(command->json, "target");
    if (!integer_of(value, 1, WEB_INTEGER_MAX, &command->target))
        return refuse_field(command, "target: the seq of a message is needed");
    return true;
}

static bool read_reply_to(struct web_command *command)
{
    if (!optional_integer(command, "reply_to", 1, WEB_INTEGER_MAX, &command->reply_to))
        return refuse_field(command, "reply_to: the seq of a message is needed");
    return true;
}

static bool read_seq(struct web_command *command)
{
    const json_t *value = json_object_get(command->json, "seq");
    if (!integer_of(value, 0, WEB_INTEGER_MAX, &command->seq))
        return refuse_field(command, "seq: a number from 0 is needed");
    return true;
}

static bool make_name(struct web_command *command, struct slice typed)
{
    int result = typed.ptr ? name_make(typed, &command->name) : ERR_PROTOCOL;
    if (result == ERR_LIMIT)
        return refuse(command, "too_long", "a name has at most 40 characters");
    if (result != OK)
        return refuse_field(command, "name: one line of visible characters is needed");
    return true;
}

static bool read_name(struct web_command *command)
{
    return make_name(command, string_field(command, "name"));
}

static bool read_name_if_any(struct web_command *command)
{
    return !json_object_get(command->json, "name") || read_name(command);
}

static bool read_kind(struct web_command *command)
{
    if (!slice_is(string_field(command, "kind"), "public"))
        return refuse_field(command, "kind: public is needed");
    return true;
}

static bool read_active(struct web_command *command)
{
    const json_t *value = json_object_get(command->json, "active");
    if (!json_is_boolean(value))
        return refuse_field(command, "active: true or false is needed");
    command->active = json_is_true(value);
    return true;
}

static bool read_active_if_any(struct web_command *command)
{
    command->active = true;
    return !json_object_get(command->json, "active") || read_active(command);
}

static bool read_limit(struct web_command *command)
{
    uint64_t limit = WEB_PAGE_DEFAULT;
    if (!optional_integer(command, "limit", 1, WEB_PAGE_MAX, &limit))
        return refuse_field(command, "limit: a number from 1 to 100 is needed");
    command->limit = (uint32_t)limit;
    return true;
}

static bool read_where(struct web_command *command)
{
    static const struct {
        const char *key;
        enum read_where where;
    } keys[] = {{"before", READ_BEFORE}, {"after", READ_AFTER}, {"around", READ_AROUND}};
    command->where = READ_NEWEST;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const json_t *value = json_object_get(command->json, keys[i].key);
        if (!value)
            continue;
        if (command->where != READ_NEWEST)
            return refuse_field(command, "before, after, around: only one of them");
        if (!integer_of(value, 0, WEB_INTEGER_MAX, &command->seq))
            return refuse_field(command, "before, after, around: a seq is needed");
        command->where = (uint8_t)keys[i].where;
    }
    return true;
}

static bool read_after_name(struct web_command *command)
{
    const json_t *value = json_object_get(command->json, "after");
    struct slice after = string_of(value);
    if (value && !after.ptr)
        return refuse_field(command, "after: a name of a room is needed");
    return after.len == 0 || make_name(command, after);
}

/* What has not the form of a token is treated as one that the server does not know. */
static bool read_token(struct web_command *command)
{
    const json_t *value = json_object_get(command->json, "token");
    command->token = string_of(value);
    if (value && !command->token.ptr)
        return refuse_field(command, "token: a string is needed");
    command->has_token = guest_token_is_valid(command->token);
    return true;
}

static bool read_cursor(struct web_command *command, const json_t *value)
{
    struct cursor *cursor = &command->cursors[command->cursors_count];
    const json_t *mid = json_object_get(value, "mid");
    if (!integer_of(json_object_get(value, "seq"), 0, WEB_INTEGER_MAX, &cursor->seq))
        return refuse_field(command, "cursors: seq: a number from 0 is needed");
    cursor->mid = 0;
    if (mid && !mid_of(string_of(mid), &cursor->mid))
        return refuse_field(command, "cursors: mid: a string of decimal digits is needed");
    return true;
}

static bool read_cursors(struct web_command *command)
{
    json_t *cursors = json_object_get(command->json, "cursors");
    const char *key;
    json_t *value;
    if (!cursors)
        return true;
    if (!json_is_object(cursors))
        return refuse_field(command, "cursors: an object is needed");
    if (json_object_size(cursors) == 0)
        return true;
    command->cursors = mem_alloc(json_object_size(cursors) * sizeof(command->cursors[0]));
    json_object_foreach (cursors, key, value) {
        struct cursor *cursor = &command->cursors[command->cursors_count];
        if (!read_cursor(command, value))
            return false;
        /* A room of another server, perhaps: passed over like one that somebody is not in. */
        if (room_id_parse(slice_of_string(key), &cursor->room))
            command->cursors_count++;
    }
    return true;
}

/* ---- commands ---- */

enum { FIELDS_MAX = 5 };

static const struct op {
    const char *name;
    enum web_op op;
    bool (*fields[FIELDS_MAX])(struct web_command *command);
} ops[] = {
    {"hello", WEB_HELLO, {read_token, read_name_if_any, read_active_if_any, read_cursors}},
    {"post", WEB_POST, {read_room, read_cid, read_text, read_reply_to}},
    {"edit", WEB_EDIT, {read_room, read_cid, read_target, read_text}},
    {"delete", WEB_DELETE, {read_room, read_cid, read_target}},
    {"react", WEB_REACT, {read_room, read_cid, read_target, read_emoji}},
    {"unreact", WEB_UNREACT, {read_room, read_cid, read_target, read_emoji}},
    {"pin", WEB_PIN, {read_room, read_cid, read_target}},
    {"unpin", WEB_UNPIN, {read_room, read_cid, read_target}},
    {"topic", WEB_TOPIC, {read_room, read_cid, read_topic}},
    {"create", WEB_CREATE, {read_cid, read_name, read_kind}},
    {"join", WEB_JOIN, {read_room, read_cid}},
    {"leave", WEB_LEAVE, {read_room, read_cid}},
    {"rooms", WEB_ROOMS, {read_after_name, read_limit}},
    {"history", WEB_HISTORY, {read_room, read_where, read_limit}},
    {"read", WEB_READ, {read_room, read_seq}},
    {"typing", WEB_TYPING, {read_room}},
    {"active", WEB_ACTIVE, {read_active}},
    {"rename", WEB_RENAME, {read_name}},
    {"here", WEB_HERE, {read_room}},
};

static const struct op *find_op(struct slice name)
{
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        if (slice_is(name, ops[i].name))
            return &ops[i];
    }
    return NULL;
}

static void parse_object(struct web_command *command)
{
    struct slice id = string_field(command, "id");
    struct slice name = string_field(command, "op");
    if (id.len == 0 || id.len > COMMAND_ID_BYTES_MAX) {
        refuse_field(command, "id: a string of 1 to 64 bytes is needed");
        return;
    }
    command->id = id;
    if (!name.ptr) {
        refuse_field(command, "op: a string is needed");
        return;
    }
    const struct op *op = find_op(name);
    if (!op) {
        command->error = web_error_unknown_op;
        return;
    }
    command->op = (uint8_t)op->op;
    for (unsigned i = 0; i < FIELDS_MAX && op->fields[i]; i++) {
        if (!op->fields[i](command))
            return;
    }
}

void web_command_parse(struct slice text, struct web_command *ret_command)
{
    json_t *object = NULL;
    if (json_scan(text, &json_limits_default) == OK)
        object = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    web_command_read(object, ret_command);
}

void web_command_read(json_t *object, struct web_command *ret_command)
{
    *ret_command = (struct web_command){.op = WEB_NONE, .json = object};
    if (json_is_object(ret_command->json))
        parse_object(ret_command);
    else
        ret_command->error = web_error_bad_json;
}

void web_command_release(struct web_command *command)
{
    mem_free(command->cursors);
    json_decref(command->json);
    *command = (struct web_command){.op = WEB_NONE};
}
