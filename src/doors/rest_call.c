#include "doors/rest_call.h"

#include <string.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "doors/problem.h"
#include "doors/rest_input.h"
#include "doors/web_reply.h"

static const struct web_error no_session = {"no_session", "this takes a session", 0};
static const struct web_error stopping = {"stopping", "the server stops", 3000};

/* ---- ending ---- */

static void end(struct rest_call *call)
{
    if (call->ended)
        return;
    call->ended = true;
    call->next_ended = call->rest->ended;
    call->rest->ended = call;
}

static void free_call(struct rest_call *call)
{
    hub_remove(&call->speaker.client);
    if (call->route->release)
        call->route->release(call);
    web_speaker_release(&call->speaker);
    json_decref(call->json);
    mem_free(call->user_agent);
    mem_free(call);
}

void rest_sweep(struct rest *rest)
{
    struct rest_call *call = rest->ended;
    rest->ended = NULL;
    while (call) {
        struct rest_call *next = call->next_ended;
        if (call->holds == 0) {
            free_call(call);
        } else {
            call->next_ended = rest->ended;
            rest->ended = call;
        }
        call = next;
    }
}

void rest_release(struct rest *rest)
{
    while (rest->ended) {
        struct rest_call *call = rest->ended;
        rest->ended = call->next_ended;
        free_call(call);
    }
}

void rest_hold(struct rest_call *call)
{
    call->holds++;
}

void rest_unhold(struct rest_call *call)
{
    ASSERT(call->holds > 0);
    call->holds--;
}

/* ---- answering ---- */

void rest_write_headers(const struct rest_call *call, struct buffer *out)
{
    buffer_append_string(out, "Cache-Control: no-store\r\n");
    if (call->rate.limit > 0)
        buffer_printf(out,
                      "RateLimit-Limit: %u\r\nRateLimit-Remaining: %u\r\nRateLimit-Reset: %u\r\n",
                      call->rate.limit, call->rate.remaining, (call->rate.reset_ms + 999) / 1000);
}

void rest_reply_with(struct rest_call *call, unsigned status, const char *type, struct slice body,
                     const char *headers)
{
    struct http_request *request = call->request;
    struct buffer lines = {0};
    if (!request)
        return;
    rest_write_headers(call, &lines);
    if (headers)
        buffer_append_string(&lines, headers);
    buffer_append_byte(&lines, '\0');
    call->request = NULL;
    http_respond(request, &(struct http_response){
                              .status = status,
                              .type = type,
                              .body = body,
                              .headers = (const char *)lines.ptr,
                          });
    buffer_release(&lines);
    end(call);
}

void rest_reply(struct rest_call *call, struct buffer *json, const char *headers)
{
    unsigned status = call->route->status ? call->route->status : 200;
    if (json->len == 0)
        buffer_append_string(json, "{}");
    buffer_append_byte(json, '\n');
    rest_reply_with(call, status, "application/json", buffer_slice(json), headers);
    buffer_release(json);
}

void rest_end(struct rest_call *call)
{
    call->request = NULL;
    end(call);
}

/* Whoever guesses at passwords, codes or links is to be seen. Not the name: people type their passwords there by mistake. */
static void log_failed_sign_in(const struct rest_call *call, const char *code)
{
    char address[ADDRESS_WORD_BYTES];
    if (strcmp(code, "bad_credentials") != 0 && strcmp(code, "bad_token") != 0 &&
        strcmp(code, "code_needed") != 0)
        return;
    address_write(&call->address, address);
    log_event(LOG_INFO, "accounts", "a sign-in was refused", LOG_TEXT("address", address),
              LOG_TEXT("code", code));
}

void rest_refuse(struct rest_call *call, const struct web_error *error)
{
    struct buffer body = {0}, lines = {0};
    if (!call->request)
        return;
    metrics_add(call->rest->metrics, METRIC_REFUSED_COMMAND, 1);
    log_failed_sign_in(call, error->code);
    problem_write(&body, error);
    problem_write_headers(&lines, error);
    buffer_append_byte(&lines, '\0');
    rest_reply_with(call, problem_status(error->code), "application/problem+json",
                    buffer_slice(&body), (const char *)lines.ptr);
    buffer_release(&body);
    buffer_release(&lines);
}

void rest_refuse_with(struct rest_call *call, const char *code, const char *detail)
{
    rest_refuse(call, &(struct web_error){code, detail, 0});
}

