#pragma once
/*
 * The few codes with which a function says what went wrong. 0 is fine, every error is negative, so that
 * a parser can return "bytes consumed" and an error in one int. What is normal in a network (a bad
 * request, a lost peer, a full queue) has a code here; a programmer's mistake does not, it ASSERTs.
 */

enum error {
    OK = 0,
    ERR_AGAIN = -1,     /* nothing now: come back when there is more input or more room */
    ERR_EOF = -2,       /* the other side has ended the stream */
    ERR_PROTOCOL = -3,  /* the input breaks the rules of its protocol */
    ERR_LIMIT = -4,     /* the input is larger than a named limit */
    ERR_DENIED = -5,    /* not allowed */
    ERR_NOT_FOUND = -6, /* no such thing */
    ERR_EXISTS = -7,    /* it is there already, or was used for something else */
    ERR_BUSY = -8,      /* too much is waiting: try again later */
    ERR_IO = -9,        /* the operating system refused; errno has been logged by the caller */
    ERR_INTERNAL = -10, /* a fault of ours that was contained */
};

/** The name of a code in lower case, for logs. Returns borrowed, static. */
const char *error_name(int code);
