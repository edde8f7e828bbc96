#include "app/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "serve/hasher.h"

enum kind { TEXT, LIST, NUMBER, FLAG };

/* The higher one wins. */
enum level { LEVEL_DEFAULT, LEVEL_FILE, LEVEL_ENVIRONMENT, LEVEL_COMMAND };

struct option {
    const char *name;
    enum kind kind;
    size_t offset; /* in struct config */
    const char *fallback;
    uint64_t min, max; /* of a NUMBER */
    const char *value; /* what --help calls the value */
    const char *help;
};

#define AT(field) offsetof(struct config, field)

static const struct option options[] = {
    {"listen", LIST, AT(listen), "localhost:8080", 0, 0, "HOST:PORT",
     "address to serve; may be given several times"},
    {"workers", NUMBER, AT(workers), "0", 0, 256, "N", "worker threads; 0: one per core"},
    {"data", TEXT, AT(data), "data", 0, 0, "DIR", "where the data lies; made if it is not there"},
    {"store", TEXT, AT(store), "sqlite", 0, 0, "KIND",
     "sqlite: on disk; memory: messages last as long as the program runs"},
    {"guests", TEXT, AT(guests), "auto", 0, 0, "on|off|auto",
     "people without an account; auto: only while nobody from outside can reach the server"},
    {"signup", TEXT, AT(signup), "invite", 0, 0, "open|invite|closed",
     "who may make an account: everybody, whoever has an invitation, or nobody"},
    {"session-idle-ms", NUMBER, AT(session_idle_ms), "2592000000", 0, 315360000000, "N",
     "who has not been here for so long signs in again (30 days); 0: no limit"},
    {"session-ms", NUMBER, AT(session_ms), "31536000000", 0, 315360000000, "N",
     "and who signed in so long ago, too (a year); 0: no limit"},
    {"password-memory-kb", NUMBER, AT(password_memory_kb), "19456", 1024, ARGON2_MEMORY_KB_MAX, "N",
     "memory that computing a password's hash takes"},
    {"password-passes", NUMBER, AT(password_passes), "2", 1, ARGON2_PASSES_MAX, "N",
     "how often it goes over it"},
    {"password-threads", NUMBER, AT(password_threads), "1", 1, HASHER_THREADS_MAX, "N",
     "threads that compute them; each takes that memory while it does"},
    {"guests-may", TEXT, AT(guests_may), "talk", 0, 0, "talk|all",
     "talk: in rooms that are open to them; all: what members may"},
    {"readers", NUMBER, AT(readers), "2", 1, 8, "N", "threads that read from the store"},
    {"disk-reserve", NUMBER, AT(disk_reserve), "268435456", 0, 1ull << 40, "N",
     "free bytes on the disk below which nothing more is taken"},
    {"upload-bytes", NUMBER, AT(upload_bytes), "104857600", 1, 1ull << 40, "N", "largest file"},
    {"upload-quota", NUMBER, AT(upload_quota), "2147483648", 0, 1ull << 50, "N",
     "bytes of files that a person may have"},
    {"uploads", NUMBER, AT(uploads), "4", 0, 64, "N",
     "files that a person may send at once; 0: as many as all may, 64"},
    {"upload-unused-ms", NUMBER, AT(upload_unused_ms), "86400000", 0, 1ull << 40, "N",
     "a file that is in no message for so long is deleted; 0: never"},
    {"replay-max", NUMBER, AT(replay_max), "10000", 0, 10000000, "N",
     "a client that comes back and lacks more events of a room starts it anew"},
    {"away-ms", NUMBER, AT(away_ms), "30000", 0, 3600000, "N",
     "how long somebody is still here after the last connection ended"},
    {"metrics", TEXT, AT(metrics), "off", 0, 0, "HOST:PORT", "where /metrics is served, or off"},
    {"allow-origin", LIST, AT(allow_origin), "", 0, 0, "ORIGIN",
     "a site whose pages may connect, as https://chat.example.org"},
    {"public-url", TEXT, AT(public_url), "", 0, 0, "URL", "how people reach this server"},
    {"trust-proxy", LIST, AT(trust_proxy), "", 0, 0, "CIDR",
     "a proxy whose X-Forwarded-For and -Proto are believed"},
    {"gather-ms", NUMBER, AT(gather_ms), "2", 0, 1000, "N",
     "how long a busy room gathers messages before it sends; 0: not at all"},
    {"rate-posts", NUMBER, AT(rate_posts), "10", 0, 1000000, "N",
     "messages a second from one client; 0: no limit"},
    {"rate-burst", NUMBER, AT(rate_burst), "30", 1, 1000000, "N", "and so many at once"},
    {"rate-api", NUMBER, AT(rate_api), "20", 0, 1000000, "N",
     "requests of the HTTP API a second by one account, or address; ten times as many at once; 0: no limit"},
    {"rate-sign-in", NUMBER, AT(rate_sign_in), "5", 0, 1000000, "N",
     "tries a minute to sign in with one name from one address; 0: no limit"},
    {"rate-guest", NUMBER, AT(rate_guest), "30", 0, 1000000, "N",
     "new guests a minute from one address; 0: no limit"},
    {"rate-sign-up", NUMBER, AT(rate_sign_up), "10", 0, 1000000, "N",
     "accounts an hour made from one address; 0: no limit"},
    {"rate-join", NUMBER, AT(rate_join), "30", 0, 1000000, "N",
     "rooms a minute that one account joins or makes; 0: no limit"},
    {"rate-upload", NUMBER, AT(rate_upload), "60", 0, 1000000, "N",
     "files a minute that one account sends; 0: no limit"},
    {"rate-fetch", NUMBER, AT(rate_fetch), "100", 0, 1000000, "N",
     "files and thumbnails a second that one account, or address, fetches; 0: no limit"},
    {"rate-search", NUMBER, AT(rate_search), "300", 0, 1000000, "N",
     "searches a minute by one account; 0: no limit"},
    {"message-bytes", NUMBER, AT(message_bytes), "65536", 128, 1 << 20, "N", "longest message"},
    {"connections", NUMBER, AT(connections), "0", 0, 10000000, "N",
     "most connections in all; 0: as many as descriptors allow"},
    {"connections-per-address", NUMBER, AT(connections_per_address), "1024", 0, 10000000, "N",
     "most from one address (IPv6: one /64), loopback excepted; 0: no limit"},
    {"ring-bytes", NUMBER, AT(ring_bytes), "262144", 4096, 1 << 30, "N",
     "how much of a room is kept at hand for slow readers"},
    {"rings-bytes", NUMBER, AT(rings_bytes), "67108864", 1 << 20, 1ull << 40, "N",
     "most memory for that in each worker"},
    {"queue-bytes", NUMBER, AT(queue_bytes), "1048576", 65536, 1 << 30, "N",
     "most that waits for one connection alone"},
    {"head-ms", NUMBER, AT(head_ms), "10000", 10, 3600000, "N",
     "time for a request's head to arrive"},
    {"body-ms", NUMBER, AT(body_ms), "30000", 10, 3600000, "N", "time for a request's body"},
    {"idle-ms", NUMBER, AT(idle_ms), "15000", 10, 3600000, "N", "time between requests"},
    {"ping-ms", NUMBER, AT(ping_ms), "30000", 10, 3600000, "N", "time between heartbeats"},
    {"dead-ms", NUMBER, AT(dead_ms), "60000", 10, 3600000, "N",
     "a client not heard of for so long is dropped"},
    {"drain-ms", NUMBER, AT(drain_ms), "3000", 0, 600000, "N", "most time for stopping"},
    {"echo", FLAG, AT(echo), NULL, 0, 0, NULL, "serve /echo, for conformance suites"},
    {"log-level", TEXT, AT(log_level), "info", 0, 0, "LEVEL", "debug, info, warn or error"},
    {"log-format", TEXT, AT(log_format), "text", 0, 0, "text|json", "how lines of the log look"},
    {"config", TEXT, AT(config_file), "", 0, 0, "FILE", "read settings from lines name = value"},
    {"check", TEXT, AT(check), "", 0, 0, "URL",
     "ask a running server at http://HOST:PORT/PATH and exit 0 if it is well"},
    {"routes", FLAG, AT(routes), NULL, 0, 0, NULL, "print the routes of the HTTP API"},
    {"version", FLAG, AT(version), NULL, 0, 0, NULL, "print the version"},
    {"help", FLAG, AT(help), NULL, 0, 0, NULL, "print this"},
};

