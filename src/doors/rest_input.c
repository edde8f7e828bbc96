#include "doors/rest_input.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/utf8.h"
#include "doors/guest.h"
#include "doors/hex_text.h"
#include "proto/http_field.h"
#include "proto/json_scan.h"
#include "proto/query.h"
#include "serve/session_cookie.h"

enum { FIELD_NAME_MAX = 32, NUMBER_DIGITS_MAX = 16 };

static bool refuse(struct web_error *error, const char *code, const char *message)
{
    *error = (struct web_error){code, message, 0};
    return false;
}

/* ---- the session ---- */

/* RFC 6750 2.1. Returns false when there is none. */
static bool read_bearer(const struct http_head *head, struct slice *ret_token)
{
    static const char scheme[] = "bearer ";
    struct slice value = http_header(head, "Authorization");
    size_t len = sizeof(scheme) - 1;
    if (value.len <= len || !slice_equals_nocase(slice_of(value.ptr, len), slice_of(scheme, len)))
        return false;
    *ret_token = http_trim(slice_of(value.ptr + len, value.len - len));
    return true;
}

static void take_token(struct rest_call *call, struct slice token)
{
    call->has_token = guest_token_is_valid(token);
    if (call->has_token)
        guest_token_hash((const char *)token.ptr, call->token_hash);
}

/* A token in Authorization goes before a cookie: it is shown on purpose, a cookie is always there. */
static void read_session(struct rest_call *call, const struct http_request *request)
{
    struct slice token;
    if (read_bearer(request->head, &token)) {
        take_token(call, token);
    } else if (call->route->who != REST_TOKEN &&
               session_cookie_get(request->server->policy, request->head, &token) == OK) {
        take_token(call, token);
        call->by_cookie = call->has_token;
    }
}

/*
 * Browsers add the cookie whoever has written the page that asks: what changes something has to come from a page of ours
 * (the cookie is SameSite=Lax, too). Nothing but a browser can be fooled so, and browsers tell the truth in both fields.
 */
static bool is_ours(const struct http_request *request)
{
    const struct http_head *head = request->head;
    return slice_is(http_header(head, "Sec-Fetch-Site"), "same-origin") ||
           policy_is_own_origin(request->server->policy, request->conn, head);
}

static bool check_origin(const struct rest_call *call, const struct http_request *request,
                         struct web_error *error)
{
    bool reads = request->method == HTTP_GET || request->method == HTTP_HEAD;
    if (reads || is_ours(request))
        return true;
    /* Without a session, too: who signs in is not to be signed in as somebody else by another's page. */
    bool from_a_page = http_header_count(request->head, "Origin") > 0;
    if (!call->by_cookie && !from_a_page)
        return true;
    if (!call->by_cookie && http_header_count(request->head, "Authorization") > 0)
        return true;
    return refuse(error, "csrf", "this has to come from a page of this server");
}

/* ---- fields ---- */

static bool set_number(json_t *json, const char *field, struct slice value)
{
    json_int_t number = 0;
    if (value.len == 0 || value.len > NUMBER_DIGITS_MAX || (value.ptr[0] == '0' && value.len > 1))
        return false;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return false;
        number = number * 10 + (value.ptr[i] - '0');
    }
    json_object_set_new(json, field, json_integer(number));
    return true;
}

/* One name out of a list such as "before# q=text": its field, and whether that is a number. */
struct field_name {
    struct slice name;
    char field[FIELD_NAME_MAX];
    bool is_number;
};

static bool next_name(const char **list, struct field_name *ret_name)
{
    const char *at = *list ? *list + strspn(*list, " ") : "";
    size_t len = strcspn(at, " ");
    if (len == 0)
        return false;
    *list = at + len;
    ret_name->is_number = at[len - 1] == '#';
    if (ret_name->is_number)
        len--;
    const char *mark = memchr(at, '=', len);
    ret_name->name = slice_of(at, mark ? (size_t)(mark - at) : len);
    struct slice field = mark ? slice_of(mark + 1, len - (size_t)(mark + 1 - at)) : ret_name->name;
    memcpy(ret_name->field, field.ptr, field.len);
    ret_name->field[field.len] = '\0';
    return true;
}

static bool set_field(json_t *json, const struct field_name *name, struct slice value)
{
    if (name->is_number)
        return set_number(json, name->field, value);
    json_object_set_new(json, name->field, json_stringn((const char *)value.ptr, value.len));
    return true;
}

static bool read_params(struct rest_call *call, const struct http_request *request,
                        struct web_error *error)
{
    struct field_name name;
    const char *list = call->route->params;
    for (unsigned i = 0; next_name(&list, &name); i++) {
        if (!set_field(call->json, &name, request->params[i]))
            return refuse(error, "bad_request", "a number is needed in the path");
    }
    return true;
}

