#include "app/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "app/act_log.h"
#include "app/console.h"
#include "app/metrics_page.h"
#include "app/state_page.h"
#include "app/storage.h"
#include "app/worker.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "bus/local.h"
#include "chat/sequencer.h"
#include "net/listener.h"
#include "proto/ws_handshake.h"
#include "store/writer.h"

#define NAME_FREE_MS (UINT64_C(30) * 24 * 60 * 60 * 1000)

enum {
    LISTENERS_MAX = 64,
    BACKLOG = 4096,
    DESCRIPTORS_RESERVED = 128, /* for everything that is not a connection */
    BATCH_EVENTS_MAX = 500,
    ADDRESS_TEXT_BYTES = 64,
    COOKIE_S_MAX = 400 * 24 * 60 * 60, /* browsers keep no cookie for longer */
    PASSWORDS_WAITING_MAX = 256,       /* sign-ins that wait for a thread that computes passwords */
};

/* A place where connections come in. */
struct entrance {
    struct listener listener;
    struct server *server;
    bool is_metrics, is_console;
    char text[ADDRESS_TEXT_BYTES];
};

struct server {
    struct config config; /* borrowed from main: it lives longer */
    struct worker_settings settings;
    struct storage storage;
    struct http_upload_limit uploads;
    struct sequencer *sequencer;
    struct writer writer;
    struct metrics writer_metrics;
    bool writer_started;
    struct local_bus bus;
    struct worker *workers;
    uint32_t workers_count, workers_started;
    uint32_t next_worker;
    struct metrics_page metrics_page;
    struct state_page state_page;
    struct http_route metrics_route;
    struct http_server metrics_http, console_http;
    struct entrance entrances[LISTENERS_MAX];
    size_t entrances_count;
};

/* ---- settings ---- */

static int add_origin(struct policy *policy, const char *option, const char *text)
{
    struct slice origin = slice_of_string(text);
    /* People write the address of a page; an origin has no slash at its end. */
    if (origin.len > 0 && origin.ptr[origin.len - 1] == '/')
        origin.len--;
    if (policy->origins_count == POLICY_ORIGINS_MAX ||
        origin_parse(origin, &policy->origins[policy->origins_count]) != OK) {
        log_error("--%s: an address like https://chat.example.org is needed, not \"%s\"", option,
                  text);
        return ERR_PROTOCOL;
    }
    policy->origins_count++;
    return OK;
}

static int read_policy(const struct config *config, struct policy *policy)
{
    int result = OK;
    if (config->public_url[0])
        result = add_origin(policy, "public-url", config->public_url);
    policy->secure = policy->origins_count > 0 && policy->origins[0].secure;
    for (size_t i = 0; i < config->allow_origin.count && result == OK; i++)
        result = add_origin(policy, "allow-origin", config->allow_origin.items[i]);
    for (size_t i = 0; i < config->trust_proxy.count && result == OK; i++) {
        const char *text = config->trust_proxy.items[i];
        result = address_block_parse(slice_of_string(text), &policy->proxies[i]);
        if (result != OK)
            log_error("--trust-proxy: addresses like 10.0.0.0/8 are needed, not \"%s\"", text);
        else
            policy->proxies_count++;
    }
    return result;
}

/* As many connections as descriptors allow, with some kept back. */
static uint32_t connections_max(const struct config *config)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    uint64_t most = limit.rlim_cur > 2 * (uint64_t)DESCRIPTORS_RESERVED
                        ? limit.rlim_cur - DESCRIPTORS_RESERVED
                        : limit.rlim_cur;
    if (config->connections > 0 && config->connections < most)
        most = config->connections;
    return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

static bool is_loopback(const char *text)
{
    struct listen_addresses addresses;
    if (listen_resolve(text, &addresses) != OK)
        return false;
    for (size_t i = 0; i < addresses.count; i++) {
        struct address address = address_of_socket(&addresses.list[i]);
        if (!address_is_loopback(&address))
            return false;
    }
    return true;
}

/* By default only while nobody from outside can reach the server: whoever opens it to others decides who may come. */
static bool are_guests_welcome(const struct config *config)
{
    struct origin origin;
    if (strcmp(config->guests, "auto") != 0)
        return strcmp(config->guests, "on") == 0;
    for (size_t i = 0; i < config->listen.count; i++) {
        if (!is_loopback(config->listen.items[i]))
            return false;
    }
    struct slice url = slice_of_string(config->public_url);
    if (url.len > 0 && url.ptr[url.len - 1] == '/')
        url.len--;
    return url.len == 0 ||
           (origin_parse(url, &origin) == OK && origin_host_is_loopback(origin.host));
}

