#include "proto/media_type.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "proto/http_field.h"
#include "proto/media_size.h"

/* ---- what can be shown in place ---- */

/* Names in a family are of one container, which its first bytes alone do not tell apart: the claim may choose. */
enum family { PNG = 1, GIF, JPEG, WEBP, AVIF, MP4, WEBM, OGG, WAV, MP3, AAC, FLAC };

static const struct {
    const char *name;
    enum media_kind kind;
    enum family family;
    const char *served; /* NULL: as it is called */
} shown[] = {
    {"image/png", MEDIA_IMAGE, PNG, NULL},
    {"image/apng", MEDIA_IMAGE, PNG, NULL},
    {"image/gif", MEDIA_IMAGE, GIF, NULL},
    {"image/jpeg", MEDIA_IMAGE, JPEG, NULL},
    {"image/jpg", MEDIA_IMAGE, JPEG, "image/jpeg"},
    {"image/webp", MEDIA_IMAGE, WEBP, NULL},
    {"image/avif", MEDIA_IMAGE, AVIF, NULL},
    {"video/mp4", MEDIA_VIDEO, MP4, NULL},
    {"audio/mp4", MEDIA_AUDIO, MP4, NULL},
    {"audio/x-m4a", MEDIA_AUDIO, MP4, "audio/mp4"},
    {"audio/m4a", MEDIA_AUDIO, MP4, "audio/mp4"},
    {"video/x-m4v", MEDIA_VIDEO, MP4, "video/mp4"},
    {"video/quicktime", MEDIA_VIDEO, MP4, NULL},
    {"video/webm", MEDIA_VIDEO, WEBM, NULL},
    {"audio/webm", MEDIA_AUDIO, WEBM, NULL},
    {"audio/ogg", MEDIA_AUDIO, OGG, NULL},
    {"video/ogg", MEDIA_VIDEO, OGG, NULL},
    {"audio/opus", MEDIA_AUDIO, OGG, "audio/ogg"},
    {"application/ogg", MEDIA_AUDIO, OGG, "audio/ogg"},
    {"audio/wav", MEDIA_AUDIO, WAV, NULL},
    {"audio/x-wav", MEDIA_AUDIO, WAV, "audio/wav"},
    {"audio/wave", MEDIA_AUDIO, WAV, "audio/wav"},
    {"audio/vnd.wave", MEDIA_AUDIO, WAV, "audio/wav"},
    {"audio/mpeg", MEDIA_AUDIO, MP3, NULL},
    {"audio/mp3", MEDIA_AUDIO, MP3, "audio/mpeg"},
    {"audio/aac", MEDIA_AUDIO, AAC, NULL},
    {"audio/flac", MEDIA_AUDIO, FLAC, NULL},
    {"audio/x-flac", MEDIA_AUDIO, FLAC, "audio/flac"},
};

enum { SHOWN_COUNT = sizeof(shown) / sizeof(shown[0]) };

/*
 * What is saved, and may be called by its name: no browser runs it, whatever is in it. What is not here is served as
 * MEDIA_TYPE_UNKNOWN, above all what a page could make script or style of.
 */
static const char *const saved[] = {
    "application/pdf",  "application/zip",     "application/gzip", "application/x-7z-compressed",
    "application/x-xz", "application/x-bzip2", "application/zstd", "application/x-tar",
};

enum { SAVED_COUNT = sizeof(saved) / sizeof(saved[0]) };

static size_t find_shown(const char *type)
{
    size_t i = 0;
    while (i < SHOWN_COUNT && strcmp(shown[i].name, type) != 0)
        i++;
    return i;
}

static bool is_saved(const char *type)
{
    for (size_t i = 0; i < SAVED_COUNT; i++) {
        if (strcmp(saved[i], type) == 0)
            return true;
    }
    return false;
}

/* ---- magic bytes ---- */

