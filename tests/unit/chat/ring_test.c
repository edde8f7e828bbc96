#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "chat/dice.h"

#include "base/buffer.h"
#include "chat/ring.h"

enum { FIRST_CAP = 1024, FRAME_MAX = 1500, FRAMES_MAX = 4096, STEPS = 20000 };

/* The same thing the simple way: every byte ever appended, and where the frames begin. */
struct model {
    struct buffer all; /* from base on */
    uint64_t base;
    uint64_t begins[FRAMES_MAX]; /* of the frames kept */
    uint64_t seqs[FRAMES_MAX];
    uint64_t last_seq;
    size_t first, count;
};

static void fill(struct dice *dice, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)dice_next(dice);
}

static void append(struct ring *ring, const void *bytes, size_t len)
{
    ring_append(ring, slice_of(bytes, len), 0);
}

static void read_out(const struct ring *ring, uint64_t from, uint64_t to, struct buffer *out)
{
    struct iovec ranges[2];
    unsigned count = ring_ranges(ring, from, to, ranges);
    assert_in_range(count, 1, 2);
    for (unsigned i = 0; i < count; i++) {
        assert_true(ranges[i].iov_len > 0);
        assert_true((uint8_t *)ranges[i].iov_base >= ring->bytes);
        assert_true((uint8_t *)ranges[i].iov_base + ranges[i].iov_len <= ring->bytes + ring->cap);
        buffer_append(out, ranges[i].iov_base, ranges[i].iov_len);
    }
}

static void assert_holds(const struct ring *ring, uint64_t from, const void *bytes, size_t len)
{
    struct buffer got = {0};
    read_out(ring, from, from + len, &got);
    assert_int_equal(got.len, len);
    assert_memory_equal(got.ptr, bytes, len);
    buffer_release(&got);
}

static void starts_without_memory(void **state)
{
    struct ring ring = {0};
    (void)state;
    assert_int_equal(ring_room(&ring), 0);
    assert_false(ring_make_room(&ring, 1, UINT64_MAX));
    assert_int_equal(ring_boundary(&ring, 0), 0);
    ring_release(&ring);
}

static void grows_by_doubling_to_what_is_asked(void **state)
{
    const struct {
        size_t asked, cap;
    } cases[] = {{1, 1024}, {1024, 1024}, {1025, 2048}, {2048, 2048}, {3, 2048}, {400000, 524288}};
    struct ring ring = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ring_grow(&ring, cases[i].asked);
        assert_int_equal(ring.cap, cases[i].cap);
        assert_int_equal(ring_room(&ring), cases[i].cap);
    }
    ring_release(&ring);
}

static void keeps_frames_across_the_end_of_its_memory(void **state)
{
    uint8_t first[FIRST_CAP - 3], second[7] = "seventh";
    struct dice dice = dice_from(1);
    (void)state;
    /* The second frame begins at every place from three bytes before the end on. */
    for (size_t before = 1; before <= sizeof(first); before++) {
        struct ring ring = {0};
        ring_grow(&ring, FIRST_CAP);
        fill(&dice, first, sizeof(first));
        append(&ring, first, before);
        append(&ring, first, sizeof(first) + 1 - before);
        assert_true(ring_make_room(&ring, sizeof(second), UINT64_MAX));
        append(&ring, second, sizeof(second));
        struct iovec ranges[2];
        assert_int_equal(ring_ranges(&ring, FIRST_CAP - 2, ring.end, ranges), 2);
        assert_int_equal(ranges[0].iov_len, 2);
        assert_int_equal(ranges[1].iov_len, 5);
        assert_holds(&ring, FIRST_CAP - 2, second, sizeof(second));
        ring_release(&ring);
    }
}

static void one_range_up_to_the_very_end(void **state)
{
    struct ring ring = {0};
    uint8_t bytes[FIRST_CAP] = {1, 2, 3};
    struct iovec ranges[2];
    (void)state;
    ring_grow(&ring, FIRST_CAP);
    append(&ring, bytes, FIRST_CAP);
    assert_int_equal(ring_room(&ring), 0);
    assert_int_equal(ring_ranges(&ring, 0, FIRST_CAP, ranges), 1);
    assert_int_equal(ranges[0].iov_len, FIRST_CAP);
    assert_int_equal(ring_ranges(&ring, FIRST_CAP - 1, FIRST_CAP, ranges), 1);
    assert_ptr_equal(ranges[0].iov_base, ring.bytes + FIRST_CAP - 1);
    ring_release(&ring);
}

