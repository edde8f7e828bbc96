#include "chat/scripted_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/memory.h"

struct scripted_store script;

static struct scripted_state *const now = &script.now;

/* Every call is a step. */
int scripted_step(struct store *store)
{
    assert_ptr_equal(store, &script.store);
    script.steps++;
    if (script.fail_at == 0 || script.steps != script.fail_at)
        return OK;
    script.failed = script.open;
    if (script.fail_with == ERR_IO)
        (void)snprintf(script.store.fault, sizeof(script.store.fault), "step %u failed",
                       script.steps);
    return script.fail_with;
}

int scripted_write_step(struct store *store)
{
    assert_true(script.open);
    assert_false(script.failed);
    return scripted_step(store);
}

static struct scripted_text text_of(struct slice bytes)
{
    struct scripted_text text = {0};
    assert_true(bytes.len <= SCRIPTED_TEXT_MAX);
    text.len = (uint16_t)bytes.len;
    if (bytes.len > 0)
        memcpy(text.text, bytes.ptr, bytes.len);
    return text;
}

static bool same_text(const struct scripted_text *text, struct slice bytes)
{
    return slice_equals(slice_of(text->text, text->len), bytes);
}

/* ---- transactions ---- */

static int begin(struct store *store)
{
    assert_false(script.open);
    int result = scripted_step(store);
    if (result != OK)
        return result;
    script.begins++;
    script.open = true;
    script.failed = false;
    script.saved = script.now;
    return OK;
}

static int commit(struct store *store)
{
    int result = scripted_write_step(store);
    if (result != OK)
        return result;
    script.commits++;
    script.open = false;
    return OK;
}

static void rollback(struct store *store)
{
    assert_ptr_equal(store, &script.store);
    if (!script.open)
        return;
    script.rollbacks++;
    script.open = script.failed = false;
    script.now = script.saved;
}

/* ---- rooms ---- */

static size_t find_room(uint64_t id)
{
    size_t i = 0;
    while (i < now->rooms_count && now->rooms[i].id != id)
        i++;
    return i;
}

uint64_t scripted_store_head(uint64_t room)
{
    uint64_t head = 0;
    for (size_t i = 0; i < now->events_count; i++)
        head = now->events[i].room == room ? now->events[i].seq : head;
    return head;
}

static uint64_t messages_up_to(uint64_t room, uint64_t seq)
{
    uint64_t count = 0;
    for (size_t i = 0; i < now->events_count; i++)
        count += now->events[i].room == room && now->events[i].kind == EVENT_MESSAGE &&
                 now->events[i].seq <= seq;
    return count;
}

static int room_get(struct store *store, uint64_t id, struct room_record *ret_room)
{
    int result = scripted_step(store);
    size_t at = find_room(id);
    if (result != OK)
        return result;
    if (at == now->rooms_count)
        return ERR_NOT_FOUND;
    const struct scripted_event *last = scripted_store_event(id, scripted_store_head(id));
    const struct scripted_text *topic = &now->rooms[at].topic;
    *ret_room = (struct room_record){
        .id = id,
        .kind = now->rooms[at].kind,
        .flags = now->rooms[at].flags,
        .slow_ms = now->rooms[at].slow_ms,
        .retention_days = now->rooms[at].retention_days,
        .first_seq = 1,
        .messages = messages_up_to(id, UINT64_MAX),
        .head = last ? last->seq : 0,
        .mid = last ? last->mid : 0,
        .ts_ms = last ? last->ts_ms : 0,
        .name = now->rooms[at].name,
        .folded = now->rooms[at].folded,
        .topic = topic->len > 0 ? mem_copy_string(topic->text, topic->len) : NULL,
    };
    return OK;
}

