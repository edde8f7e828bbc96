#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/log.h"

static int file, usual_stderr;
static char text[8192];

static int catch_stderr(void **state)
{
    (void)state;
    usual_stderr = dup(STDERR_FILENO);
    file = memfd_create("log", MFD_CLOEXEC);
    dup2(file, STDERR_FILENO);
    return file < 0;
}

static int free_stderr(void **state)
{
    (void)state;
    log_set_level(LOG_INFO);
    log_set_format(LOG_FORMAT_TEXT);
    dup2(usual_stderr, STDERR_FILENO);
    close(usual_stderr);
    close(file);
    return 0;
}

static const char *logged(void)
{
    ssize_t len = pread(file, text, sizeof(text) - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    return text;
}

/* "2026-01-02T03:04:05.678Z warn  " */
enum { HEAD = 31 };

static void a_line_has_its_time_and_level(void **state)
{
    (void)state;
    log_warn("%d of %s", 3, "four");
    const char *line = logged();
    assert_int_equal(strlen(line), HEAD + strlen("3 of four\n"));
    assert_memory_equal(line + 4, "-", 1);
    assert_memory_equal(line + 10, "T", 1);
    assert_memory_equal(line + 23, "Z warn  ", 8);
    assert_string_equal(line + HEAD, "3 of four\n");
}

static void what_is_below_the_level_is_dropped(void **state)
{
    (void)state;
    log_debug("not at the start");
    assert_string_equal(logged(), "");
    log_set_level(LOG_ERROR);
    log_warn("no");
    assert_string_equal(logged(), "");
    log_error("yes");
    assert_string_equal(logged() + HEAD, "yes\n");
    log_set_level(LOG_DEBUG);
    log_debug("now");
    assert_non_null(strstr(logged(), "debug now\n"));
}

static void a_terminal_is_not_commanded(void **state)
{
    (void)state;
    log_info("a%sb%cc", "\033[2J\r\n\t\x7f", 1);
    assert_string_equal(logged() + HEAD, "a?[2J????b?c\n");
}

static void utf8_stays(void **state)
{
    (void)state;
    log_info("gr\xc3\xbc\xc3\x9f");
    assert_string_equal(logged() + HEAD, "gr\xc3\xbc\xc3\x9f\n");
}

static void a_long_line_is_cut(void **state)
{
    (void)state;
    char long_text[3000];
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    log_info("%s", long_text);
    log_info("next");
    const char *first_end = strchr(logged(), '\n');
    assert_non_null(first_end);
    assert_true(first_end - text < 1024);
    assert_true(first_end - text > 1000);
    assert_string_equal(first_end + 1 + HEAD, "next\n");
}

static void fields_stand_behind_the_words(void **state)
{
    (void)state;
    log_event(LOG_INFO, "accounts", "signed in", LOG_ID("person", 0xabc), LOG_NUMBER("n", 7),
              LOG_TEXT("address", "192.0.2.1"), LOG_TEXT("none", NULL), LOG_TEXT("empty", ""),
              LOG_ID("nobody", 0), LOG_TEXT("what", "a \"b\"=\n\\c"));
    assert_string_equal(logged() + HEAD,
                        "accounts: signed in person=0000000000000abc n=7 address=192.0.2.1"
                        " what=\"a \\\"b\\\"=\\u000a\\\\c\"\n");
}

static void a_field_makes_no_other_field(void **state)
{
    (void)state;
    log_event(LOG_INFO, "x", "y", LOG_TEXT("a", "1 b=2"), LOG_TEXT("c", "d=3"));
    assert_string_equal(logged() + HEAD, "x: y a=\"1 b=2\" c=\"d=3\"\n");
}

/* {"time":"2026-01-02T03:04:05.678Z","level":" */
enum { JSON_HEAD = 44 };

static void json_has_the_same(void **state)
{
    (void)state;
    log_set_format(LOG_FORMAT_JSON);
    log_event(LOG_WARN, "accounts", "signed \x1b in", LOG_ID("person", 0xabc), LOG_NUMBER("n", 7),
              LOG_TEXT("a", "gr\xc3\xbc\xc3\x9f \xff\"\x7f"));
    log_error("%d words", 3);
    const char *line = logged();
    assert_memory_equal(line, "{\"time\":\"2", 10);
    assert_ptr_equal(line + JSON_HEAD, strstr(line, "warn"));
    assert_non_null(strstr(line,
                           "warn\",\"component\":\"accounts\",\"message\":\"signed \\u001b in\","
                           "\"person\":\"0000000000000abc\",\"n\":7,"
                           "\"a\":\"gr\xc3\xbc\xc3\x9f ?\\\"\\u007f\"}\n"));
    assert_non_null(strstr(line, "\"error\",\"component\":\"server\",\"message\":\"3 words\"}\n"));
}

static void a_long_line_of_json_is_closed(void **state)
{
    (void)state;
    char long_text[3000];
    log_set_format(LOG_FORMAT_JSON);
    for (size_t len = 800; len < 1100; len++) {
        memset(long_text, 'x', len);
        memcpy(long_text + len, "\xc3\xbc\n\"", 5);
        assert_int_equal(ftruncate(file, 0), 0);
        lseek(file, 0, SEEK_SET);
        log_event(LOG_INFO, "c", long_text, LOG_TEXT("a", "b"));
        const char *line = logged();
        size_t line_len = strlen(line);
        assert_true(line_len < 1025);
        assert_memory_equal(line + line_len - 3, "\"}\n", 3);
        assert_memory_not_equal(line + line_len - 4, "\xc3", 1);
    }
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, catch_stderr, free_stderr)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_line_has_its_time_and_level),
        WITH(what_is_below_the_level_is_dropped),
        WITH(a_terminal_is_not_commanded),
        WITH(utf8_stays),
        WITH(a_long_line_is_cut),
        WITH(fields_stand_behind_the_words),
        WITH(a_field_makes_no_other_field),
        WITH(json_has_the_same),
        WITH(a_long_line_of_json_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
