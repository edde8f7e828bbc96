#include "vectors.h"

#include "chat/role.h"
#include "chat/store.h"
#include "doors/hex_text.h"
#include "doors/web_command.h"
#include "doors/web_words.h"

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

/* The op of each command, and of each act its own. */
static const char *const op_names[] = {
    [WEB_HELLO] = "hello",   [WEB_POST] = "post",     [WEB_EDIT] = "edit",
    [WEB_DELETE] = "delete", [WEB_REACT] = "react",   [WEB_UNREACT] = "unreact",
    [WEB_PIN] = "pin",       [WEB_UNPIN] = "unpin",   [WEB_TOPIC] = "topic",
    [WEB_CREATE] = "create", [WEB_DIRECT] = "direct", [WEB_JOIN] = "join",
    [WEB_LEAVE] = "leave",   [WEB_NAME] = "name",     [WEB_SETTINGS] = "settings",
    [WEB_ADD] = "add",       [WEB_REMOVE] = "remove", [WEB_HOST] = "host",
    [WEB_UNHOST] = "unhost", [WEB_READ] = "read",     [WEB_LEVEL] = "level",
    [WEB_TYPING] = "typing", [WEB_ACTIVE] = "active", [WEB_RENAME] = "rename",
    [WEB_HERE] = "here",     [WEB_ROOMS] = "rooms",   [WEB_HISTORY] = "history",
    [WEB_LIST] = "list",     [WEB_SEARCH] = "search",
};

static const struct {
    const char *op;
    const char *number; /* what its number is called */
    const char *text;   /* what its text is called */
} act_names[ACT_END_KIND] = {
    [ACT_SIGN_OUT] = {"sign_out", NULL, NULL},
    [ACT_SESSION_END] = {"session_end", "session", NULL},
    [ACT_SESSIONS_END] = {"sessions_end", NULL, NULL},
    [ACT_PROFILE] = {"profile", NULL, NULL},
    [ACT_RESET_MAKE] = {"reset_link", NULL, NULL},
    [ACT_INVITE] = {"invite", NULL, "note"},
    [ACT_INVITE_END] = {"invite_end", "invite", NULL},
    [ACT_ROLE] = {"role", NULL, NULL},
    [ACT_BOT] = {"bot", NULL, NULL},
    [ACT_BOT_END] = {"bot_end", NULL, NULL},
    [ACT_HOOK] = {"webhook", NULL, NULL},
    [ACT_HOOK_END] = {"webhook_end", "webhook", NULL},
    [ACT_KICK] = {"kick", NULL, "reason"},
    [ACT_MUTE] = {"mute", NULL, "reason"},
    [ACT_UNMUTE] = {"unmute", NULL, NULL},
    [ACT_BAN] = {"ban", NULL, "reason"},
    [ACT_BAN_END] = {"ban_end", "ban", NULL},
    [ACT_REPORT] = {"report", NULL, "reason"},
    [ACT_REPORT_END] = {"report_end", "report", "note"},
    [ACT_PURGE] = {"purge", NULL, NULL},
    [ACT_BRAKE] = {"brake", NULL, NULL},
    [ACT_SERVER_NAME] = {"server_name", NULL, NULL},
    [ACT_FILE_END] = {"file_end", "file", NULL},
};

static void set_string(json_t *out, const char *key, const char *text)
{
    json_object_set_new(out, key, json_string(text));
}

/* Numbers that are 0 were not said. */
static void set_number(json_t *out, const char *key, uint64_t number)
{
    if (number > 0)
        json_object_set_new(out, key, json_integer((json_int_t)number));
}

static void set_key(json_t *out, const char *key, uint64_t number)
{
    if (number > 0)
        json_object_set_new(out, key, json_sprintf("%llu", (unsigned long long)number));
}

static void set_person(json_t *out, const char *key, uint64_t person)
{
    if (person > 0)
        json_object_set_new(out, key, json_sprintf("%016llx", (unsigned long long)person));
}

