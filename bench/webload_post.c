/*
 * Mode post: posters, each in one room, that post and wait for their acknowledgements.
 *
 * With --inflight each of them always has so many posts without an answer; with --rate posts are
 * due at fixed times and latency counts from the planned time. --slow readers sit in room 0, take a
 * thousand bytes a second while the others post, and then read on until they have everything.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "webload.h"

enum { SLOW_READ_BYTES = 100, SLOW_EACH_MS = 100, STALL_S = 30 };

/* A poster's or reader's step. */
enum step { STEP_HELLO, STEP_READY, STEP_JOINED };

struct posting {
    uint32_t ready;  /* clients whose hello is answered */
    uint32_t joined; /* rooms created and clients joined */
    bool open;       /* new posts are said */
    uint64_t due_ns, due_step_ns;
    uint32_t next_poster;
    struct hist latency;
    uint64_t last_ack_ns;
    uint64_t slow_due_ns;
    uint64_t counted; /* acknowledgements since the measuring began */
};

static struct posting posting;

static uint32_t room_of(const struct web *w, const struct client *c)
{
    uint32_t index = (uint32_t)(c - w->clients);
    return index < w->opts.clients ? index % w->opts.rooms : 0;
}

static void upgraded(struct web *w, struct client *c)
{
    talk_hello(w, c);
}

static void ready(struct web *w, struct client *c)
{
    (void)w;
    c->step = STEP_READY;
    posting.ready++;
}

static void say_next(struct web *w, struct client *c, uint64_t planned_ns)
{
    if (w->opts.posts == 0 || w->post_count < w->opts.posts)
        talk_post(w, c, room_of(w, c), planned_ns);
}

static void reply(struct web *w, struct client *c, struct text id, struct text text)
{
    if (id.at[0] != 'p') {
        talk_expect_ok(c, text);
        c->step = STEP_JOINED;
        posting.joined++;
        return;
    }
    uint32_t post = (uint32_t)strtoul(id.at + 1, NULL, 10);
    if (post >= w->post_count || w->posts[post].client != (uint32_t)(c - w->clients))
        die("an answer to a command that was not sent: %.*s", (int)text.len, text.at);
    talk_expect_ok(c, text);
    log_ack(w, post, text);
    hist_record(&posting.latency, w->now_ns - w->posts[post].planned_ns);
    posting.last_ack_ns = w->now_ns;
    posting.counted++;
    if (posting.open && w->opts.inflight != 0)
        say_next(w, c, clock_ns());
}

/* ---- before ---- */

static void open_all(struct web *w)
{
    uint32_t begun = 0;
    while (posting.ready < w->client_count) {
        while (begun < w->client_count && w->handshakes < w->opts.concurrent) {
            w->clients[begun].slow = begun >= w->opts.clients;
            client_begin(w, &w->clients[begun++]);
        }
        web_turn(w, 100000000);
    }
}

static void wait_joined(struct web *w, uint32_t count)
{
    while (posting.joined < count)
        web_turn(w, 100000000);
    posting.joined = 0;
}

/* The first poster makes the rooms; it is in all of them then. */
static void make_rooms(struct web *w)
{
    for (uint32_t room = 0; room < w->opts.rooms; room++)
        talk_create(w, &w->clients[0], room);
    wait_joined(w, w->opts.rooms);
    for (uint32_t i = 1; i < w->client_count; i++)
        talk_join(w, &w->clients[i], room_of(w, &w->clients[i]));
    wait_joined(w, w->client_count - 1);
}

/* ---- while ---- */

static void say_due(struct web *w)
{
    for (; posting.due_ns <= w->now_ns; posting.due_ns += posting.due_step_ns) {
        say_next(w, &w->clients[posting.next_poster], posting.due_ns);
        posting.next_poster = (posting.next_poster + 1) % w->opts.clients;
    }
}

static void read_slowly(struct web *w)
{
    if (w->opts.slow == 0 || w->now_ns < posting.slow_due_ns)
        return;
    posting.slow_due_ns = w->now_ns + SLOW_EACH_MS * UINT64_C(1000000);
    for (uint32_t i = w->opts.clients; i < w->client_count; i++)
        client_read(w, &w->clients[i], SLOW_READ_BYTES);
}

static bool all_posted(const struct web *w)
{
    return w->opts.posts != 0 && w->acked == w->opts.posts;
}

/* Says what is due until `end_ns`, or until all that was wanted is acknowledged. */
static void talk_until(struct web *w, uint64_t end_ns)
{
    for (w->now_ns = clock_ns(); w->now_ns < end_ns && !all_posted(w);) {
        uint64_t wait_until_ns = end_ns;
        if (posting.due_step_ns != 0) {
            say_due(w);
            if (posting.due_ns < wait_until_ns)
                wait_until_ns = posting.due_ns;
        }
        read_slowly(w);
        if (w->opts.slow != 0 && posting.slow_due_ns < wait_until_ns)
            wait_until_ns = posting.slow_due_ns;
        uint64_t now_ns = clock_ns();
        web_turn(w, wait_until_ns > now_ns ? wait_until_ns - now_ns : 0);
        if (w->now_ns > posting.last_ack_ns + STALL_S * UINT64_C(1000000000))
            die("no acknowledgement for %d s; %" PRIu32 " of %" PRIu32 " came", STALL_S, w->acked,
                w->post_count);
    }
}

