#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>

#include "base/error.h"
#include "proto/ws_handshake.h"
#include "request.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define ALL UPGRADE CONNECTION KEY VERSION

static const struct {
    const char *line;
    const char *fields;
    int status;
} cases[] = {
    {"GET /ws HTTP/1.1", ALL, OK},
    {"GET /ws HTTP/1.1", ALL "Content-Length: 0\r\n", OK},
    {"GET /ws HTTP/1.1", CONNECTION KEY VERSION "upgrade: foo, WebSocket\r\n", OK},
    {"GET /ws HTTP/1.1", UPGRADE KEY VERSION "Connection: keep-alive, upgrade\r\n", OK},
    {"GET /ws HTTP/1.1", UPGRADE KEY VERSION "Connection: x\r\nConnection: UPGRADE\r\n", OK},
    /* no upgrade asked for */
    {"GET /ws HTTP/1.1", "", 426},
    {"GET /ws HTTP/1.0", "", 426},
    {"GET /ws HTTP/1.1", CONNECTION KEY VERSION, 426},
    {"GET /ws HTTP/1.1", CONNECTION KEY VERSION "Upgrade: h2c\r\n", 426},
    {"GET /ws HTTP/1.1", CONNECTION KEY VERSION "Upgrade: websocketx\r\n", 426},
    {"GET /ws HTTP/1.1", CONNECTION KEY VERSION "Upgrade: web socket\r\n", 426},
    /* another method or version */
    {"POST /ws HTTP/1.1", ALL, 405},
    {"HEAD /ws HTTP/1.1", ALL, 405},
    {"GET /ws HTTP/1.0", ALL, 400},
    /* Connection */
    {"GET /ws HTTP/1.1", UPGRADE KEY VERSION, 400},
    {"GET /ws HTTP/1.1", UPGRADE KEY VERSION "Connection: keep-alive\r\n", 400},
    {"GET /ws HTTP/1.1", UPGRADE KEY VERSION "Connection: upgraded\r\n", 400},
    /* a body */
    {"GET /ws HTTP/1.1", ALL "Content-Length: 1\r\n", 400},
    {"GET /ws HTTP/1.1", ALL "Transfer-Encoding: chunked\r\n", 400},
    /* Sec-WebSocket-Version */
    {"GET /ws HTTP/1.1", UPGRADE CONNECTION KEY, 426},
    {"GET /ws HTTP/1.1", UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 8\r\n", 426},
    {"GET /ws HTTP/1.1", UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 013\r\n", 426},
    {"GET /ws HTTP/1.1", UPGRADE CONNECTION KEY "Sec-WebSocket-Version: 13, 8\r\n", 426},
    {"GET /ws HTTP/1.1", ALL VERSION, 426},
    /* Sec-WebSocket-Key */
    {"GET /ws HTTP/1.1", UPGRADE CONNECTION VERSION, 400},
    {"GET /ws HTTP/1.1", ALL KEY, 400},
};

static void requests_are_judged(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int status = ws_handshake_check(request_with(cases[i].line, cases[i].fields));
        if (status != cases[i].status)
            fail_msg("%d for %s\n%s", status, cases[i].line, cases[i].fields);
    }
}

static void keys_are_sixteen_bytes_in_one_spelling(void **unused)
{
    (void)unused;
    static const struct {
        const char *key;
        int status;
    } keys[] = {
        {"dGhlIHNhbXBsZSBub25jZQ==", OK},   {"AAAAAAAAAAAAAAAAAAAAAA==", OK},
        {"/////////////////////w==", OK},   {"", 400},
        {"dGhlIHNhbXBsZSBub25jZQ", 400},    /* no padding */
        {"dGhlIHNhbXBsZSBub25jZQ=", 400},   /* half of it */
        {"dGhlIHNhbXBsZSBub25jZQ===", 400}, /* too much */
        {"dGhlIHNhbXBsZSBub25jZR==", 400},  /* bits in the padding */
        {"dGhlIHNhbXBsZSBub25jZX==", 400},  /* bits in the padding */
        {"dGhlIHNhbXBsZSBub25jZTE=", 400},  /* 17 bytes */
        {"dGhlIHNhbXBsZSBub25jZTEy", 400},  /* 18 bytes */
        {"dGhlIHNhbXBsZSBub25j", 400},      /* 15 bytes */
        {"dGhlIHNhbXBsZSBub2 jZQ==", 400},  /* a blank */
        {"dGhlIHNhbXBsZSBub2_jZQ==", 400},  /* another alphabet */
        {"dGhlIHNhbXBsZSBub2=jZQ==", 400},  /* padding inside */
        {"dGhl====bXBsZSBub25jZQ==", 400},  /* padding inside */
        {"========================", 400},  {"dGhlIHNhbXBsZSBub2\xc3\xa9ZQ==", 400},
    };
    for (size_t i = 0; i < COUNT(keys); i++) {
        char fields[256];
        snprintf(fields, sizeof fields, "%sSec-WebSocket-Key: %s\r\n", UPGRADE CONNECTION VERSION,
                 keys[i].key);
        int status = ws_handshake_check(request_with("GET / HTTP/1.1", fields));
        if (status != keys[i].status)
            fail_msg("%d for \"%s\"", status, keys[i].key);
    }
}

static void the_key_is_answered(void **unused)
{
    (void)unused;
    char accept[WS_ACCEPT_SIZE];
    ws_handshake_accept(SLICE_LITERAL("dGhlIHNhbXBsZSBub25jZQ=="), accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void subprotocols_are_picked_in_the_clients_order(void **unused)
{
    (void)unused;
    static const char *const ours[] = {"hubbub.v1", "hubbub.v2"};
    static const struct {
        const char *fields;
        int result;
    } offers[] = {
        {"", ERR_NOT_FOUND},
        {"Sec-WebSocket-Protocol: hubbub.v1\r\n", 0},
        {"Sec-WebSocket-Protocol: hubbub.v2, hubbub.v1\r\n", 1},
        {"Sec-WebSocket-Protocol: chat,,hubbub.v1\r\n", 0},
        {"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: hubbub.v2\r\n", 1},
        {"Sec-WebSocket-Protocol: HUBBUB.V1, constructor\r\n", ERR_NOT_FOUND},
        {"Sec-WebSocket-Protocol: hubbub.v1x\r\n", ERR_NOT_FOUND},
        {"Sec-WebSocket-Protocol: hubbub.v1, a b\r\n", ERR_PROTOCOL},
        {"Sec-WebSocket-Protocol: \"hubbub.v1\"\r\n", ERR_PROTOCOL},
        {"Sec-WebSocket-Protocol: hubbub.v1;q=1\r\n", ERR_PROTOCOL},
    };
    for (size_t i = 0; i < COUNT(offers); i++) {
        const struct http_head *head = request_with("GET / HTTP/1.1", offers[i].fields);
        int result = ws_handshake_subprotocol(head, ours, COUNT(ours));
        if (result != offers[i].result)
            fail_msg("%d for %s", result, offers[i].fields);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_judged),
        cmocka_unit_test(keys_are_sixteen_bytes_in_one_spelling),
        cmocka_unit_test(the_key_is_answered),
        cmocka_unit_test(subprotocols_are_picked_in_the_clients_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
