#pragma once
/*
 * The words that the web protocol has for the domain's small enumerations. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/** "public", "private", "direct", "announcement". Returns borrowed, static. */
const char *web_kind_word(uint8_t kind);

/** The kind of room that somebody may ask for: any but direct. */
bool web_kind_of_word(struct slice word, uint8_t *ret_kind);

/** "all", "mentions", "none" (enum attention). Returns borrowed, static. */
const char *web_level_word(uint8_t level);

bool web_level_of_word(struct slice word, uint8_t *ret_level);

/** The role that somebody with an account can be given: member, moderator, admin, owner. */
bool web_role_of_word(struct slice word, uint8_t *ret_role);
