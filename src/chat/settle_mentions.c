/*
 * Whom a message means: @name of somebody in the room, @here for all who are here now, @room for everybody in it.
 * A name may have spaces in it, so what stands behind an @ is tried from the longest to the shortest.
 */

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/name.h"
#include "chat/settle_ask.h"

enum {
    LOOKUPS_MAX = 60, /* of names, for one message */
    WORDS_MAX = 5,    /* of a name behind an @ */
    HERE_MAX = 200,   /* people whom @here names; beyond it means everybody in the room */
};

struct mentions {
    const struct ask *ask;
    bool all, here;
    unsigned lookups;
    uint32_t count;
    uint64_t ids[MESSAGE_MENTIONS_MAX];
};

/* U+2000 to U+203F, all that begins with the bytes e2 80: dashes, quotation marks, dots and the apostrophe that phones write.
 * The text is valid UTF-8, where each of the two stands in its own place. */
static bool is_mark(struct slice text, size_t at)
{
    const uint8_t *c = text.ptr + at;
    if (c[0] == 0xe2)
        return at + 1 < text.len && c[1] == 0x80;
    return (at >= 1 && c[-1] == 0xe2 && c[0] == 0x80) ||
           (at >= 2 && c[-2] == 0xe2 && c[-1] == 0x80);
}

/* Other bytes of UTF-8 beyond ASCII count as letters. */
static bool is_word(struct slice text, size_t at)
{
    uint8_t c = text.ptr[at];
    if (c >= 0x80)
        return !is_mark(text, at);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Whether the word stands at the beginning of the text, and ends there. */
static bool begins_with(struct slice text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.ptr, word, len) == 0 &&
           (text.len == len || !is_word(text, len));
}

/* Notes the person of this name if there is one in the room. Returns OK when there was, ERR_NOT_FOUND when not. */
static int try_name(struct mentions *mentions, struct slice typed)
{
    const struct ask *ask = mentions->ask;
    struct store *store = ask->sequencer->store;
    struct person_record person;
    struct seat_record seat;
    struct name name, folded;
    if (name_make(typed, &name) != OK)
        return ERR_NOT_FOUND;
    name_fold(&name, &folded);
    mentions->lookups++;
    int result = settle_step(ask->sequencer, store->ops->person_by_name(store, &folded, &person));
    if (result == OK)
        result = settle_step(ask->sequencer,
                             store->ops->member_get(store, ask->room->id, person.id, &seat));
    if (result != OK)
        return result;
    for (uint32_t i = 0; i < mentions->count; i++) {
        if (mentions->ids[i] == person.id)
            return OK;
    }
    if (mentions->count < MESSAGE_MENTIONS_MAX)
        mentions->ids[mentions->count++] = person.id;
    return OK;
}

/* Where a name that begins here may end: behind a word, up to WORDS_MAX of them. Returns how many there are. */
static unsigned find_ends(struct slice text, size_t ends[WORDS_MAX])
{
    unsigned count = 0;
    size_t at = 0;
    size_t len = text.len < NAME_BYTES_MAX ? text.len : NAME_BYTES_MAX;
    while (at < len && count < WORDS_MAX && text.ptr[at] != '\n' && text.ptr[at] != '@') {
        bool inside = is_word(text, at);
        at++;
        if (inside && (at == text.len || !is_word(text, at)))
            ends[count++] = at;
    }
    return count;
}

static int look_behind_at(struct mentions *mentions, struct slice text)
{
    size_t ends[WORDS_MAX];
    if (begins_with(text, "room"))
        mentions->all = true;
    if (begins_with(text, "here"))
        mentions->here = true;
    unsigned count = find_ends(text, ends);
    int result = ERR_NOT_FOUND;
    while (count-- > 0 && result == ERR_NOT_FOUND && mentions->lookups < LOOKUPS_MAX)
        result = try_name(mentions, slice_of(text.ptr, ends[count]));
    return result == ERR_NOT_FOUND ? OK : result;
}

static void name_all_here(const struct room *room, struct people_list **ret_list)
{
    struct people_list *list = people_list_new(room->here_count);
    for (uint32_t i = 0; i < room->here_count; i++)
        list->ids[i] = room->here[i]->id;
    *ret_list = list;
}

/* @room and @here are plain text where one may not. */
static void check_all(struct mentions *mentions)
{
    const struct ask *ask = mentions->ask;
    struct may_query query;
    ask_query(ask, &query);
    if (may(ACTION_MENTION_ALL, &query) != OK)
        mentions->all = mentions->here = false;
    if (mentions->here && ask->room->here_count > HERE_MAX)
        mentions->all = true;
}

int ask_note_mentions(const struct ask *ask)
{
    struct store *store = ask->sequencer->store;
    struct event *event = ask->event;
    struct slice text = event->message.body;
    struct mentions mentions = {.ask = ask};
    for (size_t at = 0; at < text.len; at++) {
        const uint8_t *found = memchr(text.ptr + at, '@', text.len - at);
        if (!found)
            break;
        at = (size_t)(found - text.ptr);
        if (at > 0 && is_word(text, at - 1))
            continue;
        int result = look_behind_at(&mentions, slice_of(found + 1, text.len - at - 1));
        if (result != OK)
            return result;
    }
    if (mentions.all || mentions.here)
        check_all(&mentions);
    event->mentions_all = mentions.all;
    if (mentions.here && !mentions.all) {
        name_all_here(ask->room, &event->people_ids);
    } else if (mentions.count > 0) {
        event->people_ids = people_list_new(mentions.count);
        memcpy(event->people_ids->ids, mentions.ids, mentions.count * sizeof(mentions.ids[0]));
    }
    if (!event->people_ids && !event->mentions_all)
        return OK;
    int result = store->ops->mention(store, ask->room->id, ask->room->head.seq + 1,
                                     event->people_ids, event->mentions_all);
    return settle_step(ask->sequencer, result);
}
