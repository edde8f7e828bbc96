#include "app/state_page.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/error.h"
#include "doors/web_text.h"
#include "serve/asset.h"

/* Both calls read what the kernel has in memory anyway, so they may be made on a worker's thread. */
static void write_disk(struct buffer *out, const struct config *config)
{
    char path[4096];
    struct statvfs disk;
    struct stat file;
    if (strcmp(config->store, "memory") == 0 || statvfs(config->data, &disk) != 0)
        return;
    buffer_printf(out, ",\"disk\":{\"reserve\":%llu", (unsigned long long)config->disk_reserve);
    web_write_number(out, "free", (uint64_t)disk.f_bavail * disk.f_frsize);
    web_write_number(out, "total", (uint64_t)disk.f_blocks * disk.f_frsize);
    snprintf(path, sizeof(path), "%s/hubbub.db", config->data);
    if (stat(path, &file) == 0)
        web_write_number(out, "database", (uint64_t)file.st_size);
    buffer_append_byte(out, '}');
}

static void write_metrics(struct buffer *out, const struct metrics_page *page)
{
    buffer_append_string(out, ",\"metrics\":[");
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        struct metric_view metric;
        metrics_page_read(page, (enum metric)i, &metric);
        buffer_append_string(out, i > 0 ? ",{\"counter\":" : "{\"counter\":");
        buffer_append_string(out, strcmp(metric.type, "counter") == 0 ? "true" : "false");
        web_write_string(out, "name", slice_of_string(metric.name));
        web_write_string(out, "help", slice_of_string(metric.help));
        buffer_printf(out, ",\"value\":%lld}", (long long)metric.value);
    }
    buffer_append_byte(out, ']');
}

static void write_options(struct buffer *out, const struct config *config)
{
    struct config_view option;
    buffer_append_string(out, ",\"options\":[");
    for (size_t i = 0; config_look(config, i, &option); i++) {
        buffer_append_string(out, i > 0 ? ",{\"set\":" : "{\"set\":");
        buffer_append_string(out, strcmp(option.value, option.usual) != 0 ? "true" : "false");
        web_write_string(out, "name", slice_of_string(option.name));
        web_write_string(out, "value", slice_of_string(option.value));
        web_write_string(out, "usual", slice_of_string(option.usual));
        web_write_string(out, "help", slice_of_string(option.help));
        buffer_append_byte(out, '}');
    }
    buffer_append_byte(out, ']');
}

static void begin_state(struct rest_call *call, const struct event *hello)
{
    (void)hello;
    const struct state_page *page = call->rest->state;
    struct buffer out = {0};
    int result = hub_may(&call->speaker.client, 0, ACTION_CONFIGURATION);
    if (result != OK) {
        struct web_error error = web_error_of_call(result);
        rest_refuse(call, &error);
        return;
    }
    buffer_append_string(&out, "{\"version\":\"" HUBBUB_VERSION "\"");
    web_write_string(&out, "client", slice_of_string(asset_build_id));
    web_write_time(&out, "started", page->metrics->started_ms);
    write_disk(&out, page->config);
    write_metrics(&out, page->metrics);
    write_options(&out, page->config);
    buffer_append_byte(&out, '}');
    rest_reply(call, &out, NULL);
}

static const struct rest_entry entries[] = {
    {HTTP_GET, "/api/v1/server/state", {.begin = begin_state}},
};

const struct rest_entry *state_page_routes(size_t *ret_count)
{
    *ret_count = sizeof(entries) / sizeof(entries[0]);
    return entries;
}
