#include "proto/ws_handshake.h"

/*
 * OpenSSL 3 would rather have SHA1() or EVP, which look the algorithm up by its name each time: 1
 * us, as much as all the rest of an upgrade together. The functions below cost a fifth.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/assert.h"
#include "base/error.h"
#include "proto/http_field.h"

enum { KEY_LEN = 24, KEY_DIGITS = 22 };

static bool is_base64(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '+' || byte == '/';
}

/** RFC 6455 4.1: 16 bytes in base64, whose last digit has four bits that nothing stands in. */
static bool key_is_canonical(struct slice key)
{
    if (key.len != KEY_LEN || key.ptr[KEY_DIGITS] != '=' || key.ptr[KEY_DIGITS + 1] != '=')
        return false;
    for (size_t i = 0; i < KEY_DIGITS; i++) {
        if (!is_base64(key.ptr[i]))
            return false;
    }
    return strchr("AQgw", key.ptr[KEY_DIGITS - 1]) != NULL;
}

int ws_handshake_check(const struct http_head *head)
{
    if (head->method != HTTP_GET)
        return 405;
    if (!http_has_token(head, "upgrade", "websocket"))
        return 426;
    if (head->minor < 1 || !http_has_token(head, "connection", "upgrade"))
        return 400;
    /* Some servers take a body for frames; a proxy in between would see something else. */
    if (head->chunked || head->content_length > 0)
        return 400;
    if (http_header_count(head, "sec-websocket-version") != 1 ||
        !slice_is(http_header(head, "sec-websocket-version"), "13"))
        return 426;
    if (http_header_count(head, "sec-websocket-key") != 1)
        return 400;
    return key_is_canonical(http_header(head, "sec-websocket-key")) ? OK : 400;
}

void ws_handshake_accept(struct slice key, char ret_accept[WS_ACCEPT_SIZE])
{
    static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t digest[SHA_DIGEST_LENGTH];
    SHA_CTX sha;
    ASSERT(key.len == KEY_LEN);
    SHA1_Init(&sha);
    SHA1_Update(&sha, key.ptr, key.len);
    SHA1_Update(&sha, magic, sizeof magic - 1);
    SHA1_Final(digest, &sha);
    EVP_EncodeBlock((uint8_t *)ret_accept, digest, sizeof digest);
}

static int find_name(struct slice name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(name, names[i]))
            return (int)i;
    }
    return ERR_NOT_FOUND;
}

int ws_handshake_subprotocol(const struct http_head *head, const char *const *names, size_t count)
{
    int picked = ERR_NOT_FOUND;
    for (size_t i = 0; i < head->headers_count; i++) {
        if (!http_header_is(&head->headers[i], SLICE_LITERAL("sec-websocket-protocol")))
            continue;
        struct slice rest = head->headers[i].value;
        struct slice offer;
        while (http_list_next(&rest, &offer)) {
            if (!http_is_token(offer))
                return ERR_PROTOCOL;
            if (picked < 0)
                picked = find_name(offer, names, count);
        }
    }
    return picked;
}
