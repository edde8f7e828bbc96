#include <string.h>
#include <sys/socket.h>

#include "serve/serve_rig.h"

/* What is refused, and what takes too long. */

enum { SHORT_MS = 30, BIG_LEN = 4 << 20 };

static uint8_t big[BIG_LEN];

static void handle(void *ctx, struct http_request *request)
{
    (void)ctx;
    http_respond(request, &(struct http_response){.status = 200, .body = SLICE_LITERAL("ok")});
}

static void handle_big(void *ctx, struct http_request *request)
{
    (void)ctx;
    http_respond(request, &(struct http_response){
                              .status = 200,
                              .body = slice_of(big, sizeof(big)),
                              .body_is_static = true,
                          });
}

static const struct http_route routes[] = {
    {.path = "/ok", .methods = 1u << HTTP_GET | 1u << HTTP_POST, .handle = handle},
    {.path = "/big", .methods = 1u << HTTP_GET, .handle = handle_big},
};

static int use(void **state)
{
    (void)state;
    serve_rig_init(routes, 2, 1, 0);
    return !serve_rig_connect();
}

static int take_down(void **state)
{
    (void)state;
    serve_rig_release();
    return 0;
}

/* Sends the request, which is refused with the status; then the connection ends. */
static void refuse(const char *request, unsigned status)
{
    serve_rig_send_text(request);
    struct response response = serve_rig_response(false);
    if (response.status != status)
        fail_msg("%u for %s", response.status, request);
    assert_true(serve_rig_has(&response, "Connection: close"));
    assert_true(serve_rig_has(&response, "Content-Type: application/problem+json"));
    serve_rig_assert_end();
    serve_rig_close();
    assert_true(serve_rig_connect());
}

