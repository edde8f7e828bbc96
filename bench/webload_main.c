/*
 * The generator of the web protocol: clients of hubbub.v1, every event and every acknowledgement
 * checked.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "webload.h"

static const char USAGE[] =
    "webload post --port PORT [--pid SERVER] [--clients N] [--rooms R] [--size BYTES]\n"
    "     --inflight K             each poster has K posts without an answer, or\n"
    "     --rate R                 R posts/s of all together, latency from the planned time\n"
    "     --warm-ms T --run-ms T   not measured, measured; or --posts N: so many, all measured\n"
    "     --slow K                 K readers of a thousand bytes a second in the first room\n"
    "     --acks FILE              writes there what was promised\n"
    "webload audit --port PORT --acks FILE\n"
    "webload return --port PORT [--clients N] [--rooms R] [--each E] [--behind B] [--size BYTES]\n"
    "     --concurrent C           handshakes at a time\n"
    "     --hold-ms T              before it looks at the memory\n"
    "     --warm-clients N         so many come before the others, and do not count in it\n"
    "--deadline S                  give up after so many seconds\n";

enum {
    OPT_PORT = 256,
    OPT_PID,
    OPT_PATH,
    OPT_CLIENTS,
    OPT_INFLIGHT,
    OPT_RATE,
    OPT_ROOMS,
    OPT_EACH,
    OPT_BEHIND,
    OPT_SLOW,
    OPT_SIZE,
    OPT_POSTS,
    OPT_CONCURRENT,
    OPT_WARM,
    OPT_RUN,
    OPT_HOLD,
    OPT_WARM_CLIENTS,
    OPT_DEADLINE,
    OPT_ACKS
};

static const struct option OPTIONS[] = {
    {"port", required_argument, NULL, OPT_PORT},
    {"pid", required_argument, NULL, OPT_PID},
    {"path", required_argument, NULL, OPT_PATH},
    {"clients", required_argument, NULL, OPT_CLIENTS},
    {"inflight", required_argument, NULL, OPT_INFLIGHT},
    {"rate", required_argument, NULL, OPT_RATE},
    {"rooms", required_argument, NULL, OPT_ROOMS},
    {"each", required_argument, NULL, OPT_EACH},
    {"behind", required_argument, NULL, OPT_BEHIND},
    {"slow", required_argument, NULL, OPT_SLOW},
    {"size", required_argument, NULL, OPT_SIZE},
    {"posts", required_argument, NULL, OPT_POSTS},
    {"concurrent", required_argument, NULL, OPT_CONCURRENT},
    {"warm-ms", required_argument, NULL, OPT_WARM},
    {"run-ms", required_argument, NULL, OPT_RUN},
    {"hold-ms", required_argument, NULL, OPT_HOLD},
    {"warm-clients", required_argument, NULL, OPT_WARM_CLIENTS},
    {"deadline", required_argument, NULL, OPT_DEADLINE},
    {"acks", required_argument, NULL, OPT_ACKS},
    {NULL, 0, NULL, 0},
};

static void set_option(struct web_opts *o, int option, const char *value)
{
    switch (option) {
    case OPT_PORT:
        o->port = (uint16_t)parse_count(value, 65535);
        break;
    case OPT_PID:
        o->pid = (pid_t)parse_count(value, 1u << 30);
        break;
    case OPT_PATH:
        o->path = value;
        break;
    case OPT_CLIENTS:
        o->clients = parse_count(value, 100000);
        break;
    case OPT_INFLIGHT:
        o->inflight = parse_count(value, 1000);
        break;
    case OPT_RATE:
        o->rate = strtod(value, NULL);
        break;
    case OPT_ROOMS:
        o->rooms = parse_count(value, 1000000);
        break;
    case OPT_EACH:
        o->each = parse_count(value, 1000);
        break;
    case OPT_BEHIND:
        o->behind = parse_count(value, 10000);
        break;
    case OPT_SLOW:
        o->slow = parse_count(value, 1000);
        break;
    case OPT_SIZE:
        o->size = parse_count(value, 32768);
        break;
    case OPT_POSTS:
        o->posts = parse_count(value, 100000000);
        break;
    case OPT_CONCURRENT:
        o->concurrent = parse_count(value, 10000);
        break;
    case OPT_WARM:
        o->warm_ms = parse_count(value, 600000);
        break;
    case OPT_RUN:
        o->run_ms = parse_count(value, 600000);
        break;
    case OPT_HOLD:
        o->hold_ms = parse_count(value, 60000);
        break;
    case OPT_WARM_CLIENTS:
        o->warm = parse_count(value, 19000);
        break;
    case OPT_DEADLINE:
        o->deadline_s = parse_count(value, 3600);
        break;
    case OPT_ACKS:
        o->acks = value;
        break;
    default:
        die("usage:\n%s", USAGE);
    }
}

static void read_options(struct web_opts *o, int argc, char **argv)
{
    *o = (struct web_opts){.path = "/ws",
                           .clients = 64,
                           .rooms = 2,
                           .each = 4,
                           .size = 100,
                           .concurrent = 64,
                           .run_ms = 3000,
                           .hold_ms = 200,
                           .deadline_s = 120};
    int option;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1)
        set_option(o, option, optarg);
    if (optind != argc || o->port == 0 || o->clients == 0 || o->rooms == 0 || o->each == 0 ||
        o->size < 16 || o->concurrent == 0)
        die("usage:\n%s", USAGE);
}

static void prepare(struct web *w, uint32_t clients)
{
    uint64_t files_max = raise_file_limit();
    if (clients + 16 > files_max)
        die("%" PRIu32 " connections, but only %" PRIu64 " files may be open", clients, files_max);
    set_deadline(w->opts.deadline_s);
    w->client_count = clients;
    w->clients = calloc(clients, sizeof *w->clients);
    w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (w->clients == NULL || w->epoll_fd < 0)
        die("no memory");
    w->tag = clock_ns() ^ (uint64_t)getpid() << 32;
}

int main(int argc, char **argv)
{
    static struct web w;
    const char *mode = argc > 1 ? argv[1] : "";
    read_options(&w.opts, argc - (argc > 1), argv + (argc > 1));
    if (strcmp(mode, "post") == 0) {
        if ((w.opts.inflight == 0) == !(w.opts.rate > 0))
            die("either --rate or --inflight is needed");
        prepare(&w, w.opts.clients + w.opts.slow);
        mode_post(&w);
    } else if (strcmp(mode, "audit") == 0 && w.opts.acks != NULL) {
        prepare(&w, 1);
        mode_audit(&w);
    } else if (strcmp(mode, "return") == 0) {
        if (w.opts.each > w.opts.rooms || (uint64_t)w.opts.clients * w.opts.each < w.opts.rooms)
            die("each client needs --each different rooms, and each room a client");
        prepare(&w, w.opts.clients);
        mode_return(&w);
    } else {
        die("usage:\n%s", USAGE);
    }
    return 0;
}
