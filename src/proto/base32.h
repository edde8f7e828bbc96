#pragma once
/*
 * Base32 (RFC 4648 6) without padding: how secrets are shown to people who type them in. Pure; any thread.
 */

#include <stddef.h>
#include <stdint.h>

/** How many digits len bytes take. */
#define BASE32_LEN(len) (((len)*8 + 4) / 5)

/** Writes BASE32_LEN(len) digits (A-Z, 2-7) and a NUL. */
void base32_write(const uint8_t *bytes, size_t len, char *ret_text);

/**
 * Reads digits in either case, without anything between them, into exactly len bytes. Bits of the last digit that stand for nothing must be zero.
 * ERR_PROTOCOL: they are not that.
 */
int base32_read(const char *text, size_t text_len, uint8_t *ret_bytes, size_t len);
