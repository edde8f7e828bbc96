#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net/rig.h"

#include "base/clock.h"
#include "base/error.h"

enum { ACCEPTED_MAX = 200 };

static struct rig rig;
static struct listener listener;
static struct sockaddr_storage address;
static int accepted[ACCEPTED_MAX];
static int accepted_count;
static struct sockaddr_storage last_peer;
static bool stops_at_once;

static void on_accept(void *ctx, struct listener *from, int fd, const struct sockaddr_storage *peer)
{
    assert_ptr_equal(ctx, &rig);
    assert_ptr_equal(from, &listener);
    assert_true(accepted_count < ACCEPTED_MAX);
    accepted[accepted_count++] = fd;
    last_peer = *peer;
    if (stops_at_once)
        listener_stop(from);
}

static int open_at(const char *host_port)
{
    struct listen_addresses addresses = {0};
    assert_int_equal(listen_resolve(host_port, &addresses), OK);
    int fd = listen_open(&addresses.list[0], 128);
    if (fd >= 0) {
        socklen_t len = sizeof(address);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    }
    return fd;
}

static int set_up(void **state)
{
    (void)state;
    rig_init(&rig, NULL);
    accepted_count = 0;
    stops_at_once = false;
    int fd = open_at("127.0.0.1:0");
    assert_true(fd >= 0);
    listener = (struct listener){.ctx = &rig, .on_accept = on_accept};
    assert_int_equal(listener_start(&listener, &rig.loop, fd), OK);
    return 0;
}

static struct rlimit usual_limit;
static int log_file = -1, usual_stderr = -1;
static bool limited;

/* Leaves so many descriptors to this process, and catches what it logs. */
static void leave_descriptors(int count)
{
    usual_stderr = dup(STDERR_FILENO);
    log_file = memfd_create("log", MFD_CLOEXEC);
    dup2(log_file, STDERR_FILENO);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual_limit), 0);
    int first_free = dup(log_file);
    close(first_free);
    struct rlimit limit = {(rlim_t)(first_free + count), usual_limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    limited = true;
}

static void give_descriptors_back(void)
{
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual_limit), 0);
    dup2(usual_stderr, STDERR_FILENO);
    close(usual_stderr);
    close(log_file);
    limited = false;
}

static void close_accepted(void)
{
    while (accepted_count > 0)
        close(accepted[--accepted_count]);
}

static int take_down(void **state)
{
    (void)state;
    if (limited)
        give_descriptors_back();
    close_accepted();
    listener_stop(&listener);
    rig_release(&rig);
    return 0;
}

static int client(void)
{
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t len =
        address.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, len), 0);
    return fd;
}

static int option_of(int fd, int level, int option)
{
    int value = -1;
    socklen_t len = sizeof(value);
    assert_int_equal(getsockopt(fd, level, option, &value, &len), 0);
    return value;
}

/* --- addresses -------------------------------------------------------------------------------- */

static void expect_addresses(const char *host_port, const char *first, const char *second)
{
    struct listen_addresses addresses = {0};
    const char *expected[] = {first, second};
    assert_int_equal(listen_resolve(host_port, &addresses), OK);
    size_t count = second ? 2 : 1;
    assert_int_equal(addresses.count, count);
    for (size_t i = 0; i < count; i++) {
        char text[80];
        address_format(&addresses.list[i], text, sizeof(text));
        assert_string_equal(text, expected[i]);
    }
}

static void addresses_are_resolved(void **state)
{
    (void)state;
    expect_addresses("127.0.0.1:8080", "127.0.0.1:8080", NULL);
    expect_addresses("[::1]:80", "[::1]:80", NULL);
    expect_addresses("[2001:db8::7]:65535", "[2001:db8::7]:65535", NULL);
    expect_addresses("localhost:0", "[::1]:0", "127.0.0.1:0");
    expect_addresses(":443", "[::]:443", "0.0.0.0:443");
    expect_addresses("0.0.0.0:1", "0.0.0.0:1", NULL);
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",          ":",        "8080",      "host",    "host:",
        "host:http", "host:80x", "host:-1",   "host:+1", "host:65536",
        "host: 80",  "::1:80",   "[::1]",     "[::1]:",  "[]:80",
        "[::1:80",   "::1]:80",  "[::1]x:80", "a:b:80",  "host:99999999999999999999",
    };
    struct listen_addresses addresses = {.count = 77};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (listen_resolve(wrong[i], &addresses) != ERR_PROTOCOL)
            fail_msg("\"%s\" was taken", wrong[i]);
    }
    char long_host[400];
    memset(long_host, 'a', sizeof(long_host));
    memcpy(long_host + sizeof(long_host) - 4, ":80", 4);
    assert_int_equal(listen_resolve(long_host, &addresses), ERR_PROTOCOL);
    assert_int_equal(listen_resolve("no.such.host.invalid:80", &addresses), ERR_NOT_FOUND);
    assert_int_equal(listen_resolve("[127.0.0.256]:80", &addresses), ERR_NOT_FOUND);
    assert_int_equal(addresses.count, 77); /* untouched */
}