static void makes_room_by_whole_frames_below_the_limit(void **state)
{
    struct ring ring = {0};
    uint8_t bytes[256] = {0};
    (void)state;
    ring_grow(&ring, FIRST_CAP);
    for (int i = 0; i < 4; i++)
        append(&ring, bytes, sizeof(bytes));

    assert_true(ring_make_room(&ring, 1, 256));
    assert_int_equal(ring.start, 256);
    assert_true(ring_make_room(&ring, 256, 0)); /* there is room already: nothing goes */
    assert_int_equal(ring.start, 256);
    assert_false(ring_make_room(&ring, 257, 256)); /* the oldest does not begin below the limit */
    assert_int_equal(ring.start, 256);
    assert_false(ring_make_room(&ring, 768, 512)); /* goes as far as it may */
    assert_int_equal(ring.start, 512);
    assert_true(ring_make_room(&ring, FIRST_CAP, UINT64_MAX));
    assert_int_equal(ring.start, ring.end);
    assert_false(ring_make_room(&ring, FIRST_CAP + 1, UINT64_MAX)); /* larger than the ring */
    ring_release(&ring);
}

static void finds_the_boundary_at_or_after_a_place(void **state)
{
    const size_t lens[] = {1, 5, 2, 300, 1, 1, 40};
    struct ring ring = {0};
    uint8_t bytes[300] = {0};
    (void)state;
    ring_grow(&ring, FIRST_CAP);
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
        append(&ring, bytes, lens[i]);
    uint64_t begin = 0;
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        assert_int_equal(ring_boundary(&ring, begin), begin);
        for (uint64_t pos = begin + 1; pos <= begin + lens[i]; pos++)
            assert_int_equal(ring_boundary(&ring, pos), begin + lens[i]);
        begin += lens[i];
    }
    ring_release(&ring);
}

static void positions_go_on_after_release(void **state)
{
    struct ring ring = {0};
    (void)state;
    ring_grow(&ring, FIRST_CAP);
    append(&ring, "abc", 3);
    ring_release(&ring);
    assert_null(ring.bytes);
    assert_int_equal(ring.cap, 0);
    assert_int_equal(ring.start, 3);
    assert_int_equal(ring.end, 3);
    assert_int_equal(ring_boundary(&ring, 3), 3);
    ring_grow(&ring, FIRST_CAP);
    append(&ring, "defg", 4);
    assert_holds(&ring, 3, "defg", 4);
    assert_int_equal(ring_boundary(&ring, 4), 7);
    ring_release(&ring);
}

static void finds_frames_by_their_seq(void **state)
{
    const uint64_t seqs[] = {0, 7, 0, 8, 9, 0};
    struct ring ring = {0};
    uint64_t pos = 99;
    (void)state;
    assert_false(ring_find(&ring, 1, &pos));
    assert_int_equal(ring_next_seq(&ring, 0), 0);
    ring_grow(&ring, FIRST_CAP);
    for (size_t i = 0; i < 6; i++)
        ring_append(&ring, SLICE_LITERAL("ten bytes."), seqs[i]);
    assert_false(ring_find(&ring, 6, &pos));
    assert_false(ring_find(&ring, 10, &pos));
    assert_int_equal(pos, 99); /* untouched */
    assert_true(ring_find(&ring, 7, &pos));
    assert_int_equal(pos, 10);
    assert_true(ring_find(&ring, 9, &pos));
    assert_int_equal(pos, 40);
    assert_int_equal(ring_next_seq(&ring, 0), 7);
    assert_int_equal(ring_next_seq(&ring, 10), 7);
    assert_int_equal(ring_next_seq(&ring, 11), 8);
    assert_int_equal(ring_next_seq(&ring, 40), 9);
    assert_int_equal(ring_next_seq(&ring, 41), 0);
    ring_forget(&ring);
    assert_false(ring_find(&ring, 9, &pos));
    assert_int_equal(ring.start, 60);
    assert_int_equal(ring_room(&ring), ring.cap);
    ring_release(&ring);
}

/* ---- against the model ---- */

static void model_append(struct model *model, const uint8_t *bytes, size_t len, uint64_t seq)
{
    assert_true(model->first + model->count < FRAMES_MAX);
    model->seqs[model->first + model->count] = seq;
    model->begins[model->first + model->count++] = model->base + model->all.len;
    buffer_append(&model->all, bytes, len);
}

static uint64_t model_start(const struct model *model)
{
    return model->count ? model->begins[model->first] : model->base + model->all.len;
}

static bool model_make_room(struct model *model, size_t cap, size_t len, uint64_t limit)
{
    uint64_t end = model->base + model->all.len;
    while (cap - (size_t)(end - model_start(model)) < len) {
        if (model->count == 0 || model_start(model) >= limit)
            return false;
        model->first++;
        model->count--;
    }
    return true;
}

static uint64_t model_boundary(const struct model *model, uint64_t pos)
{
    for (size_t i = 0; i < model->count; i++) {
        if (model->begins[model->first + i] >= pos)
            return model->begins[model->first + i];
    }
    return model->base + model->all.len;
}

static uint64_t model_start_after(const struct model *model, size_t cap, size_t len, uint64_t limit)
{
    uint64_t end = model->base + model->all.len, start = model_start(model);
    for (size_t i = 1; i <= model->count && start < limit && cap - (end - start) < len; i++)
        start = i < model->count ? model->begins[model->first + i] : end;
    return start;
}

