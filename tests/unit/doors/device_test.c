#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <string.h>

#include "doors/device.h"

#define MOZILLA "Mozilla/5.0 "
#define WEBKIT "AppleWebKit/537.36 (KHTML, like Gecko) "

static void browsers_are_told_apart(void **state)
{
    static const char *const samples[][2] = {
        {MOZILLA "(Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
         "Firefox on Windows"},
        {MOZILLA "(X11; Linux x86_64) " WEBKIT "Chrome/131.0.0.0 Safari/537.36", "Chrome on Linux"},
        {MOZILLA "(Windows NT 10.0) " WEBKIT "Chrome/131.0.0.0 Safari/537.36 Edg/131.0",
         "Edge on Windows"},
        {MOZILLA "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 "
                 "Safari/605.1.15",
         "Safari on macOS"},
        {MOZILLA "(iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
         "Safari on iPhone"},
        {MOZILLA "(Linux; Android 14) " WEBKIT "Chrome/131.0.0.0 Mobile Safari/537.36",
         "Chrome on Android"},
        {"Firefox/1", "Firefox"},
        {"curl/8.5.0", "curl/8.5.0"},
        {"python-requests/2.31.0 (x)", "python-requests/2.31.0"},
        {"", ""},
        {" x", ""},
        {"\x1b[31mred", ""},
        {"a\r\nSet-Cookie: x", "a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        char device[SESSION_DEVICE_MAX + 1];
        memset(device, 'x', sizeof(device));
        device_of_user_agent(slice_of_string(samples[i][0]), device);
        assert_string_equal(device, samples[i][1]);
    }
}

static void whatever_is_sent_it_is_short_and_printable(void **state)
{
    char device[SESSION_DEVICE_MAX + 1];
    uint8_t bytes[600];
    (void)state;
    device_of_user_agent(slice_of(NULL, 0), device);
    assert_string_equal(device, "");
    for (unsigned turn = 0; turn < 256; turn++) {
        memset(bytes, (int)turn, sizeof(bytes));
        device_of_user_agent(slice_of(bytes, sizeof(bytes)), device);
        assert_true(strlen(device) <= 40);
        for (const char *c = device; *c; c++)
            assert_true(*c > ' ' && *c < 0x7f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(browsers_are_told_apart),
        cmocka_unit_test(whatever_is_sent_it_is_short_and_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
