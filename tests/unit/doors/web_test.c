#include "serve/ws_rig.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/hub.h"
#include "chat/roster.h"
#include "doors/guest.h"
#include "doors/web.h"

/*
 * The session: a real connection on one side, a hub that only writes down what it is asked on the
 * other.
 */

#define TOKEN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopE"
#define CID "\"cid\":\"00112233445566778899aabbccddeeff\""
#define HELLO "{\"op\":\"hello\",\"id\":\"1\"}"

static struct {
    struct client *client; /* between hub_add and hub_remove */
    unsigned adds, removes, drains;
    struct buffer asked; /* what was asked, each with a '|' behind it */
    uint8_t token_hash[TOKEN_HASH_BYTES];
    int result; /* of the next calls */
    uint32_t rate_ms;
    bool busy;
} fake;

static struct web_door door;
static struct ws_conn *session;

/* ---- the hub ---- */

static int note(const char *what, uint64_t room, struct slice id)
{
    buffer_printf(&fake.asked, "%s room=%llx id=%.*s|", what, (unsigned long long)room, (int)id.len,
                  (const char *)id.ptr);
    return fake.result;
}

void hub_add(struct hub *hub, struct client *client, const struct client_door *client_door,
             void *link, uint64_t id, enum lane_number lane)
{
    assert_null(hub);
    assert_null(fake.client);
    assert_ptr_equal(link, session->conn);
    assert_int_equal(lane, LANE_WEB);
    client->door = client_door;
    client->id = id;
    fake.client = client;
    fake.adds++;
}

void hub_remove(struct client *client)
{
    assert_ptr_equal(client, fake.client);
    fake.client = NULL;
    fake.removes++;
}

int hub_hello(struct client *client, const struct hello *hello)
{
    assert_ptr_equal(client, fake.client);
    memcpy(fake.token_hash, hello->token_hash, TOKEN_HASH_BYTES);
    buffer_printf(&fake.asked, "hello name=%s shown=%d active=%d cursors=",
                  hello->name ? hello->name->text : "-", hello->has_token, hello->active);
    for (size_t i = 0; i < hello->cursors_count; i++)
        buffer_printf(&fake.asked, "%llx:%llu:%llu,", (unsigned long long)hello->cursors[i].room,
                      (unsigned long long)hello->cursors[i].seq,
                      (unsigned long long)hello->cursors[i].mid);
    return note("", 0, hello->command_id);
}

int hub_command(struct client *client, const struct command *command)
{
    assert_ptr_equal(client, fake.client);
    assert_memory_equal(command->cid,
                        "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
                        CID_BYTES);
    buffer_printf(&fake.asked, "kind=%u target=%llu reply_to=%llu name=%s body=%.*s", command->kind,
                  (unsigned long long)command->target, (unsigned long long)command->reply_to,
                  command->name ? command->name->text : "-", (int)command->message.body.len,
                  (const char *)command->message.body.ptr);
    return note("", command->room, command->command_id);
}

uint32_t hub_rate(struct client *client)
{
    assert_ptr_equal(client, fake.client);
    return fake.rate_ms;
}

uint32_t hub_rate_debt(struct client *client)
{
    (void)client;
    fail();
    return 0;
}

bool hub_is_busy(struct client *client)
{
    assert_ptr_equal(client, fake.client);
    return fake.busy;
}

int hub_rename(struct client *client, const struct name *name, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    buffer_printf(&fake.asked, "name=%s ", name->text);
    return note("rename", 0, command_id);
}

int hub_set_active(struct client *client, bool active, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    return note(active ? "active" : "idle", 0, command_id);
}

int hub_mark_read(struct client *client, uint64_t room, uint64_t seq, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    buffer_printf(&fake.asked, "seq=%llu ", (unsigned long long)seq);
    return note("read", room, command_id);
}

int hub_typing(struct client *client, uint64_t room, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    return note("typing", room, command_id);
}

int hub_who(struct client *client, uint64_t room, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    return note("who", room, command_id);
}

int hub_history(struct client *client, uint64_t room, enum read_where where, uint64_t seq,
                uint32_t limit, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    buffer_printf(&fake.asked, "where=%d seq=%llu limit=%u ", where, (unsigned long long)seq,
                  limit);
    return note("history", room, command_id);
}

