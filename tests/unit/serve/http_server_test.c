#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/serve_rig.h"

/* Requests, however they are cut, and answers. Times and limits: http_limits_test.c. */

enum { BIG_LEN = 2 << 20 };

static uint8_t big[BIG_LEN];
static char context[] = "context";
static unsigned handled;

static void handle_echo(void *ctx, struct http_request *request)
{
    struct buffer body = {0};
    assert_ptr_equal(ctx, context);
    handled++;
    buffer_append(&body, request->path.ptr, request->path.len);
    buffer_append_byte(&body, '?');
    buffer_append(&body, request->head->query.ptr, request->head->query.len);
    http_respond(request, &(struct http_response){
                              .status = 200,
                              .type = "text/plain",
                              .body = buffer_slice(&body),
                              .headers = "X-Further: yes\r\n",
                          });
    buffer_release(&body);
}

static void handle_big(void *ctx, struct http_request *request)
{
    (void)ctx;
    handled++;
    http_respond(request, &(struct http_response){
                              .status = 200,
                              .body = slice_of(big, sizeof(big)),
                              .body_is_static = true,
                          });
}

static void handle_silence(void *ctx, struct http_request *request)
{
    (void)ctx;
    (void)request;
}

static const struct http_route routes[] = {
    {.path = "/echo",
     .methods = 1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_POST,
     .ctx = context,
     .handle = handle_echo},
    {.path = "/below/", .methods = 1u << HTTP_GET, .ctx = context, .handle = handle_echo},
    {.path = "/", .methods = 1u << HTTP_GET, .ctx = context, .handle = handle_echo},
    {.path = "/big", .methods = 1u << HTTP_GET, .handle = handle_big},
    {.path = "/any", .ctx = context, .handle = handle_echo},
    {.path = "/silence", .handle = handle_silence},
};

static int use(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = rig_pattern(i);
    serve_rig_init(routes, sizeof(routes) / sizeof(routes[0]), 1, 0);
    handled = 0;
    return !serve_rig_connect();
}

static int take_down(void **state)
{
    (void)state;
    serve_rig_release();
    return 0;
}

static void assert_body(const struct response *response, unsigned status, const char *body)
{
    assert_int_equal(response->status, status);
    if (!slice_is(response->body, body))
        fail_msg("\"%.*s\" is not \"%s\"", (int)response->body.len, response->body.ptr, body);
}

static void expect(unsigned status, const char *body)
{
    struct response response = serve_rig_response(false);
    assert_body(&response, status, body);
}

static void again(void)
{
    serve_rig_close();
    assert_true(serve_rig_connect()); /* there is room for one only: it was given back */
}

static void a_request_is_answered(void **state)
{
    (void)state;
    serve_rig_send_text("GET /echo?a=b HTTP/1.1\r\nHost: h\r\n\r\n");
    struct response response = serve_rig_response(false);
    assert_body(&response, 200, "/echo?a=b");
    assert_true(serve_rig_has(&response, "Content-Type: text/plain"));
    assert_true(serve_rig_has(&response, "X-Further: yes"));
    assert_true(serve_rig_has(&response, "X-Content-Type-Options: nosniff"));
    assert_non_null(memmem(response.head.ptr, response.head.len, "\r\nDate: ", 8));
    assert_null(memmem(response.head.ptr, response.head.len, "Connection:", 11));
    assert_int_equal(rig_metric(&serve_rig.net, METRIC_HTTP_REQUESTS), 1);
}

static void split_at_every_byte(const char *text, size_t len, void (*check)(void))
{
    for (size_t at = 0; at <= len; at++) {
        serve_rig_send(text, at);
        rig_turns(&serve_rig.net, 3);
        serve_rig_send(text + at, len - at);
        check();
        again();
    }
    for (size_t at = 0; at < len; at++) { /* and every byte alone */
        serve_rig_send(text + at, 1);
        rig_turns(&serve_rig.net, 2);
    }
    check();
}

static void check_get(void)
{
    expect(200, "/echo?x");
}

static void a_request_may_be_cut_at_every_byte(void **state)
{
    static const char text[] = "\r\nGET /echo?x HTTP/1.1\r\nHost: h\r\nX-Any: thing\r\n\r\n";
    (void)state;
    split_at_every_byte(text, sizeof(text) - 1, check_get);
}

static void check_two(void)
{
    expect(200, "/echo?");
    expect(200, "/below/it?");
}

static void a_body_is_passed_over_however_it_is_cut(void **state)
{
    static const char text[] = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nGET /"
                               "GET /below/it HTTP/1.1\r\nHost: h\r\n\r\n";
    (void)state;
    split_at_every_byte(text, sizeof(text) - 1, check_two);
}

static void a_chunked_body_is_passed_over_however_it_is_cut(void **state)
{
    static const char text[] =
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: t\r\n\r\n"
        "GET /below/it HTTP/1.1\r\nHost: h\r\n\r\n";
    (void)state;
    split_at_every_byte(text, sizeof(text) - 1, check_two);
}

static void requests_in_a_row_are_answered_in_a_row(void **state)
{
    struct buffer all = {0};
    (void)state;
    for (unsigned i = 0; i < 50; i++)
        buffer_printf(&all, "GET /echo?%u HTTP/1.1\r\nHost: h\r\n\r\n", i);
    serve_rig_send(all.ptr, all.len);
    for (unsigned i = 0; i < 50; i++) {
        char expected[16];
        snprintf(expected, sizeof(expected), "/echo?%u", i);
        expect(200, expected);
    }
    buffer_release(&all);
}

