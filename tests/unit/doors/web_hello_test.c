#include "web_rig.h"

/* The archives that a test is linked with are those of what it includes itself. */
#include "doors/web.h"

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

/* ---- the cookie ---- */

#define COOKIE "Cookie: hubbub_session=" TOKEN "\r\n"
#define ORIGIN "Origin: http://localhost\r\n"

static void connect_with(const char *fields)
{
    assert_true(serve_rig_connect());
    assert_int_equal(ws_rig_handshake(fields).status, 101);
}

static bool hash_is_of(const char *token)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    guest_token_hash(token, hash);
    return memcmp(hash, fake.token_hash, sizeof(hash)) == 0;
}

static void the_cookie_of_the_handshake_is_a_token(void **state)
{
    (void)state;
    connect_with(ORIGIN COOKIE);
    ws_rig_send_text(HELLO);
    assert_asked("hello name=- shown=1 active=1 cursors= room=0 id=1|");
    assert_true(hash_is_of(TOKEN));
    answer(EVENT_HELLO, "1", OK);
    assert_null(said_token().ptr); /* scripts must not learn it */
}

static void a_cookie_that_nobody_knows_makes_a_new_guest(void **state)
{
    (void)state;
    connect_with(ORIGIN COOKIE);
    ws_rig_send_text(HELLO);
    assert_asked("hello name=- shown=1 active=1 cursors= room=0 id=1|");
    answer(EVENT_HELLO, "1", ERR_NOT_FOUND);
    assert_asked("hello name=- shown=0 active=1 cursors= room=0 id=1|");
    answer(EVENT_HELLO, "1", OK);
    struct slice token = said_token();
    assert_true(guest_token_is_valid(token));
    assert_true(hash_is_of((const char *)token.ptr));
    assert_false(hash_is_of(TOKEN));
}

/* What a page of somebody else, or no page at all, sends along is nobody's word. */
static void a_cookie_needs_an_origin_of_ours(void **state)
{
    static const char *const fields[] = {
        COOKIE,
        "Origin: http://localhost:3000\r\n" COOKIE, /* may connect, but not as whoever is signed in */
        ORIGIN "Cookie: hubbub_session=short\r\n",
        ORIGIN "Cookie: hubbub_session=" TOKEN "A\r\n",
        ORIGIN "Cookie: hubbub_session=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno.E\r\n",
        ORIGIN COOKIE COOKIE,
        ORIGIN "Cookie: __Host-hubbub_session=" TOKEN "\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        connect_with(fields[i]);
        ws_rig_send_text(HELLO);
        assert_asked("hello name=- shown=0 active=1 cursors= room=0 id=1|");
        serve_rig_close();
    }
}

static void a_token_goes_before_the_cookie(void **state)
{
    static const char other[] = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzA";
    (void)state;
    connect_with(ORIGIN COOKIE);
    ws_rig_send_text(
        "{\"op\":\"hello\",\"id\":\"1\",\"token\":\"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzA\"}");
    assert_asked("hello name=- shown=1 active=1 cursors= room=0 id=1|");
    assert_true(hash_is_of(other));
    answer(EVENT_HELLO, "1", OK);
    assert_true(slice_is(said_token(), other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WEB_TEST(a_new_guest_gets_a_token),
        WEB_TEST(somebody_comes_back),
        WEB_TEST(a_token_that_nobody_knows_makes_a_new_guest),
        WEB_TEST(who_is_turned_away_may_try_again),
        WEB_TEST(hello_said_again),
        WEB_TEST(nothing_goes_before_hello),
        WEB_TEST(the_cookie_of_the_handshake_is_a_token),
        WEB_TEST(a_cookie_that_nobody_knows_makes_a_new_guest),
        WEB_TEST(a_cookie_needs_an_origin_of_ours),
        WEB_TEST(a_token_goes_before_the_cookie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
