#include "app/console_client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "app/console.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"

enum {
    TIMEOUT_S = 30,
    ANSWER_BYTES_MAX = 16 << 20,
    READ_BYTES = 1 << 16,
    COLUMNS_MAX = 10,
    CELL_BYTES = 96, /* what is longer is cut */
    PAGES_MAX = 10000,
};

static int fail(const struct command_input *input, const char *what, const char *why)
{
    fprintf(stderr, "hubbub %s: %s%s%s\n", input->command->name, what, why ? ": " : "",
            why ? why : "");
    return COMMAND_FAILED;
}

/* ---- the connection ---- */

/* The name of a socket has 107 bytes, that of a folder may have more: by its descriptor the folder has a short one. */
static int connect_in(int folder_fd)
{
    const struct timeval timeout = {.tv_sec = TIMEOUT_S};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/" CONSOLE_SOCKET,
             folder_fd);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int open_console(const struct command_input *input)
{
    int folder_fd = open(input->data, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd < 0) {
        fail(input, input->data, strerror(errno));
        return -1;
    }
    int fd = connect_in(folder_fd);
    int error = errno;
    close(folder_fd);
    if (fd >= 0)
        return fd;
    char what[160];
    snprintf(what, sizeof(what), "no server is running on %.120s", input->data);
    fail(input, error == ENOENT || error == ECONNREFUSED ? what : input->data,
         error == ENOENT || error == ECONNREFUSED ? NULL : strerror(error));
    return -1;
}

/* The answer ends where the connection does. */
static bool exchange(int fd, const struct buffer *request, struct buffer *answer)
{
    for (size_t sent = 0; sent < request->len;) {
        ssize_t n = send(fd, request->ptr + sent, request->len - sent, MSG_NOSIGNAL);
        if (n < 0)
            return false;
        sent += (size_t)n;
    }
    for (;;) {
        ssize_t got = recv(fd, buffer_reserve(answer, READ_BYTES), READ_BYTES, 0);
        if (got <= 0)
            return got == 0;
        answer->len += (size_t)got;
        if (answer->len > ANSWER_BYTES_MAX) {
            errno = EMSGSIZE;
            return false;
        }
    }
}

/* ---- requests and answers ---- */

static void write_request(struct buffer *out, const char *method, const char *path,
                          const json_t *body)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    buffer_printf(out, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, path);
    if (text)
        buffer_printf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                      strlen(text));
    else if (strcmp(method, "GET") != 0)
        buffer_append_string(out, "Content-Length: 0\r\n");
    buffer_append_string(out, "\r\n");
    if (text)
        buffer_append_string(out, text);
    free(text);
}

/* The status, and the body as JSON: an empty object when there is none. 0: it makes no sense. */
static unsigned read_answer(struct buffer *answer, json_t **ret_json)
{
    unsigned status = 0;
    buffer_append_byte(answer, '\0');
    const char *text = (const char *)answer->ptr;
    const char *body = strstr(text, "\r\n\r\n");
    if (!body || sscanf(text, "HTTP/1.1 %3u ", &status) != 1)
        return 0;
    body += 4;
    size_t len = answer->len - 1 - (size_t)(body - text);
    *ret_json = len > 0 ? json_loadb(body, len, 0, NULL) : json_object();
    return *ret_json ? status : 0;
}

static int refused(const struct command_input *input, unsigned status, const json_t *problem)
{
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    const char *code = json_string_value(json_object_get(problem, "code"));
    char why[256];
    snprintf(why, sizeof(why), "%.160s (%.60s)", detail ? detail : "the server refused it",
             code ? code : "?");
    if (!code)
        snprintf(why, sizeof(why), "the server answered with status %u", status);
    for (char *at = why; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    }
    return fail(input, why, NULL);
}

static int understand(const struct command_input *input, struct buffer *answer, json_t **ret_json)
{
    json_t *json = NULL;
    unsigned status = read_answer(answer, &json);
    int code = COMMAND_DONE;
    if (status == 0)
        code = fail(input, "the server's answer makes no sense", NULL);
    else if (status < 200 || status > 299)
        code = refused(input, status, json);
    if (code == COMMAND_DONE && ret_json)
        *ret_json = json_incref(json);
    json_decref(json);
    return code;
}

