#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>

#include "proto/ws_deflate.h"
#include "request.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define NAME "permessage-deflate"
#define SERVER_NO "; server_no_context_takeover"
#define CLIENT_NO "; client_no_context_takeover"

struct negotiation {
    const char *offers;
    const char *single; /* the answer of a server that likes everything; NULL: none */
    const char *shared; /* of one that shares its frames */
};

static const struct negotiation good[] = {
    {NAME, NAME, NAME SERVER_NO CLIENT_NO},
    {NAME "; client_max_window_bits", NAME, NAME SERVER_NO CLIENT_NO},
    {NAME ";client_max_window_bits", NAME, NAME SERVER_NO CLIENT_NO},
    {NAME " ;\tserver_no_context_takeover", NAME SERVER_NO, NAME SERVER_NO CLIENT_NO},
    {NAME "; client_no_context_takeover", NAME CLIENT_NO, NAME SERVER_NO CLIENT_NO},
    {NAME "; server_no_context_takeover; client_no_context_takeover", NAME SERVER_NO CLIENT_NO,
     NAME SERVER_NO CLIENT_NO},
    {NAME "; server_max_window_bits=15", NAME "; server_max_window_bits=15",
     NAME SERVER_NO CLIENT_NO "; server_max_window_bits=15"},
    {NAME "; server_max_window_bits=\"15\"", NAME "; server_max_window_bits=15",
     NAME SERVER_NO CLIENT_NO "; server_max_window_bits=15"},
    {NAME "; server_max_window_bits=9", NAME "; server_max_window_bits=9", NULL},
    {NAME "; server_max_window_bits=14", NAME "; server_max_window_bits=14", NULL},
    {NAME "; client_max_window_bits=10", NAME "; client_max_window_bits=10",
     NAME SERVER_NO CLIENT_NO "; client_max_window_bits=10"},
    {NAME "; client_max_window_bits=8", NAME, NAME SERVER_NO CLIENT_NO},
    {NAME "; client_max_window_bits=15", NAME, NAME SERVER_NO CLIENT_NO},
    /* the first that fits */
    {NAME "; server_max_window_bits=10, " NAME, NAME "; server_max_window_bits=10",
     NAME SERVER_NO CLIENT_NO},
    {NAME "; server_max_window_bits=8, " NAME, NAME, NAME SERVER_NO CLIENT_NO},
    {"x-webkit-deflate-frame, " NAME, NAME, NAME SERVER_NO CLIENT_NO},
    {"foo; bar=\"a, " NAME "\", " NAME, NAME, NAME SERVER_NO CLIENT_NO},
    {NAME "; nonsense, " NAME, NAME, NAME SERVER_NO CLIENT_NO},
    {", ," NAME ",", NAME, NAME SERVER_NO CLIENT_NO},
};

static const char *const bad[] = {
    "",
    "foo",
    "permessage-deflat",
    "permessage-deflate-x",
    "Permessage-Deflate", /* extension tokens are compared as they are */
    "constructor",
    NAME "=1",
    NAME ";",
    NAME "; ",
    NAME ";;server_no_context_takeover",
    NAME "; unknown",
    NAME "; server_no_context_takeover=1",
    NAME "; server_no_context_takeover=",
    NAME "; server_no_context_takeover=\"\"",
    NAME "; client_no_context_takeover=true",
    NAME "; server_no_context_takeover; server_no_context_takeover",
    NAME "; client_no_context_takeover; client_no_context_takeover",
    NAME "; server_max_window_bits",
    NAME "; server_max_window_bits=",
    NAME "; server_max_window_bits=7",
    NAME "; server_max_window_bits=8",
    NAME "; server_max_window_bits=08",
    NAME "; server_max_window_bits=09",
    NAME "; server_max_window_bits=16",
    NAME "; server_max_window_bits=015",
    NAME "; server_max_window_bits=+15",
    NAME "; server_max_window_bits=15x",
    NAME "; server_max_window_bits=1",
    NAME "; server_max_window_bits=150",
    NAME "; server_max_window_bits=-1",
    NAME "; server_max_window_bits= 15",
    NAME "; server_max_window_bits =15",
    NAME "; server_max_window_bits=\"15",
    NAME "; server_max_window_bits=\"",
    NAME "; server_max_window_bits=15; server_max_window_bits=15",
    NAME "; client_max_window_bits=",
    NAME "; client_max_window_bits=7",
    NAME "; client_max_window_bits=16",
    NAME "; client_max_window_bits=08",
    NAME "; client_max_window_bits=\"\"",
    NAME "; client_max_window_bits; client_max_window_bits",
    NAME "; client_max_window_bits; client_max_window_bits=15",
};

