/*
 * The log of each room as the first client saw it, against which all others are compared, and the
 * posts with what the server promised for each.
 *
 * The text of a post begins with its number and its cid follows from that number, so an event says
 * by itself which post it is, and what it must look like.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "webload.h"

enum { NUMBER_DIGITS = 8 };

void log_init(struct web *w, uint32_t rooms, uint32_t authors)
{
    w->room_count = rooms;
    w->rooms = calloc(rooms, sizeof *w->rooms);
    w->author_count = authors;
    if (w->rooms == NULL)
        die("no memory");
}

/* ---- posts ---- */

uint32_t log_post(struct web *w, uint32_t client, uint32_t room, uint64_t planned_ns)
{
    uint32_t post = w->post_count++;
    w->posts = grow(w->posts, &w->posts_bytes, w->post_count * sizeof *w->posts);
    w->posts[post] = (struct post){.planned_ns = planned_ns, .client = client, .room = room};
    return post;
}

/* The finalizer of SplitMix64: cids must be as random to an index as those of real clients. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

void log_cid(const struct web *w, uint32_t post, char ret_cid[CID_TEXT_BYTES])
{
    uint64_t high = mix(w->tag + post), low = mix(high ^ w->tag);
    snprintf(ret_cid, CID_TEXT_BYTES, "%016" PRIx64 "%016" PRIx64, high, low);
}

void log_text(const struct web *w, uint32_t post, char *ret_text)
{
    snprintf(ret_text, NUMBER_DIGITS + 1, "%08" PRIx32, post);
    for (uint32_t i = NUMBER_DIGITS; i < w->opts.size; i++)
        ret_text[i] = i % 6 == 2 ? ' ' : (char)('a' + (i * 7 + post) % 26);
    ret_text[w->opts.size] = '\0';
}

static bool post_of_text(const struct web *w, struct text text, uint32_t *ret_post)
{
    if (text.len != w->opts.size)
        return false;
    uint32_t post = 0;
    for (size_t i = 0; i < NUMBER_DIGITS; i++) {
        const char *digit = memchr("0123456789abcdef", text.at[i], 16);
        if (digit == NULL)
            return false;
        post = post << 4 | (uint32_t)(digit - "0123456789abcdef");
    }
    *ret_post = post;
    return post < w->post_count;
}

void log_ack(struct web *w, uint32_t post, struct text reply)
{
    struct post *p = &w->posts[post];
    uint64_t seq, mid;
    if (p->seq != 0)
        die("post %" PRIu32 " was acknowledged twice", post);
    if (!json_number(reply, "seq", &seq) || !json_number(reply, "mid", &mid) || seq == 0)
        die("an acknowledgement without seq or mid: %.*s", (int)reply.len, reply.at);
    struct text room;
    if (!json_string(reply, "room", &room) || !text_is(room, w->rooms[p->room].id))
        die("post %" PRIu32 " was acknowledged for another room", post);
    if (!json_is(reply, "dup", "false"))
        die("post %" PRIu32 " was sent once and is said to be a duplicate", post);
    p->seq = seq;
    p->mid = mid;
    w->acked++;
}

/* ---- events ---- */

/* Not for enemies. Eight bytes at a time: every event to every client comes through here. */
static uint64_t hash_of(struct text text)
{
    uint64_t hash = text.len * UINT64_C(0x9e3779b97f4a7c15);
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.at + i, 8);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 29;
    }
    for (; i < text.len; i++)
        hash = (hash ^ (uint8_t)text.at[i]) * UINT64_C(0x100000001b3);
    return hash | 1;
}

/* The first sight of a message: which post is it, and is it as it was posted? */
static uint32_t recognize(struct web *w, uint32_t room, uint64_t seq, struct text event)
{
    struct text text, cid;
    char expected[CID_TEXT_BYTES];
    uint32_t post;
    if (!json_is(event, "ev", "\"message\"") || !json_string(event, "cid", &cid) ||
        !json_string(event, "text", &text) || !post_of_text(w, text, &post))
        return NO_POST;
    log_cid(w, post, expected);
    if (!text_is(cid, expected))
        return NO_POST;
    static char whole[COMMAND_BYTES_MAX];
    log_text(w, post, whole);
    if (!text_is(text, whole))
        die("damaged: post %" PRIu32 " came with another text", post);

    struct post *p = &w->posts[post];
    if (p->room != room)
        die("post %" PRIu32 " came in another room", post);
    if (p->seen_seq != 0)
        die("doubled: post %" PRIu32 " stands at %" PRIu64 " and at %" PRIu64, post, p->seen_seq,
            seq);
    p->seen_seq = seq;
    return post;
}

bool log_again(struct web *w, struct place *place, uint64_t seq, struct text event)
{
    const struct room *room = &w->rooms[place->room];
    if (seq != place->seq + 1 || seq > room->seen || room->log[seq - 1].hash != hash_of(event))
        return false;
    place->seq = seq;
    w->events++;
    return true;
}

