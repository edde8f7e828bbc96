#include "web_rig.h"

/* The archives that a test is linked with are those of what it includes itself. */
#include "base/clock.h"
#include "chat/refusal.h"
#include "doors/web.h"

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
    {"\"op\":\"create\"," CID ",\"name\":\"Garden\",\"kind\":\"announcement\"",
     "kind=1 target=0 reply_to=0 name=Garden body= kind=1:3 room=0 id=7|"},
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
    {"\"op\":\"post\",\"room\":\"lobby\"," CID ",\"files\":[{\"id\":\"5\"},{\"id\":\"6\"}]",
     "kind=2 target=0 reply_to=0 name=- body= file=5 file=6 room=1 id=7|"},
    {"\"op\":\"direct\"," CID ",\"people\":[\"00000000000000ab\",\"9f86d081884c7d65\"]",
     "kind=1 target=0 reply_to=0 name=- body= kind=1:2 person=ab person=9f86d081884c7d65 room=0 id=7|"},
    {"\"op\":\"name\",\"room\":\"00000000002a\"," CID ",\"name\":\"Yard\"",
     "kind=12 target=0 reply_to=0 name=Yard body= room=2a id=7|"},
    {"\"op\":\"settings\",\"room\":\"00000000002a\"," CID ",\"slow_ms\":5000",
     "kind=13 target=0 reply_to=0 name=- body= kind=0:0 room=2a id=7|"},
    {"\"op\":\"add\",\"room\":\"00000000002a\"," CID ",\"person\":\"00000000000000ab\"",
     "kind=14 target=171 reply_to=0 name=- body= room=2a id=7|"},
    {"\"op\":\"remove\",\"room\":\"00000000002a\"," CID
     ",\"person\":\"00000000000000ab\",\"reason\":\"rude\"",
     "kind=15 target=171 reply_to=0 name=- body=rude room=2a id=7|"},
    {"\"op\":\"host\",\"room\":\"00000000002a\"," CID ",\"person\":\"00000000000000ab\"",
     "kind=16 target=171 reply_to=0 name=- body= room=2a id=7|"},
    {"\"op\":\"unhost\",\"room\":\"00000000002a\"," CID ",\"person\":\"00000000000000ab\"",
     "kind=17 target=171 reply_to=0 name=- body= room=2a id=7|"},
    {"\"op\":\"level\",\"room\":\"lobby\",\"level\":\"mentions\"", "level=1 level room=1 id=7|"},
    {"\"op\":\"list\",\"what\":\"people\",\"after\":\"Bob\"",
     "after=bob:0 limit=50 people room=0 id=7|"},
    {"\"op\":\"list\",\"what\":\"audit\",\"after\":\"77\",\"limit\":9",
     "after=:77 limit=9 audit room=0 id=7|"},
    {"\"op\":\"search\",\"text\":\"tea\",\"before\":\"5\"",
     "before=5 limit=20 search room=0 id=7|"},
    {"\"op\":\"report_end\",\"report\":\"9\",\"note\":\"done\"",
     "act=26 number=9 text=done act room=0 id=7|"},
};

enum { COMMANDS_COUNT = sizeof(commands) / sizeof(commands[0]) };

static bool is_question(const char *asked)
{
    return strstr(asked, "limit=") != NULL;
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

/* ---- acts ---- */

static void answer_act(enum act_kind kind, int result)
{
    struct event *event = event_new(EVENT_ACT, slice_of(NULL, 0), SLICE_LITERAL("7"));
    event->act = act_new(kind);
    event->act->number = 12;
    event->act->person = 0xab;
    event->act->until_ms = fake.act_until_ms;
    event->act->has_token = fake.act_has_token;
    memcpy(event->act->token, fake.act_token, sizeof(fake.act_token));
    event->result = result;
    fake.client->door->on_answer(fake.client, event);
    event_free(event);
}

/* Waits for a reply, which has the token behind begin and ends with end; its hash is what the hub got. */
static void assert_token_said(const char *begin, const char *end)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    struct slice frame = ws_rig_frame(0x81);
    size_t begin_len = strlen(begin), end_len = strlen(end);
    if (frame.len != begin_len + GUEST_TOKEN_LEN + end_len ||
        memcmp(frame.ptr, begin, begin_len) != 0 ||
        memcmp(frame.ptr + begin_len + GUEST_TOKEN_LEN, end, end_len) != 0)
        fail_msg("said \"%.*s\"", (int)frame.len, (const char *)frame.ptr);
    guest_token_hash((const char *)frame.ptr + begin_len, hash);
    assert_memory_equal(hash, fake.act_token, sizeof(hash));
}

static void ask_act(const char *fields)
{
    struct buffer text = {0};
    fake.asked.len = 0;
    buffer_printf(&text, "{\"id\":\"7\",%s}", fields);
    ws_rig_send(0x81, text.ptr, text.len);
    buffer_release(&text);
    SERVE_UNTIL(fake.asked.len > 0);
    fake.asked.len = 0;
}

