/*
 * Mode audit: a fresh guest joins the rooms of an earlier run and pages through all that they hold.
 * Each acknowledged post must be there, once, with the seq and mid that were promised, and no seq
 * may be left out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "webload.h"

enum { PAGE_EVENTS = 100 };

struct audit {
    bool ready;
    uint32_t room;
    uint32_t expected; /* the number of the page that is asked for */
    struct place at;
    bool room_done;
    uint64_t events;
};

static struct audit audit;

static void upgraded(struct web *w, struct client *c)
{
    talk_hello(w, c);
}

static void ready(struct web *w, struct client *c)
{
    (void)w;
    (void)c;
    audit.ready = true;
}

static void ask_page(struct web *w, struct client *c)
{
    char text[256];
    int len = snprintf(text, sizeof text,
                       "{\"op\":\"history\",\"id\":\"g%" PRIu32
                       "\",\"room\":\"%s\",\"after\":%" PRIu64 ",\"limit\":%d}",
                       ++audit.expected, w->rooms[audit.room].id, audit.at.seq, PAGE_EVENTS);
    client_say(w, c, text, (size_t)len);
}

static void page(struct web *w, struct client *c, struct text text)
{
    uint64_t head, first, last;
    struct text rest, event;
    if (!json_number(text, "head", &head) || !json_number(text, "first", &first) ||
        !json_number(text, "last", &last) || !json_get(text, "events", &rest))
        die("a page without head, first, last or events");
    if (first != audit.at.seq + 1)
        die("gap: a page after %" PRIu64 " begins with %" PRIu64, audit.at.seq, first);
    while (json_next(&rest, &event))
        log_event(w, &audit.at, "the log", event);
    if (audit.at.seq != last)
        die("gap: a page up to %" PRIu64 " ends with %" PRIu64, last, audit.at.seq);
    audit.room_done = last >= head;
    if (!audit.room_done)
        ask_page(w, c);
}

static void reply(struct web *w, struct client *c, struct text id, struct text text)
{
    talk_expect_ok(c, text);
    if (id.at[0] == 'j')
        ask_page(w, c);
    else
        page(w, c, text);
}

void mode_audit(struct web *w)
{
    static const struct web_mode mode = {upgraded, reply, ready, .blind = true};
    struct client *c = &w->clients[0];
    w->mode = &mode;
    log_load(w);
    client_begin(w, c);
    while (!audit.ready)
        web_turn(w, 100000000);
    for (audit.room = 0; audit.room + 1 < w->room_count; audit.room++) {
        audit.at = (struct place){.room = audit.room};
        audit.room_done = false;
        talk_join(w, c, audit.room);
        while (!audit.room_done)
            web_turn(w, 100000000);
        audit.events += audit.at.seq;
    }
    log_check(w);
    printf("{\"ok\":true,\"mode\":\"audit\",\"audited\":%" PRIu32 ",\"events\":%" PRIu64 "}\n",
           w->acked, audit.events);
}
