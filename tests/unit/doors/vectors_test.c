#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/memory.h"
#include "doors/guest.h"
#include "doors/hex_text.h"
#include "doors/room_id.h"
#include "doors/web_command.h"
#include "doors/web_reply.h"
#include "doors/web_text.h"

/*
 * tests/vectors: what the server and its web client must agree on. Runs in the repository's root.
 */

static const char *string_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static uint64_t number_in(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? strtoull(json_string_value(value), NULL, 10)
                                 : (uint64_t)json_integer_value(value);
}

static bool is_in(const json_t *object, const char *key)
{
    return json_object_get(object, key) != NULL;
}

static bool truth_in(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static uint64_t id_of(const char *text)
{
    assert_int_equal(strlen(text), 16);
    return strtoull(text, NULL, 16);
}

static uint64_t room_of(const char *text)
{
    uint64_t room;
    assert_true(room_id_parse(slice_of_string(text), &room));
    return room;
}

static struct name name_in(const json_t *object, const char *key)
{
    const char *text = string_in(object, key);
    struct name name = {.len = (uint8_t)strlen(text)};
    memcpy(name.text, text, strlen(text) + 1);
    return name;
}

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *vectors = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_array(vectors) || json_array_size(vectors) == 0)
        fail_msg("%s: %s", path, vectors ? "not a list" : error.text);
    return vectors;
}

/* ---- what a client says ---- */

static json_t *text_json(struct slice text)
{
    return json_stringn((const char *)text.ptr, text.len);
}

static void set_room(json_t *out, const char *key, uint64_t room)
{
    struct buffer id = {0};
    room_id_write(&id, room);
    json_object_set_new(out, key, text_json(buffer_slice(&id)));
    buffer_release(&id);
}

static json_t *cursors_json(const struct web_command *command)
{
    json_t *cursors = json_object();
    for (size_t i = 0; i < command->cursors_count; i++) {
        const struct cursor *at = &command->cursors[i];
        struct buffer id = {0};
        json_t *cursor = json_pack("{sI}", "seq", (json_int_t)at->seq);
        if (at->mid > 0)
            json_object_set_new(cursor, "mid", json_sprintf("%llu", (unsigned long long)at->mid));
        room_id_write(&id, at->room);
        buffer_append_byte(&id, '\0');
        json_object_set_new(cursors, (char *)id.ptr, cursor);
        buffer_release(&id);
    }
    return cursors;
}

static const char *const op_names[] = {
    [WEB_HELLO] = "hello",   [WEB_POST] = "post",       [WEB_EDIT] = "edit",
    [WEB_DELETE] = "delete", [WEB_REACT] = "react",     [WEB_UNREACT] = "unreact",
    [WEB_PIN] = "pin",       [WEB_UNPIN] = "unpin",     [WEB_TOPIC] = "topic",
    [WEB_CREATE] = "create", [WEB_JOIN] = "join",       [WEB_LEAVE] = "leave",
    [WEB_ROOMS] = "rooms",   [WEB_HISTORY] = "history", [WEB_READ] = "read",
    [WEB_TYPING] = "typing", [WEB_ACTIVE] = "active",   [WEB_RENAME] = "rename",
    [WEB_HERE] = "here",
};

enum { OPS_COUNT = sizeof(op_names) / sizeof(op_names[0]) };

static void add_kept(json_t *out, const struct web_command *command)
{
    struct buffer cid = {0};
    hex_write(&cid, command->cid, CID_BYTES);
    json_object_set_new(out, "cid", text_json(buffer_slice(&cid)));
    buffer_release(&cid);
    if (command->target > 0)
        json_object_set_new(out, "target", json_integer((json_int_t)command->target));
    if (command->reply_to > 0)
        json_object_set_new(out, "reply_to", json_integer((json_int_t)command->reply_to));
    if (command->op == WEB_REACT || command->op == WEB_UNREACT)
        json_object_set_new(out, "emoji", text_json(command->text));
    else if (command->text.ptr)
        json_object_set_new(out, "text", text_json(command->text));
    if (command->op == WEB_CREATE)
        json_object_set_new(out, "kind", json_string("public"));
}

static void add_hello(json_t *out, const struct web_command *command)
{
    if (command->has_token)
        json_object_set_new(out, "token", text_json(command->token));
    json_object_set_new(out, "cursors", cursors_json(command));
}

static void add_where(json_t *out, const struct web_command *command)
{
    static const char *const keys[] = {
        [READ_BEFORE] = "before", [READ_AFTER] = "after", [READ_AROUND] = "around"};
    json_object_set_new(out, "limit", json_integer(command->limit));
    if (command->op == WEB_ROOMS)
        json_object_set_new(out, "after", text_json(name_slice(&command->name)));
    else if (command->where != READ_NEWEST)
        json_object_set_new(out, keys[command->where], json_integer((json_int_t)command->seq));
}

