#include "app/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"

enum { BACKLOG = 64 };

/* The name of a socket has 107 bytes, that of a folder may have more: by its descriptor the folder has a short one. */
static int bind_in(int fd, int folder_fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/" CONSOLE_SOCKET,
             folder_fd);
    unlinkat(folder_fd, CONSOLE_SOCKET, 0);
    /* Nobody else may open it, from the first moment on. No other thread makes files yet. */
    mode_t before = umask(S_IXUSR | S_IRWXG | S_IRWXO);
    int result = bind(fd, (const struct sockaddr *)&address, sizeof(address));
    int error = errno;
    umask(before);
    errno = error;
    return result;
}

int console_open(const char *folder)
{
    int folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd < 0)
        return ERR_IO;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool fine = fd >= 0 && bind_in(fd, folder_fd) == 0 && listen(fd, BACKLOG) == 0;
    int error = errno;
    close(folder_fd);
    if (!fine && fd >= 0)
        close(fd);
    errno = error;
    return fine ? fd : ERR_IO;
}

void console_remove(const char *folder)
{
    int folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd < 0)
        return;
    unlinkat(folder_fd, CONSOLE_SOCKET, 0);
    close(folder_fd);
}
