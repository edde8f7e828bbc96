#pragma once
/*
 * The console's socket: DATA/hubbub.sock, which only the user that runs the program may open. It speaks the HTTP API; whoever
 * comes by it is an owner (hello{console}).
 */

#define CONSOLE_SOCKET "hubbub.sock"

/**
 * Opens it for listening; one that is left over is replaced (the folder is locked: nobody else has it open). Returns the descriptor, or ERR_IO
 * with errno.
 */
int console_open(const char *folder);

/** Removes its name. */
void console_remove(const char *folder);
