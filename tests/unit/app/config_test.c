#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/config.h"
#include "base/error.h"

enum { WORDS_MAX = 40 };

static struct config config;
static char error_line[CONFIG_ERROR_BYTES];
static char path[] = "/tmp/hubbub-config-test-XXXXXX";

/* Splits at blanks into argv, where %s stands for the file's path. Words live in text. */
static int split(char *text, char *argv[WORDS_MAX])
{
    int argc = 0;
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        assert_true(argc < WORDS_MAX - 1);
        argv[argc++] = strcmp(word, "%s") == 0 ? path : word;
    }
    argv[argc] = NULL;
    return argc;
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* file, environment and arguments may be NULL. The config is released by the caller if it is OK. */
static int read_from(const char *file, const char *environment, const char *arguments)
{
    char variables[1024], words[1024];
    char *argv[WORDS_MAX], *environ_list[WORDS_MAX];
    snprintf(variables, sizeof(variables), "%s", environment ? environment : "");
    snprintf(words, sizeof(words), "hubbub %s %s", file ? "--config %s" : "",
             arguments ? arguments : "");
    if (file)
        write_file(file);
    split(variables, environ_list);
    int argc = split(words, argv);
    memset(error_line, 0, sizeof(error_line));
    memset(&config, 0x5a, sizeof(config));
    return config_read(&config, argc, argv, environ_list, error_line);
}

static void read_ok(const char *file, const char *environment, const char *arguments)
{
    if (read_from(file, environment, arguments) != OK)
        fail_msg("refused: %s", error_line);
}

