#include "doors/web_speaker.h"

#include "base/error.h"
#include "doors/web_reply.h"

void web_speaker_init(struct web_speaker *speaker, const struct web_speaker_door *door,
                      const struct web_terms *terms)
{
    *speaker = (struct web_speaker){.door = door, .terms = terms};
    rate_init(&speaker->reads, &terms->reads, *terms->now_ms);
}

void web_speaker_release(struct web_speaker *speaker)
{
    speaker->questions = 0;
}

static void question_answered(struct web_speaker *speaker)
{
    /* None when it was given up as lost. */
    if (speaker->questions > 0)
        speaker->questions--;
}

void web_speaker_answered(struct web_speaker *speaker, const struct event *event)
{
    const struct web_speaker_door *door = speaker->door;
    struct buffer text = {0};
    if (event->kind == EVENT_WHO)
        question_answered(speaker);
    if (event->result == OK) {
        web_write_answer(&text, event, &(struct web_reply_form){.bare = door->bare});
        door->on_reply(speaker, &text);
    } else {
        struct web_error error = web_error_of_answer(event);
        door->on_refused(speaker, event->command_id, &error);
    }
}

void web_speaker_read(struct web_speaker *speaker, const struct store_read *read)
{
    const struct web_speaker_door *door = speaker->door;
    struct buffer text = {0};
    question_answered(speaker);
    if (read->result == OK) {
        web_write_read(&text, read, &(struct web_reply_form){.bare = door->bare});
        door->on_reply(speaker, &text);
    } else {
        struct web_error error = web_error_of_read(read);
        door->on_refused(speaker, slice_of_string(read->command_id), &error);
    }
}
