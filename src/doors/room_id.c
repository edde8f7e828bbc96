#include "doors/room_id.h"

#include "chat/welcome.h"
#include "doors/hex_text.h"

enum { ROOM_ID_DIGITS = 12 };

void room_id_write(struct buffer *out, uint64_t room)
{
    if (room == ROOM_LOBBY)
        buffer_append_string(out, ROOM_LOBBY_ID);
    else
        buffer_printf(out, "%0*llx", ROOM_ID_DIGITS, (unsigned long long)room);
}

bool room_id_parse(struct slice text, uint64_t *ret_room)
{
    uint8_t bytes[ROOM_ID_DIGITS / 2];
    uint64_t room = 0;
    if (slice_is(text, ROOM_LOBBY_ID)) {
        *ret_room = ROOM_LOBBY;
        return true;
    }
    if (!hex_read(text, bytes, sizeof(bytes)))
        return false;
    for (unsigned i = 0; i < sizeof(bytes); i++)
        room = room << 8 | bytes[i];
    /* The lobby has one name only, and there is no room 0. */
    if (room == 0 || room == ROOM_LOBBY)
        return false;
    *ret_room = room;
    return true;
}
