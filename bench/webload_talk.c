/*
 * What all modes say and hear alike. Rooms are known by their names, which this run made up; the
 * server's ids are learned from what it says.
 *
 * Commands have ids that say what they are: h hello, c<room> create, j<room> join, p<post> post.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "webload.h"

struct place *talk_place(struct client *c, uint32_t room)
{
    for (uint32_t i = 0; i < c->place_count; i++)
        if (c->places[i].room == room)
            return &c->places[i];
    return NULL;
}

static struct place *place_of_id(struct web *w, struct client *c, struct text id)
{
    for (uint32_t i = 0; i < c->place_count; i++)
        if (text_is(id, w->rooms[c->places[i].room].id))
            return &c->places[i];
    return NULL;
}

static struct place *place_add(struct client *c, uint32_t room, uint64_t seq)
{
    if (c->place_count == c->place_cap) {
        c->place_cap = c->place_cap == 0 ? 4 : 2 * c->place_cap;
        c->places = realloc(c->places, c->place_cap * sizeof *c->places);
        if (c->places == NULL)
            die("no memory");
    }
    c->places[c->place_count] = (struct place){.room = room, .seq = seq, .head = seq};
    return &c->places[c->place_count++];
}

static void copy_text(char *to, size_t cap, struct text text)
{
    if (text.len >= cap)
        die("longer than expected: %.*s", (int)text.len, text.at);
    memcpy(to, text.at, text.len);
    to[text.len] = '\0';
}

void talk_expect_ok(struct client *c, struct text reply)
{
    if (!json_is(reply, "ok", "true"))
        die("%s was answered: %.*s", c->person[0] != '\0' ? c->person : "a client", (int)reply.len,
            reply.at);
}

/* ---- saying ---- */

void talk_hello(struct web *w, struct client *c)
{
    char *text = malloc(COMMAND_BYTES_MAX);
    if (text == NULL)
        die("no memory");
    int len = snprintf(text, COMMAND_BYTES_MAX, "{\"op\":\"hello\",\"id\":\"h\",\"active\":true");
    if (c->token[0] != '\0')
        len += snprintf(text + len, COMMAND_BYTES_MAX - (size_t)len, ",\"token\":\"%s\"", c->token);
    len += snprintf(text + len, COMMAND_BYTES_MAX - (size_t)len, ",\"cursors\":{");
    for (uint32_t i = 0; i < c->place_count; i++) {
        const struct place *place = &c->places[i];
        const struct room *room = &w->rooms[place->room];
        if (len > COMMAND_BYTES_MAX - 200)
            die("too many rooms for one hello");
        len += snprintf(text + len, COMMAND_BYTES_MAX - (size_t)len, "%s\"%s\":{\"seq\":%" PRIu64,
                        i == 0 ? "" : ",", room->id, place->seq);
        if (place->seq != 0 && place->seq == room->base)
            len += snprintf(text + len, COMMAND_BYTES_MAX - (size_t)len, ",\"mid\":\"%" PRIu64 "\"",
                            room->base_mid);
        len += snprintf(text + len, COMMAND_BYTES_MAX - (size_t)len, "}");
    }
    len += snprintf(text + len, COMMAND_BYTES_MAX - (size_t)len, "}}");
    client_say(w, c, text, (size_t)len);
    free(text);
}

/* A cid that this run uses once, apart from those of posts. */
static void other_cid(struct web *w, char ret_cid[CID_TEXT_BYTES])
{
    static uint32_t count;
    log_cid(w, 0x80000000u + count++, ret_cid);
}

void talk_create(struct web *w, struct client *c, uint32_t room)
{
    char text[256], cid[CID_TEXT_BYTES];
    other_cid(w, cid);
    int len =
        snprintf(text, sizeof text,
                 "{\"op\":\"create\",\"id\":\"c%" PRIu32 "\",\"cid\":\"%s\",\"name\":\"b%08" PRIx32
                 " %" PRIu32 "\",\"kind\":\"public\"}",
                 room, cid, (uint32_t)w->tag, room);
    client_say(w, c, text, (size_t)len);
}

void talk_join(struct web *w, struct client *c, uint32_t room)
{
    char text[256], cid[CID_TEXT_BYTES];
    other_cid(w, cid);
    int len = snprintf(text, sizeof text,
                       "{\"op\":\"join\",\"id\":\"j%" PRIu32 "\",\"room\":\"%s\",\"cid\":\"%s\"}",
                       room, w->rooms[room].id, cid);
    client_say(w, c, text, (size_t)len);
}

void talk_post(struct web *w, struct client *c, uint32_t room, uint64_t planned_ns)
{
    static char text[COMMAND_BYTES_MAX];
    char cid[CID_TEXT_BYTES];
    uint32_t post = log_post(w, (uint32_t)(c - w->clients), room, planned_ns);
    log_cid(w, post, cid);
    int len = snprintf(text, sizeof text,
                       "{\"op\":\"post\",\"id\":\"p%" PRIu32
                       "\",\"room\":\"%s\",\"cid\":\"%s\",\"text\":\"",
                       post, w->rooms[room].id, cid);
    log_text(w, post, text + len);
    len += (int)w->opts.size;
    memcpy(text + len, "\"}", 2);
    client_say(w, c, text, (size_t)len + 2);
}

/* ---- hearing ---- */

