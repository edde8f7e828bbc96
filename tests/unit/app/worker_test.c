#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/rig.h"

#include "app/worker.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "bus/local.h"
#include "chat/scripted_store.h"
#include "proto/ws_client.h"

/*
 * A worker whose turns the test runs, and whose writer is a mailbox that the test empties by hand:
 * so what is under way to the sequencer and back stands still as long as the test likes.
 */

enum { POSTS_WAITING_MAX = 2 };

static struct worker worker;
static struct worker_settings settings;
static struct writer writer;
static struct sequencer *sequencer;
static int peer;
static struct buffer got;
static unsigned posts; /* that reached the sequencer */

static int use_with(bool guests)
{
    const struct sequencer_limits order = {
        .notices = {50, 50},
        .here_ms = 1000,
        .away_ms = 30000,
        .guests = true,
        .chance = random_u64,
    };
    settings = (struct worker_settings){
        .loop = rig_limits,
        .http = {http_limits_default, 1000, 60000, 60000, 60000, 60000, 60000, 0},
        .ws = {1000, 64, 64, 60000, 60000, 60000, {0, 0}},
        .hub =
            {
                .pool =
                    {
                        .ring_bytes_min = 4096,
                        .ring_bytes_max = 65536,
                        .worker_bytes_max = 1 << 20,
                        .quiet_ms = 10000,
                    },
                .posts_waiting_max = POSTS_WAITING_MAX,
                .bytes_waiting_max = 1 << 20,
                .page_bytes = 65536,
                .feed_bytes = 16384,
                .client_reads_max = 8,
                .reads_max = 100,
                .feed_ms = 5000,
            },
        .connections = connection_limit_new(0, 0),
        .writer = &writer,
        .workers_count = 1,
        .drain_ms = 60000,
        .guests = guests,
    };
    posts = 0;
    if (sequencer_new(scripted_store_init(), &order, 0, 0, &sequencer) != OK)
        return -1;
    return mailbox_init(&writer.mailbox) != OK || worker_init(&worker, 0, &settings) != OK;
}

static int use(void **state)
{
    (void)state;
    return use_with(true);
}

static int use_without_guests(void **state)
{
    (void)state;
    return use_with(false);
}

/* Does the writer's work with all that waits for it. */
static void sequence(void)
{
    struct mailbox *mailboxes[] = {&worker.loop.mailbox};
    struct local_bus bus = {mailboxes, 1};
    struct letter *next_letter;
    for (struct letter *letter = mailbox_take(&writer.mailbox); letter; letter = next_letter) {
        struct event *next, *event = ((struct writer_letter *)letter)->first;
        next_letter = letter->next;
        for (; event; event = next) {
            next = event->next;
            event->next = NULL;
            posts += event->kind == EVENT_MESSAGE;
            local_bus_publish(&bus, sequencer_run(sequencer, &event, 1, 0, 1));
        }
        mem_free(letter);
    }
}

static int take_down(void **state)
{
    (void)state;
    close(peer);
    worker_release(&worker);
    sequence();
    struct letter *letter = mailbox_take(&worker.loop.mailbox);
    assert_null(letter);
    mailbox_release(&writer.mailbox);
    sequencer_free(sequencer);
    connection_limit_free(settings.connections);
    buffer_release(&got);
    return 0;
}

static void turns(int count)
{
    for (int i = 0; i < count; i++)
        loop_turn(&worker.loop, 0);
}

static bool read_peer(void)
{
    ssize_t len;
    do {
        len = recv(peer, buffer_reserve(&got, 4096), 4096, MSG_DONTWAIT);
        got.len += len > 0 ? (size_t)len : 0;
    } while (len > 0);
    return true;
}

static bool has_got(const char *text)
{
    return read_peer() && got.len && memmem(got.ptr, got.len, text, strlen(text));
}

