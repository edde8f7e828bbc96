#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "base/assert.h"
#include "base/memory.h"

static void memory_is_had_and_given_back(void **state)
{
    (void)state;
    uint8_t *bytes = mem_zalloc(1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(bytes[i], 0);
    memset(bytes, 7, 1000);
    bytes = mem_realloc(bytes, 100000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(bytes[i], 7);
    mem_free(bytes);
    bytes = mem_realloc(NULL, 10);
    memset(bytes, 1, 10);
    mem_free(bytes);
    mem_free(NULL);
    uint8_t *more = mem_alloc(1);
    *more = 1;
    mem_free(more);
}

static void a_copied_string_ends(void **state)
{
    (void)state;
    char *copy = mem_copy_string("abcdef", 3);
    assert_string_equal(copy, "abc");
    mem_free(copy);
    copy = mem_copy_string("", 0);
    assert_string_equal(copy, "");
    mem_free(copy);
}

/* Runs what must abort in a child without its message; returns the signal that ended it. */
static int signal_of(void (*what)(void))
{
    pid_t child = fork();
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        close(STDERR_FILENO);
        what();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void break_a_promise(void)
{
    volatile int one = 1;
    ASSERT(one == 2);
}

static void keep_a_promise(void)
{
    volatile int one = 1;
    ASSERT(one == 1);
}

static void ask_for_nothing(void)
{
    mem_free(mem_alloc(0));
}

static void a_mistake_ends_the_program(void **state)
{
    (void)state;
    assert_int_equal(signal_of(break_a_promise), SIGABRT);
    assert_int_equal(signal_of(ask_for_nothing), SIGABRT);
    assert_int_equal(signal_of(keep_a_promise), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_had_and_given_back),
        cmocka_unit_test(a_copied_string_ends),
        cmocka_unit_test(a_mistake_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
