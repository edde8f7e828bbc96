#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve/http_later.h"
#include "serve/serve_rig.h"

/* Answers that come later, bodies in pieces, answers in pieces; patterns of routes and their parameters. */

enum { ANSWER_MS = 50, BODY_MAX = 100 };

static struct {
    struct http_request *later; /* NULL: gone */
    unsigned gone, ends, drains;
    struct buffer body;
    bool hold, hold_first, answer_at_once, answer_in_body;
    unsigned pieces_left;
    struct http_request *reply_in_end;
} seen;

static void respond(struct http_request *request, const char *text)
{
    http_respond(request, &(struct http_response){.status = 200, .body = slice_of_string(text)});
}

static void on_gone(void *ctx)
{
    assert_ptr_equal(ctx, &seen);
    seen.gone++;
    seen.later = NULL;
}

static void on_body(void *ctx, struct slice bytes)
{
    assert_ptr_equal(ctx, &seen);
    buffer_append(&seen.body, bytes.ptr, bytes.len);
    if (seen.hold)
        http_hold_body(seen.later);
    if (seen.answer_in_body) {
        http_problem(seen.later, 413, "too much", NULL);
        seen.later = NULL;
    }
}

static void on_body_end(void *ctx)
{
    (void)ctx;
    seen.ends++;
    buffer_append_byte(&seen.body, '\0');
    respond(seen.later, (char *)seen.body.ptr);
    seen.later = NULL;
}

static void send_piece(void)
{
    if (seen.pieces_left == 0) {
        http_end(seen.later);
        seen.later = NULL;
        return;
    }
    seen.pieces_left--;
    http_send(seen.later, SLICE_LITERAL("piece "));
}

static void on_drained(void *ctx)
{
    (void)ctx;
    seen.drains++;
    send_piece();
}

static const struct http_later_handler handler = {on_body, on_body_end, on_drained, on_gone};

static void handle_later(void *ctx, struct http_request *request)
{
    (void)ctx;
    seen.later = http_defer(request, &handler, &seen);
    assert_null(seen.later->head);
    if (seen.answer_at_once)
        respond(seen.later, "at once");
}

static void handle_stream(void *ctx, struct http_request *request)
{
    (void)ctx;
    if (http_header(request->head, "X-Refuse").ptr) {
        http_problem(request, 403, "no", NULL);
        return;
    }
    seen.later = http_receive(request, &handler, &seen);
    if (seen.hold_first)
        http_hold_body(seen.later);
}

static void handle_whole(void *ctx, struct http_request *request)
{
    (void)ctx;
    http_respond(request, &(struct http_response){.status = 200, .body = request->body});
}

static void handle_params(void *ctx, struct http_request *request)
{
    struct buffer out = {0};
    struct slice room = request->params[0], seq = request->params[1];
    (void)ctx;
    buffer_printf(&out, "%s:%.*s:%.*s", (const char *)request->route->data, (int)room.len, room.ptr,
                  (int)seq.len, seq.ptr);
    http_respond(request, &(struct http_response){.status = 200, .body = buffer_slice(&out)});
    buffer_release(&out);
}

static const struct http_route routes[] = {
    {.path = "/later", .methods = 1u << HTTP_GET, .handle = handle_later},
    {.path = "/stream",
     .methods = 1u << HTTP_POST,
     .handle = handle_stream,
     .body = HTTP_BODY_STREAM},
    {.path = "/short",
     .methods = 1u << HTTP_POST,
     .handle = handle_stream,
     .body = HTTP_BODY_STREAM,
     .body_bytes_max = 10},
    {.path = "/whole",
     .methods = 1u << HTTP_POST,
     .handle = handle_whole,
     .body = HTTP_BODY_WHOLE,
     .body_bytes_max = BODY_MAX},
    {.path = "/rooms/public", .methods = 1u << HTTP_GET, .handle = handle_params, .data = "public"},
    {.path = "/rooms/{room}", .methods = 1u << HTTP_GET, .handle = handle_params, .data = "get"},
    {.path = "/rooms/{room}",
     .methods = 1u << HTTP_PATCH,
     .handle = handle_params,
     .data = "patch"},
    {.path = "/rooms/{room}/messages/{seq}",
     .methods = 1u << HTTP_GET,
     .handle = handle_params,
     .data = "message"},
};

static int use(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    serve_rig_init(routes, sizeof(routes) / sizeof(routes[0]), 1, 0);
    return !serve_rig_connect();
}

static int take_down(void **state)
{
    (void)state;
    serve_rig_release();
    buffer_release(&seen.body);
    return 0;
}

