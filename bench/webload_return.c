/*
 * Mode return: many guests, each in several rooms, come back with all their cursors.
 *
 * It makes them first: each says hello, creates or joins its rooms and goes. Then it notes the head
 * of each room as the place where every cursor stands, has --behind messages posted to each room
 * that nobody else hears, and says "prepared". The one who started it does with the server what is
 * to be measured (stops it, kills it, starts another) and answers with a line "go PID NS": the new
 * server's process and the CLOCK_MONOTONIC time from which to count. All come back at once, as many
 * handshakes at a time as --concurrent says, and each must get exactly what it lacks in every room
 * before it is told that it is ready. Then it says "back" and waits for another line.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "webload.h"

enum { COMMANDS_MAX = 8, ACCEPT_S = 30, STALL_S = 30 };

/* The first clients create the rooms; then all join; then the first post what the others lack. */
enum part { PART_CREATE, PART_JOIN, PART_POST, PART_BACK };

struct returning {
    uint32_t active;      /* clients that are being prepared */
    uint32_t done;        /* clients whose present part is over */
    uint64_t progress_ns; /* when the last of them was */
    enum part part;
    uint64_t start_ns; /* of the coming back */
    struct hist wait;  /* of each client, from its connect to ready */
};

static struct returning returning;

/* The rooms of client i are each a place further round the circle of rooms. */
static uint32_t room_of(const struct web *w, const struct client *c, uint32_t nth)
{
    return (uint32_t)(((uint64_t)(c - w->clients) * w->opts.each + nth) % w->opts.rooms);
}

static bool is_makers(const struct web *w, const struct client *c, uint32_t nth)
{
    return (uint64_t)(c - w->clients) * w->opts.each + nth < w->opts.rooms;
}

static void upgraded(struct web *w, struct client *c)
{
    talk_hello(w, c);
}

static void client_done(struct web *w, struct client *c)
{
    returning.done++;
    returning.active--;
    returning.progress_ns = clock_ns();
    client_close(w, c);
}

/* ---- making ---- */

/* The client's next command of this part, if there is one; `step` counts its rooms. */
static void make_next(struct web *w, struct client *c)
{
    bool create = returning.part == PART_CREATE;
    while (c->step < w->opts.each && is_makers(w, c, c->step) != create)
        c->step++;
    if (c->step == w->opts.each)
        return;
    c->open_commands++;
    if (create)
        talk_create(w, c, room_of(w, c, c->step++));
    else
        talk_join(w, c, room_of(w, c, c->step++));
}

static void post_next(struct web *w, struct client *c)
{
    /* Round by round, so that no room's messages stand in one row on the disk. */
    while (c->step < w->opts.each * w->opts.behind && !is_makers(w, c, c->step % w->opts.each))
        c->step++;
    if (c->step < w->opts.each * w->opts.behind) {
        c->open_commands++;
        talk_post(w, c, room_of(w, c, c->step++ % w->opts.each), clock_ns());
    }
}

static void say_next(struct web *w, struct client *c)
{
    if (returning.part == PART_POST)
        post_next(w, c);
    else if (returning.part != PART_BACK)
        make_next(w, c);
}

static void note_base(struct web *w, const struct client *c)
{
    for (uint32_t i = 0; i < c->place_count; i++) {
        struct room *room = &w->rooms[c->places[i].room];
        if (room->base == 0) {
            room->base = room->head;
            room->base_mid = room->mid;
        }
    }
}

static void came_back(struct web *w, struct client *c)
{
    hist_record(&returning.wait, w->now_ns - c->began_ns);
    returning.done++;
    returning.progress_ns = w->now_ns;
}

static void ready(struct web *w, struct client *c)
{
    if (returning.part == PART_BACK) {
        came_back(w, c);
        return;
    }
    c->step = 0;
    c->open_commands = 0;
    if (returning.part == PART_POST)
        note_base(w, c);
    for (int i = 0; i < COMMANDS_MAX; i++)
        say_next(w, c);
    if (c->open_commands == 0)
        client_done(w, c);
}

