#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "doors/file_name.h"
#include "guard.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static int check(const char *name)
{
    struct guard guard = guard_new(512);
    size_t len = strlen(name);
    int result = file_name_check(slice_of(guard_put(&guard, name, len), len));
    guard_free(&guard);
    return result;
}

static void names_are_one_line_without_a_path(void **unused)
{
    (void)unused;
    static const char *const good[] = {
        "a",
        "photo of me (1).jpeg",
        ".hidden",
        "...",
        "a..b",
        "C:",
        "\"quoted\" 100%.txt",
        "\xc3\xa4\xc3\xb6.txt",
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d.pdf",                 /* Hebrew by itself */
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb.png",     /* an emoji with a joiner */
        "\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8c\xe0\xa4\xb7.txt", /* Hindi with a non-joiner */
    };
    static const char *const bad[] = {
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc/passwd",
        "..\\x",
        "C:\\x",
        "a\nb",
        "a\r\nSet-Cookie: x=y",
        "a\tb",
        "\x01",
        "a\x7f",
        "a\xc2\x85",            /* next line */
        "a\xe2\x80\xa8",        /* line separator */
        "a\xe2\x80\xaegpj.exe", /* right-to-left override */
        "a\xe2\x81\xa6"
        "b",             /* isolate */
        "a\xe2\x80\x8f", /* right-to-left mark */
        "a\xd8\x9c",     /* Arabic letter mark */
        "a\xe2\x80\x8b", /* zero width space */
        "\xef\xbb\xbf"
        "a",                 /* byte order mark */
        "a\xf3\xa0\x81\x81", /* a tag */
        "a\xff",
        "a\xc3",
        "a\xed\xa0\x80",
        "a\xc0\xaf",
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        if (check(good[i]) != OK)
            fail_msg("%s", good[i]);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (check(bad[i]) != ERR_PROTOCOL)
            fail_msg("%zu: %s", i, bad[i]);
    }
    assert_int_equal(file_name_check(slice_of("a\0b", 3)), ERR_PROTOCOL);
    char longest[FILE_NAME_BYTES_MAX + 2];
    memset(longest, 'x', sizeof(longest));
    longest[FILE_NAME_BYTES_MAX + 1] = '\0';
    assert_int_equal(check(longest), ERR_LIMIT);
    longest[FILE_NAME_BYTES_MAX] = '\0';
    assert_int_equal(check(longest), OK);
}

static void a_disposition_is_one_line(void **unused)
{
    (void)unused;
    static const struct {
        const char *name, *line;
        bool in_place;
    } cases[] = {
        {"a.png", "inline; filename=\"a.png\"; filename*=UTF-8''a.png", true},
        {"a b.txt", "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt", false},
        {"\"x\\%.txt", "attachment; filename=\"_x__.txt\"; filename*=UTF-8''%22x%5C%25.txt", false},
        {"\xc3\xa4'\xf0\x9f\x98\x80;=*.txt",
         "attachment; filename=\"_'_;=*.txt\"; filename*=UTF-8''%C3%A4%27%F0%9F%98%80%3B%3D%2A.txt",
         false},
        /* Refused before; but should one come here, it cannot end the line. */
        {"a\r\nX: y", "attachment; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer out = {0};
        file_name_write_disposition(&out, slice_of_string(cases[i].name), cases[i].in_place);
        buffer_append_byte(&out, '\0');
        char wanted[256] = "Content-Disposition: ";
        strcat(wanted, cases[i].line);
        strcat(wanted, "\r\n");
        assert_string_equal((char *)out.ptr, wanted);
        buffer_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_one_line_without_a_path),
        cmocka_unit_test(a_disposition_is_one_line),
    };
    return cmocka_run_group_tests_name("file_name", tests, NULL, NULL);
}