/* Returns owned what was read, in the words of the vectors. */
static json_t *read_json(const struct web_command *command)
{
    json_t *out = json_object();
    if (command->error.code) {
        json_object_set_new(out, "re", command->id.ptr ? text_json(command->id) : json_null());
        json_object_set_new(out, "error", json_string(command->error.code));
        return out;
    }
    assert_in_range(command->op, 1, OPS_COUNT - 1);
    json_object_set_new(out, "op", json_string(op_names[command->op]));
    json_object_set_new(out, "id", text_json(command->id));
    if (command->room > 0)
        set_room(out, "room", command->room);
    if (command->op == WEB_HELLO || command->op == WEB_ACTIVE)
        json_object_set_new(out, "active", json_boolean(command->active));
    if (command->name.len > 0 && command->op != WEB_ROOMS)
        json_object_set_new(out, "name", text_json(name_slice(&command->name)));
    if (command->op == WEB_HELLO)
        add_hello(out, command);
    else if (command->op >= WEB_POST && command->op <= WEB_LEAVE)
        add_kept(out, command);
    else if (command->op == WEB_ROOMS || command->op == WEB_HISTORY)
        add_where(out, command);
    else if (command->op == WEB_READ)
        json_object_set_new(out, "seq", json_integer((json_int_t)command->seq));
    return out;
}

static void commands_are_read(void **state)
{
    json_t *vectors = load("tests/vectors/commands.json");
    bool seen[OPS_COUNT] = {false};
    size_t i;
    json_t *vector;
    (void)state;
    json_array_foreach (vectors, i, vector) {
        struct web_command command;
        web_command_parse(slice_of_string(string_in(vector, "in")), &command);
        json_t *out = read_json(&command);
        if (!json_equal(out, json_object_get(vector, "out"))) {
            char *text = json_dumps(out, 0);
            fail_msg("%s: read as %s", string_in(vector, "name"), text);
        }
        if (!command.error.code)
            seen[command.op] = true;
        json_decref(out);
        web_command_release(&command);
    }
    for (size_t op = WEB_HELLO; op < OPS_COUNT; op++) {
        if (!seen[op])
            fail_msg("no vector for %s", op_names[op]);
    }
    json_decref(vectors);
}

/* ---- what the server says ---- */

static const struct {
    const char *ev;
    enum event_kind kind;
} kinds[] = {
    {"created", EVENT_CREATED}, {"message", EVENT_MESSAGE}, {"edit", EVENT_EDIT},
    {"delete", EVENT_DELETE},   {"react", EVENT_REACT},     {"unreact", EVENT_UNREACT},
    {"pin", EVENT_PIN},         {"unpin", EVENT_UNPIN},     {"topic", EVENT_TOPIC},
    {"joined", EVENT_JOINED},   {"left", EVENT_LEFT},       {"here", EVENT_HERE},
    {"renamed", EVENT_RENAMED}, {"typing", EVENT_TYPING},   {"room", EVENT_ADDED},
    {"gone", EVENT_GONE},       {"read", EVENT_READ},
};

static enum event_kind kind_of(const json_t *fields)
{
    const char *ev = string_in(fields, "ev"), *state = string_in(fields, "state");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].ev, ev) == 0)
            return kinds[i].kind;
    }
    assert_string_equal(ev, "presence");
    if (strcmp(state, "offline") == 0)
        return EVENT_WENT;
    return strcmp(state, "active") == 0 ? EVENT_CAME : EVENT_TURNED;
}

static struct reaction_list *reactions_of(const json_t *array)
{
    enum { EMOJI_ROOM = 64 };
    size_t count = json_array_size(array);
    struct reaction_list *list =
        mem_zalloc(sizeof(*list) + count * (sizeof(struct reaction) + EMOJI_ROOM));
    char *bytes = (char *)&list->list[count];
    list->count = (uint32_t)count;
    for (size_t i = 0; i < count; i++, bytes += EMOJI_ROOM) {
        const json_t *from = json_array_get(array, i), *people = json_object_get(from, "people");
        struct reaction *reaction = &list->list[i];
        const char *emoji = string_in(from, "emoji");
        memcpy(bytes, emoji, strlen(emoji));
        reaction->emoji = slice_of(bytes, strlen(emoji));
        reaction->count = (uint32_t)number_in(from, "count");
        reaction->people_count = (uint32_t)json_array_size(people);
        for (uint32_t j = 0; j < reaction->people_count; j++)
            reaction->people[j] = id_of(json_string_value(json_array_get(people, j)));
    }
    return list;
}

