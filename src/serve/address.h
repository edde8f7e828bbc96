#pragma once
/*
 * Network addresses as the program thinks about them: 16 bytes of IPv6, IPv4 as ::ffff:a.b.c.d.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/slice.h"

struct address {
    uint8_t bytes[16];
};

/* A block of addresses, as "10.0.0.0/8" or "fd00::/8". */
struct address_block {
    struct address address;
    unsigned bits; /* 0 to 128; of an IPv4 block 96 more than written */
};

/** Parses an IPv4 or IPv6 address without port or brackets. ERR_PROTOCOL otherwise. */
int address_parse(struct slice text, struct address *ret_address);

/** Parses "ADDRESS/BITS", or an address alone for just that one. ERR_PROTOCOL otherwise. */
int address_block_parse(struct slice text, struct address_block *ret_block);

bool address_is_in(const struct address *address, const struct address_block *block);

/** The address of a socket of family AF_INET or AF_INET6. */
struct address address_of_socket(const struct sockaddr_storage *socket_address);

/** ::ffff:a.b.c.d. */
bool address_is_v4(const struct address *address);

/** 127.0.0.0/8 or ::1. */
bool address_is_loopback(const struct address *address);

enum { ADDRESS_WORD_BYTES = 48 };

/** Writes it as people do: 192.0.2.1, 2001:db8::1. */
void address_write(const struct address *address, char ret_text[ADDRESS_WORD_BYTES]);
