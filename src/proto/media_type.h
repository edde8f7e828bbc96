#pragma once
/*
 * What a file is, as its first bytes show it, and what may be said of it to a browser. A browser is given a file in place
 * only when its magic bytes are those of an image, a sound or a video that cannot carry script, and when its sender
 * did not call it something else; everything else is saved, and under a type that no browser runs. Nothing is decoded:
 * only heads are read. After the WHATWG's MIME sniffing standard. Pure; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum media_kind { MEDIA_OTHER, MEDIA_IMAGE, MEDIA_AUDIO, MEDIA_VIDEO };

enum {
    MEDIA_TYPE_BYTES_MAX = 99, /* of a type's name */
    MEDIA_START_BYTES = 65536, /* how much of a file is worth looking at */
    MEDIA_SIDE_MAX = 65535,    /* pixels that a width or height can have */
};

#define MEDIA_TYPE_UNKNOWN "application/octet-stream"

/* What the bytes show. */
struct media_type {
    const char *name;       /* static; MEDIA_TYPE_UNKNOWN when nothing was recognised */
    enum media_kind kind;   /* OTHER: is never shown in place */
    uint32_t width, height; /* of an image whose head says it within the bytes; else 0 */
    bool may_be_turned; /* a camera's picture: people see it with its sides exchanged, perhaps */
};

/** Looks at the start of a file: all of a short one, or MEDIA_START_BYTES. */
void media_type_look(struct slice start, struct media_type *ret_media);

/**
 * Reads the claim of a Content-Type: its parameters are dropped, letters made small; an empty one is
 * MEDIA_TYPE_UNKNOWN. ERR_PROTOCOL: it is none.
 */
int media_type_read(struct slice claim, char ret_type[MEDIA_TYPE_BYTES_MAX + 1]);

/**
 * The type under which a file is kept: what the bytes show, or the claim where it fits them, in its usual spelling; the claim where
 * the bytes show nothing, and the claim is of nothing that they would have to show; otherwise MEDIA_TYPE_UNKNOWN. Returns
 * borrowed: static, or claim.
 */
const char *media_type_settle(const char *claim, const struct media_type *seen);

/** Of what kind a kept type is; other than OTHER it is shown in place. */
enum media_kind media_type_kind(const char *type);

/** Under which type a file of a kept type is given out. Returns borrowed, static. */
const char *media_type_served(const char *type);

/** Whether a width and height (both 0: not said) can be those of what was seen. */
bool media_type_fits(const struct media_type *seen, uint32_t width, uint32_t height);
