#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/error.h"
#include "guard.h"
#include "proto/media_type.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define BYTES(text) text, sizeof(text) - 1

static struct guard guard;

struct sample {
    const char *bytes;
    size_t len;
    const char *type;
    enum media_kind kind;
    uint32_t width, height;
};

#define PNG                                                                                        \
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"                                                                \
    "\0\0\1\2\0\0\0\3\x08\6\0\0\0"
#define WEBP_LOSSY "RIFF\x1e\0\0\0WEBPVP8 \x12\0\0\0\x30\1\0\x9d\1\x2a\5\0\6\0"
#define WEBP_LOSSLESS "RIFF\x1e\0\0\0WEBPVP8L\x12\0\0\0\x2f\4\x40\1\0....."
#define WEBP_EXTENDED "RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\1\0\7\0\0"
#define JPEG_START                                                                                 \
    "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"                                               \
    "\xff\xdb\0\4AB"
#define JPEG JPEG_START "\xff\xff\xc2\0\x11\x08\0\x10\1\0\3"
#define ISO(brand, others)                                                                         \
    "\0\0\0\x18"                                                                                   \
    "ftyp" brand "\0\0\0\0" others

static const struct sample samples[] = {
    {BYTES(PNG), "image/png", MEDIA_IMAGE, 258, 3},
    {BYTES("GIF89a\x10\0\2\1\0\0\0"), "image/gif", MEDIA_IMAGE, 16, 258},
    {BYTES("GIF87a\1\0\1\0<script>alert(1)</script>"), "image/gif", MEDIA_IMAGE, 1, 1},
    {BYTES(JPEG), "image/jpeg", MEDIA_IMAGE, 256, 16},
    {BYTES(JPEG_START "\xff\xda\0\x0c\3"), "image/jpeg", MEDIA_IMAGE, 0, 0},
    {BYTES(WEBP_LOSSY), "image/webp", MEDIA_IMAGE, 5, 6},
    {BYTES(WEBP_LOSSLESS), "image/webp", MEDIA_IMAGE, 5, 6},
    {BYTES(WEBP_EXTENDED), "image/webp", MEDIA_IMAGE, 512, 8},
    {BYTES(ISO("avif", "mif1miaf")), "image/avif", MEDIA_IMAGE, 0, 0},
    {BYTES(ISO("mif1", "avifmiaf")), "image/avif", MEDIA_IMAGE, 0, 0},
    {BYTES(ISO("heic", "mif1heic")), MEDIA_TYPE_UNKNOWN, MEDIA_OTHER, 0, 0},
    {BYTES(ISO("isom", "isomavc1")), "video/mp4", MEDIA_VIDEO, 0, 0},
    {BYTES(ISO("M4A ", "mp42isom")), "audio/mp4", MEDIA_AUDIO, 0, 0},
    {BYTES(ISO("qt  ", "qt  qt  ")), "video/quicktime", MEDIA_VIDEO, 0, 0},
    {BYTES("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm"), "video/webm", MEDIA_VIDEO, 0, 0},
    {BYTES("\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"), MEDIA_TYPE_UNKNOWN, MEDIA_OTHER, 0, 0},
    {BYTES("OggS\0\2........................\1\x13OpusHead"), "audio/ogg", MEDIA_AUDIO, 0, 0},
    {BYTES("OggS\0\2....................\1\x2a\x80theora"), "video/ogg", MEDIA_VIDEO, 0, 0},
    {BYTES("RIFF\x24\0\0\0WAVEfmt "), "audio/wav", MEDIA_AUDIO, 0, 0},
    {BYTES("ID3\4\0\0\0\0\0\0"), "audio/mpeg", MEDIA_AUDIO, 0, 0},
    {BYTES("\xff\xfb\x90\0"), "audio/mpeg", MEDIA_AUDIO, 0, 0},
    {BYTES("\xff\xf1\x50\x80"), "audio/aac", MEDIA_AUDIO, 0, 0},
    {BYTES("\xff\xfe<\0h\0t\0"), MEDIA_TYPE_UNKNOWN, MEDIA_OTHER, 0, 0}, /* UTF-16 */
    {BYTES("fLaC\0\0\0\x22"), "audio/flac", MEDIA_AUDIO, 0, 0},
    {BYTES("%PDF-1.7\n"), "application/pdf", MEDIA_OTHER, 0, 0},
    {BYTES("PK\3\4\x14"), "application/zip", MEDIA_OTHER, 0, 0},
    {BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), MEDIA_TYPE_UNKNOWN, MEDIA_OTHER, 0, 0},
    {BYTES("<!doctype html><title>x</title>"), MEDIA_TYPE_UNKNOWN, MEDIA_OTHER, 0, 0},
    {BYTES("\x89PNG\r\n\x1a\n<html>and more of it"), MEDIA_TYPE_UNKNOWN, MEDIA_OTHER, 0, 0},
    {BYTES(" GIF89a"), MEDIA_TYPE_UNKNOWN, MEDIA_OTHER, 0, 0},
    {BYTES(""), MEDIA_TYPE_UNKNOWN, MEDIA_OTHER, 0, 0},
};

