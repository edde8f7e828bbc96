#include "app/worker.h"

#include <errno.h>
#include <unistd.h>

#include "app/storage.h"
#include "base/assert.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "bus/local.h"
#include "doors/echo.h"
#include "doors/manifest.h"
#include "doors/tutorial.h"
#include "net/conn.h"
#include "serve/asset.h"
#include "serve/static_files.h"

enum { LETTER_SOCKET = 100, LETTER_READ, LETTER_HASH, LETTER_OWNER, LETTER_STOP };

/* Clients are told to come back after a time between these: not all at once. */
enum { TICK_MS = 1000, GOODBYE_LOOK_MS = 10, RETRY_MS_MIN = 500, RETRY_MS_SPREAD = 2500 };

struct socket_letter {
    struct letter letter;
    int fd;
    struct sockaddr_storage peer;
};

struct read_letter {
    struct letter letter;
    struct store_read *read;
};

#define WORKER_OF(timer_pointer, member)                                                           \
    ((struct worker *)((char *)(timer_pointer)-offsetof(struct worker, member)))

/* ---- the hub's ports ---- */

static void port_submit(void *ctx, struct event *event)
{
    struct worker *worker = ctx;
    if (worker->outbox_last)
        worker->outbox_last->next = event;
    else
        worker->outbox_first = event;
    worker->outbox_last = event;
}

static void port_flush(void *ctx, struct flush *flush)
{
    struct worker *worker = ctx;
    loop_flush(&worker->loop, flush);
}

static void port_queue(void *ctx, void *link, struct slice bytes)
{
    (void)ctx;
    conn_write(link, bytes.ptr, bytes.len);
}

static void port_read(void *ctx, struct store_read *read)
{
    struct worker *worker = ctx;
    reader_pool_submit(worker->settings->readers, read);
}

static void port_notify_drained(void *ctx, void *link)
{
    (void)ctx;
    conn_notify_drained(link);
}

/* One letter carries all that was submitted in a turn. */
static void send_outbox(struct worker *worker)
{
    if (!worker->outbox_first)
        return;
    writer_submit(worker->settings->writer, worker->outbox_first);
    worker->outbox_first = worker->outbox_last = NULL;
}

/* ---- routes ---- */

static struct ws_conn *open_chat(void *ctx, struct conn *conn, const struct ws_offer *offer)
{
    struct worker *worker = ctx;
    if (offer->subprotocol >= 0)
        return web_open(&worker->web, conn, offer);
    return tutorial_open(worker->hub, &worker->ws, conn, offer);
}

static struct ws_conn *open_echo(void *ctx, struct conn *conn, const struct ws_offer *offer)
{
    struct worker *worker = ctx;
    return echo_open(&worker->ws, conn, offer);
}

/* Whoever is connected from an address that is banned from now on goes. */
static void close_banned(struct conn *conn, void *ctx)
{
    struct worker *worker = ctx;
    struct address address = policy_peer(conn);
    if (address_bans_has(&worker->bans, &address, clock_wall_ms()))
        conn_close(conn);
}

static void port_server_state(void *ctx, const struct server_state *state)
{
    struct worker *worker = ctx;
    address_bans_set(&worker->bans, state);
    worker->accounts.server_name = state->name;
    conn_each(&worker->loop, close_banned, worker);
}

static void handle_health(void *ctx, struct http_request *request)
{
    (void)ctx;
    http_respond(request, &(struct http_response){
                              .status = 200,
                              .type = "text/plain",
                              .body = SLICE_LITERAL("ok\n"),
                              .headers = "Cache-Control: no-store\r\n",
                          });
}

static void add_route(struct worker *worker, const struct http_route *route)
{
    ASSERT(worker->routes_count < WORKER_ROUTES_MAX);
    worker->routes[worker->routes_count++] = *route;
}

static void add_page(struct worker *worker, const char *path,
                     void (*handle)(void *ctx, struct http_request *request))
{
    add_route(worker,
              &(struct http_route){.path = path, .methods = 1u << HTTP_GET, .handle = handle});
}

static void add_socket(struct worker *worker, const char *path, struct ws_endpoint *endpoint)
{
    add_route(worker,
              &(struct http_route){.path = path, .ctx = endpoint, .handle = ws_upgrade_handle});
}

static void build_endpoints(struct worker *worker)
{
    static const char *const subprotocols[] = {WEB_SUBPROTOCOL};
    worker->chat_endpoint = (struct ws_endpoint){
        .server = &worker->ws,
        .subprotocols = subprotocols,
        .subprotocols_count = 1,
        .subprotocol_required = !worker->settings->guests,
        .deflate = &ws_deflate_policy_shared,
        .ctx = worker,
        .open = open_chat,
    };
    worker->echo_endpoint = (struct ws_endpoint){
        .server = &worker->ws,
        .deflate = &ws_deflate_policy_single,
        .ctx = worker,
        .open = open_echo,
    };
}

