#include "chat/wire.h"

#include <string.h>

#include "base/memory.h"
#include "chat/hub.h"

struct wires wires;

static size_t take(struct wire *wire, const void *bytes, size_t len)
{
    size_t taken = len < wire->room ? len : wire->room;
    if (taken > 0)
        buffer_append(&wire->got, bytes, taken);
    if (wire->room != SIZE_MAX)
        wire->room -= taken;
    wire->blocked = taken < len;
    return taken;
}

/* Returns whether the private queue is empty now. */
static bool send_queue(struct wire *wire)
{
    if (wire->queued.len > 0 && !wire->blocked)
        buffer_drop_front(&wire->queued, take(wire, wire->queued.ptr, wire->queued.len));
    return wire->queued.len == 0;
}

static int64_t send_entry(struct wire *wire, const struct iovec *ranges, size_t count)
{
    int64_t taken = 0;
    if (wire->closing)
        return -1;
    if (!send_queue(wire))
        return 0;
    for (size_t i = 0; i < count && !wire->blocked; i++)
        taken += (int64_t)take(wire, ranges[i].iov_base, ranges[i].iov_len);
    return taken;
}

static void port_flush(void *ctx, struct flush *flush)
{
    (void)ctx;
    assert_in_range(flush->entries_count, 1, 256);
    wires.calls++;
    wires.entries += flush->entries_count;
    if (flush->entries_count > wires.entries_max)
        wires.entries_max = flush->entries_count;
    for (size_t i = 0; i < flush->entries_count; i++) {
        struct flush_entry *entry = &flush->entries[i];
        assert_in_range(entry->count, 1, 2 * WIRE_POOLS_MAX);
        assert_true(entry->first + entry->count <= flush->ranges_count);
        for (unsigned j = 0; j < entry->count; j++)
            assert_true(flush->ranges[entry->first + j].iov_len > 0);
        wires.two_ranges += entry->count == 2;
        entry->taken = send_entry(entry->link, &flush->ranges[entry->first], entry->count);
    }
}

static void port_queue(void *ctx, void *link, struct slice bytes)
{
    struct wire *wire = link;
    (void)ctx;
    /*
     * The rest of a frame that the kernel refused; with a hub, pages for those who are behind, too.
     */
    assert_true(wire->blocked || wire->client.hub);
    assert_true(bytes.len > 0);
    buffer_append(&wire->queued, bytes.ptr, bytes.len);
}

const struct pool_ports wire_ports = {.flush = port_flush, .queue = port_queue};

static void on_lapped(struct client *client)
{
    ((struct wire *)client->link)->lapped++;
}

const struct client_door wire_door = {.on_lapped = on_lapped};

void wire_init(struct wire *wire, uint64_t id)
{
    *wire = (struct wire){.room = SIZE_MAX};
    wire->client = (struct client){.id = id, .person = id, .link = wire, .door = &wire_door};
}

void wire_release(struct wire *wire)
{
    assert_int_equal(wire->client.places_count, 0);
    buffer_release(&wire->got);
    buffer_release(&wire->queued);
}

void wire_enter(struct wire *wire, struct pool *pool, enum lane_number lane)
{
    struct client *client = &wire->client;
    client->lane = (uint8_t)lane;
    client->visitor = lane == LANE_TUTORIAL || lane == LANE_TUTORIAL_DEFLATE;
    client->places = mem_zalloc(sizeof(client->places[0]));
    client->places[0].pool = pool;
    client->places_count = 1;
    pool_register(pool, client, 0);
}

void wire_leave(struct wire *wire)
{
    struct client *client = &wire->client;
    pool_unregister(client, 0);
    mem_free(client->places);
    client->places = NULL;
    client->places_count = 0;
}

static void drained(struct wire *wire)
{
    struct client *client = &wire->client;
    wire->awaited = false;
    if (client->hub)
        hub_drained(client);
    for (uint16_t i = 0; !client->hub && i < client->places_count; i++) {
        if (!client->places[i].behind)
            pool_resume(client, i);
    }
}

void wire_turn(struct wire *wire)
{
    if (send_queue(wire) && wire->awaited)
        drained(wire);
}

void wire_open(struct wire *wire, size_t room)
{
    bool was_blocked = wire->blocked;
    wire->room = room;
    wire->blocked = false;
    if (send_queue(wire) && (was_blocked || wire->awaited))
        drained(wire);
}

void wire_write(struct wire *wire, const void *bytes, size_t len)
{
    buffer_append(&wire->queued, bytes, len);
    send_queue(wire);
}

void wire_assert_got(const struct wire *wire, struct slice expected)
{
    assert_int_equal(wire->got.len, expected.len);
    if (expected.len > 0)
        assert_memory_equal(wire->got.ptr, expected.ptr, expected.len);
}