bool rest_take(struct rest_call *call, enum rate_kind kind, struct rate_key key)
{
    struct rate_verdict verdict =
        rate_table_take(call->rest->rates, kind, key, call->rest->loop->now_ms);
    if (verdict.limit > 0 && (kind == call->route->counted || !verdict.allowed) &&
        (call->rate.limit == 0 || verdict.remaining < call->rate.remaining || !verdict.allowed))
        call->rate = verdict;
    if (!verdict.allowed) {
        metrics_add(call->rest->metrics, METRIC_RATE_LIMITED, 1);
        rest_refuse(call, &(struct web_error){"rate_limited", "that is too much at once",
                                              verdict.retry_ms});
    }
    return verdict.allowed;
}

static bool take_request(struct rest_call *call, struct rate_key key)
{
    return rest_take(call, call->route->counted, key);
}

/* ---- what the hub says ---- */

static void begin(struct rest_call *call, const struct event *hello)
{
    call->greeted = true;
    if (call->route->rate != RATE_API &&
        !rest_take(call, call->route->rate, rate_key_of_person(call->speaker.client.person)))
        return;
    if (call->route->begin)
        call->route->begin(call, hello);
    else
        rest_run(call);
}

static void on_greeted(struct rest_call *call, const struct event *event)
{
    if (!call->request)
        return;
    if (call->request->server->deaf) {
        rest_refuse(call, &stopping);
    } else if (event->result == OK) {
        if (take_request(call, rate_key_of_person(event->person)))
            begin(call, event);
    } else if (event->result == ERR_NOT_FOUND && call->route->who == REST_ANYBODY) {
        begin(call, NULL);
    } else if (event->result == ERR_NOT_FOUND) {
        rest_refuse(call, &no_session);
    } else {
        struct web_error error = web_error_of_answer(event);
        rest_refuse(call, &error);
    }
}

static void on_answer(struct client *client, const struct event *event)
{
    struct rest_call *call = rest_call_of(client);
    if (event->kind == EVENT_HELLO && !call->greeted)
        on_greeted(call, event);
    else if (call->ended && call->holds == 0)
        return;
    else if (call->route->on_answer)
        call->route->on_answer(call, event);
    else
        web_speaker_answered(&call->speaker, event);
}

static void on_read(struct client *client, const struct store_read *read)
{
    struct rest_call *call = rest_call_of(client);
    if (call->ended && call->holds == 0)
        return;
    if (call->route->on_read)
        call->route->on_read(call, read);
    else
        web_speaker_read(&call->speaker, read);
}

static void on_stirred(struct client *client)
{
    struct rest_call *call = rest_call_of(client);
    if (call->request && call->route->on_stirred)
        call->route->on_stirred(call);
}

/* Its session was ended while it was under way: nothing more is told, also of an answer of which a part is out. */
static void on_ended(struct client *client, uint8_t refusal)
{
    (void)refusal;
    struct rest_call *call = rest_call_of(client);
    struct http_request *request = call->request;
    if (request && request->answered) {
        rest_end(call);
        http_abandon(request);
    } else {
        rest_refuse(call, &no_session);
    }
}

static void on_personal(struct client *client, const struct event *event)
{
    (void)client; /* whoever asks once follows nothing */
    (void)event;
}

static void on_reset(struct client *client, uint64_t room, uint64_t head, uint64_t mid,
                     bool diverged)
{
    (void)client;
    (void)room;
    (void)head;
    (void)mid;
    (void)diverged;
}

static void on_nothing(struct client *client)
{
    (void)client;
}

static const struct client_door client_door = {
    .on_answer = on_answer,
    .on_personal = on_personal,
    .on_reset = on_reset,
    .on_ready = on_nothing,
    .on_read = on_read,
    .on_ended = on_ended,
    .on_stirred = on_stirred,
    .on_unbusy = on_nothing,
};

/* ---- what the speaker says ---- */

static void on_reply(struct web_speaker *speaker, struct buffer *text)
{
    struct rest_call *call = (struct rest_call *)speaker;
    if (call->request)
        rest_reply(call, text, NULL);
    else
        buffer_release(text);
}

static void on_refused(struct web_speaker *speaker, struct slice id, const struct web_error *error)
{
    (void)id;
    rest_refuse((struct rest_call *)speaker, error);
}

static const struct web_speaker_door speaker_door = {
    .on_reply = on_reply,
    .on_refused = on_refused,
    .bare = true,
};

/* ---- what the connection says ---- */

static void later_body(void *ctx, struct slice bytes)
{
    struct rest_call *call = ctx;
    call->route->on_body(call, bytes);
}

