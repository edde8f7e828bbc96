#include <string.h>

#include "serve/asset.h"
#include "serve/serve_rig.h"
#include "serve/static_files.h"

/* A table of this test's own takes the place of the web client's. */

#define BODY(text, tag)                                                                            \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1, "\"" tag "\""                                   \
    }

const struct asset assets[] = {
    {"/assets/a-1234.js", "text/javascript", true, BODY("js", "a"), BODY("js.gz", "a-gz"),
     BODY("js.br", "a-br")},
    {"/assets/ab.css", "text/css", true, BODY("css", "b"), BODY("css.gz", "b-gz"), {0}},
    {"/favicon.svg", "image/svg+xml", false, BODY("svg", "f"), {0}, {0}},
    {"/index.html", "text/html; charset=utf-8", false, BODY("html", "h"), BODY("html.gz", "h-gz"),
     BODY("html.br", "h-br")},
    {"/manifest.webmanifest", "application/manifest+json", false, BODY("{}", "m"), {0}, {0}},
};
const size_t assets_count = sizeof(assets) / sizeof(assets[0]);
const char asset_build_id[] = "0123456789abcdef";

static const struct http_route routes[] = {
    {.path = "/", .methods = 1u << HTTP_GET | 1u << HTTP_HEAD, .handle = static_files_page},
    {.path = "/r/", .methods = 1u << HTTP_GET, .handle = static_files_page},
    {.path = "/assets/",
     .methods = 1u << HTTP_GET | 1u << HTTP_HEAD,
     .handle = static_files_handle},
    {.path = "/favicon.svg", .methods = 1u << HTTP_GET, .handle = static_files_handle},
    {.path = "/index.html", .methods = 1u << HTTP_GET, .handle = static_files_handle},
    {.path = "/manifest.webmanifest", .methods = 1u << HTTP_GET, .handle = static_files_handle},
};

static int use(void **state)
{
    (void)state;
    serve_rig_init(routes, sizeof(routes) / sizeof(routes[0]), 0, 0);
    serve_rig.server.missing = static_files_missing;
    return !serve_rig_connect();
}

static int take_down(void **state)
{
    (void)state;
    serve_rig_release();
    return 0;
}

static struct response get(const char *method, const char *path, const char *fields)
{
    struct buffer text = {0};
    buffer_printf(&text, "%s %s HTTP/1.1\r\nHost: h\r\n%s\r\n", method, path, fields);
    serve_rig_send(text.ptr, text.len);
    buffer_release(&text);
    return serve_rig_response(strcmp(method, "HEAD") == 0 || strstr(fields, "If-None-Match"));
}

static void assert_file(const char *path, const char *type, const char *body, bool immutable)
{
    struct response response = get("GET", path, "");
    struct buffer line = {0};
    assert_int_equal(response.status, 200);
    assert_true(slice_is(response.body, body));
    buffer_printf(&line, "Content-Type: %s%c", type, 0);
    assert_true(serve_rig_has(&response, (char *)line.ptr));
    assert_true(serve_rig_has(&response, immutable
                                             ? "Cache-Control: public, max-age=31536000, immutable"
                                             : "Cache-Control: no-cache"));
    assert_true(serve_rig_has(&response, "Vary: Accept-Encoding"));
    bool stands_alone = strncmp(type, "text/html", 9) == 0;
    assert_int_equal(serve_rig_has(&response, "Referrer-Policy: no-referrer"), stands_alone);
    assert_true(serve_rig_has(&response, "Cross-Origin-Resource-Policy: same-origin"));
    assert_true(serve_rig_has(&response, "X-Content-Type-Options: nosniff"));
    assert_non_null(memmem(response.head.ptr, response.head.len,
                           "\r\nContent-Security-Policy: default-src 'none';", 43));
    buffer_release(&line);
}

