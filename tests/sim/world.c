#include "world.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "world_state.h"

#define DAY_MS UINT64_C(86400000)

void world_fail(struct world *world, const char *what)
{
    if (world->result.broken)
        return;
    world_say(world, "wrong: %s", what);
    world->result.broken = what;
}

void world_say(const struct world *world, const char *format, ...)
{
    va_list args;
    if (!world->verbose)
        return;
    printf("# %llu ms: ", (unsigned long long)world->now_ms);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

bool world_bug_now(struct world *world, enum world_bug bug, unsigned percent)
{
    /* Not before there is something to break, and not when all faults are over. */
    if (world->bug != bug || world->bug_done || world->calm || world->result.kept < 20 ||
        !chance(world, percent))
        return false;
    world->bug_done = true;
    world_say(world, "the planted bug strikes");
    return true;
}

/* The sequencer asks for chance without saying who it is. */
static struct dice sequencer_dice;

static uint64_t sequencer_chance(void)
{
    return dice_next(&sequencer_dice);
}

/* ---- beginning ---- */

static void set_limits(struct world *world)
{
    /* Where they may not, they talk in the lobby until somebody has an account. */
    bool guests_may_all = chance(world, 80);
    world->sequencer_limits = (struct sequencer_limits){
        .notices = {5 + (uint32_t)below(world, 50), 5 + (uint32_t)below(world, 50)},
        .notice_deliveries = {chance(world, 50) ? 1000 : 20, 20 + (uint32_t)below(world, 200)},
        .here_names_max = (uint32_t)below(world, 10),
        .here_ms = 1 + (uint32_t)below(world, 100),
        .away_ms = 1 + (uint32_t)below(world, 500),
        .name_ms = DAY_MS + below(world, 3 * DAY_MS),
        .guests = true,
        .guests_may_all = guests_may_all,
        .sign_up = SIGN_UP_INVITE,
        .chance = sequencer_chance,
    };
    world->limits = (struct hub_limits){
        .pool =
            {
                .ring_bytes_min = 1024u << below(world, 2),
                .ring_bytes_max = 2048u << below(world, 5),
                .worker_bytes_max = 8192u << below(world, 6),
                .quiet_ms = 10 + (uint32_t)below(world, 50),
                .gather_ms = chance(world, 50) ? (uint32_t)below(world, 4) : 0,
                .notice_members = (uint32_t)below(world, 20),
                .notice_ms = (uint32_t)below(world, 20),
                .hold_ms = (uint32_t)below(world, 2),
            },
        .posts = {chance(world, 20) ? 50 : 0, 20},
        .posts_waiting_max = chance(world, 20) ? 10 : 1000,
        .bytes_waiting_max = chance(world, 20) ? 4000 : 1 << 20,
        .replay_max = chance(world, 30) ? 1 + (uint32_t)below(world, 30) : 100000,
        .page_bytes = 300u << below(world, 6),
        .feed_bytes = 1u << below(world, 15),
        .client_reads_max = 1 + (uint32_t)below(world, 8),
        .reads_max = 1 + (uint32_t)below(world, 50),
        .feed_ms = 5 + (uint32_t)below(world, 50),
        .guests_may_all = guests_may_all,
    };
}

static void begin(struct world *world)
{
    set_limits(world);
    world->restores = world->bug == BUG_NONE && chance(world, 20);
    world->roomy = chance(world, 30);
    world->offices = chance(world, 50);
    world->next_number = 1000;
    world->now_ms = 1000;
    world->wall_ms = 1700000000000;
    sequencer_dice = dice_from(dice_next(&world->dice));
    fake_store_init(&world->fake, &world->dice);
    world->fake.keep_ghosts = world->bug == BUG_REUSE_SEQ;
    world->fake.lie = world->bug == BUG_EARLY_ACK;
    if (world->offices)
        fake_store_use_directory(&world->fake);
    world->devices = mem_zalloc(world->size.devices * sizeof(world->devices[0]));
    for (unsigned i = 0; i < world->size.devices; i++) {
        world->devices[i].world = world;
        world->devices[i].visitor = i % 5 == 4;
        world->devices[i].active = chance(world, 70);
    }
    server_start(world);
}

/* ---- while it lasts ---- */

static void forget_some(struct world *world)
{
    struct fake_room *room = &world->fake.rooms[below(world, world->fake.rooms_count)];
    uint64_t to = below(world, room->count + 1);
    if (room->forgotten < to)
        room->forgotten = to;
}

/* What was acknowledged since the backup was made is not there any more, and may be done again. */
static void go_back(struct device *device)
{
    const struct fake_store *fake = &device->world->fake;
    for (unsigned o = 0; o < ORDERS_MAX; o++) {
        struct order *order = &device->orders[o];
        const struct fake_event *kept = fake_store_event(fake, order->kept_room, order->kept_seq);
        order->kept = order->kept && kept && kept->mid == order->kept_mid;
    }
    for (size_t v = 0; v < device->views_count; v++)
        device->views[v].unsure = device->views[v].seq;
}

static void restore(struct world *world)
{
    world_say(world, "a backup is restored");
    server_crash(world);
    fake_store_restore(&world->fake, 1 + below(world, 30));
    world->result.restores++;
    for (unsigned i = 0; i < world->size.devices; i++)
        go_back(&world->devices[i]);
    server_start(world);
}

/* What does not happen all the time. */
static void strike(struct world *world)
{
    uint64_t what = below(world, 3000);
    if (what < 10) {
        world_say(world, "the server crashes");
        server_crash(world);
        server_start(world);
    } else if (what < 15) {
        server_drain(world);
    } else if (what < 25 && world->restores) {
        restore(world);
    } else if (what < 45) {
        world->full_until_ms = world->now_ms + below(world, 200);
        world_say(world, "the disk is full");
    } else if (what < 48) {
        forget_some(world);
    }
}

static void read_some(struct world *world)
{
    for (unsigned i = 0; i < world->size.devices; i++) {
        struct device *device = &world->devices[i];
        if (!device->link || chance(world, device->slow ? 90 : 30))
            continue;
        server_read(device, device->slow ? below(world, 200) : SIZE_MAX);
    }
}

static void pass_time(struct world *world)
{
    uint64_t ms = chance(world, 3) ? below(world, 500) : below(world, 5);
    world->now_ms += ms;
    world->wall_ms += ms;
    /* Somebody sets the clock, or the machine has slept. */
    if (chance(world, 1))
        world->wall_ms -= below(world, 100);
    if (below(world, 500) == 0)
        world->wall_ms += below(world, 5 * DAY_MS);
}

static void step(struct world *world)
{
    unsigned burst = (unsigned)below(world, 2 + world->size.devices / 2);
    for (unsigned i = 0; i < burst; i++)
        device_act(&world->devices[below(world, world->size.devices)]);
    for (unsigned i = 0; i < world->size.workers; i++) {
        if (chance(world, 60))
            server_turn(&world->nodes[i]);
    }
    if (chance(world, 60))
        server_write(world);
    server_readers(world);
    read_some(world);
    strike(world);
    pass_time(world);
}

/* ---- the end ---- */

/* Everybody comes back, and sends what was not answered. Returns whether nothing is left to do. */
static bool calm_down(struct device *device)
{
    if (!device->link) {
        server_connect(device);
        device->greeting = device->visitor;
    }
    if (!device->visitor && !device->welcomed && !device->greeting)
        device_hello(device, true);
    server_read(device, SIZE_MAX);
    if (!device->welcomed || (!device->visitor && !device->ready))
        return false;
    bool done = true;
    for (size_t i = 0; i < ORDERS_MAX; i++) {
        struct order *order = &device->orders[i];
        if (!order->used || order->done)
            continue;
        done = false;
        if (device->asked == device->answered)
            device_resend(device, order, false);
    }
    return done;
}

static void tell_restless(const struct world *world)
{
    for (unsigned i = 0; i < world->size.devices; i++) {
        const struct device *device = &world->devices[i];
        const struct link *link = device->link;
        if (device->visitor || (device->ready && device->asked == device->answered))
            continue;
        world_say(world,
                  "%u: greeting %d welcomed %d ready %d, %llu of %llu answered; kernel %zu, queue "
                  "%zu, blocked %d, behind %u, awaited %u, feeding %d, fed %d",
                  i, device->greeting, device->welcomed, device->ready,
                  (unsigned long long)device->answered, (unsigned long long)device->asked,
                  link->kernel.len, link->queue.len, link->blocked, link->client.behind_count,
                  link->client.awaited_count, link->client.feeding, link->client.fed);
    }
}

static void settle(struct world *world)
{
    world_say(world, "all faults are over");
    world->calm = true;
    world->full_until_ms = 0;
    for (unsigned round = 0; round < 3000 && !world->result.broken; round++) {
        bool quiet = true;
        for (unsigned i = 0; i < world->size.workers; i++)
            server_turn(&world->nodes[i]);
        server_write(world);
        server_readers(world);
        for (unsigned i = 0; i < world->size.devices; i++)
            quiet &= calm_down(&world->devices[i]);
        world->now_ms += 7;
        world->wall_ms += 7;
        if (quiet && server_is_quiet(world))
            return;
    }
    tell_restless(world);
    world_fail(world, "it does not come to rest");
}

static uint32_t people_in(const struct world *world, uint64_t room)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < world->size.devices; i++) {
        const struct device *device = &world->devices[i];
        bool again = device->visitor || !fake_store_is_member(&world->fake, room, device->person);
        for (unsigned before = 0; before < i && !again; before++)
            again = world->devices[before].person == device->person;
        count += !again;
    }
    return count;
}