static void expect(unsigned status, const char *body)
{
    struct response response = serve_rig_response(false);
    if (response.status != status || !slice_is(response.body, body))
        fail_msg("%u \"%.*s\" is not %u \"%s\"", response.status, (int)response.body.len,
                 response.body.ptr, status, body);
}

static void get(const char *path)
{
    struct buffer text = {0};
    buffer_printf(&text, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", path);
    serve_rig_send(text.ptr, text.len);
    buffer_release(&text);
}

static void answer_later(const char *text)
{
    SERVE_UNTIL(seen.later);
    struct http_request *later = seen.later;
    seen.later = NULL;
    respond(later, text);
}

static void an_answer_comes_later_and_the_next_request_waits(void **state)
{
    (void)state;
    get("/later");
    get("/rooms/a");
    SERVE_UNTIL(seen.later);
    rig_turns(&serve_rig.net, 20);
    assert_int_equal(serve_rig.got.len, 0);
    assert_true(rig_gets_quiet(&serve_rig.net));
    answer_later("now");
    expect(200, "now");
    expect(200, "get:a:");
    get("/later");
    answer_later("again");
    expect(200, "again");
    assert_int_equal(seen.gone, 0);
}

static void a_deferred_answer_may_come_at_once(void **state)
{
    (void)state;
    seen.answer_at_once = true;
    get("/later");
    expect(200, "at once");
    serve_rig_send_text("GET /later HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    expect(200, "at once");
    serve_rig_assert_end();
}

static void head_and_close_are_kept_for_a_later_answer(void **state)
{
    (void)state;
    serve_rig_send_text("HEAD /later HTTP/1.1\r\nHost: h\r\n\r\n");
    answer_later("abc");
    struct response response = serve_rig_response(true);
    assert_true(serve_rig_has(&response, "Content-Length: 3"));
    serve_rig_send_text("GET /later HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    answer_later("abc");
    expect(200, "abc");
    serve_rig_assert_end();
}

static void the_owner_hears_that_the_peer_is_gone(void **state)
{
    (void)state;
    get("/later");
    SERVE_UNTIL(seen.later);
    serve_rig_close();
    assert_int_equal(seen.gone, 1);
}

/* Nobody reads behind a request that waits: that its sender is gone is found out by the answer. */
static void an_answer_to_nobody_ends_the_connection(void **state)
{
    (void)state;
    get("/later");
    get("/later");
    SERVE_UNTIL(seen.later);
    rig_turns(&serve_rig.net, 5);
    close(serve_rig.peer);
    serve_rig.peer = -1;
    rig_turns(&serve_rig.net, 5);
    struct http_request *later = seen.later;
    seen.later = NULL;
    respond(later, "nobody");
    RIG_UNTIL(&serve_rig.net, serve_rig.net.loop.conns_count == 0);
    assert_int_equal(seen.gone, 1); /* the second one's */
}

static void an_answer_that_never_comes_is_503(void **state)
{
    (void)state;
    serve_rig.limits.answer_ms = ANSWER_MS;
    get("/later");
    assert_int_equal(serve_rig_response(false).status, 503);
    assert_int_equal(seen.gone, 1);
    serve_rig_assert_end();
}

static void a_body_is_collected(void **state)
{
    (void)state;
    serve_rig_send_text("POST /whole HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
    rig_turns(&serve_rig.net, 5);
    serve_rig_send_text("cdePOST /whole HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "2\r\nxy\r\n1\r\nz\r\n0\r\n\r\n"
                        "POST /whole HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    expect(200, "abcde");
    expect(200, "xyz");
    expect(200, "");
}

static void a_body_over_the_routes_limit_is_413(void **state)
{
    (void)state;
    serve_rig_send_text("POST /whole HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n");
    assert_int_equal(serve_rig_response(false).status, 413);
    serve_rig_assert_end();
    serve_rig_close();
    assert_true(serve_rig_connect());
    serve_rig_send_text(
        "POST /whole HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n");
    assert_int_equal(serve_rig_response(false).status, 413);
    serve_rig_assert_end();
}

static void a_body_is_streamed_however_it_is_cut(void **state)
{
    static const char text[] =
        "POST /stream HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET /rooms/a HTTP/1.1\r\nHost: h\r\n\r\n";
    (void)state;
    for (size_t at = 0; at < sizeof(text); at++) {
        serve_rig_send(text, at);
        rig_turns(&serve_rig.net, 3);
        serve_rig_send(text + at, sizeof(text) - 1 - at);
        expect(200, "abcde");
        expect(200, "get:a:");
        seen.body.len = 0;
    }
    assert_int_equal(seen.ends, sizeof(text));
}

static void an_empty_body_ends_at_once(void **state)
{
    (void)state;
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    expect(200, "");
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    seen.body.len = 0;
    expect(200, "");
    assert_int_equal(seen.ends, 2);
}

static void a_held_body_waits(void **state)
{
    (void)state;
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
    SERVE_UNTIL(seen.later);
    seen.hold = true;
    serve_rig_send_text("ab");
    SERVE_UNTIL(seen.body.len == 2);
    serve_rig_send_text("cd");
    rig_turns(&serve_rig.net, 20);
    assert_int_equal(seen.body.len, 2);
    assert_true(rig_gets_quiet(&serve_rig.net));
    seen.hold = false;
    http_go_on_body(seen.later);
    expect(200, "abcd");
}

static void an_empty_body_that_is_held_does_not_end(void **state)
{
    (void)state;
    seen.hold_first = true;
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    SERVE_UNTIL(seen.later);
    rig_turns(&serve_rig.net, 20);
    assert_int_equal(seen.ends, 0);
    http_go_on_body(seen.later);
    expect(200, "");
}

static void an_answer_within_the_body_ends_the_connection(void **state)
{
    (void)state;
    seen.answer_in_body = true;
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
    struct response response = serve_rig_response(false);
    assert_int_equal(response.status, 413);
    assert_true(serve_rig_has(&response, "Connection: close"));
    serve_rig_assert_end();
    assert_int_equal(seen.gone, 0);
}

static void a_body_that_is_refused_is_not_read(void **state)
{
    (void)state;
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nX-Refuse: 1\r\nContent-Length: 4\r\n"
                        "Expect: 100-continue\r\n\r\n");
    assert_int_equal(serve_rig_response(false).status, 403);
    serve_rig_assert_end();
}

static void a_wanted_body_is_asked_for(void **state)
{
    (void)state;
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                        "Expect: 100-continue\r\n\r\n");
    assert_int_equal(serve_rig_response(true).status, 100);
    serve_rig_send_text("ab");
    expect(200, "ab");
}

/* Whoever may not send, or has no room, is told so before it has sent a byte. */
static void a_body_that_is_held_from_the_start_is_asked_for_later(void **state)
{
    (void)state;
    seen.hold_first = true;
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                        "Expect: 100-continue\r\n\r\n");
    SERVE_UNTIL(seen.later);
    assert_true(rig_gets_quiet(&serve_rig.net));
    serve_rig_read();
    assert_int_equal(serve_rig.got.len, 0);
    http_go_on_body(seen.later);
    assert_int_equal(serve_rig_response(true).status, 100);
    serve_rig_send_text("ab");
    expect(200, "ab");

    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                        "Expect: 100-continue\r\n\r\n");
    SERVE_UNTIL(seen.later);
    http_problem(seen.later, 507, "full", NULL);
    seen.later = NULL;
    assert_int_equal(serve_rig_response(false).status, 507);
    serve_rig_assert_end();
}

static void a_body_that_nobody_lets_go_on_is_given_up(void **state)
{
    (void)state;
    seen.hold_first = true;
    serve_rig.limits.answer_ms = ANSWER_MS;
    serve_rig.limits.stream_bytes_min = 1;
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
    assert_int_equal(serve_rig_response(false).status, 503);
    assert_int_equal(seen.gone, 1);
}

static void pieces_may_be_of_a_file(void **state)
{
    (void)state;
    char name[] = "/tmp/hubbub-later-XXXXXX";
    int fd = mkstemp(name);
    unlink(name);
    assert_int_equal(write(fd, "0123456789", 10), 10);
    for (unsigned i = 0; i < 2; i++) {
        get("/later");
        SERVE_UNTIL(seen.later);
        http_begin(seen.later, &(struct http_response){.status = 200}, 5);
        seen.pieces_left = 0;
        http_send_file(seen.later, fd, 3, 5);
        SERVE_UNTIL(!seen.later);
        expect(200, "34567");
    }
    close(fd);
}

/* Only while it lasts: what is coalesced for a WebSocket is not to lie in the kernel. */
static void the_kernel_takes_more_of_a_long_file(void **state)
{
    enum { LONG = 1 << 20 };
    (void)state;
    char name[] = "/tmp/hubbub-later-XXXXXX";
    int fd = mkstemp(name);
    unlink(name);
    assert_int_equal(ftruncate(fd, LONG), 0);
    for (size_t len = 5; len <= LONG; len += LONG - 5) {
        get("/later");
        SERVE_UNTIL(seen.later);
        http_begin(seen.later, &(struct http_response){.status = 200}, (int64_t)len);
        http_send_file(seen.later, fd, 0, len);
        assert_int_equal(serve_rig.net.loop.all->bulk, len == LONG);
        SERVE_UNTIL(!seen.later);
        assert_int_equal(serve_rig_response(false).body.len, len);
        assert_false(serve_rig.net.loop.all->bulk);
    }
    close(fd);
}

/* However long the file is, whoever takes nothing of it for so long is let go. */
static void a_reader_that_takes_nothing_of_a_file_is_dropped(void **state)
{
    enum { LONG = 64 << 20 };
    (void)state;
    char name[] = "/tmp/hubbub-later-XXXXXX";
    int fd = mkstemp(name);
    unlink(name);
    assert_int_equal(ftruncate(fd, LONG), 0);
    serve_rig.limits.send_ms = ANSWER_MS;
    get("/later");
    SERVE_UNTIL(seen.later);
    http_begin(seen.later, &(struct http_response){.status = 200}, LONG);
    http_send_file(seen.later, fd, 0, LONG);
    RIG_UNTIL(&serve_rig.net, seen.gone == 1);
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_DROPPED_TIMEOUT), 1);
    close(fd);
}

