#include "base/error.h"

const char *error_name(int code)
{
    switch (code) {
    case OK:
        return "ok";
    case ERR_AGAIN:
        return "again";
    case ERR_EOF:
        return "end of stream";
    case ERR_PROTOCOL:
        return "protocol error";
    case ERR_LIMIT:
        return "over a limit";
    case ERR_DENIED:
        return "denied";
    case ERR_NOT_FOUND:
        return "not found";
    case ERR_EXISTS:
        return "exists";
    case ERR_BUSY:
        return "busy";
    case ERR_IO:
        return "i/o error";
    default:
        return "internal error";
    }
}
