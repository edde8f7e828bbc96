/*
 * The load generator: many plain WebSocket clients in one thread, every message checked.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"
#include "proc_stat.h"

static const char USAGE[] =
    "load --port PORT [--path /ws] [--clients N] [--size BYTES] [--pid SERVER]\n"
    "     --rate R [--senders S]   R messages/s in all, latency from the planned time, or\n"
    "     --inflight K             K messages outstanding, or\n"
    "     --connect-only [--close] connect and upgrade --clients connections, no talk, or\n"
    "     --idle [--hold-ms T]     hold them, then one message from each of --senders\n"
    "     --stuck K                K more clients that never read\n"
    "     --warm-ms T --run-ms T   not measured, measured\n"
    "     --concurrent C           upgrades at a time\n"
    "     --any-accept             do not check Sec-WebSocket-Accept\n"
    "     --deadline S             give up after so many seconds\n"
    "     --label NAME --json\n";

enum {
    OPT_PORT = 256,
    OPT_PATH,
    OPT_CLIENTS,
    OPT_SIZE,
    OPT_PID,
    OPT_RATE,
    OPT_SENDERS,
    OPT_INFLIGHT,
    OPT_CONNECT,
    OPT_CLOSE,
    OPT_IDLE,
    OPT_HOLD,
    OPT_STUCK,
    OPT_WARM,
    OPT_RUN,
    OPT_CONCURRENT,
    OPT_ANY,
    OPT_DEADLINE,
    OPT_LABEL,
    OPT_JSON
};

static const struct option OPTIONS[] = {
    {"port", required_argument, NULL, OPT_PORT},
    {"path", required_argument, NULL, OPT_PATH},
    {"clients", required_argument, NULL, OPT_CLIENTS},
    {"size", required_argument, NULL, OPT_SIZE},
    {"pid", required_argument, NULL, OPT_PID},
    {"rate", required_argument, NULL, OPT_RATE},
    {"senders", required_argument, NULL, OPT_SENDERS},
    {"inflight", required_argument, NULL, OPT_INFLIGHT},
    {"connect-only", no_argument, NULL, OPT_CONNECT},
    {"close", no_argument, NULL, OPT_CLOSE},
    {"idle", no_argument, NULL, OPT_IDLE},
    {"hold-ms", required_argument, NULL, OPT_HOLD},
    {"stuck", required_argument, NULL, OPT_STUCK},
    {"warm-ms", required_argument, NULL, OPT_WARM},
    {"run-ms", required_argument, NULL, OPT_RUN},
    {"concurrent", required_argument, NULL, OPT_CONCURRENT},
    {"any-accept", no_argument, NULL, OPT_ANY},
    {"deadline", required_argument, NULL, OPT_DEADLINE},
    {"label", required_argument, NULL, OPT_LABEL},
    {"json", no_argument, NULL, OPT_JSON},
    {NULL, 0, NULL, 0},
};

static void set_option(struct load_opts *o, int option, const char *value)
{
    switch (option) {
    case OPT_PORT:
        o->port = (uint16_t)parse_count(value, 65535);
        break;
    case OPT_PATH:
        o->path = value;
        break;
    case OPT_CLIENTS:
        o->clients = parse_count(value, 1000000);
        break;
    case OPT_SIZE:
        o->size = parse_count(value, MESSAGE_BYTES_MAX);
        break;
    case OPT_PID:
        o->pid = (pid_t)parse_count(value, 1u << 30);
        break;
    case OPT_RATE:
        o->rate = strtod(value, NULL);
        break;
    case OPT_SENDERS:
        o->senders = parse_count(value, 99999);
        break;
    case OPT_INFLIGHT:
        o->inflight = parse_count(value, 100000);
        break;
    case OPT_CONNECT:
        o->mode = LOAD_CONNECT;
        break;
    case OPT_CLOSE:
        o->close_each = true;
        break;
    case OPT_IDLE:
        o->mode = LOAD_IDLE;
        break;
    case OPT_HOLD:
        o->hold_ms = parse_count(value, 60000);
        break;
    case OPT_STUCK:
        o->stuck = parse_count(value, 1000);
        break;
    case OPT_WARM:
        o->warm_ms = parse_count(value, 600000);
        break;
    case OPT_RUN:
        o->run_ms = parse_count(value, 600000);
        break;
    case OPT_CONCURRENT:
        o->concurrent = parse_count(value, 10000);
        break;
    case OPT_ANY:
        o->any_accept = true;
        break;
    case OPT_DEADLINE:
        o->deadline_s = parse_count(value, 3600);
        break;
    case OPT_LABEL:
        o->label = value;
        break;
    case OPT_JSON:
        o->json = true;
        break;
    default:
        die("usage:\n%s", USAGE);
    }
}

static void read_options(struct load_opts *o, int argc, char **argv)
{
    *o = (struct load_opts){.path = "/ws",
                            .label = "run",
                            .clients = 1000,
                            .size = 128,
                            .concurrent = 64,
                            .warm_ms = 500,
                            .run_ms = 3000,
                            .hold_ms = 1000,
                            .deadline_s = 120};
    int option;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1)
        set_option(o, option, optarg);
    if (optind != argc || o->port == 0 || o->clients == 0 || o->concurrent == 0)
        die("usage:\n%s", USAGE);
    if (o->mode == LOAD_TALK && (o->inflight == 0) == !(o->rate > 0))
        die("either --rate or --inflight is needed");
    if (o->mode != LOAD_CONNECT)
        o->close_each = false;
    /* As many senders as there are messages in flight: the server reads from as many sockets. */
    if (o->senders == 0)
        o->senders = o->inflight != 0 ? o->inflight : 16;
    if (o->senders > o->clients)
        o->senders = o->clients;
}