static void the_owner_hears_of_a_broken_body(void **state)
{
    (void)state;
    serve_rig_send_text("POST /short HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "2\r\nab\r\nzz\r\n");
    assert_int_equal(serve_rig_response(false).status, 400);
    assert_int_equal(seen.gone, 1);
    serve_rig_close();
    assert_true(serve_rig_connect());
    serve_rig_send_text("POST /short HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "2\r\nab\r\nff\r\n");
    assert_int_equal(serve_rig_response(false).status, 413);
    assert_int_equal(seen.gone, 2);
}

static void a_body_that_does_not_come_is_408(void **state)
{
    (void)state;
    serve_rig.limits.body_ms = ANSWER_MS;
    serve_rig.limits.stream_bytes_min = 3;
    serve_rig_send_text("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
    assert_int_equal(serve_rig_response(false).status, 408);
    assert_int_equal(seen.gone, 1);
}

static void an_answer_goes_out_in_pieces(void **state)
{
    (void)state;
    seen.pieces_left = 3;
    get("/later");
    SERVE_UNTIL(seen.later);
    assert_true(http_begin(seen.later, &(struct http_response){.status = 200}, -1));
    send_piece();
    SERVE_UNTIL(!seen.later);
    assert_int_equal(seen.drains, 3);
    struct response response = serve_rig_response(true);
    assert_true(serve_rig_has(&response, "Transfer-Encoding: chunked"));
    static const char chunks[] = "6\r\npiece \r\n6\r\npiece \r\n6\r\npiece \r\n0\r\n\r\n";
    SERVE_UNTIL(serve_rig.got.len - serve_rig.got_at >= sizeof(chunks) - 1);
    assert_memory_equal(serve_rig.got.ptr + serve_rig.got_at, chunks, sizeof(chunks) - 1);
    serve_rig.got_at += sizeof(chunks) - 1;
    get("/rooms/b");
    expect(200, "get:b:");
}

static void pieces_of_a_known_length_need_no_chunks(void **state)
{
    (void)state;
    seen.pieces_left = 2;
    get("/later");
    SERVE_UNTIL(seen.later);
    http_begin(seen.later, &(struct http_response){.status = 200}, 12);
    send_piece();
    SERVE_UNTIL(!seen.later);
    expect(200, "piece piece ");
    serve_rig_send_text("HEAD /later HTTP/1.1\r\nHost: h\r\n\r\n");
    SERVE_UNTIL(seen.later);
    assert_false(http_begin(seen.later, &(struct http_response){.status = 200}, 12));
    seen.later = NULL;
    struct response response = serve_rig_response(true);
    assert_true(serve_rig_has(&response, "Content-Length: 12"));
}

static void http_1_0_gets_pieces_up_to_the_end(void **state)
{
    (void)state;
    seen.pieces_left = 1;
    serve_rig_send_text("GET /later HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    SERVE_UNTIL(seen.later);
    http_begin(seen.later, &(struct http_response){.status = 200}, -1);
    send_piece();
    struct response response = serve_rig_response(true);
    assert_true(serve_rig_has(&response, "Connection: close"));
    SERVE_UNTIL(serve_rig.ended);
    assert_memory_equal(serve_rig.got.ptr + serve_rig.got_at, "piece ", 6);
    assert_int_equal(serve_rig.got.len - serve_rig.got_at, 6);
}

static void an_answer_that_cannot_be_ended_is_cut_off(void **state)
{
    (void)state;
    get("/later");
    SERVE_UNTIL(seen.later);
    http_begin(seen.later, &(struct http_response){.status = 200}, 100);
    http_abandon(seen.later);
    SERVE_UNTIL(serve_rig.ended);
    assert_int_equal(seen.gone, 0);
}

static void patterns_have_parameters(void **state)
{
    const struct {
        const char *method, *path;
        unsigned status;
        const char *body;
    } cases[] = {
        {"GET", "/rooms/public", 200, "public::"},
        {"GET", "/rooms/lobby", 200, "get:lobby:"},
        {"PATCH", "/rooms/lobby", 200, "patch:lobby:"},
        {"GET", "/rooms/a%20b", 200, "get:a b:"},
        {"GET", "/rooms/a/messages/7", 200, "message:a:7"},
        {"GET", "/rooms/", 404, NULL},
        {"GET", "/rooms//messages/7", 404, NULL},
        {"GET", "/rooms/a/", 404, NULL},
        {"GET", "/rooms/a/messages", 404, NULL},
        {"GET", "/rooms/a/messages/7/8", 404, NULL},
        {"POST", "/rooms/a", 405, NULL},
        {"PATCH", "/rooms/public", 200, "patch:public:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer text = {0};
        buffer_printf(&text, "%s %s HTTP/1.1\r\nHost: h\r\n\r\n", cases[i].method, cases[i].path);
        serve_rig_send(text.ptr, text.len);
        buffer_release(&text);
        struct response response = serve_rig_response(false);
        if (response.status != cases[i].status)
            fail_msg("%s %s: %u", cases[i].method, cases[i].path, response.status);
        if (cases[i].body && !slice_is(response.body, cases[i].body))
            fail_msg("%s: %.*s", cases[i].path, (int)response.body.len, response.body.ptr);
        if (response.status == 405)
            assert_true(serve_rig_has(&response, "Allow: GET, HEAD, PATCH"));
    }
}

static void a_server_that_stops_takes_no_requests(void **state)
{
    (void)state;
    serve_rig.server.deaf = true;
    get("/rooms/a");
    struct response response = serve_rig_response(false);
    assert_int_equal(response.status, 503);
    assert_true(serve_rig_has(&response, "Retry-After: 3"));
    serve_rig_assert_end();
}

#define LATER_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LATER_TEST(an_answer_comes_later_and_the_next_request_waits),
        LATER_TEST(a_deferred_answer_may_come_at_once),
        LATER_TEST(head_and_close_are_kept_for_a_later_answer),
        LATER_TEST(the_owner_hears_that_the_peer_is_gone),
        LATER_TEST(an_answer_to_nobody_ends_the_connection),
        LATER_TEST(an_answer_that_never_comes_is_503),
        LATER_TEST(a_body_is_collected),
        LATER_TEST(a_body_over_the_routes_limit_is_413),
        LATER_TEST(a_body_is_streamed_however_it_is_cut),
        LATER_TEST(an_empty_body_ends_at_once),
        LATER_TEST(a_held_body_waits),
        LATER_TEST(an_empty_body_that_is_held_does_not_end),
        LATER_TEST(an_answer_within_the_body_ends_the_connection),
        LATER_TEST(a_body_that_is_refused_is_not_read),
        LATER_TEST(a_wanted_body_is_asked_for),
        LATER_TEST(a_body_that_is_held_from_the_start_is_asked_for_later),
        LATER_TEST(a_body_that_nobody_lets_go_on_is_given_up),
        LATER_TEST(pieces_may_be_of_a_file),
        LATER_TEST(the_kernel_takes_more_of_a_long_file),
        LATER_TEST(a_reader_that_takes_nothing_of_a_file_is_dropped),
        LATER_TEST(the_owner_hears_of_a_broken_body),
        LATER_TEST(a_body_that_does_not_come_is_408),
        LATER_TEST(an_answer_goes_out_in_pieces),
        LATER_TEST(pieces_of_a_known_length_need_no_chunks),
        LATER_TEST(http_1_0_gets_pieces_up_to_the_end),
        LATER_TEST(an_answer_that_cannot_be_ended_is_cut_off),
        LATER_TEST(patterns_have_parameters),
        LATER_TEST(a_server_that_stops_takes_no_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
