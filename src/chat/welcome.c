#include "chat/welcome.h"

#include <string.h>

#include "base/memory.h"
#include "chat/server_state.h"

struct welcome *welcome_new(void)
{
    return mem_zalloc(sizeof(struct welcome));
}

void welcome_free(struct welcome *welcome)
{
    if (!welcome)
        return;
    for (size_t i = 0; i < welcome->rooms_count; i++) {
        mem_free(welcome->rooms[i].topic);
        mem_free(welcome->rooms[i].peers);
    }
    mem_free(welcome->rooms);
    mem_free(welcome->cursors);
    server_state_unref(welcome->server);
    mem_free(welcome);
}

struct room_info *room_info_copy(const struct room_info *info)
{
    struct room_info *copy = mem_alloc(sizeof(*copy));
    *copy = *info;
    if (info->topic)
        copy->topic = mem_copy_string(info->topic, strlen(info->topic));
    if (info->peers) {
        copy->peers = mem_alloc(info->peers_count * sizeof(info->peers[0]));
        memcpy(copy->peers, info->peers, info->peers_count * sizeof(info->peers[0]));
    }
    return copy;
}

void room_info_free(struct room_info *info)
{
    if (!info)
        return;
    mem_free(info->topic);
    mem_free(info->peers);
    mem_free(info);
}