static void tokens_are_made_here_and_told_once(void **state)
{
    (void)state;
    greet();
    ask_act("\"op\":\"invite\"");
    assert_true(fake.act_has_token);
    answer_act(ACT_INVITE, OK);
    assert_token_said(
        "{\"re\":\"7\",\"ok\":true,\"id\":\"12\",\"link\":\"https://chat.example/join#", "\"}");
    ask_act("\"op\":\"webhook\",\"room\":\"lobby\",\"name\":\"CI\"");
    answer_act(ACT_HOOK, OK);
    assert_token_said(
        "{\"re\":\"7\",\"ok\":true,\"id\":\"12\",\"url\":\"https://chat.example/api/v1/hooks/12.",
        "\"}");
    door.terms.public_url = "";
    ask_act("\"op\":\"bot\",\"name\":\"Robo\"");
    answer_act(ACT_BOT, OK);
    assert_token_said("{\"re\":\"7\",\"ok\":true,\"person\":\"00000000000000ab\",\"token\":\"",
                      "\"}");
    ask_act("\"op\":\"kick\",\"person\":\"00000000000000ab\"");
    assert_false(fake.act_has_token);
    answer_act(ACT_KICK, OK);
    assert_said("{\"re\":\"7\",\"ok\":true}");
}

/* Answers may come in any order, and each has its own token. */
static void several_tokens_may_be_under_way(void **state)
{
    uint8_t first[TOKEN_HASH_BYTES];
    (void)state;
    door.terms.public_url = NULL;
    greet();
    ask_act("\"op\":\"invite\"");
    memcpy(first, fake.act_token, sizeof(first));
    for (int i = 1; i < WEB_SECRETS_MAX; i++)
        ask_act("\"op\":\"invite\"");
    assert_memory_not_equal(first, fake.act_token, sizeof(first));
    ws_rig_send_text("{\"op\":\"invite\",\"id\":\"8\"}");
    assert_refused("\"8\"", "busy", ",\"retry_ms\":1000}}");
    answer_act(ACT_INVITE, OK);
    assert_token_said("{\"re\":\"7\",\"ok\":true,\"id\":\"12\",\"link\":\"/join#", "\"}");
    memcpy(fake.act_token, first, sizeof(first));
    answer_act(ACT_INVITE, OK);
    assert_token_said("{\"re\":\"7\",\"ok\":true,\"id\":\"12\",\"link\":\"/join#", "\"}");
    fake.result = ERR_BUSY; /* one that is not even submitted keeps no place */
    for (int i = 0; i < WEB_SECRETS_MAX; i++) {
        ws_rig_send_text("{\"op\":\"invite\",\"id\":\"9\"}");
        assert_refused("\"9\"", "busy", ",\"retry_ms\":1000}}");
    }
    fake.result = OK;
    ask_act("\"op\":\"invite\"");
    answer_act(ACT_INVITE, ERR_DENIED);
    assert_refused("\"7\"", "forbidden", "\"}}");
}

static void durations_end_at_a_time_of_the_wall_clock(void **state)
{
    (void)state;
    greet();
    uint64_t now_ms = clock_wall_ms();
    ask_act("\"op\":\"mute\",\"person\":\"00000000000000ab\",\"for_ms\":60000");
    assert_in_range(fake.act_until_ms, now_ms + 60000, clock_wall_ms() + 60000);
    ask_act("\"op\":\"mute\",\"person\":\"00000000000000ab\"");
    assert_int_equal(fake.act_until_ms, 0);
    ask_act("\"op\":\"invite\",\"until_ms\":1700000000000");
    assert_int_equal(fake.act_until_ms, 1700000000000);
    ask_act("\"op\":\"reset_link\",\"person\":\"00000000000000ab\"");
    assert_in_range(fake.act_until_ms, now_ms + WEB_RESET_MS, clock_wall_ms() + WEB_RESET_MS);
}

static void who_is_signed_out_is_told_and_closed(void **state)
{
    static const struct {
        enum refusal refusal;
        unsigned code;
        const char *reason, *event;
    } cases[] = {
        {REFUSED_PLAIN, 4001, "signed_out", "{\"ev\":\"ended\",\"reason\":\"signed_out\"}"},
        {REFUSED_BANNED, 4003, "banned", "{\"ev\":\"ended\",\"reason\":\"banned\"}"},
        {REFUSED_KICKED, 4003, "kicked", "{\"ev\":\"ended\",\"reason\":\"kicked\"}"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        greet();
        fake.client->door->on_ended(fake.client, cases[i].refusal);
        assert_null(fake.client); /* nothing that comes later in the order reaches it */
        assert_said(cases[i].event);
        ws_rig_assert_close(cases[i].code, cases[i].reason);
        serve_rig_close();
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        WEB_TEST(tokens_are_made_here_and_told_once),
        WEB_TEST(several_tokens_may_be_under_way),
        WEB_TEST(durations_end_at_a_time_of_the_wall_clock),
        WEB_TEST(who_is_signed_out_is_told_and_closed),
        WEB_TEST(binary_frames_close_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
