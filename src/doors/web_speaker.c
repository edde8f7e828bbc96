#include "doors/web_speaker.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "chat/act.h"
#include "doors/web_reply.h"

void web_speaker_init(struct web_speaker *speaker, const struct web_speaker_door *door,
                      const struct web_terms *terms)
{
    *speaker = (struct web_speaker){.door = door, .terms = terms};
    rate_init(&speaker->reads, &terms->reads, *terms->now_ms);
}

/* ---- tokens that are under way ---- */

static void free_secret(struct web_secret **at)
{
    struct web_secret *secret = *at;
    *at = secret->next;
    explicit_bzero(secret, sizeof(*secret));
    mem_free(secret);
}

static struct web_secret **find_secret(struct web_speaker *speaker, const struct act *act)
{
    struct web_secret **at = &speaker->secrets;
    while (*at && (!act->has_token || memcmp((*at)->hash, act->token, TOKEN_HASH_BYTES) != 0))
        at = &(*at)->next;
    return at;
}

bool web_speaker_make_token(struct web_speaker *speaker, struct act *act)
{
    unsigned count = 0;
    for (const struct web_secret *secret = speaker->secrets; secret; secret = secret->next)
        count++;
    if (count >= WEB_SECRETS_MAX)
        return false;
    struct web_secret *secret = mem_alloc(sizeof(*secret));
    guest_token_make(secret->token);
    guest_token_hash(secret->token, secret->hash);
    memcpy(act->token, secret->hash, TOKEN_HASH_BYTES);
    act->has_token = true;
    secret->next = speaker->secrets;
    speaker->secrets = secret;
    return true;
}

void web_speaker_forget_token(struct web_speaker *speaker, const struct act *act)
{
    struct web_secret **at = find_secret(speaker, act);
    if (*at)
        free_secret(at);
}

void web_speaker_release(struct web_speaker *speaker)
{
    while (speaker->secrets)
        free_secret(&speaker->secrets);
}

/* ---- answers ---- */

static void reply(struct web_speaker *speaker, const struct event *event)
{
    struct buffer text = {0};
    const struct web_secret *secret = event->act ? *find_secret(speaker, event->act) : NULL;
    web_write_answer(&text, event,
                     &(struct web_reply_form){
                         .bare = speaker->door->bare,
                         .token = secret ? secret->token : NULL,
                         .public_url = speaker->terms->public_url,
                     });
    speaker->door->on_reply(speaker, &text);
}

static void question_answered(struct web_speaker *speaker)
{
    /* None when it was given up as lost. */
    if (speaker->questions > 0)
        speaker->questions--;
}

void web_speaker_answered(struct web_speaker *speaker, const struct event *event)
{
    if (event->kind == EVENT_WHO)
        question_answered(speaker);
    if (event->result == OK) {
        reply(speaker, event);
    } else {
        struct web_error error = web_error_of_answer(event);
        speaker->door->on_refused(speaker, event->command_id, &error);
    }
    if (event->act)
        web_speaker_forget_token(speaker, event->act);
}

void web_speaker_read(struct web_speaker *speaker, const struct store_read *read)
{
    struct buffer text = {0};
    question_answered(speaker);
    if (read->result == OK) {
        web_write_read(&text, read, &(struct web_reply_form){.bare = speaker->door->bare});
        speaker->door->on_reply(speaker, &text);
    } else {
        struct web_error error = web_error_of_read(read);
        speaker->door->on_refused(speaker, slice_of_string(read->command_id), &error);
    }
}