static struct roster_view *roster_of(const json_t *fields)
{
    const json_t *people = json_object_get(fields, "people");
    struct roster_view *view = roster_view_new((uint32_t)json_array_size(people));
    view->people = (uint32_t)number_in(fields, "count");
    view->visitors = (uint32_t)number_in(fields, "visitors");
    for (; view->count < json_array_size(people); view->count++) {
        const json_t *person = json_array_get(people, view->count);
        view->list[view->count] = (struct roster_person){
            id_of(string_in(person, "id")), truth_in(person, "active"), name_in(person, "name")};
    }
    return view;
}

static struct room_info info_of(const json_t *fields)
{
    struct room_info info = {
        .id = room_of(string_in(fields, "id")),
        .head = number_in(fields, "head"),
        .mid = number_in(fields, "mid"),
        .ts_ms = number_in(fields, "ts"),
        .read = number_in(fields, "read"),
        .people = (uint32_t)number_in(fields, "count"),
        .visitors = (uint32_t)number_in(fields, "visitors"),
        .name = name_in(fields, "name"),
    };
    const char *topic = string_in(fields, "topic");
    if (*topic)
        info.topic = mem_copy_string(topic, strlen(topic));
    return info;
}

static void take_from(struct event *event, const json_t *from)
{
    event->person = id_of(string_in(from, "id"));
    event->visitor = truth_in(from, "visitor");
    /* A visitor's is made of its id. */
    if (!event->visitor)
        event->name = name_in(from, "name");
}

/* What events and answers have in common. Returns owned. */
static struct event *event_of(enum event_kind kind, const json_t *fields)
{
    const char *body = is_in(fields, "emoji")  ? string_in(fields, "emoji")
                       : kind == EVENT_CREATED ? string_in(fields, "name")
                                               : string_in(fields, "text");
    struct event *event =
        event_new(kind, slice_of_string(body), slice_of_string(string_in(fields, "re")));
    if (is_in(fields, "room"))
        event->room = room_of(string_in(fields, "room"));
    event->seq = number_in(fields, "seq");
    event->mid = number_in(fields, "mid");
    event->ts_ms = number_in(fields, "ts");
    return event;
}

static struct event *shown_event(const json_t *fields)
{
    struct event *event = event_of(kind_of(fields), fields);
    event->target = number_in(fields, "target");
    event->reply_to = number_in(fields, "reply_to");
    event->edited_ms = number_in(fields, "edited");
    event->deleted = truth_in(fields, "deleted");
    event->pinned = truth_in(fields, "pinned");
    event->people = (uint32_t)number_in(fields, "count");
    event->visitors = (uint32_t)number_in(fields, "visitors");
    event->shown = event->turned = true;
    event->person_active = strcmp(string_in(fields, "state"), "active") == 0;
    event->was = name_in(fields, "was");
    event->has_cid = hex_read(slice_of_string(string_in(fields, "cid")), event->cid, CID_BYTES);
    if (is_in(fields, "from"))
        take_from(event, json_object_get(fields, "from"));
    if (is_in(fields, "reactions"))
        event->reactions = reactions_of(json_object_get(fields, "reactions"));
    if (is_in(fields, "people"))
        event->roster = roster_of(fields);
    if (is_in(fields, "info")) {
        event->info = mem_alloc(sizeof(*event->info));
        *event->info = info_of(json_object_get(fields, "info"));
    }
    return event;
}

static void write_event(struct buffer *out, const json_t *fields)
{
    const char *ev = string_in(fields, "ev");
    if (strcmp(ev, "reset") == 0) {
        web_write_reset(out, room_of(string_in(fields, "room")), number_in(fields, "head"),
                        number_in(fields, "mid"),
                        strcmp(string_in(fields, "reason"), "diverged") == 0);
    } else if (strcmp(ev, "ready") == 0) {
        web_write_ready(out);
    } else if (strcmp(ev, "heartbeat") == 0) {
        web_write_heartbeat(out, number_in(fields, "ts"));
    } else if (strcmp(ev, "goodbye") == 0) {
        web_write_goodbye(out, (uint32_t)number_in(fields, "retry_ms"));
    } else {
        struct event *event = shown_event(fields);
        web_write_event(out, event);
        if (out->len == 0)
            web_write_personal(out, event);
        event_free(event);
    }
}