int hub_rooms(struct client *client, const struct name *after, uint32_t limit,
              struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    buffer_printf(&fake.asked, "after=%s limit=%u ", after->text, limit);
    return note("rooms", 0, command_id);
}

void hub_drained(struct client *client)
{
    assert_ptr_equal(client, fake.client);
    fake.drains++;
}

/* ---- both sides ---- */

static struct ws_conn *open_session(void *ctx, struct conn *conn, const struct ws_offer *offer)
{
    (void)ctx;
    door.terms.now_ms = &conn->loop->now_ms;
    session = web_open(&door, conn, offer);
    return session;
}

static int use(void **state)
{
    ws_rig_use_unconnected(state);
    ws_rig.endpoint.open = open_session;
    memset(&fake, 0, sizeof(fake));
    door = (struct web_door){
        .server = &ws_rig.server,
        .build = "b1",
        .heartbeat_ms = 30000,
        .errors = {2, 20},
        .waits = {20, 200},
    };
    return 0;
}

static int take_down(void **state)
{
    ws_rig_take_down(state);
    assert_null(fake.client);
    assert_int_equal(fake.adds, fake.removes);
    buffer_release(&fake.asked);
    return 0;
}

static void connect_client(void)
{
    assert_true(serve_rig_connect());
    assert_int_equal(ws_rig_handshake("").status, 101);
}

/* Waits until the hub was asked just this, and forgets it. */
static void assert_asked(const char *expected)
{
    SERVE_UNTIL(fake.asked.len >= strlen(expected));
    if (!slice_is(buffer_slice(&fake.asked), expected))
        fail_msg("asked \"%.*s\" and not \"%s\"", (int)fake.asked.len, (const char *)fake.asked.ptr,
                 expected);
    fake.asked.len = 0;
}

static void assert_said(const char *expected)
{
    struct slice frame = ws_rig_frame(0x81);
    if (!slice_is(frame, expected))
        fail_msg("said \"%.*s\" and not \"%s\"", (int)frame.len, (const char *)frame.ptr, expected);
}

/* Waits for an error with this code; id is as in JSON. */
static void assert_refused(const char *id, const char *code, const char *end)
{
    struct buffer begin = {0};
    struct slice frame = ws_rig_frame(0x81);
    buffer_printf(&begin, "{\"re\":%s,\"error\":{\"code\":\"%s\",\"message\":\"", id, code);
    if (frame.len < begin.len + strlen(end) || memcmp(frame.ptr, begin.ptr, begin.len) != 0 ||
        memcmp(frame.ptr + frame.len - strlen(end), end, strlen(end)) != 0)
        fail_msg("said \"%.*s\"", (int)frame.len, (const char *)frame.ptr);
    buffer_release(&begin);
}

/* The hub's answer to a command. */
static void answer(enum event_kind kind, const char *id, int result)
{
    struct event *event = event_new(kind, slice_of(NULL, 0), slice_of_string(id));
    event->room = ROOM_LOBBY;
    event->person = 0xab;
    event->client = fake.client->id;
    event->result = result;
    event->name = (struct name){3, "Ann"};
    if (kind == EVENT_HELLO)
        event->welcome = welcome_new();
    if (kind == EVENT_WHO)
        event->roster = roster_view_new(0);
    fake.client->door->on_answer(fake.client, event);
    event_free(event);
}

/* The token in a hello's reply; borrowed until the next frame. */
static struct slice said_token(void)
{
    static const char key[] = "\"token\":\"";
    struct slice frame = ws_rig_frame(0x81);
    const char *at = memmem(frame.ptr, frame.len, key, sizeof(key) - 1);
    return at ? slice_of(at + sizeof(key) - 1, GUEST_TOKEN_LEN) : slice_of(NULL, 0);
}

static void greet(void)
{
    connect_client();
    ws_rig_send_text(HELLO);
    SERVE_UNTIL(fake.asked.len > 0);
    fake.asked.len = 0;
    answer(EVENT_HELLO, "1", OK);
    assert_int_equal(said_token().len, GUEST_TOKEN_LEN);
}

/* ---- hello ---- */

