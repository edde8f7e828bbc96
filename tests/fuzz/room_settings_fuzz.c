/* The input is the body of a SETTINGS event: what is read of it is within its limits, and written it reads the same. */
#include "fuzz.h"

#include "chat/room_settings.h"
#include "chat/store.h"
#include "chat/welcome.h"

static void check_limits(const struct room_change *change)
{
    ASSERT(change->kind < ROOM_KIND_END && change->kind != ROOM_DIRECT);
    ASSERT(change->slow_ms <= SLOW_MS_MAX);
    ASSERT(change->retention_days <= RETENTION_DAYS_MAX);
    ASSERT(change->has_kind || change->kind == 0);
    ASSERT(change->has_slow || change->slow_ms == 0);
    ASSERT(change->has_retention || change->retention_days == 0);
}

/** Applied, it changes nothing any more. */
static void check_applied(struct room_change change)
{
    struct room_record room = {.kind = ROOM_PRIVATE, .flags = ROOM_FLAG_GUESTS, .slow_ms = 1};
    room_change_reduce(&change, &room);
    room_change_apply(&change, &room);
    ASSERT(!room_change_reduce(&change, &room));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct room_change change, again;
    struct buffer first = {0}, second = {0};
    uint8_t *bytes = fuzz_copy(data, size);
    room_change_read(slice_of(bytes, size), &change);
    check_limits(&change);
    room_change_write(&change, &first);
    room_change_read(buffer_slice(&first), &again);
    room_change_write(&again, &second);
    ASSERT(slice_equals(buffer_slice(&first), buffer_slice(&second)));
    check_applied(change);
    buffer_release(&first);
    buffer_release(&second);
    mem_free(bytes);
    return 0;
}
