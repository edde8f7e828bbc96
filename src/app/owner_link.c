#include "app/owner_link.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "chat/refusal.h"
#include "doors/account.h"

static struct owner_link *of_client(struct client *client)
{
    return (struct owner_link *)((char *)client - offsetof(struct owner_link, client));
}

static void ask_for_link(struct owner_link *link)
{
    struct act *act = act_new(ACT_OWNER_LINK);
    guest_token_make(link->token);
    guest_token_hash(link->token, act->token);
    act->has_token = true;
    act->until_ms = clock_wall_ms() + OWNER_LINK_MS;
    hub_act(&link->client, act, SLICE_LITERAL("owner"));
}

static void print(const struct owner_link *link)
{
    printf("  owner    %s/join#%s\n"
           "           whoever opens this first owns the server; it is good for 7 days\n",
           link->url, link->token);
    fflush(stdout);
}

static void on_answer(struct client *client, const struct event *event)
{
    struct owner_link *link = of_client(client);
    if (event->kind == EVENT_HELLO && event->result == OK) {
        ask_for_link(link);
        return;
    }
    if (event->kind == EVENT_ACT && event->result == OK)
        print(link);
    else if (event->result != ERR_EXISTS && event->refusal != REFUSED_MEMORY)
        log_warn("no link for an owner could be made: %s", error_name(event->result));
    timer_set(link->timers, &link->end, 0);
}

static void on_personal(struct client *client, const struct event *event)
{
    (void)client; /* who asks once follows nothing */
    (void)event;
}

static void on_ended(struct client *client, uint8_t refusal)
{
    (void)client; /* the console has no session that could end */
    (void)refusal;
}

static void on_nothing(struct client *client)
{
    (void)client;
}

static const struct client_door door = {
    .on_answer = on_answer,
    .on_personal = on_personal,
    .on_ready = on_nothing,
    .on_ended = on_ended,
    .on_unbusy = on_nothing,
};

static void on_end(struct timer *timer)
{
    owner_link_release((struct owner_link *)((char *)timer - offsetof(struct owner_link, end)));
}

void owner_link_init(struct owner_link *link, struct timer_wheel *timers, const char *url)
{
    *link = (struct owner_link){.timers = timers, .url = url, .end = {.fire = on_end}};
}

void owner_link_ask(struct owner_link *link, struct hub *hub)
{
    hub_add(hub, &link->client, &door, NULL, random_u64(), LANE_WEB);
    link->asks = true;
    hub_hello(&link->client, &(struct hello){
                                 .quiet = true,
                                 .console = true,
                                 .command_id = SLICE_LITERAL("hello"),
                             });
}

void owner_link_release(struct owner_link *link)
{
    if (link->asks)
        hub_remove(&link->client);
    link->asks = false;
    explicit_bzero(link->token, sizeof(link->token));
}