static void a_new_guest_gets_a_token(void **state)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    (void)state;
    connect_client();
    ws_rig_send_text(HELLO);
    assert_asked("hello name=- shown=0 active=1 cursors= room=0 id=1|");
    answer(EVENT_HELLO, "1", OK);
    struct slice token = said_token();
    assert_true(guest_token_is_valid(token));
    guest_token_hash((const char *)token.ptr, hash);
    assert_memory_equal(hash, fake.token_hash, sizeof(hash));
    fake.client->door->on_ready(fake.client);
    assert_said("{\"ev\":\"ready\"}");
}

static void somebody_comes_back(void **state)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    (void)state;
    connect_client();
    ws_rig_send_text("{\"op\":\"hello\",\"id\":\"a\",\"token\":\"" TOKEN "\",\"name\":\"Ann\","
                     "\"active\":false,\"cursors\":{\"lobby\":{\"seq\":41,\"mid\":\"8\"},"
                     "\"00000000002a\":{\"seq\":0}}}");
    SERVE_UNTIL(fake.asked.len > 0);
    assert_non_null(memmem(fake.asked.ptr, fake.asked.len, "1:41:8,", 7));
    assert_non_null(memmem(fake.asked.ptr, fake.asked.len, "2a:0:0,", 7));
    assert_memory_equal(fake.asked.ptr, "hello name=Ann shown=1 active=0", 31);
    guest_token_hash(TOKEN, hash);
    assert_memory_equal(hash, fake.token_hash, sizeof(hash));
    answer(EVENT_HELLO, "a", OK);
    assert_true(slice_is(said_token(), TOKEN));
}

static void a_token_that_nobody_knows_makes_a_new_guest(void **state)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    (void)state;
    connect_client();
    ws_rig_send_text("{\"op\":\"hello\",\"id\":\"a\",\"token\":\"" TOKEN "\",\"name\":\"Ann\","
                     "\"cursors\":{\"lobby\":{\"seq\":41,\"mid\":\"8\"}}}");
    assert_asked("hello name=Ann shown=1 active=1 cursors=1:41:8, room=0 id=a|");
    memcpy(hash, fake.token_hash, sizeof(hash));
    answer(EVENT_HELLO, "a", ERR_NOT_FOUND);
    assert_asked("hello name=Ann shown=0 active=1 cursors=1:41:8, room=0 id=a|");
    assert_memory_not_equal(hash, fake.token_hash, sizeof(hash));
    answer(EVENT_HELLO, "a", OK);
    struct slice token = said_token();
    assert_true(guest_token_is_valid(token));
    guest_token_hash((const char *)token.ptr, hash);
    assert_memory_equal(hash, fake.token_hash, sizeof(hash));
    assert_int_equal(fake.adds, 1);
}

static void who_is_turned_away_may_try_again(void **state)
{
    (void)state;
    connect_client();
    ws_rig_send_text(HELLO);
    SERVE_UNTIL(fake.asked.len > 0);
    answer(EVENT_HELLO, "1", ERR_DENIED);
    assert_refused("\"1\"", "guests_off", "\"}}");
    ws_rig_send_text("{\"op\":\"typing\",\"id\":\"2\",\"room\":\"lobby\"}");
    assert_refused("\"2\"", "hello_first", "\"}}");
    fake.asked.len = 0;
    ws_rig_send_text(HELLO);
    SERVE_UNTIL(fake.asked.len > 0);
    answer(EVENT_HELLO, "1", ERR_BUSY);
    assert_refused("\"1\"", "disk_full", ",\"retry_ms\":5000}}");
    fake.result = ERR_BUSY; /* not even submitted */
    ws_rig_send_text(HELLO);
    assert_refused("\"1\"", "busy", ",\"retry_ms\":1000}}");
    fake.result = OK;
    fake.asked.len = 0;
    ws_rig_send_text(HELLO);
    SERVE_UNTIL(fake.asked.len > 0);
    answer(EVENT_HELLO, "1", OK);
    assert_int_equal(said_token().len, GUEST_TOKEN_LEN);
    assert_int_equal(fake.adds, 1);
}

