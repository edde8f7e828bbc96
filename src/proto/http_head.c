#include "proto/http_head.h"

#include "base/assert.h"
#include "base/error.h"
#include "proto/http_field.h"

enum { METHOD_BYTES_MAX = 16, VERSION_BYTES = 8 };

const struct http_limits http_limits_default = {
    .head_bytes_max = 16384,
    .target_bytes_max = 8192,
    .headers_max = HTTP_HEADERS_MAX,
};

/* RFC 9110 5.6.2 tchar. */
static const bool token_bytes[256] = {
    ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true,
    ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true,
    ['`'] = true, ['|'] = true, ['~'] = true, ['0'] = true, ['1'] = true, ['2'] = true,
    ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true,
    ['9'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true,
    ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true,
    ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true,
    ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true,
    ['X'] = true, ['Y'] = true, ['Z'] = true, ['a'] = true, ['b'] = true, ['c'] = true,
    ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true,
    ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true,
    ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true,
    ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
};

bool http_is_token(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!token_bytes[text.ptr[i]])
            return false;
    }
    return text.len > 0;
}

static int refuse(struct http_head *head, int status)
{
    head->status = (uint16_t)status;
    return status == 414 || status == 431 ? ERR_LIMIT : ERR_PROTOCOL;
}

/** Cuts the text at its first space; without one *ret_before is all of it and the result false. */
static bool cut_at_space(struct slice text, struct slice *ret_before, struct slice *ret_behind)
{
    const uint8_t *space = text.len > 0 ? memchr(text.ptr, ' ', text.len) : NULL;
    size_t len = space ? (size_t)(space - text.ptr) : text.len;
    *ret_before = slice_of(text.ptr, len);
    if (space)
        *ret_behind = slice_of(space + 1, text.len - len - 1);
    return space != NULL;
}

/** Cuts the line at the start of *rest off, without its CRLF; false if no LF is there. */
static bool next_line(struct slice *rest, struct slice *ret_line)
{
    const uint8_t *lf = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
    if (!lf)
        return false;
    size_t len = (size_t)(lf - rest->ptr);
    *ret_line = slice_of(rest->ptr, len - 1);
    *rest = slice_of(lf + 1, rest->len - len - 1);
    return true;
}

/**
 * Looks for the empty line that ends the head, from *scanned on. A LF without its CR is refused
 * here, so that every line found later is known to end in CRLF (RFC 9112 2.2 would let us tolerate
 * it; proxies differ in that). Returns the head's length, ERR_AGAIN or a refusal.
 */
static int find_end(struct http_head *head, struct slice in, size_t *scanned, size_t begin)
{
    size_t i = *scanned > begin ? *scanned : begin;
    const uint8_t *lf;
    while (i < in.len && (lf = memchr(in.ptr + i, '\n', in.len - i))) {
        size_t at = (size_t)(lf - in.ptr);
        if (at < begin + 1 || in.ptr[at - 1] != '\r')
            return refuse(head, 400);
        if (at == begin + 1)
            return refuse(head, 400);
        i = at + 1;
        if (in.ptr[at - 2] == '\n') {
            *scanned = i;
            return (int)i;
        }
    }
    *scanned = in.len;
    return ERR_AGAIN;
}

/**
 * The method (RFC 9112 3.1), case-sensitive. CONNECT and TRACE are known to the RFC and not to us:
 * 501 says just that.
 */
static int parse_method(struct http_head *head, struct slice name)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
        [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
        [HTTP_OPTIONS] = "OPTIONS",
    };
    head->method_name = name;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (slice_is(name, names[i])) {
            head->method = (enum http_method)i;
            return OK;
        }
    }
    return refuse(head, 501);
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/** "HTTP/1.1" (RFC 9112 2.3). */
static int parse_version(struct http_head *head, struct slice text)
{
    if (text.len != VERSION_BYTES || memcmp(text.ptr, "HTTP/", 5) != 0 || !is_digit(text.ptr[5]) ||
        text.ptr[6] != '.' || !is_digit(text.ptr[7]))
        return refuse(head, 400);
    if (text.ptr[5] != '1')
        return refuse(head, 505);
    head->minor = text.ptr[7] == '0' ? 0 : 1;
    return OK;
}

