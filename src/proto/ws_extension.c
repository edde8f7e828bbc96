/*
 * The negotiation of permessage-deflate (RFC 7692 5 and 7.1), declared in ws_deflate.h. It is apart
 * from the machines because it is all text and they are all zlib.
 */
#include <stdio.h>

#include "base/assert.h"
#include "base/error.h"
#include "proto/http_field.h"
#include "proto/ws_deflate.h"

const struct ws_deflate_policy ws_deflate_policy_shared = {
    .server_no_context_takeover = true,
    .client_no_context_takeover = true,
    .server_window_bits_min = WS_WINDOW_BITS_MAX,
    .client_window_bits_max = WS_WINDOW_BITS_MAX,
};

const struct ws_deflate_policy ws_deflate_policy_single = {
    .server_window_bits_min = WS_WINDOW_BITS_MIN,
    .client_window_bits_max = WS_WINDOW_BITS_MAX,
};

struct offer {
    bool server_no_context_takeover;
    bool client_no_context_takeover;
    uint8_t server_window_bits; /* 0: not named */
    uint8_t client_window_bits; /* 0: not named; 15 if named without a value */
};

/** A flag may be there once and has no value (RFC 7692 7.1.1). */
static bool take_flag(bool *flag, struct slice value)
{
    if (*flag || value.ptr)
        return false;
    *flag = true;
    return true;
}

/** 8 to 15 in decimal without leading zeros, perhaps quoted (RFC 6455 9.1); 0 if it is not that. */
static uint8_t parse_bits(struct slice value)
{
    if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
        value = slice_of(value.ptr + 1, value.len - 2);
    if (value.len == 1 && (value.ptr[0] == '8' || value.ptr[0] == '9'))
        return (uint8_t)(value.ptr[0] - '0');
    if (value.len == 2 && value.ptr[0] == '1' && value.ptr[1] >= '0' && value.ptr[1] <= '5')
        return (uint8_t)(10 + value.ptr[1] - '0');
    return 0;
}

static bool take_bits(uint8_t *bits, struct slice value)
{
    if (*bits)
        return false;
    *bits = parse_bits(value);
    return *bits != 0;
}

static bool take_parameter(struct offer *offer, struct slice part)
{
    struct slice name, value;
    http_part_split(part, &name, &value);
    if (slice_is(name, "server_no_context_takeover"))
        return take_flag(&offer->server_no_context_takeover, value);
    if (slice_is(name, "client_no_context_takeover"))
        return take_flag(&offer->client_no_context_takeover, value);
    if (slice_is(name, "server_max_window_bits"))
        return take_bits(&offer->server_window_bits, value);
    if (slice_is(name, "client_max_window_bits")) {
        /* Without a value it only says that we may ask for something. */
        return take_bits(&offer->client_window_bits, value.ptr ? value : SLICE_LITERAL("15"));
    }
    return false;
}

static bool parse_offer(struct slice element, struct offer *ret_offer)
{
    struct offer offer = {0};
    struct slice part;
    if (!http_part_next(&element, &part) || !slice_is(part, "permessage-deflate"))
        return false;
    while (http_part_next(&element, &part)) {
        if (!take_parameter(&offer, part))
            return false;
    }
    *ret_offer = offer;
    return true;
}

static uint8_t lower_of(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

/** What becomes of an offer; false if the policy declines it. */
static bool accept_offer(const struct offer *offer, const struct ws_deflate_policy *policy,
                         struct ws_deflate_params *ret_params)
{
    if (offer->server_window_bits && offer->server_window_bits < policy->server_window_bits_min)
        return false;
    /*
     * A client that offers 8 may still use more, because we do not hold it to that: zlib turns an 8
     * into a 9, and an answer may not be larger than the offer.
     */
    uint8_t client_bits = WS_WINDOW_BITS_MAX;
    if (offer->client_window_bits >= WS_WINDOW_BITS_MIN)
        client_bits = lower_of(offer->client_window_bits, policy->client_window_bits_max);
    *ret_params = (struct ws_deflate_params){
        .server_no_context_takeover =
            offer->server_no_context_takeover || policy->server_no_context_takeover,
        .client_no_context_takeover =
            offer->client_no_context_takeover || policy->client_no_context_takeover,
        .server_window_bits =
            offer->server_window_bits ? offer->server_window_bits : WS_WINDOW_BITS_MAX,
        .client_window_bits = client_bits,
    };
    return true;
}

static void write_response(const struct offer *offer, const struct ws_deflate_params *params,
                           char ret_response[WS_DEFLATE_RESPONSE_SIZE])
{
    char server_bits[32] = "";
    char client_bits[32] = "";
    /* RFC 7692 7.1.2.1: a window that was asked of us has to be confirmed. */
    if (offer->server_window_bits)
        snprintf(server_bits, sizeof server_bits, "; server_max_window_bits=%d",
                 params->server_window_bits);
    /* 7.1.2.2: ours may only be named to a client that has named its own. */
    if (params->client_window_bits < WS_WINDOW_BITS_MAX)
        snprintf(client_bits, sizeof client_bits, "; client_max_window_bits=%d",
                 params->client_window_bits);
    int len = snprintf(ret_response, WS_DEFLATE_RESPONSE_SIZE, "permessage-deflate%s%s%s%s",
                       params->server_no_context_takeover ? "; server_no_context_takeover" : "",
                       params->client_no_context_takeover ? "; client_no_context_takeover" : "",
                       server_bits, client_bits);
    ASSERT(len > 0 && len < WS_DEFLATE_RESPONSE_SIZE);
}

bool ws_deflate_negotiate(const struct http_head *head, const struct ws_deflate_policy *policy,
                          struct ws_deflate_params *ret_params,
                          char ret_response[WS_DEFLATE_RESPONSE_SIZE])
{
    ASSERT(policy->client_window_bits_max >= WS_WINDOW_BITS_MIN);
    ASSERT(policy->server_window_bits_min >= WS_WINDOW_BITS_MIN);
    for (size_t i = 0; i < head->headers_count; i++) {
        if (!http_header_is(&head->headers[i], SLICE_LITERAL("sec-websocket-extensions")))
            continue;
        struct slice rest = head->headers[i].value;
        struct slice element;
        struct offer offer;
        while (http_list_next(&rest, &element)) {
            if (!parse_offer(element, &offer) || !accept_offer(&offer, policy, ret_params))
                continue;
            write_response(&offer, ret_params, ret_response);
            return true;
        }
    }
    return false;
}
