/*
 * The program that is tested, put together from its true parts, and the network around it.
 */

#include <string.h>

#include "array.h"
#include "base/assert.h"
#include "base/error.h"
#include "base/memory.h"
#include "world_state.h"

/* ---- the network ---- */

static void notice(struct link *link)
{
    link->noticed = true;
}

/* The kernel takes some of it, perhaps a part of a frame, perhaps nothing. */
static size_t kernel_takes(struct link *link, const uint8_t *bytes, size_t len)
{
    struct world *world = link->world;
    size_t room = link->kernel_cap > link->kernel.len ? link->kernel_cap - link->kernel.len : 0;
    size_t taken = room < len ? room : len;
    if (!world->calm && chance(world, 2))
        taken = below(world, taken + 1);
    if (taken < len) {
        link->blocked = true;
        world->result.partial_sends++;
    }
    buffer_append(&link->kernel, bytes, taken);
    return taken;
}

static void send_queue(struct link *link)
{
    if (link->queue.len == 0 || link->blocked)
        return;
    size_t taken = kernel_takes(link, link->queue.ptr, link->queue.len);
    buffer_drop_front(&link->queue, taken);
    if (link->queue.len == 0)
        link->fed_bytes = 0;
}

static void flush_entry(struct link *link, const struct flush *flush, struct flush_entry *entry)
{
    struct world *world = link->world;
    size_t all = 0;
    entry->taken = 0;
    if (link->noticed || (!link->device && !link->silent)) {
        entry->taken = -1;
        notice(link);
        return;
    }
    send_queue(link);
    for (uint32_t r = 0; r < entry->count; r++) {
        const struct iovec *range = &flush->ranges[entry->first + r];
        all += range->iov_len;
        if (!link->blocked)
            entry->taken += (int64_t)kernel_takes(link, range->iov_base, range->iov_len);
    }
    if (entry->taken == 0 && !link->visitor && world_bug_now(world, BUG_EARLY_CURSOR, 50))
        entry->taken = (int64_t)all;
}

static void port_flush(void *ctx, struct flush *flush)
{
    (void)ctx;
    for (size_t i = 0; i < flush->entries_count; i++)
        flush_entry(flush->entries[i].link, flush, &flush->entries[i]);
}

static void port_queue(void *ctx, void *to, struct slice bytes)
{
    struct link *link = to;
    struct world *world = link->world;
    size_t page = world->limits.page_bytes > MESSAGE_BYTES_MAX ? world->limits.page_bytes
                                                               : MESSAGE_BYTES_MAX + 256;
    (void)ctx;
    if (bytes.len > 0 && world_bug_now(world, BUG_FORGET_REST, 50))
        return;
    if (bytes.len > 0)
        buffer_append(&link->queue, bytes.ptr, bytes.len);
    link->fed_bytes += bytes.len;
    if (link->fed_bytes > world->result.queue_bytes_most)
        world->result.queue_bytes_most = link->fed_bytes;
    if (link->fed_bytes >
        page + world->limits.feed_bytes + 2 * (MESSAGE_BYTES_MAX + sizeof(struct frame)))
        world_fail(world, "more than a page waits in a private queue");
}

static void port_notify_drained(void *ctx, void *to)
{
    struct link *link = to;
    (void)ctx;
    link->wants_drained = true;
}

static void lane_encode(void *ctx, const struct event *event, struct buffer *out)
{
    const struct lane_ctx *lane = ctx;
    /* What is read from the store has no client. */
    bool live = event_kind_is_kept(event->kind) && event->client != 0;
    if (live && world_bug_now(lane->node->world, BUG_SKIP_TAIL, 20))
        return;
    frame_encode(event, lane->simple, out);
}