static bool read_param(struct rest_call *call, const struct query_param *param)
{
    struct field_name name;
    const char *list = call->route->query;
    while (next_name(&list, &name)) {
        if (slice_equals(name.name, param->name))
            return set_field(call->json, &name, param->value);
    }
    return false;
}

static bool read_query(struct rest_call *call, const struct http_request *request,
                       struct web_error *error)
{
    struct query query;
    struct slice text = request->head->query;
    if (query_parse(text, &query) != OK)
        return refuse(error, "bad_request", "the query is not valid");
    bool is_good = true;
    for (size_t i = 0; i < query.count && is_good; i++)
        is_good = read_param(call, &query.params[i]);
    query_release(&query);
    return is_good ||
           refuse(error, "bad_request",
                  "the query has a parameter that is not known here, or a number is needed");
}

/* ---- the body ---- */

/* Without its parameters. */
static bool is_type(const struct http_request *request, const char *type)
{
    struct slice value = http_header(request->head, "Content-Type"), first;
    return http_part_next(&value, &first) && slice_equals_nocase(first, slice_of_string(type));
}

static bool read_json(struct rest_call *call, struct slice body, struct web_error *error)
{
    json_t *object = NULL;
    if (json_scan(body, &json_limits_default) == OK)
        object = json_loadb((const char *)body.ptr, body.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return refuse(error, "bad_json", "the body is not one JSON object within the limits");
    }
    json_decref(call->json);
    call->json = object;
    return true;
}

static bool read_text(struct rest_call *call, struct slice body, struct web_error *error)
{
    if (!utf8_is_valid(body) || memchr(body.ptr, 0, body.len))
        return refuse(error, "bad_request", "the text is not valid UTF-8");
    json_object_set_new(call->json, "text", json_stringn((const char *)body.ptr, body.len));
    return true;
}

static bool read_body(struct rest_call *call, const struct http_request *request,
                      struct web_error *error)
{
    enum rest_body kind = call->route->body;
    struct slice body = request->body;
    if (kind == REST_BODY_NONE || kind == REST_BODY_STREAM)
        return true;
    if (body.len == 0 && kind == REST_BODY_OPTIONAL)
        return true;
    if (is_type(request, "application/json"))
        return read_json(call, body, error);
    if (kind == REST_BODY_TEXT && is_type(request, "text/plain") && body.len > 0)
        return read_text(call, body, error);
    return refuse(error, "unsupported_type",
                  kind == REST_BODY_TEXT ? "Content-Type: application/json or text/plain is needed"
                                         : "Content-Type: application/json is needed");
}

/* ---- all ---- */

/* The draft "The Idempotency-Key HTTP Header Field" makes it a quoted string; both ways are understood. */
static bool read_cid(struct rest_call *call, const struct http_request *request,
                     struct web_error *error)
{
    uint8_t bytes[CID_BYTES];
    struct slice key = http_header(request->head, "Idempotency-Key");
    struct buffer text = {0};
    if (json_object_get(call->json, "cid"))
        return true;
    if (key.ptr) {
        if (key.len == 2 * CID_BYTES + 2 && key.ptr[0] == '"' && key.ptr[key.len - 1] == '"')
            key = slice_of(key.ptr + 1, key.len - 2);
        if (!hex_read(key, bytes, CID_BYTES))
            return refuse(error, "bad_request",
                          "Idempotency-Key: 32 lower-case hexadecimal digits are needed");
    } else {
        random_bytes(bytes, sizeof(bytes));
    }
    hex_write(&text, bytes, sizeof(bytes));
    json_object_set_new(call->json, "cid", json_stringn((const char *)text.ptr, text.len));
    buffer_release(&text);
    return true;
}

static void set_fixed(struct rest_call *call)
{
    const struct rest_route *route = call->route;
    if (route->fixed)
        json_object_set_new(call->json, route->fixed, json_string(route->fixed_value));
    if (route->op)
        json_object_set_new(call->json, "op", json_string(route->op));
}

bool rest_input_read(struct rest_call *call, const struct http_request *request,
                     struct web_error *ret_error)
{
    struct slice agent = http_header(request->head, "User-Agent");
    call->json = json_object();
    if (agent.ptr && utf8_is_valid(agent))
        call->user_agent = mem_copy_string(agent.ptr, agent.len);
    if (call->route->who != REST_STRANGER && !call->console)
        read_session(call, request);
    bool is_good = check_origin(call, request, ret_error) && read_body(call, request, ret_error) &&
                   read_params(call, request, ret_error) && read_query(call, request, ret_error) &&
                   (!call->route->keeps || read_cid(call, request, ret_error));
    set_fixed(call);
    return is_good;
}