static int read_sign_up(const struct config *config, enum sign_up *ret_sign_up)
{
    static const char *const names[] = {
        [SIGN_UP_INVITE] = "invite", [SIGN_UP_OPEN] = "open", [SIGN_UP_CLOSED] = "closed"};
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(config->signup, names[i]) == 0) {
            *ret_sign_up = (enum sign_up)i;
            return OK;
        }
    }
    log_error("--signup: open, invite or closed is needed, not \"%.60s\"", config->signup);
    return ERR_PROTOCOL;
}

/* The least that OWASP's cheat sheet on storing passwords asks of argon2id; more memory may stand for fewer passes. */
enum { PASSWORD_MEMORY_KB_ADVISED = 19456, PASSWORD_PASSES_ADVISED = 2 };

static int start_hasher(struct server *server)
{
    const struct config *config = &server->config;
    const struct hasher_settings settings = {
        .cost = {(uint32_t)config->password_memory_kb, (uint32_t)config->password_passes},
        .threads = (unsigned)config->password_threads,
        .waiting_max = PASSWORDS_WAITING_MAX,
    };
    if (config->password_memory_kb * config->password_passes <
        (uint64_t)PASSWORD_MEMORY_KB_ADVISED * PASSWORD_PASSES_ADVISED)
        log_warn("--password-memory-kb, --password-passes: passwords are hashed more cheaply than "
                 "is advised (%d, %d)",
                 PASSWORD_MEMORY_KB_ADVISED, PASSWORD_PASSES_ADVISED);
    server->settings.hasher = hasher_new(&settings);
    if (server->settings.hasher)
        return OK;
    log_error("cannot start the threads for passwords: %s", strerror(errno));
    return ERR_IO;
}

/* As many at once as in that time, but for the API, where programs ask in bursts. */
static struct rate_table *make_rates(const struct config *config)
{
    enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, BURST = 10 };
    enum { SIGN_IN_NAMES = 12 }; /* so many names from one address try as often as they may */
    const struct {
        uint64_t count;
        uint32_t period_ms, burst;
    } rates[RATE_KIND_COUNT] = {
        [RATE_API] = {config->rate_api, SECOND, BURST},
        [RATE_SIGN_IN] = {config->rate_sign_in, MINUTE, 1},
        [RATE_SIGN_IN_HERE] = {config->rate_sign_in * SIGN_IN_NAMES, MINUTE, 1},
        [RATE_SIGN_UP] = {config->rate_sign_up, HOUR, 1},
        [RATE_JOIN] = {config->rate_join, MINUTE, 1},
        [RATE_UPLOAD] = {config->rate_upload, MINUTE, 1},
        [RATE_SEARCH] = {config->rate_search, MINUTE, 1},
        [RATE_GUEST] = {config->rate_guest, MINUTE, 1},
        [RATE_FETCH] = {config->rate_fetch, SECOND, BURST},
    };
    struct rate_class classes[RATE_KIND_COUNT];
    for (unsigned kind = 0; kind < RATE_KIND_COUNT; kind++) {
        uint32_t count = (uint32_t)rates[kind].count;
        classes[kind] =
            (struct rate_class){count, rates[kind].period_ms, count * rates[kind].burst};
    }
    return rate_table_new(classes);
}

/* How people reach the server, for links: as was said, or as the first address that is listened on. */
static void read_public_url(const struct config *config, char *ret_url, size_t size)
{
    if (config->public_url[0])
        snprintf(ret_url, size, "%s", config->public_url);
    else
        snprintf(ret_url, size, "http://%s", config->listen.items[0]);
    size_t len = strlen(ret_url);
    if (len > 0 && ret_url[len - 1] == '/')
        ret_url[len - 1] = '\0';
}

