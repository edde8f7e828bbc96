#pragma once
/*
 * The second pass of the sequencer: what follows in memory, and what rooms and people see of it. For sequencer.c and
 * follow*.c only; what acts need is in sequencer_state.h.
 */

#include "chat/sequencer_state.h"

/** Returns owned a notice of this room. */
struct event *follow_new_notice(uint8_t kind, const struct room *room, uint64_t person);

/** Whether the budgets have room for a notice in this room. If not, a HERE is owed, and the notice is not even made. */
bool follow_may_tell(struct sequencer *sequencer, struct room *room);

/** Takes the notice, as the next one of the batch. */
void follow_add_notice(struct sequencer *sequencer, struct event *notice);

/** moved: a connection did so; turned: the person is here, or not here any more, by it. */
void follow_tell_came(struct sequencer *sequencer, struct room *room, const struct person *person,
                      bool moved, bool turned);
void follow_tell_went(struct sequencer *sequencer, struct room *room, const struct person *person,
                      bool moved, bool turned);

/** Returns owned what a person is told of a room. seat NULL: a visitor's. */
struct room_info *follow_describe(struct sequencer *sequencer, struct room *room,
                                  const struct seat *seat);

/** Forgets what was noted of a kept event for the length of its run. */
void follow_forget(struct sequencer *sequencer, const struct event *event);

/* Each adds the event to the batch. */

/** The notices stand before the answer: what the newcomer itself sees of its coming its door makes of the answer. */
void follow_hello(struct sequencer *sequencer, struct event *event);
void follow_bye(struct sequencer *sequencer, struct event *event);
void follow_rename(struct sequencer *sequencer, struct event *event);
void follow_active(struct sequencer *sequencer, struct event *event);

/** READ, LEVEL, TYPING, WHO: of a room that the person is in. */
void follow_in_room(struct sequencer *sequencer, struct event *event);
