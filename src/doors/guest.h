#pragma once
/*
 * Who a guest is: whoever holds a token. The server keeps only its hash, so whoever reads the data
 * cannot speak for anybody.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "chat/event.h"

enum { GUEST_TOKEN_BYTES = 32, GUEST_TOKEN_LEN = 43 };

/** Makes a new token: 256 random bits as base64url (RFC 4648 5) without padding, and a NUL. */
void guest_token_make(char ret_token[GUEST_TOKEN_LEN + 1]);

/** Whether text has the form of a token. */
bool guest_token_is_valid(struct slice text);

/** SHA-256 (FIPS 180-4) of a token's 43 characters: what the server knows it by. */
void guest_token_hash(const char token[GUEST_TOKEN_LEN], uint8_t ret_hash[TOKEN_HASH_BYTES]);
