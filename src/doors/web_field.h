#pragma once
/*
 * The fields of commands: what each may hold, and where it goes. For web_command.c, whose table says
 * which command has which, and the web_field_*.c and web_list.c, which read them. Pure.
 */

#include "doors/web_command.h"

/* A field of a command. */
struct web_field {
    const char *key;
    /**
     * Reads the value (NULL: it is not there) into the command; or refuses, and returns false.
     */
    bool (*read)(struct web_command *command, const char *key, const json_t *value);
    bool optional; /* when it is not there, it is passed over */
};

/* ---- for readers ---- */

/** Sets the error; returns false, so that a reader can end with it. code and message are static. */
bool web_refuse_value(struct web_command *command, const char *code, const char *message);

/** Refuses with bad_request and "KEY: WHAT". */
bool web_refuse_field(struct web_command *command, const char *key, const char *what);

/** Returns borrowed the string of a value; ptr is NULL when it is none (or not there). */
struct slice web_string_of(const json_t *value);

/** Whether it is an integer from min to max; untouched otherwise. */
bool web_integer_of(const json_t *value, uint64_t min, uint64_t max, uint64_t *ret_value);

/** Whether a text is the 16 hexadecimal digits of a person's id. */
bool web_person_of(struct slice text, uint64_t *ret_person);

/** Whether a text is a decimal number of 64 bits in its one form: without leading zeros, not 0. */
bool web_key_of(struct slice text, uint64_t *ret_key);

/** Whether a valid text is one line: no control characters, and none that turn its direction. */
bool web_is_line(struct slice text);

/** Reads true or false. */
bool web_read_truth(struct web_command *command, const char *key, const json_t *value, bool *ret);

/** Reads a number from min to max, as an integer. */
bool web_read_number(struct web_command *command, const char *key, const json_t *value,
                     uint64_t min, uint64_t max, uint64_t *ret_number);

/** Reads a line of at most so many characters, which may be empty. */
bool web_read_line(struct web_command *command, const char *key, const json_t *value,
                   unsigned characters_max, struct slice *ret_line);

/** Reads a name. */
bool web_read_name_into(struct web_command *command, const char *key, const json_t *value,
                        struct name *ret_name);

/** Reads a name that may be empty. */
bool web_read_optional_name_into(struct web_command *command, const char *key, const json_t *value,
                                 struct name *ret_name);

/* ---- readers that many commands share: web_field.c ---- */

bool web_read_room(struct web_command *command, const char *key, const json_t *value);
bool web_read_cid(struct web_command *command, const char *key, const json_t *value);
bool web_read_name(struct web_command *command, const char *key, const json_t *value);
bool web_read_target(struct web_command *command, const char *key, const json_t *value);
bool web_read_target_person(struct web_command *command, const char *key, const json_t *value);
bool web_read_seq(struct web_command *command, const char *key, const json_t *value);
bool web_read_active(struct web_command *command, const char *key, const json_t *value);

/* ---- hello: web_field_hello.c ---- */

bool web_read_token(struct web_command *command, const char *key, const json_t *value);
bool web_read_cursors(struct web_command *command, const char *key, const json_t *value);

/* ---- what is said: web_field_post.c ---- */

bool web_read_text(struct web_command *command, const char *key, const json_t *value);
/** As web_read_text, but it may be empty: only who keeps the message knows whether it has files. */
bool web_read_text_of_edit(struct web_command *command, const char *key, const json_t *value);
/** As web_read_text, but with files there may be none; they are read before. */
bool web_read_text_of_post(struct web_command *command, const char *key, const json_t *value);
bool web_read_files(struct web_command *command, const char *key, const json_t *value);
bool web_read_reply_to(struct web_command *command, const char *key, const json_t *value);
bool web_read_topic(struct web_command *command, const char *key, const json_t *value);
bool web_read_emoji(struct web_command *command, const char *key, const json_t *value);
/** Why somebody is taken out of a room. */
bool web_read_reason_text(struct web_command *command, const char *key, const json_t *value);

/* ---- rooms: web_field_room.c ---- */

bool web_read_kind(struct web_command *command, const char *key, const json_t *value);
bool web_read_guests(struct web_command *command, const char *key, const json_t *value);
bool web_read_default(struct web_command *command, const char *key, const json_t *value);
bool web_read_archived(struct web_command *command, const char *key, const json_t *value);
bool web_read_slow(struct web_command *command, const char *key, const json_t *value);
bool web_read_retention(struct web_command *command, const char *key, const json_t *value);
/** The last of SETTINGS: whether there was any. key and value are passed over. */
bool web_read_any_change(struct web_command *command, const char *key, const json_t *value);
bool web_read_people(struct web_command *command, const char *key, const json_t *value);
bool web_read_level(struct web_command *command, const char *key, const json_t *value);

/* ---- pages, lists, searches: web_field_list.c ---- */

bool web_read_limit(struct web_command *command, const char *key, const json_t *value);
/** before, after or around; key and value are passed over. */
bool web_read_where(struct web_command *command, const char *key, const json_t *value);
bool web_read_after_name(struct web_command *command, const char *key, const json_t *value);
/** what, and with it room and after, which depend on it. */
bool web_read_list(struct web_command *command, const char *key, const json_t *value);
bool web_read_search(struct web_command *command, const char *key, const json_t *value);

/* ---- acts: web_field_act.c; the command has its act already ---- */

bool web_read_act_person(struct web_command *command, const char *key, const json_t *value);
/** A person, or else an address; key and value are the person's. */
bool web_read_act_person_or_address(struct web_command *command, const char *key,
                                    const json_t *value);
/** The id of a session, an invitation, a ban and the like. */
bool web_read_act_number(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_room(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_rooms(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_target(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_name(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_display(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_color(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_role(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_count(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_until(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_for(struct web_command *command, const char *key, const json_t *value);
/** A line of text: a reason, a note. */
bool web_read_act_text(struct web_command *command, const char *key, const json_t *value);
/** One that must say something. */
bool web_read_act_words(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_members_only(struct web_command *command, const char *key, const json_t *value);
bool web_read_act_slow(struct web_command *command, const char *key, const json_t *value);
/** A name that may be empty. */
bool web_read_act_server_name(struct web_command *command, const char *key, const json_t *value);