/* The web client: the addresses of its screens, which its router knows too, and its files. */
static void add_client(struct worker *worker)
{
    static const char *const screens[] = {"/",         "/join",      "/welcome", "/r/",
                                          "/settings", "/settings/", "/admin",   "/admin/",
                                          "/search",   "/search/"};
    static const char *const files[] = {"/assets/", "/icons/", "/favicon.svg", "/licenses.txt",
                                        "/sw.js"};
    for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++)
        add_page(worker, screens[i], static_files_page);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        add_page(worker, files[i], static_files_handle);
    add_route(worker, &(struct http_route){.path = "/manifest.webmanifest",
                                           .methods = 1u << HTTP_GET,
                                           .ctx = &worker->accounts.server_name,
                                           .handle = manifest_handle});
}

static void build_routes(struct worker *worker)
{
    build_endpoints(worker);
    worker->routes_count = api_routes(&worker->rest, worker->routes);
    add_socket(worker, "/ws", &worker->chat_endpoint);
    if (worker->settings->echo)
        add_socket(worker, "/echo", &worker->echo_endpoint);
    add_page(worker, "/healthz", handle_health);
    add_client(worker);

    worker->http = (struct http_server){
        .loop = &worker->loop,
        .metrics = &worker->metrics,
        .limits = &worker->settings->http,
        .policy = &worker->settings->policy,
        .connections = worker->settings->connections,
        .routes = worker->routes,
        .bans = &worker->bans,
        .routes_count = worker->routes_count,
        .missing = static_files_missing,
        /* RFC 6797: from then on browsers come by https only, whatever a link says. */
        .headers = worker->settings->policy.secure
                       ? "Strict-Transport-Security: max-age=31536000\r\n"
                       : NULL,
    };
}

/* What hello says of how people are taken in. */
static struct web_server_terms server_terms(const struct worker_settings *settings)
{
    static const char *const signups[] = {
        [SIGN_UP_OPEN] = "open", [SIGN_UP_INVITE] = "invite", [SIGN_UP_CLOSED] = "closed"};
    return (struct web_server_terms){
        .signup = signups[settings->sign_up],
        .guests = !settings->guests              ? "off"
                  : settings->hub.guests_may_all ? "all"
                                                 : "talk",
    };
}

static void build_doors(struct worker *worker)
{
    const struct worker_settings *settings = worker->settings;
    struct dialect dialects[LANE_COUNT];
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        bool tutorial = lane == LANE_TUTORIAL || lane == LANE_TUTORIAL_DEFLATE;
        bool deflate = lane == LANE_TUTORIAL_DEFLATE || lane == LANE_WEB_DEFLATE;
        frame_maker_init(&worker->makers[lane], deflate);
        dialects[lane] = (struct dialect){
            .ctx = &worker->makers[lane],
            .encode = tutorial ? tutorial_encode : web_encode,
        };
    }
    struct hub_ports ports = {
        .pool = {.ctx = worker, .flush = port_flush, .queue = port_queue},
        .now_ms = &worker->loop.now_ms,
        .submit = port_submit,
        .read = port_read,
        .notify_drained = port_notify_drained,
        .server_state = port_server_state,
    };
    if (settings->server)
        address_bans_set(&worker->bans, settings->server);
    worker->hub = hub_new(worker->number, &settings->hub, &ports, dialects, &worker->metrics);
    worker->inflater = ws_inflater_new(WS_WINDOW_BITS_MAX, false);
    worker->ws = (struct ws_server){
        .metrics = &worker->metrics,
        .limits = &settings->ws,
        .connections = settings->connections,
        .plain = {settings->ws.message_bytes_max, NULL},
        .inflated = {settings->ws.message_bytes_max, worker->inflater},
    };
    worker->web = (struct web_door){
        .hub = worker->hub,
        .server = &worker->ws,
        .build = asset_build_id,
        .heartbeat_ms = settings->ws.ping_ms,
        .upload_bytes_max = settings->blobs ? settings->upload_bytes_max : 0,
        .errors = {2, 20},
        .waits = {20, 200},
        .server_terms = server_terms(settings),
        .terms = {.now_ms = &worker->loop.now_ms,
                  .reads = {20, 200},
                  .public_url = settings->public_url},
        .rates = settings->rates,
    };
}