static const struct {
    const char *name;
    uint16_t at;
    uint8_t len;
    const char *bytes;
} magics[] = {
    {"image/png", 0, 16, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"},
    {"image/gif", 0, 6, "GIF87a"},
    {"image/gif", 0, 6, "GIF89a"},
    {"image/jpeg", 0, 3, "\xff\xd8\xff"},
    {"audio/flac", 0, 4, "fLaC"},
    {"audio/mpeg", 0, 3, "ID3"},
    {"application/pdf", 0, 5, "%PDF-"},
    {"application/zip", 0, 4, "PK\3\4"},
    {"application/zip", 0, 4, "PK\5\6"},
    {"application/gzip", 0, 3, "\x1f\x8b\x08"},
    {"application/x-7z-compressed", 0, 6, "7z\xbc\xaf\x27\x1c"},
    {"application/x-xz", 0, 6,
     "\xfd"
     "7zXZ\0"},
    {"application/x-bzip2", 0, 3, "BZh"},
    {"application/zstd", 0, 4, "\x28\xb5\x2f\xfd"},
    {"application/x-tar", 257, 5, "ustar"},
};

static bool has(struct slice start, size_t at, const char *bytes, size_t len)
{
    return start.len >= at + len && memcmp(start.ptr + at, bytes, len) == 0;
}

#define HAS(start, at, text) has(start, at, text, sizeof(text) - 1)

/* Whether any of the brands of an ISO base media file (ISO/IEC 14496-12 4.3) is this one. */
static bool has_brand(struct slice start, const char *brand)
{
    size_t len = (size_t)start.ptr[0] << 24 | (size_t)start.ptr[1] << 16 |
                 (size_t)start.ptr[2] << 8 | start.ptr[3];
    if (len > start.len)
        len = start.len;
    for (size_t at = 8; at + 4 <= len; at += at == 8 ? 8 : 4) {
        if (memcmp(start.ptr + at, brand, 4) == 0)
            return true;
    }
    return false;
}

/* Of the ones that begin with a box "ftyp". NULL: of something else that does, as HEIC. */
static const char *iso_type(struct slice start)
{
    static const char *const videos[] = {"isom", "iso2", "iso4", "iso5", "iso6", "mp41",
                                         "mp42", "avc1", "M4V ", "dash", "MSNV"};
    if (start.len < 12 || !HAS(start, 4, "ftyp"))
        return NULL;
    if (has_brand(start, "avif") || has_brand(start, "avis"))
        return "image/avif";
    if (HAS(start, 8, "M4A ") || HAS(start, 8, "M4B "))
        return "audio/mp4";
    if (HAS(start, 8, "qt  "))
        return "video/quicktime";
    for (size_t i = 0; i < sizeof(videos) / sizeof(videos[0]); i++) {
        if (has_brand(start, videos[i]))
            return "video/mp4";
    }
    return NULL;
}

/* The first packet of the first page says what is in it (RFC 3533, RFC 5334). */
static const char *ogg_type(struct slice start)
{
    if (start.len < 28 || !HAS(start, 0, "OggS\0"))
        return NULL;
    size_t packet = 27 + (size_t)start.ptr[26];
    return HAS(start, packet, "\x80theora") ? "video/ogg" : "audio/ogg";
}

/* EBML's head names the kind of document (RFC 8794 11.2.6): within it, behind 0x4282 and a length of one byte. */
static const char *webm_type(struct slice start)
{
    enum { HEAD_BYTES = 64 };
    if (!HAS(start, 0, "\x1a\x45\xdf\xa3"))
        return NULL;
    for (size_t at = 4; at < HEAD_BYTES; at++) {
        if (HAS(start, at,
                "\x42\x82\x84"
                "webm"))
            return "video/webm";
    }
    return NULL;
}

/* A frame without a tag before it: the eleven bits of its sync are few, so all that can be wrong is looked at. */
static const char *mpeg_type(struct slice start)
{
    if (start.len < 4 || start.ptr[0] != 0xff || (start.ptr[1] & 0xe0) != 0xe0)
        return NULL;
    unsigned version = start.ptr[1] >> 3 & 3, layer = start.ptr[1] >> 1 & 3;
    if (layer == 0) {
        bool is_adts = (start.ptr[1] & 0xf6) == 0xf0 && (start.ptr[2] >> 2 & 15) < 13;
        return is_adts ? "audio/aac" : NULL;
    }
    unsigned rate = start.ptr[2] >> 4, sampling = start.ptr[2] >> 2 & 3;
    return version != 1 && layer == 1 && rate != 0 && rate != 15 && sampling != 3 ? "audio/mpeg"
                                                                                  : NULL;
}

static const char *riff_type(struct slice start)
{
    if (!HAS(start, 0, "RIFF"))
        return NULL;
    if (HAS(start, 8, "WEBPVP8"))
        return "image/webp";
    return HAS(start, 8, "WAVE") ? "audio/wav" : NULL;
}

static const char *find_type(struct slice start)
{
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        if (has(start, magics[i].at, magics[i].bytes, magics[i].len))
            return magics[i].name;
    }
    const char *(*const readers[])(struct slice) = {riff_type, iso_type, ogg_type, webm_type,
                                                    mpeg_type};
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        const char *type = readers[i](start);
        if (type)
            return type;
    }
    return MEDIA_TYPE_UNKNOWN;
}

