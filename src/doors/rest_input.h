#pragma once
/*
 * What a request of the HTTP API says, read into its call: whose session it shows, and the fields of its command, which are those of the path, the query and the
 * body. It also says no to what a page of somebody else's may have made a browser send.
 */

#include "doors/rest_call.h"

/** Fills in call->json, query, user_agent, token_hash, has_token, by_cookie. False: ret_error says what is wrong. */
bool rest_input_read(struct rest_call *call, const struct http_request *request,
                     struct web_error *ret_error);