enum { OPTIONS_COUNT = sizeof(options) / sizeof(options[0]) };

struct reader {
    struct config *config;
    char *error;
};

#define FAIL(reader, ...) (snprintf((reader)->error, CONFIG_ERROR_BYTES, __VA_ARGS__), ERR_PROTOCOL)

static void *field(struct config *config, const struct option *option)
{
    return (char *)config + option->offset;
}

static const struct option *find_option(const char *name, size_t len)
{
    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        if (strlen(options[i].name) == len && strncmp(options[i].name, name, len) == 0)
            return &options[i];
    }
    return NULL;
}

/* ---- values ---- */

static void clear_list(struct config_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        mem_free(list->items[i]);
    list->count = 0;
}

static int set_list(struct reader *reader, const struct option *option, const char *value,
                    enum level level)
{
    struct config_list *list = field(reader->config, option);
    if (list->level != (int)level)
        clear_list(list);
    list->level = (int)level;
    /* In the environment and in a file several values stand behind one another. */
    while (*value) {
        size_t len = strcspn(value, level == LEVEL_COMMAND ? "" : ", ");
        if (len > 0) {
            if (list->count == CONFIG_LIST_MAX)
                return FAIL(reader, "%s: at most %d values", option->name, CONFIG_LIST_MAX);
            list->items[list->count++] = mem_copy_string(value, len);
        }
        value += len + (value[len] != '\0');
    }
    return OK;
}

