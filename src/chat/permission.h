#pragma once
/*
 * The one place that says who may do what where. It is asked at attach, at every command and for every page.
 */

#include <stdbool.h>
#include <stdint.h>

enum action {
    ACTION_FOLLOW, /* to be told what happens in a room, and to read its past */
    ACTION_JOIN,
    ACTION_LEAVE,
    ACTION_POST, /* also react, read marks, typing */
    ACTION_PIN,
    ACTION_TOPIC,
    ACTION_CREATE,
    ACTION_EDIT,   /* a message; of_author: one's own */
    ACTION_DELETE, /* the same */
};

/* Who asks, and what about. */
struct may_query {
    bool visitor; /* speaks the tutorial's dialect */
    bool member;  /* is in the room */
    bool lobby;   /* the room is the lobby */
    uint8_t kind; /* enum room_kind, of the room */
    bool own;     /* EDIT, DELETE: the message is one's own */
};

/**
 * OK; ERR_NOT_FOUND: to this person the room does not exist, or it is not in it; ERR_DENIED. Pure.
 */
int may(enum action action, const struct may_query *query);