void server_connect(struct device *device)
{
    struct world *world = device->world;
    struct link *link = mem_zalloc(sizeof(*link));
    link->world = world;
    link->device = device;
    link->node = &world->nodes[below(world, world->size.workers)];
    link->visitor = device->visitor;
    link->kernel_cap = 200 + below(world, chance(world, 50) ? 2000 : 30000);
    link->lane = chance(world, 50) ? LANE_WEB : LANE_WEB_DEFLATE;
    link->next = world->links;
    world->links = link;
    device->link = link;
    if (!link->visitor)
        return;
    hub_add(link->node->hub, &link->client, &sim_visitor_door, link, dice_next(&world->dice),
            LANE_TUTORIAL);
    link->added = true;
    hub_hello(&link->client, &(struct hello){.active = true});
}

void server_hang_up(struct device *device)
{
    struct link *link = device->link;
    link->device = NULL;
    link->silent = chance(link->world, 50);
    device_offline(device);
}

void server_send(struct device *device, const struct request *request)
{
    struct link *link = device->link;
    *ARRAY_ADD(link->requests, link->requests_count, link->requests_cap) = *request;
}

void server_read(struct device *device, size_t bytes)
{
    struct link *link = device->link;
    size_t len = link->kernel.len < bytes ? link->kernel.len : bytes;
    if (len == 0)
        return;
    /* Taken out first: what is received may end the connection. */
    struct buffer copy = {0};
    buffer_append(&copy, link->kernel.ptr, len);
    buffer_drop_front(&link->kernel, len);
    if (world_bug_now(link->world, BUG_LOSE_BYTE, 5))
        copy.len--;
    device_receive(device, copy.ptr, copy.len);
    buffer_release(&copy);
}

/* ---- mail ---- */

static void append_events(struct event **first, struct event **last, struct event *more_first,
                          struct event *more_last)
{
    if (*last)
        (*last)->next = more_first;
    else
        *first = more_first;
    *last = more_last;
}

static void port_submit(void *ctx, struct event *event)
{
    struct node *node = ctx;
    event->next = NULL;
    append_events(&node->outbox_first, &node->outbox_last, event, event);
}

static void hand_outbox_over(struct node *node)
{
    if (!node->outbox_first)
        return;
    append_events(&node->road_first, &node->road_last, node->outbox_first, node->outbox_last);
    node->outbox_first = node->outbox_last = NULL;
}

static struct event *take_from_road(struct node *node)
{
    struct event *event = node->road_first;
    if (!event)
        return NULL;
    node->road_first = event->next;
    if (!node->road_first)
        node->road_last = NULL;
    event->next = NULL;
    return event;
}

static void put_parcel(struct node *node, struct event_batch *batch)
{
    struct world *world = node->world;
    if (batch->count > 0 && world_bug_now(world, BUG_LOSE_EVENT, 20))
        return;
    struct parcel *parcel = mem_zalloc(sizeof(*parcel));
    parcel->batch = event_batch_ref(batch);
    if (node->inbox_last && world_bug_now(world, BUG_SWAP_BATCHES, 20)) {
        parcel->next = node->inbox_first;
        node->inbox_first = parcel;
        return;
    }
    if (node->inbox_last)
        node->inbox_last->next = parcel;
    else
        node->inbox_first = parcel;
    node->inbox_last = parcel;
}

static struct parcel *take_parcel(struct node *node)
{
    struct parcel *parcel = node->inbox_first;
    if (!parcel)
        return NULL;
    node->inbox_first = parcel->next;
    if (!node->inbox_first)
        node->inbox_last = NULL;
    return parcel;
}

static void port_read(void *ctx, struct store_read *read)
{
    struct node *node = ctx;
    struct world *world = node->world;
    struct question *question = mem_zalloc(sizeof(*question));
    question->node = node;
    question->read = read;
    question->due_ms = world->now_ms + below(world, chance(world, 10) ? 200 : 4);
    question->next = world->questions;
    world->questions = question;
}

/* ---- what the batches tell ---- */

static struct room_tale *tale_of(struct world *world, uint64_t room, uint64_t seq)
{
    for (size_t i = 0; i < world->tales_count; i++) {
        if (world->tales[i].room == room)
            return &world->tales[i];
    }
    ASSERT(world->tales_count < TALES_MAX);
    struct room_tale *tale = &world->tales[world->tales_count++];
    *tale = (struct room_tale){.room = room, .seq = seq, .knows_topic = seq == 0};
    return tale;
}

