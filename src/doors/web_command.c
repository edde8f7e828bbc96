#include "doors/web_command.h"

#include "base/error.h"
#include "base/memory.h"
#include "chat/role.h"
#include "doors/web_field.h"
#include "proto/json_scan.h"

/* ---- what there is to say ---- */

/* Short, so that a command is a line or two below; clang-format would give each six lines. */
/* clang-format off */
#define FIELDS(...) ((const struct web_field[]){__VA_ARGS__, {NULL, NULL, false}})
#define NEED(key, reader) {key, reader, false}
#define MAY(key, reader) {key, reader, true}
#define ROOM NEED("room", web_read_room)
#define CID NEED("cid", web_read_cid)
#define TARGET NEED("target", web_read_target)
#define NAME NEED("name", web_read_name)
#define PERSON_IN NEED("person", web_read_target_person)
#define PERSON NEED("person", web_read_act_person)
#define LIMIT MAY("limit", web_read_limit)
#define GUESTS MAY("guests", web_read_guests)
#define DEFAULT MAY("default", web_read_default)
#define REASON MAY("reason", web_read_act_text)
#define FOR MAY("for_ms", web_read_act_for)
/* clang-format on */

static const struct op {
    const char *name;
    const struct web_field *fields;
    uint8_t op;  /* enum web_op */
    uint8_t act; /* enum act_kind; 0 but for ACT */
} ops[] = {
    {"hello",
     FIELDS(MAY("token", web_read_token), MAY("name", web_read_name),
            MAY("active", web_read_active), MAY("cursors", web_read_cursors)),
     WEB_HELLO, 0},

    {"post",
     FIELDS(ROOM, CID, MAY("files", web_read_files), NEED("text", web_read_text_of_post),
            MAY("reply_to", web_read_reply_to)),
     WEB_POST, 0},
    {"edit", FIELDS(ROOM, CID, TARGET, NEED("text", web_read_text_of_edit)), WEB_EDIT, 0},
    {"delete", FIELDS(ROOM, CID, TARGET), WEB_DELETE, 0},
    {"react", FIELDS(ROOM, CID, TARGET, NEED("emoji", web_read_emoji)), WEB_REACT, 0},
    {"unreact", FIELDS(ROOM, CID, TARGET, NEED("emoji", web_read_emoji)), WEB_UNREACT, 0},
    {"pin", FIELDS(ROOM, CID, TARGET), WEB_PIN, 0},
    {"unpin", FIELDS(ROOM, CID, TARGET), WEB_UNPIN, 0},
    {"topic", FIELDS(ROOM, CID, NEED("text", web_read_topic)), WEB_TOPIC, 0},

    {"create", FIELDS(CID, NAME, NEED("kind", web_read_kind), GUESTS, DEFAULT), WEB_CREATE, 0},
    {"direct", FIELDS(CID, NEED("people", web_read_people)), WEB_DIRECT, 0},
    {"join", FIELDS(ROOM, CID), WEB_JOIN, 0},
    {"leave", FIELDS(ROOM, CID), WEB_LEAVE, 0},
    {"name", FIELDS(ROOM, CID, NAME), WEB_NAME, 0},
    {"settings",
     FIELDS(ROOM, CID, MAY("kind", web_read_kind), GUESTS, DEFAULT,
            MAY("archived", web_read_archived), MAY("slow_ms", web_read_slow),
            MAY("retention_days", web_read_retention), NEED("", web_read_any_change)),
     WEB_SETTINGS, 0},
    {"add", FIELDS(ROOM, CID, PERSON_IN), WEB_ADD, 0},
    {"remove", FIELDS(ROOM, CID, PERSON_IN, MAY("reason", web_read_reason_text)), WEB_REMOVE, 0},
    {"host", FIELDS(ROOM, CID, PERSON_IN), WEB_HOST, 0},
    {"unhost", FIELDS(ROOM, CID, PERSON_IN), WEB_UNHOST, 0},

    {"read", FIELDS(ROOM, NEED("seq", web_read_seq)), WEB_READ, 0},
    {"level", FIELDS(ROOM, NEED("level", web_read_level)), WEB_LEVEL, 0},
    {"typing", FIELDS(ROOM), WEB_TYPING, 0},
    {"active", FIELDS(NEED("active", web_read_active)), WEB_ACTIVE, 0},
    {"rename", FIELDS(NAME), WEB_RENAME, 0},

    {"here", FIELDS(ROOM), WEB_HERE, 0},
    {"rooms", FIELDS(MAY("after", web_read_after_name), LIMIT), WEB_ROOMS, 0},
    {"history", FIELDS(ROOM, NEED("", web_read_where), LIMIT), WEB_HISTORY, 0},
    {"list", FIELDS(NEED("what", web_read_list), LIMIT), WEB_LIST, 0},
    {"search", FIELDS(NEED("text", web_read_search)), WEB_SEARCH, 0},

    {"profile", FIELDS(MAY("display", web_read_act_display), MAY("color", web_read_act_color)),
     WEB_ACT, ACT_PROFILE},
    {"session_end", FIELDS(NEED("session", web_read_act_number)), WEB_ACT, ACT_SESSION_END},
    {"sessions_end", NULL, WEB_ACT, ACT_SESSIONS_END},
    {"sign_out", NULL, WEB_ACT, ACT_SIGN_OUT},
    {"file_end", FIELDS(NEED("file", web_read_act_number)), WEB_ACT, ACT_FILE_END},
    {"report",
     FIELDS(NEED("room", web_read_act_room), NEED("target", web_read_act_target),
            NEED("reason", web_read_act_words)),
     WEB_ACT, ACT_REPORT},

    {"role", FIELDS(PERSON, NEED("role", web_read_act_role)), WEB_ACT, ACT_ROLE},
    {"reset_link", FIELDS(PERSON), WEB_ACT, ACT_RESET_MAKE},
    {"invite",
     FIELDS(MAY("until_ms", web_read_act_until), MAY("count", web_read_act_count),
            MAY("role", web_read_act_role), MAY("rooms", web_read_act_rooms),
            MAY("note", web_read_act_text)),
     WEB_ACT, ACT_INVITE},
    {"invite_end", FIELDS(NEED("invite", web_read_act_number)), WEB_ACT, ACT_INVITE_END},
    {"bot", FIELDS(NEED("name", web_read_act_name)), WEB_ACT, ACT_BOT},
    {"bot_end", FIELDS(PERSON), WEB_ACT, ACT_BOT_END},
    {"webhook", FIELDS(NEED("room", web_read_act_room), NEED("name", web_read_act_name)), WEB_ACT,
     ACT_HOOK},
    {"webhook_end", FIELDS(NEED("webhook", web_read_act_number)), WEB_ACT, ACT_HOOK_END},
    {"kick", FIELDS(PERSON, REASON), WEB_ACT, ACT_KICK},
    {"mute", FIELDS(PERSON, FOR, REASON), WEB_ACT, ACT_MUTE},
    {"unmute", FIELDS(PERSON), WEB_ACT, ACT_UNMUTE},
    {"ban", FIELDS(NEED("person", web_read_act_person_or_address), FOR, REASON), WEB_ACT, ACT_BAN},
    {"ban_end", FIELDS(NEED("ban", web_read_act_number)), WEB_ACT, ACT_BAN_END},
    {"report_end", FIELDS(NEED("report", web_read_act_number), MAY("note", web_read_act_text)),
     WEB_ACT, ACT_REPORT_END},
    {"purge", FIELDS(PERSON), WEB_ACT, ACT_PURGE},
    {"brake",
     FIELDS(NEED("members_only", web_read_act_members_only), MAY("slow_ms", web_read_act_slow)),
     WEB_ACT, ACT_BRAKE},
    {"server_name", FIELDS(NEED("name", web_read_act_server_name)), WEB_ACT, ACT_SERVER_NAME},
};