static int set_number(struct reader *reader, const struct option *option, const char *value)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || number < option->min ||
        number > option->max)
        return FAIL(reader, "%s: a number from %llu to %llu is needed, not \"%.60s\"", option->name,
                    (unsigned long long)option->min, (unsigned long long)option->max, value);
    *(uint64_t *)field(reader->config, option) = number;
    return OK;
}

static int set_flag(struct reader *reader, const struct option *option, const char *value)
{
    bool *flag = field(reader->config, option);
    if (!value || strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0)
        *flag = true;
    else if (strcmp(value, "0") == 0 || strcmp(value, "false") == 0 || strcmp(value, "off") == 0)
        *flag = false;
    else
        return FAIL(reader, "%s: on or off is needed, not \"%.60s\"", option->name, value);
    return OK;
}

static int set(struct reader *reader, const struct option *option, const char *value,
               enum level level)
{
    switch (option->kind) {
    case LIST:
        return set_list(reader, option, value, level);
    case NUMBER:
        return set_number(reader, option, value);
    case FLAG:
        return set_flag(reader, option, value);
    default: {
        char **text = field(reader->config, option);
        mem_free(*text);
        *text = mem_copy_string(value, strlen(value));
        return OK;
    }
    }
}

/* ---- sources ---- */

static int read_defaults(struct reader *reader)
{
    int result = OK;
    for (size_t i = 0; i < OPTIONS_COUNT && result == OK; i++) {
        if (options[i].fallback)
            result = set(reader, &options[i], options[i].fallback, LEVEL_DEFAULT);
    }
    return result;
}

/* HUBBUB_ALLOW_ORIGIN is --allow-origin. Returns NULL when it is no setting of ours. */
static const struct option *environment_option(const char *entry, const char **ret_value)
{
    static const char prefix[] = "HUBBUB_";
    char name[64];
    const char *equals = strchr(entry, '=');
    size_t prefix_len = sizeof(prefix) - 1;
    if (!equals || strncmp(entry, prefix, prefix_len) != 0)
        return NULL;
    size_t len = (size_t)(equals - entry) - prefix_len;
    if (len >= sizeof(name))
        return NULL;
    for (size_t i = 0; i < len; i++) {
        char c = entry[prefix_len + i];
        name[i] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    *ret_value = equals + 1;
    return find_option(name, len);
}

/* As read_arguments: only one option where `only` is not NULL. */
static int read_environment(struct reader *reader, char **environment, const struct option *only)
{
    int result = OK;
    for (char **entry = environment; *entry && result == OK; entry++) {
        const char *value;
        const struct option *option = environment_option(*entry, &value);
        if (option && (!only || option == only))
            result = set(reader, option, value, LEVEL_ENVIRONMENT);
    }
    return result;
}

static char *trim(char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        text[--len] = '\0';
    return text;
}

static int read_line(struct reader *reader, const char *file, unsigned number, char *line)
{
    line = trim(line);
    if (*line == '\0' || *line == '#')
        return OK;
    char *equals = strchr(line, '=');
    if (!equals)
        return FAIL(reader, "%.200s, line %u: \"name = value\" is needed", file, number);
    *equals = '\0';
    char *name = trim(line);
    const struct option *option = find_option(name, strlen(name));
    if (!option || option->offset == AT(config_file))
        return FAIL(reader, "%.200s, line %u: there is no setting \"%.60s\"", file, number, name);
    if (set(reader, option, trim(equals + 1), LEVEL_FILE) == OK)
        return OK;
    char what[CONFIG_ERROR_BYTES / 2];
    snprintf(what, sizeof(what), "%.*s", (int)sizeof(what) - 1, reader->error);
    return FAIL(reader, "%.200s, line %u: %s", file, number, what);
}

static int read_file(struct reader *reader, const char *path)
{
    char line[4096];
    FILE *file = fopen(path, "re");
    if (!file)
        return FAIL(reader, "config: cannot read %.200s: %s", path, strerror(errno));
    int result = OK;
    for (unsigned number = 1; result == OK && fgets(line, sizeof(line), file); number++)
        result = strchr(line, '\n') || feof(file)
                     ? read_line(reader, path, number, line)
                     : FAIL(reader, "%.200s, line %u: the line is too long", path, number);
    if (result == OK && ferror(file))
        result = FAIL(reader, "config: cannot read %.200s: %s", path, strerror(errno));
    fclose(file);
    return result;
}

/* Calls set for each option on the command line; only those named by `only` where it is not NULL. */
static int read_arguments(struct reader *reader, int argc, char **argv, const struct option *only)
{
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        if (strncmp(argument, "--", 2) != 0)
            return FAIL(reader, "\"%.60s\" is not an option; see --help", argument);
        size_t len = strcspn(argument + 2, "=");
        const struct option *option = find_option(argument + 2, len);
        if (!option)
            return FAIL(reader, "there is no option \"%.60s\"; see --help", argument);
        const char *value = argument[2 + len] == '=' ? argument + 3 + len : NULL;
        if (!value && option->kind != FLAG) {
            if (++i == argc)
                return FAIL(reader, "%s needs a value: --%s %s", option->name, option->name,
                            option->value);
            value = argv[i];
        }
        int result = only && option != only ? OK : set(reader, option, value, LEVEL_COMMAND);
        if (result != OK)
            return result;
    }
    return OK;
}

