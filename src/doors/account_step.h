#pragma once
/*
 * What the flows of doors/account*.c are made of. For them only. A call's state is a struct account.
 */

#include "doors/account.h"
#include "proto/base32.h"
#include "proto/totp.h"

enum {
    RECOVERY_BYTES = 10,                          /* 80 random bits, */
    RECOVERY_DIGITS = BASE32_LEN(RECOVERY_BYTES), /* 16 characters, shown in */
    RECOVERY_GROUP = 4,                           /* groups of 4 */
    RECOVERY_TEXT = RECOVERY_DIGITS + RECOVERY_DIGITS / RECOVERY_GROUP - 1,
};

struct account {
    void (*hashed)(struct rest_call *call,
                   struct hash_job *job); /* what goes on with the hasher's answer (borrowed) */
    struct account_record record;         /* whose password it is about; secret empty: nobody's */
    struct act *act;                      /* being filled in; owned */
    char token[GUEST_TOKEN_LEN + 1];      /* of the session that is made */
    uint8_t totp[TOTP_SECRET_BYTES];
    char codes[ACT_CODES][RECOVERY_TEXT + 1];
    struct name name;   /* of the person */
    struct buffer json; /* a reply that is not complete yet; owned */
};

extern const struct web_error account_bad_credentials, account_bad_token, account_sign_up_closed;

static inline struct account *account_of(const struct rest_call *call)
{
    return call->state;
}

static inline const struct account_terms *account_terms_of(const struct rest_call *call)
{
    return call->rest->accounts;
}

/** Gives the call its state. */
void account_begin(struct rest_call *call);

/** A route's release: wipes and frees the state, and wipes the passwords in the request. */
void account_release(struct rest_call *call);

/** A string of the request that has to be there; false: it is not, and was answered. */
bool account_field(struct rest_call *call, const char *field, struct slice *ret_value);

/** The same of a password that is to be somebody's from now on. */
bool account_new_password(struct rest_call *call, const char *field, struct slice *ret_password);

/** Whether one more try is allowed; false: not, and it was answered. folded: the name that is tried. */
bool account_may_try(struct rest_call *call, const struct name *folded);
/** The same of somebody who is known. */
bool account_may_try_self(struct rest_call *call, uint64_t person);

/** Asks for an account: by its folded name, or (name NULL) of the person. The answer goes to the route's on_read. */
void account_ask(struct rest_call *call, const struct name *folded, uint64_t person);

/** Takes what was read into account->record. False: there was no answer, and that was said. Not to be found is an answer: nobody's. */
bool account_take_record(struct rest_call *call, const struct store_read *read);

/** Has a password verified against account->record, or hashed; hashed is called with the answer. */
void account_verify(struct rest_call *call, struct slice password,
                    void (*hashed)(struct rest_call *call, struct hash_job *job));
void account_make(struct rest_call *call, struct slice password,
                  void (*hashed)(struct rest_call *call, struct hash_job *job));

/** Whether the job went well. False: it did not, and that was answered (a wrong password as bad_credentials). */
bool account_job_is_good(struct rest_call *call, const struct hash_job *job);

/** Submits account->act; the answer goes to the route's on_answer. */
void account_act(struct rest_call *call);

/** The same with a new session in it: account->token, and what the device is called. */
void account_act_with_session(struct rest_call *call);

/** A route's on_answer: refuses, or replies with nothing. */
void account_answered(struct rest_call *call, const struct event *event);

/** The same for those that have made a session: replies with who one is, and the session. */
void account_answered_with_session(struct rest_call *call, const struct event *event);

/** Replies, and the browser forgets its session. */
void account_reply_signed_out(struct rest_call *call);

/** Reads a token's field into its hash. False: it has not the form of one (nothing was answered). */
bool account_token_hash(const struct rest_call *call, const char *field,
                        uint8_t ret_hash[TOKEN_HASH_BYTES]);

/**
 * Looks for the second factor in the request and notes in act what was given. False: it is not there or not right, and that was answered.
 */
bool account_check_factor(struct rest_call *call, struct act *act);

/** Makes recovery codes: as they are shown, and their hashes. */
void account_make_codes(char ret_codes[ACT_CODES][RECOVERY_TEXT + 1],
                        uint8_t ret_hashes[ACT_CODES][ACT_HASH_BYTES]);

/** Who one is, as /me, /session and /accounts reply: appends members of an object, without its braces. */
void account_write_person(struct buffer *out, const struct event *event);

/* ---- the routes' parts ---- */

extern const struct rest_route account_sign_up_route, account_sign_in_route, account_sign_out_route,
    account_look_route, account_reset_route, account_owner_link_route, account_me_route,
    account_profile_route, account_password_route, account_totp_begin_route, account_totp_on_route,
    account_totp_off_route, account_leave_route, account_delete_route;
