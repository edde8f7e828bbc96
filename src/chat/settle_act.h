#pragma once
/*
 * Acts (chat/act.h) on their way through the rules: what the files settle_act*.c share. For them only.
 *
 * Everything happens within the run's transaction, and nothing in memory changes: that is follow_act's. There is no going
 * back for one act alone, so whatever may refuse it is asked before the first step that changes something.
 */

#include "chat/act.h"
#include "chat/refusal.h"
#include "chat/sequencer_state.h"

struct acting {
    struct sequencer *sequencer;
    struct store *store;
    const struct directory_ops *directory;
    struct event *event;
    struct act *act;
    uint64_t now_ms;            /* wall clock */
    struct person_record other; /* whom it is about, once act_find_other has found it */
};

/** Each returns the event's result, with the refusal in the event. */
typedef int act_run(struct acting *acting);

/* ---- settle_act.c ---- */

/** settle_step, in fewer words. */
int act_step(const struct acting *acting, int result);

/** Returns result, with the refusal in the event. */
int act_refuse(const struct acting *acting, int result, enum refusal refusal);

/** The act changes nothing. */
int act_no_change(const struct acting *acting);

/** Finds the person act->person: acting->other. ERR_NOT_FOUND. */
int act_find_other(struct acting *acting);

/** May the author do this to acting->other? */
int act_may_to_other(const struct acting *acting, enum action action);

/** May the author do this, whoever it is about? */
int act_may(const struct acting *acting, enum action action);

/** May the author do this in the room (to somebody of the role other)? ret_kind may be NULL. ERR_NOT_FOUND with no_room. */
int act_may_in(const struct acting *acting, enum action action, uint64_t room, uint8_t other);

/** Adds to a query what the rules ask of a room, and of a person's place in it. ERR_NOT_FOUND: there is no such room. */
int act_look_at_room(const struct acting *acting, uint64_t person, uint64_t room,
                     struct may_query *query);

/** Notes what somebody did by virtue of an office. detail: short; no secrets, nothing that was said. */
int act_audit(const struct acting *acting, const char *action, uint64_t person, uint64_t room,
              const char *detail);

/** ERR_DENIED when the person is the only owner left. */
int act_keep_an_owner(const struct acting *acting, const struct person_record *person);

/** Makes a session of this person, its id in event->session: by act->hash, from act->device. */
int act_make_session(const struct acting *acting, uint64_t person);

/** The person leaves its rooms, with an event in each but the lobby and direct ones, and is nobody's any more. */
int act_erase_person(const struct acting *acting, uint64_t person, const struct name *name);

/** Makes a bot of this name (record->name, folded) that is in no room. Its id is in the record. */
int act_make_bot(const struct acting *acting, struct person_record *record,
                 const uint8_t session[ACT_HASH_BYTES], const char *device);

/* ---- settle_act_account.c ---- */
act_run act_sign_up, act_sign_in, act_reset_use, act_sign_out, act_session_end, act_sessions_end;
act_run act_password, act_totp_on, act_totp_off, act_leave, act_profile;

/* ---- settle_act_links.c ---- */

/**
 * An invitation is worth what whoever has made it may give at this moment: rooms into which it may put nobody any more are taken out. ERR_NOT_FOUND
 * (with the refusal of an unknown link): it may not invite any more, or not as what the invitation says.
 */
int act_weigh_invitation(const struct acting *acting, struct invite_record *invite);

act_run act_reset_make, act_invite, act_invite_end, act_owner_link;
act_run act_bot, act_bot_end, act_hook, act_hook_end;

/* ---- settle_act_order.c ---- */
act_run act_role, act_kick, act_mute, act_unmute, act_ban, act_ban_end;
act_run act_report, act_report_end, act_purge, act_brake, act_server_name;

/* ---- settle_act_files.c ---- */
act_run act_file, act_file_end, act_file_thumbnail;