/** Whether the text could be uri-host [":" port]; what is compared as an origin is parsed anew. */
static bool is_host(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        bool fine = byte > ' ' && byte < 0x7f && !strchr("\"#/<>?@\\^`{|},", byte);
        if (!fine)
            return false;
    }
    return text.len > 0 && text.ptr[0] != ':';
}

/** Takes "http://authority" off an absolute-form target (RFC 9112 3.2.2). */
static bool cut_authority(struct http_head *head, struct slice *rest)
{
    size_t scheme_len = rest->len >= 8 && rest->ptr[4] != ':' ? 8 : 7;
    if (rest->len < scheme_len)
        return false;
    struct slice scheme = slice_of(rest->ptr, scheme_len);
    if (!slice_equals_nocase(scheme, slice_of_string(scheme_len == 7 ? "http://" : "https://")))
        return false;
    size_t len = scheme_len;
    while (len < rest->len && rest->ptr[len] != '/' && rest->ptr[len] != '?')
        len++;
    head->host = slice_of(rest->ptr + scheme_len, len - scheme_len);
    *rest = slice_of(rest->ptr + len, rest->len - len);
    return is_host(head->host);
}

static int parse_target(struct http_head *head, struct slice target)
{
    head->target = target;
    head->host = (struct slice){0};
    for (size_t i = 0; i < target.len; i++) {
        uint8_t byte = target.ptr[i];
        if (byte <= ' ' || byte >= 0x7f || byte == '#')
            return refuse(head, 400);
    }
    if (slice_is(target, "*") && head->method == HTTP_OPTIONS) {
        head->path = target;
        head->query = (struct slice){0};
        return OK;
    }
    struct slice rest = target;
    if (rest.len > 0 && rest.ptr[0] != '/' && !cut_authority(head, &rest))
        return refuse(head, 400);
    const uint8_t *mark = rest.len > 0 ? memchr(rest.ptr, '?', rest.len) : NULL;
    head->path = mark ? slice_of(rest.ptr, (size_t)(mark - rest.ptr)) : rest;
    head->query = mark ? slice_of(mark + 1, rest.len - head->path.len - 1) : (struct slice){0};
    if (head->path.len > 0)
        return OK;
    /* "http://host" means its root; an empty target in origin form means nothing. */
    if (!head->host.ptr)
        return refuse(head, 400);
    head->path = SLICE_LITERAL("/");
    return OK;
}

static int parse_request_line(struct http_head *head, struct slice line,
                              const struct http_limits *limits)
{
    struct slice method, target = {0}, version = {0};
    if (!cut_at_space(line, &method, &target) || !http_is_token(method))
        return refuse(head, 400);
    bool has_version = cut_at_space(target, &target, &version);
    if (target.len > limits->target_bytes_max)
        return refuse(head, 414);
    if (!has_version)
        return refuse(head, 400);
    int error = parse_version(head, version);
    if (!error)
        error = parse_method(head, method);
    return error ? error : parse_target(head, target);
}

/**
 * Refuses an incomplete head whose request line is certainly wrong, so that a client that never
 * ends it is not waited for. It looks only when the head grows past the longest method and past the
 * longest line, and then only so far: the result does not depend on how the bytes were cut, nor
 * does the work.
 */