static void hello_said_again(void **state)
{
    (void)state;
    greet();
    ws_rig_send_text("{\"op\":\"hello\",\"id\":\"2\",\"cursors\":{\"lobby\":{\"seq\":7}}}");
    assert_asked("hello name=- shown=0 active=1 cursors=1:7:0, room=0 id=2|");
    ws_rig_send_text("{\"op\":\"hello\",\"id\":\"3\"}");
    assert_refused("\"3\"", "busy", ",\"retry_ms\":1000}}");
    answer(EVENT_HELLO, "2", OK);
    assert_null(said_token().ptr); /* whose it is, the client knows already */
    ws_rig_send_text("{\"op\":\"hello\",\"id\":\"4\"}");
    SERVE_UNTIL(fake.asked.len > 0);
    fake.asked.len = 0;
    answer(EVENT_HELLO, "4", ERR_INTERNAL);
    assert_refused("\"4\"", "busy", ",\"retry_ms\":1000}}");
    /* It is still who it was. */
    ws_rig_send_text("{\"op\":\"typing\",\"id\":\"5\",\"room\":\"lobby\"}");
    assert_asked("typing room=1 id=5|");
    fake.rate_ms = 300;
    ws_rig_send_text("{\"op\":\"hello\",\"id\":\"6\"}");
    assert_refused("\"6\"", "rate_limited", ",\"retry_ms\":300}}");
}

static void nothing_goes_before_hello(void **state)
{
    (void)state;
    connect_client();
    ws_rig_send_text("{\"op\":\"post\",\"id\":\"1\"}"); /* whatever else is wrong with it */
    assert_refused("\"1\"", "hello_first", "\"}}");
    ws_rig_send_text("{\"op\":\"dance\",\"id\":\"1\"}");
    assert_refused("\"1\"", "unknown_op", "\"}}");
    ws_rig_send_text("{");
    assert_refused("null", "bad_json", "\"}}");
    ws_rig_send_text("{\"op\":\"hello\",\"id\":\"1\",\"name\":1}");
    assert_refused("\"1\"", "bad_request", "\"}}");
    ws_rig_send_text(HELLO);
    SERVE_UNTIL(fake.asked.len > 0);
    ws_rig_send_text("{\"op\":\"typing\",\"id\":\"2\",\"room\":\"lobby\"}");
    assert_refused("\"2\"", "hello_first", "\"}}");
    serve_rig_close(); /* with a hello that is never answered */
    assert_int_equal(fake.removes, 1);
}

/* ---- commands ---- */

static const struct {
    const char *said, *asked;
} commands[] = {
    {"\"op\":\"post\",\"room\":\"lobby\"," CID ",\"text\":\"hi\",\"reply_to\":3",
     "kind=2 target=0 reply_to=3 name=- body=hi room=1 id=7|"},
    {"\"op\":\"edit\",\"room\":\"lobby\"," CID ",\"text\":\"hi\",\"target\":4",
     "kind=3 target=4 reply_to=0 name=- body=hi room=1 id=7|"},
    {"\"op\":\"delete\",\"room\":\"00000000002a\"," CID ",\"target\":4",
     "kind=4 target=4 reply_to=0 name=- body= room=2a id=7|"},
    {"\"op\":\"react\",\"room\":\"lobby\"," CID ",\"target\":4,\"emoji\":\"+1\"",
     "kind=5 target=4 reply_to=0 name=- body=+1 room=1 id=7|"},
    {"\"op\":\"unreact\",\"room\":\"lobby\"," CID ",\"target\":4,\"emoji\":\"+1\"",
     "kind=6 target=4 reply_to=0 name=- body=+1 room=1 id=7|"},
    {"\"op\":\"pin\",\"room\":\"lobby\"," CID ",\"target\":4",
     "kind=7 target=4 reply_to=0 name=- body= room=1 id=7|"},
    {"\"op\":\"unpin\",\"room\":\"lobby\"," CID ",\"target\":4",
     "kind=8 target=4 reply_to=0 name=- body= room=1 id=7|"},
    {"\"op\":\"topic\",\"room\":\"lobby\"," CID ",\"text\":\"t\"",
     "kind=9 target=0 reply_to=0 name=- body=t room=1 id=7|"},
    {"\"op\":\"create\"," CID ",\"name\":\"Garden\",\"kind\":\"public\"",
     "kind=1 target=0 reply_to=0 name=Garden body= room=0 id=7|"},
    {"\"op\":\"join\",\"room\":\"00000000002a\"," CID,
     "kind=10 target=0 reply_to=0 name=- body= room=2a id=7|"},
    {"\"op\":\"leave\",\"room\":\"00000000002a\"," CID,
     "kind=11 target=0 reply_to=0 name=- body= room=2a id=7|"},
    {"\"op\":\"rooms\",\"after\":\"Garden\",\"limit\":9",
     "after=garden limit=9 rooms room=0 id=7|"},
    {"\"op\":\"history\",\"room\":\"lobby\",\"before\":9",
     "where=1 seq=9 limit=50 history room=1 id=7|"},
    {"\"op\":\"read\",\"room\":\"lobby\",\"seq\":9", "seq=9 read room=1 id=7|"},
    {"\"op\":\"typing\",\"room\":\"lobby\"", "typing room=1 id=7|"},
    {"\"op\":\"active\",\"active\":true", "active room=0 id=7|"},
    {"\"op\":\"active\",\"active\":false", "idle room=0 id=7|"},
    {"\"op\":\"rename\",\"name\":\"Anna\"", "name=Anna rename room=0 id=7|"},
    {"\"op\":\"here\",\"room\":\"lobby\"", "who room=1 id=7|"},
};

