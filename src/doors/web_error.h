#pragma once
/*
 * The errors of the web protocol, and which of them says what the domain said: the one place that
 * knows. Pure.
 *
 *   where it comes from                                   code          retry_ms
 *   an answer with a refusal (chat/refusal.h)             its own       the answer's
 *   a call, ERR_NOT_FOUND                                 no_room
 *   a call, ERR_DENIED                                    forbidden
 *   a call, ERR_PROTOCOL                                  hello_first
 *   a call, any other                                     busy          1,000
 *   HELLO, ERR_DENIED                                     guests_off
 *   CREATED, ERR_AGAIN                                    name_taken
 *   ACT: ERR_NOT_FOUND with no_room                       no_room
 *   ACT of REPORT: ERR_NOT_FOUND                          no_message
 *   ACT: ERR_NOT_FOUND                                    not_found
 *   ACT: ERR_EXISTS                                       exists
 *   ACT: ERR_PROTOCOL                                     bad_request
 *   ERR_EXISTS                                            cid_reuse
 *   ERR_NOT_FOUND with no_room                            no_room
 *   EDIT, DELETE, REACT …: ERR_NOT_FOUND                  no_message
 *   any other with a room: ERR_NOT_FOUND                  no_room
 *   ERR_DENIED                                            forbidden
 *   ERR_LIMIT                                             too_many
 *   ERR_BUSY                                              disk_full     5,000
 *   any other answer (ERR_INTERNAL)                       busy          1,000
 *   a page, list or search: ERR_NOT_FOUND                 no_room
 *   a page, list or search: ERR_DENIED                    forbidden
 *   a page, list or search: any other                     busy          1,000
 */

#include <stdint.h>

#include "chat/event.h"
#include "chat/store.h"

/* What an error reply says. code and message are plain and, unless it says otherwise, live as long as the program. */
struct web_error {
    const char *code; /* NULL: none */
    const char *message;
    uint32_t retry_ms; /* 0: waiting does not help */
};

extern const struct web_error web_error_bad_json, web_error_unknown_op, web_error_hello_first,
    web_error_busy;

/** What to say when a call of the hub returned a code below 0. */
struct web_error web_error_of_call(int result);

/** What to say of an answer whose result is below 0. */
struct web_error web_error_of_answer(const struct event *event);

/** What to say of a page or list that could not be read. */
struct web_error web_error_of_read(const struct store_read *read);
