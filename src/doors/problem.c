#include "doors/problem.h"

#include <string.h>

#include "doors/json_text.h"
#include "serve/http_server.h"

static const struct {
    const char *code;
    unsigned status;
} statuses[] = {
    {"archived", 409},     {"bad_credentials", 401},  {"bad_json", 400},
    {"bad_request", 400},  {"bad_token", 404},        {"banned", 403},
    {"busy", 503},         {"cid_reuse", 409},        {"code_needed", 401},
    {"csrf", 403},         {"disk_full", 507},        {"empty", 422},
    {"exists", 409},       {"forbidden", 403},        {"guests_off", 403},
    {"kicked", 403},       {"last_owner", 409},       {"members_only", 403},
    {"muted", 403},        {"name_taken", 409},       {"needs_account", 403},
    {"needs_people", 422}, {"no_accounts", 503},      {"no_file", 404},
    {"no_message", 404},   {"no_person", 404},        {"no_room", 404},
    {"no_session", 401},   {"not_found", 404},        {"quota", 507},
    {"rate_limited", 429}, {"signup_closed", 403},    {"slow_mode", 429},
    {"stopping", 503},     {"too_large", 413},        {"too_long", 422},
    {"too_many", 409},     {"unsupported_type", 415}, {"weak_password", 422},
};

unsigned problem_status(const char *code)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (strcmp(statuses[i].code, code) == 0)
            return statuses[i].status;
    }
    return 400;
}

void problem_write(struct buffer *out, const struct web_error *error)
{
    unsigned status = problem_status(error->code);
    buffer_printf(out, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u,\"detail\":",
                  http_status_text(status), status);
    json_append_string(out, slice_of_string(error->message), JSON_PLAIN);
    buffer_printf(out, ",\"code\":\"%s\"", error->code);
    if (error->retry_ms > 0)
        buffer_printf(out, ",\"retry_ms\":%u", error->retry_ms);
    buffer_append_string(out, "}\n");
}

void problem_write_headers(struct buffer *out, const struct web_error *error)
{
    if (problem_status(error->code) == 401)
        buffer_append_string(out, "WWW-Authenticate: Bearer realm=\"hubbub\"\r\n");
    if (error->retry_ms > 0)
        buffer_printf(out, "Retry-After: %u\r\n", (error->retry_ms + 999) / 1000);
}
