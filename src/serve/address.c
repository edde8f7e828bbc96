#include "serve/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/error.h"

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

int address_parse(struct slice text, struct address *ret_address)
{
    char copy[INET6_ADDRSTRLEN];
    struct address address;
    if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.ptr, 0, text.len))
        return ERR_PROTOCOL;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET, copy, address.bytes + 12) == 1)
        memcpy(address.bytes, v4_prefix, sizeof(v4_prefix));
    else if (inet_pton(AF_INET6, copy, address.bytes) != 1)
        return ERR_PROTOCOL;
    *ret_address = address;
    return OK;
}

int address_block_parse(struct slice text, struct address_block *ret_block)
{
    struct address_block block;
    const uint8_t *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
    size_t address_len = slash ? (size_t)(slash - text.ptr) : text.len;
    if (address_parse(slice_of(text.ptr, address_len), &block.address) != OK)
        return ERR_PROTOCOL;
    bool v4 = address_is_v4(&block.address) && !memchr(text.ptr, ':', address_len);
    block.bits = 128;
    if (slash) {
        size_t digits = text.len - address_len - 1;
        unsigned bits = 0;
        if (digits == 0 || digits > 3)
            return ERR_PROTOCOL;
        for (size_t i = 0; i < digits; i++) {
            if (slash[1 + i] < '0' || slash[1 + i] > '9')
                return ERR_PROTOCOL;
            bits = bits * 10 + (unsigned)(slash[1 + i] - '0');
        }
        if (bits > (v4 ? 32 : 128))
            return ERR_PROTOCOL;
        block.bits = v4 ? bits + 96 : bits;
    }
    *ret_block = block;
    return OK;
}

bool address_is_in(const struct address *address, const struct address_block *block)
{
    unsigned whole = block->bits / 8, rest = block->bits % 8;
    if (memcmp(address->bytes, block->address.bytes, whole) != 0)
        return false;
    uint8_t mask = (uint8_t)(0xff00u >> rest);
    return rest == 0 || ((address->bytes[whole] ^ block->address.bytes[whole]) & mask) == 0;
}

struct address address_of_socket(const struct sockaddr_storage *socket_address)
{
    struct address address = {{0}};
    if (socket_address->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)socket_address;
        memcpy(address.bytes, v4_prefix, sizeof(v4_prefix));
        memcpy(address.bytes + 12, &v4->sin_addr, 4);
    } else if (socket_address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)socket_address;
        memcpy(address.bytes, &v6->sin6_addr, sizeof(address.bytes));
    }
    return address;
}

bool address_is_v4(const struct address *address)
{
    return memcmp(address->bytes, v4_prefix, sizeof(v4_prefix)) == 0;
}

bool address_is_loopback(const struct address *address)
{
    static const uint8_t v6_loopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    if (address_is_v4(address))
        return address->bytes[12] == 127;
    return memcmp(address->bytes, v6_loopback, sizeof(v6_loopback)) == 0;
}

void address_write(const struct address *address, char ret_text[ADDRESS_WORD_BYTES])
{
    bool is_v4 = address_is_v4(address);
    if (!inet_ntop(is_v4 ? AF_INET : AF_INET6, address->bytes + (is_v4 ? 12 : 0), ret_text,
                   ADDRESS_WORD_BYTES))
        ret_text[0] = '\0';
}
