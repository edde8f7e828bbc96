#include "doors/guest.h"

#include <openssl/sha.h>

#include "base/random.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void guest_token_make(char ret_token[GUEST_TOKEN_LEN + 1])
{
    uint8_t bytes[GUEST_TOKEN_BYTES + 1];
    random_bytes(bytes, GUEST_TOKEN_BYTES);
    bytes[GUEST_TOKEN_BYTES] = 0; /* the last character stands for four bits and two zeros */
    for (unsigned i = 0; i < GUEST_TOKEN_LEN; i++) {
        unsigned bit = i * 6;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
        ret_token[i] = alphabet[pair >> (10 - bit % 8) & 63];
    }
    ret_token[GUEST_TOKEN_LEN] = '\0';
}

bool guest_token_is_valid(struct slice text)
{
    if (text.len != GUEST_TOKEN_LEN)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\0' || !memchr(alphabet, text.ptr[i], sizeof(alphabet) - 1))
            return false;
    }
    return true;
}

void guest_token_hash(const char token[GUEST_TOKEN_LEN], uint8_t ret_hash[TOKEN_HASH_BYTES])
{
    SHA256((const uint8_t *)token, GUEST_TOKEN_LEN, ret_hash);
}
