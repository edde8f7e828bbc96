/*
 * The table of serve/asset.h for programs without the web client: `make NOWEB=1` and the tests in C.
 */
#include "serve/asset.h"

static const uint8_t PAGE[] =
    "<!doctype html>\n"
    "<html lang=\"en\"><title>Hubbub</title>\n"
    "<p>This program was built without its web client (NOWEB=1).</p></html>\n";

const struct asset assets[] = {
    {
        .path = "/index.html",
        .type = "text/html; charset=utf-8",
        .identity = {.bytes = PAGE, .len = sizeof(PAGE) - 1, .etag = "\"noweb\""},
    },
};
const size_t assets_count = 1;
const char asset_build_id[] = "0000000000000000";