#define UNTIL(what)                                                                                \
    do {                                                                                           \
        uint64_t end_ms = rig_deadline_ms();                                                       \
        while (!(what)) {                                                                          \
            if (rig_passed(end_ms))                                                                \
                fail_msg("never became true: %s", #what);                                          \
            loop_turn(&worker.loop, 5);                                                            \
        }                                                                                          \
    } while (0)

/* Connects and shakes hands; fields are further lines of the handshake. */
static void connect_peer(const char *fields)
{
    struct sockaddr_storage from = {.ss_family = AF_INET};
    struct buffer handshake = {0};
    int fds[2];
    rig_socketpair(fds);
    peer = fds[1];
    worker_give_socket(&worker, fds[0], &from);
    buffer_printf(&handshake,
                  "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "%s\r\n",
                  fields);
    assert_int_equal(send(peer, handshake.ptr, handshake.len, MSG_NOSIGNAL),
                     (ssize_t)handshake.len);
    buffer_release(&handshake);
}

static void visitor_comes(void)
{
    connect_peer("");
    UNTIL(has_got("101 Switching"));
    sequence();
    UNTIL(has_got("New User Joined..."));
}

static void say(const char *text)
{
    struct buffer frame = {0};
    ws_client_frame(&frame, 0x81, slice_of_string(text));
    assert_int_equal(send(peer, frame.ptr, frame.len, MSG_NOSIGNAL), (ssize_t)frame.len);
    buffer_release(&frame);
}

static void what_was_read_is_shown_before_the_goodbye(void **state)
{
    (void)state;
    visitor_comes();
    say("last words");
    turns(5);
    worker_stop(&worker);
    turns(5);
    say("too late");
    turns(5);
    assert_false(has_got("the server stops")); /* its words are still under way */
    sequence();
    UNTIL(has_got("the server stops"));
    assert_true(has_got("last words"));
    sequence();
    turns(5);
    assert_int_equal(posts, 1);
}

/*
 * DRAIN promises that no more posts come from this worker. The visitor is held, because too much
 * waits; the answers make the hub ready again, which must not let anybody speak who was silenced by
 * the stop.
 */
static void nothing_is_read_any_more_when_the_hub_is_ready_again(void **state)
{
    (void)state;
    visitor_comes();
    for (int i = 0; i < POSTS_WAITING_MAX; i++)
        say("words");
    turns(5);
    say("too late");
    worker_stop(&worker);
    turns(5);
    /* Its posts come back, but DRAIN has not yet. */
    struct letter *letters = mailbox_take(&writer.mailbox), *next;
    assert_non_null(letters);
    for (; letters; letters = next) {
        next = letters->next;
        mailbox_put(&writer.mailbox, letters);
        if (((struct writer_letter *)letters)->first->kind == EVENT_DRAIN)
            break;
        sequence();
    }
    turns(5);
    sequence();
    UNTIL(has_got("the server stops"));
    sequence();
    turns(5);
    assert_int_equal(posts, POSTS_WAITING_MAX);
}

/* Each is told when to come back, which is not the same for all, before it is told to go. */
static void a_web_client_is_told_when_to_come_back(void **state)
{
    static const char said[] = "{\"ev\":\"goodbye\",\"retry_ms\":";
    (void)state;
    connect_peer("Sec-WebSocket-Protocol: hubbub.v1\r\n");
    UNTIL(has_got("101 Switching"));
    say("{\"op\":\"hello\",\"id\":\"h\",\"name\":\"Ann\"}");
    turns(5);
    sequence();
    UNTIL(has_got("{\"ev\":\"ready\"}"));
    say("{\"op\":\"post\",\"id\":\"p\",\"room\":\"lobby\",\"text\":\"last words\","
        "\"cid\":\"000102030405060708090a0b0c0d0e0f\"}");
    turns(5);
    worker_stop(&worker);
    turns(5);
    assert_false(has_got(said));
    sequence();
    UNTIL(has_got("the server stops"));
    assert_true(has_got("\"re\":\"p\",\"ok\":true")); /* what was taken was answered first */
    const char *at = memmem(got.ptr, got.len, said, sizeof(said) - 1);
    assert_non_null(at);
    assert_in_range(strtoul(at + sizeof(said) - 1, NULL, 10), 500, 3000);
    assert_true(at > (const char *)memmem(got.ptr, got.len, "\"re\":\"p\"", 8));
    sequence();
    turns(5);
    assert_int_equal(posts, 1);
}

static void without_guests_there_are_no_visitors(void **state)
{
    (void)state;
    connect_peer("");
    UNTIL(has_got("403 Forbidden"));
    assert_true(has_got("takes no guests"));
}

#define WORKER_TEST(name) cmocka_unit_test_setup_teardown(name, use, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKER_TEST(what_was_read_is_shown_before_the_goodbye),
        WORKER_TEST(nothing_is_read_any_more_when_the_hub_is_ready_again),
        WORKER_TEST(a_web_client_is_told_when_to_come_back),
        cmocka_unit_test_setup_teardown(without_guests_there_are_no_visitors, use_without_guests,
                                        take_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
