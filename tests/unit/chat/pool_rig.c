#include "chat/pool_rig.h"

#include <string.h>

#include "base/memory.h"
#include "chat/welcome.h"

struct encoder {
    unsigned *encoded;
    const char *prefix; /* NULL: shows nothing */
};

static struct encoder encoders[LANE_COUNT];

static void encode(void *ctx, const struct event *event, struct buffer *out)
{
    const struct encoder *encoder = ctx;
    (*encoder->encoded)++;
    assert_int_equal(out->len, 0);
    if (!encoder->prefix)
        return;
    buffer_append_string(out, encoder->prefix);
    buffer_append(out, event->message.body.ptr, event->message.body.len);
}

void pool_rig_init(struct pool_rig *rig)
{
    static const char *const prefixes[LANE_COUNT] = {[LANE_TUTORIAL] = "", [LANE_WEB] = "W"};
    *rig = (struct pool_rig){.now_ms = 1000000};
    rig->shared = (struct pool_shared){
        .limits =
            {
                .ring_bytes_min = 1024,
                .ring_bytes_max = 4096,
                .worker_bytes_max = 65536,
                .quiet_ms = 10000,
                .gather_ms = 2,
            },
        .ports = wire_ports,
        .metrics = &rig->metrics,
        .now_ms = &rig->now_ms,
    };
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        encoders[lane] = (struct encoder){&rig->encoded[lane], prefixes[lane]};
        rig->shared.dialects[lane] = (struct dialect){.ctx = &encoders[lane], .encode = encode};
    }
    wires = (struct wires){0};
    rig->pool = pool_new(&rig->shared, ROOM_LOBBY);
}

void pool_rig_release(struct pool_rig *rig)
{
    assert_int_equal(pool_members(rig->pool), 0);
    assert_int_equal(pool_rig_metric(rig, METRIC_MEMBERS), 0);
    assert_int_equal(pool_rig_metric(rig, METRIC_LAGGING), 0);
    assert_int_equal(pool_rig_metric(rig, METRIC_BEHIND), 0);
    /* What a hub does before it lets go of a pool. */
    rig->shared.due = NULL;
    rig->pool->listed = false;
    pool_free(rig->pool);
    assert_int_equal(rig->shared.rings_bytes, 0);
    assert_int_equal(pool_rig_metric(rig, METRIC_RING_BYTES), 0);
    buffer_release(&rig->shared.scratch);
}

static void broadcast(struct pool_rig *rig, enum event_kind kind, struct slice body, uint64_t seq)
{
    struct event *event = event_new(kind, body, slice_of(NULL, 0));
    event->room = ROOM_LOBBY;
    event->seq = seq;
    pool_broadcast(rig->pool, event);
    event_free(event);
}

void pool_rig_say(struct pool_rig *rig, const void *body, size_t len)
{
    uint64_t seq = rig->pool->head + 1;
    broadcast(rig, EVENT_MESSAGE, slice_of(body, len), seq);
    rig->pool->head = seq;
}

void pool_rig_hint(struct pool_rig *rig, const char *body)
{
    broadcast(rig, EVENT_TYPING, slice_of_string(body), 0);
}

void pool_rig_say_text(struct pool_rig *rig, const char *body)
{
    pool_rig_say(rig, body, strlen(body));
}

void pool_rig_move_to(struct pool_rig *rig, uint64_t pos)
{
    struct wire wire;
    struct lane *lane = &rig->pool->lanes[LANE_TUTORIAL];
    uint8_t filler[512] = {0};
    wire_init(&wire, 1);
    wire_enter(&wire, rig->pool, LANE_TUTORIAL);
    while (lane->ring.end < pos) {
        uint64_t left = pos - lane->ring.end;
        pool_rig_say(rig, filler, left < sizeof(filler) ? (size_t)left : sizeof(filler));
        pool_flush(rig->pool);
    }
    assert_int_equal(lane->ring.end, pos);
    wire_leave(&wire);
    wire_release(&wire);
    wires = (struct wires){0};
}

int64_t pool_rig_metric(const struct pool_rig *rig, enum metric metric)
{
    return (int64_t)metrics_read(&rig->metrics, metric);
}
