#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "doors/web_reply.h"
#include "doors/web_text.h"

/* What is shown to whom. The exact words are in tests/vectors/events.json. */

static void assert_out(struct buffer *out, const char *expected)
{
    buffer_append_byte(out, '\0');
    assert_string_equal((char *)out->ptr, expected);
    buffer_release(out);
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
    event->room = ROOM_LOBBY;
    event->person = 0x3c59dc048e887f3a;
    event->name = named("Ann");
    event->turned = event->moved = true;
    event->people = 4;
    event->visitors = 1;
    event->seq = 42;
    event->mid = 7;
    event->ts_ms = 1700000000000;
    return event;
}

/* Frees the event. */
static void assert_shown(struct event *event, bool shown)
{
    struct buffer out = {0};
    web_write_event(&out, event);
    if ((out.len > 0) != shown)
        fail_msg("kind %u: %.*s", event->kind, (int)out.len, (const char *)out.ptr);
    buffer_release(&out);
    event_free(event);
}

static void rooms_see_what_is_theirs(void **state)
{
    (void)state;
    for (int kind = 1; kind <= EVENT_DRAIN; kind++) {
        struct event *event = event_of((enum event_kind)kind, "x");
        bool shown = (kind >= EVENT_CREATED && kind <= EVENT_UNHOST) || kind == EVENT_TYPING ||
                     (kind >= EVENT_CAME && kind <= EVENT_HERE);
        if (kind == EVENT_HERE)
            event->roster = roster_view_new(0);
        assert_shown(event, shown);
    }
}

/* What a later version keeps is no reason to stumble. */
static void unknown_kinds_are_passed_over(void **state)
{
    (void)state;
    assert_shown(event_of((enum event_kind)(EVENT_UNHOST + 1), "x"), false);
    assert_shown(event_of((enum event_kind)(EVENT_KEPT_END - 1), "x"), false);
    assert_shown(event_of((enum event_kind)255, "x"), false);
}

static void a_persons_further_connections_are_its_own_business(void **state)
{
    struct event *event = event_of(EVENT_CAME, "");
    (void)state;
    event->turned = false;
    assert_shown(event, false);
    event = event_of(EVENT_WENT, "");
    event->turned = false;
    assert_shown(event, false);
    /*
     * But a person that comes into a room, or goes for good, does so without a connection of its
     * own.
     */
    event = event_of(EVENT_CAME, "");
    event->moved = false;
    assert_shown(event, true);
    event = event_of(EVENT_WENT, "");
    event->moved = false;
    assert_shown(event, true);
}

static void persons_see_what_is_theirs(void **state)
{
    (void)state;
    for (int kind = 1; kind <= EVENT_DRAIN; kind++) {
        struct event *event = event_of((enum event_kind)kind, "x");
        struct buffer out = {0};
        event->info = mem_zalloc(sizeof(*event->info));
        event->info->id = 2;
        web_write_personal(&out, event);
        assert_int_equal(out.len > 0, kind == EVENT_ADDED || kind == EVENT_GONE ||
                                          kind == EVENT_READ || kind == EVENT_HERE ||
                                          kind == EVENT_LEVEL || kind == EVENT_YOU ||
                                          kind == EVENT_SERVER);
        buffer_release(&out);
        event_free(event);
    }
}

static void a_visitors_bytes_need_be_no_text(void **state)
{
    struct event *event = event_of(EVENT_MESSAGE, "\xff<");
    struct buffer out = {0};
    (void)state;
    event->visitor = true;
    event->name = named("");
    event->message.type = MESSAGE_BINARY;
    web_write_event(&out, event);
    event_free(event);
    assert_out(&out, "{\"ev\":\"message\",\"room\":\"lobby\",\"seq\":42,\"mid\":\"7\","
                     "\"ts\":1700000000000,\"from\":{\"id\":\"3c59dc048e887f3a\","
                     "\"name\":\"Visitor 7f3a\",\"visitor\":true},\"text\":\"\\ufffd<\"}");
}

/* A tombstone says no more than that it is one, whatever the reader has filled in. */
static void what_is_deleted_is_not_told(void **state)
{
    struct event *event = event_of(EVENT_MESSAGE, "secret");
    struct buffer out = {0};
    (void)state;
    event->deleted = true;
    event->edited_ms = 1700000000001;
    event->reactions = mem_zalloc(sizeof(*event->reactions));
    event->files = file_list_new(&(struct file){.id = 5}, 1);
    event->people_ids = people_list_new(1);
    event->mentions_all = true;
    web_write_event(&out, event);
    event_free(event);
    assert_out(&out, "{\"ev\":\"message\",\"room\":\"lobby\",\"seq\":42,\"mid\":\"7\","
                     "\"ts\":1700000000000,\"from\":{\"id\":\"3c59dc048e887f3a\","
                     "\"name\":\"Ann\"},\"deleted\":true}");
}

static void a_visitors_name_is_of_its_id(void **state)
{
    struct name name;
    (void)state;
    web_visitor_name(0xffff000000000007, &name);
    assert_string_equal(name.text, "Visitor 0007");
    assert_int_equal(name.len, strlen("Visitor 0007"));
}

static void a_page_passes_over_what_is_not_shown(void **state)
{
    struct store_read read = {
        .kind = READ_HISTORY,
        .command_id = "12",
        .room = ROOM_LOBBY,
        .events = event_batch_new(0),
        .head = 9,
        .first = 1,
        .last = 9,
    };
    struct buffer out = {0};
    (void)state;
    event_batch_add(read.events, event_of((enum event_kind)30, ""));
    event_batch_add(read.events, event_of(EVENT_JOINED, ""));
    event_batch_add(read.events, event_of((enum event_kind)30, ""));
    event_batch_add(read.events, event_of(EVENT_JOINED, ""));
    event_batch_add(read.events, event_of((enum event_kind)31, ""));
    web_write_read(&out, &read, &(struct web_reply_form){0});
    event_batch_unref(read.events);
#define JOINED                                                                                     \
    "{\"ev\":\"joined\",\"room\":\"lobby\",\"seq\":42,\"mid\":\"7\",\"ts\":1700000000000,"         \
    "\"from\":{\"id\":\"3c59dc048e887f3a\",\"name\":\"Ann\"}}"
    assert_out(&out, "{\"re\":\"12\",\"ok\":true,\"room\":\"lobby\",\"head\":9,\"first\":1,"
                     "\"last\":9,\"events\":[" JOINED "," JOINED "]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rooms_see_what_is_theirs),
        cmocka_unit_test(unknown_kinds_are_passed_over),
        cmocka_unit_test(a_persons_further_connections_are_its_own_business),
        cmocka_unit_test(persons_see_what_is_theirs),
        cmocka_unit_test(a_visitors_bytes_need_be_no_text),
        cmocka_unit_test(what_is_deleted_is_not_told),
        cmocka_unit_test(a_visitors_name_is_of_its_id),
        cmocka_unit_test(a_page_passes_over_what_is_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
