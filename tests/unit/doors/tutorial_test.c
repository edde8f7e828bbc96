#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "chat/roster.h"
#include "doors/tutorial.h"

/* How the tutorial's dialect shows events. Its session is tested by the integration tests. */

static struct frame_maker maker;

static int use(void **state)
{
    (void)state;
    frame_maker_init(&maker, false);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    frame_maker_release(&maker);
    return 0;
}

/* Frees the event. expected NULL: nothing is shown. */
static void assert_shown(struct event *event, const char *expected)
{
    struct buffer out = {0};
    tutorial_encode(&maker, event, &out);
    if (!expected) {
        assert_int_equal(out.len, 0);
    } else {
        size_t len = strlen(expected);
        assert_true(len < 126);
        assert_int_equal(out.len, 2 + len);
        assert_int_equal(out.ptr[0], 0x81);
        assert_int_equal(out.ptr[1], len);
        assert_memory_equal(out.ptr + 2, expected, len);
    }
    assert_int_equal(maker.payload.len, 0);
    buffer_release(&out);
    event_free(event);
}

static struct event *post(enum message_type type, const char *body)
{
    struct event *event = event_new(EVENT_MESSAGE, slice_of_string(body), slice_of(NULL, 0));
    event->message.type = (uint8_t)type;
    return event;
}

static struct event *notice(enum event_kind kind)
{
    struct event *event = event_new(kind, slice_of(NULL, 0), slice_of(NULL, 0));
    event->moved = event->turned = true;
    return event;
}

static void posts_are_shown_byte_for_byte_as_the_tutorial_did(void **state)
{
    (void)state;
    assert_shown(post(MESSAGE_TEXT, "hello"), "{\"type\":1,\"body\":\"hello\"}\n");
    assert_shown(post(MESSAGE_TEXT, ""), "{\"type\":1,\"body\":\"\"}\n");
    assert_shown(post(MESSAGE_BINARY, "\x01\xff"), "{\"type\":2,\"body\":\"\\u0001\\ufffd\"}\n");
    assert_shown(post(MESSAGE_TEXT, "<b>\"&\""),
                 "{\"type\":1,\"body\":\"\\u003cb\\u003e\\\"\\u0026\\\"\"}\n");
    assert_shown(post(MESSAGE_TEXT, "{\"type\":1}\n"),
                 "{\"type\":1,\"body\":\"{\\\"type\\\":1}\\n\"}\n");
}

static void notices_are_shown(void **state)
{
    (void)state;
    assert_shown(notice(EVENT_CAME), "{\"type\":1,\"body\":\"New User Joined...\"}\n");
    assert_shown(notice(EVENT_WENT), "{\"type\":1,\"body\":\"User Disconnected...\"}\n");
}

/*
 * They are per connection: a person's second one is a new user, too, and one that is gone for good
 * went when its connection did.
 */
static void notices_are_about_connections(void **state)
{
    struct event *event = notice(EVENT_CAME);
    (void)state;
    event->turned = false;
    assert_shown(event, "{\"type\":1,\"body\":\"New User Joined...\"}\n");
    event = notice(EVENT_WENT);
    event->turned = false;
    assert_shown(event, "{\"type\":1,\"body\":\"User Disconnected...\"}\n");
    event = notice(EVENT_CAME);
    event->moved = false;
    assert_shown(event, NULL);
    event = notice(EVENT_WENT);
    event->moved = false;
    assert_shown(event, NULL);
}

static void what_the_tutorial_did_not_know_is_not_shown(void **state)
{
    (void)state;
    for (int kind = EVENT_CREATED; kind <= EVENT_DRAIN; kind++) {
        if (kind != EVENT_MESSAGE && kind != EVENT_CAME && kind != EVENT_WENT)
            assert_shown(notice((enum event_kind)kind), NULL);
    }
    struct event *event = post(MESSAGE_TEXT, "");
    event->deleted = true;
    assert_shown(event, NULL);
}

/* 64 KB of '<' are 393 KB on the wire. */
static void the_longest_message_with_the_longest_escapes(void **state)
{
    enum { LEN = 65536 };
    char *body = test_malloc(LEN + 1);
    struct buffer out = {0};
    (void)state;
    memset(body, '<', LEN);
    body[LEN] = '\0';
    struct event *event = post(MESSAGE_TEXT, body);
    tutorial_encode(&maker, event, &out);
    size_t payload_len = strlen("{\"type\":1,\"body\":\"\"}\n") + 6 * (size_t)LEN;
    assert_int_equal(out.len, 10 + payload_len);
    assert_memory_equal(out.ptr + out.len - 9, "\\u003c\"}\n", 9);
    event_free(event);
    buffer_release(&out);
    test_free(body);
}

#define TUTORIAL_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TUTORIAL_TEST(posts_are_shown_byte_for_byte_as_the_tutorial_did),
        TUTORIAL_TEST(notices_are_shown),
        TUTORIAL_TEST(notices_are_about_connections),
        TUTORIAL_TEST(what_the_tutorial_did_not_know_is_not_shown),
        TUTORIAL_TEST(the_longest_message_with_the_longest_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