static int check_early(struct http_head *head, struct slice seen, size_t seen_before,
                       const struct http_limits *limits)
{
    size_t line_bytes_max = METHOD_BYTES_MAX + 1 + limits->target_bytes_max + 1;
    struct slice method, target = {0}, version;
    if (seen_before <= METHOD_BYTES_MAX && seen.len > METHOD_BYTES_MAX) {
        bool complete = cut_at_space(slice_of(seen.ptr, METHOD_BYTES_MAX + 1), &method, &target);
        if (!http_is_token(method))
            return refuse(head, 400);
        if (!complete)
            return refuse(head, 501);
    }
    if (seen_before <= line_bytes_max && seen.len > line_bytes_max &&
        !memchr(seen.ptr, '\n', line_bytes_max + 1)) {
        cut_at_space(slice_of(seen.ptr, line_bytes_max + 1), &method, &target);
        cut_at_space(target, &target, &version);
        return refuse(head, target.len > limits->target_bytes_max ? 414 : 400);
    }
    return OK;
}

/** Whether one of eight bytes is a control character (a tab too) or DEL: the usual bit tricks. */
static bool may_hold_control(const uint8_t *bytes)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    uint64_t del = word ^ 0x7f * ones;
    return (((word - ' ' * ones) & ~word) | ((del - ones) & ~del)) & tops;
}

static bool is_field_value(struct slice value)
{
    size_t i = 0;
    while (i < value.len) {
        if (value.len - i >= 8 && !may_hold_control(value.ptr + i)) {
            i += 8;
            continue;
        }
        uint8_t byte = value.ptr[i++];
        if ((byte < ' ' && byte != '\t') || byte == 0x7f)
            return false;
    }
    return true;
}

/** RFC 9112 5: no blank before the colon, no folded line, no control character, no 8-bit name. */
static int parse_field(struct http_head *head, struct slice line, const struct http_limits *limits)
{
    size_t name_len = 0;
    while (name_len < line.len && token_bytes[line.ptr[name_len]])
        name_len++;
    if (name_len == 0 || name_len == line.len || line.ptr[name_len] != ':')
        return refuse(head, 400);
    struct slice name = slice_of(line.ptr, name_len);
    struct slice value = http_trim(slice_of(line.ptr + name_len + 1, line.len - name_len - 1));
    if (!is_field_value(value))
        return refuse(head, 400);
    if (head->headers_count == limits->headers_max)
        return refuse(head, 431);
    head->headers[head->headers_count++] = (struct http_header){name, value};
    return OK;
}

/** RFC 9112 3.2: one Host in HTTP/1.1, at most one in 1.0; an absolute target overrides it. */
static int derive_host(struct http_head *head)
{
    size_t count = http_header_count(head, "host");
    if (count > 1 || (count == 0 && head->minor > 0))
        return refuse(head, 400);
    struct slice host = http_header(head, "host");
    if (count == 1 && !is_host(host))
        return refuse(head, 400);
    if (!head->host.ptr)
        head->host = host;
    return OK;
}

static int parse_content_length(struct http_head *head, struct slice value)
{
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (!is_digit(value.ptr[i]))
            return refuse(head, 400);
        uint64_t digit = value.ptr[i] - '0';
        if (length > ((uint64_t)INT64_MAX - digit) / 10)
            return refuse(head, 400);
        length = length * 10 + digit;
    }
    if (value.len == 0)
        return refuse(head, 400);
    head->has_content_length = true;
    head->content_length = length;
    return OK;
}

/**
 * RFC 9112 6.1 and 6.3. A coding besides chunked is one we do not know (501); where chunked is not
 * the last one the body's end cannot be known (400).
 */
static int parse_transfer_encoding(struct http_head *head, struct slice value)
{
    struct slice element;
    size_t count = 0;
    bool chunked = false;
    while (http_list_next(&value, &element)) {
        chunked = slice_equals_nocase(element, slice_of_string("chunked"));
        count++;
    }
    if (!chunked)
        return refuse(head, 400);
    if (count > 1)
        return refuse(head, 501);
    head->chunked = true;
    return OK;
}