static bool negotiate(const char *offers, const struct ws_deflate_policy *policy,
                      struct ws_deflate_params *ret_params, char *ret_response)
{
    char lines[1024];
    snprintf(lines, sizeof lines, "Sec-WebSocket-Extensions: %s\r\n", offers);
    return ws_deflate_negotiate(request_with("GET / HTTP/1.1", lines), policy, ret_params,
                                ret_response);
}

static void check(const char *offers, const struct ws_deflate_policy *policy, const char *expected)
{
    struct ws_deflate_params params;
    char response[WS_DEFLATE_RESPONSE_SIZE] = "none";
    bool agreed = negotiate(offers, policy, &params, response);
    if (agreed != (expected != NULL) || (expected && strcmp(response, expected) != 0))
        fail_msg("%s: %s", offers, response);
}

static void good_offers_are_answered(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(good); i++) {
        check(good[i].offers, &ws_deflate_policy_single, good[i].single);
        check(good[i].offers, &ws_deflate_policy_shared, good[i].shared);
    }
}

static void bad_offers_are_declined(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(bad); i++) {
        check(bad[i], &ws_deflate_policy_single, NULL);
        check(bad[i], &ws_deflate_policy_shared, NULL);
    }
    struct ws_deflate_params params;
    char response[WS_DEFLATE_RESPONSE_SIZE];
    assert_false(ws_deflate_negotiate(request_with("GET / HTTP/1.1", ""), &ws_deflate_policy_single,
                                      &params, response));
}

static void params_say_what_was_agreed(void **unused)
{
    (void)unused;
    struct ws_deflate_params params;
    char response[WS_DEFLATE_RESPONSE_SIZE];
    assert_true(negotiate(NAME "; server_max_window_bits=11; client_max_window_bits=12",
                          &ws_deflate_policy_single, &params, response));
    assert_int_equal(params.server_window_bits, 11);
    assert_int_equal(params.client_window_bits, 12);
    assert_false(params.server_no_context_takeover);
    assert_false(params.client_no_context_takeover);

    /* A client that could do with 8 is not held to it, so all 15 may come. */
    assert_true(
        negotiate(NAME "; client_max_window_bits=8", &ws_deflate_policy_single, &params, response));
    assert_int_equal(params.client_window_bits, 15);
    assert_int_equal(params.server_window_bits, 15);
}

static void the_client_is_asked_for_less_only_if_it_can_be(void **unused)
{
    (void)unused;
    const struct ws_deflate_policy small = {.server_window_bits_min = 9,
                                            .client_window_bits_max = 10};
    check(NAME, &small, NAME);
    check(NAME "; client_max_window_bits", &small, NAME "; client_max_window_bits=10");
    check(NAME "; client_max_window_bits=9", &small, NAME "; client_max_window_bits=9");
    check(NAME "; client_max_window_bits=12", &small, NAME "; client_max_window_bits=10");
}

static void offers_may_stand_in_several_fields(void **unused)
{
    (void)unused;
    struct ws_deflate_params params;
    char response[WS_DEFLATE_RESPONSE_SIZE];
    assert_true(negotiate("foo\r\nsec-websocket-extensions: " NAME, &ws_deflate_policy_single,
                          &params, response));
    assert_string_equal(response, NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_offers_are_answered),
        cmocka_unit_test(bad_offers_are_declined),
        cmocka_unit_test(params_say_what_was_agreed),
        cmocka_unit_test(the_client_is_asked_for_less_only_if_it_can_be),
        cmocka_unit_test(offers_may_stand_in_several_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