static int room_by_name(struct store *store, const struct name *folded, uint64_t *ret_id)
{
    int result = scripted_step(store);
    if (result != OK)
        return result;
    for (size_t i = 0; i < now->rooms_count; i++) {
        if (scripted_same_name(&now->rooms[i].folded, folded)) {
            *ret_id = now->rooms[i].id;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

static void put_room(const struct room_record *room)
{
    assert_true(now->rooms_count < SCRIPTED_ROOMS_MAX);
    size_t at = now->rooms_count++;
    now->rooms[at].id = room->id;
    now->rooms[at].kind = room->kind;
    now->rooms[at].flags = room->flags;
    now->rooms[at].slow_ms = room->slow_ms;
    now->rooms[at].retention_days = room->retention_days;
    now->rooms[at].name = room->name;
    now->rooms[at].folded = room->folded;
    now->rooms[at].topic = (struct scripted_text){0};
}

static int room_create(struct store *store, const struct room_record *room)
{
    int result = scripted_write_step(store);
    if (result == OK)
        put_room(room);
    return result;
}

static int room_set_topic(struct store *store, uint64_t room, struct slice topic)
{
    int result = scripted_write_step(store);
    assert_true(find_room(room) < now->rooms_count);
    if (result == OK)
        now->rooms[find_room(room)].topic = text_of(topic);
    return result;
}

static int room_set_name(struct store *store, uint64_t room, const struct name *name,
                         const struct name *folded)
{
    int result = scripted_write_step(store);
    size_t at = find_room(room);
    for (size_t i = 0; result == OK && i < now->rooms_count; i++) {
        if (i != at && scripted_same_name(&now->rooms[i].folded, folded))
            return ERR_EXISTS;
    }
    if (result == OK) {
        now->rooms[at].name = *name;
        now->rooms[at].folded = *folded;
    }
    return result;
}

static int room_set(struct store *store, const struct room_record *room)
{
    int result = scripted_write_step(store);
    size_t at = find_room(room->id);
    assert_true(at < now->rooms_count);
    if (result != OK)
        return result;
    now->rooms[at].kind = room->kind;
    now->rooms[at].flags = room->flags;
    now->rooms[at].slow_ms = room->slow_ms;
    now->rooms[at].retention_days = room->retention_days;
    return OK;
}

static int rooms_with_flag(struct store *store, uint32_t flag,
                           void (*visit)(void *ctx, uint64_t room), void *ctx)
{
    int result = scripted_step(store);
    for (size_t i = 0; result == OK && i < now->rooms_count; i++) {
        if ((now->rooms[i].flags & flag) && !(now->rooms[i].flags & ROOM_FLAG_ARCHIVED))
            visit(ctx, now->rooms[i].id);
    }
    return result;
}

void scripted_store_add_room(uint64_t id, const char *name)
{
    struct room_record room = {.id = id, .flags = ROOM_FLAG_GUESTS};
    room.name.len = (uint8_t)strlen(name);
    memcpy(room.name.text, name, room.name.len);
    name_fold(&room.name, &room.folded);
    put_room(&room);
}

/* ---- the log ---- */

static struct scripted_event *find_event(uint64_t room, uint64_t seq)
{
    for (size_t i = 0; i < now->events_count; i++) {
        if (now->events[i].room == room && now->events[i].seq == seq)
            return &now->events[i];
    }
    return NULL;
}

const struct scripted_event *scripted_store_event(uint64_t room, uint64_t seq)
{
    return find_event(room, seq);
}

static const struct scripted_event *find_cid(uint64_t room, uint64_t author, const uint8_t *cid)
{
    for (size_t i = 0; i < now->events_count; i++) {
        const struct scripted_event *event = &now->events[i];
        if (event->has_cid && event->room == room && event->author == author &&
            memcmp(event->cid, cid, CID_BYTES) == 0)
            return event;
    }
    return NULL;
}

static int kept_by_cid(struct store *store, uint64_t room, uint64_t author,
                       const uint8_t cid[CID_BYTES], struct kept_record *ret_kept)
{
    int result = scripted_step(store);
    const struct scripted_event *event = find_cid(room, author, cid);
    if (result != OK)
        return result;
    if (!event)
        return ERR_NOT_FOUND;
    *ret_kept = (struct kept_record){event->seq, event->mid, event->ts_ms, event->digest};
    return OK;
}

static int append(struct store *store, const struct event *event, uint64_t digest)
{
    int result = scripted_write_step(store);
    bool changes = event->kind == EVENT_EDIT || event->kind == EVENT_DELETE;
    if (result != OK)
        return result;
    assert_true(event_kind_is_kept(event->kind));
    assert_true(event->person != 0 && event->mid != 0 && digest != 0);
    assert_true(find_room(event->room) < now->rooms_count);
    if (event->has_cid && find_cid(event->room, event->person, event->cid))
        return ERR_EXISTS;
    assert_int_equal(event->seq, scripted_store_head(event->room) + 1);
    assert_true(now->events_count < SCRIPTED_EVENTS_MAX);
    struct scripted_event *kept = &now->events[now->events_count++];
    *kept = (struct scripted_event){
        .room = event->room,
        .seq = event->seq,
        .mid = event->mid,
        .ts_ms = event->ts_ms,
        .author = event->person,
        .target = event->target,
        .reply_to = event->reply_to,
        .digest = digest,
        .kind = event->kind,
        .visitor = event->visitor,
        .has_cid = event->has_cid,
        .text = text_of(changes ? slice_of(NULL, 0) : event->message.body),
    };
    memcpy(kept->cid, event->cid, CID_BYTES);
    script.appends++;
    return OK;
}

static int message_get(struct store *store, uint64_t room, uint64_t seq,
                       struct message_record *ret_message)
{
    int result = scripted_step(store);
    const struct scripted_event *event = find_event(room, seq);
    if (result != OK)
        return result;
    if (!event || event->kind != EVENT_MESSAGE)
        return ERR_NOT_FOUND;
    *ret_message = (struct message_record){.author = event->author, .deleted = event->deleted};
    for (size_t i = 0; i < now->files_count; i++)
        ret_message->has_files |= now->files[i].room == room && now->files[i].seq == seq;
    return OK;
}

static void erase_digests(struct scripted_event *message)
{
    message->digest = 0;
    for (size_t i = 0; i < now->events_count; i++) {
        struct scripted_event *event = &now->events[i];
        if (event->room == message->room && event->kind == EVENT_EDIT &&
            event->target == message->seq)
            event->digest = 0;
    }
}

static int message_set_text(struct store *store, uint64_t room, uint64_t seq, struct slice text,
                            uint64_t edited_ms)
{
    int result = scripted_write_step(store);
    struct scripted_event *message = find_event(room, seq);
    assert_true(message && message->kind == EVENT_MESSAGE && !message->deleted);
    if (result != OK)
        return result;
    message->text = text_of(text);
    message->edited_ms = edited_ms;
    erase_digests(message);
    return OK;
}

static int pin_step(uint64_t room, uint64_t seq, bool on, unsigned pins_max)
{
    unsigned count = 0;
    for (size_t i = 0; i < now->pins_count; i++) {
        count += now->pins[i].room == room;
        if (now->pins[i].room != room || now->pins[i].seq != seq)
            continue;
        if (!on)
            now->pins[i] = now->pins[--now->pins_count];
        return on ? ERR_EXISTS : OK;
    }
    if (!on)
        return ERR_NOT_FOUND;
    if (count >= pins_max)
        return ERR_LIMIT;
    assert_true(now->pins_count < SCRIPTED_PINS_MAX);
    now->pins[now->pins_count].room = room;
    now->pins[now->pins_count++].seq = seq;
    return OK;
}

static int message_erase(struct store *store, uint64_t room, uint64_t seq)
{
    int result = scripted_write_step(store);
    struct scripted_event *message = find_event(room, seq);
    assert_true(message && message->kind == EVENT_MESSAGE && !message->deleted);
    if (result != OK)
        return result;
    message->text = (struct scripted_text){0};
    message->deleted = true;
    erase_digests(message);
    for (size_t i = now->reactions_count; i-- > 0;) {
        if (now->reactions[i].room == room && now->reactions[i].seq == seq)
            now->reactions[i] = now->reactions[--now->reactions_count];
    }
    (void)pin_step(room, seq, false, 0);
    return OK;
}

/* Whether an emoji is the first of its kind on its message. */
static bool is_first_of_kind(size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (now->reactions[i].room == now->reactions[at].room &&
            now->reactions[i].seq == now->reactions[at].seq &&
            same_text(&now->reactions[i].emoji,
                      slice_of(now->reactions[at].emoji.text, now->reactions[at].emoji.len)))
            return false;
    }
    return true;
}

static int reaction_set(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        struct slice emoji, bool on, unsigned kinds_max)
{
    int result = scripted_write_step(store);
    unsigned kinds = 0;
    bool known = false;
    if (result != OK)
        return result;
    for (size_t i = 0; i < now->reactions_count; i++) {
        if (now->reactions[i].room != room || now->reactions[i].seq != seq)
            continue;
        kinds += is_first_of_kind(i);
        bool same = same_text(&now->reactions[i].emoji, emoji);
        known |= same;
        if (!same || now->reactions[i].person != person)
            continue;
        if (!on)
            now->reactions[i] = now->reactions[--now->reactions_count];
        return on ? ERR_EXISTS : OK;
    }
    if (!on)
        return ERR_NOT_FOUND;
    if (!known && kinds >= kinds_max)
        return ERR_LIMIT;
    assert_true(now->reactions_count < SCRIPTED_REACTIONS_MAX);
    size_t at = now->reactions_count++;
    now->reactions[at].room = room;
    now->reactions[at].seq = seq;
    now->reactions[at].person = person;
    now->reactions[at].emoji = text_of(emoji);
    return OK;
}

static int pin_set(struct store *store, uint64_t room, uint64_t seq, bool on, unsigned pins_max)
{
    int result = scripted_write_step(store);
    return result == OK ? pin_step(room, seq, on, pins_max) : result;
}

static int mention(struct store *store, uint64_t room, uint64_t seq,
                   const struct people_list *people, bool all)
{
    int result = scripted_write_step(store);
    uint32_t count = people ? people->count : 0;
    for (uint32_t i = 0; result == OK && i < count + all; i++) {
        assert_true(now->mentions_count < SCRIPTED_MENTIONS_MAX);
        size_t at = now->mentions_count++;
        now->mentions[at].room = room;
        now->mentions[at].seq = seq;
        now->mentions[at].person = i < count ? people->ids[i] : 0;
    }
    return result;
}

static int files_attach(struct store *store, uint64_t room, uint64_t seq, uint64_t person,
                        const struct file_list *wanted, struct file_list **ret_files)
{
    int result = scripted_write_step(store);
    for (uint32_t i = 0; result == OK && i < wanted->count; i++) {
        size_t at = 0;
        while (at < now->files_count && now->files[at].id != wanted->list[i].id)
            at++;
        if (at == now->files_count || now->files[at].person != person || now->files[at].seq != 0)
            return ERR_NOT_FOUND;
        now->files[at].room = room;
        now->files[at].seq = seq;
    }
    if (result == OK)
        *ret_files = file_list_new(wanted->list, wanted->count);
    return result;
}

static int messages_up_to_step(struct store *store, uint64_t room, uint64_t seq,
                               uint64_t *ret_count)
{
    int result = scripted_step(store);
    if (result == OK)
        *ret_count = messages_up_to(room, seq);
    return result;
}

static int rest(struct store *store, uint64_t now_mono_ms)
{
    (void)now_mono_ms;
    assert_false(script.open);
    return scripted_step(store);
}

static void close_store(struct store *store)
{
    (void)store;
}

static const struct store_ops ops = {
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .room_get = room_get,
    .room_by_name = room_by_name,
    .room_create = room_create,
    .room_set_topic = room_set_topic,
    .room_set_name = room_set_name,
    .room_set = room_set,
    .rooms_with_flag = rooms_with_flag,
    .people_of = scripted_people_of,
    .mention = mention,
    .files_attach = files_attach,
    .messages_up_to = messages_up_to_step,
    .member_get = scripted_member_get,
    .member_set_host = scripted_member_set_host,
    .member_set_level = scripted_member_set_level,
    .mentions_behind = scripted_mentions_behind,
    .person_get = scripted_person_get,
    .kept_by_cid = kept_by_cid,
    .append = append,
    .message_get = message_get,
    .message_set_text = message_set_text,
    .message_erase = message_erase,
    .reaction_set = reaction_set,
    .pin_set = pin_set,
    .member_set = scripted_member_set,
    .read_set = scripted_read_set,
    .rooms_of = scripted_rooms_of,
    .person_by_session = scripted_person_by_session,
    .person_by_name = scripted_person_by_name,
    .person_create = scripted_person_create,
    .session_create = scripted_session_create,
    .person_update = scripted_person_update,
    .rest = rest,
    .close = close_store,
};

struct store *scripted_store_init(void)
{
    memset(&script, 0, sizeof(script));
    script.store.ops = &ops;
    scripted_store_add_room(ROOM_LOBBY, ROOM_LOBBY_NAME);
    return &script.store;
}

void scripted_store_fail(unsigned after, int result)
{
    script.fail_at = script.steps + 1 + after;
    script.fail_with = result;
}
