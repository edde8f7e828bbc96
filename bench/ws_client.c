#include "ws_client.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util.h"

/*
 * The nonce and the accept key of RFC 6455, 1.3. One nonce for all connections, so that the check
 * needs no SHA-1 here; it costs the server the same work as any other.
 */
#define NONCE "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

/* RFC 6455, 5.2. */
bool ws_client_view(const uint8_t *p, size_t n, size_t most, struct ws_view *ret_view)
{
    if (n < 2)
        return false;
    size_t head = 2;
    uint64_t len = p[1];
    if (len > 127)
        die("the server sent a masked frame");
    if (len == 126) {
        head = 4;
        if (n < head)
            return false;
        len = (uint64_t)p[2] << 8 | p[3];
    } else if (len == 127) {
        head = 10;
        if (n < head)
            return false;
        len = 0;
        for (int i = 2; i < 10; i++)
            len = len << 8 | p[i];
    }
    if (len > most)
        die("the server sent a frame of %" PRIu64 " bytes", len);
    if (n - head < len)
        return false;
    *ret_view = (struct ws_view){p[0], p + head, (size_t)len, head + (size_t)len};
    return true;
}

size_t ws_client_frame(uint8_t *out, uint8_t first, const uint8_t *payload, size_t len)
{
    static uint32_t key = 0x9e3779b9;
    size_t head = 2;
    out[0] = first;
    if (len < 126) {
        out[1] = (uint8_t)(0x80 | len);
    } else if (len < 65536) {
        out[1] = 0x80 | 126;
        out[2] = (uint8_t)(len >> 8);
        out[3] = (uint8_t)len;
        head = 4;
    } else {
        out[1] = 0x80 | 127;
        for (int i = 0; i < 8; i++)
            out[2 + i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
        head = 10;
    }
    /* Not random enough for RFC 6455, 5.3, but different in each frame, and nobody attacks. */
    key = key * 1664525u + 1013904223u;
    memcpy(out + head, &key, 4);
    uint8_t *body = out + head + 4;
    for (size_t i = 0; i < len; i++)
        body[i] = payload[i] ^ out[head + i % 4];
    return head + 4 + len;
}

int ws_client_request(char *out, size_t cap, const char *path, int port, const char *subprotocol)
{
    return snprintf(out, cap,
                    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\n"
                    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: " NONCE "\r\n%s%s%s\r\n",
                    path, port, subprotocol != NULL ? "Sec-WebSocket-Protocol: " : "",
                    subprotocol != NULL ? subprotocol : "", subprotocol != NULL ? "\r\n" : "");
}

void ws_client_check_answer(char *head, bool any_accept, const char *subprotocol)
{
    if (strncmp(head, "HTTP/1.1 101 ", 13) != 0)
        die("the upgrade was answered with: %.60s", head);
    if (!any_accept) {
        char *field = strcasestr(head, "\r\nSec-WebSocket-Accept:");
        if (field == NULL || strstr(field, ACCEPT) == NULL)
            die("the upgrade's accept key is wrong");
    }
    if (subprotocol == NULL)
        return;
    char *field = strcasestr(head, "\r\nSec-WebSocket-Protocol:");
    if (field == NULL || strstr(field, subprotocol) == NULL)
        die("the server does not speak %s", subprotocol);
}

int ws_client_close_code(const struct ws_view *view)
{
    return view->len >= 2 ? view->payload[0] << 8 | view->payload[1] : 1005;
}