int config_read(struct config *ret_config, int argc, char **argv, char **environment,
                char ret_error[CONFIG_ERROR_BYTES])
{
    struct config config = {0};
    struct reader reader = {&config, ret_error};
    const struct option *config_file = find_option("config", strlen("config"));

    int result = read_defaults(&reader);
    /* Which file to read may be said by the two sources that go before it. */
    if (result == OK)
        result = read_environment(&reader, environment, config_file);
    if (result == OK)
        result = read_arguments(&reader, argc, argv, config_file);
    if (result == OK && config.config_file[0])
        result = read_file(&reader, config.config_file);
    if (result == OK)
        result = read_environment(&reader, environment, NULL);
    if (result == OK)
        result = read_arguments(&reader, argc, argv, NULL);
    if (result == OK && config.listen.count == 0)
        result = FAIL(&reader, "listen: HOST:PORT is needed");
    if (result != OK) {
        config_release(&config);
        return result;
    }
    *ret_config = config;
    return OK;
}

void config_release(struct config *config)
{
    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        if (options[i].kind == LIST)
            clear_list(field(config, &options[i]));
        else if (options[i].kind == TEXT)
            mem_free(*(char **)field(config, &options[i]));
    }
    *config = (struct config){0};
}

static void write_list(const struct config_list *list, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < list->count && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", i > 0 ? " " : "", list->items[i]);
}

bool config_look(const struct config *config, size_t index, struct config_view *ret_view)
{
    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        const struct option *option = &options[i];
        const void *at = (const char *)config + option->offset;
        bool ends = option->offset == AT(help) || option->offset == AT(version) ||
                    option->offset == AT(routes) || option->offset == AT(check);
        if (ends || index-- > 0)
            continue;
        ret_view->name = option->name;
        ret_view->help = option->help;
        ret_view->usual = option->fallback ? option->fallback : option->kind == FLAG ? "off" : "";
        size_t size = sizeof(ret_view->value);
        switch (option->kind) {
        case LIST:
            write_list(at, ret_view->value, size);
            break;
        case NUMBER:
            snprintf(ret_view->value, size, "%llu", (unsigned long long)*(const uint64_t *)at);
            break;
        case FLAG:
            snprintf(ret_view->value, size, "%s", *(const bool *)at ? "on" : "off");
            break;
        default:
            snprintf(ret_view->value, size, "%s", *(char *const *)at ? *(char *const *)at : "");
        }
        return true;
    }
    return false;
}

void config_print_help(void)
{
    puts("Hubbub: self-hosted group chat, one program with its web client inside.\n\n"
         "usage: hubbub [--option VALUE ...]\n"
         "       hubbub COMMAND ...   see hubbub help\n");
    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        char left[64];
        snprintf(left, sizeof(left), "--%s%s%s", options[i].name, options[i].value ? " " : "",
                 options[i].value ? options[i].value : "");
        printf("  %-36s %s", left, options[i].help);
        if (options[i].fallback && options[i].fallback[0])
            printf(" (%s)", options[i].fallback);
        putchar('\n');
    }
    puts(
        "\nEach option is also HUBBUB_NAME in the environment, and a line \"name = value\" in the file\n"
        "that --config names. The command line goes before the environment, and that before the file.");
}