int console_ask(const struct command_input *input, const char *method, const char *path,
                json_t *body, json_t **ret_json)
{
    struct buffer request = {0}, answer = {0};
    int code = COMMAND_FAILED;
    int fd = open_console(input);
    if (fd >= 0) {
        write_request(&request, method, path, body);
        code = exchange(fd, &request, &answer) ? understand(input, &answer, ret_json)
                                               : fail(input, "the server", strerror(errno));
        close(fd);
    }
    json_decref(body);
    buffer_release(&request);
    buffer_release(&answer);
    return code;
}

bool console_escape(char path[CONSOLE_PATH_BYTES], const char *text)
{
    size_t len = strlen(path);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     strchr("-_.", c);
        if (len + sizeof("%00") > CONSOLE_PATH_BYTES)
            return false;
        len += (size_t)snprintf(path + len, CONSOLE_PATH_BYTES - len, plain ? "%c" : "%%%02X", c);
    }
    return true;
}

/* ---- what is printed ---- */

/* What people have written must not command the terminal. */
static void blank_controls(char *text)
{
    for (char *at = text; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    }
}

/* A character of several bytes is not cut in two. */
static void cut(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && ((unsigned char)text[len - 1] & 0xc0) == 0x80)
        len--;
    if (len > 0 && (unsigned char)text[len - 1] >= 0xc0)
        len--;
    text[len] = '\0';
}

static void write_cell(const json_t *value, bool is_time, char ret_cell[CELL_BYTES])
{
    ret_cell[0] = '\0';
    if (json_is_true(value)) {
        snprintf(ret_cell, CELL_BYTES, "yes");
    } else if (json_is_integer(value) && is_time) {
        time_t seconds = (time_t)(json_integer_value(value) / 1000);
        struct tm utc;
        if (seconds > 0 && gmtime_r(&seconds, &utc))
            strftime(ret_cell, CELL_BYTES, "%Y-%m-%d %H:%M", &utc);
    } else if (json_is_integer(value)) {
        snprintf(ret_cell, CELL_BYTES, "%lld", (long long)json_integer_value(value));
    } else if (json_is_string(value)) {
        if (snprintf(ret_cell, CELL_BYTES, "%s", json_string_value(value)) >= CELL_BYTES)
            cut(ret_cell);
    }
    blank_controls(ret_cell);
}

void console_print(const char *label, const json_t *object, const char *field)
{
    char cell[CELL_BYTES * 4];
    const char *text = json_string_value(json_object_get(object, field));
    if (!text)
        return;
    snprintf(cell, sizeof(cell), "%s", text);
    blank_controls(cell);
    printf("%s%s\n", label, cell);
}

struct table {
    size_t columns_count;
    struct {
        char name[32];
        bool is_time;
        size_t width; /* characters */
    } columns[COLUMNS_MAX];
    json_t *rows; /* owned */
};

static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void widen(struct table *table, size_t column, const char *text)
{
    size_t width = width_of(text);
    if (width > table->columns[column].width)
        table->columns[column].width = width;
}

static void read_columns(struct table *table, const char *columns)
{
    while (*columns && table->columns_count < COLUMNS_MAX) {
        size_t len = strcspn(columns, " ");
        size_t at = table->columns_count++;
        table->columns[at].is_time = columns[len - 1] == '@';
        snprintf(table->columns[at].name, sizeof(table->columns[at].name), "%.*s",
                 (int)(len - table->columns[at].is_time), columns);
        widen(table, at, table->columns[at].name);
        columns += len + (columns[len] == ' ');
    }
}

static void print_cell(const struct table *table, size_t column, const char *text)
{
    bool last = column + 1 == table->columns_count;
    size_t blanks = last ? 0 : table->columns[column].width - width_of(text) + 2;
    printf("%s%*s%s", text, (int)blanks, "", last ? "\n" : "");
}