static void build_api(struct worker *worker)
{
    const struct worker_settings *settings = worker->settings;
    worker->rest = (struct rest){
        .hub = worker->hub,
        .loop = &worker->loop,
        .metrics = &worker->metrics,
        .rates = settings->rates,
        .terms = &worker->web.terms,
        .server_terms = &worker->web.server_terms,
        .build = asset_build_id,
        .message_bytes_max = settings->ws.message_bytes_max,
        .public_url = settings->public_url,
        .accounts = &worker->accounts,
        .files = &worker->files,
        .state = settings->state,
    };
    worker->files = (struct files_door){
        .place = {&worker->loop, settings->blobs, settings->disk},
        .limit = settings->uploads,
        .upload_bytes_max = settings->upload_bytes_max,
    };
    worker->accounts = (struct account_terms){
        .hasher = settings->hasher,
        .mailbox = &worker->loop.mailbox,
        .letter_kind = LETTER_HASH,
        .policy = &settings->policy,
        .sign_up = settings->sign_up,
        .guests = settings->guests,
        .session_s = settings->session_s,
    };
    if (settings->server)
        worker->accounts.server_name = settings->server->name;
}

/* ---- stopping ---- */

/* Whoever has not taken everything yet is looked at again, until the deadline. */
static void say_goodbye_to(struct conn *conn, void *ctx)
{
    (void)ctx;
    if (conn->handler != &ws_conn_handler)
        conn_finish(conn);
    else if (!conn->blocked)
        ws_close(conn->user, WS_CLOSE_GOING_AWAY, "the server stops");
}

static void tell_retry(struct conn *conn, void *ctx)
{
    (void)ctx;
    if (conn->handler == &ws_conn_handler)
        web_goodbye(conn->user, RETRY_MS_MIN + (uint32_t)(random_u64() % RETRY_MS_SPREAD));
}

static void deafen(struct conn *conn, void *ctx)
{
    (void)ctx;
    if (conn->handler == &ws_conn_handler)
        ws_deafen(conn->user);
}

/* Nothing more is read; what was read before is on its way through the writer, and DRAIN behind it. */
static void begin_stop(struct worker *worker)
{
    if (worker->stopping)
        return;
    worker->stopping = true;
    if (worker->on_stop)
        worker->on_stop(worker->on_stop_ctx);
    worker->ws.deaf = true;
    worker->http.deaf = true;
    conn_each(&worker->loop, deafen, NULL);
    hub_drain(worker->hub);
    timer_set(&worker->loop.timers, &worker->deadline, worker->settings->drain_ms);
}

static void go_on_with_goodbye(struct worker *worker)
{
    if (worker->loop.conns_count == 0) {
        loop_stop(&worker->loop);
    } else if (!timer_is_set(&worker->goodbye)) {
        conn_each(&worker->loop, say_goodbye_to, NULL);
        timer_set(&worker->loop.timers, &worker->goodbye, GOODBYE_LOOK_MS);
    }
}

/* Every worker's last message has been shown here. */
static void say_goodbye(struct worker *worker)
{
    worker->saying_goodbye = true;
    hub_flush_all(worker->hub);
    conn_each(&worker->loop, tell_retry, NULL);
    go_on_with_goodbye(worker);
}

static void on_deadline(struct timer *timer)
{
    loop_stop(&WORKER_OF(timer, deadline)->loop);
}

/* ---- the turn ---- */

static void take_batch(struct worker *worker, struct local_bus_letter *letter)
{
    worker->drained += hub_deliver(worker->hub, letter->batch);
    event_batch_unref(letter->batch);
    mem_free(letter);
    if (worker->drained == worker->settings->workers_count && !worker->saying_goodbye)
        say_goodbye(worker);
}

static void take_socket(struct worker *worker, struct socket_letter *letter)
{
    http_server_accept(&worker->http, letter->fd, &letter->peer);
    mem_free(letter);
}

static void on_letter(void *ctx, struct letter *letter)
{
    struct worker *worker = ctx;
    switch (letter->kind) {
    case LOCAL_BUS_BATCH:
        take_batch(worker, (struct local_bus_letter *)letter);
        break;
    case LETTER_SOCKET:
        take_socket(worker, (struct socket_letter *)letter);
        break;
    case LETTER_READ:
        hub_read_done(worker->hub, ((struct read_letter *)letter)->read);
        mem_free(letter);
        break;
    case STORAGE_DISK_LETTER:
        disk_job_done(letter);
        break;
    case LETTER_HASH:
        account_hashed((struct hash_job *)letter);
        break;
    case LETTER_OWNER:
        mem_free(letter);
        owner_link_ask(&worker->owner_link, worker->hub);
        break;
    default:
        mem_free(letter);
        begin_stop(worker);
        break;
    }
}