static void write_welcome(struct buffer *out, const json_t *fields)
{
    const json_t *rooms = json_object_get(fields, "rooms"), *you = json_object_get(fields, "you");
    const json_t *limits = json_object_get(fields, "limits");
    struct event *event = event_of(EVENT_HELLO, fields);
    event->person = id_of(string_in(you, "id"));
    event->client = id_of(string_in(you, "client"));
    event->name = name_in(you, "name");
    event->welcome = welcome_new();
    event->welcome->rooms = mem_alloc((json_array_size(rooms) + 1) * sizeof(struct room_info));
    for (size_t i = 0; i < json_array_size(rooms); i++)
        event->welcome->rooms[event->welcome->rooms_count++] = info_of(json_array_get(rooms, i));
    web_write_welcome(out, event,
                      &(struct web_greeting_facts){
                          .token = is_in(fields, "token") ? string_in(fields, "token") : NULL,
                          .build = string_in(fields, "build"),
                          .message_bytes_max = (uint32_t)number_in(limits, "message_bytes"),
                          .heartbeat_ms = (uint32_t)number_in(fields, "heartbeat_ms"),
                      });
    event_free(event);
}

static void write_error(struct buffer *out, const json_t *fields)
{
    const json_t *error = json_object_get(fields, "error");
    web_write_error(out, slice_of_string(string_in(fields, "re")),
                    &(struct web_error){
                        string_in(error, "code"),
                        string_in(error, "message"),
                        (uint32_t)number_in(error, "retry_ms"),
                    });
}

static void write_read(struct buffer *out, const json_t *fields)
{
    const json_t *events = json_object_get(fields, "events"),
                 *rooms = json_object_get(fields, "rooms");
    struct store_read read = {
        .kind = events ? READ_HISTORY : READ_ROOMS,
        .events = event_batch_new(json_array_size(events)),
        .head = number_in(fields, "head"),
        .first = number_in(fields, "first"),
        .last = number_in(fields, "last"),
        .rooms = mem_zalloc((json_array_size(rooms) + 1) * sizeof(struct room_info)),
        .more = truth_in(fields, "more"),
    };
    strcpy(read.command_id, string_in(fields, "re"));
    if (events)
        read.room = room_of(string_in(fields, "room"));
    for (size_t i = 0; i < json_array_size(events); i++)
        event_batch_add(read.events, shown_event(json_array_get(events, i)));
    for (; read.rooms_count < json_array_size(rooms); read.rooms_count++)
        read.rooms[read.rooms_count] = info_of(json_array_get(rooms, read.rooms_count));
    web_write_read(out, &read, &(struct web_reply_form){0});
    event_batch_unref(read.events);
    for (size_t i = 0; i < read.rooms_count; i++)
        mem_free(read.rooms[i].topic);
    mem_free(read.rooms);
}

static enum event_kind answer_kind(const json_t *fields)
{
    if (is_in(fields, "mid") || is_in(fields, "changed"))
        return EVENT_MESSAGE;
    if (is_in(fields, "people"))
        return EVENT_WHO;
    if (is_in(fields, "name"))
        return EVENT_RENAME;
    return is_in(fields, "seq") ? EVENT_READ : EVENT_TYPING;
}

static void write_reply(struct buffer *out, const json_t *fields)
{
    if (is_in(fields, "error")) {
        write_error(out, fields);
    } else if (is_in(fields, "you")) {
        write_welcome(out, fields);
    } else if (is_in(fields, "events") || is_in(fields, "rooms")) {
        write_read(out, fields);
    } else {
        struct event *event = event_of(answer_kind(fields), fields);
        event->dup = truth_in(fields, "dup");
        event->unchanged = is_in(fields, "changed");
        event->name = name_in(fields, "name");
        if (event->kind == EVENT_WHO)
            event->roster = roster_of(fields);
        web_write_answer(out, event, &(struct web_reply_form){0});
        event_free(event);
    }
}

static void what_the_server_says_is_written(void **state)
{
    json_t *vectors = load("tests/vectors/events.json");
    size_t i;
    json_t *vector;
    (void)state;
    json_array_foreach (vectors, i, vector) {
        const json_t *fields = json_object_get(vector, "fields");
        const char *expected = string_in(vector, "json");
        struct buffer out = {0};
        if (is_in(fields, "ev"))
            write_event(&out, fields);
        else
            write_reply(&out, fields);
        if (!slice_is(buffer_slice(&out), expected))
            fail_msg("%s: written as %.*s", string_in(vector, "name"), (int)out.len,
                     (const char *)out.ptr);
        buffer_release(&out);
        json_t *again = json_loads(expected, JSON_REJECT_DUPLICATES, NULL);
        if (!json_equal(again, fields))
            fail_msg("%s: its text and its fields differ", string_in(vector, "name"));
        json_decref(again);
    }
    json_decref(vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_read),
        cmocka_unit_test(what_the_server_says_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