static void check_device(struct device *device)
{
    struct world *world = device->world;
    const struct fake_store *fake = &world->fake;
    if (device->visitor)
        return;
    if (device->answered != device->asked)
        world_fail(world, "a command was not answered");
    if (fake_store_session(fake, device->hash) != device->person)
        world_fail(world, "in the end somebody is here whose session has ended");
    size_t rooms = 0;
    for (size_t i = 0; i < fake->members_count; i++)
        rooms += fake->members[i].person == device->person;
    if (rooms != device->views_count)
        world_fail(world, "in the end a client follows other rooms than it is in");
    for (size_t i = 0; i < device->views_count; i++) {
        const char *wrong = view_compare(&device->views[i], fake);
        if (!wrong)
            continue;
        world_say(world, "%u, room %llx", (unsigned)(device - world->devices),
                  (unsigned long long)device->views[i].room);
        world_fail(world, wrong);
    }
}

/* Who has gone is away by now, and the store knows what people have read; who is here is counted once in each room. */
static void check_presence(struct world *world)
{
    enum { AT_ONCE = 2, LONG_MS = 3000 };
    uint32_t visitors = world->size.devices / 5;
    world->now_ms += LONG_MS;
    world->silent = true;
    server_write(world);
    for (unsigned i = 0; i < world->size.devices; i++) {
        struct device *device = &world->devices[i];
        if (device->visitor)
            continue;
        device_who(device, device->streams[below(world, device->streams_count)].room);
        device_hello(device, true);
        /* A few at a time: a hub with small limits would refuse more at once. */
        if (i % AT_ONCE == AT_ONCE - 1)
            settle(world);
    }
    settle(world);
    for (unsigned i = 0; i < world->size.devices && !world->result.broken; i++) {
        const struct device *device = &world->devices[i];
        if (device->visitor)
            continue;
        if (!device->who_answered || device->who_people != people_in(world, device->who_room) ||
            device->who_visitors != (device->who_room == ROOM_LOBBY ? visitors : 0)) {
            world_say(world, "%u is told of %u people (%u) and %u visitors (%u) in %llx", i,
                      device->who_people, people_in(world, device->who_room), device->who_visitors,
                      visitors, (unsigned long long)device->who_room);
            world_fail(world, "in the end others are said to be here than are");
        }
    }
}

static void end(struct world *world)
{
    server_release(world);
    for (unsigned i = 0; i < world->size.devices; i++) {
        struct device *device = &world->devices[i];
        for (size_t v = 0; v < device->views_count; v++)
            view_release(&device->views[v]);
        buffer_release(&device->partial);
    }
    world->result.rollbacks = world->fake.rollbacks;
    mem_free(world->devices);
    fake_store_release(&world->fake);
}

struct world_result world_run(uint64_t seed, const struct world_size *size, enum world_bug bug,
                              bool verbose)
{
    struct world *world = mem_zalloc(sizeof(*world));
    world->dice = dice_from(seed);
    world->size = *size;
    world->bug = bug;
    world->verbose = verbose;
    begin(world);
    for (unsigned i = 0; i < size->steps && !world->result.broken; i++)
        step(world);
    if (!world->result.broken)
        settle(world);
    if (!world->result.broken)
        check_presence(world);
    for (unsigned i = 0; i < size->devices && !world->result.broken; i++)
        check_device(&world->devices[i]);
    end(world);
    struct world_result result = world->result;
    mem_free(world);
    return result;
}