static void every_file_is_found(void **state)
{
    (void)state;
    assert_file("/", "text/html; charset=utf-8", "html", false);
    assert_file("/index.html", "text/html; charset=utf-8", "html", false);
    assert_file("/r/9f86d081884c/17", "text/html; charset=utf-8", "html", false);
    assert_file("/assets/a-1234.js", "text/javascript", "js", true);
    assert_file("/assets/ab.css", "text/css", "css", true);
    assert_file("/favicon.svg", "image/svg+xml", "svg", false);
    assert_file("/manifest.webmanifest", "application/manifest+json", "{}", false);
    assert_file("/assets/ab.css?v=1", "text/css", "css", true);
}

static void nothing_else_is(void **state)
{
    static const char *const paths[] = {"/assets/",
                                        "/assets/a",
                                        "/assets/a-1234.jsx",
                                        "/assets/zzz",
                                        "/assets/ab.cs",
                                        "/assets/../index.html",
                                        "/assets/%2e%2e/index.html",
                                        "/assets//ab.css"};
    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct response response = get("GET", paths[i], "");
        if (response.status != 404 && response.status != 400)
            fail_msg("%s: %u", paths[i], response.status);
    }
}

/* Whoever follows a link into nowhere gets the app's page, which says so; a program gets the bare fact. */
static void a_missing_page_is_the_apps(void **state)
{
    static const char *const html[] = {"Accept: text/html\r\n",
                                       "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n",
                                       "Accept: */*\r\nAccept: TEXT/HTML;q=0.1\r\n"};
    static const char *const other[] = {"", "Accept: */*\r\n", "Accept: text/*\r\n",
                                        "Accept: text/html;q=0\r\n", "Accept: image/png\r\n"};
    (void)state;
    for (size_t i = 0; i < sizeof(html) / sizeof(html[0]); i++) {
        struct response response = get("GET", "/nowhere", html[i]);
        assert_int_equal(response.status, 404);
        assert_true(slice_is(response.body, "html"));
        assert_true(serve_rig_has(&response, "Vary: Accept, Accept-Encoding"));
        assert_true(serve_rig_has(&response, "Cache-Control: no-store"));
        assert_null(memmem(response.head.ptr, response.head.len, "\r\nETag", 6));
    }
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        struct response response = get("GET", "/nowhere", other[i]);
        assert_int_equal(response.status, 404);
        assert_true(serve_rig_has(&response, "Content-Type: application/problem+json"));
    }
    struct response response = get("HEAD", "/nowhere", html[0]);
    assert_int_equal(response.status, 404);
    assert_true(serve_rig_has(&response, "Content-Type: text/html; charset=utf-8"));
}

/* A stale tab would take a page for a script; a program that speaks HTML by mistake would read it as an answer. */
static void a_missing_file_is_never_a_page(void **state)
{
    (void)state;
    struct response response = get("GET", "/assets/gone-1234.js", "Accept: text/html\r\n");
    assert_int_equal(response.status, 404);
    assert_true(serve_rig_has(&response, "Content-Type: application/problem+json"));
    response = get("GET", "/api/v1/nothing", "Accept: text/html\r\n");
    assert_int_equal(response.status, 404);
    assert_true(serve_rig_has(&response, "Content-Type: application/problem+json"));
    response = get("DELETE", "/nowhere", "Accept: text/html\r\n");
    assert_true(serve_rig_has(&response, "Content-Type: application/problem+json"));
}

static void what_was_missing_is_asked_for_anew(void **state)
{
    (void)state;
    serve_rig_send_text("GET /nowhere HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n"
                        "If-None-Match: \"h\"\r\n\r\n");
    assert_int_equal(serve_rig_response(false).status, 404);
}

