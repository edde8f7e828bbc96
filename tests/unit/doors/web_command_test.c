#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/buffer.h"
#include "doors/web_command.h"
#include "guard.h"

/* What a vector cannot say. The commands themselves are in tests/vectors/commands.json. */

#define CID "\"cid\":\"00112233445566778899aabbccddeeff\""

static struct guard guard;

static void parse(const char *text, size_t len, struct web_command *ret_command)
{
    web_command_parse(slice_of(guard_put(&guard, text, len), len), ret_command);
}

static const char *const samples[] = {
    "{\"op\":\"hello\",\"id\":\"1\",\"cursors\":{\"lobby\":{\"seq\":1,\"mid\":\"2\"}}}",
    "{\"op\":\"post\",\"id\":\"1\",\"room\":\"lobby\"," CID ",\"text\":\"\\ud83d\\udc4d\xc3\xa9\"}",
    "{\"op\":\"react\",\"id\":\"1\",\"room\":\"lobby\"," CID ",\"target\":1,\"emoji\":\"+1\"}",
    "{\"op\":\"history\",\"id\":\"1\",\"room\":\"9f86d081884c\",\"before\":12,\"limit\":7}",
    "{\"op\":\"post\",\"id\":\"1\",\"room\":\"lobby\"," CID
    ",\"text\":\"\",\"files\":[{\"id\":\"5\",\"alt\":\"a\"}]}",
    "{\"op\":\"settings\",\"id\":\"1\",\"room\":\"lobby\"," CID
    ",\"kind\":\"private\",\"guests\":true,\"slow_ms\":1}",
    "{\"op\":\"direct\",\"id\":\"1\"," CID ",\"people\":[\"00000000000000ab\"]}",
    "{\"op\":\"invite\",\"id\":\"1\",\"count\":5,\"role\":\"admin\",\"rooms\":[\"lobby\"]}",
    "{\"op\":\"ban\",\"id\":\"1\",\"address\":\"192.0.2.0/24\",\"for_ms\":5,\"reason\":\"r\"}",
    "{\"op\":\"list\",\"id\":\"1\",\"what\":\"members\",\"room\":\"lobby\",\"after\":\"Ann\"}",
    "{\"op\":\"search\",\"id\":\"1\",\"text\":\"tea from:Ann\",\"before\":\"7\",\"limit\":5}",
    "{\"op\":\"profile\",\"id\":\"1\",\"display\":\"Ann\",\"color\":\"#00aaff\"}",
};

static void no_beginning_of_a_command_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        size_t whole = strlen(samples[i]);
        for (size_t len = 0; len <= whole; len++) {
            struct web_command command;
            parse(samples[i], len, &command);
            if (len < whole)
                assert_string_equal(command.error.code, "bad_json");
            else
                assert_null(command.error.code);
            web_command_release(&command);
        }
    }
}

/* Whatever byte stands anywhere: it is a command or an error, and never both. */
static void any_byte_anywhere_is_survived(void **state)
{
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        size_t len = strlen(samples[i]);
        for (size_t at = 0; at < len; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                memcpy(text, samples[i], len);
                text[at] = (char)byte;
                struct web_command command;
                parse(text, len, &command);
                assert_true(command.error.code || command.op != WEB_NONE);
                assert_true(command.error.code || command.id.len > 0);
                web_command_release(&command);
            }
        }
    }
}

/* An error with an id can be answered to; op says whether hello would have to come first. */
static void an_error_keeps_what_is_known(void **state)
{
    static const char text[] = "{\"op\":\"post\",\"id\":\"77\"}";
    (void)state;
    struct web_command command;
    parse(text, strlen(text), &command);
    assert_string_equal(command.error.code, "bad_request");
    assert_int_equal(command.op, WEB_POST);
    assert_true(slice_is(command.id, "77"));
    web_command_release(&command);
    assert_null(command.json);
    web_command_release(&command); /* does nothing */
}

static void as_many_cursors_as_an_object_has_keys(void **state)
{
    struct buffer text = {0};
    (void)state;
    buffer_append_string(&text, "{\"op\":\"hello\",\"id\":\"1\",\"cursors\":{");
    for (unsigned i = 0; i < 256; i++)
        buffer_printf(&text, "%s\"%012x\":{\"seq\":%u}", i ? "," : "", i + 2, i);
    buffer_append_string(&text, "}}");
    struct web_command command;
    parse((char *)text.ptr, text.len, &command);
    assert_null(command.error.code);
    assert_int_equal(command.cursors_count, 256);
    bool seen[256] = {false};
    for (unsigned i = 0; i < 256; i++) {
        const struct cursor *cursor = &command.cursors[i];
        assert_true(cursor->room >= 2 && cursor->room < 258);
        assert_true(cursor->seq == cursor->room - 2);
        assert_true(cursor->mid == 0);
        assert_false(seen[cursor->seq]);
        seen[cursor->seq] = true;
    }
    web_command_release(&command);
    buffer_release(&text);
}