static void take_big_answers(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct response response = serve_rig_response(false);
        assert_int_equal(response.status, 200);
        assert_int_equal(response.body.len, BIG_LEN);
        rig_check_pattern(response.body.ptr, response.body.len, 0);
    }
    assert_int_equal(handled, count);
}

/* While the peer does not take an answer, the next one is not made: input waits. */
static void requests_in_one_piece_wait_while_an_answer_does(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        serve_rig_send_text("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_turns(&serve_rig.net, 100);
    unsigned before = handled;
    take_big_answers(5);
    assert_int_equal(before, 1);
}

static void requests_that_come_one_by_one_wait_while_an_answer_does(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        serve_rig_send_text("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
        rig_turns(&serve_rig.net, 10);
    }
    unsigned before = handled;
    take_big_answers(5);
    assert_int_equal(before, 1);
}

static void head_gets_the_same_without_the_body(void **state)
{
    (void)state;
    serve_rig_send_text("HEAD /echo?abc HTTP/1.1\r\nHost: h\r\n\r\n"
                        "GET /echo?abc HTTP/1.1\r\nHost: h\r\n\r\n");
    struct response response = serve_rig_response(true);
    assert_int_equal(response.status, 200);
    assert_true(serve_rig_has(&response, "Content-Length: 9"));
    expect(200, "/echo?abc");
    serve_rig_send_text("HEAD /nothing HTTP/1.1\r\nHost: h\r\n\r\n"
                        "GET /echo?abc HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(serve_rig_response(true).status, 404);
    expect(200, "/echo?abc");
}

static void routes_are_found(void **state)
{
    const struct {
        const char *path;
        unsigned status;
    } cases[] = {
        {"/", 200},     {"/echo", 200},    {"/ech%6f", 200}, {"/echo/", 404},    {"/echox", 404},
        {"/ECHO", 404}, {"/below/x", 200}, {"/below/", 200}, {"/below", 404},    {"/x", 404},
        {"/any", 200},  {"/%", 400},       {"/%00", 400},    {"/echo?%zz", 200},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", cases[i].path);
        serve_rig_send_text(text);
        struct response response = serve_rig_response(false);
        if (response.status != cases[i].status)
            fail_msg("%s: %u", cases[i].path, response.status);
    }
}

static void a_method_that_is_not_known_is_told_which_are(void **state)
{
    (void)state;
    serve_rig_send_text("DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    struct response response = serve_rig_response(false);
    assert_int_equal(response.status, 405);
    assert_true(serve_rig_has(&response, "Allow: GET, HEAD, POST"));
    assert_true(serve_rig_has(&response, "Content-Type: application/problem+json"));
    assert_body(&response, 405,
                "{\"type\":\"about:blank\",\"title\":\"Method Not Allowed\",\"status\":405,"
                "\"detail\":\"This address does not know that method.\"}\n");
    serve_rig_send_text("DELETE /any HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(200, "/any?"); /* it answers for itself */
}

static void a_handler_that_says_nothing_is_our_fault(void **state)
{
    (void)state;
    serve_rig_send_text("GET /silence HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(serve_rig_response(false).status, 500);
}

static void the_connection_lasts_as_the_client_wants(void **state)
{
    const struct {
        const char *request;
        bool lasts;
        const char *line;
    } cases[] = {
        {"GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", true, NULL},
        {"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false, "Connection: close"},
        {"GET /echo HTTP/1.0\r\n\r\n", false, "Connection: close"},
        {"GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, "Connection: keep-alive"},
        /* A body that no route takes is not read: where the next request begins is not known. */
        {"POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n", false,
         "Connection: close"},
        {"POST /any HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", true, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        serve_rig_send_text(cases[i].request);
        struct response response = serve_rig_response(false);
        if (cases[i].line)
            assert_true(serve_rig_has(&response, cases[i].line));
        if (cases[i].lasts) {
            serve_rig_send_text("GET /echo?again HTTP/1.1\r\nHost: h\r\n\r\n");
            expect(200, "/echo?again");
        } else {
            serve_rig_assert_end();
        }
        again();
    }
}

static void it_says_to_go_on_with_the_body(void **state)
{
    (void)state;
    serve_rig_send_text("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                        "Expect: 100-continue\r\n\r\n");
    struct response response = serve_rig_response(false);
    assert_true(slice_is(response.head, "HTTP/1.1 100 Continue\r\n\r\n"));
    serve_rig_send_text("ab");
    expect(200, "/echo?");
}

static void who_leaves_in_the_middle_is_forgotten(void **state)
{
    static const char text[] = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab";
    (void)state;
    for (size_t len = 0; len < sizeof(text); len++) {
        serve_rig_send(text, len);
        rig_turns(&serve_rig.net, 2);
        again();
    }
    assert_int_equal(handled, 0);
}

#define HTTP_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HTTP_TEST(a_request_is_answered),
        HTTP_TEST(a_request_may_be_cut_at_every_byte),
        HTTP_TEST(a_body_is_passed_over_however_it_is_cut),
        HTTP_TEST(a_chunked_body_is_passed_over_however_it_is_cut),
        HTTP_TEST(requests_in_a_row_are_answered_in_a_row),
        HTTP_TEST(requests_in_one_piece_wait_while_an_answer_does),
        HTTP_TEST(requests_that_come_one_by_one_wait_while_an_answer_does),
        HTTP_TEST(head_gets_the_same_without_the_body),
        HTTP_TEST(routes_are_found),
        HTTP_TEST(a_method_that_is_not_known_is_told_which_are),
        HTTP_TEST(a_handler_that_says_nothing_is_our_fault),
        HTTP_TEST(the_connection_lasts_as_the_client_wants),
        HTTP_TEST(it_says_to_go_on_with_the_body),
        HTTP_TEST(who_leaves_in_the_middle_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