static void look(const void *bytes, size_t len, struct media_type *ret_media)
{
    media_type_look(slice_of(guard_put(&guard, bytes, len), len), ret_media);
}

static void bytes_show_what_they_are(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct media_type media;
        look(samples[i].bytes, samples[i].len, &media);
        if (strcmp(media.name, samples[i].type) != 0)
            fail_msg("sample %zu: %s instead of %s", i, media.name, samples[i].type);
        assert_int_equal(media.kind, samples[i].kind);
        if (media.width != samples[i].width || media.height != samples[i].height)
            fail_msg("sample %zu: %u x %u", i, media.width, media.height);
    }
}

static void a_cut_file_is_read_within_its_bounds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(samples); i++) {
        for (size_t len = 0; len < samples[i].len; len++) {
            struct media_type media;
            look(samples[i].bytes, len, &media);
            /* A size is that of the whole, or none. */
            if (media.width != 0)
                assert_int_equal(media.width, samples[i].width);
        }
    }
}

static void a_jpeg_cannot_keep_us_busy(void **unused)
{
    (void)unused;
    struct media_type media;
    uint8_t *bytes = malloc(MEDIA_START_BYTES);
    /* Nothing but fill, segments of length 0, and a frame header that is cut off. */
    memset(bytes, 0xff, MEDIA_START_BYTES);
    bytes[1] = 0xd8;
    look(bytes, MEDIA_START_BYTES, &media);
    assert_int_equal(media.width, 0);
    look(BYTES("\xff\xd8\xff\xe0\0\0\xff\xc0\0\x11\x08\0\1\0\1\3"), &media);
    assert_int_equal(media.width, 0);
    look(BYTES("\xff\xd8\xff\xc0\0\x11\x08\0\1\0"), &media);
    assert_int_equal(media.width, 0);
    /* No side is 0. */
    look(BYTES("\xff\xd8\xff\xc0\0\x11\x08\0\0\0\1\3"), &media);
    assert_int_equal(media.width, 0);
    free(bytes);
}

static void a_claim_is_read(void **unused)
{
    (void)unused;
    static const char *const claims[][2] = {
        {"image/PNG", "image/png"},
        {" text/plain; charset=utf-8", "text/plain"},
        {"", MEDIA_TYPE_UNKNOWN},
        {"a/b", "a/b"},
        {"png", NULL},
        {"image/", NULL},
        {"/png", NULL},
        {"image/png/x", NULL},
        {"image/p ng", NULL},
        {"text/html,image/png", NULL},
        {"text/\xc3\xa4", NULL},
        {";x=y", NULL},
    };
    char type[MEDIA_TYPE_BYTES_MAX + 1];
    for (size_t i = 0; i < COUNT(claims); i++) {
        size_t len = strlen(claims[i][0]);
        struct slice claim = slice_of(guard_put(&guard, claims[i][0], len), len);
        int result = media_type_read(claim, type);
        if (result != (claims[i][1] ? OK : ERR_PROTOCOL))
            fail_msg("%s: %d", claims[i][0], result);
        if (result == OK)
            assert_string_equal(type, claims[i][1]);
    }
    char longest[MEDIA_TYPE_BYTES_MAX + 2];
    memset(longest, 'a', sizeof(longest));
    longest[3] = '/';
    assert_int_equal(media_type_read(slice_of(longest, MEDIA_TYPE_BYTES_MAX), type), OK);
    assert_int_equal(strlen(type), MEDIA_TYPE_BYTES_MAX);
    assert_int_equal(media_type_read(slice_of(longest, MEDIA_TYPE_BYTES_MAX + 1), type),
                     ERR_PROTOCOL);
}