enum { COMMANDS_COUNT = sizeof(commands) / sizeof(commands[0]) };

static bool is_question(const char *asked)
{
    return strstr(asked, "history") || strstr(asked, "rooms");
}

static void say(size_t i)
{
    struct buffer text = {0};
    buffer_printf(&text, "{\"id\":\"7\",%s}", commands[i].said);
    ws_rig_send(0x81, text.ptr, text.len);
    buffer_release(&text);
}

/* The answer to hub_history or hub_rooms. text_len: of the one message on the page. */
static void answer_question(const char *id, int result, size_t text_len)
{
    struct store_read read = {.kind = READ_HISTORY,
                              .result = result,
                              .room = ROOM_LOBBY,
                              .head = 1,
                              .first = 1,
                              .last = 1};
    char *text = test_malloc(text_len + 1);
    memset(text, 'x', text_len);
    strcpy(read.command_id, id);
    read.events = event_batch_new(1);
    struct event *event = event_new(EVENT_MESSAGE, slice_of(text, text_len), slice_of(NULL, 0));
    event->room = ROOM_LOBBY;
    event_batch_add(read.events, event);
    fake.client->door->on_read(fake.client, &read);
    event_batch_unref(read.events);
    test_free(text);
}

static void every_command_reaches_the_hub(void **state)
{
    (void)state;
    greet();
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        say(i);
        assert_asked(commands[i].asked);
        if (is_question(commands[i].asked)) {
            answer_question("7", OK, 1);
            ws_rig_frame(0x81);
        }
    }
}

static void what_the_hub_refuses_is_an_error(void **state)
{
    (void)state;
    greet();
    fake.result = ERR_NOT_FOUND;
    for (size_t i = 0; i < COMMANDS_COUNT && i < 15; i++) {
        say(i);
        assert_refused("\"7\"", "no_room", "\"}}");
    }
    fake.result = ERR_BUSY;
    say(12);
    assert_refused("\"7\"", "busy", ",\"retry_ms\":1000}}");
}

static void who_asks_too_much_is_told_to_wait(void **state)
{
    (void)state;
    greet();
    fake.rate_ms = 700;
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        if (is_question(commands[i].asked))
            continue;
        say(i);
        assert_refused("\"7\"", "rate_limited", ",\"retry_ms\":700}}");
    }
    fake.rate_ms = 0;
    fake.busy = true;
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        if (is_question(commands[i].asked))
            continue;
        say(i);
        assert_refused("\"7\"", "busy", ",\"retry_ms\":1000}}");
    }
    assert_int_equal(fake.asked.len, 0);
}

static void pages_have_an_allowance_of_their_own(void **state)
{
    (void)state;
    door.terms.reads = (struct rate){1, 2};
    greet();
    fake.busy = true; /* the readers are not */
    fake.rate_ms = 700;
    for (int i = 0; i < 2; i++) {
        say(12);
        assert_asked(commands[12].asked);
        answer_question("7", ERR_AGAIN, 1);
        assert_refused("\"7\"", "busy", ",\"retry_ms\":1000}}");
    }
    say(12);
    struct slice frame = ws_rig_frame(0x81);
    assert_non_null(memmem(frame.ptr, frame.len, "rate_limited", 12));
    assert_int_equal(fake.asked.len, 0);
}

