#include "app/metrics_page.h"

#include <string.h>

#include "serve/asset.h"

static const struct {
    const char *name;
    const char *type;
    const char *help;
} table[] = {
#define METRIC_ROW(id, name, type, help) {name, type, help},
    METRICS(METRIC_ROW)
#undef METRIC_ROW
};

static uint64_t total(const struct metrics_page *page, enum metric metric)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < page->count; i++)
        sum += metrics_read(page->blocks[i], metric);
    return sum;
}

void metrics_page_read(const struct metrics_page *page, enum metric metric,
                       struct metric_view *ret_view)
{
    *ret_view = (struct metric_view){table[metric].name, table[metric].type, table[metric].help,
                                     (int64_t)total(page, metric)};
}

/* The rows of one name (they differ in their labels) stand together; the first one has the help. */
static void write_row(struct buffer *out, const struct metrics_page *page, enum metric metric)
{
    if (table[metric].help[0] != '\0') {
        int name_len = (int)strcspn(table[metric].name, "{");
        buffer_printf(out, "# HELP %.*s %s.\n# TYPE %.*s %s\n", name_len, table[metric].name,
                      table[metric].help, name_len, table[metric].name, table[metric].type);
    }
    buffer_printf(out, "%s %lld\n", table[metric].name, (long long)total(page, metric));
}

void metrics_page_handle(void *ctx, struct http_request *request)
{
    const struct metrics_page *page = ctx;
    struct buffer out = {0};
    for (unsigned metric = 0; metric < METRIC_COUNT; metric++)
        write_row(&out, page, metric);
    buffer_printf(&out,
                  "# HELP hubbub_start_time_seconds When the program started.\n"
                  "# TYPE hubbub_start_time_seconds gauge\nhubbub_start_time_seconds %.3f\n"
                  "# HELP hubbub_build_info The version that runs.\n"
                  "# TYPE hubbub_build_info gauge\n"
                  "hubbub_build_info{version=\"" HUBBUB_VERSION "\",client=\"%s\"} 1\n",
                  (double)page->started_ms / 1000, asset_build_id);
    http_respond(request, &(struct http_response){
                              .status = 200,
                              .type = "text/plain; version=0.0.4",
                              .body = buffer_slice(&out),
                          });
    buffer_release(&out);
}