static void set_truth(json_t *out, const char *key, bool said, bool truth)
{
    if (said)
        json_object_set_new(out, key, json_boolean(truth));
}

static void set_name(json_t *out, const char *key, const struct name *name)
{
    if (name->len > 0)
        json_object_set_new(out, key, text_json(name_slice(name)));
}

static void add_change(json_t *out, const struct room_change *change)
{
    if (change->has_kind && change->kind != ROOM_DIRECT)
        set_string(out, "kind", web_kind_word(change->kind));
    set_truth(out, "guests", change->has_guests, change->guests);
    set_truth(out, "default", change->has_default, change->is_default);
    set_truth(out, "archived", change->has_archived, change->archived);
    if (change->has_slow)
        json_object_set_new(out, "slow_ms", json_integer(change->slow_ms));
    if (change->has_retention)
        json_object_set_new(out, "retention_days", json_integer(change->retention_days));
}

static void add_lists(json_t *out, const struct web_command *command)
{
    if (command->people) {
        json_t *people = json_array();
        for (uint32_t i = 0; i < command->people->count; i++)
            json_array_append_new(
                people, json_sprintf("%016llx", (unsigned long long)command->people->ids[i]));
        json_object_set_new(out, "people", people);
    }
    if (command->files) {
        json_t *files = json_array();
        for (uint32_t i = 0; i < command->files->count; i++) {
            const struct file *from = &command->files->list[i];
            json_t *file = json_object();
            set_key(file, "id", from->id);
            if (from->alt.len > 0)
                json_object_set_new(file, "alt", text_json(from->alt));
            json_array_append_new(files, file);
        }
        json_object_set_new(out, "files", files);
    }
}

static void add_kept(json_t *out, const struct web_command *command)
{
    struct buffer cid = {0};
    hex_write(&cid, command->cid, CID_BYTES);
    json_object_set_new(out, "cid", text_json(buffer_slice(&cid)));
    buffer_release(&cid);
    if (command->op >= WEB_ADD && command->op <= WEB_UNHOST)
        set_person(out, "person", command->target);
    else
        set_number(out, "target", command->target);
    set_number(out, "reply_to", command->reply_to);
    const char *text = command->op == WEB_REACT || command->op == WEB_UNREACT ? "emoji"
                       : command->op == WEB_REMOVE                            ? "reason"
                                                                              : "text";
    if (command->text.ptr)
        json_object_set_new(out, text, text_json(command->text));
    if (command->change)
        add_change(out, command->change);
    add_lists(out, command);
}

static void add_hello(json_t *out, const struct web_command *command)
{
    if (command->has_token)
        json_object_set_new(out, "token", text_json(command->token));
    json_object_set_new(out, "cursors", cursors_json(command));
}

static void add_where(json_t *out, const struct web_command *command)
{
    static const char *const keys[] = {[READ_BEFORE] = "before",
                                       [READ_AFTER] = "after",
                                       [READ_AROUND] = "around",
                                       [READ_AT] = "at"};
    if (command->op == WEB_ROOMS)
        json_object_set_new(out, "after", text_json(name_slice(&command->name)));
    else if (command->where != READ_NEWEST)
        json_object_set_new(out, keys[command->where], json_integer((json_int_t)command->seq));
}

static void add_list(json_t *out, const struct web_command *command)
{
    set_string(out, "what", listing_name((enum listing_kind)command->list));
    set_name(out, "after", &command->name);
    if (command->list == LIST_PINS)
        set_number(out, "after", command->after);
    else if (command->list == LIST_BOTS || command->list == LIST_MUTES)
        set_person(out, "after", command->after);
    else
        set_key(out, "after", command->after);
}

