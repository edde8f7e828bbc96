#include "chat/dice.h"
#include "chat/pool_rig.h"

/* Anything in any order, against a list of all that each member is owed. */

enum { PEOPLE = 40, STEPS = 30000, BODY_MAX = 6000, RUNS = 4 };

struct person {
    struct wire wire;
    struct buffer owed;    /* all that was said since it came */
    uint64_t frames[4096]; /* where the frames in owed end */
    size_t frames_count;
    uint64_t head; /* of the pool when it came */
    bool here;
};

static struct pool_rig rig;
static struct person people[PEOPLE];
static unsigned lapped, fed, found;

static void come(struct dice *dice, struct person *person)
{
    wire_init(&person->wire, 1);
    person->owed = (struct buffer){0};
    person->frames_count = 0;
    person->here = true;
    person->head = rig.pool->head;
    wire_enter(&person->wire, rig.pool, dice_below(dice, 2) ? LANE_WEB : LANE_TUTORIAL);
}

static bool ends_a_frame(const struct person *person, size_t len)
{
    for (size_t i = 0; i < person->frames_count; i++) {
        if (person->frames[i] == len)
            return true;
    }
    return len == 0;
}

/* What is out is a part of what is owed, and with the private queue it is whole frames. */
static void check(const struct person *person)
{
    const struct wire *wire = &person->wire;
    size_t out = wire->got.len, all = out + wire->queued.len;
    if (all > person->owed.len)
        fail_msg("more than what is owed: %zu of %zu", all, person->owed.len);
    if (out > 0)
        assert_memory_equal(wire->got.ptr, person->owed.ptr, out);
    if (wire->queued.len > 0)
        assert_memory_equal(wire->queued.ptr, person->owed.ptr + out, wire->queued.len);
    assert_true(ends_a_frame(person, all));
    assert_in_range(wire->lapped, 0, 1);
}

/*
 * Who stands behind comes back as the feed has it: by the ring where that has what is lacking,
 * otherwise by what was said.
 */
static void come_back(struct person *person)
{
    struct wire *wire = &person->wire;
    struct client *client = &wire->client;
    const struct behind at = *pool_behind(client, 0);
    size_t has = (size_t)(at.seq - person->head);
    assert_in_range(has, 0, person->frames_count);
    assert_int_equal(wire->got.len, has > 0 ? person->frames[has - 1] : 0);
    /* All but the last few are fed; those the ring may have. */
    size_t few = person->frames_count % 5;
    size_t fed_to = person->frames_count > has + few ? person->frames_count - few : has;
    size_t from = wire->got.len, to = fed_to > 0 ? person->frames[fed_to - 1] : 0;
    if (to > from)
        wire_write(wire, person->owed.ptr + from, to - from);
    pool_unregister(client, 0);
    if (pool_register_after(rig.pool, client, 0, person->head + fed_to)) {
        found++;
        return;
    }
    if (person->owed.len > to)
        wire_write(wire, person->owed.ptr + to, person->owed.len - to);
    pool_register(rig.pool, client, 0);
    fed++;
}

static void catch_up(struct person *person)
{
    wire_open(&person->wire, SIZE_MAX);
    if (person->wire.client.behind_count > 0)
        come_back(person);
    check(person);
    if (person->wire.lapped == 0 && !rig.pool->due)
        assert_int_equal(person->wire.got.len, person->owed.len);
}

static void go(struct dice *dice, struct person *person)
{
    if (dice_below(dice, 2))
        catch_up(person);
    check(person);
    lapped += person->wire.lapped;
    wire_leave(&person->wire);
    wire_release(&person->wire);
    buffer_release(&person->owed);
    person->here = false;
}

static void say(struct dice *dice)
{
    static uint8_t body[BODY_MAX];
    size_t len = 1 + dice_below(dice, dice_below(dice, 20) ? 90 : BODY_MAX);
    for (size_t i = 0; i < len; i++)
        body[i] = (uint8_t)dice_next(dice);
    for (size_t i = 0; i < PEOPLE; i++) {
        struct person *person = &people[i];
        if (!person->here)
            continue;
        if (person->wire.client.lane == LANE_WEB)
            buffer_append_byte(&person->owed, 'W');
        buffer_append(&person->owed, body, len);
        person->frames[person->frames_count++] = person->owed.len;
    }
    pool_rig_say(&rig, body, len);
}

static void step(struct dice *dice)
{
    struct person *person = &people[dice_below(dice, PEOPLE)];
    uint32_t kind = dice_below(dice, 100);
    if (kind < 35) {
        say(dice);
    } else if (kind < 65) {
        pool_flush(rig.pool);
        rig.now_ms += dice_below(dice, 5);
    } else if (kind < 67) {
        rig.now_ms += dice_below(dice, 30000);
        pool_rest(rig.pool);
    } else if (!person->here) {
        come(dice, person);
    } else if (kind < 70 || person->frames_count > 4000) {
        go(dice, person);
    } else if (kind < 75) {
        person->wire.room = dice_below(dice, 300); /* from now on it gets stuck */
    } else if (kind < 90) {
        wire_open(&person->wire, dice_below(dice, 500));
    } else {
        catch_up(person);
    }
    if (person->here)
        check(person);
}

static void run(uint64_t seed)
{
    struct dice dice = dice_from(seed);
    pool_rig_init(&rig);
    rig.shared.limits.worker_bytes_max = 6144; /* both rings cannot be as large as they may */
    for (int i = 0; i < STEPS; i++) {
        step(&dice);
        for (size_t j = 0; j < PEOPLE; j++) {
            /* Whoever is full (4,000 frames) has to go, or there is no room to write down more. */
            if (people[j].here && people[j].frames_count > 4090)
                go(&dice, &people[j]);
        }
    }
    pool_flush(rig.pool);
    for (size_t i = 0; i < PEOPLE; i++) {
        if (!people[i].here)
            continue;
        catch_up(&people[i]);
        if (people[i].wire.lapped == 0)
            assert_int_equal(people[i].wire.got.len, people[i].owed.len);
        go(&dice, &people[i]);
    }
    pool_rig_release(&rig);
}

static void every_member_gets_whole_frames_in_order(void **state)
{
    struct dice dice = dice_new("pool");
    (void)state;
    for (int i = 0; i < RUNS; i++)
        run(i == 0 ? dice.state : dice_next(&dice));
    /* Or the limits were too generous for a test. */
    assert_true(lapped > 0);
    assert_true(fed > 0);
    assert_true(found > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_gets_whole_frames_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
