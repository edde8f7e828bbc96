#include "app/check.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/error.h"
#include "net/listener.h"

enum { TIMEOUT_S = 5, HOST_BYTES = 256 };

static int connect_to(const char *host_port)
{
    struct listen_addresses addresses;
    struct timeval timeout = {.tv_sec = TIMEOUT_S};
    if (listen_resolve(host_port, &addresses) != OK)
        return -1;
    for (size_t i = 0; i < addresses.count; i++) {
        const struct sockaddr_storage *address = &addresses.list[i];
        int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
        socklen_t len = address->ss_family == AF_INET ? sizeof(struct sockaddr_in)
                                                      : sizeof(struct sockaddr_in6);
        if (connect(fd, (const struct sockaddr *)address, len) == 0)
            return fd;
        close(fd);
    }
    return -1;
}

int check_url(const char *url)
{
    static const char scheme[] = "http://";
    static const char wanted[] = "HTTP/1.1 200 ";
    char host[HOST_BYTES], request[2 * HOST_BYTES], answer[sizeof(wanted)] = "";
    size_t scheme_len = sizeof(scheme) - 1;
    size_t host_len = strncmp(url, scheme, scheme_len) == 0 ? strcspn(url + scheme_len, "/") : 0;
    const char *path = url + scheme_len + host_len;
    if (host_len == 0 || host_len >= sizeof(host) || strlen(path) >= HOST_BYTES - 64) {
        fprintf(stderr, "hubbub: --check: http://HOST:PORT/PATH is needed\n");
        return ERR_PROTOCOL;
    }
    memcpy(host, url + scheme_len, host_len);
    host[host_len] = '\0';

    int fd = connect_to(host);
    if (fd < 0) {
        fprintf(stderr, "hubbub: --check: cannot connect to %s: %s\n", host, strerror(errno));
        return ERR_IO;
    }
    int len = snprintf(request, sizeof(request),
                       "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                       *path ? path : "/", host);
    ssize_t sent = send(fd, request, (size_t)len, MSG_NOSIGNAL);
    ssize_t got = sent == len ? recv(fd, answer, sizeof(wanted) - 1, MSG_WAITALL) : -1;
    close(fd);
    if (got != (ssize_t)sizeof(wanted) - 1 || memcmp(answer, wanted, sizeof(wanted) - 1) != 0) {
        fprintf(stderr, "hubbub: --check: %s is not well\n", url);
        return ERR_IO;
    }
    return OK;
}