static void other_families_have_a_form_too(void **state)
{
    (void)state;
    struct sockaddr_storage none = {.ss_family = AF_UNIX};
    char text[80];
    address_format(&none, text, sizeof(text));
    assert_string_equal(text, "?:0");
}

/* --- opening ---------------------------------------------------------------------------------- */

static void opening_says_what_is_wrong(void **state)
{
    (void)state;
    struct listen_addresses addresses = {0};
    errno = 0;
    assert_int_equal(listen_open(&address, 128), ERR_EXISTS); /* the listener's own */
    assert_int_equal(errno, EADDRINUSE);
    assert_int_equal(listen_resolve("192.0.2.1:0", &addresses), OK); /* RFC 5737: nobody's */
    assert_int_equal(listen_open(&addresses.list[0], 128), ERR_NOT_FOUND);
    assert_int_equal(errno, EADDRNOTAVAIL);
    struct sockaddr_storage strange = {.ss_family = AF_UNSPEC};
    assert_int_equal(listen_open(&strange, 128), ERR_NOT_FOUND);
}

/* Somebody else may have the port of the other family: then with another one. */
static void both_families_share_a_port(void **state)
{
    (void)state;
    int v4 = -1;
    for (int attempts = 0; attempts < 100 && v4 < 0; attempts++) {
        int v6 = open_at("[::]:0");
        if (v6 < 0)
            skip(); /* a machine without IPv6 */
        struct sockaddr_in6 bound;
        memcpy(&bound, &address, sizeof(bound));
        struct sockaddr_storage same_port = {0};
        *(struct sockaddr_in *)&same_port =
            (struct sockaddr_in){.sin_family = AF_INET, .sin_port = bound.sin6_port};
        v4 = listen_open(&same_port, 128);
        close(v6);
    }
    assert_true(v4 >= 0);
    close(v4);
}

/* --- accepting -------------------------------------------------------------------------------- */