static void prepare(struct load *l)
{
    uint64_t files_max = raise_file_limit();
    l->conn_count = l->opts.clients + l->opts.stuck;
    if (!l->opts.close_each && l->conn_count + 16 > files_max)
        die("%" PRIu32 " connections, but only %" PRIu64 " files may be open", l->conn_count,
            files_max);
    set_deadline(l->opts.deadline_s);

    l->conns = calloc(l->conn_count, sizeof *l->conns);
    l->senders = calloc(l->opts.senders, sizeof *l->senders);
    l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (l->conns == NULL || l->senders == NULL || l->epoll_fd < 0)
        die("no memory");
    l->run_tag = (uint32_t)clock_ns() ^ (uint32_t)getpid() << 16;
    ref_init(&l->ref);
    payload_init(l);
}

/* Senders are spread evenly, so that they are everywhere in the order of the server's walk. */
static void choose_senders(struct load *l)
{
    for (uint32_t i = 0; i < l->opts.senders; i++) {
        struct conn *c = &l->conns[(uint64_t)i * l->opts.clients / l->opts.senders];
        c->sender = (int32_t)i;
        l->senders[i].conn = c;
    }
}

static void measure_connect(struct load *l, struct result *r)
{
    uint64_t start_ns = clock_ns();
    uint64_t cpu_ns = proc_cpu_ns(l->opts.pid);
    run_open_all(l);
    r->seconds = (double)(clock_ns() - start_ns) / 1e9;
    /* What the server still does for the last connections belongs to them. */
    run_settle(l, 20, 1000);
    r->cpu_ns = proc_cpu_ns(l->opts.pid) - cpu_ns;
    r->rss_open = proc_rss_bytes(l->opts.pid);
}

static void measure_talk(struct load *l, struct result *r)
{
    if (l->opts.mode == LOAD_TALK && l->opts.warm_ms != 0)
        run_phase(l, l->opts.warm_ms);
    uint64_t start_ns = clock_ns();
    uint64_t cpu_ns = proc_cpu_ns(l->opts.pid);
    uint64_t sent = l->sent, delivered = l->delivered;
    if (l->opts.mode == LOAD_TALK)
        run_phase(l, l->opts.run_ms);
    else
        run_one_each(l, l->opts.senders);
    r->cpu_ns = proc_cpu_ns(l->opts.pid) - cpu_ns;
    r->seconds = (double)(l->last_delivery_ns - start_ns) / 1e9;
    r->messages = l->sent - sent;
    r->deliveries = l->delivered - delivered;
    /* A message that came twice would show up now. */
    run_settle(l, 50, 500);
}

int main(int argc, char **argv)
{
    static struct load l;
    read_options(&l.opts, argc, argv);
    prepare(&l);
    struct result r = {.rss_before = proc_rss_bytes(l.opts.pid)};
    if (l.opts.mode == LOAD_CONNECT) {
        measure_connect(&l, &r);
    } else {
        run_open_all(&l);
        run_settle(&l, 200, 10000);
        if (l.opts.mode == LOAD_IDLE)
            run_settle(&l, l.opts.hold_ms, l.opts.hold_ms);
        r.rss_open = proc_rss_bytes(l.opts.pid);
        choose_senders(&l);
        measure_talk(&l, &r);
    }
    r.rss_after = proc_rss_bytes(l.opts.pid);
    r.stuck_closed = conn_count_closed_stuck(&l);
    report(&l, &r);
    return 0;
}
