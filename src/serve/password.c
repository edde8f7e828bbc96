#include "serve/password.h"

#include <argon2.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>

#include "base/assert.h"
#include "base/error.h"
#include "base/random.h"
#include "base/utf8.h"

int password_check(struct slice password)
{
    if (password.len > PASSWORD_BYTES_MAX)
        return ERR_LIMIT;
    if (!utf8_is_valid(password) || (password.len > 0 && memchr(password.ptr, 0, password.len)))
        return ERR_PROTOCOL;
    size_t characters = utf8_length(password);
    return characters < PASSWORD_CHARACTERS_MIN || characters > PASSWORD_CHARACTERS_MAX ? ERR_LIMIT
                                                                                        : OK;
}

/* ---- memory ---- */

/*
 * Each thread keeps its memory while it has work: getting and clearing 4,900 fresh pages costs as much again as the hash, and holds up
 * everybody else's page faults. In huge pages the hash itself is a fifth faster. (docs/decisions/0013-accounts.md)
 */
static _Thread_local struct {
    uint8_t *bytes;
    size_t size;
} kept;

enum { HUGE_PAGE_BYTES = 2 << 20 };

void password_release_memory(void)
{
    if (kept.bytes)
        munmap(kept.bytes, kept.size);
    kept.bytes = NULL;
    kept.size = 0;
}

static int take_memory(uint8_t **ret_memory, size_t size)
{
    if (kept.size < size) {
        password_release_memory();
        size_t whole = (size + HUGE_PAGE_BYTES - 1) & ~(size_t)(HUGE_PAGE_BYTES - 1);
        void *bytes = mmap(NULL, whole, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (bytes == MAP_FAILED)
            return ARGON2_MEMORY_ALLOCATION_ERROR;
        madvise(bytes, whole, MADV_HUGEPAGE); /* only a wish */
        kept.bytes = bytes;
        kept.size = whole;
    }
    *ret_memory = kept.bytes;
    return ARGON2_OK;
}

/* The library has wiped it; it is kept for the next one. */
static void give_memory(uint8_t *memory, size_t size)
{
    (void)memory;
    (void)size;
}

/* ---- hashing ---- */

static int compute(struct argon2_text *parts, struct slice password)
{
    uint8_t typed[PASSWORD_BYTES_MAX + 1];
    ASSERT(password.len <= PASSWORD_BYTES_MAX);
    if (password.len > 0)
        memcpy(typed, password.ptr, password.len);
    argon2_context context = {
        .out = parts->tag,
        .outlen = sizeof(parts->tag),
        .pwd = typed,
        .pwdlen = (uint32_t)password.len,
        .salt = parts->salt,
        .saltlen = sizeof(parts->salt),
        .t_cost = parts->passes,
        .m_cost = parts->memory_kb,
        .lanes = 1,
        .threads = 1,
        .version = ARGON2_VERSION_13,
        .allocate_cbk = take_memory,
        .free_cbk = give_memory,
        .flags = ARGON2_DEFAULT_FLAGS,
    };
    int result = argon2id_ctx(&context);
    explicit_bzero(typed, sizeof(typed));
    ASSERT(result == ARGON2_OK || result == ARGON2_MEMORY_ALLOCATION_ERROR);
    return result == ARGON2_OK ? OK : ERR_BUSY;
}

int password_hash(const struct password_cost *cost, struct slice password,
                  char ret_secret[ARGON2_TEXT_MAX + 1])
{
    struct argon2_text parts = {.memory_kb = cost->memory_kb, .passes = cost->passes};
    random_bytes(parts.salt, sizeof(parts.salt));
    int result = compute(&parts, password);
    if (result == OK)
        argon2_text_write(&parts, ret_secret);
    return result;
}

int password_verify(const struct password_cost *cost, const char *secret, struct slice password,
                    bool *ret_outdated)
{
    struct argon2_text wanted, parts;
    bool known = argon2_text_read(slice_of_string(secret), &wanted) == OK;
    if (!known)
        wanted = (struct argon2_text){.memory_kb = cost->memory_kb, .passes = cost->passes};
    parts = wanted;
    int result = compute(&parts, password);
    if (result != OK)
        return result;
    bool same = CRYPTO_memcmp(parts.tag, wanted.tag, sizeof(parts.tag)) == 0;
    explicit_bzero(&parts, sizeof(parts));
    if (!known || !same)
        return ERR_DENIED;
    *ret_outdated = wanted.memory_kb != cost->memory_kb || wanted.passes != cost->passes;
    return OK;
}