/* ---- reading it ---- */

static const struct op *find_op(struct slice name)
{
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        if (slice_is(name, ops[i].name))
            return &ops[i];
    }
    return NULL;
}

/* What a command is before its fields say more. */
static void begin(struct web_command *command, const struct op *op)
{
    command->op = op->op;
    if (op->op == WEB_HELLO)
        command->active = true;
    if (op->op == WEB_ROOMS || op->op == WEB_HISTORY || op->op == WEB_LIST)
        command->limit = WEB_PAGE_DEFAULT;
    if (op->op == WEB_CREATE || op->op == WEB_DIRECT || op->op == WEB_SETTINGS)
        command->change = mem_zalloc(sizeof(*command->change));
    if (op->op == WEB_ACT)
        command->act = act_new((enum act_kind)op->act);
    if (op->act == ACT_INVITE)
        command->act->role = ROLE_MEMBER;
}

static void read_fields(struct web_command *command, const struct web_field *fields)
{
    for (const struct web_field *field = fields; field && field->key; field++) {
        const json_t *value = json_object_get(command->json, field->key);
        if ((value || !field->optional) && !field->read(command, field->key, value))
            return;
    }
}

static void read_object(struct web_command *command)
{
    struct slice id = web_string_of(json_object_get(command->json, "id"));
    struct slice name = web_string_of(json_object_get(command->json, "op"));
    if (id.len == 0 || id.len > COMMAND_ID_BYTES_MAX) {
        web_refuse_field(command, "id", "a string of 1 to 64 bytes is needed");
        return;
    }
    command->id = id;
    if (!name.ptr) {
        web_refuse_field(command, "op", "a string is needed");
        return;
    }
    const struct op *op = find_op(name);
    if (!op) {
        command->error = web_error_unknown_op;
        return;
    }
    begin(command, op);
    read_fields(command, op->fields);
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
    if (json_is_object(object))
        read_object(ret_command);
    else
        ret_command->error = web_error_bad_json;
}

void web_command_release(struct web_command *command)
{
    mem_free(command->cursors);
    mem_free(command->change);
    mem_free(command->people);
    mem_free(command->files);
    search_free(command->search);
    act_free(command->act);
    json_decref(command->json);
    *command = (struct web_command){.op = WEB_NONE};
}