/* Half a cursor was read when it turned out to be wrong: nothing leaks, nothing is taken. */
static void a_wrong_cursor_behind_right_ones(void **state)
{
    static const char text[] = "{\"op\":\"hello\",\"id\":\"1\",\"cursors\":"
                               "{\"000000000002\":{\"seq\":1},\"lobby\":{\"seq\":null}}}";
    (void)state;
    struct web_command command;
    parse(text, strlen(text), &command);
    assert_string_equal(command.error.code, "bad_request");
    web_command_release(&command);
    assert_null(command.cursors);
}

/* The error's words go between quotes as they are. */
static void messages_are_plain(void **state)
{
    static const char *const wrong[] = {
        "{\"op\":\"post\",\"id\":\"1\"}",
        "{\"op\":\"create\",\"id\":\"1\"," CID ",\"name\":\"n\"}",
        "{\"op\":\"react\",\"id\":\"1\",\"room\":\"lobby\"," CID ",\"target\":1}",
        "{\"op\":\"active\",\"id\":\"1\"}",
        "{\"op\":\"rename\",\"id\":\"1\"}",
        "{\"op\":\"history\",\"id\":\"1\",\"room\":\"lobby\",\"after\":1,\"before\":1}",
        "{\"op\":\"settings\",\"id\":\"1\",\"room\":\"lobby\"," CID "}",
        "{\"op\":\"mute\",\"id\":\"1\",\"person\":\"00000000000000ab\",\"for_ms\":0}",
        "{\"op\":\"role\",\"id\":\"1\",\"person\":\"00000000000000ab\",\"role\":\"king\"}",
        "{\"op\":\"profile\",\"id\":\"1\",\"color\":\"red\"}",
        "{\"op\":\"search\",\"id\":\"1\",\"text\":\"before:soon\"}",
        "{\"op\":\"list\",\"id\":\"1\",\"what\":\"secrets\"}",
        "{}",
        "{\"id\":\"1\"}",
        "{\"op\":\"x\",\"id\":\"1\"}",
        "[]",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct web_command command;
        parse(wrong[i], strlen(wrong[i]), &command);
        assert_non_null(command.error.code);
        assert_null(strpbrk(command.error.message, "\"\\\n"));
        assert_int_equal(command.error.retry_ms, 0);
        web_command_release(&command);
    }
}

/* What a command says is wrong names the field. */
static void messages_name_the_field(void **state)
{
    static const char text[] =
        "{\"op\":\"settings\",\"id\":\"1\",\"room\":\"lobby\"," CID ",\"slow_ms\":21600001}";
    struct web_command command;
    (void)state;
    parse(text, strlen(text), &command);
    assert_string_equal(command.error.message, "slow_ms: a number from 0 to 21600000 is needed");
    web_command_release(&command);
}

/* The HTTP API puts the object together itself. */
static void an_object_is_read_like_a_text(void **state)
{
    struct web_command command;
    (void)state;
    web_command_read(json_pack("{ssssss}", "op", "typing", "id", "7", "room", "lobby"), &command);
    assert_null(command.error.code);
    assert_int_equal(command.op, WEB_TYPING);
    assert_int_equal(command.room, ROOM_LOBBY);
    web_command_release(&command);
    web_command_read(json_array(), &command);
    assert_string_equal(command.error.code, "bad_json");
    web_command_release(&command);
    web_command_read(NULL, &command);
    assert_string_equal(command.error.code, "bad_json");
    web_command_release(&command);
}

static int set_up(void **state)
{
    (void)state;
    guard = guard_new(1 << 16);
    return 0;
}

static int take_down(void **state)
{
    (void)state;
    guard_free(&guard);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_beginning_of_a_command_is_one),
        cmocka_unit_test(any_byte_anywhere_is_survived),
        cmocka_unit_test(an_error_keeps_what_is_known),
        cmocka_unit_test(as_many_cursors_as_an_object_has_keys),
        cmocka_unit_test(a_wrong_cursor_behind_right_ones),
        cmocka_unit_test(messages_are_plain),
        cmocka_unit_test(messages_name_the_field),
        cmocka_unit_test(an_object_is_read_like_a_text),
    };
    return cmocka_run_group_tests(tests, set_up, take_down);
}
