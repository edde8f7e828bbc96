#include "chat/pool_rig.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "chat/dice.h"

/*
 * Several pools flushed together: a client of many of them gets what it lacks of all in one send,
 * and each room's frames whole and in order, wherever the kernel stops. One pool alone:
 * pool_test.c, pool_lag_test.c.
 */

enum { ROOMS_MAX = 60, CLIENTS_MAX = 300 };

static struct pool_rig rig;
static struct pool *rooms[ROOMS_MAX];
static unsigned rooms_count;
static struct wire *clients;
static unsigned clients_count;

static void begin(unsigned rooms_wanted, unsigned clients_wanted)
{
    pool_rig_init(&rig);
    rig.shared.limits.ring_bytes_max = 1 << 20; /* nobody is overtaken here */
    rig.shared.limits.worker_bytes_max = 1 << 26;
    rooms_count = rooms_wanted;
    clients_count = clients_wanted;
    for (unsigned i = 0; i < rooms_count; i++)
        rooms[i] = pool_new(&rig.shared, 100 + i);
    clients = test_calloc(clients_count, sizeof(*clients));
    for (unsigned i = 0; i < clients_count; i++) {
        wire_init(&clients[i], 1 + i);
        clients[i].client.lane = i % 3 ? LANE_WEB : LANE_TUTORIAL;
        clients[i].client.places = mem_zalloc(rooms_count * sizeof(struct place));
    }
}

static void enter(struct wire *wire, unsigned room)
{
    struct client *client = &wire->client;
    uint16_t place = client->places_count++;
    client->places[place] = (struct place){.pool = rooms[room]};
    pool_register(rooms[room], client, place);
}

static void end(void)
{
    rig.shared.due = NULL;
    for (unsigned i = 0; i < clients_count; i++) {
        struct client *client = &clients[i].client;
        while (client->places_count > 0)
            pool_unregister(client, --client->places_count);
        mem_free(client->places);
        wire_release(&clients[i]);
    }
    for (unsigned i = 0; i < rooms_count; i++) {
        rooms[i]->listed = false;
        pool_free(rooms[i]);
    }
    test_free(clients);
    pool_rig_release(&rig);
}

/* The room's next message: "[room:seq]", and so many dots. */
static void say(unsigned room, unsigned dots)
{
    char body[400];
    int len = snprintf(body, sizeof(body), "[%u:%llu%.*s]", room,
                       (unsigned long long)rooms[room]->head + 1, (int)dots,
                       "........................................................................"
                       "........................................................................");
    struct event *event = event_new(EVENT_MESSAGE, slice_of(body, (size_t)len), slice_of(NULL, 0));
    event->room = 100 + room;
    event->seq = rooms[room]->head + 1;
    pool_broadcast(rooms[room], event);
    rooms[room]->head++;
    event_free(event);
}

/*
 * What is out and what waits behind it are whole frames, each room's in order up to its last;
 * returns how many frames.
 */
static unsigned check(const struct wire *wire, bool has_all)
{
    struct buffer both = {0};
    uint64_t seen[ROOMS_MAX] = {0};
    unsigned frames = 0;
    buffer_append(&both, wire->got.ptr, wire->got.len);
    buffer_append(&both, wire->queued.ptr, wire->queued.len);
    buffer_append_byte(&both, '\0');
    for (const char *at = (const char *)both.ptr; *at; frames++) {
        unsigned room;
        unsigned long long seq;
        if (wire->client.lane == LANE_WEB)
            assert_int_equal(*at++, 'W');
        assert_int_equal(sscanf(at, "[%u:%llu", &room, &seq), 2);
        assert_in_range(room, 0, rooms_count - 1);
        assert_int_equal(seq, ++seen[room]);
        at = strchr(at, ']');
        assert_non_null(at);
        at++;
    }
    for (uint16_t i = 0; i < wire->client.places_count && has_all; i++) {
        unsigned room = (unsigned)(wire->client.places[i].pool->room - 100);
        assert_int_equal(seen[room], rooms[room]->head);
    }
    buffer_release(&both);
    return frames;
}

static void all_rooms_of_a_client_go_in_one_send(void **state)
{
    (void)state;
    begin(5, 10);
    for (unsigned i = 0; i < clients_count; i++) {
        for (unsigned room = 0; room < rooms_count; room++)
            enter(&clients[i], (room + i) % rooms_count);
    }
    for (unsigned room = 0; room < rooms_count; room++)
        say(room, 0);
    pool_flush_all(rooms, rooms_count);
    assert_int_equal(wires.entries, clients_count);
    for (unsigned i = 0; i < clients_count; i++)
        assert_int_equal(check(&clients[i], true), rooms_count);
    pool_flush_all(rooms, rooms_count);
    assert_int_equal(wires.entries, clients_count); /* nothing is due */
    say(0, 0);
    say(4, 0);
    pool_flush_all(rooms, 3); /* among which only one is due */
    assert_int_equal(wires.entries, 2 * clients_count);
    assert_true(rooms[4]->due);
    pool_flush(rooms[4]);
    for (unsigned i = 0; i < clients_count; i++)
        assert_int_equal(check(&clients[i], true), rooms_count + 2);
    end();
}