/** How the body is framed. What another parser might frame otherwise is refused (RFC 9112 6.3). */
static int derive_framing(struct http_head *head)
{
    size_t lengths = http_header_count(head, "content-length");
    size_t codings = http_header_count(head, "transfer-encoding");
    if (lengths + codings > 1 || (codings > 0 && head->minor == 0))
        return refuse(head, 400);
    if (lengths > 0)
        return parse_content_length(head, http_header(head, "content-length"));
    if (codings > 0)
        return parse_transfer_encoding(head, http_header(head, "transfer-encoding"));
    return OK;
}

/** RFC 9110 10.1.1: there is but one expectation; HTTP/1.0 has none. */
static int derive_expectation(struct http_head *head)
{
    size_t count = http_header_count(head, "expect");
    if (count == 0 || head->minor == 0)
        return OK;
    struct slice value = http_header(head, "expect");
    if (count > 1 || !slice_equals_nocase(value, slice_of_string("100-continue")))
        return refuse(head, 417);
    head->expect_continue = true;
    return OK;
}

static int derive(struct http_head *head)
{
    int error = derive_host(head);
    if (!error)
        error = derive_framing(head);
    if (!error)
        error = derive_expectation(head);
    head->keep_alive = !http_has_token(head, "connection", "close") &&
                       (head->minor > 0 || http_has_token(head, "connection", "keep-alive"));
    return error;
}

static int parse_lines(struct http_head *head, struct slice lines, const struct http_limits *limits)
{
    struct slice line;
    if (!next_line(&lines, &line))
        return refuse(head, 400);
    int error = parse_request_line(head, line, limits);
    while (!error && next_line(&lines, &line) && line.len > 0)
        error = parse_field(head, line, limits);
    return error ? error : derive(head);
}

int http_head_parse(struct http_head *head, struct slice in, size_t *scanned,
                    const struct http_limits *limits)
{
    ASSERT(limits->headers_max <= HTTP_HEADERS_MAX && limits->head_bytes_max <= INT32_MAX);
    head->status = 0;
    head->headers_count = 0;
    head->has_content_length = false;
    head->content_length = 0;
    head->chunked = false;
    head->expect_continue = false;
    struct slice seen = in;
    if (seen.len > limits->head_bytes_max)
        seen.len = limits->head_bytes_max;
    if (seen.len == 0 || (seen.len == 1 && seen.ptr[0] == '\r'))
        return ERR_AGAIN;

    /* RFC 9112 2.2: some clients send a CRLF too many after a body. */
    size_t begin = seen.ptr[0] == '\r' && seen.ptr[1] == '\n' ? 2 : 0;
    size_t seen_before = *scanned > begin ? *scanned - begin : 0;
    int end = find_end(head, seen, scanned, begin);
    struct slice lines = slice_of(seen.ptr + begin, seen.len - begin);
    if (end == ERR_AGAIN) {
        int error = check_early(head, lines, seen_before, limits);
        if (error)
            return error;
        return in.len >= limits->head_bytes_max ? refuse(head, 431) : ERR_AGAIN;
    }
    if (end < 0)
        return end;
    int error = parse_lines(head, lines, limits);
    return error ? error : end;
}

bool http_header_is(const struct http_header *header, struct slice name)
{
    /* The length and the first letter decide nearly all comparisons, without a call. */
    return header->name.len == name.len && ((header->name.ptr[0] ^ name.ptr[0]) & ~0x20) == 0 &&
           slice_equals_nocase(header->name, name);
}

struct slice http_header(const struct http_head *head, const char *name)
{
    struct slice wanted = slice_of_string(name);
    for (size_t i = 0; i < head->headers_count; i++) {
        if (http_header_is(&head->headers[i], wanted))
            return head->headers[i].value;
    }
    return (struct slice){0};
}

size_t http_header_count(const struct http_head *head, const char *name)
{
    struct slice wanted = slice_of_string(name);
    size_t count = 0;
    for (size_t i = 0; i < head->headers_count; i++)
        count += http_header_is(&head->headers[i], wanted);
    return count;
}
