#pragma once
/*
 * The one place that says who may do what where. It is asked at attach, at every command, page, search, file and export.
 * Every action is one row of one table in permission.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "chat/role.h"

enum action {
    /* In a room. */
    ACTION_FOLLOW, /* to be told what happens in a room, to read and search its past and its files */
    ACTION_JOIN,
    ACTION_LEAVE,
    ACTION_POST,        /* a message */
    ACTION_REACT,       /* to one */
    ACTION_MARK,        /* read marks, one's level of attention, typing */
    ACTION_MENTION_ALL, /* @room and @here */
    ACTION_UPLOAD,      /* files with a message */
    ACTION_PIN,
    ACTION_TOPIC,
    ACTION_EDIT,     /* a message; own: one's own */
    ACTION_DELETE,   /* the same */
    ACTION_NAME,     /* rename the room */
    ACTION_ARCHIVE,  /* and take it out of the archive */
    ACTION_SETTINGS, /* slow mode, retention, webhooks */
    ACTION_OPEN,     /* to guests; and make it one that newcomers are in */
    ACTION_ADD,      /* other: put somebody into the room */
    ACTION_REMOVE,   /* other: take somebody out */
    ACTION_HOST,     /* other: make a host of somebody, or no host */
    ACTION_CREATE,   /* a room of this kind */

    /* On the server. */
    ACTION_SEARCH, /* at all; where is ACTION_FOLLOW's */
    ACTION_REPORT,
    ACTION_PEOPLE,        /* see who has an account */
    ACTION_INVITE,        /* make invitations to the server */
    ACTION_KICK,          /* other */
    ACTION_MUTE,          /* other */
    ACTION_BAN,           /* other; of addresses: without one */
    ACTION_PURGE,         /* other: delete all that somebody said */
    ACTION_REPORTS,       /* see and close them */
    ACTION_BRAKE,         /* members only, slow mode everywhere */
    ACTION_ROLE,          /* other: wanted is the role to be given */
    ACTION_RESET,         /* other: a link that sets another password */
    ACTION_BOTS,          /* make and end them */
    ACTION_AUDIT,         /* see what admins and moderators did */
    ACTION_CONFIGURATION, /* the server's state and settings */
    ACTION_SERVER_NAME,   /* what the community is called */
    ACTION_EXPORT,        /* a room that one is in */
    ACTION_END
};

/* Who asks, and what about. */
struct may_query {
    uint8_t role; /* enum role */
    bool visitor; /* speaks the tutorial's dialect */
    bool guest;   /* has no account, also where its role is let count as a member's */
    bool muted;
    bool brake; /* the emergency brake is on: members only */

    bool member;    /* is in the room */
    bool host;      /* of it */
    bool lobby;     /* the room is the lobby */
    uint8_t kind;   /* enum room_kind, of the room */
    uint32_t flags; /* of the room: ROOM_FLAG_… */
    bool own;       /* EDIT, DELETE: the message is one's own */

    uint8_t other;  /* enum role, of the person it is done to */
    bool self;      /* that person is oneself */
    uint8_t wanted; /* ROLE: the role to be given */
};

/**
 * OK; ERR_NOT_FOUND: to this person the room does not exist, or it is not in it; ERR_DENIED. Pure.
 */
int may(enum action action, const struct may_query *query);
