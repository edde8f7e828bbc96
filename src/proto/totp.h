#pragma once
/*
 * The second factor: time-based one-time passwords (RFC 6238) as authenticator apps compute them: HMAC-SHA-1, steps
 * of 30 seconds since 1970, six digits. Pure functions; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

enum {
    TOTP_SECRET_BYTES = 20, /* RFC 4226 4, R6 */
    TOTP_STEP_MS = 30000,
    TOTP_DIGITS = 6,
    TOTP_WINDOW = 1, /* steps that a clock may be off, each way: RFC 6238 5.2 */
};

/** The code of a step: 0 to 999999. */
uint32_t totp_code(const uint8_t secret[TOTP_SECRET_BYTES], uint64_t step);

/**
 * The step that these six digits are of, within the window around now and later than last_step (the one that was used
 * last; 0: none): so a code works once, and one that was seen does not work again when the clock is set back.
 * ERR_PROTOCOL: not six digits. ERR_DENIED: of no such step. ERR_EXISTS: of one that is not later. The comparison takes the same time whatever the digits are.
 */
int totp_check(const uint8_t secret[TOTP_SECRET_BYTES], struct slice code, uint64_t wall_ms,
               uint64_t last_step, uint64_t *ret_step);

/**
 * Appends what an authenticator app reads from a QR code: otpauth://totp/ISSUER:NAME?secret=… (the Key Uri Format).
 * issuer and name are any text.
 */
void totp_uri(struct buffer *out, struct slice issuer, struct slice name,
              const uint8_t secret[TOTP_SECRET_BYTES]);