static void reply(struct web *w, struct client *c, struct text id, struct text text)
{
    talk_expect_ok(c, text);
    c->open_commands--;
    if (id.at[0] == 'p') {
        uint32_t post = (uint32_t)strtoul(id.at + 1, NULL, 10);
        if (post >= w->post_count)
            die("an answer to a command that was not sent: %.*s", (int)text.len, text.at);
        log_ack(w, post, text);
    }
    say_next(w, c);
    if (returning.part != PART_BACK && c->open_commands == 0)
        client_done(w, c);
}

/* Clients from `first` up to `end` do their part, `concurrent` of them at a time. */
static void each_client(struct web *w, uint32_t first, uint32_t end)
{
    uint32_t begun = first;
    returning.done = first;
    returning.progress_ns = clock_ns();
    while (returning.done < end) {
        while (begun < end && returning.active < w->opts.concurrent) {
            returning.active++;
            client_begin(w, &w->clients[begun++]);
        }
        web_turn(w, 100000000);
        if (clock_ns() > returning.progress_ns + STALL_S * UINT64_C(1000000000))
            die("stalled with %" PRIu32 " of %" PRIu32 " clients prepared", returning.done, end);
    }
}

/* Every cursor stands where the makers found the heads: nobody lacks the joins of the others. */
static void set_cursors(struct web *w)
{
    for (uint32_t i = 0; i < w->client_count; i++)
        for (uint32_t k = 0; k < w->clients[i].place_count; k++)
            w->clients[i].places[k].seq = w->rooms[w->clients[i].places[k].room].base;
}

static void prepare(struct web *w)
{
    uint32_t makers = (w->opts.rooms + w->opts.each - 1) / w->opts.each;
    each_client(w, 0, makers);
    /* The last of them may have room for some that others made. */
    returning.part = PART_JOIN;
    w->source++;
    each_client(w, w->opts.rooms / w->opts.each, w->client_count);
    /* Without cursors they are followed from the heads, which become everybody's cursors. */
    for (uint32_t i = 0; i < makers; i++)
        w->clients[i].place_count = 0;
    returning.part = PART_POST;
    w->source++;
    each_client(w, 0, makers);
    set_cursors(w);
    w->source++;
}

/* ---- coming back ---- */

static void wait_for_go(struct web *w)
{
    char line[128];
    int pid;
    printf("prepared\n");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL ||
        sscanf(line, "go %d %" SCNu64, &pid, &returning.start_ns) != 2)
        die("was not told to go");
    w->opts.pid = pid;
}

/* All are back: the one who started it may look at the server before anybody speaks. */
static void wait_for_look(struct web *w)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char line[128];
    printf("back\n");
    fflush(stdout);
    while (poll(&input, 1, 0) == 0)
        web_turn(w, 20000000);
    if (fgets(line, sizeof line, stdin) == NULL)
        return; /* nobody wants to */
}

/* Returns when the server has accepted a connection. */
static uint64_t wait_accepting(const struct web *w)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(w->opts.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    uint64_t end_ns = clock_ns() + ACCEPT_S * UINT64_C(1000000000);
    for (;;) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int refused = connect(fd, (struct sockaddr *)&to, sizeof to);
        close(fd);
        if (refused == 0)
            return clock_ns();
        if (clock_ns() > end_ns)
            die("the server does not accept after %d s", ACCEPT_S);
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
}

/* Clients from first up to end come; those before are there. */
static void come_back(struct web *w, uint32_t first, uint32_t end)
{
    uint32_t begun = first;
    returning.part = PART_BACK;
    returning.done = first;
    returning.progress_ns = clock_ns();
    while (returning.done < end) {
        while (begun < end && w->handshakes < w->opts.concurrent)
            client_begin(w, &w->clients[begun++]);
        web_turn(w, 100000000);
        if (clock_ns() > returning.progress_ns + STALL_S * UINT64_C(1000000000))
            die("stalled with %" PRIu32 " of %" PRIu32 " clients back", returning.done, end);
    }
}