static struct hub_limits hub_settings(const struct config *config)
{
    return (struct hub_limits){
        .key = random_u64(),
        .pool =
            {
                .ring_bytes_min = 4096,
                .ring_bytes_max = config->ring_bytes,
                .worker_bytes_max = config->rings_bytes,
                .quiet_ms = 10000,
                .gather_ms = (uint32_t)config->gather_ms,
                .notice_members = 20,
                .notice_ms = 1000,
                .hold_ms = 1,
            },
        .posts = {(uint32_t)config->rate_posts, (uint32_t)config->rate_burst},
        .posts_waiting_max = 10000,
        .waits_max = 1000,
        .guests_may_all = strcmp(config->guests_may, "all") == 0,
        .bytes_waiting_max = 16 << 20,
        .replay_max = (uint32_t)config->replay_max,
        .page_bytes = 64 << 10,
        .feed_bytes = 16 << 10,
        .client_reads_max = 8,
        .reads_max = 2000,
        .feed_ms = 30000,
    };
}

static void read_upload_settings(struct server *server)
{
    struct worker_settings *settings = &server->settings;
    settings->disk = &server->storage.disk;
    settings->uploads = &server->uploads;
    settings->upload_bytes_max = server->config.upload_bytes;
    http_upload_limit_init(&server->uploads, (uint32_t)server->config.uploads);
}

static int read_settings(struct server *server)
{
    const struct config *config = &server->config;
    struct worker_settings *settings = &server->settings;
    settings->loop = (struct loop_limits){
        .read_bytes = 65536,
        .queue_bytes_soft = config->queue_bytes / 4,
        .queue_ms = 10000,
        .queue_bytes_hard = config->queue_bytes,
        .linger_ms = 5000,
    };
    settings->http = (struct http_server_limits){
        .head = http_limits_default,
        .body_bytes_max = 1 << 20,
        .head_ms = (uint32_t)config->head_ms,
        .body_ms = (uint32_t)config->body_ms,
        .idle_ms = (uint32_t)config->idle_ms,
        .send_ms = 60000,
        .answer_ms = 60000,
        .stream_bytes_min = 30000,
    };
    settings->ws = (struct ws_limits){
        .message_bytes_max = (uint32_t)config->message_bytes,
        .frames_per_turn = 64,
        .pongs_max = 64,
        .ping_ms = (uint32_t)config->ping_ms,
        .dead_ms = (uint32_t)config->dead_ms,
        .close_ms = 5000,
        .controls = {100, 100},
    };
    settings->hub = hub_settings(config);
    settings->writer = &server->writer;
    settings->workers_count = server->workers_count;
    settings->state = &server->state_page;
    settings->drain_ms = (uint32_t)config->drain_ms;
    settings->echo = config->echo;
    settings->readers = &server->storage.readers;
    settings->guests = are_guests_welcome(config);
    settings->connections =
        connection_limit_new(connections_max(config), (uint32_t)config->connections_per_address);
    settings->rates = make_rates(config);
    read_upload_settings(server);
    settings->session_s =
        config->session_ms > 0 && config->session_ms < COOKIE_S_MAX * UINT64_C(1000)
            ? (uint32_t)(config->session_ms / 1000)
            : COOKIE_S_MAX;
    read_public_url(config, settings->public_url, sizeof(settings->public_url));
    int result = read_sign_up(config, &settings->sign_up);
    return result == OK ? read_policy(config, &settings->policy) : result;
}