static void the_encoding_that_is_liked_best_is_sent(void **state)
{
    const struct {
        const char *path, *accept, *body, *etag, *coding;
    } cases[] = {
        {"/", "", "html", "\"h\"", NULL},
        {"/", "Accept-Encoding: gzip, deflate, br\r\n", "html.br", "\"h-br\"", "br"},
        {"/", "Accept-Encoding: gzip\r\n", "html.gz", "\"h-gz\"", "gzip"},
        {"/", "Accept-Encoding: br;q=0.5, gzip\r\n", "html.gz", "\"h-gz\"", "gzip"},
        {"/", "Accept-Encoding: br;q=0, gzip;q=0\r\n", "html", "\"h\"", NULL},
        {"/", "Accept-Encoding: zstd\r\n", "html", "\"h\"", NULL},
        {"/", "Accept-Encoding: *\r\n", "html.br", "\"h-br\"", "br"},
        {"/", "Accept-Encoding: identity, gzip;q=0.5\r\n", "html", "\"h\"", NULL},
        {"/", "Accept-Encoding: identity;q=0, *;q=0\r\n", "html", "\"h\"", NULL},
        {"/assets/ab.css", "Accept-Encoding: br\r\n", "css", "\"b\"", NULL},
        {"/assets/ab.css", "Accept-Encoding: br, gzip\r\n", "css.gz", "\"b-gz\"", "gzip"},
        {"/favicon.svg", "Accept-Encoding: br, gzip\r\n", "svg", "\"f\"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct response response = get("GET", cases[i].path, cases[i].accept);
        char line[64];
        if (!slice_is(response.body, cases[i].body))
            fail_msg("case %zu: %.*s", i, (int)response.body.len, response.body.ptr);
        strcat(strcpy(line, "ETag: "), cases[i].etag);
        assert_true(serve_rig_has(&response, line));
        if (cases[i].coding) {
            strcat(strcpy(line, "Content-Encoding: "), cases[i].coding);
            assert_true(serve_rig_has(&response, line));
        } else {
            assert_null(memmem(response.head.ptr, response.head.len, "Content-Encoding", 16));
        }
    }
}

static void what_the_client_has_is_not_sent_again(void **state)
{
    static const char *const cases[] = {
        "If-None-Match: \"h\"\r\n",
        "If-None-Match: W/\"h\"\r\n",
        "If-None-Match: \"x\", \"h\"\r\n",
        "If-None-Match: *\r\n",
        "If-None-Match: \"h-br\"\r\nAccept-Encoding: br\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct response response = get("GET", "/", cases[i]);
        assert_int_equal(response.status, 304);
        assert_null(memmem(response.head.ptr, response.head.len, "Content-Length", 14));
        assert_null(memmem(response.head.ptr, response.head.len, "\r\nContent-Type", 14));
        assert_true(serve_rig_has(&response, "Vary: Accept-Encoding"));
        assert_true(serve_rig_has(&response, "Cache-Control: no-cache"));
    }
    /* Nothing but heads came: the next answer is where it should be. */
    struct response response = get("GET", "/favicon.svg", "");
    assert_true(slice_is(response.body, "svg"));
}

/* The tag of another encoding is another one. */
static void another_tag_gets_the_file(void **state)
{
    (void)state;
    serve_rig_send_text("GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"h-br\"\r\n\r\n");
    struct response response = serve_rig_response(false);
    assert_int_equal(response.status, 200);
    assert_true(slice_is(response.body, "html"));
    serve_rig_send_text("GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: h\r\n\r\n");
    assert_int_equal(serve_rig_response(false).status, 200);
}

static void head_says_how_long_it_would_be(void **state)
{
    (void)state;
    struct response response = get("HEAD", "/", "Accept-Encoding: br\r\n");
    assert_int_equal(response.status, 200);
    assert_true(serve_rig_has(&response, "Content-Length: 7"));
    assert_true(serve_rig_has(&response, "Content-Encoding: br"));
    assert_true(slice_is(get("GET", "/", "").body, "html"));
}

#define STATIC_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATIC_TEST(every_file_is_found),
        STATIC_TEST(nothing_else_is),
        STATIC_TEST(a_missing_page_is_the_apps),
        STATIC_TEST(a_missing_file_is_never_a_page),
        STATIC_TEST(what_was_missing_is_asked_for_anew),
        STATIC_TEST(the_encoding_that_is_liked_best_is_sent),
        STATIC_TEST(what_the_client_has_is_not_sent_again),
        STATIC_TEST(another_tag_gets_the_file),
        STATIC_TEST(head_says_how_long_it_would_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