static void answers_are_replies(void **state)
{
    (void)state;
    greet();
    answer(EVENT_MESSAGE, "8", OK);
    assert_said("{\"re\":\"8\",\"ok\":true,\"room\":\"lobby\",\"seq\":0,\"mid\":\"0\",\"ts\":0,"
                "\"dup\":false}");
    answer(EVENT_RENAME, "9", OK);
    assert_said("{\"re\":\"9\",\"ok\":true,\"name\":\"Ann\"}");
    answer(EVENT_MESSAGE, "8", ERR_EXISTS);
    assert_refused("\"8\"", "cid_reuse", "\"}}");
    answer_question("12", ERR_NOT_FOUND, 0);
    assert_refused("\"12\"", "no_room", "\"}}");
}

static void what_comes_unasked(void **state)
{
    struct event *gone = event_new(EVENT_GONE, slice_of(NULL, 0), slice_of(NULL, 0));
    (void)state;
    greet();
    gone->room = 0x2a;
    fake.client->door->on_personal(fake.client, gone);
    assert_said("{\"ev\":\"gone\",\"room\":\"00000000002a\"}");
    fake.client->door->on_reset(fake.client, 0x2a, 5, 6, true);
    assert_said("{\"ev\":\"reset\",\"room\":\"00000000002a\",\"head\":5,\"mid\":\"6\","
                "\"reason\":\"diverged\"}");
    web_goodbye(session, 1200);
    assert_said("{\"ev\":\"goodbye\",\"retry_ms\":1200}");
    event_free(gone);
}

/* ---- those who do not listen ---- */

/* Two long answers at a time; the third question waits unread, and so does all behind it. */
static void questions_wait_for_each_other(void **state)
{
    (void)state;
    greet();
    for (int i = 0; i < 3; i++)
        say(12);
    say(14);
    SERVE_UNTIL(session->held);
    rig_turns(&serve_rig.net, 5);
    assert_asked("where=1 seq=9 limit=50 history room=1 id=7|"
                 "where=1 seq=9 limit=50 history room=1 id=7|");
    answer_question("7", OK, 1);
    assert_asked("where=1 seq=9 limit=50 history room=1 id=7|");
    assert_true(session->held);
    answer_question("7", OK, 1);
    assert_asked("typing room=1 id=7|");
    assert_false(session->held);
    answer_question("7", OK, 1);
    answer(EVENT_WHO, "7", OK); /* nobody asked: nothing breaks */
    assert_false(session->held);
}

static void who_does_not_read_is_not_heard(void **state)
{
    enum { PAGES = 12, PAGE_BYTES = 40000 };
    (void)state;
    greet();
    /* More than a socket takes. */
    for (int i = 0; i < PAGES; i++)
        answer_question("7", OK, PAGE_BYTES);
    assert_true(session->held);
    say(14);
    rig_turns(&serve_rig.net, 20);
    assert_true(session->held);
    assert_true(session->conn->out_bytes > 64 * 1024);
    assert_int_equal(fake.asked.len, 0);
    unsigned drains = fake.drains;
    for (int i = 0; i < PAGES; i++)
        assert_true(ws_rig_frame(0x81).len > PAGE_BYTES);
    assert_asked("typing room=1 id=7|");
    assert_false(session->held);
    assert_true(fake.drains > drains);
}

/* Whatever the kernel takes at once is no reason to be deaf for more than this turn. */
static void who_reads_is_heard_again(void **state)
{
    (void)state;
    greet();
    answer_question("7", OK, 40000);
    answer_question("7", OK, 40000);
    assert_true(session->held);
    say(14);
    assert_asked("typing room=1 id=7|");
    assert_false(session->held);
}

static void what_waits_has_an_end(void **state)
{
    enum { PAGE_BYTES = 40000, PAGES_MAX = 100 };
    (void)state;
    greet();
    int pages = 0;
    for (; session->conn->state == CONN_OPEN && pages < PAGES_MAX; pages++)
        answer_question("7", OK, PAGE_BYTES);
    assert_in_range(pages, 2 * 1024 * 1024 / PAGE_BYTES, PAGES_MAX - 1);
    RIG_UNTIL(&serve_rig.net, fake.removes > 0);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_DROPPED_QUEUE), 1);
}

