#include "proto/json_scan.h"

#include "base/assert.h"
#include "base/error.h"

const struct json_limits json_limits_default = {.depth_max = 32, .keys_max = 256};

struct scan {
    const uint8_t *bytes;
    size_t len;
    size_t at;
    uint32_t depth;
    uint64_t objects;                   /* bit d: what is open at depth d is an object */
    uint32_t keys[JSON_SCAN_DEPTH_MAX]; /* of what is open at each depth */
};

/** The four digits of a \u escape at the scan's place, or -1. */
static int32_t read_unit(struct scan *scan)
{
    int32_t unit = 0;
    if (scan->len - scan->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        uint8_t byte = scan->bytes[scan->at++];
        int32_t digit = byte >= '0' && byte <= '9'   ? byte - '0'
                        : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                        : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                                     : -1;
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/** Behind "\u": a unit that is neither 0 nor half a pair, or a whole pair (RFC 8259 7). */
static int scan_unicode(struct scan *scan)
{
    int32_t unit = read_unit(scan);
    if (unit <= 0)
        return ERR_PROTOCOL;
    if (unit < 0xd800 || unit > 0xdfff)
        return OK;
    if (unit > 0xdbff || scan->len - scan->at < 2 || scan->bytes[scan->at] != '\\' ||
        scan->bytes[scan->at + 1] != 'u')
        return ERR_PROTOCOL;
    scan->at += 2;
    unit = read_unit(scan);
    return unit >= 0xdc00 && unit <= 0xdfff ? OK : ERR_PROTOCOL;
}

static int scan_escape(struct scan *scan)
{
    if (scan->at == scan->len)
        return ERR_PROTOCOL;
    switch (scan->bytes[scan->at++]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return OK;
    case 'u':
        return scan_unicode(scan);
    default:
        return ERR_PROTOCOL;
    }
}

/** From behind the opening quote to behind the closing one. */
static int scan_string(struct scan *scan)
{
    while (scan->at < scan->len) {
        uint8_t byte = scan->bytes[scan->at++];
        if (byte == '"')
            return OK;
        if (byte < ' ')
            return ERR_PROTOCOL;
        if (byte == '\\') {
            int error = scan_escape(scan);
            if (error)
                return error;
        }
    }
    return ERR_PROTOCOL;
}

static int open_bracket(struct scan *scan, bool object, const struct json_limits *limits)
{
    if (scan->depth == limits->depth_max)
        return ERR_LIMIT;
    uint64_t bit = (uint64_t)1 << scan->depth;
    scan->objects = object ? scan->objects | bit : scan->objects & ~bit;
    scan->keys[scan->depth++] = 0;
    return OK;
}

static int close_bracket(struct scan *scan, bool object)
{
    if (scan->depth == 0)
        return ERR_PROTOCOL;
    scan->depth--;
    return (scan->objects >> scan->depth & 1) == object ? OK : ERR_PROTOCOL;
}

/** A colon stands behind a key: in a well-formed text counting colons counts keys. */
static int count_key(struct scan *scan, const struct json_limits *limits)
{
    if (scan->depth == 0 || !(scan->objects >> (scan->depth - 1) & 1))
        return ERR_PROTOCOL;
    return ++scan->keys[scan->depth - 1] > limits->keys_max ? ERR_LIMIT : OK;
}

static int scan_byte(struct scan *scan, uint8_t byte, const struct json_limits *limits)
{
    switch (byte) {
    case '"':
        return scan_string(scan);
    case '{':
        return open_bracket(scan, true, limits);
    case '[':
        return open_bracket(scan, false, limits);
    case '}':
        return close_bracket(scan, true);
    case ']':
        return close_bracket(scan, false);
    case ':':
        return count_key(scan, limits);
    case '\0':
        return ERR_PROTOCOL;
    default:
        return OK;
    }
}

int json_scan(struct slice text, const struct json_limits *limits)
{
    ASSERT(limits->depth_max <= JSON_SCAN_DEPTH_MAX);
    /* keys is set as brackets open, depth by depth, so it need not be cleared. */
    struct scan scan;
    scan.bytes = text.ptr;
    scan.len = text.len;
    scan.at = 0;
    scan.depth = 0;
    scan.objects = 0;
    while (scan.at < scan.len) {
        int error = scan_byte(&scan, scan.bytes[scan.at++], limits);
        if (error)
            return error;
    }
    return scan.depth == 0 ? OK : ERR_PROTOCOL;
}
