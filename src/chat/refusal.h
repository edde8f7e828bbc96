#pragma once
/*
 * Why something was refused, where the plain code of an error does not say enough for the person who can act. Doors
 * have a name and a sentence for each.
 */

enum refusal {
    REFUSED_PLAIN = 0, /* the code says it all */
    REFUSED_MUTED,
    REFUSED_BANNED,
    REFUSED_SLOW_MODE, /* retry_ms says when */
    REFUSED_BRAKE,     /* members only, for the time being */
    REFUSED_ARCHIVED,
    REFUSED_GUEST,      /* this takes an account */
    REFUSED_LAST_OWNER, /* there has to be one */
    REFUSED_NO_PERSON,  /* no such person */
    REFUSED_NO_FILE,    /* no such file, or not one's own, or used already */
    REFUSED_NO_THING,   /* no such invitation, session, ban, report, bot, webhook */
    REFUSED_NAME_TAKEN,
    REFUSED_TOKEN,      /* the token (of an invitation, a reset) is unknown, used up or too old */
    REFUSED_SIGN_UP,    /* sign-up is closed, or by invitation only */
    REFUSED_SIGN_IN,    /* name or password or code is wrong */
    REFUSED_CODE,       /* the second factor is needed, or was used already */
    REFUSED_MEMORY,     /* this server keeps no accounts: --store memory */
    REFUSED_QUOTA,      /* the person's files, or the server's, are at their limit */
    REFUSED_NEEDS_ROOM, /* a direct room has two to ten people */
    REFUSED_KICKED,     /* of ENDED only: a moderator has ended the session */
    REFUSED_EMPTY,      /* there is nothing in the text, and the message has no files */
    REFUSED_RATE, /* more than the person's allowance, over all its connections; retry_ms says when */
    REFUSED_END
};