/* ---- time, and the end ---- */

static void answers_that_never_come_do_not_leave_it_deaf(void **state)
{
    (void)state;
    ws_rig.limits.ping_ms = WS_RIG_SLOW_MS;
    greet();
    for (int i = 0; i < 2; i++)
        say(12);
    say(14);
    SERVE_UNTIL(session->held);
    SERVE_UNTIL(!session->held);
    SERVE_UNTIL(memmem(fake.asked.ptr, fake.asked.len, "typing", 6));
}

static void it_hears_a_heartbeat(void **state)
{
    static const char begin[] = "{\"ev\":\"heartbeat\",\"ts\":";
    (void)state;
    ws_rig.limits.ping_ms = WS_RIG_SLOW_MS;
    ws_rig.limits.dead_ms = 60000;
    greet();
    SERVE_UNTIL(memmem(serve_rig.got.ptr, serve_rig.got.len, begin, sizeof(begin) - 1));
}

static void who_says_no_hello_is_closed(void **state)
{
    (void)state;
    ws_rig.limits.ping_ms = WS_RIG_SLOW_MS;
    connect_client();
    SERVE_UNTIL(serve_rig.got.len - serve_rig.got_at >= 2);
    while (serve_rig.got.ptr[serve_rig.got_at] == 0x89)
        ws_rig_frame(0x89);
    ws_rig_assert_close(1008, "hello was not said");
    assert_int_equal(fake.adds, 0);
}

static void too_many_errors_close_it(void **state)
{
    (void)state;
    door.errors = (struct rate){1, 3};
    greet();
    for (int i = 0; i < 4; i++)
        ws_rig_send_text("{}");
    for (int i = 0; i < 4; i++)
        assert_refused("null", "bad_request", "\"}}");
    ws_rig_assert_close(1008, "too many errors");
    assert_int_equal(fake.removes, 1);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_DROPPED_ERRORS), 1);
}

static void being_told_to_wait_is_less_of_an_error(void **state)
{
    (void)state;
    door.errors = (struct rate){1, 1};
    door.waits = (struct rate){1, 5};
    greet();
    fake.rate_ms = 100;
    for (int i = 0; i < 6; i++)
        say(14);
    for (int i = 0; i < 6; i++)
        assert_refused("\"7\"", "rate_limited", ",\"retry_ms\":100}}");
    ws_rig_assert_close(1008, "too many errors");
}

static void binary_frames_close_it(void **state)
{
    (void)state;
    greet();
    ws_rig_send(0x82, HELLO, strlen(HELLO));
    ws_rig_assert_close(1003, "text frames only");
    assert_int_equal(fake.removes, 1);
    web_goodbye(session, 1); /* says nothing more */
}

#define WEB_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WEB_TEST(a_new_guest_gets_a_token),
        WEB_TEST(somebody_comes_back),
        WEB_TEST(a_token_that_nobody_knows_makes_a_new_guest),
        WEB_TEST(who_is_turned_away_may_try_again),
        WEB_TEST(hello_said_again),
        WEB_TEST(nothing_goes_before_hello),
        WEB_TEST(every_command_reaches_the_hub),
        WEB_TEST(what_the_hub_refuses_is_an_error),
        WEB_TEST(who_asks_too_much_is_told_to_wait),
        WEB_TEST(pages_have_an_allowance_of_their_own),
        WEB_TEST(answers_are_replies),
        WEB_TEST(what_comes_unasked),
        WEB_TEST(questions_wait_for_each_other),
        WEB_TEST(who_does_not_read_is_not_heard),
        WEB_TEST(who_reads_is_heard_again),
        WEB_TEST(what_waits_has_an_end),
        WEB_TEST(answers_that_never_come_do_not_leave_it_deaf),
        WEB_TEST(it_hears_a_heartbeat),
        WEB_TEST(who_says_no_hello_is_closed),
        WEB_TEST(too_many_errors_close_it),
        WEB_TEST(being_told_to_wait_is_less_of_an_error),
        WEB_TEST(binary_frames_close_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