/* What is found of a seq, and the first seq at or behind a place, by looking at each frame. */
static void compare_seqs(const struct ring *ring, const struct model *model, struct dice *dice)
{
    uint64_t wanted = model->last_seq - dice_below(dice, 20) + 2, found = UINT64_MAX, next = 0;
    uint64_t from = ring->start + dice_below(dice, (uint32_t)(ring->end - ring->start) + 1);
    uint64_t pos = UINT64_MAX;
    wanted += wanted == 0; /* that is no seq */
    for (size_t i = 0; i < model->count; i++) {
        uint64_t begin = model->begins[model->first + i], seq = model->seqs[model->first + i];
        if (seq == wanted)
            found = begin;
        if (begin >= from && next == 0)
            next = seq;
    }
    assert_int_equal(ring_find(ring, wanted, &pos), found != UINT64_MAX);
    assert_int_equal(pos, found);
    assert_int_equal(ring_next_seq(ring, from), next);
    size_t len = 1 + dice_below(dice, 2 * FRAME_MAX);
    uint64_t limit = dice_below(dice, 2) ? UINT64_MAX : from;
    assert_int_equal(ring_start_after(ring, len, limit),
                     model_start_after(model, ring->cap, len, limit));
}

/* Forgets what was dropped, so that a long run stays small. */
static void model_tidy(struct model *model)
{
    if (model->first < FRAMES_MAX / 2)
        return;
    uint64_t start = model_start(model);
    buffer_drop_front(&model->all, (size_t)(start - model->base));
    model->base = start;
    memmove(model->begins, model->begins + model->first, model->count * sizeof(model->begins[0]));
    memmove(model->seqs, model->seqs + model->first, model->count * sizeof(model->seqs[0]));
    model->first = 0;
}

static void compare(const struct ring *ring, const struct model *model, struct dice *dice)
{
    assert_int_equal(ring->start, model_start(model));
    assert_int_equal(ring->end, model->base + model->all.len);
    assert_int_equal(ring->marks_count, model->count);
    uint32_t held = (uint32_t)(ring->end - ring->start);
    compare_seqs(ring, model, dice);
    if (held == 0)
        return;
    uint64_t from = ring->start + dice_below(dice, held);
    size_t len = 1 + dice_below(dice, (uint32_t)(ring->end - from));
    assert_holds(ring, from, model->all.ptr + (from - model->base), len);
    assert_holds(ring, ring->start, model->all.ptr + (ring->start - model->base), held);
    assert_int_equal(ring_boundary(ring, from), model_boundary(model, from));
}

static void step(struct ring *ring, struct model *model, struct dice *dice)
{
    uint8_t frame[FRAME_MAX];
    size_t len = 1 + dice_below(dice, dice_below(dice, 4) ? 60 : FRAME_MAX);
    uint32_t kind = dice_below(dice, 100);
    if (kind == 0 && ring->cap < 16384) {
        ring_grow(ring, ring->cap + 1);
    } else if (kind == 1) {
        ring_release(ring);
        model->first += model->count;
        model->count = 0;
        ring_grow(ring, 1);
    } else if (kind == 2) {
        ring_forget(ring);
        model->first += model->count;
        model->count = 0;
    } else {
        uint64_t limit =
            dice_below(dice, 3)
                ? UINT64_MAX
                : ring->start + dice_below(dice, (uint32_t)(ring->end - ring->start) + 1);
        bool fits = ring_make_room(ring, len, limit);
        assert_int_equal(fits, model_make_room(model, ring->cap, len, limit));
        if (fits) {
            fill(dice, frame, len);
            /*
             * Some frames are of passing events; once in a while nobody was there to be shown a
             * few.
             */
            uint64_t seq = dice_below(dice, 3) ? model->last_seq += 1 + !dice_below(dice, 50) : 0;
            ring_append(ring, slice_of(frame, len), seq);
            model_append(model, frame, len, seq);
        }
    }
}

static void does_what_the_model_does(void **state)
{
    struct dice dice = dice_new("ring");
    struct ring ring = {0};
    struct model *model = test_calloc(1, sizeof(*model));
    (void)state;
    ring_grow(&ring, 1);
    for (int i = 0; i < STEPS; i++) {
        step(&ring, model, &dice);
        compare(&ring, model, &dice);
        model_tidy(model);
    }
    ring_release(&ring);
    buffer_release(&model->all);
    test_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_without_memory),
        cmocka_unit_test(grows_by_doubling_to_what_is_asked),
        cmocka_unit_test(keeps_frames_across_the_end_of_its_memory),
        cmocka_unit_test(one_range_up_to_the_very_end),
        cmocka_unit_test(makes_room_by_whole_frames_below_the_limit),
        cmocka_unit_test(finds_the_boundary_at_or_after_a_place),
        cmocka_unit_test(positions_go_on_after_release),
        cmocka_unit_test(finds_frames_by_their_seq),
        cmocka_unit_test(does_what_the_model_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