static void assert_refused(const char *file, const char *environment, const char *arguments,
                           const char *message)
{
    if (read_from(file, environment, arguments) == OK)
        fail_msg("taken: %s, %s, %s", file ? file : "", environment ? environment : "",
                 arguments ? arguments : "");
    if (!strstr(error_line, message))
        fail_msg("\"%s\" does not say \"%s\"", error_line, message);
    assert_null(strchr(error_line, '\n'));
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    if (fd >= 0)
        close(fd);
    return fd < 0;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void defaults(void **state)
{
    (void)state;
    read_ok(NULL, NULL, NULL);
    assert_int_equal(config.listen.count, 1);
    assert_string_equal(config.listen.items[0], "localhost:8080");
    assert_int_equal(config.allow_origin.count, 0);
    assert_int_equal(config.trust_proxy.count, 0);
    assert_string_equal(config.data, "data");
    assert_string_equal(config.store, "sqlite");
    assert_string_equal(config.guests, "auto");
    assert_int_equal(config.readers, 2);
    assert_int_equal(config.replay_max, 10000);
    assert_int_equal(config.away_ms, 30000);
    assert_int_equal(config.disk_reserve, 256 << 20);
    assert_string_equal(config.metrics, "off");
    assert_string_equal(config.public_url, "");
    assert_string_equal(config.log_level, "info");
    assert_int_equal(config.workers, 0);
    assert_int_equal(config.message_bytes, 65536);
    assert_int_equal(config.rings_bytes, 67108864);
    assert_false(config.echo || config.help || config.version);
    config_release(&config);
}

/* default < file < environment < command, in each combination. */
static void the_higher_source_wins(void **state)
{
    (void)state;
    for (unsigned sources = 0; sources < 8; sources++) {
        read_ok(sources & 1 ? "workers = 1\ndata = one\n" : NULL,
                sources & 2 ? "HUBBUB_WORKERS=2 HUBBUB_DATA=two" : NULL,
                sources & 4 ? "--workers 3 --data three" : NULL);
        const char *const data[] = {"data", "one", "two", "three"};
        unsigned highest = sources & 4 ? 3 : sources & 2 ? 2 : sources & 1;
        assert_int_equal(config.workers, highest);
        assert_string_equal(config.data, data[highest]);
        config_release(&config);
    }
}

static void assert_list(const struct config_list *list, const char *expected)
{
    char joined[1024] = "";
    for (size_t i = 0; i < list->count; i++) {
        strcat(joined, i ? "|" : "");
        strcat(joined, list->items[i]);
    }
    assert_string_equal(joined, expected);
}

static void a_list_adds_within_a_source_and_replaces_lower_ones(void **state)
{
    const struct {
        const char *file, *environment, *arguments, *listen;
    } cases[] = {
        {NULL, NULL, "--listen a:1", "a:1"},
        {NULL, NULL, "--listen a:1 --listen b:2 --listen=c:3", "a:1|b:2|c:3"},
        {NULL, NULL, "--listen a:1,b:2", "a:1,b:2"}, /* there it is one value */
        {NULL, "HUBBUB_LISTEN=a:1,b:2", NULL, "a:1|b:2"},
        {NULL, "HUBBUB_LISTEN=,a:1,,b:2,", NULL, "a:1|b:2"},
        {"listen = a:1, b:2 c:3\n", NULL, NULL, "a:1|b:2|c:3"},
        {"listen = a:1\nlisten = b:2\n", NULL, NULL, "a:1|b:2"},
        {"listen = a:1\n", "HUBBUB_LISTEN=b:2", NULL, "b:2"},
        {"listen = a:1\n", "HUBBUB_LISTEN=b:2", "--listen c:3 --listen d:4", "c:3|d:4"},
        {"listen = a:1\n", NULL, "--listen c:3", "c:3"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        read_ok(cases[i].file, cases[i].environment, cases[i].arguments);
        assert_list(&config.listen, cases[i].listen);
        config_release(&config);
    }
}

static void a_higher_source_can_empty_a_list(void **state)
{
    (void)state;
    read_ok("allow-origin = https://a\n", NULL, "--allow-origin=");
    assert_list(&config.allow_origin, "");
    config_release(&config);
}

/* Without an address there is nothing to serve, and nothing to say where. */
static void at_least_one_address_is_needed(void **state)
{
    (void)state;
    assert_refused(NULL, NULL, "--listen=", "listen");
    assert_refused(NULL, "HUBBUB_LISTEN=", NULL, "listen");
    assert_refused("listen = ,\n", NULL, NULL, "listen");
}

static void a_list_has_a_limit(void **state)
{
    char file[1024] = "";
    (void)state;
    for (int i = 0; i < CONFIG_LIST_MAX; i++)
        strcat(file, "listen = a:1\n");
    read_ok(file, NULL, NULL);
    assert_int_equal(config.listen.count, CONFIG_LIST_MAX);
    config_release(&config);
    strcat(file, "listen = a:1\n");
    assert_refused(file, NULL, NULL, "listen: at most 32 values");
}

static void flags(void **state)
{
    const struct {
        const char *file, *environment, *arguments;
        bool echo;
    } cases[] = {
        {NULL, NULL, "--echo", true},
        {NULL, NULL, "--echo=off", false},
        {NULL, NULL, "--echo=1", true},
        {"echo = on\n", NULL, NULL, true},
        {"echo = true\n", NULL, NULL, true},
        {"echo = on\n", NULL, "--echo=false", false},
        {NULL, "HUBBUB_ECHO=true", NULL, true},
        {NULL, "HUBBUB_ECHO=0", "--echo", true},
        {"echo = on\n", "HUBBUB_ECHO=0", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        read_ok(cases[i].file, cases[i].environment, cases[i].arguments);
        assert_int_equal(config.echo, cases[i].echo);
        config_release(&config);
    }
    assert_refused(NULL, NULL, "--echo=yes", "echo: on or off is needed, not \"yes\"");
    assert_refused("echo =\n", NULL, NULL, "echo: on or off");
}

static void each_option_can_be_looked_at(void **state)
{
    (void)state;
    read_ok(NULL, NULL, "--listen localhost:1 --listen localhost:2 --echo --readers 3");
    struct config_view view;
    size_t count = 0;
    unsigned found = 0;
    while (config_look(&config, count, &view)) {
        count++;
        assert_string_not_equal(view.name, "help");
        assert_true(view.help[0] != '\0');
        if (strcmp(view.name, "listen") == 0) {
            found++;
            assert_string_equal(view.value, "localhost:1 localhost:2");
            assert_string_equal(view.usual, "localhost:8080");
        } else if (strcmp(view.name, "echo") == 0) {
            found++;
            assert_string_equal(view.value, "on");
            assert_string_equal(view.usual, "off");
        } else if (strcmp(view.name, "readers") == 0) {
            found++;
            assert_string_equal(view.value, "3");
            assert_string_equal(view.usual, "2");
        }
    }
    assert_int_equal(found, 3);
    assert_true(count > 40);
    config_release(&config);
}

static void numbers_have_limits(void **state)
{
    static const char *const bad[] = {"",
                                      "-1",
                                      "+1",
                                      "x",
                                      "1x",
                                      "0x10",
                                      "1.5",
                                      "1e3",
                                      "1,",
                                      "1001",
                                      "18446744073709551616",
                                      "99999999999999999999999999"};
    char arguments[64];
    (void)state;
    read_ok(NULL, NULL, "--gather-ms 0");
    assert_int_equal(config.gather_ms, 0);
    config_release(&config);
    read_ok(NULL, NULL, "--gather-ms=1000 --rings-bytes 1099511627776");
    assert_int_equal(config.gather_ms, 1000);
    assert_true(config.rings_bytes == 1ull << 40);
    config_release(&config);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(arguments, sizeof(arguments), "--gather-ms=%s", bad[i]);
        assert_refused(NULL, NULL, arguments, "gather-ms: a number from 0 to 1000 is needed");
    }
    assert_refused(NULL, NULL, "--rate-burst 0", "from 1 to");
    assert_refused(NULL, NULL, "--message-bytes 127", "from 128 to 1048576");
    assert_refused(NULL, "HUBBUB_WORKERS=257", NULL, "from 0 to 256");
}

/* How rooms remember: where, for whom, and how far back. */
static void the_settings_of_the_store(void **state)
{
    (void)state;
    read_ok("store = memory\nguests = on\nreaders = 1\nreplay-max = 0\n",
            "HUBBUB_AWAY_MS=0 HUBBUB_DISK_RESERVE=1099511627776", "--guests=off --readers 8");
    assert_string_equal(config.store, "memory");
    assert_string_equal(config.guests, "off");
    assert_int_equal(config.readers, 8);
    assert_int_equal(config.replay_max, 0);
    assert_int_equal(config.away_ms, 0);
    assert_true(config.disk_reserve == 1ull << 40);
    config_release(&config);
    read_ok(NULL, NULL, "--replay-max 10000000 --away-ms 3600000 --disk-reserve 0");
    assert_int_equal(config.replay_max, 10000000);
    assert_int_equal(config.away_ms, 3600000);
    assert_int_equal(config.disk_reserve, 0);
    config_release(&config);
    assert_refused(NULL, NULL, "--readers 0", "readers: a number from 1 to 8 is needed");
    assert_refused(NULL, NULL, "--readers 9", "from 1 to 8");
    assert_refused(NULL, NULL, "--replay-max 10000001", "from 0 to 10000000");
    assert_refused("away-ms = 3600001\n", NULL, NULL, "away-ms: a number from 0 to 3600000");
    assert_refused(NULL, NULL, "--disk-reserve 1T", "disk-reserve: a number");
}

static void the_files_form(void **state)
{
    (void)state;
    read_ok("# a comment\n"
            "\n"
            "   # another = one\r\n"
            "  workers=7  \r\n"
            "\tdata =  with blanks # and a mark \t\n"
            "public-url = https://a/?b=c\n"
            "metrics =\n"
            "log-level = warn",
            NULL, NULL);
    assert_int_equal(config.workers, 7);
    assert_string_equal(config.data, "with blanks # and a mark");
    assert_string_equal(config.public_url, "https://a/?b=c");
    assert_string_equal(config.metrics, "");
    assert_string_equal(config.log_level, "warn"); /* without a line feed at the end */
    config_release(&config);
    read_ok("", NULL, NULL);
    config_release(&config);
}

static void what_is_wrong_in_a_file_is_named(void **state)
{
    (void)state;
    assert_refused("workers = 1\nnonsense\n", NULL, NULL, "line 2: \"name = value\" is needed");
    assert_refused("\n\nworker = 1\n", NULL, NULL, "line 3: there is no setting \"worker\"");
    assert_refused("= 1\n", NULL, NULL, "there is no setting \"\"");
    assert_refused("--workers = 1\n", NULL, NULL, "there is no setting \"--workers\"");
    assert_refused("WORKERS = 1\n", NULL, NULL, "there is no setting");
    assert_refused("config = other\n", NULL, NULL, "there is no setting \"config\"");
    assert_refused("workers = many\n", NULL, NULL, "workers: a number");
    assert_refused(NULL, NULL, "--config /does/not/exist", "config: cannot read /does/not/exist");
}

static void a_directory_is_no_file(void **state)
{
    (void)state;
    assert_refused(NULL, NULL, "--config /", "config: cannot read /");
}

/* What stands behind the place where a buffer ends is not a line of its own. */
static void a_long_line_is_one_line(void **state)
{
    enum { LEN = 4095 };
    char *file = test_calloc(1, 2 * LEN);
    (void)state;
    memset(file, ' ', LEN);
    memcpy(file, "# ", 2);
    strcpy(file + LEN, "workers = 7\n");
    int result = read_from(file, NULL, NULL);
    if (result == OK) {
        assert_int_equal(config.workers, 0);
        config_release(&config);
    }
    test_free(file);
}

static void what_is_wrong_on_the_command_line_is_named(void **state)
{
    (void)state;
    assert_refused(NULL, NULL, "workers", "\"workers\" is not an option; see --help");
    assert_refused(NULL, NULL, "-w", "\"-w\" is not an option");
    assert_refused(NULL, NULL, "--", "there is no option \"--\"");
    assert_refused(NULL, NULL, "--worker 1", "there is no option \"--worker\"");
    assert_refused(NULL, NULL, "--workersx=1", "there is no option");
    assert_refused(NULL, NULL, "--workers", "workers needs a value: --workers N");
    assert_refused(NULL, NULL, "--config", "config needs a value");
}

static void the_environments_form(void **state)
{
    (void)state;
    read_ok(NULL,
            "PATH=/bin HUBBUB_BIN=x HUBBUB_ HUBBUB=1 HUBBUB_ALLOW_ORIGIN=https://a "
            "XHUBBUB_DATA=no HUBBUB_DATA=a=b",
            NULL);
    assert_list(&config.allow_origin, "https://a");
    assert_string_equal(config.data, "a=b");
    config_release(&config);
}

static void the_file_may_be_named_by_the_environment(void **state)
{
    char variable[64];
    (void)state;
    write_file("workers = 5\ndata = file\n");
    snprintf(variable, sizeof(variable), "HUBBUB_CONFIG=%s", path);
    read_ok(NULL, variable, "--data command");
    assert_int_equal(config.workers, 5);
    assert_string_equal(config.data, "command");
    config_release(&config);
    read_ok("workers = 6\n", "HUBBUB_CONFIG=/does/not/exist", NULL); /* the command line's wins */
    assert_int_equal(config.workers, 6);
    config_release(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(the_higher_source_wins),
        cmocka_unit_test(a_list_adds_within_a_source_and_replaces_lower_ones),
        cmocka_unit_test(a_higher_source_can_empty_a_list),
        cmocka_unit_test(at_least_one_address_is_needed),
        cmocka_unit_test(a_list_has_a_limit),
        cmocka_unit_test(flags),
        cmocka_unit_test(each_option_can_be_looked_at),
        cmocka_unit_test(numbers_have_limits),
        cmocka_unit_test(the_settings_of_the_store),
        cmocka_unit_test(the_files_form),
        cmocka_unit_test(what_is_wrong_in_a_file_is_named),
        cmocka_unit_test(a_directory_is_no_file),
        cmocka_unit_test(a_long_line_is_one_line),
        cmocka_unit_test(what_is_wrong_on_the_command_line_is_named),
        cmocka_unit_test(the_environments_form),
        cmocka_unit_test(the_file_may_be_named_by_the_environment),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
