#include "app/act_log.h"

#include "base/error.h"
#include "base/log.h"
#include "chat/act.h"
#include "chat/role.h"
#include "doors/room_id.h"

/* Those that are not here are logged with their address (signing in), or nobody looks for them (files, profiles). */
static const char *const words[ACT_END_KIND] = {
    [ACT_SIGN_OUT] = "signed out",
    [ACT_SESSION_END] = "a session was ended",
    [ACT_SESSIONS_END] = "other sessions were ended",
    [ACT_PASSWORD] = "a password was changed",
    [ACT_TOTP_ON] = "a second factor was turned on",
    [ACT_TOTP_OFF] = "a second factor was turned off",
    [ACT_LEAVE] = "an account was deleted",
    [ACT_RESET_MAKE] = "a link for a new password was made",
    [ACT_INVITE] = "an invitation was made",
    [ACT_INVITE_END] = "an invitation was ended",
    [ACT_ROLE] = "a role was given",
    [ACT_BOT] = "a bot was made",
    [ACT_BOT_END] = "a bot was ended",
    [ACT_HOOK] = "a webhook was made",
    [ACT_HOOK_END] = "a webhook was ended",
    [ACT_KICK] = "kicked",
    [ACT_MUTE] = "muted",
    [ACT_UNMUTE] = "unmuted",
    [ACT_BAN] = "banned",
    [ACT_BAN_END] = "a ban was ended",
    [ACT_REPORT] = "a message was reported",
    [ACT_REPORT_END] = "a report was closed",
    [ACT_PURGE] = "messages of a person were deleted",
    [ACT_BRAKE] = "the brake was set",
    [ACT_SERVER_NAME] = "the server was named",
    [ACT_OWNER_LINK] = "a link for an owner was made",
};

static void log_act(const struct event *event)
{
    const struct act *act = event->act;
    struct buffer room = {0};
    bool has_role = act->kind == ACT_ROLE || act->kind == ACT_INVITE;
    if (act->room != 0)
        room_id_write(&room, act->room);
    buffer_append_byte(&room, '\0');
    log_event(LOG_INFO, "accounts", words[act->kind], LOG_ID("by", event->person),
              LOG_ID("person", act->person), LOG_TEXT("address", act->address),
              LOG_TEXT("room", (const char *)room.ptr),
              LOG_TEXT("role", has_role ? role_name(act->role) : NULL),
              LOG_TEXT("members_only", act->kind != ACT_BRAKE ? NULL
                                       : act->members_only    ? "true"
                                                              : "false"));
    buffer_release(&room);
}

void act_log_batch(const struct event_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct event *event = batch->events[i];
        if (event->kind == EVENT_ACT && event->result == OK && event->act &&
            event->act->kind < ACT_END_KIND && words[event->act->kind])
            log_act(event);
    }
}