static void begin_posting(struct web *w)
{
    for (uint32_t i = w->opts.clients; i < w->client_count; i++)
        client_hold(w, &w->clients[i]);
    w->now_ns = posting.last_ack_ns = posting.due_ns = clock_ns();
    posting.open = true;
    if (w->opts.rate > 0)
        posting.due_step_ns = (uint64_t)(1e9 / w->opts.rate);
    for (uint32_t i = 0; i < w->opts.inflight * w->opts.clients; i++)
        say_next(w, &w->clients[i % w->opts.clients], clock_ns());
}

/* ---- after ---- */

/* Until each post is acknowledged and every client has every event of its room. */
static void drain(struct web *w)
{
    uint64_t progress_ns = clock_ns(), had = UINT64_MAX;
    for (;;) {
        bool whole = w->acked == w->post_count;
        for (uint32_t i = 0; i < w->client_count && whole; i++) {
            const struct client *c = &w->clients[i];
            for (uint32_t k = 0; k < c->place_count; k++)
                whole = whole && c->places[k].seq >= w->rooms[c->places[k].room].seen;
        }
        for (uint32_t i = 0; i < w->post_count && whole; i++)
            whole = w->posts[i].seq <= w->rooms[w->posts[i].room].seen;
        if (whole)
            return;
        if (had != w->events + w->acked) {
            had = w->events + w->acked;
            progress_ns = clock_ns();
        } else if (clock_ns() > progress_ns + STALL_S * UINT64_C(1000000000) / 6) {
            die("incomplete: %" PRIu32 " of %" PRIu32 " posts are acknowledged, and not every "
                "client has every event",
                w->acked, w->post_count);
        }
        web_turn(w, 10000000);
    }
}

static double us(uint64_t ns)
{
    return (double)ns / 1000;
}

void mode_post(struct web *w)
{
    static const struct web_mode mode = {upgraded, reply, ready};
    w->mode = &mode;
    log_init(w, w->opts.rooms + 1, w->client_count);
    open_all(w);
    make_rooms(w);
    uint64_t rss_before = proc_rss_bytes(w->opts.pid);

    begin_posting(w);
    talk_until(w, clock_ns() + w->opts.warm_ms * 1000000);
    hist_clear(&posting.latency);
    uint64_t begin_ns = clock_ns(), cpu_ns = proc_cpu_ns(w->opts.pid), events = w->events;
    posting.counted = 0;
    talk_until(w, w->opts.posts != 0 ? UINT64_MAX : begin_ns + w->opts.run_ms * 1000000);
    double seconds = (double)(clock_ns() - begin_ns) / 1e9;
    cpu_ns = proc_cpu_ns(w->opts.pid) - cpu_ns;
    uint64_t counted = posting.counted;
    events = w->events - events;
    posting.open = false;
    posting.due_step_ns = 0;

    uint64_t rss_after = proc_rss_bytes(w->opts.pid), caught_up_ns = clock_ns();
    for (uint32_t i = w->opts.clients; i < w->client_count; i++)
        client_wake(w, &w->clients[i]);
    drain(w);
    caught_up_ns = clock_ns() - caught_up_ns;
    web_hold(w, 50); /* what came twice would show up now */
    log_check(w);
    if (w->opts.acks != NULL)
        log_save(w);

    printf("{\"ok\":true,\"mode\":\"post\",\"posts\":%" PRIu64 ",\"all_posts\":%" PRIu32
           ",\"seconds\":%.4f,\"posts_per_s\":%.1f,\"cpu_us\":%.3f,\"events\":%" PRIu64
           ",\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f",
           counted, w->acked, seconds, (double)counted / seconds,
           counted != 0 ? us(cpu_ns) / (double)counted : 0, events,
           us(hist_quantile_ns(&posting.latency, 0.5)), us(hist_quantile_ns(&posting.latency, 0.9)),
           us(hist_quantile_ns(&posting.latency, 0.99)), us(posting.latency.max_ns));
    printf(",\"rss_before\":%" PRIu64 ",\"rss_after\":%" PRIu64 ",\"rss_peak\":%" PRIu64
           ",\"rss_caught_up\":%" PRIu64 ",\"catch_up_ms\":%.1f}\n",
           rss_before, rss_after, proc_peak_bytes(w->opts.pid), proc_rss_bytes(w->opts.pid),
           (double)caught_up_ns / 1e6);
}
