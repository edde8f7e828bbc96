#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include <jansson.h>

#include "doors/web_text.h"

/* The exact words of docs/PROTOCOL.md, section 1. */

static void assert_out(struct buffer *out, const char *expected)
{
    buffer_append_byte(out, '\0');
    assert_string_equal((char *)out->ptr, expected);
    json_error_t error;
    json_t *json = json_loads((char *)out->ptr, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("not JSON: %s", error.text);
    json_decref(json);
    buffer_release(out);
}

/* Frees the event. */
static void assert_event(struct event *event, const char *expected)
{
    struct buffer out = {0};
    web_write_event(&out, event);
    event_free(event);
    if (expected)
        assert_out(&out, expected);
    else
        assert_int_equal(out.len, 0);
}

static struct name named(const char *text)
{
    struct name name = {.len = (uint8_t)strlen(text)};
    memcpy(name.text, text, strlen(text) + 1);
    return name;
}

static struct event *event_of(enum event_kind kind, const char *body)
{
    struct event *event = event_new(kind, slice_of_string(body), SLICE_LITERAL("2"));
    event->person = 0x9f86d081884c7d65;
    event->client = 0x3c59dc048e887f3a;
    event->name = named("Ann");
    event->shown = event->turned = true;
    event->people = 4;
    event->visitors = 1;
    event->seq = 42;
    event->mid = UINT64_MAX;
    event->ts_ms = 1700000000000;
    return event;
}

static void a_message(void **state)
{
    struct event *event = event_of(EVENT_POST, "Hi \"<all>\"");
    (void)state;
    event->has_cid = true;
    for (unsigned i = 0; i < CID_BYTES; i++)
        event->cid[i] = (uint8_t)(i * 17);
    assert_event(event, "{\"ev\":\"message\",\"room\":\"lobby\",\"seq\":42,"
                        "\"mid\":\"18446744073709551615\",\"ts\":1700000000000,"
                        "\"from\":{\"id\":\"9f86d081884c7d65\",\"name\":\"Ann\"},"
                        "\"cid\":\"00112233445566778899aabbccddeeff\","
                        "\"text\":\"Hi \\\"<all>\\\"\"}");
}

static void a_message_of_a_visitor(void **state)
{
    struct event *event = event_of(EVENT_POST, "\xff");
    (void)state;
    event->visitor = true;
    event->name = named("");
    event->message.type = MESSAGE_BINARY;
    assert_event(event, "{\"ev\":\"message\",\"room\":\"lobby\",\"seq\":42,"
                        "\"mid\":\"18446744073709551615\",\"ts\":1700000000000,"
                        "\"from\":{\"id\":\"9f86d081884c7d65\",\"name\":\"Visitor 7f3a\","
                        "\"visitor\":true},\"text\":\"\\ufffd\"}");
}

static void joined_and_left(void **state)
{
    (void)state;
    assert_event(event_of(EVENT_JOIN, ""),
                 "{\"ev\":\"joined\",\"room\":\"lobby\",\"from\":{\"id\":\"9f86d081884c7d65\","
                 "\"name\":\"Ann\"},\"active\":false,\"count\":4,\"visitors\":1}");
    struct event *event = event_of(EVENT_JOIN, "");
    event->active = event->visitor = true;
    assert_event(event,
                 "{\"ev\":\"joined\",\"room\":\"lobby\",\"from\":{\"id\":\"9f86d081884c7d65\","
                 "\"name\":\"Visitor 7f3a\",\"visitor\":true},\"active\":true,\"count\":4,"
                 "\"visitors\":1}");
    assert_event(event_of(EVENT_LEAVE, ""),
                 "{\"ev\":\"left\",\"room\":\"lobby\",\"from\":{\"id\":\"9f86d081884c7d65\","
                 "\"name\":\"Ann\"},\"count\":4,\"visitors\":1}");
}

static void renamed_and_active(void **state)
{
    struct event *event = event_of(EVENT_RENAME, "");
    (void)state;
    event->was = named("A\"n");
    assert_event(event,
                 "{\"ev\":\"renamed\",\"room\":\"lobby\",\"from\":{\"id\":\"9f86d081884c7d65\","
                 "\"name\":\"Ann\"},\"was\":\"A\\\"n\"}");
    event = event_of(EVENT_ACTIVE, "");
    event->active_turned = event->person_active = true;
    assert_event(event,
                 "{\"ev\":\"active\",\"room\":\"lobby\",\"from\":{\"id\":\"9f86d081884c7d65\","
                 "\"name\":\"Ann\"},\"active\":true}");
}

/* A second connection that comes or goes may make the difference between active and idle. */
static void a_tab_that_makes_the_difference(void **state)
{
    struct event *event = event_of(EVENT_JOIN, "");
    (void)state;
    event->turned = false;
    event->active_turned = event->person_active = true;
    assert_event(event,
                 "{\"ev\":\"active\",\"room\":\"lobby\",\"from\":{\"id\":\"9f86d081884c7d65\","
                 "\"name\":\"Ann\"},\"active\":true}");
    event = event_of(EVENT_LEAVE, "");
    event->turned = false;
    event->active_turned = true;
    assert_event(event,
                 "{\"ev\":\"active\",\"room\":\"lobby\",\"from\":{\"id\":\"9f86d081884c7d65\","
                 "\"name\":\"Ann\"},\"active\":false}");
}

static void what_is_not_shown_or_changes_nothing(void **state)
{
    static const enum event_kind kinds[] = {EVENT_JOIN, EVENT_LEAVE, EVENT_RENAME, EVENT_ACTIVE};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct event *event = event_of(kinds[i], "");
        event->shown = false;
        assert_event(event, NULL);
        event = event_of(kinds[i], "");
        event->turned = false; /* a second connection */
        assert_event(event, NULL);
    }
    assert_event(event_of(EVENT_DRAIN, ""), NULL);
}