/* Which of this run's rooms a description is of; room_count when it is none of them. */
static uint32_t room_of_info(struct web *w, struct text info)
{
    struct text id, name;
    if (!json_string(info, "id", &id) || !json_string(info, "name", &name))
        die("a room without id or name: %.*s", (int)info.len, info.at);
    uint32_t room = w->room_count - 1; /* the lobby */
    if (!text_is(id, "lobby")) {
        char text[64];
        uint32_t tag;
        if (name.len >= sizeof text)
            return w->room_count;
        copy_text(text, sizeof text, name);
        if (sscanf(text, "b%8" SCNx32 " %" SCNu32, &tag, &room) != 2 || tag != (uint32_t)w->tag ||
            room >= w->room_count - 1)
            return w->room_count;
    }
    struct room *r = &w->rooms[room];
    if (r->id[0] == '\0')
        copy_text(r->id, sizeof r->id, id);
    else if (!text_is(id, r->id))
        die("room %" PRIu32 " has two ids: %s and %.*s", room, r->id, (int)id.len, id.at);
    return room;
}

static uint64_t head_of_info(struct text info)
{
    uint64_t head;
    if (!json_number(info, "head", &head))
        die("a room without a head: %.*s", (int)info.len, info.at);
    return head;
}

static void hello_answered(struct web *w, struct client *c, struct text reply)
{
    struct text you, id, token, rest, info;
    talk_expect_ok(c, reply);
    if (!json_get(reply, "you", &you) || !json_string(you, "id", &id) ||
        !json_get(reply, "rooms", &rest))
        die("hello was answered without you or rooms: %.*s", (int)reply.len, reply.at);
    if (c->person[0] != '\0' && !text_is(id, c->person))
        die("%s came back and is somebody else: %.*s", c->person, (int)id.len, id.at);
    copy_text(c->person, sizeof c->person, id);
    if (json_string(reply, "token", &token))
        copy_text(c->token, sizeof c->token, token);
    else if (c->token[0] == '\0')
        die("hello was answered without a token: %.*s", (int)reply.len, reply.at);
    while (json_next(&rest, &info)) {
        uint32_t room = room_of_info(w, info);
        if (room == w->room_count)
            continue;
        uint64_t head = head_of_info(info);
        struct place *place = talk_place(c, room);
        if (place == NULL)
            place = place_add(c, room, head); /* without a cursor it is followed from its head */
        place->head = head;
        struct room *r = &w->rooms[room];
        if (head >= r->head) {
            r->head = head;
            if (!json_number(info, "mid", &r->mid))
                die("a room without a mid: %.*s", (int)info.len, info.at);
        }
    }
}

static void now_ready(struct web *w, struct client *c)
{
    for (uint32_t i = 0; i < c->place_count; i++) {
        const struct place *place = &c->places[i];
        if (place->seq < place->head)
            die("%s was told that all is there, but has %" PRIu64 " of %" PRIu64
                " events of room %" PRIu32,
                c->person, place->seq, place->head, place->room);
    }
    c->ready = true;
    w->mode->ready(w, c);
}

static void passing_event(struct web *w, struct client *c, struct text kind, struct text event)
{
    struct text info;
    if (text_is(kind, "ready")) {
        now_ready(w, c);
    } else if (text_is(kind, "room")) {
        if (!json_get(event, "info", &info))
            die("a room without info: %.*s", (int)event.len, event.at);
        uint32_t room = room_of_info(w, info);
        if (room != w->room_count && talk_place(c, room) == NULL)
            place_add(c, room, head_of_info(info));
    } else if (text_is(kind, "reset") || text_is(kind, "gone") || text_is(kind, "goodbye")) {
        die("%s was told: %.*s", c->person, (int)event.len, event.at);
    } else {
        w->passing++;
    }
}

static bool is_kept(struct text kind)
{
    static const char *const passing[] = {"presence", "here",    "typing", "heartbeat",
                                          "read",     "renamed", "ready",  "room",
                                          "reset",    "gone",    "goodbye"};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (text_is(kind, passing[i]))
            return false;
    return true;
}

/*
 * The fast way for what comes most often, a message that another client has shown already, in the
 * usual order of its keys. All else goes the slow way, also when it is wrong.
 */
static bool heard_before(struct web *w, struct client *c, struct text frame)
{
    static const char before[] = "{\"ev\":\"message\",\"room\":\"", between[] = "\",\"seq\":";
    const size_t before_len = sizeof before - 1, between_len = sizeof between - 1;
    const char *p = frame.at + before_len, *end = frame.at + frame.len;
    if (frame.len < before_len || memcmp(frame.at, before, before_len) != 0)
        return false;
    const char *quote = memchr(p, '"', (size_t)(end - p));
    if (quote == NULL || (size_t)(end - quote) < between_len + 1 ||
        memcmp(quote, between, between_len) != 0)
        return false;
    struct place *place = place_of_id(w, c, (struct text){p, (size_t)(quote - p)});
    if (place == NULL)
        return false;
    uint64_t seq = 0;
    for (p = quote + between_len; p < end && *p >= '0' && *p <= '9'; p++)
        seq = 10 * seq + (uint64_t)(*p - '0');
    return log_again(w, place, seq, frame);
}

void talk_hear(struct web *w, struct client *c, struct text frame)
{
    struct text word, id;
    if (heard_before(w, c, frame))
        return;
    if (json_string(frame, "ev", &word)) {
        if (!is_kept(word)) {
            passing_event(w, c, word, frame);
            return;
        }
        if (!json_string(frame, "room", &id))
            die("an event without a room: %.*s", (int)frame.len, frame.at);
        struct place *place = place_of_id(w, c, id);
        if (place != NULL)
            log_event(w, place, c->person, frame);
        return;
    }
    if (!json_string(frame, "re", &word))
        die("neither a reply nor an event: %.*s", (int)frame.len, frame.at);
    if (text_is(word, "h"))
        hello_answered(w, c, frame);
    else
        w->mode->reply(w, c, word, frame);
}