static void broken_requests_are_refused_and_the_connection_ends(void **state)
{
    (void)state;
    refuse("nonsense\r\n\r\n", 400);
    refuse("GET /ok HTTP/1.1\r\n\r\n", 400); /* no Host */
    refuse("GET /ok HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400);
    refuse("GET /ok HTTP/1.1\r\nHost : a\r\n\r\n", 400);
    refuse("GET /ok HTTP/2.0\r\nHost: a\r\n\r\n", 505);
    refuse("BREW /ok HTTP/1.1\r\nHost: a\r\n\r\n", 501);
    refuse("GET /ok HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417);
    refuse(
        "POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        400);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_REFUSED_HTTP), 8);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_HTTP_REQUESTS), 0);
}

static void heads_that_are_too_large_are_refused(void **state)
{
    struct buffer text = {0};
    (void)state;
    buffer_printf(&text, "GET /ok?%0260d HTTP/1.1\r\nHost: a\r\n\r\n%c", 0, 0);
    refuse((char *)text.ptr, 414);
    text.len = 0;
    buffer_printf(&text, "GET /ok HTTP/1.1\r\nHost: a\r\nX: %01024d\r\n\r\n%c", 0, 0);
    refuse((char *)text.ptr, 431);
    text.len = 0;
    buffer_append_string(&text, "GET /ok HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 20; i++)
        buffer_append_string(&text, "X: y\r\n");
    buffer_append(&text, "\r\n", 3);
    refuse((char *)text.ptr, 431);
    buffer_release(&text);
}

/* Memory is bounded by the limit, not by what the peer is ready to send. */
static void a_head_without_end_is_refused_when_it_is_too_large(void **state)
{
    (void)state;
    serve_rig_send_text("GET /ok HTTP/1.1\r\nX: ");
    for (int i = 0; i < 1024; i++) {
        if (send(serve_rig.peer, "y", 1, MSG_NOSIGNAL) != 1)
            break;
        rig_turns(&serve_rig.net, 1);
    }
    assert_int_equal(serve_rig_response(false).status, 431);
    serve_rig_assert_end();
}

static void bodies_that_are_too_large_are_refused(void **state)
{
    (void)state;
    serve_rig_send_text("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    assert_int_equal(serve_rig_response(false).status, 200);
    refuse("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413);
    refuse("POST /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", 413);
    refuse("POST /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400);
    refuse("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400);
}

/* After SHORT_MS, and not before; the loop's time is what counts. */
static void assert_ends_after(uint64_t since_ms, unsigned status)
{
    if (status)
        assert_int_equal(serve_rig_response(false).status, status);
    serve_rig_assert_end();
    assert_true(serve_rig.net.loop.now_ms - since_ms >= SHORT_MS);
}

static void who_says_nothing_is_closed_without_a_word(void **state)
{
    (void)state;
    serve_rig_close();
    serve_rig.limits.head_ms = SHORT_MS;
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    assert_true(serve_rig_connect());
    assert_ends_after(since_ms, 0);
}

static void a_head_that_takes_too_long_is_408(void **state)
{
    (void)state;
    serve_rig.limits.head_ms = SHORT_MS;
    serve_rig_send_text("GET /ok HTT");
    rig_turns(&serve_rig.net, 2);
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    assert_ends_after(since_ms, 408);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_DROPPED_TIMEOUT), 1);
}

/* A byte now and then does not help: the time is for the whole head. */
static void a_head_in_drops_is_408_as_well(void **state)
{
    (void)state;
    serve_rig.limits.head_ms = SHORT_MS;
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    serve_rig_send_text("GET /ok HTTP/1.1\r\nX: ");
    uint64_t sent_ms = since_ms;
    while (serve_rig_read() && serve_rig.got.len == 0) {
        loop_turn(&serve_rig.net.loop, 1);
        if (serve_rig.net.loop.now_ms - since_ms > 10 * SHORT_MS)
            fail_msg("it is read on and on");
        if (serve_rig.net.loop.now_ms == sent_ms)
            continue;
        sent_ms = serve_rig.net.loop.now_ms;
        send(serve_rig.peer, "y", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    assert_ends_after(since_ms, 408);
}

static void a_body_that_takes_too_long_is_408(void **state)
{
    (void)state;
    serve_rig.limits.body_ms = SHORT_MS;
    serve_rig_send_text("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    rig_turns(&serve_rig.net, 2);
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    assert_ends_after(since_ms, 408);
}

static void an_idle_connection_is_closed_without_a_word(void **state)
{
    (void)state;
    serve_rig.limits.idle_ms = SHORT_MS;
    serve_rig_send_text("GET /ok HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(serve_rig_response(false).status, 200);
    assert_ends_after(serve_rig.net.loop.now_ms - 20, 0); /* reading it took a few turns */
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_DROPPED_TIMEOUT), 0);
}

static void who_does_not_take_the_answer_is_closed(void **state)
{
    (void)state;
    serve_rig.limits.idle_ms = SHORT_MS;
    serve_rig.limits.send_ms = 2 * SHORT_MS;
    serve_rig_send_text("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    rig_turns(&serve_rig.net, 2);
    uint64_t since_ms = serve_rig.net.loop.now_ms;
    RIG_UNTIL(&serve_rig.net, serve_rig.net.loop.conns_count == 0);
    assert_true(serve_rig.net.loop.now_ms - since_ms >= 2 * SHORT_MS - 5);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_DROPPED_TIMEOUT), 1);
}

static void the_place_of_one_who_is_gone_is_free(void **state)
{
    (void)state;
    assert_false(serve_rig_connect_from("1.2.3.4"));
    serve_rig_close();
    for (int i = 0; i < 10; i++) {
        assert_true(serve_rig_connect_from("1.2.3.4"));
        serve_rig_close();
    }
}

#define HTTP_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HTTP_TEST(broken_requests_are_refused_and_the_connection_ends),
        HTTP_TEST(heads_that_are_too_large_are_refused),
        HTTP_TEST(a_head_without_end_is_refused_when_it_is_too_large),
        HTTP_TEST(bodies_that_are_too_large_are_refused),
        HTTP_TEST(who_says_nothing_is_closed_without_a_word),
        HTTP_TEST(a_head_that_takes_too_long_is_408),
        HTTP_TEST(a_head_in_drops_is_408_as_well),
        HTTP_TEST(a_body_that_takes_too_long_is_408),
        HTTP_TEST(an_idle_connection_is_closed_without_a_word),
        HTTP_TEST(who_does_not_take_the_answer_is_closed),
        HTTP_TEST(the_place_of_one_who_is_gone_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
