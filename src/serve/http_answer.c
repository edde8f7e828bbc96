#include "serve/http_answer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"
#include "base/clock.h"
#include "base/error.h"
#include "serve/http_private.h"

static const struct {
    unsigned status;
    const char *text;
    const char *detail;
} statuses[] = {
    {200, "OK", ""},
    {201, "Created", ""},
    {202, "Accepted", ""},
    {204, "No Content", ""},
    {206, "Partial Content", ""},
    {304, "Not Modified", ""},
    {400, "Bad Request", "The request breaks a rule of HTTP/1.1."},
    {401, "Unauthorized", "Sign in first."},
    {403, "Forbidden", "This is not allowed."},
    {404, "Not Found", "There is nothing at this address."},
    {405, "Method Not Allowed", "This address does not know that method."},
    {408, "Request Timeout", "The request took too long to arrive."},
    {409, "Conflict", "That does not fit what is there."},
    {410, "Gone", "This is not here any more."},
    {413, "Content Too Large", "The body is larger than this server takes."},
    {414, "URI Too Long", "The address is too long."},
    {415, "Unsupported Media Type", "This address takes another type of content."},
    {416, "Range Not Satisfiable", "There is no such range."},
    {417, "Expectation Failed", "This server knows no such expectation."},
    {422, "Unprocessable Content", "The content does not fit."},
    {426, "Upgrade Required", "This address speaks WebSocket."},
    {429, "Too Many Requests", "Too many requests."},
    {431, "Request Header Fields Too Large", "The header is too large."},
    {500, "Internal Server Error", "The server failed."},
    {501, "Not Implemented", "This server does not know that method or transfer coding."},
    {503, "Service Unavailable", "The server has too much to do."},
    {507, "Insufficient Storage", "Nothing more can be kept at the moment."},
    {505, "HTTP Version Not Supported", "This server speaks HTTP/1.1."},
};

static size_t find(unsigned status)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (statuses[i].status == status)
            return i;
    }
    return find(500);
}

const char *http_status_text(unsigned status)
{
    return statuses[find(status)].text;
}

const char *http_status_detail(unsigned status)
{
    return statuses[find(status)].detail;
}

/* RFC 9110 5.6.7; the names are fixed, so strftime's locale must not be asked. */
static void append_date(struct buffer *out)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now = (time_t)(clock_wall_ms() / 1000);
    struct tm utc;
    gmtime_r(&now, &utc);
    buffer_printf(out, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n", days + 3 * utc.tm_wday,
                  utc.tm_mday, months + 3 * utc.tm_mon, utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                  utc.tm_sec);
}

bool http_write_head(struct buffer *out, struct http_request *request,
                     const struct http_response *response, int64_t length)
{
    bool has_body = response->status != 304 && response->status != 204;
    bool chunked = has_body && length < 0 && request->minor > 0;
    if (length < 0 && !chunked)
        request->close = true; /* HTTP/1.0: the end of the body is that of the connection */
    buffer_printf(out, "HTTP/1.1 %u %s\r\n", response->status, http_status_text(response->status));
    append_date(out);
    if (chunked)
        buffer_append_string(out, "Transfer-Encoding: chunked\r\n");
    else if (has_body && length >= 0)
        buffer_printf(out, "Content-Length: %lld\r\n", (long long)length);
    if (response->type)
        buffer_printf(out, "Content-Type: %s\r\n", response->type);
    if (response->headers)
        buffer_append_string(out, response->headers);
    if (request->server->headers)
        buffer_append_string(out, request->server->headers);
    buffer_append_string(out, "X-Content-Type-Options: nosniff\r\n");
    if (request->close)
        buffer_append_string(out, "Connection: close\r\n");
    else if (request->minor == 0)
        buffer_append_string(out, "Connection: keep-alive\r\n");
    buffer_append_string(out, "\r\n");
    return chunked;
}

void http_respond(struct http_request *request, const struct http_response *response)
{
    ASSERT(!request->answered && !request->deferred);
    request->answered = true;
    if (request->later)
        request->close |= ((struct http_later *)request)->unread;

    struct buffer out = {0};
    buffer_reserve(&out, 1024);
    http_write_head(&out, request, response, (int64_t)response->body.len);
    bool with_body = request->method != HTTP_HEAD && response->body.len > 0;
    if (with_body && !response->body_is_static)
        buffer_append(&out, response->body.ptr, response->body.len);
    int result = conn_write(request->conn, out.ptr, out.len);
    buffer_release(&out);
    if (result == OK && with_body && response->body_is_static)
        conn_write_static(request->conn, response->body);
    if (request->later)
        http_later_done(request);
}

void http_missing(struct http_request *request)
{
    http_problem(request, 404, "There is nothing at this address.", NULL);
}

void http_problem(struct http_request *request, unsigned status, const char *detail,
                  const char *headers)
{
    char body[512];
    struct buffer lines = {0};
    int len =
        snprintf(body, sizeof(body),
                 "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u,\"detail\":\"%s\"}\n",
                 http_status_text(status), status, detail);
    /* Some of these a cache could keep (RFC 9110 15.1): what is not there now may be there soon. */
    buffer_append_string(&lines, "Cache-Control: no-store\r\n");
    buffer_append(&lines, headers ? headers : "", headers ? strlen(headers) + 1 : 1);
    http_respond(request, &(struct http_response){
                              .status = status,
                              .type = "application/problem+json",
                              .body = slice_of(body, (size_t)len),
                              .headers = (const char *)lines.ptr,
                          });
    buffer_release(&lines);
}
