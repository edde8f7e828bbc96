#pragma once
/*
 * Who a guest is: whoever holds a token. The id follows from the token (the first 64 bits of its SHA-256), so a
 * guest is the same person on every connection and after a restart, and nothing needs to be stored.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "chat/name.h"

enum { GUEST_TOKEN_BYTES = 32, GUEST_TOKEN_LEN = 43 };

/** Makes a new token: 256 random bits as base64url (RFC 4648 5) without padding, and a NUL. */
void guest_token_make(char ret_token[GUEST_TOKEN_LEN + 1]);

/** Whether text has the form of a token. */
bool guest_token_is_valid(struct slice text);

/** The person that a token stands for. Never 0. */
uint64_t guest_person(const char token[GUEST_TOKEN_LEN]);

/** A name for a guest who gave none: "Guest 4821". */
void guest_name(struct name *ret_name);
