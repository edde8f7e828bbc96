#include "vectors.h"

#include "base/memory.h"
#include "chat/act.h"
#include "chat/role.h"
#include "chat/room_settings.h"
#include "chat/search.h"
#include "chat/server_state.h"
#include "doors/hex_text.h"
#include "doors/web_reply.h"
#include "doors/web_text.h"
#include "doors/web_words.h"

static const struct {
    const char *ev;
    enum event_kind kind;
} kinds[] = {
    {"created", EVENT_CREATED},   {"message", EVENT_MESSAGE}, {"edit", EVENT_EDIT},
    {"delete", EVENT_DELETE},     {"react", EVENT_REACT},     {"unreact", EVENT_UNREACT},
    {"pin", EVENT_PIN},           {"unpin", EVENT_UNPIN},     {"topic", EVENT_TOPIC},
    {"joined", EVENT_JOINED},     {"left", EVENT_LEFT},       {"here", EVENT_HERE},
    {"renamed", EVENT_RENAMED},   {"typing", EVENT_TYPING},   {"room", EVENT_ADDED},
    {"gone", EVENT_GONE},         {"read", EVENT_READ},       {"named", EVENT_NAMED},
    {"settings", EVENT_SETTINGS}, {"added", EVENT_ADDED_BY},  {"removed", EVENT_REMOVED},
    {"host", EVENT_HOST},         {"unhost", EVENT_UNHOST},   {"level", EVENT_LEVEL},
    {"you", EVENT_YOU},           {"server", EVENT_SERVER},
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

static struct file_list *files_of(const json_t *array)
{
    struct file files[MESSAGE_FILES_MAX] = {{0}};
    size_t count = json_array_size(array);
    for (size_t i = 0; i < count; i++) {
        const json_t *from = json_array_get(array, i);
        files[i] = (struct file){
            .id = number_in(from, "id"),
            .bytes = number_in(from, "bytes"),
            .width = (uint32_t)number_in(from, "width"),
            .height = (uint32_t)number_in(from, "height"),
            .has_thumbnail = truth_in(from, "thumbnail"),
            .name = slice_of_string(string_in(from, "name")),
            .type = slice_of_string(string_in(from, "type")),
            .alt = slice_of_string(string_in(from, "alt")),
        };
    }
    return file_list_new(files, (uint32_t)count);
}

static struct people_list *people_of(const json_t *array)
{
    struct people_list *list = people_list_new((uint32_t)json_array_size(array));
    for (uint32_t i = 0; i < list->count; i++)
        list->ids[i] = id_of(json_string_value(json_array_get(array, i)));
    return list;
}

static uint8_t level_in(const json_t *fields)
{
    uint8_t level = ATTENTION_ALL;
    web_level_of_word(slice_of_string(string_in(fields, "level")), &level);
    return level;
}

static uint8_t kind_in(const json_t *fields)
{
    uint8_t kind = ROOM_DIRECT;
    web_kind_of_word(slice_of_string(string_in(fields, "kind")), &kind);
    return kind;
}

static uint32_t color_in(const json_t *fields, const char *key)
{
    const char *text = string_in(fields, key);
    return *text ? (uint32_t)strtoul(text + 1, NULL, 16) : 0;
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
        .kind = kind_in(fields),
        .level = level_in(fields),
        .host = truth_in(fields, "host"),
        .flags = (truth_in(fields, "guests") ? ROOM_FLAG_GUESTS : 0) |
                 (truth_in(fields, "default") ? ROOM_FLAG_DEFAULT : 0) |
                 (truth_in(fields, "archived") ? ROOM_FLAG_ARCHIVED : 0),
        .slow_ms = (uint32_t)number_in(fields, "slow_ms"),
        .retention_days = (uint32_t)number_in(fields, "retention_days"),
        .unread = (uint32_t)number_in(fields, "unread"),
        .mentions = (uint32_t)number_in(fields, "mentions"),
    };
    const json_t *peers = json_object_get(fields, "peers");
    info.peers_count = json_array_size(peers);
    if (info.peers_count > 0)
        info.peers = mem_zalloc(info.peers_count * sizeof(info.peers[0]));
    for (size_t i = 0; i < info.peers_count; i++) {
        const json_t *peer = json_array_get(peers, i);
        info.peers[i] = (struct peer){id_of(string_in(peer, "id")), name_in(peer, "name")};
    }
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

/* The body of a SETTINGS event. Appends to out. */
static void write_change(struct buffer *out, const json_t *fields)
{
    const struct room_change change = {
        .has_kind = is_in(fields, "kind"),
        .has_guests = is_in(fields, "guests"),
        .has_default = is_in(fields, "default"),
        .has_archived = is_in(fields, "archived"),
        .has_slow = is_in(fields, "slow_ms"),
        .has_retention = is_in(fields, "retention_days"),
        .kind = kind_in(fields),
        .guests = truth_in(fields, "guests"),
        .is_default = truth_in(fields, "default"),
        .archived = truth_in(fields, "archived"),
        .slow_ms = (uint32_t)number_in(fields, "slow_ms"),
        .retention_days = (uint32_t)number_in(fields, "retention_days"),
    };
    room_change_write(&change, out);
}

static const char *body_key(enum event_kind kind)
{
    switch (kind) {
    case EVENT_REACT:
    case EVENT_UNREACT:
        return "emoji";
    case EVENT_CREATED:
    case EVENT_NAMED:
        return "name";
    case EVENT_REMOVED:
        return "reason";
    default:
        return "text";
    }
}

/* What events and answers have in common. Returns owned. */
static struct event *event_of(enum event_kind kind, const json_t *fields)
{
    struct buffer words = {0};
    struct slice body = slice_of_string(string_in(fields, body_key(kind)));
    if (kind == EVENT_SETTINGS) {
        write_change(&words, fields);
        body = buffer_slice(&words);
    }
    struct event *event = event_new(kind, body, slice_of_string(string_in(fields, "re")));
    buffer_release(&words);
    if (is_in(fields, "room"))
        event->room = room_of(string_in(fields, "room"));
    event->seq = kind == EVENT_LEVEL ? level_in(fields) : number_in(fields, "seq");
    event->mid = number_in(fields, "mid");
    event->ts_ms = number_in(fields, "ts");
    event->unread = (uint32_t)number_in(fields, "unread");
    if (kind == EVENT_READ || kind == EVENT_LEVEL)
        event->mentions = (uint32_t)number_in(fields, "mentions");
    return event;
}

/* What a person is, of a HELLO or YOU. */
static void take_standing(struct event *event, const json_t *fields)
{
    assert_true(role_of_name(string_in(fields, "role"), &event->role));
    event->display = name_in(fields, "display");
    event->color = color_in(fields, "color");
    event->muted_ms = number_in(fields, "muted_until");
    event->session = number_in(fields, "session");
}

static struct server_state *server_of(const json_t *fields)
{
    struct server_state *server = server_state_new(0);
    server->members_only = truth_in(fields, "members_only");
    server->slow_ms = (uint32_t)number_in(fields, "slow_ms");
    server->name = name_in(fields, "name");
    return server;
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
    event->turned = true;
    event->person_active = strcmp(string_in(fields, "state"), "active") == 0;
    event->was = name_in(fields, "was");
    event->mentions_all = truth_in(fields, "mentions_all");
    event->has_cid = hex_read(slice_of_string(string_in(fields, "cid")), event->cid, CID_BYTES);
    if (is_in(fields, "from"))
        take_from(event, json_object_get(fields, "from"));
    if (is_in(fields, "reactions"))
        event->reactions = reactions_of(json_object_get(fields, "reactions"));
    if (is_in(fields, "files"))
        event->files = files_of(json_object_get(fields, "files"));
    if (json_is_array(json_object_get(fields, "mentions")))
        event->people_ids = people_of(json_object_get(fields, "mentions"));
    if (is_in(fields, "person")) {
        const json_t *person = json_object_get(fields, "person");
        event->target = id_of(string_in(person, "id"));
        event->subject = name_in(person, "name");
    }
    if (event->kind == EVENT_YOU)
        take_standing(event, fields);
    if (event->kind == EVENT_SERVER)
        event->server = server_of(fields);
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
    } else if (strcmp(ev, "ended") == 0) {
        web_write_ended(out, string_in(fields, "reason"));
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
    const json_t *limits = json_object_get(fields, "limits"),
                 *server = json_object_get(fields, "server");
    struct event *event = event_of(EVENT_HELLO, fields);
    event->person = id_of(string_in(you, "id"));
    event->client = id_of(string_in(you, "client"));
    event->name = name_in(you, "name");
    take_standing(event, you);
    event->welcome = welcome_new();
    event->welcome->server = server_of(server);
    event->welcome->rooms = mem_alloc((json_array_size(rooms) + 1) * sizeof(struct room_info));
    for (size_t i = 0; i < json_array_size(rooms); i++)
        event->welcome->rooms[event->welcome->rooms_count++] = info_of(json_array_get(rooms, i));
    web_write_welcome(out, event,
                      &(struct web_greeting_facts){
                          .token = is_in(fields, "token") ? string_in(fields, "token") : NULL,
                          .build = string_in(fields, "build"),
                          .terms = {string_in(server, "signup"), string_in(server, "guests")},
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

/* ---- lists and searches ---- */

static struct cell cell_of(const json_t *value, enum cell_kind kind)
{
    struct cell cell = {.is_null = value == NULL};
    const char *text = json_string_value(value);
    uint8_t role = 0;
    if (!text)
        cell.number = json_is_true(value) ? 1 : (uint64_t)json_integer_value(value);
    else if (kind == CELL_TEXT)
        cell.text = mem_copy_string(text, strlen(text));
    else if (kind == CELL_KEY)
        cell.number = strtoull(text, NULL, 10);
    else if (kind == CELL_PERSON)
        cell.number = id_of(text);
    else if (kind == CELL_ROOM)
        cell.number = room_of(text);
    else if (kind == CELL_COLOR)
        cell.number = strtoull(text + 1, NULL, 16);
    else if (kind == CELL_ROLE && role_of_name(text, &role))
        cell.number = role;
    return cell;
}

static void write_listing(struct buffer *out, const json_t *fields)
{
    const json_t *rows = json_object_get(fields, "rows");
    struct store_read read = {.kind = READ_LIST};
    size_t columns_count;
    strcpy(read.command_id, string_in(fields, "re"));
    assert_true(listing_of_name(string_in(fields, "what"), &read.listing.kind));
    const struct listing_column *columns = listing_columns(read.listing.kind, &columns_count);
    read.listing.rows_count = json_array_size(rows);
    read.listing.more = truth_in(fields, "more");
    read.listing.cells =
        mem_zalloc((json_array_size(rows) * columns_count + 1) * sizeof(read.listing.cells[0]));
    for (size_t i = 0; i < json_array_size(rows); i++) {
        for (size_t j = 0; j < columns_count; j++)
            read.listing.cells[i * columns_count + j] =
                cell_of(json_object_get(json_array_get(rows, i), columns[j].name), columns[j].kind);
    }
    web_write_read(out, &read, &(struct web_reply_form){0});
    listing_release(&read.listing);
}

/* The byte at which a code point begins. */
static uint32_t byte_of(struct slice text, uint64_t point)
{
    uint32_t byte = 0;
    for (; byte < text.len && (point > 0 || (text.ptr[byte] & 0xc0) == 0x80); byte++)
        point -= (text.ptr[byte] & 0xc0) != 0x80;
    return byte;
}

static void write_hits(struct buffer *out, const json_t *fields)
{
    const json_t *hits = json_object_get(fields, "hits");
    struct store_read read = {.kind = READ_SEARCH, .search = mem_zalloc(sizeof(struct search))};
    struct search *search = read.search;
    strcpy(read.command_id, string_in(fields, "re"));
    search->hits = mem_zalloc((json_array_size(hits) + 1) * sizeof(search->hits[0]));
    search->next = number_in(fields, "next");
    search->incomplete = truth_in(fields, "incomplete");
    for (; search->hits_count < json_array_size(hits); search->hits_count++) {
        const json_t *from = json_array_get(hits, search->hits_count),
                     *marks = json_object_get(from, "marks");
        struct search_hit *hit = &search->hits[search->hits_count];
        hit->room = room_of(string_in(from, "room"));
        hit->event = shown_event(json_object_get(from, "event"));
        for (; hit->marks_count < json_array_size(marks); hit->marks_count++) {
            const json_t *mark = json_array_get(marks, hit->marks_count);
            struct slice text = hit->event->message.body;
            hit->marks[hit->marks_count] = (struct search_mark){
                byte_of(text, (uint64_t)json_integer_value(json_array_get(mark, 0))),
                byte_of(text, (uint64_t)json_integer_value(json_array_get(mark, 1)))};
        }
    }
    web_write_read(out, &read, &(struct web_reply_form){0});
    search_free(search);
}

/* ---- acts ---- */

static enum act_kind act_kind_of(const json_t *fields)
{
    if (is_in(fields, "until"))
        return ACT_RESET_MAKE;
    if (is_in(fields, "link"))
        return ACT_INVITE;
    if (is_in(fields, "token"))
        return ACT_BOT;
    if (is_in(fields, "url"))
        return ACT_HOOK;
    return is_in(fields, "deleted") ? ACT_PURGE : ACT_BAN;
}

/* What links begin with is the server's address, and what they end with the token. */
static void write_act(struct buffer *out, const json_t *fields)
{
    struct event *event = event_of(EVENT_ACT, fields);
    const char *link = is_in(fields, "link") ? string_in(fields, "link") : string_in(fields, "url");
    const char *path = strstr(link, is_in(fields, "link") ? "/join#" : "/api/");
    char *site = mem_copy_string(link, path ? (size_t)(path - link) : 0);
    event->act = act_new(act_kind_of(fields));
    event->act->number = number_in(fields, "id");
    event->act->until_ms = number_in(fields, "until");
    event->act->count = (uint32_t)number_in(fields, "deleted");
    event->act->more = truth_in(fields, "more");
    if (is_in(fields, "person"))
        event->act->person = id_of(string_in(fields, "person"));
    web_write_answer(
        out, event,
        &(struct web_reply_form){
            .token = path ? path + strcspn(path, "#.") + 1 : string_in(fields, "token"),
            .public_url = site,
        });
    mem_free(site);
    event_free(event);
}

static enum event_kind answer_kind(const json_t *fields)
{
    if (is_in(fields, "mid") || is_in(fields, "changed"))
        return EVENT_MESSAGE;
    if (is_in(fields, "dup"))
        return EVENT_CREATED;
    if (is_in(fields, "level"))
        return EVENT_LEVEL;
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
    } else if (is_in(fields, "rows")) {
        write_listing(out, fields);
    } else if (is_in(fields, "hits")) {
        write_hits(out, fields);
    } else if (is_in(fields, "id") || is_in(fields, "link") || is_in(fields, "token") ||
               is_in(fields, "deleted")) {
        write_act(out, fields);
    } else {
        struct event *event = event_of(answer_kind(fields), fields);
        event->dup = truth_in(fields, "dup");
        event->unchanged = is_in(fields, "changed") || event->kind == EVENT_CREATED;
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
        cmocka_unit_test(what_the_server_says_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
