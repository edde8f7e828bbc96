#pragma once
/*
 * The files of the web client, embedded into the program by web/tools/embed.mjs, each in up to three
 * encodings. The table is sorted by path and lives as long as the program.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asset_body {
    const uint8_t *bytes; /* NULL where the file does not exist in this encoding */
    size_t len;
    const char *etag; /* with its quotes; strong, another one for each encoding */
};

struct asset {
    const char *path; /* "/index.html", "/assets/…" */
    const char *type; /* for Content-Type */
    bool immutable;   /* its name changes with its content */
    struct asset_body identity, gzip, br;
};

extern const struct asset assets[];
extern const size_t assets_count;
extern const char asset_build_id[]; /* 16 hexadecimal digits over all of it */