static void check_event(struct world *world, const struct event *event)
{
    world_say(world, "kept: %u of %llx by %llx: seq %llu target %llu result %d%s%s", event->kind,
              (unsigned long long)event->room, (unsigned long long)event->person,
              (unsigned long long)event->seq, (unsigned long long)event->target, event->result,
              event->dup ? " again" : "", event->unchanged ? " unchanged" : "");
    if (event->result != OK || event->dup)
        return;
    if (event->unchanged) {
        const struct room_tale *tale = tale_of(world, event->room, UINT64_MAX);
        uint64_t topic = 0;
        if (event->kind == EVENT_TOPIC && tale->knows_topic &&
            text_read(event->message.body, &topic) && topic != tale->topic)
            world_fail(world, "a new topic was said to change nothing");
        return;
    }
    const struct fake_event *kept = fake_store_event(&world->fake, event->room, event->seq);
    struct room_tale *tale = tale_of(world, event->room, event->seq - 1);
    if (!kept || kept->mid != event->mid)
        world_fail(world, "what the store did not keep was told");
    if (tale->seq != UINT64_MAX && event->seq != tale->seq + 1)
        world_fail(world, "the batches leave out a seq, or use it twice");
    tale->seq = event->seq;
    if (event->kind == EVENT_TOPIC)
        tale->knows_topic = text_read(event->message.body, &tale->topic);
    world->result.kept++;
}

/* ---- the writer ---- */

static void publish(struct world *world, struct event_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (event_kind_is_kept(batch->events[i]->kind))
            check_event(world, batch->events[i]);
    }
    for (unsigned i = 0; i < world->size.workers; i++)
        put_parcel(&world->nodes[i], batch);
    event_batch_unref(batch);
}

static void set_faults(struct world *world)
{
    struct fake_store *fake = &world->fake;
    bool full = world->now_ms < world->full_until_ms;
    fake->fail_percent = 0;
    fake->io = FAKE_IO_NONE;
    if (world->calm)
        return;
    fake->fail_percent = full ? 40 : chance(world, 5) ? 10 : 0;
    if (below(world, 500) == 0)
        fake->io = chance(world, 50) ? FAKE_IO_KEPT : FAKE_IO_LOST;
}

/* What has arrived, from the workers in any order. */
static size_t gather(struct world *world, struct event **events, size_t cap)
{
    size_t count = 0;
    unsigned from = (unsigned)below(world, world->size.workers);
    for (unsigned i = 0; i < world->size.workers; i++) {
        struct node *node = &world->nodes[(from + i) % world->size.workers];
        size_t some = below(world, 32);
        struct event *event;
        while (some-- > 0 && count < cap && (event = take_from_road(node)))
            events[count++] = event;
    }
    return count;
}

void server_write(struct world *world)
{
    struct event *events[64];
    size_t count = gather(world, events, 64);
    struct event_batch *batches[2] = {NULL, NULL};
    set_faults(world);
    if (count > 0)
        batches[0] = sequencer_run(world->sequencer, events, count, world->now_ms, world->wall_ms);
    if (!sequencer_is_broken(world->sequencer))
        batches[1] = sequencer_tick(world->sequencer, world->now_ms, world->wall_ms);
    bool broken = sequencer_is_broken(world->sequencer);
    /* The writer may die between the commit and telling anybody, too. */
    bool dies = broken || (!world->calm && below(world, 1000) == 0);
    for (size_t i = 0; i < 2; i++) {
        if (dies)
            event_batch_unref(batches[i]);
        else if (batches[i])
            publish(world, batches[i]);
    }
    if (world->fake.wrong)
        world_fail(world, world->fake.wrong);
    if (!dies)
        return;
    world_say(world, "the writer %s", broken ? "cannot go on" : "dies after its commit");
    server_crash(world);
    server_start(world);
}