void media_type_look(struct slice start, struct media_type *ret_media)
{
    const char *name = find_type(start);
    *ret_media = (struct media_type){.name = name, .kind = media_type_kind(name)};
    if (ret_media->kind != MEDIA_IMAGE)
        return;
    media_size(name, start, &ret_media->width, &ret_media->height);
    ret_media->may_be_turned = strcmp(name, "image/jpeg") == 0 || strcmp(name, "image/webp") == 0;
}

/* ---- claims ---- */

int media_type_read(struct slice claim, char ret_type[MEDIA_TYPE_BYTES_MAX + 1])
{
    struct slice rest = http_trim(claim), name;
    if (rest.len == 0) {
        memcpy(ret_type, MEDIA_TYPE_UNKNOWN, sizeof(MEDIA_TYPE_UNKNOWN));
        return OK;
    }
    if (!http_part_next(&rest, &name) || name.len == 0 || name.len > MEDIA_TYPE_BYTES_MAX)
        return ERR_PROTOCOL;
    const uint8_t *slash = memchr(name.ptr, '/', name.len);
    size_t before = slash ? (size_t)(slash - name.ptr) : 0;
    if (!slash || !http_is_token(slice_of(name.ptr, before)) ||
        !http_is_token(slice_of(slash + 1, name.len - before - 1)))
        return ERR_PROTOCOL;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        ret_type[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    ret_type[name.len] = '\0';
    return OK;
}

static bool says_nothing(const char *claim)
{
    /* The second is what curl and forms say of anything. */
    return strcmp(claim, MEDIA_TYPE_UNKNOWN) == 0 ||
           strcmp(claim, "application/x-www-form-urlencoded") == 0;
}

const char *media_type_settle(const char *claim, const struct media_type *seen)
{
    size_t claimed = find_shown(claim), found = find_shown(seen->name);
    if (says_nothing(claim))
        return seen->name;
    if (claimed < SHOWN_COUNT)
        return found < SHOWN_COUNT && shown[found].family == shown[claimed].family
                   ? media_type_served(claim)
                   : MEDIA_TYPE_UNKNOWN;
    if (found < SHOWN_COUNT)
        return MEDIA_TYPE_UNKNOWN;
    if (is_saved(claim))
        return strcmp(claim, seen->name) == 0 ? seen->name : MEDIA_TYPE_UNKNOWN;
    return claim;
}

enum media_kind media_type_kind(const char *type)
{
    size_t i = find_shown(type);
    return i < SHOWN_COUNT ? shown[i].kind : MEDIA_OTHER;
}

const char *media_type_served(const char *type)
{
    size_t i = find_shown(type);
    if (i < SHOWN_COUNT)
        return shown[i].served ? shown[i].served : shown[i].name;
    for (i = 0; i < SAVED_COUNT; i++) {
        if (strcmp(saved[i], type) == 0)
            return saved[i];
    }
    return MEDIA_TYPE_UNKNOWN;
}

bool media_type_fits(const struct media_type *seen, uint32_t width, uint32_t height)
{
    if (width == 0 && height == 0)
        return true;
    if (width == 0 || height == 0 || width > MEDIA_SIDE_MAX || height > MEDIA_SIDE_MAX)
        return false;
    if (seen->kind != MEDIA_IMAGE && seen->kind != MEDIA_VIDEO)
        return false;
    if (seen->width == 0)
        return true;
    return (seen->width == width && seen->height == height) ||
           (seen->may_be_turned && seen->width == height && seen->height == width);
}
