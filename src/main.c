/*
 * The program: reads the command line; runs a command (app/command.h), or builds the server, waits for a signal, takes it down.
 */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/check.h"
#include "app/command.h"
#include "app/config.h"
#include "app/routes.h"
#include "app/server.h"
#include "base/error.h"
#include "base/log.h"

static int set_log_level(const char *name)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (unsigned level = 0; level < sizeof(names) / sizeof(names[0]); level++) {
        if (strcmp(name, names[level]) == 0) {
            log_set_level((enum log_level)level);
            return OK;
        }
    }
    fprintf(stderr, "hubbub: log-level: debug, info, warn or error is needed, not \"%s\"\n", name);
    return ERR_PROTOCOL;
}

static int set_log_format(const char *name)
{
    bool json = strcmp(name, "json") == 0;
    if (!json && strcmp(name, "text") != 0) {
        fprintf(stderr, "hubbub: log-format: text or json is needed, not \"%.60s\"\n", name);
        return ERR_PROTOCOL;
    }
    log_set_format(json ? LOG_FORMAT_JSON : LOG_FORMAT_TEXT);
    return OK;
}

static int check_guests(const char *guests)
{
    if (strcmp(guests, "on") == 0 || strcmp(guests, "off") == 0 || strcmp(guests, "auto") == 0)
        return OK;
    fprintf(stderr, "hubbub: guests: on, off or auto is needed, not \"%.60s\"\n", guests);
    return ERR_PROTOCOL;
}

static int check_guests_may(const char *guests_may)
{
    if (strcmp(guests_may, "talk") == 0 || strcmp(guests_may, "all") == 0)
        return OK;
    fprintf(stderr, "hubbub: guests-may: talk or all is needed, not \"%.60s\"\n", guests_may);
    return ERR_PROTOCOL;
}

/* A second signal while stopping ends the program at once. */
static void end_now(int number)
{
    (void)number;
    _exit(1);
}

static int serve(const struct config *config)
{
    struct server *server;
    sigset_t signals;
    int number;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    /* Blocked before threads are made, so that they inherit it and main alone hears of them. */
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);

    if (server_start(config, &server) != OK)
        return 1;
    server_announce(server);
    sigwait(&signals, &number);
    log_info("stopping");
    signal(SIGINT, end_now);
    signal(SIGTERM, end_now);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    server_stop(server);
    return 0;
}

static int run(const struct config *config)
{
    if (config->help) {
        config_print_help();
        return 0;
    }
    if (config->version) {
        puts("hubbub " HUBBUB_VERSION);
        return 0;
    }
    if (config->routes) {
        api_routes_print();
        return 0;
    }
    if (config->check[0])
        return check_url(config->check) == OK ? 0 : 1;
    if (set_log_level(config->log_level) != OK || set_log_format(config->log_format) != OK ||
        check_guests(config->guests) != OK || check_guests_may(config->guests_may) != OK)
        return 2;
    return serve(config);
}

int main(int argc, char **argv)
{
    struct config config;
    char error[CONFIG_ERROR_BYTES];
    if (command_is_meant(argc, argv))
        return command_run(argc, argv, environ);
    if (config_read(&config, argc, argv, environ, error) != OK) {
        fprintf(stderr, "hubbub: %s\n", error);
        return 2;
    }
    int code = run(&config);
    config_release(&config);
    return code;
}
