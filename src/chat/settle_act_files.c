/*
 * Acts about files: a blob that is stored becomes somebody's, until a message takes it.
 */

#include "base/error.h"
#include "chat/settle_act.h"

int act_file(struct acting *acting)
{
    struct act *act = acting->act;
    if (!act->file)
        return ERR_PROTOCOL;
    int result = act_may(acting, ACTION_UPLOAD);
    if (result != OK)
        return result;
    act->number = settle_random_id(acting->sequencer);
    result = act_step(acting, acting->directory->file_make(
                                  acting->store, act->number, acting->event->person, act->file,
                                  acting->sequencer->limits.quota_bytes, acting->now_ms));
    return result == ERR_LIMIT ? act_refuse(acting, result, REFUSED_QUOTA) : result;
}

int act_file_end(struct acting *acting)
{
    int result = act_step(acting, acting->directory->file_end(acting->store, acting->act->number,
                                                              acting->event->person));
    return result == ERR_NOT_FOUND ? act_refuse(acting, result, REFUSED_NO_FILE) : result;
}

int act_file_thumbnail(struct acting *acting)
{
    const struct act *act = acting->act;
    if (!act->file)
        return ERR_PROTOCOL;
    int result = act_step(acting, acting->directory->file_set_thumbnail(
                                      acting->store, act->number, acting->event->person,
                                      act->file->thumbnail, act->file->thumbnail_bytes,
                                      acting->sequencer->limits.quota_bytes));
    if (result == ERR_LIMIT)
        return act_refuse(acting, result, REFUSED_QUOTA);
    return result == ERR_NOT_FOUND ? act_refuse(acting, result, REFUSED_NO_FILE) : result;
}