static void later_body_end(void *ctx)
{
    struct rest_call *call = ctx;
    call->route->on_body_end(call);
}

static void later_drained(void *ctx)
{
    struct rest_call *call = ctx;
    if (call->route->on_drained)
        call->route->on_drained(call);
}

static void later_gone(void *ctx)
{
    struct rest_call *call = ctx;
    call->request = NULL;
    end(call);
}

static const struct http_later_handler later_handler = {
    .on_body = later_body,
    .on_body_end = later_body_end,
    .on_drained = later_drained,
    .on_gone = later_gone,
};

/* ---- beginning ---- */

int rest_say_hello(struct rest_call *call, const uint8_t token_hash[TOKEN_HASH_BYTES])
{
    return hub_hello(&call->speaker.client, &(struct hello){
                                                .quiet = true,
                                                .console = call->console,
                                                .token_hash = call->console ? NULL : token_hash,
                                                .has_token = !call->console,
                                                .command_id = SLICE_LITERAL("hello"),
                                            });
}

static void begin_as(struct rest_call *call)
{
    if (call->route->who == REST_STRANGER || call->route->who == REST_TOKEN) {
        begin(call, NULL);
        return;
    }
    if (!call->has_token && !call->console) {
        if (call->route->who == REST_PERSON)
            rest_refuse(call, &no_session);
        else
            begin(call, NULL);
        return;
    }
    int result = rest_say_hello(call, call->token_hash);
    if (result != OK) {
        struct web_error error = web_error_of_call(result);
        rest_refuse(call, &error);
    }
}

void rest_handle(void *ctx, struct http_request *request)
{
    struct rest *rest = ctx;
    struct rest_call *call = mem_zalloc(sizeof(*call));
    struct web_error error = {0};
    call->rest = rest;
    call->route = request->route->data;
    call->address = request->source.address;
    call->console = request->server->console;
    call->is_head = request->method == HTTP_HEAD;
    web_speaker_init(&call->speaker, &speaker_door, rest->terms);
    hub_add(rest->hub, &call->speaker.client, &client_door, NULL, random_u64(), LANE_WEB);
    if (call->route->prepare)
        call->route->prepare(call, request);
    bool is_good = rest_input_read(call, request, &error);
    if (call->route->body == REST_BODY_STREAM) {
        call->request = http_receive(request, &later_handler, call);
        http_hold_body(call->request);
    } else {
        call->request = http_defer(request, &later_handler, call);
    }
    if (!call->console && !take_request(call, rate_key_of_address(&call->address)))
        return;
    bool is_nobody = call->route->who == REST_PERSON && !call->has_token && !call->console;
    if (!is_good && !is_nobody)
        rest_refuse(call, &error);
    else if (hub_is_busy(&call->speaker.client))
        rest_refuse(call, &web_error_busy);
    else
        begin_as(call);
}

void rest_add_routes(struct rest *rest, const struct rest_entry *entries, size_t entries_count,
                     struct http_route *routes, size_t *count)
{
    static const enum http_body_mode modes[] = {
        [REST_BODY_NONE] = HTTP_BODY_NONE,      [REST_BODY_JSON] = HTTP_BODY_WHOLE,
        [REST_BODY_OPTIONAL] = HTTP_BODY_WHOLE, [REST_BODY_TEXT] = HTTP_BODY_WHOLE,
        [REST_BODY_STREAM] = HTTP_BODY_STREAM,
    };
    for (size_t i = 0; i < entries_count; i++) {
        const struct rest_route *route = &entries[i].route;
        routes[(*count)++] = (struct http_route){
            .path = entries[i].path,
            .methods = 1u << entries[i].method,
            .ctx = rest,
            .handle = rest_handle,
            .body = modes[route->body],
            .body_bytes_max = route->body_bytes_max             ? route->body_bytes_max
                              : route->body != REST_BODY_STREAM ? rest->message_bytes_max
                                                                : 0,
            .data = route,
        };
    }
}

void rest_run(struct rest_call *call)
{
    struct web_command command;
    json_object_set_new(call->json, "id", json_string("http"));
    web_command_read(json_incref(call->json), &command);
    if (command.error.code)
        rest_refuse(call, &command.error);
    else
        web_run(&call->speaker, &command);
    web_command_release(&command);
}

struct slice rest_string(const struct rest_call *call, const char *field)
{
    const json_t *value = json_object_get(call->json, field);
    if (!json_is_string(value))
        return slice_of(NULL, 0);
    return slice_of(json_string_value(value), json_string_length(value));
}
