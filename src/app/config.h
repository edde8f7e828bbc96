#pragma once
/*
 * What the person who runs Hubbub has set: on the command line (--name VALUE or --name=VALUE), in the environment
 * (HUBBUB_NAME), or in a file (--config FILE; lines "name = value"), in this order of precedence. Every option is a
 * row of one table, in config.c.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONFIG_LIST_MAX = 32, CONFIG_ERROR_BYTES = 512 };

/* Values that an option may have several of. */
struct config_list {
    char *items[CONFIG_LIST_MAX];
    size_t count;
    int level; /* of the source that set it: a higher one replaces, the same one adds */
};

struct config {
    struct config_list listen;
    struct config_list allow_origin;
    struct config_list trust_proxy;
    char *data;
    char *metrics;    /* "off" or HOST:PORT */
    char *public_url; /* "" for none */
    char *store;      /* "sqlite" or "memory" */
    char *guests;     /* "on", "off" or "auto" */
    char *guests_may; /* "talk" or "all" */
    char *signup;     /* "open", "invite" or "closed" */
    char *log_level;
    char *log_format; /* "text" or "json" */
    char *config_file;
    char *check;      /* a URL to ask instead of serving, or "" */
    uint64_t workers; /* 0: one per core */
    uint64_t readers; /* reading threads */
    uint64_t gather_ms, drain_ms, away_ms;
    uint64_t replay_max;   /* events */
    uint64_t disk_reserve; /* bytes */
    uint64_t password_memory_kb, password_passes, password_threads;
    uint64_t session_idle_ms, session_ms;
    uint64_t upload_bytes, upload_quota, uploads, upload_unused_ms;
    uint64_t rate_posts, rate_burst;
    uint64_t rate_api, rate_sign_in, rate_sign_up, rate_join, rate_upload, rate_fetch, rate_search,
        rate_guest;
    uint64_t message_bytes, ring_bytes, rings_bytes, queue_bytes;
    uint64_t connections, connections_per_address;
    uint64_t head_ms, body_ms, idle_ms, ping_ms, dead_ms;
    bool echo, help, routes, version;
};

/**
 * Reads everything. Returns OK, or an error with one clear line in ret_error (no line feed at its end).
 * environ is the environment as main gets it. config_release is needed only after OK.
 */
int config_read(struct config *ret_config, int argc, char **argv, char **environment,
                char ret_error[CONFIG_ERROR_BYTES]);

void config_release(struct config *config);

/* An option as it stands. */
struct config_view {
    const char *name, *usual, *help; /* borrowed, static */
    char value[1024];                /* cut where several values together are longer */
};

/** Looks at the option with this index, beginning with 0; false when there is none. Those that only make the program print something and end
 *  are left out. */
bool config_look(const struct config *config, size_t index, struct config_view *ret_view);

/** Prints what --help says. */
void config_print_help(void);