void log_event(struct web *w, struct place *place, const char *who, struct text event)
{
    struct room *room = &w->rooms[place->room];
    uint64_t seq, mid;
    if (!json_number(event, "seq", &seq) || seq != place->seq + 1)
        die("gap: %s has %" PRIu64 " of room %" PRIu32 ", and then comes %.*s", who, place->seq,
            place->room, (int)event.len, event.at);
    place->seq = seq;
    w->events++;

    size_t before = room->log_bytes / sizeof *room->log;
    room->log = grow(room->log, &room->log_bytes, seq * sizeof *room->log);
    size_t now = room->log_bytes / sizeof *room->log;
    memset(room->log + before, 0, (now - before) * sizeof *room->log);
    struct entry *entry = &room->log[seq - 1];
    uint64_t hash = hash_of(event);
    if (entry->hash == hash)
        return;
    if (!json_number(event, "mid", &mid) || mid == 0)
        die("an event without a mid: %.*s", (int)event.len, event.at);
    if (entry->hash != 0)
        die("%s has another event at %" PRIu64 " of room %" PRIu32 " than the others: %.*s", who,
            seq, place->room, (int)event.len, event.at);
    *entry = (struct entry){hash, mid, recognize(w, place->room, seq, event)};
    if (seq > room->seen)
        room->seen = seq;
}

/* In each room, each author's posts stand in the order in which they were said. */
static void check_order(const struct web *w)
{
    struct last {
        uint32_t room, post;
    } *last = calloc(w->author_count, sizeof *last);
    if (last == NULL)
        die("no memory");
    for (uint32_t i = 0; i < w->room_count; i++) {
        const struct room *room = &w->rooms[i];
        for (uint64_t seq = 1; seq <= room->seen; seq++) {
            uint32_t post = room->log[seq - 1].post;
            if (room->log[seq - 1].hash == 0 || post == NO_POST)
                continue;
            struct last *of_author = &last[w->posts[post].client];
            if (of_author->room == i + 1 && of_author->post >= post)
                die("order: post %" PRIu32 " comes after its author's post %" PRIu32, post,
                    of_author->post);
            *of_author = (struct last){i + 1, post};
        }
    }
    free(last);
}

void log_check(const struct web *w)
{
    check_order(w);
    for (uint32_t i = 0; i < w->post_count; i++) {
        const struct post *p = &w->posts[i];
        if (p->seq == 0)
            continue;
        if (p->seen_seq == 0)
            die("missing: post %" PRIu32 " was acknowledged as %" PRIu64 " of room %" PRIu32
                " and is not there",
                i, p->seq, p->room);
        if (p->seen_seq != p->seq)
            die("post %" PRIu32 " was acknowledged as %" PRIu64 " and stands at %" PRIu64, i,
                p->seq, p->seen_seq);
        if (w->rooms[p->room].log[p->seq - 1].mid != p->mid)
            die("post %" PRIu32 " was acknowledged with another mid than it has", i);
    }
}

/* ---- the file of what was promised ---- */

void log_save(const struct web *w)
{
    FILE *f = fopen(w->opts.acks, "w");
    if (f == NULL)
        die("cannot write %s", w->opts.acks);
    fprintf(f, "%" PRIu64 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", w->tag,
            w->opts.size, w->room_count, w->author_count, w->post_count);
    for (uint32_t i = 0; i < w->room_count; i++)
        fprintf(f, "%s\n", w->rooms[i].id[0] != '\0' ? w->rooms[i].id : "-");
    for (uint32_t i = 0; i < w->post_count; i++) {
        const struct post *p = &w->posts[i];
        fprintf(f, "%" PRIu32 " %" PRIu32 " %" PRIu64 " %" PRIu64 "\n", p->client, p->room, p->seq,
                p->mid);
    }
    if (fclose(f) != 0)
        die("cannot write %s", w->opts.acks);
}

void log_load(struct web *w)
{
    FILE *f = fopen(w->opts.acks, "r");
    uint32_t rooms, authors, posts;
    if (f == NULL || fscanf(f, "%" SCNu64 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32, &w->tag,
                            &w->opts.size, &rooms, &authors, &posts) != 5)
        die("cannot read %s", w->opts.acks);
    log_init(w, rooms, authors);
    for (uint32_t i = 0; i < rooms; i++)
        if (fscanf(f, "%64s", w->rooms[i].id) != 1)
            die("%s ends early", w->opts.acks);
    for (uint32_t i = 0; i < posts; i++) {
        struct post p = {0};
        if (fscanf(f, "%" SCNu32 " %" SCNu32 " %" SCNu64 " %" SCNu64, &p.client, &p.room, &p.seq,
                   &p.mid) != 4 ||
            p.client >= authors || p.room >= rooms)
            die("%s ends early", w->opts.acks);
        uint32_t post = log_post(w, p.client, p.room, 0);
        w->posts[post] = p;
        w->acked += p.seq != 0;
    }
    fclose(f);
}