/* What is claimed of what, and what it is kept and served as. */
static void claim_and_bytes_have_to_agree(void **unused)
{
    (void)unused;
    static const struct {
        const char *claim, *bytes;
        size_t len;
        const char *kept, *served;
    } cases[] = {
        {"image/png", BYTES(PNG), "image/png", "image/png"},
        {MEDIA_TYPE_UNKNOWN, BYTES(PNG), "image/png", "image/png"},
        {"application/x-www-form-urlencoded", BYTES(PNG), "image/png", "image/png"},
        {"image/jpg", BYTES(JPEG), "image/jpeg", "image/jpeg"},
        {"image/gif", BYTES(PNG), MEDIA_TYPE_UNKNOWN, MEDIA_TYPE_UNKNOWN},
        {"text/html", BYTES("GIF89a\1\0\1\0<script>"), MEDIA_TYPE_UNKNOWN, MEDIA_TYPE_UNKNOWN},
        {"image/gif", BYTES("<script>GIF89a"), MEDIA_TYPE_UNKNOWN, MEDIA_TYPE_UNKNOWN},
        {"image/png", BYTES("<svg/>"), MEDIA_TYPE_UNKNOWN, MEDIA_TYPE_UNKNOWN},
        {"image/svg+xml", BYTES("<svg/>"), "image/svg+xml", MEDIA_TYPE_UNKNOWN},
        {"text/html", BYTES("<html>"), "text/html", MEDIA_TYPE_UNKNOWN},
        {"text/javascript", BYTES("alert(1)"), "text/javascript", MEDIA_TYPE_UNKNOWN},
        {"text/css", BYTES("*{}"), "text/css", MEDIA_TYPE_UNKNOWN},
        {"text/plain", BYTES("hello"), "text/plain", MEDIA_TYPE_UNKNOWN},
        {"application/pdf", BYTES("%PDF-1.4"), "application/pdf", "application/pdf"},
        {"application/pdf", BYTES("<html>"), MEDIA_TYPE_UNKNOWN, MEDIA_TYPE_UNKNOWN},
        {"application/vnd.oasis.opendocument.text", BYTES("PK\3\4"),
         "application/vnd.oasis.opendocument.text", MEDIA_TYPE_UNKNOWN},
        {"audio/mp4", BYTES(ISO("isom", "isomiso2")), "audio/mp4", "audio/mp4"},
        {"audio/ogg", BYTES(ISO("isom", "isomiso2")), MEDIA_TYPE_UNKNOWN, MEDIA_TYPE_UNKNOWN},
        {"audio/webm", BYTES("\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"), "audio/webm", "audio/webm"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct media_type media;
        look(cases[i].bytes, cases[i].len, &media);
        const char *kept = media_type_settle(cases[i].claim, &media);
        if (strcmp(kept, cases[i].kept) != 0)
            fail_msg("case %zu: kept as %s", i, kept);
        assert_string_equal(media_type_served(kept), cases[i].served);
        bool shown = media_type_kind(kept) != MEDIA_OTHER;
        bool may_be_shown = strncmp(cases[i].served, "image/", 6) == 0 ||
                            strncmp(cases[i].served, "audio/", 6) == 0;
        assert_int_equal(shown, may_be_shown);
    }
}

static void sizes_have_to_agree(void **unused)
{
    (void)unused;
    struct media_type png = {"image/png", MEDIA_IMAGE, 258, 3, false};
    struct media_type jpeg = {"image/jpeg", MEDIA_IMAGE, 258, 3, true};
    struct media_type avif = {"image/avif", MEDIA_IMAGE, 0, 0, false};
    struct media_type pdf = {"application/pdf", MEDIA_OTHER, 0, 0, false};
    assert_true(media_type_fits(&png, 258, 3) && media_type_fits(&png, 0, 0));
    assert_false(media_type_fits(&png, 3, 258));
    assert_false(media_type_fits(&png, 258, 4));
    assert_false(media_type_fits(&png, 258, 0));
    assert_true(media_type_fits(&jpeg, 258, 3) && media_type_fits(&jpeg, 3, 258));
    assert_false(media_type_fits(&jpeg, 3, 257));
    assert_true(media_type_fits(&avif, MEDIA_SIDE_MAX, 1));
    assert_false(media_type_fits(&avif, MEDIA_SIDE_MAX + 1, 1));
    assert_false(media_type_fits(&pdf, 1, 1));
    assert_true(media_type_fits(&pdf, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_show_what_they_are),
        cmocka_unit_test(a_cut_file_is_read_within_its_bounds),
        cmocka_unit_test(a_jpeg_cannot_keep_us_busy),
        cmocka_unit_test(a_claim_is_read),
        cmocka_unit_test(claim_and_bytes_have_to_agree),
        cmocka_unit_test(sizes_have_to_agree),
    };
    guard = guard_new(MEDIA_START_BYTES);
    int failed = cmocka_run_group_tests_name("media_type", tests, NULL, NULL);
    guard_free(&guard);
    return failed;
}