static void add_act(json_t *out, const struct web_command *command)
{
    const struct act *act = command->act;
    set_string(out, "op", act_names[act->kind].op);
    set_person(out, "person", act->person);
    if (act->address[0])
        set_string(out, "address", act->address);
    if (act_names[act->kind].number)
        set_key(out, act_names[act->kind].number, act->number);
    if (act->text)
        set_string(out, act_names[act->kind].text, act->text);
    set_number(out, "target", act->seq);
    set_number(out, "for_ms", command->for_ms);
    set_number(out, "until_ms", act->until_ms);
    set_number(out, "count", act->count);
    if (act->role != ROLE_GUEST)
        set_string(out, "role", role_name(act->role));
    set_name(out, "name", &act->name);
    if (act->kind == ACT_SERVER_NAME) /* it may be empty */
        json_object_set_new(out, "name", text_json(name_slice(&act->name)));
    set_name(out, "display", &act->display);
    if (act->color)
        json_object_set_new(out, "color", json_sprintf("#%06x", act->color));
    set_truth(out, "members_only", act->kind == ACT_BRAKE, act->members_only);
    set_number(out, "slow_ms", act->slow_ms);
    for (size_t i = 0; i < act->rooms_count; i++) {
        json_t *room = json_object();
        set_room(room, "id", act->rooms[i]);
        if (i == 0)
            json_object_set_new(out, "rooms", json_array());
        json_array_append(json_object_get(out, "rooms"), json_object_get(room, "id"));
        json_decref(room);
    }
}

static void add_rest(json_t *out, const struct web_command *command)
{
    if (command->op >= WEB_POST && command->op <= WEB_UNHOST)
        add_kept(out, command);
    set_number(out, "limit", command->limit);
    switch (command->op) {
    case WEB_HELLO:
        add_hello(out, command);
        break;
    case WEB_ROOMS:
    case WEB_HISTORY:
        add_where(out, command);
        break;
    case WEB_READ:
        json_object_set_new(out, "seq", json_integer((json_int_t)command->seq));
        break;
    case WEB_LEVEL:
        set_string(out, "level", web_level_word(command->level));
        break;
    case WEB_LIST:
        add_list(out, command);
        break;
    case WEB_SEARCH:
        set_string(out, "text", command->search->typed);
        set_key(out, "before", command->search->before);
        break;
    case WEB_ACT:
        add_act(out, command);
        break;
    default:
        break;
    }
}

/* Returns owned what was read, in the words of the vectors. */
static json_t *read_json(const struct web_command *command)
{
    json_t *out = json_object();
    if (command->error.code) {
        json_object_set_new(out, "re", command->id.ptr ? text_json(command->id) : json_null());
        set_string(out, "error", command->error.code);
        return out;
    }
    assert_in_range(command->op, 1, WEB_ACT);
    json_object_set_new(out, "id", text_json(command->id));
    if (command->op != WEB_ACT)
        set_string(out, "op", op_names[command->op]);
    if (command->room > 0)
        set_room(out, "room", command->room);
    set_truth(out, "active", command->op == WEB_HELLO || command->op == WEB_ACTIVE,
              command->active);
    if (command->op != WEB_ROOMS && command->op != WEB_LIST)
        set_name(out, "name", &command->name);
    add_rest(out, command);
    return out;
}

static void assert_all_seen(const bool ops[WEB_ACT], const bool acts[ACT_END_KIND])
{
    for (size_t op = WEB_HELLO; op < WEB_ACT; op++) {
        if (!ops[op])
            fail_msg("no vector for %s", op_names[op]);
    }
    for (size_t kind = 0; kind < ACT_END_KIND; kind++) {
        if (act_names[kind].op && !acts[kind])
            fail_msg("no vector for %s", act_names[kind].op);
    }
}

static void commands_are_read(void **state)
{
    json_t *vectors = load("tests/vectors/commands.json");
    bool ops[WEB_ACT + 1] = {false}, acts[ACT_END_KIND] = {false};
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
        if (!command.error.code) {
            ops[command.op] = true;
            acts[command.act ? command.act->kind : 0] = true;
        }
        json_decref(out);
        web_command_release(&command);
    }
    assert_all_seen(ops, acts);
    json_decref(vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
