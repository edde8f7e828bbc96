/*
 * Reads what is needed out of one JSON object that the server sent, without building anything. What
 * it walks over must be JSON (RFC 8259); where it sees that it is not, it ends the program. Escapes
 * are not undone: nothing that is asked for here has any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of a frame; lives as long as the frame does. */
struct text {
    const char *at;
    size_t len;
};

/* The value behind `key` at the top of an object, as it stands there. False: no such key. */
bool json_get(struct text object, const char *key, struct text *ret_value);

/* The same, which must be a string: without its quotation marks. */
bool json_string(struct text object, const char *key, struct text *ret_string);

/* The same, which must be a number or a string of decimal digits. */
bool json_number(struct text object, const char *key, uint64_t *ret_number);

/* Is the value behind `key` this very text? */
bool json_is(struct text object, const char *key, const char *value);

/* Takes the next element from what is left of an array; at first that is the whole array. */
bool json_next(struct text *rest, struct text *ret_element);

bool text_is(struct text text, const char *string);