/* ---- the readers ---- */

static bool answer(struct world *world, struct question *question)
{
    bool calm = world->calm;
    /* Looked up at once and answered later, or late and answered at once. */
    bool due = calm || question->due_ms <= world->now_ms;
    if (!question->answered && (due || chance(world, 50))) {
        fake_store_read(&world->fake, question->read);
        question->answered = true;
        if (!calm && chance(world, 4)) {
            event_batch_unref(question->read->events);
            question->read->events = NULL;
            question->read->result = ERR_AGAIN;
        }
    }
    if (!due || (!calm && chance(world, 30)))
        return false;
    if (!calm && chance(world, 3))
        store_read_free(question->read); /* nobody ever hears of it */
    else
        hub_read_done(question->node->hub, question->read);
    world->result.pages++;
    mem_free(question);
    return true;
}

void server_readers(struct world *world)
{
    struct question *list = world->questions;
    world->questions = NULL;
    while (list) {
        struct question *question = list;
        list = question->next;
        if (answer(world, question))
            continue;
        question->next = world->questions;
        world->questions = question;
    }
}

/* ---- a worker ---- */

static void drop_link(struct link *link)
{
    if (link->added)
        hub_remove(&link->client);
    buffer_release(&link->kernel);
    buffer_release(&link->queue);
    mem_free(link->requests);
    mem_free(link);
}

/* The connection ends: the peer gets some of what its kernel has. */
static void end_link(struct link *link)
{
    struct device *device = link->device;
    if (device) {
        server_read(device, below(link->world, link->kernel.len + 1));
        if (device->link == link)
            device_offline(device);
    }
    drop_link(link);
}

static void drop_noticed(struct node *node)
{
    struct link **at = &node->world->links;
    while (*at) {
        struct link *link = *at;
        if (link->node != node || !link->noticed) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        end_link(link);
    }
}

static void run_requests(struct link *link, size_t some)
{
    size_t done = 0;
    while (done < link->requests_count && done < some && !link->noticed)
        door_run(link, &link->requests[done++]);
    link->requests_count -= done;
    memmove(link->requests, link->requests + done,
            link->requests_count * sizeof(link->requests[0]));
}

static void serve_link(struct link *link)
{
    struct world *world = link->world;
    if (!link->device && (world->calm || chance(world, 5)))
        notice(link);
    bool was_blocked = link->blocked;
    if (link->blocked && link->kernel.len <= link->kernel_cap / 2)
        link->blocked = false;
    send_queue(link);
    bool drained = link->queue.len == 0 && !link->blocked;
    if (drained && link->added && (was_blocked || link->wants_drained)) {
        link->wants_drained = false;
        hub_drained(&link->client);
    }
    if (link->requests_count > 0)
        run_requests(link, world->calm ? SIZE_MAX : below(world, 6));
}

static void check_rings(struct node *node)
{
    struct world *world = node->world;
    uint64_t bytes = metrics_read(&node->metrics, METRIC_RING_BYTES);
    if (bytes > world->result.ring_bytes_most)
        world->result.ring_bytes_most = bytes;
    /* Beyond the cap each lane may still hold what one frame needs. */
    size_t one = (size_t)2 * 8192;
    if (bytes > world->limits.pool.worker_bytes_max + one * LANE_COUNT * world->fake.rooms_count)
        world_fail(world, "the rings take more memory than they may");
}

void server_turn(struct node *node)
{
    struct world *world = node->world;
    size_t parcels = world->calm ? SIZE_MAX : below(world, 4);
    struct parcel *parcel;
    while (parcels-- > 0 && (parcel = take_parcel(node))) {
        node->drains += hub_deliver(node->hub, parcel->batch);
        event_batch_unref(parcel->batch);
        mem_free(parcel);
    }
    for (struct link *link = world->links; link; link = link->next) {
        if (link->node == node)
            serve_link(link);
    }
    hand_outbox_over(node);
    node->gathers = hub_flush(node->hub) != UINT32_MAX;
    if (world->calm || chance(world, 3))
        hub_tick(node->hub);
    drop_noticed(node);
    hand_outbox_over(node);
    check_rings(node);
}

