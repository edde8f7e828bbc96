/*
 * The tutorial's chat on libwebsockets 4.1, tuned: the libev loop (the default one is poll, whose
 * cost grows with the connections that are idle), no extensions, each message built once.
 *
 *   peer_lws PORT writable  as its manual says: ask for the writable callback, write what is due
 *                           there. The better one when several messages are in flight.
 *   peer_lws PORT direct    write to everybody at once, lws keeps what the kernel does not take.
 *                           The better one for one message at a time.
 */
#include <libwebsockets.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 1 << 20, RING = 1 << 14 };

static const char BEFORE[] = "{\"type\":1,\"body\":\"";
static const char AFTER[] = "\"}\n";
enum { BEFORE_LEN = sizeof BEFORE - 1, AFTER_LEN = sizeof AFTER - 1 };

struct message {
    size_t len;
    uint8_t bytes[]; /* LWS_PRE bytes of room, then the text */
};

struct client {
    struct lws *wsi;
    size_t place;
    uint64_t next; /* the message that it is to get next */
    int echo;
};

static struct client **clients;
static size_t client_count, client_cap;
static struct message *ring[RING];
static uint64_t ring_end;
static uint8_t *partial;
static size_t partial_len;
static int direct;

static void join(struct client *c, struct lws *wsi)
{
    c->wsi = wsi;
    c->next = ring_end;
    if (client_count == client_cap) {
        client_cap = client_cap != 0 ? client_cap * 2 : 1024;
        clients = realloc(clients, client_cap * sizeof(struct client *));
        if (clients == NULL)
            abort();
    }
    c->place = client_count;
    clients[client_count++] = c;
}

static void leave(struct client *c)
{
    clients[c->place] = clients[--client_count];
    clients[c->place]->place = c->place;
}

static struct message *make(const uint8_t *text, size_t len)
{
    struct message *m = malloc(sizeof *m + LWS_PRE + BEFORE_LEN + len + AFTER_LEN);
    if (m == NULL)
        abort();
    m->len = BEFORE_LEN + len + AFTER_LEN;
    memcpy(m->bytes + LWS_PRE, BEFORE, BEFORE_LEN);
    memcpy(m->bytes + LWS_PRE + BEFORE_LEN, text, len);
    memcpy(m->bytes + LWS_PRE + BEFORE_LEN + len, AFTER, AFTER_LEN);
    return m;
}

static void broadcast(const uint8_t *text, size_t len)
{
    struct message *m = make(text, len);
    if (direct) {
        for (size_t i = 0; i < client_count; i++)
            lws_write(clients[i]->wsi, m->bytes + LWS_PRE, m->len, LWS_WRITE_TEXT);
        free(m);
        return;
    }
    free(ring[ring_end % RING]);
    ring[ring_end % RING] = m;
    ring_end++;
    for (size_t i = 0; i < client_count; i++)
        lws_callback_on_writable(clients[i]->wsi);
}

static int receive(struct client *c, struct lws *wsi, uint8_t *in, size_t len)
{
    int whole = lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
    if (!whole || partial_len != 0) {
        if (partial_len + len > MESSAGE_MAX)
            return -1;
        memcpy(partial + partial_len, in, len);
        partial_len += len;
        if (!whole)
            return 0;
        in = partial;
        len = partial_len;
        partial_len = 0;
    }
    if (c->echo) {
        struct message *m = make(in, len);
        lws_write(wsi, m->bytes + LWS_PRE + BEFORE_LEN, len, LWS_WRITE_TEXT);
        free(m);
        return 0;
    }
    broadcast(in, len);
    return 0;
}

static int on_writable(struct client *c)
{
    if (ring_end - c->next > RING)
        return -1;
    do {
        if (c->next == ring_end)
            return 0;
        struct message *m = ring[c->next % RING];
        if (lws_write(c->wsi, m->bytes + LWS_PRE, m->len, LWS_WRITE_TEXT) < 0)
            return -1;
        c->next++;
    } while (!lws_partial_buffered(c->wsi));
    if (c->next != ring_end)
        lws_callback_on_writable(c->wsi);
    return 0;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    struct client *c = user;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED: {
        char path[16] = "";
        lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI);
        c->echo = strcmp(path, "/echo") == 0;
        if (!c->echo)
            join(c, wsi);
        return 0;
    }
    case LWS_CALLBACK_CLOSED:
        if (!c->echo)
            leave(c);
        return 0;
    case LWS_CALLBACK_RECEIVE:
        return receive(c, wsi, in, len);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return c->echo ? 0 : on_writable(c);
    default:
        return 0;
    }
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    lws_set_log_level(LLL_ERR, NULL);
    static const struct lws_protocols protocols[] = {
        {"chat", on_event, sizeof(struct client), 4096, 0, NULL, 0},
        {NULL, NULL, 0, 0, 0, NULL, 0},
    };
    struct lws_context_creation_info info = {
        .port = (int)strtol(argv[1], NULL, 10),
        .iface = "127.0.0.1",
        .protocols = protocols,
        .gid = -1,
        .uid = -1,
        .fd_limit_per_thread = 20000,
        .pt_serv_buf_size = 4096,
        .options = LWS_SERVER_OPTION_LIBEV,
    };
    direct = argc > 2 && strcmp(argv[2], "direct") == 0;
    partial = malloc(MESSAGE_MAX);
    struct lws_context *context = lws_create_context(&info);
    if (context == NULL || partial == NULL)
        return 1;
    while (lws_service(context, 0) >= 0)
        ;
    return 0;
}
