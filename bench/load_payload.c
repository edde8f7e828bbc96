/*
 * A message is `hb<run>:<sender>:<seq>:<planned ns>:` and filler up to the wanted size, in letters
 * and digits that no JSON encoder escapes. It comes back as {"type":1,"body":"..."} and a line feed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

enum { RUN_LEN = 11, HEAD_LEN = RUN_LEN + 6 + 11 + 21 };

static const char BEFORE[] = "{\"type\":1,\"body\":\"";
static const char AFTER[] = "\"}\n";
enum { BEFORE_LEN = sizeof BEFORE - 1, AFTER_LEN = sizeof AFTER - 1 };

static uint8_t own_start[BEFORE_LEN + RUN_LEN + 1];
static uint8_t *message;

void payload_init(const struct load *l)
{
    if (l->opts.size < HEAD_LEN || l->opts.size > MESSAGE_BYTES_MAX - BEFORE_LEN - AFTER_LEN)
        die("--size must be from %d to about a million", HEAD_LEN);
    snprintf((char *)own_start, sizeof own_start, "%shb%08" PRIx32 ":", BEFORE, l->run_tag);
    message = malloc(l->opts.size + 1);
    if (message == NULL)
        die("no memory");
    for (uint32_t i = 0; i < l->opts.size; i++)
        message[i] = (uint8_t)('a' + i % 26);
}

const uint8_t *payload_make(const struct load *l, uint32_t sender, uint32_t seq, uint64_t ns)
{
    char head[HEAD_LEN + 1];
    snprintf(head, sizeof head, "hb%08" PRIx32 ":%05" PRIu32 ":%010" PRIu32 ":%020" PRIu64 ":",
             l->run_tag, sender, seq, ns);
    memcpy(message, head, HEAD_LEN);
    return message;
}

bool payload_is_ours(const uint8_t *text, size_t len)
{
    return len >= sizeof own_start - 1 && memcmp(text, own_start, sizeof own_start - 1) == 0;
}

static bool read_number(const uint8_t **at, int digits, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (int i = 0; i < digits; i++) {
        uint8_t digit = (uint8_t)((*at)[i] - '0');
        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    if ((*at)[digits] != ':')
        return false;
    *at += digits + 1;
    *ret_value = value;
    return true;
}

struct ref_frame payload_check(struct load *l, const uint8_t *text, size_t len)
{
    uint32_t size = l->opts.size;
    if (len != BEFORE_LEN + size + AFTER_LEN)
        die("a message came back with %zu bytes instead of %zu", len,
            (size_t)BEFORE_LEN + size + AFTER_LEN);
    const uint8_t *at = text + BEFORE_LEN + RUN_LEN;
    uint64_t sender = 0, seq = 0, ns = 0;
    if (!read_number(&at, 5, &sender) || !read_number(&at, 10, &seq) || !read_number(&at, 20, &ns))
        die("a message came back with a damaged head: %.80s", (const char *)text);
    if (memcmp(at, message + HEAD_LEN, size - HEAD_LEN) != 0 ||
        memcmp(text + BEFORE_LEN + size, AFTER, AFTER_LEN) != 0)
        die("message %" PRIu64 " of sender %" PRIu64 " came back damaged", seq, sender);
    if (sender >= l->opts.senders)
        die("a message came back from sender %" PRIu64 ", who does not exist", sender);
    struct sender *s = &l->senders[sender];
    if (seq != s->seen_seq)
        die("order: sender %" PRIu64 " said %" PRIu32 " next, but %" PRIu64 " came", sender,
            s->seen_seq, seq);
    s->seen_seq++;
    return (struct ref_frame){.planned_ns = ns, .sender = (uint32_t)sender};
}