/* One more post to each room of the first client: everyone who is there must hear it. */
static void check_live(struct web *w)
{
    struct client *speaker = &w->clients[0];
    uint64_t expected = w->events, before = w->events;
    uint32_t acked = w->acked;
    for (uint32_t k = 0; k < speaker->place_count; k++) {
        uint32_t room = speaker->places[k].room;
        for (uint32_t i = 0; i < w->client_count; i++)
            expected += talk_place(&w->clients[i], room) != NULL;
    }
    for (uint32_t k = 0; k < speaker->place_count; k++) {
        speaker->open_commands++;
        talk_post(w, speaker, speaker->places[k].room, clock_ns());
    }
    uint64_t end_ns = clock_ns() + STALL_S * UINT64_C(1000000000);
    while (w->events < expected || w->acked < acked + speaker->place_count) {
        web_turn(w, 100000000);
        if (clock_ns() > end_ns)
            die("incomplete: %" PRIu64 " of %" PRIu64 " live events came", w->events - before,
                expected - before);
    }
}

static uint64_t lacking(const struct web *w)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < w->client_count; i++)
        for (uint32_t k = 0; k < w->clients[i].place_count; k++)
            sum += w->clients[i].places[k].room < w->opts.rooms ? w->opts.behind : 0;
    return sum;
}

static void check_rooms(const struct web *w)
{
    for (uint32_t i = 0; i < w->client_count; i++)
        if (w->clients[i].place_count != w->opts.each + 1)
            die("client %" PRIu32 " is in %" PRIu32 " rooms", i, w->clients[i].place_count);
}

static double ms(uint64_t ns)
{
    return (double)ns / 1e6;
}

void mode_return(struct web *w)
{
    static const struct web_mode mode = {upgraded, reply, ready};
    w->mode = &mode;
    log_init(w, w->opts.rooms + 1, w->client_count);
    uint64_t prepare_ns = clock_ns();
    prepare(w);
    prepare_ns = clock_ns() - prepare_ns;
    wait_for_go(w);

    uint64_t accept_ns = wait_accepting(w);
    uint64_t events = w->events;
    if (w->opts.warm > 0) {
        /* What the first ones cost is also what the server needs once: caches of the store, buffers. */
        come_back(w, 0, w->opts.warm);
        web_hold(w, w->opts.hold_ms);
    }
    uint64_t rss_before = proc_rss_bytes(w->opts.pid);
    come_back(w, w->opts.warm, w->client_count);
    uint64_t back_ns = w->now_ns, cpu_ns = proc_cpu_ns(w->opts.pid);
    events = w->events - events;
    check_rooms(w);
    if (events != lacking(w))
        die("%" PRIu64 " events were lacking and %" PRIu64 " came", lacking(w), events);
    web_hold(w, w->opts.hold_ms);
    wait_for_look(w);
    uint64_t rss_open = proc_rss_bytes(w->opts.pid), passing = w->passing;
    check_live(w);
    log_check(w);

    printf("{\"ok\":true,\"mode\":\"return\",\"clients\":%" PRIu32 ",\"prepare_ms\":%.0f"
           ",\"accept_ms\":%.2f,\"ready_ms\":%.1f,\"wait_p50_ms\":%.2f,\"wait_p99_ms\":%.2f"
           ",\"cpu_us\":%.2f,\"replayed\":%" PRIu64 ",\"passing\":%" PRIu64,
           w->client_count, ms(prepare_ns), ms(accept_ns - returning.start_ns),
           ms(back_ns - returning.start_ns), ms(hist_quantile_ns(&returning.wait, 0.5)),
           ms(hist_quantile_ns(&returning.wait, 0.99)),
           (double)cpu_ns / 1000 / (double)w->client_count, events, passing);
    printf(",\"rss_before\":%" PRIu64 ",\"rss_open\":%" PRIu64 ",\"rss_peak\":%" PRIu64
           ",\"bytes_per_conn\":%.1f}\n",
           rss_before, rss_open, proc_peak_bytes(w->opts.pid),
           rss_open > rss_before
               ? (double)(rss_open - rss_before) / (double)(w->client_count - w->opts.warm)
               : 0);
}