static void a_connection_is_handed_over(void **state)
{
    (void)state;
    char mine[80], theirs[80];
    struct sockaddr_storage local;
    socklen_t len = sizeof(local);
    int fd = client();
    RIG_UNTIL(&rig, accepted_count == 1);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&local, &len), 0);
    address_format(&local, mine, sizeof(mine));
    address_format(&last_peer, theirs, sizeof(theirs));
    assert_string_equal(mine, theirs);
    assert_int_equal(fcntl(accepted[0], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_int_equal(fcntl(accepted[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_true(listener.local_only);
    assert_int_equal(rig_metric(&rig, METRIC_CONNECTIONS_ACCEPTED), 1);
    close(fd);
}

static void accepted_sockets_inherit_the_options(void **state)
{
    (void)state;
    int fd = client();
    RIG_UNTIL(&rig, accepted_count == 1);
    assert_int_equal(option_of(accepted[0], IPPROTO_TCP, TCP_NODELAY), 1);
    assert_int_equal(option_of(accepted[0], IPPROTO_TCP, TCP_NOTSENT_LOWAT), 131072);
    assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 0); /* so that this tells anything */
    close(fd);
}

static void a_turn_accepts_no_more_than_its_share(void **state)
{
    (void)state;
    int fds[100];
    for (int i = 0; i < 100; i++)
        fds[i] = client();
    rig_turns(&rig, 1);
    assert_int_equal(accepted_count, 64);
    RIG_UNTIL(&rig, accepted_count == 100);
    for (int i = 0; i < 100; i++)
        close(fds[i]);
}

static void it_may_be_stopped_by_what_it_accepts(void **state)
{
    (void)state;
    stops_at_once = true;
    int one = client();
    int two = client();
    RIG_UNTIL(&rig, accepted_count > 0);
    rig_turns(&rig, 1);
    assert_int_equal(accepted_count, 1);
    assert_int_equal(listener.fd, -1);
    assert_null(rig.loop.listeners);
    assert_false(timer_is_set(&listener.retry)); /* it has not gone on to accept */
    listener_stop(&listener);                    /* twice is fine */
    close(one);
    close(two);
}

static void stopping_closes_the_port(void **state)
{
    (void)state;
    int waiting = client();
    listener_stop(&listener);
    rig_turns(&rig, 2);
    assert_int_equal(accepted_count, 0);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(struct sockaddr_in)), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
    close(waiting);
}

static void the_loop_stops_what_still_listens(void **state)
{
    (void)state;
    struct listener other = {.ctx = &rig, .on_accept = on_accept};
    assert_int_equal(listener_start(&other, &rig.loop, open_at("127.0.0.1:0")), OK);
    loop_release(&rig.loop);
    assert_int_equal(listener.fd, -1);
    assert_int_equal(other.fd, -1);
    rig_init(&rig, NULL);
}

/* --- out of descriptors ----------------------------------------------------------------------- */

static int lines_logged(void)
{
    char text[4096];
    ssize_t len = pread(log_file, text, sizeof(text), 0);
    int count = 0;
    for (ssize_t i = 0; i < len; i++)
        count += text[i] == '\n';
    return count;
}

static void without_descriptors_it_pauses_until_one_is_freed(void **state)
{
    (void)state;
    int clients[4];
    int fds[2];
    struct end end;
    for (int i = 0; i < 4; i++)
        clients[i] = client();
    rig_socketpair(fds);
    end_init(&end, &rig, fds);
    leave_descriptors(2);

    RIG_UNTIL(&rig, listener.paused);
    assert_int_equal(accepted_count, 2);
    assert_int_equal(rig_metric(&rig, METRIC_ACCEPT_PAUSES), 1);
    assert_int_equal(lines_logged(), 1);
    assert_true(rig_gets_quiet(&rig)); /* though two peers are waiting */

    conn_close(end.conn);
    rig_turns(&rig, 1);
    assert_false(listener.paused); /* at once, not when the timer says so */
    RIG_UNTIL(&rig, accepted_count == 3);
    assert_true(listener.paused);        /* one was still too many */
    assert_int_equal(lines_logged(), 1); /* the same episode */
    give_descriptors_back();
    for (int i = 0; i < 4; i++)
        close(clients[i]);
    end_release(&end);
}

static void without_descriptors_it_tries_again_in_time(void **state)
{
    (void)state;
    int one = client();
    int two = client();
    leave_descriptors(1);
    RIG_UNTIL(&rig, listener.paused);
    uint64_t begin_ms = rig.loop.now_ms;
    assert_int_equal(accepted_count, 1);
    close(accepted[--accepted_count]); /* nothing that the loop would know of */
    RIG_UNTIL(&rig, accepted_count == 1);
    assert_true(rig.loop.now_ms - begin_ms >= 250);
    /* The kernel wants a descriptor before it looks whether anybody waits: once more a pause. */
    RIG_UNTIL(&rig, !listener.paused);
    give_descriptors_back();
    close(one);
    close(two);
}

static void each_episode_is_logged(void **state)
{
    (void)state;
    int fds[4];
    for (int i = 0; i < 4; i += 2) {
        close_accepted();
        fds[i] = client();
        fds[i + 1] = client();
        leave_descriptors(1);
        RIG_UNTIL(&rig, listener.paused);
        assert_int_equal(lines_logged(), 1);
        give_descriptors_back();
        RIG_UNTIL(&rig, accepted_count == 2);
        assert_false(listener.starved);
    }
    for (int i = 0; i < 4; i++)
        close(fds[i]);
}

static void it_can_be_stopped_while_it_pauses(void **state)
{
    (void)state;
    int one = client();
    int two = client();
    leave_descriptors(1);
    RIG_UNTIL(&rig, listener.paused);
    listener_stop(&listener);
    assert_false(timer_is_set(&listener.retry));
    listener_descriptor_freed(&rig.loop);
    rig_turns(&rig, 2);
    assert_int_equal(accepted_count, 1);
    give_descriptors_back();
    close(one);
    close(two);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, take_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_resolved),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(other_families_have_a_form_too),
        WITH(opening_says_what_is_wrong),
        WITH(both_families_share_a_port),
        WITH(a_connection_is_handed_over),
        WITH(accepted_sockets_inherit_the_options),
        WITH(a_turn_accepts_no_more_than_its_share),
        WITH(it_may_be_stopped_by_what_it_accepts),
        WITH(stopping_closes_the_port),
        WITH(the_loop_stops_what_still_listens),
        WITH(without_descriptors_it_pauses_until_one_is_freed),
        WITH(without_descriptors_it_tries_again_in_time),
        WITH(each_episode_is_logged),
        WITH(it_can_be_stopped_while_it_pauses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