static void on_flush(void *ctx)
{
    struct worker *worker = ctx;
    rest_sweep(&worker->rest);
    send_outbox(worker);
    uint32_t wait_ms = hub_flush(worker->hub);
    if (wait_ms != UINT32_MAX)
        timer_set(&worker->loop.timers, &worker->gather, wait_ms);
    uint32_t pace_ms = hub_pace_ms(worker->hub);
    if (pace_ms > 0)
        loop_pace(&worker->loop, pace_ms);
    if (worker->saying_goodbye)
        go_on_with_goodbye(worker);
}

/* The turn that this timer wakes flushes, and goes on with the goodbye, at its end. */
static void on_gathered(struct timer *timer)
{
    (void)timer;
}

static void on_tick(struct timer *timer)
{
    struct worker *worker = WORKER_OF(timer, tick);
    hub_tick(worker->hub);
    timer_set(&worker->loop.timers, &worker->tick, TICK_MS);
}

/* ---- life ---- */

int worker_init(struct worker *worker, uint32_t number, const struct worker_settings *settings)
{
    struct loop_handler handler = {worker, on_letter, on_flush};
    *worker = (struct worker){.settings = settings, .number = number};
    int result = loop_init(&worker->loop, &settings->loop, &handler, &worker->metrics);
    if (result != OK)
        return result;
    build_doors(worker);
    build_api(worker);
    build_routes(worker);
    worker->gather.fire = on_gathered;
    worker->goodbye.fire = on_gathered;
    worker->tick.fire = on_tick;
    worker->deadline.fire = on_deadline;
    owner_link_init(&worker->owner_link, &worker->loop.timers, settings->public_url);
    timer_set(&worker->loop.timers, &worker->tick, TICK_MS);
    return OK;
}

static void drop_letters(struct worker *worker)
{
    struct letter *next;
    for (struct letter *letter = mailbox_take(&worker->loop.mailbox); letter; letter = next) {
        next = letter->next;
        if (letter->kind == LOCAL_BUS_BATCH)
            event_batch_unref(((struct local_bus_letter *)letter)->batch);
        else if (letter->kind == LETTER_SOCKET)
            close(((struct socket_letter *)letter)->fd);
        else if (letter->kind == LETTER_READ)
            store_read_free(((struct read_letter *)letter)->read);
        if (letter->kind == LETTER_HASH)
            hash_job_free((struct hash_job *)letter);
        else if (letter->kind == STORAGE_DISK_LETTER)
            disk_job_done(letter); /* what it wants to do further is done at once */
        else
            mem_free(letter);
    }
}

void worker_release(struct worker *worker)
{
    drop_letters(worker);
    loop_release(&worker->loop);
    /* Whoever leaves says goodbye: before what was submitted is freed. */
    rest_release(&worker->rest);
    owner_link_release(&worker->owner_link);
    struct event *next;
    for (struct event *event = worker->outbox_first; event; event = next) {
        next = event->next;
        event_free(event);
    }
    hub_free(worker->hub);
    ws_inflater_free(worker->inflater);
    address_bans_release(&worker->bans);
    for (unsigned lane = 0; lane < LANE_COUNT; lane++)
        frame_maker_release(&worker->makers[lane]);
}

static void *run(void *arg)
{
    struct worker *worker = arg;
    loop_run(&worker->loop);
    return NULL;
}

int worker_start(struct worker *worker)
{
    errno = pthread_create(&worker->thread, NULL, run, worker);
    return errno == 0 ? OK : ERR_IO;
}

void worker_give_socket(struct worker *worker, int fd, const struct sockaddr_storage *peer)
{
    struct socket_letter *letter = mem_zalloc(sizeof(*letter));
    letter->letter.kind = LETTER_SOCKET;
    letter->fd = fd;
    letter->peer = *peer;
    mailbox_put(&worker->loop.mailbox, &letter->letter);
}

void worker_give_read(struct worker *worker, struct store_read *read)
{
    struct read_letter *letter = mem_zalloc(sizeof(*letter));
    letter->letter.kind = LETTER_READ;
    letter->read = read;
    mailbox_put(&worker->loop.mailbox, &letter->letter);
}

static void give_order(struct worker *worker, uint32_t kind)
{
    struct letter *letter = mem_zalloc(sizeof(*letter));
    letter->kind = kind;
    mailbox_put(&worker->loop.mailbox, letter);
}

void worker_print_owner_link(struct worker *worker)
{
    give_order(worker, LETTER_OWNER);
}

void worker_stop(struct worker *worker)
{
    give_order(worker, LETTER_STOP);
}

void worker_join(struct worker *worker)
{
    pthread_join(worker->thread, NULL);
}
