/*
 * Mode audit: a fresh guest joins the rooms of an earlier run and says hello again with cursors at
 * the beginning, so that it is told all that these rooms hold. Each acknowledged post must be
 * there, once, with the seq and mid that were promised, and no seq may be left out. The server must
 * be willing to tell so much at once (--replay-max).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "webload.h"

static uint32_t ready_count, joined_count;

static void upgraded(struct web *w, struct client *c)
{
    talk_hello(w, c);
}

static void ready(struct web *w, struct client *c)
{
    (void)w;
    (void)c;
    ready_count++;
}

static void reply(struct web *w, struct client *c, struct text id, struct text text)
{
    (void)w;
    (void)id;
    talk_expect_ok(c, text);
    joined_count++;
}

/* Its own joining is the newest event of each room; it is here before the rooms are told anew. */
static bool has_joined(const struct web *w, struct client *c)
{
    if (joined_count + 1 < w->room_count)
        return false;
    for (uint32_t room = 0; room + 1 < w->room_count; room++) {
        const struct place *place = talk_place(c, room);
        if (place == NULL || place->seq == place->head)
            return false;
    }
    return true;
}

void mode_audit(struct web *w)
{
    static const struct web_mode mode = {upgraded, reply, ready};
    struct client *c = &w->clients[0];
    w->mode = &mode;
    log_load(w);
    client_begin(w, c);
    while (ready_count < 1)
        web_turn(w, 100000000);
    for (uint32_t room = 0; room + 1 < w->room_count; room++)
        talk_join(w, c, room);
    while (!has_joined(w, c))
        web_turn(w, 100000000);

    uint64_t events = w->events;
    for (uint32_t i = 0; i < c->place_count; i++)
        c->places[i].seq = 0;
    talk_hello(w, c);
    while (ready_count < 2)
        web_turn(w, 100000000);
    log_check(w);
    printf("{\"ok\":true,\"mode\":\"audit\",\"audited\":%" PRIu32 ",\"events\":%" PRIu64 "}\n",
           w->acked, w->events - events);
}
