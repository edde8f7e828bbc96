#pragma once
/*
 * A session of the web protocol: a real connection on one side, a hub that only writes down what it
 * is asked on the other. Its functions stand in for the hub's own, so only one file of a test
 * program includes it.
 */

#include "serve/ws_rig.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/hub.h"
#include "chat/roster.h"
#include "doors/guest.h"
#include "doors/web.h"

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
    uint64_t act_until_ms; /* of the last act */
    bool act_has_token;
    uint8_t act_token[TOKEN_HASH_BYTES];
} fake;

static struct web_door door;
static struct ws_conn *session;

/* ---- the hub ---- */

static inline int note(const char *what, uint64_t room, struct slice id)
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
    if (command->change)
        buffer_printf(&fake.asked, " kind=%d:%u", command->change->has_kind, command->change->kind);
    for (uint32_t i = 0; command->people && i < command->people->count; i++)
        buffer_printf(&fake.asked, " person=%llx", (unsigned long long)command->people->ids[i]);
    for (uint32_t i = 0; command->files && i < command->files->count; i++)
        buffer_printf(&fake.asked, " file=%llu", (unsigned long long)command->files->list[i].id);
    mem_free(command->change);
    mem_free(command->people);
    mem_free(command->files);
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

int hub_set_level(struct client *client, uint64_t room, uint8_t level, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    buffer_printf(&fake.asked, "level=%u ", level);
    return note("level", room, command_id);
}

int hub_act(struct client *client, struct act *act, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    buffer_printf(&fake.asked, "act=%u number=%llu text=%s ", act->kind,
                  (unsigned long long)act->number, act->text ? act->text : "-");
    fake.act_until_ms = act->until_ms;
    fake.act_has_token = act->has_token;
    memcpy(fake.act_token, act->token, sizeof(fake.act_token));
    act_free(act);
    return note("act", 0, command_id);
}

int hub_list(struct client *client, const struct list_question *question, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    buffer_printf(&fake.asked, "after=%s:%llu limit=%u ", question->after->text,
                  (unsigned long long)question->after_id, question->limit);
    return note(listing_name(question->kind), question->room, command_id);
}

int hub_search(struct client *client, struct search *search, struct slice command_id)
{
    assert_ptr_equal(client, fake.client);
    buffer_printf(&fake.asked, "before=%llu limit=%u ", (unsigned long long)search->before,
                  search->limit);
    search_free(search);
    return note("search", 0, command_id);
}

void hub_drained(struct client *client)
{
    assert_ptr_equal(client, fake.client);
    fake.drains++;
}

/* ---- both sides ---- */

static inline struct ws_conn *open_session(void *ctx, struct conn *conn,
                                           const struct ws_offer *offer)
{
    (void)ctx;
    door.terms.now_ms = &conn->loop->now_ms;
    session = web_open(&door, conn, offer);
    return session;
}

static inline int use(void **state)
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
        .server_terms = {"invite", "talk"},
        .terms = {.public_url = "https://chat.example/"},
    };
    return 0;
}

static inline int take_down(void **state)
{
    ws_rig_take_down(state);
    assert_null(fake.client);
    assert_int_equal(fake.adds, fake.removes);
    buffer_release(&fake.asked);
    return 0;
}

static inline void connect_client(void)
{
    assert_true(serve_rig_connect());
    assert_int_equal(ws_rig_handshake("").status, 101);
}

/* Waits until the hub was asked just this, and forgets it. */
static inline void assert_asked(const char *expected)
{
    SERVE_UNTIL(fake.asked.len >= strlen(expected));
    if (!slice_is(buffer_slice(&fake.asked), expected))
        fail_msg("asked \"%.*s\" and not \"%s\"", (int)fake.asked.len, (const char *)fake.asked.ptr,
                 expected);
    fake.asked.len = 0;
}

static inline void assert_said(const char *expected)
{
    struct slice frame = ws_rig_frame(0x81);
    if (!slice_is(frame, expected))
        fail_msg("said \"%.*s\" and not \"%s\"", (int)frame.len, (const char *)frame.ptr, expected);
}

/* Waits for an error with this code; id is as in JSON. */
static inline void assert_refused(const char *id, const char *code, const char *end)
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
static inline void answer(enum event_kind kind, const char *id, int result)
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
static inline struct slice said_token(void)
{
    static const char key[] = "\"token\":\"";
    struct slice frame = ws_rig_frame(0x81);
    const char *at = memmem(frame.ptr, frame.len, key, sizeof(key) - 1);
    return at ? slice_of(at + sizeof(key) - 1, GUEST_TOKEN_LEN) : slice_of(NULL, 0);
}

static inline void greet(void)
{
    connect_client();
    ws_rig_send_text(HELLO);
    SERVE_UNTIL(fake.asked.len > 0);
    fake.asked.len = 0;
    answer(EVENT_HELLO, "1", OK);
    assert_int_equal(said_token().len, GUEST_TOKEN_LEN);
}

#define WEB_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)
