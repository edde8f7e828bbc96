#include "doors/web_words.h"

#include "chat/role.h"
#include "chat/welcome.h"

static const char *const kinds[ROOM_KIND_END] = {
    [ROOM_PUBLIC] = "public",
    [ROOM_PRIVATE] = "private",
    [ROOM_DIRECT] = "direct",
    [ROOM_ANNOUNCEMENT] = "announcement",
};

static const char *const levels[ATTENTION_END] = {
    [ATTENTION_ALL] = "all",
    [ATTENTION_MENTIONS] = "mentions",
    [ATTENTION_NONE] = "none",
};

static bool find_word(const char *const *words, uint8_t count, struct slice word,
                      uint8_t *ret_value)
{
    for (uint8_t i = 0; i < count; i++) {
        if (slice_is(word, words[i])) {
            *ret_value = i;
            return true;
        }
    }
    return false;
}

const char *web_kind_word(uint8_t kind)
{
    return kinds[kind < ROOM_KIND_END ? kind : ROOM_PRIVATE];
}

bool web_kind_of_word(struct slice word, uint8_t *ret_kind)
{
    uint8_t kind;
    if (!find_word(kinds, ROOM_KIND_END, word, &kind) || kind == ROOM_DIRECT)
        return false;
    *ret_kind = kind;
    return true;
}

const char *web_level_word(uint8_t level)
{
    return levels[level < ATTENTION_END ? level : ATTENTION_ALL];
}

bool web_level_of_word(struct slice word, uint8_t *ret_level)
{
    return find_word(levels, ATTENTION_END, word, ret_level);
}

bool web_role_of_word(struct slice word, uint8_t *ret_role)
{
    for (unsigned role = ROLE_MEMBER; role <= ROLE_OWNER; role++) {
        if (slice_is(word, role_name((uint8_t)role))) {
            *ret_role = (uint8_t)role;
            return true;
        }
    }
    return false;
}