/* A send has so many rooms at most; the rest goes with the next. */
static void more_rooms_than_a_send_holds(void **state)
{
    (void)state;
    begin(ROOMS_MAX, 3);
    for (unsigned room = 0; room < rooms_count; room++) {
        for (unsigned i = 0; i < clients_count; i++)
            enter(&clients[i], room);
        say(room, room);
    }
    /* say() came after enter() for each room, so everybody has to get all of it. */
    pool_flush_all(rooms, rooms_count);
    assert_int_equal(wires.entries, 3 * clients_count); /* 25, 25 and 10 rooms */
    for (unsigned i = 0; i < clients_count; i++)
        assert_int_equal(check(&clients[i], true), ROOMS_MAX);
    end();
}

/*
 * One of two rooms is in the way of the other: what the kernel did not take of the first goes
 * before the second.
 */
static void the_kernel_stops_at_every_byte(void **state)
{
    (void)state;
    for (size_t taken = 0; taken <= 60; taken++) {
        begin(3, 2);
        for (unsigned room = 0; room < rooms_count; room++) {
            enter(&clients[0], room);
            enter(&clients[1], rooms_count - 1 - room);
        }
        clients[1].room = taken;
        for (unsigned room = 0; room < rooms_count; room++) {
            say(room, room);
            say(room, 2);
        }
        pool_flush_all(rooms, rooms_count);
        assert_int_equal(check(&clients[0], true), 6);
        check(&clients[1], false);
        assert_true(clients[1].got.len <= taken);
        for (unsigned room = 0; room < rooms_count; room++)
            say(room, 1);
        pool_flush_all(rooms, rooms_count);
        assert_int_equal(check(&clients[0], true), 9);
        check(&clients[1], false);
        wire_open(&clients[1], SIZE_MAX);
        pool_flush_all(rooms, rooms_count);
        assert_int_equal(check(&clients[1], true), 9);
        end();
    }
}

static void one_that_is_closing_takes_nothing_of_any(void **state)
{
    (void)state;
    begin(3, 2);
    for (unsigned room = 0; room < rooms_count; room++) {
        enter(&clients[0], room);
        enter(&clients[1], room);
    }
    clients[0].closing = true;
    for (unsigned room = 0; room < rooms_count; room++)
        say(room, 0);
    pool_flush_all(rooms, rooms_count);
    assert_int_equal(check(&clients[0], false), 0);
    assert_int_equal(check(&clients[1], true), 3);
    end();
}

static unsigned some(struct dice *dice, struct pool *list[ROOMS_MAX])
{
    unsigned count = 0;
    for (unsigned room = 0; room < rooms_count; room++) {
        if (dice_below(dice, 3))
            list[count++] = rooms[room];
    }
    return count;
}

/* Anybody in any rooms, stuck at any byte, any rooms flushed together. */
static void anything_in_any_order(void **state)
{
    struct dice dice = dice_new("pool_flush");
    (void)state;
    for (unsigned run = 0; run < 4; run++) {
        begin(4 + dice_below(&dice, 40), 20 + dice_below(&dice, CLIENTS_MAX - 20));
        for (unsigned i = 0; i < clients_count; i++) {
            for (unsigned room = 0; room < rooms_count; room++) {
                if (dice_below(&dice, 2))
                    enter(&clients[i], room);
            }
        }
        for (unsigned step = 0; step < 150; step++) {
            struct pool *list[ROOMS_MAX];
            for (unsigned i = dice_below(&dice, 20); i > 0; i--)
                say(dice_below(&dice, rooms_count), dice_below(&dice, 140));
            pool_flush_all(list, some(&dice, list));
            struct wire *wire = &clients[dice_below(&dice, clients_count)];
            if (dice_below(&dice, 2))
                wire->room = dice_below(&dice, 500);
            else
                wire_open(wire, dice_below(&dice, 2) ? SIZE_MAX : dice_below(&dice, 900));
            check(wire, false);
        }
        for (unsigned i = 0; i < clients_count; i++)
            wire_open(&clients[i], SIZE_MAX);
        pool_flush_all(rooms, rooms_count);
        for (unsigned i = 0; i < clients_count; i++)
            check(&clients[i], true);
        assert_int_equal(pool_rig_metric(&rig, METRIC_LAGGING), 0);
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rooms_of_a_client_go_in_one_send),
        cmocka_unit_test(more_rooms_than_a_send_holds),
        cmocka_unit_test(the_kernel_stops_at_every_byte),
        cmocka_unit_test(one_that_is_closing_takes_nothing_of_any),
        cmocka_unit_test(anything_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