static void who_is_here(void **state)
{
    struct roster *roster = roster_new();
    struct name asked = named("Ann"), became;
    (void)state;
    struct event *event = event_of(EVENT_HERE, "");
    event->shown = event->turned = false; /* shown in any case */
    event->roster = roster_view(roster);
    assert_event(event, "{\"ev\":\"here\",\"room\":\"lobby\",\"count\":0,\"visitors\":0,"
                        "\"people\":[]}");
    roster_join(roster, 1, &asked, true, &became);
    roster_join(roster, 0xab, &asked, false, &became);
    roster_visitor_came(roster);
    struct buffer out = {0};
    struct roster_view *view = roster_view(roster);
    web_write_here(&out, view);
    roster_view_unref(view);
    assert_out(&out, "{\"ev\":\"here\",\"room\":\"lobby\",\"count\":2,\"visitors\":1,\"people\":["
                     "{\"id\":\"0000000000000001\",\"name\":\"Ann\",\"active\":true},"
                     "{\"id\":\"00000000000000ab\",\"name\":\"Ann 2\",\"active\":false}]}");
    roster_free(roster);
}

static void replies(void **state)
{
    struct buffer out = {0};
    struct event *event = event_of(EVENT_POST, "hi");
    (void)state;
    web_write_posted(&out, event);
    assert_out(&out, "{\"re\":\"2\",\"ok\":true,\"room\":\"lobby\",\"seq\":42,"
                     "\"mid\":\"18446744073709551615\",\"ts\":1700000000000,\"dup\":false}");
    event->dup = true;
    web_write_posted(&out, event);
    assert_out(&out, "{\"re\":\"2\",\"ok\":true,\"room\":\"lobby\",\"seq\":42,"
                     "\"mid\":\"18446744073709551615\",\"ts\":1700000000000,\"dup\":true}");
    event_free(event);
    web_write_ok(&out, SLICE_LITERAL("a\"b"));
    buffer_append_byte(&out, '}');
    assert_out(&out, "{\"re\":\"a\\\"b\",\"ok\":true}");
}

static void errors(void **state)
{
    struct buffer out = {0};
    (void)state;
    web_write_error(&out, SLICE_LITERAL("7"), "rate_limited", "too much", 1200);
    assert_out(&out, "{\"re\":\"7\",\"error\":{\"code\":\"rate_limited\",\"message\":\"too much\","
                     "\"retry_ms\":1200}}");
    web_write_error(&out, slice_of(NULL, 0), "bad_json", "no", 0);
    assert_out(&out, "{\"re\":null,\"error\":{\"code\":\"bad_json\",\"message\":\"no\"}}");
}

static void a_visitors_name_is_of_its_id(void **state)
{
    struct name name;
    (void)state;
    web_visitor_name(0xffff000000000007, &name);
    assert_string_equal(name.text, "Visitor 0007");
    assert_int_equal(name.len, strlen("Visitor 0007"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message),
        cmocka_unit_test(a_message_of_a_visitor),
        cmocka_unit_test(joined_and_left),
        cmocka_unit_test(renamed_and_active),
        cmocka_unit_test(a_tab_that_makes_the_difference),
        cmocka_unit_test(what_is_not_shown_or_changes_nothing),
        cmocka_unit_test(who_is_here),
        cmocka_unit_test(replies),
        cmocka_unit_test(errors),
        cmocka_unit_test(a_visitors_name_is_of_its_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