bool server_is_quiet(const struct world *world)
{
    for (unsigned i = 0; i < world->size.workers; i++) {
        const struct node *node = &world->nodes[i];
        if (node->road_first || node->outbox_first || node->inbox_first || node->gathers)
            return false;
    }
    for (const struct link *link = world->links; link; link = link->next) {
        if (link->kernel.len > 0 || link->queue.len > 0 || link->requests_count > 0 ||
            !link->device || link->blocked || link->wants_drained)
            return false;
    }
    return world->questions == NULL;
}

/* ---- its life ---- */

static void start_node(struct world *world, unsigned number)
{
    struct node *node = &world->nodes[number];
    struct dialect dialects[LANE_COUNT];
    *node = (struct node){.world = world};
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        node->lanes[lane] = (struct lane_ctx){node, lane <= LANE_TUTORIAL_DEFLATE};
        dialects[lane] = (struct dialect){&node->lanes[lane], lane_encode};
    }
    const struct hub_ports ports = {
        .pool = {.ctx = node, .flush = port_flush, .queue = port_queue},
        .now_ms = &world->now_ms,
        .submit = port_submit,
        .read = port_read,
        .notify_drained = port_notify_drained,
    };
    node->hub = hub_new(number, &world->limits, &ports, dialects, &node->metrics);
}

void server_start(struct world *world)
{
    world->tales_count = 0;
    int result = sequencer_new(&world->fake.store, &world->sequencer_limits, world->now_ms,
                               world->wall_ms, &world->sequencer);
    ASSERT(result == OK);
    for (unsigned i = 0; i < world->size.workers; i++)
        start_node(world, i);
}

static void free_node(struct node *node)
{
    struct event *event;
    struct parcel *parcel;
    hand_outbox_over(node);
    while ((event = take_from_road(node)))
        event_free(event);
    while ((parcel = take_parcel(node))) {
        event_batch_unref(parcel->batch);
        mem_free(parcel);
    }
    hub_free(node->hub);
    node->hub = NULL;
}

void server_release(struct world *world)
{
    while (world->links) {
        struct link *link = world->links;
        world->links = link->next;
        end_link(link);
    }
    while (world->questions) {
        struct question *question = world->questions;
        world->questions = question->next;
        store_read_free(question->read);
        mem_free(question);
    }
    for (unsigned i = 0; i < world->size.workers; i++)
        free_node(&world->nodes[i]);
    sequencer_free(world->sequencer);
    world->sequencer = NULL;
}

void server_crash(struct world *world)
{
    server_release(world);
    fake_store_crash(&world->fake);
    world->result.crashes++;
}

void server_drain(struct world *world)
{
    unsigned rounds = 0;
    world_say(world, "the server stops");
    for (struct link *link = world->links; link; link = link->next)
        link->requests_count = 0;
    for (unsigned i = 0; i < world->size.workers; i++)
        hub_drain(world->nodes[i].hub);
    struct sequencer *sequencer = world->sequencer;
    for (unsigned done = 0; done < world->size.workers;) {
        done = 0;
        for (unsigned i = 0; i < world->size.workers; i++) {
            server_turn(&world->nodes[i]);
            done += world->nodes[i].drains == world->size.workers;
        }
        server_write(world);
        if (world->sequencer != sequencer)
            return; /* it died over this */
        if (++rounds > 1000) {
            world_fail(world, "the server does not come to its end");
            break;
        }
    }
    for (unsigned i = 0; i < world->size.workers; i++)
        hub_flush_all(world->nodes[i].hub);
    for (const struct link *link = world->links; link; link = link->next) {
        if (link->owed != 0)
            world_fail(world, "the server stops without an answer to what it had taken");
    }
    server_crash(world);
    server_start(world);
}