static void print_table(struct table *table)
{
    char cell[CELL_BYTES];
    size_t i;
    const json_t *row;
    json_array_foreach (table->rows, i, row) {
        for (size_t c = 0; c < table->columns_count; c++) {
            write_cell(json_object_get(row, table->columns[c].name), table->columns[c].is_time,
                       cell);
            widen(table, c, cell);
        }
    }
    for (size_t c = 0; c < table->columns_count; c++)
        print_cell(table, c, table->columns[c].name);
    json_array_foreach (table->rows, i, row) {
        for (size_t c = 0; c < table->columns_count; c++) {
            write_cell(json_object_get(row, table->columns[c].name), table->columns[c].is_time,
                       cell);
            print_cell(table, c, cell);
        }
    }
}

/* ---- lists ---- */

/* `after` names the last row of the page before, by the field that the list is in the order of. */
static bool next_page(char path[CONSOLE_PATH_BYTES], const char *base, const json_t *rows)
{
    const json_t *last = json_array_get(rows, json_array_size(rows) - 1);
    bool by_name = strcmp(base, "/api/v1/people") == 0 || strcmp(base, "/api/v1/rooms/public") == 0;
    const char *after = json_string_value(json_object_get(last, by_name ? "name" : "id"));
    snprintf(path, CONSOLE_PATH_BYTES, "%s?after=", base);
    return after && console_escape(path, after);
}

int console_each_page(const struct command_input *input, const char *base,
                      bool (*visit)(void *ctx, const json_t *rows), void *ctx)
{
    char path[CONSOLE_PATH_BYTES];
    snprintf(path, sizeof(path), "%s", base);
    for (unsigned page = 0; page < PAGES_MAX; page++) {
        json_t *answer = NULL;
        int code = console_ask(input, "GET", path, NULL, &answer);
        if (code != COMMAND_DONE)
            return code;
        const json_t *rows = json_object_get(answer, "rows");
        if (!rows)
            rows = json_object_get(answer, "rooms");
        bool more = visit(ctx, rows) && json_is_true(json_object_get(answer, "more")) &&
                    next_page(path, base, rows);
        json_decref(answer);
        if (!more)
            return COMMAND_DONE;
    }
    return COMMAND_DONE;
}

static bool add_rows(void *ctx, const json_t *rows)
{
    struct table *table = ctx;
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row) {
        json_array_append(table->rows, row);
    }
    return true;
}

int console_list(const struct command_input *input, const char *path, const char *columns)
{
    struct table table = {.rows = json_array()};
    read_columns(&table, columns);
    int code = console_each_page(input, path, add_rows, &table);
    if (code == COMMAND_DONE)
        print_table(&table);
    json_decref(table.rows);
    return code;
}

/* ---- people ---- */

struct wanted {
    const char *name;
    char *id;
    bool exact;
};

/* A name that differs in nothing goes before one that differs in capitals. */
static bool look_for(void *ctx, const json_t *rows)
{
    struct wanted *wanted = ctx;
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row) {
        const char *name = json_string_value(json_object_get(row, "name"));
        const char *id = json_string_value(json_object_get(row, "id"));
        if (!name || !id || strcasecmp(name, wanted->name) != 0)
            continue;
        bool exact = strcmp(name, wanted->name) == 0;
        if (exact || !wanted->id[0])
            snprintf(wanted->id, PERSON_ID_BYTES, "%s", id);
        wanted->exact |= exact;
    }
    return !wanted->exact;
}

static bool is_person_id(const char *text)
{
    size_t len = 0;
    while (hex_value((uint8_t)text[len]) >= 0)
        len++;
    return text[len] == '\0' && len == PERSON_ID_BYTES - 1;
}

int console_person(const struct command_input *input, const char *name,
                   char ret_id[PERSON_ID_BYTES])
{
    struct wanted wanted = {name, ret_id, false};
    if (is_person_id(name)) {
        snprintf(ret_id, PERSON_ID_BYTES, "%s", name);
        return COMMAND_DONE;
    }
    ret_id[0] = '\0';
    int code = console_each_page(input, "/api/v1/people", look_for, &wanted);
    if (code != COMMAND_DONE || ret_id[0])
        return code;
    char what[160];
    snprintf(what, sizeof(what), "nobody with an account is called \"%.100s\"", name);
    return fail(input, what, NULL);
}
