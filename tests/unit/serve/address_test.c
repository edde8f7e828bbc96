#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/error.h"
#include "serve/address.h"

static struct address parse(const char *text)
{
    struct address address;
    if (address_parse(slice_of_string(text), &address) != OK)
        fail_msg("refused: %s", text);
    return address;
}

static void addresses_are_parsed(void **state)
{
    const struct {
        const char *text;
        uint8_t bytes[16];
        bool v4, loopback;
    } cases[] = {
        {"1.2.3.4", {[10] = 255, 255, 1, 2, 3, 4}, true, false},
        {"0.0.0.0", {[10] = 255, 255}, true, false},
        {"127.0.0.1", {[10] = 255, 255, 127, 0, 0, 1}, true, true},
        {"127.255.255.254", {[10] = 255, 255, 127, 255, 255, 254}, true, true},
        {"128.0.0.1", {[10] = 255, 255, 128, 0, 0, 1}, true, false},
        {"::ffff:127.0.0.1", {[10] = 255, 255, 127, 0, 0, 1}, true, true},
        {"::1", {[15] = 1}, false, true},
        {"::", {0}, false, false},
        {"::2", {[15] = 2}, false, false},
        {"1::1", {[1] = 1, [15] = 1}, false, false},
        {"2001:DB8::a", {0x20, 0x01, 0x0d, 0xb8, [15] = 10}, false, false},
        {"::127.0.0.1", {[12] = 127, 0, 0, 1}, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct address address = parse(cases[i].text);
        assert_memory_equal(address.bytes, cases[i].bytes, 16);
        assert_int_equal(address_is_v4(&address), cases[i].v4);
        assert_int_equal(address_is_loopback(&address), cases[i].loopback);
    }
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "localhost",
        "1.2.3",
        "1.2.3.256",
        "1.2.3.4.5",
        " 1.2.3.4",
        "1.2.3.4 ",
        "1.2.3.4:80",
        "[::1]",
        "::1%lo",
        ":::",
        "1::2::3",
        "0x7f.0.0.1",
        "1.2.3.4/8",
        "12345::",
        "1.2.3.04",
        "unknown",
        "_hidden",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999",
        "0000:0000:0000:0000:0000:ffff:255.255.255.2555",
    };
    struct address address;
    (void)state;
    memset(&address, 7, sizeof(address));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (address_parse(slice_of_string(cases[i]), &address) != ERR_PROTOCOL)
            fail_msg("taken: %s", cases[i]);
        assert_int_equal(address.bytes[0], 7); /* untouched */
    }
    assert_int_equal(address_parse(slice_of("1.2.3.4\0x", 9), &address), ERR_PROTOCOL);
    assert_int_equal(address_parse(slice_of(NULL, 0), &address), ERR_PROTOCOL);
}

static void blocks_hold_what_they_should(void **state)
{
    const struct {
        const char *block, *address;
        bool is_in;
    } cases[] = {
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "9.255.255.255", false},
        {"10.1.2.3/8", "10.9.9.9", true}, /* bits beyond the mask do not matter */
        {"10.0.0.128/25", "10.0.0.128", true},
        {"10.0.0.128/25", "10.0.0.127", false},
        {"10.0.0.0/31", "10.0.0.1", true},
        {"10.0.0.0/31", "10.0.0.2", false},
        {"10.0.0.1/32", "10.0.0.1", true},
        {"10.0.0.1/32", "10.0.0.0", false},
        {"10.0.0.1", "10.0.0.1", true},
        {"10.0.0.1", "10.0.0.2", false},
        {"10.0.0.1", "::ffff:10.0.0.1", true},
        {"0.0.0.0/0", "1.2.3.4", true},
        {"0.0.0.0/0", "::1", false}, /* all of IPv4 is not all */
        {"::/0", "::1", true},
        {"::/0", "1.2.3.4", true},
        {"::1", "::1", true},
        {"::1", "::2", false},
        {"fd00::/8", "fdff::1", true},
        {"fd00::/8", "fc00::1", false},
        {"2001:db8::/33", "2001:db8:7fff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::ffff:10.0.0.0/104", "10.1.1.1", true},
        {"::ffff:10.0.0.0/104", "11.1.1.1", false},
        {"fd00::/128", "fd00::", true},
        {"fd00::/127", "fd00::1", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct address_block block;
        struct address address = parse(cases[i].address);
        assert_int_equal(address_block_parse(slice_of_string(cases[i].block), &block), OK);
        if (address_is_in(&address, &block) != cases[i].is_in)
            fail_msg("%s in %s", cases[i].address, cases[i].block);
    }
}

static void what_is_no_block_is_refused(void **state)
{
    static const char *const cases[] = {"",           "/8",          "10.0.0.0/",   "10.0.0.0/33",
                                        "10.0.0.0/x", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8",
                                        "10/8",       "::/129",      "::/1280",     "::/0/0",
                                        "host/8",     "10.0.0.0/8 "};
    struct address_block block = {.bits = 77};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (address_block_parse(slice_of_string(cases[i]), &block) != ERR_PROTOCOL)
            fail_msg("taken: %s", cases[i]);
        assert_int_equal(block.bits, 77);
    }
    assert_int_equal(address_block_parse(slice_of(NULL, 0), &block), ERR_PROTOCOL);
}

static void addresses_of_sockets(void **state)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
    (void)state;
    v4->sin_family = AF_INET;
    v4->sin_addr.s_addr = htonl(0x01020304);
    struct address address = address_of_socket(&storage), expected = parse("1.2.3.4");
    assert_memory_equal(&address, &expected, sizeof(address));
    memset(&storage, 0, sizeof(storage));
    v6->sin6_family = AF_INET6;
    v6->sin6_addr.s6_addr[15] = 1;
    address = address_of_socket(&storage);
    assert_true(address_is_loopback(&address));
    memset(&storage, 0xff, sizeof(storage));
    storage.ss_family = AF_UNIX;
    address = address_of_socket(&storage);
    expected = parse("::");
    assert_memory_equal(&address, &expected, sizeof(address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_parsed),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(blocks_hold_what_they_should),
        cmocka_unit_test(what_is_no_block_is_refused),
        cmocka_unit_test(addresses_of_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