/* The sample of RFC 6455 1.3: a cryptography library that is set up to refuse SHA-1 is found out now, not by users. */
static int check_cryptography(void)
{
    char accept[WS_ACCEPT_SIZE];
    ws_handshake_accept(SLICE_LITERAL("dGhlIHNhbXBsZSBub25jZQ=="), accept);
    if (strcmp(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == 0)
        return OK;
    log_error("the cryptography library of this system computes no SHA-1, which WebSocket needs");
    return ERR_INTERNAL;
}

/* ---- entrances ---- */

/* Said without HTTP's machinery: there is no connection to be had. */
static void refuse_socket(int fd)
{
    static const char answer[] =
        "HTTP/1.1 503 Service Unavailable\r\n"
        "Content-Length: 0\r\nRetry-After: 10\r\nConnection: close\r\n\r\n";
    ssize_t ignored = send(fd, answer, sizeof(answer) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)ignored;
    close(fd);
}

static void on_accept(void *ctx, struct listener *listener, int fd,
                      const struct sockaddr_storage *peer)
{
    struct entrance *entrance = ctx;
    struct server *server = entrance->server;
    struct worker *acceptor = &server->workers[0];
    struct address address = address_of_socket(peer);
    (void)listener;

    int result = connection_limit_take(server->settings.connections, &address);
    if (result != OK) {
        metrics_add(&acceptor->metrics,
                    result == ERR_BUSY ? METRIC_DROPPED_FULL : METRIC_DROPPED_ADDRESS, 1);
        refuse_socket(fd);
        return;
    }
    if (entrance->is_metrics || entrance->is_console) {
        http_server_accept(entrance->is_metrics ? &server->metrics_http : &server->console_http, fd,
                           peer);
        return;
    }
    struct worker *worker = &server->workers[server->next_worker];
    server->next_worker = (server->next_worker + 1) % server->workers_count;
    if (worker == acceptor)
        http_server_accept(&worker->http, fd, peer);
    else
        worker_give_socket(worker, fd, peer);
}

static void stop_accepting(void *ctx)
{
    struct server *server = ctx;
    server->console_http.deaf = true;
    for (size_t i = 0; i < server->entrances_count; i++)
        listener_stop(&server->entrances[i].listener);
}

static int report_listen(int result, const char *option, const char *text, const char *address)
{
    if (result == ERR_PROTOCOL)
        log_error("--%s: HOST:PORT is needed, not \"%s\"", option, text);
    else if (result == ERR_NOT_FOUND && !address)
        log_error("--%s: the name in \"%s\" is not known", option, text);
    else if (result == ERR_EXISTS)
        log_error("--%s: %s is in use by another program", option, address);
    else
        log_error("--%s: cannot listen on %s: %s", option, address ? address : text,
                  strerror(errno));
    return result;
}

/* Takes fd, which listens. */
static int start_entrance(struct server *server, struct entrance *entrance, int fd)
{
    entrance->listener.ctx = entrance;
    entrance->listener.on_accept = on_accept;
    int result = listener_start(&entrance->listener, &server->workers[0].loop, fd);
    if (result == OK)
        server->entrances_count++;
    return result;
}

static int open_entrance(struct server *server, const char *option,
                         const struct sockaddr_storage *address)
{
    struct entrance *entrance = &server->entrances[server->entrances_count];
    *entrance = (struct entrance){.server = server, .is_metrics = strcmp(option, "metrics") == 0};
    int fd = listen_open(address, BACKLOG);
    if (fd < 0)
        return fd;
    /* Asked for port 0, the kernel has picked one. */
    struct sockaddr_storage bound = *address;
    socklen_t bound_len = sizeof(bound);
    getsockname(fd, (struct sockaddr *)&bound, &bound_len);
    address_format(&bound, entrance->text, sizeof(entrance->text));
    return start_entrance(server, entrance, fd);
}

/* A name may stand for addresses that this machine does not have (localhost without IPv6): one is enough. */
static int open_entrances(struct server *server, const char *option, const char *text)
{
    struct listen_addresses addresses;
    int result = listen_resolve(text, &addresses);
    if (result != OK)
        return report_listen(result, option, text, NULL);
    size_t opened = 0;
    for (size_t i = 0; i < addresses.count; i++) {
        char address[ADDRESS_TEXT_BYTES];
        address_format(&addresses.list[i], address, sizeof(address));
        if (server->entrances_count == LISTENERS_MAX - 1) { /* one is the console's */
            log_error("--%s: at most %d addresses", option, LISTENERS_MAX - 1);
            return ERR_LIMIT;
        }
        result = open_entrance(server, option, &addresses.list[i]);
        if (result == OK)
            opened++;
        else if (result != ERR_NOT_FOUND || (opened == 0 && i + 1 == addresses.count))
            return report_listen(result, option, text, address);
    }
    return OK;
}

/* Without a disk there are no accounts, and nothing for the console to do. */
static int open_console(struct server *server)
{
    const char *folder = server->config.data;
    if (strcmp(server->config.store, "memory") == 0)
        return OK;
    struct entrance *entrance = &server->entrances[server->entrances_count];
    *entrance = (struct entrance){.server = server, .is_console = true};
    snprintf(entrance->text, sizeof(entrance->text), "%s", CONSOLE_SOCKET);
    int fd = console_open(folder);
    if (fd < 0) {
        log_error("--data: cannot make the socket " CONSOLE_SOCKET " in %s: %s", folder,
                  strerror(errno));
        return fd;
    }
    server->console_http = server->workers[0].http;
    server->console_http.console = true;
    return start_entrance(server, entrance, fd);
}

static int open_all_entrances(struct server *server)
{
    const struct config *config = &server->config;
    int result = OK;
    for (size_t i = 0; i < config->listen.count && result == OK; i++)
        result = open_entrances(server, "listen", config->listen.items[i]);
    if (result == OK && strcmp(config->metrics, "off") != 0) {
        result = open_entrances(server, "metrics", config->metrics);
        if (result == OK && !is_loopback(config->metrics))
            log_warn("--metrics: %s can be reached from other machines", config->metrics);
    }
    return result == OK ? open_console(server) : result;
}

/* ---- the parts ---- */

static void publish(void *ctx, struct event_batch *batch)
{
    struct server *server = ctx;
    act_log_batch(batch);
    local_bus_publish(&server->bus, batch);
}

/*
 * What the store has kept is not known, or what it has is damaged: going on could only make it worse, and a failed fsync must not be
 * tried again (the kernel has forgotten the pages). Whoever supervises the program starts it anew; nothing was acknowledged that is not kept.
 */
static void die_of_store(void *ctx, const char *fault)
{
    (void)ctx;
    log_error("the store is broken, and the program ends: %s", fault);
    _exit(EX_IOERR);
}

static void answer_read(void *ctx, struct store_read *read)
{
    struct server *server = ctx;
    if (read->result == ERR_IO)
        die_of_store(server, read->fault);
    worker_give_read(&server->workers[read->origin.worker], read);
}

static int open_store(struct server *server)
{
    const struct storage_ports ports = {server, answer_read, die_of_store};
    const struct sequencer_limits limits = {
        .posts = server->settings.hub.posts,
        .notices = {50, 50},
        .notice_deliveries = {200000, 200000},
        .here_names_max = 50,
        .here_ms = 1000,
        .away_ms = (uint32_t)server->config.away_ms,
        .name_ms = NAME_FREE_MS,
        .guests = server->settings.guests,
        .guests_may_all = server->settings.hub.guests_may_all,
        .session_idle_ms = server->config.session_idle_ms,
        .session_ms = server->config.session_ms,
        .quota_bytes = server->config.upload_quota,
        .sign_up = (uint8_t)server->settings.sign_up,
        .chance = random_u64,
    };
    int result = storage_open(&server->storage, &server->config, &ports);
    server->settings.blobs = server->storage.has_blobs ? &server->storage.blobs : NULL;
    if (result != OK)
        return result;
    result = sequencer_new(server->storage.store, &limits, clock_mono_ms(), clock_wall_ms(),
                           &server->sequencer);
    if (result != OK)
        log_error("--data: %s", server->storage.store->fault);
    else
        server->settings.server = server_state_ref(sequencer_server(server->sequencer));
    return result;
}

static int start_store(struct server *server)
{
    const struct writer_ports ports = {server, publish, die_of_store};
    int result = storage_start(&server->storage, &server->config);
    if (result != OK)
        return result;
    result = writer_start(&server->writer, server->sequencer, server->storage.store, &ports,
                          &server->writer_metrics, BATCH_EVENTS_MAX);
    if (result != OK)
        log_error("cannot start the writing thread: %s", strerror(errno));
    server->writer_started = result == OK;
    return result;
}

static int build_workers(struct server *server)
{
    server->workers = mem_zalloc(server->workers_count * sizeof(server->workers[0]));
    server->bus.mailboxes = mem_zalloc(server->workers_count * sizeof(server->bus.mailboxes[0]));
    for (uint32_t i = 0; i < server->workers_count; i++) {
        int result = worker_init(&server->workers[i], i, &server->settings);
        if (result != OK)
            return result;
        server->bus.mailboxes[i] = &server->workers[i].loop.mailbox;
        server->bus.count = i + 1;
    }
    server->workers[0].on_stop = stop_accepting;
    server->workers[0].on_stop_ctx = server;
    return OK;
}

static void build_metrics_page(struct server *server)
{
    struct worker *first = &server->workers[0];
    struct metrics_page *page = &server->metrics_page;
    size_t readers = server->config.readers;
    size_t hashers = server->config.password_threads;
    page->blocks =
        mem_zalloc((server->workers_count + 1 + readers + hashers) * sizeof(page->blocks[0]));
    for (uint32_t i = 0; i < server->workers_count; i++)
        page->blocks[page->count++] = &server->workers[i].metrics;
    page->blocks[page->count++] = &server->writer_metrics;
    for (size_t i = 0; i < readers; i++)
        page->blocks[page->count++] = &server->storage.readers.readers[i].metrics;
    for (unsigned i = 0; i < hashers; i++)
        page->blocks[page->count++] = hasher_metrics(server->settings.hasher, i);
    page->started_ms = clock_wall_ms();
    server->state_page = (struct state_page){page, &server->config};

    server->metrics_route = (struct http_route){
        .path = "/metrics", .methods = 1u << HTTP_GET, .ctx = page, .handle = metrics_page_handle};
    server->metrics_http = first->http;
    server->metrics_http.routes = &server->metrics_route;
    server->metrics_http.routes_count = 1;
}

static int start_workers(struct server *server)
{
    for (uint32_t i = 0; i < server->workers_count; i++) {
        int result = worker_start(&server->workers[i]);
        if (result != OK) {
            log_error("cannot start worker thread %u: %s", i, strerror(errno));
            return result;
        }
        server->workers_started++;
    }
    return OK;
}

static int build(struct server *server)
{
    int result = check_cryptography();
    if (result == OK)
        result = read_settings(server);
    if (result == OK)
        result = start_hasher(server);
    if (result == OK)
        result = open_store(server);
    if (result == OK)
        result = build_workers(server);
    if (result != OK)
        return result;
    build_metrics_page(server);
    result = open_all_entrances(server);
    if (result == OK)
        result = start_store(server);
    if (result == OK)
        result = start_workers(server);
    return result;
}

/* Before the lock on the folder is given back: the next program makes its own. */
static void remove_console(const struct server *server)
{
    for (size_t i = 0; i < server->entrances_count; i++) {
        if (server->entrances[i].is_console)
            console_remove(server->config.data);
    }
}

static void take_down(struct server *server)
{
    for (uint32_t i = 0; i < server->workers_started; i++)
        worker_stop(&server->workers[i]);
    for (uint32_t i = 0; i < server->workers_started; i++)
        worker_join(&server->workers[i]);
    if (server->writer_started)
        writer_stop(&server->writer);
    hasher_free(server->settings.hasher);
    stop_accepting(server);
    remove_console(server);
    storage_stop(&server->storage);
    for (size_t i = 0; i < server->bus.count; i++)
        worker_release(&server->workers[i]);
    sequencer_free(server->sequencer);
    storage_close(&server->storage);
    http_upload_limit_release(&server->uploads);
    rate_table_free(server->settings.rates);
    server_state_unref(server->settings.server);
    connection_limit_free(server->settings.connections);
    mem_free(server->metrics_page.blocks);
    mem_free(server->bus.mailboxes);
    mem_free(server->workers);
    mem_free(server);
}

int server_start(const struct config *config, struct server **ret_server)
{
    struct server *server = mem_zalloc(sizeof(*server));
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    server->config = *config;
    server->workers_count = config->workers > 0 ? (uint32_t)config->workers
                            : cores > 0         ? (uint32_t)cores
                                                : 1;
    int result = build(server);
    if (result != OK) {
        take_down(server);
        return result;
    }
    *ret_server = server;
    return OK;
}

void server_announce(const struct server *server)
{
    const struct config *config = &server->config;
    char *path = realpath(config->data, NULL);
    printf("Hubbub %s is ready.\n", HUBBUB_VERSION);
    if (config->public_url[0])
        printf("  open     %s\n", config->public_url);
    else
        printf("  open     http://%s/\n", config->listen.items[0]);
    for (size_t i = 0; i < server->entrances_count; i++) {
        if (server->entrances[i].is_console)
            continue;
        printf("  %s  %s\n", server->entrances[i].is_metrics ? "metrics" : "listens",
               server->entrances[i].text);
    }
    if (!server->settings.guests)
        printf("  guests   off: nobody can talk until they are let in with --guests on\n");
    printf("  data     %s%s\n", path ? path : config->data,
           strcmp(config->store, "memory") == 0
               ? " (--store memory: messages last until the program stops)"
               : "");
    fflush(stdout);
    free(path);
    /* Behind what is said above: people who copy it look at the end. */
    if (strcmp(config->store, "memory") != 0)
        worker_print_owner_link(&server->workers[0]);
}

void server_stop(struct server *server)
{
    take_down(server);
}
