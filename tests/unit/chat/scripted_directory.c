#include "chat/scripted_directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka needs those above it. */
#include <cmocka.h>

#include "chat/role.h"
#include "chat/scripted_store.h"

static struct scripted_directory *const now = &script.now.directory;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void copy_text(char *to, size_t size, const char *text)
{
    assert_non_null(text);
    (void)snprintf(to, size, "%s", text);
}

/* ---- accounts ---- */

static struct account_record *find_account(uint64_t person)
{
    for (size_t i = 0; i < now->accounts_count; i++) {
        if (now->accounts[i].person == person)
            return &now->accounts[i];
    }
    return NULL;
}

const struct account_record *scripted_directory_account(uint64_t person)
{
    return find_account(person);
}

static int account_get(struct store *store, uint64_t person, struct account_record *ret_account)
{
    int result = scripted_step(store);
    const struct account_record *account = find_account(person);
    if (result != OK)
        return result;
    if (!account)
        return ERR_NOT_FOUND;
    *ret_account = *account;
    return OK;
}

static int account_set_secret(struct store *store, uint64_t person, const char *secret,
                              uint64_t now_ms)
{
    int result = scripted_write_step(store);
    struct account_record *account = find_account(person);
    assert_true(now_ms > 0 && secret[0] != '\0');
    if (result != OK)
        return result;
    if (!account) {
        assert_true(now->accounts_count < COUNT(now->accounts));
        account = &now->accounts[now->accounts_count++];
        *account = (struct account_record){.person = person};
    }
    copy_text(account->secret, sizeof(account->secret), secret);
    return OK;
}

static void drop_codes(uint64_t person)
{
    for (size_t i = now->codes_count; i-- > 0;) {
        if (now->codes[i].person == person)
            now->codes[i] = now->codes[--now->codes_count];
    }
}

static int account_set_totp(struct store *store, uint64_t person, const uint8_t *totp,
                            const uint8_t (*codes)[ACT_HASH_BYTES], unsigned count)
{
    int result = scripted_write_step(store);
    struct account_record *account = find_account(person);
    assert_non_null(account);
    if (result != OK || !account)
        return result;
    account->has_totp = totp != NULL;
    if (totp)
        memcpy(account->totp, totp, ACT_TOTP_BYTES);
    drop_codes(person);
    for (unsigned i = 0; i < count; i++) {
        assert_true(now->codes_count < COUNT(now->codes));
        now->codes[now->codes_count].person = person;
        memcpy(now->codes[now->codes_count++].hash, codes[i], ACT_HASH_BYTES);
    }
    return OK;
}

static int account_use_step(struct store *store, uint64_t person, uint64_t step)
{
    int result = scripted_write_step(store);
    struct account_record *account = find_account(person);
    assert_non_null(account);
    if (result != OK || !account)
        return result;
    if (account->totp_step >= step)
        return ERR_EXISTS;
    account->totp_step = step;
    return OK;
}

static int account_use_code(struct store *store, uint64_t person,
                            const uint8_t hash[ACT_HASH_BYTES])
{
    int result = scripted_write_step(store);
    for (size_t i = 0; result == OK && i < now->codes_count; i++) {
        if (now->codes[i].person != person || memcmp(now->codes[i].hash, hash, ACT_HASH_BYTES) != 0)
            continue;
        now->codes[i] = now->codes[--now->codes_count];
        return OK;
    }
    return result == OK ? ERR_NOT_FOUND : result;
}

static int person_set_profile(struct store *store, uint64_t person, const struct name *display,
                              uint32_t color)
{
    int result = scripted_write_step(store);
    if (result == OK) {
        scripted_store_person(person)->display = *display;
        scripted_store_person(person)->color = color;
    }
    return result;
}

static int person_set_role(struct store *store, uint64_t person, uint8_t role)
{
    int result = scripted_write_step(store);
    if (result == OK)
        scripted_store_person(person)->role = role;
    return result;
}

static int person_set_muted(struct store *store, uint64_t person, uint64_t until_ms)
{
    int result = scripted_write_step(store);
    if (result == OK)
        scripted_store_person(person)->muted_ms = until_ms;
    return result;
}

static int people_with_role(struct store *store, uint8_t role, uint64_t *ret_count)
{
    int result = scripted_step(store);
    uint64_t count = 0;
    for (size_t i = 0; i < script.now.people_count; i++) {
        const struct person_record *person = &script.now.people[i].record;
        count += person->role == role && person->id != PERSON_CONSOLE;
    }
    if (result == OK)
        *ret_count = count;
    return result;
}

static void drop_sessions(uint64_t person, uint64_t but)
{
    for (size_t i = now->sessions_count; i-- > 0;) {
        const struct session_record *session = &now->sessions[i].record;
        if (session->person == person && (but == 0 || session->id != but))
            now->sessions[i] = now->sessions[--now->sessions_count];
    }
}

static void drop_resets(uint64_t person)
{
    for (size_t i = now->resets_count; i-- > 0;) {
        if (now->resets[i].person == person)
            now->resets[i] = now->resets[--now->resets_count];
    }
}

static int person_erase(struct store *store, uint64_t person, const struct name *name)
{
    int result = scripted_write_step(store);
    struct person_record *record = scripted_store_person(person);
    if (result != OK)
        return result;
    record->name = *name;
    record->folded.len = record->display.len = 0;
    record->role = ROLE_GUEST;
    record->muted_ms = 0;
    drop_sessions(person, 0);
    drop_codes(person);
    drop_resets(person);
    for (size_t i = now->accounts_count; i-- > 0;) {
        if (now->accounts[i].person == person)
            now->accounts[i] = now->accounts[--now->accounts_count];
    }
    for (size_t i = now->hooks_count; i-- > 0;) {
        if (now->hooks[i].record.person == person)
            now->hooks[i] = now->hooks[--now->hooks_count];
    }
    for (size_t i = script.now.members_count; i-- > 0;) {
        if (script.now.members[i].person == person)
            script.now.members[i] = script.now.members[--script.now.members_count];
    }
    return OK;
}

/* ---- sessions ---- */

static int session_make(struct store *store, const struct session_record *session,
                        const uint8_t hash[ACT_HASH_BYTES], const char *device)
{
    int result = scripted_write_step(store);
    (void)scripted_store_person(session->person);
    assert_true(session->id != 0 && session->created_ms > 0);
    assert_true(now->sessions_count < COUNT(now->sessions));
    if (result != OK)
        return result;
    struct scripted_session *made = &now->sessions[now->sessions_count++];
    made->record = *session;
    memcpy(made->hash, hash, ACT_HASH_BYTES);
    copy_text(made->device, sizeof(made->device), device);
    return OK;
}

static int session_end(struct store *store, uint64_t person, uint64_t id)
{
    int result = scripted_write_step(store);
    for (size_t i = 0; result == OK && i < now->sessions_count; i++) {
        if (now->sessions[i].record.person != person || now->sessions[i].record.id != id)
            continue;
        now->sessions[i] = now->sessions[--now->sessions_count];
        return OK;
    }
    return result == OK ? ERR_NOT_FOUND : result;
}

static int sessions_end(struct store *store, uint64_t person, uint64_t but)
{
    int result = scripted_write_step(store);
    if (result == OK)
        drop_sessions(person, but);
    return result;
}

static int session_used(struct store *store, uint64_t id, uint64_t now_ms)
{
    int result = scripted_write_step(store);
    for (size_t i = 0; result == OK && i < now->sessions_count; i++) {
        if (now->sessions[i].record.id == id)
            now->sessions[i].record.used_ms = now_ms;
    }
    return result;
}

unsigned scripted_directory_sessions(uint64_t person)
{
    unsigned count = 0;
    for (size_t i = 0; i < now->sessions_count; i++)
        count += now->sessions[i].record.person == person;
    return count;
}

const struct scripted_session *scripted_directory_session(uint8_t byte)
{
    uint8_t hash[ACT_HASH_BYTES];
    memset(hash, byte, sizeof(hash));
    for (size_t i = 0; i < now->sessions_count; i++) {
        if (memcmp(now->sessions[i].hash, hash, sizeof(hash)) == 0)
            return &now->sessions[i];
    }
    return NULL;
}

int scripted_directory_find(const uint8_t hash[ACT_HASH_BYTES], struct person_record *ret_person)
{
    for (size_t i = 0; i < now->sessions_count; i++) {
        const struct scripted_session *session = &now->sessions[i];
        if (memcmp(session->hash, hash, ACT_HASH_BYTES) != 0)
            continue;
        ret_person->id = session->record.person;
        ret_person->session = session->record.id;
        ret_person->session_used_ms = session->record.used_ms;
        return OK;
    }
    return ERR_NOT_FOUND;
}

/* ---- links ---- */

static int invite_make(struct store *store, const struct invite_record *invite,
                       const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms, const char *note)
{
    int result = scripted_write_step(store);
    assert_true(now->invites_count < COUNT(now->invites) && now_ms > 0);
    if (result != OK)
        return result;
    struct scripted_invite *made = &now->invites[now->invites_count++];
    *made = (struct scripted_invite){.record = *invite};
    memcpy(made->token, token, ACT_HASH_BYTES);
    copy_text(made->note, sizeof(made->note), note);
    return OK;
}

static bool is_usable(const struct scripted_invite *invite)
{
    const struct invite_record *record = &invite->record;
    return !invite->ended && (record->count == 0 || record->used < record->count);
}

static int invite_get(struct store *store, const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms,
                      struct invite_record *ret_invite)
{
    int result = scripted_step(store);
    for (size_t i = 0; result == OK && i < now->invites_count; i++) {
        const struct scripted_invite *invite = &now->invites[i];
        bool in_time = invite->record.until_ms == 0 || invite->record.until_ms > now_ms;
        if (memcmp(invite->token, token, ACT_HASH_BYTES) != 0 || !is_usable(invite) || !in_time)
            continue;
        *ret_invite = invite->record;
        return OK;
    }
    return result == OK ? ERR_NOT_FOUND : result;
}

struct scripted_invite *scripted_directory_invite(uint64_t id)
{
    for (size_t i = 0; i < now->invites_count; i++) {
        if (now->invites[i].record.id == id)
            return &now->invites[i];
    }
    return NULL;
}

static int invite_use(struct store *store, uint64_t id)
{
    int result = scripted_write_step(store);
    struct scripted_invite *invite = scripted_directory_invite(id);
    if (result != OK)
        return result;
    if (!invite || !is_usable(invite))
        return ERR_NOT_FOUND;
    invite->record.used++;
    return OK;
}

static int invite_end(struct store *store, uint64_t id)
{
    int result = scripted_write_step(store);
    struct scripted_invite *invite = scripted_directory_invite(id);
    if (result != OK)
        return result;
    if (!invite || invite->ended)
        return ERR_NOT_FOUND;
    invite->ended = true;
    return OK;
}

static int reset_make(struct store *store, uint64_t person, const uint8_t token[ACT_HASH_BYTES],
                      uint64_t until_ms)
{
    int result = scripted_write_step(store);
    if (result != OK)
        return result;
    drop_resets(person);
    assert_true(now->resets_count < COUNT(now->resets));
    now->resets[now->resets_count].person = person;
    now->resets[now->resets_count].until_ms = until_ms;
    memcpy(now->resets[now->resets_count++].token, token, ACT_HASH_BYTES);
    return OK;
}

static int reset_use(struct store *store, const uint8_t token[ACT_HASH_BYTES], uint64_t now_ms,
                     uint64_t *ret_person)
{
    int result = scripted_write_step(store);
    for (size_t i = 0; result == OK && i < now->resets_count; i++) {
        if (memcmp(now->resets[i].token, token, ACT_HASH_BYTES) != 0 ||
            now->resets[i].until_ms <= now_ms)
            continue;
        *ret_person = now->resets[i].person;
        now->resets[i] = now->resets[--now->resets_count];
        return OK;
    }
    return result == OK ? ERR_NOT_FOUND : result;
}

/* ---- webhooks ---- */

static size_t find_hook(uint64_t id)
{
    size_t at = 0;
    while (at < now->hooks_count && now->hooks[at].record.id != id)
        at++;
    return at;
}

static int hook_make(struct store *store, const struct hook_record *hook,
                     const uint8_t token[ACT_HASH_BYTES], uint64_t by, uint64_t now_ms)
{
    int result = scripted_write_step(store);
    assert_true(now->hooks_count < COUNT(now->hooks) && by != 0 && now_ms > 0);
    if (result != OK)
        return result;
    now->hooks[now->hooks_count].record = *hook;
    memcpy(now->hooks[now->hooks_count++].token, token, ACT_HASH_BYTES);
    return OK;
}

static int hook_get(struct store *store, uint64_t id, struct hook_record *ret_hook)
{
    int result = scripted_step(store);
    size_t at = find_hook(id);
    if (result != OK)
        return result;
    if (at == now->hooks_count)
        return ERR_NOT_FOUND;
    *ret_hook = now->hooks[at].record;
    return OK;
}

static int hook_end(struct store *store, uint64_t id, struct hook_record *ret_hook)
{
    int result = scripted_write_step(store);
    size_t at = find_hook(id);
    if (result != OK)
        return result;
    if (at == now->hooks_count)
        return ERR_NOT_FOUND;
    *ret_hook = now->hooks[at].record;
    now->hooks[at] = now->hooks[--now->hooks_count];
    return OK;
}

/* ---- order ---- */

static int ban_make(struct store *store, const struct ban_record *ban, const char *reason)
{
    int result = scripted_write_step(store);
    assert_true(now->bans_count < COUNT(now->bans) && reason);
    assert_true((ban->person == 0) == (ban->address[0] != '\0'));
    if (result == OK)
        now->bans[now->bans_count++] = *ban;
    return result;
}

static int ban_end(struct store *store, uint64_t id, struct ban_record *ret_ban)
{
    int result = scripted_write_step(store);
    for (size_t i = 0; result == OK && i < now->bans_count; i++) {
        if (now->bans[i].id != id)
            continue;
        *ret_ban = now->bans[i];
        now->bans[i] = now->bans[--now->bans_count];
        return OK;
    }
    return result == OK ? ERR_NOT_FOUND : result;
}

uint64_t scripted_directory_banned_ms(uint64_t person)
{
    uint64_t longest_ms = 0;
    for (size_t i = 0; i < now->bans_count; i++) {
        uint64_t until_ms = now->bans[i].until_ms ? now->bans[i].until_ms : UINT64_MAX;
        if (now->bans[i].person == person && until_ms > longest_ms)
            longest_ms = until_ms;
    }
    return longest_ms;
}

static int ban_of(struct store *store, uint64_t person, uint64_t now_ms, uint64_t *ret_until_ms)
{
    int result = scripted_step(store);
    uint64_t until_ms = scripted_directory_banned_ms(person);
    if (result != OK)
        return result;
    if (until_ms <= now_ms)
        return ERR_NOT_FOUND;
    *ret_until_ms = until_ms;
    return OK;
}

static int bans_of_addresses(struct store *store, uint64_t now_ms,
                             void (*visit)(void *ctx, const struct ban_record *ban), void *ctx)
{
    int result = scripted_step(store);
    for (size_t i = 0; result == OK && i < now->bans_count; i++) {
        const struct ban_record *ban = &now->bans[i];
        if (ban->person == 0 && (ban->until_ms == 0 || ban->until_ms > now_ms))
            visit(ctx, ban);
    }
    return result;
}

static int report_make(struct store *store, uint64_t room, uint64_t seq, uint64_t author,
                       uint64_t by, const char *reason, uint64_t now_ms, uint64_t *ret_id)
{
    int result = scripted_write_step(store);
    assert_true(reason && now_ms > 0);
    for (size_t i = 0; result == OK && i < now->reports_count; i++) {
        if (now->reports[i].room != room || now->reports[i].seq != seq || now->reports[i].by != by)
            continue;
        *ret_id = now->reports[i].id;
        return ERR_EXISTS;
    }
    if (result != OK)
        return result;
    assert_true(now->reports_count < COUNT(now->reports));
    size_t at = now->reports_count++;
    now->reports[at].id = *ret_id = at + 1;
    now->reports[at].room = room;
    now->reports[at].seq = seq;
    now->reports[at].author = author;
    now->reports[at].by = by;
    now->reports[at].closed = false;
    return OK;
}

static int report_end(struct store *store, uint64_t id, uint64_t by, const char *note,
                      uint64_t now_ms)
{
    int result = scripted_write_step(store);
    assert_true(note && now_ms > 0);
    if (result != OK)
        return result;
    if (id == 0 || id > now->reports_count || now->reports[id - 1].closed)
        return ERR_NOT_FOUND;
    now->reports[id - 1].closed = true;
    now->reports[id - 1].closed_by = by;
    return OK;
}

static int audit(struct store *store, uint64_t by, const char *action, uint64_t person,
                 uint64_t room, const char *detail, uint64_t now_ms)
{
    int result = scripted_write_step(store);
    assert_true(now->audit_count < COUNT(now->audit) && now_ms > 0);
    if (result != OK)
        return result;
    struct scripted_audit *line = &now->audit[now->audit_count++];
    *line = (struct scripted_audit){.by = by, .person = person, .room = room};
    copy_text(line->action, sizeof(line->action), action);
    copy_text(line->detail, sizeof(line->detail), detail);
    return OK;
}

const struct scripted_audit *scripted_directory_audit(void)
{
    return now->audit_count > 0 ? &now->audit[now->audit_count - 1] : NULL;
}

static int messages_of(struct store *store, uint64_t person, unsigned max, uint64_t *ret_rooms,
                       uint64_t *ret_seqs, unsigned *ret_count)
{
    int result = scripted_step(store);
    unsigned count = 0;
    for (size_t i = 0; i < script.now.events_count && count < max; i++) {
        const struct scripted_event *event = &script.now.events[i];
        if (event->kind != EVENT_MESSAGE || event->author != person || event->deleted)
            continue;
        ret_rooms[count] = event->room;
        ret_seqs[count++] = event->seq;
    }
    if (result == OK)
        *ret_count = count;
    return result;
}

static int server_get(struct store *store, struct server_record *ret_server)
{
    int result = scripted_step(store);
    if (result == OK)
        *ret_server = now->server;
    return result;
}

static int server_set(struct store *store, const struct server_record *server)
{
    int result = scripted_write_step(store);
    if (result == OK)
        now->server = *server;
    return result;
}

/* ---- files ---- */

static size_t find_file(uint64_t id)
{
    size_t at = 0;
    while (at < script.now.files_count && script.now.files[at].id != id)
        at++;
    return at;
}

static size_t find_owned(uint64_t id)
{
    size_t at = 0;
    while (at < now->owned_count && now->owned[at].id != id)
        at++;
    return at;
}

static uint64_t bytes_of(uint64_t person)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < now->owned_count; i++) {
        if (now->owned[i].person == person)
            bytes += now->owned[i].bytes + now->owned[i].thumbnail_bytes;
    }
    return bytes;
}

static int file_make(struct store *store, uint64_t id, uint64_t person, const struct act_file *file,
                     uint64_t quota_bytes, uint64_t now_ms)
{
    int result = scripted_write_step(store);
    assert_true(now_ms > 0);
    if (result != OK)
        return result;
    if (bytes_of(person) + file->bytes > quota_bytes)
        return ERR_LIMIT;
    assert_true(script.now.files_count < SCRIPTED_FILES_MAX &&
                now->owned_count < COUNT(now->owned));
    size_t at = script.now.files_count++;
    script.now.files[at].id = id;
    script.now.files[at].person = person;
    script.now.files[at].room = script.now.files[at].seq = 0;
    at = now->owned_count++;
    now->owned[at].id = id;
    now->owned[at].person = person;
    now->owned[at].bytes = file->bytes;
    now->owned[at].thumbnail_bytes = 0;
    return OK;
}

/* One's own that is in no message. */
static bool is_free(size_t at, uint64_t person)
{
    return at < script.now.files_count && script.now.files[at].person == person &&
           script.now.files[at].seq == 0;
}

static int file_end(struct store *store, uint64_t id, uint64_t person)
{
    int result = scripted_write_step(store);
    size_t at = find_file(id);
    if (result != OK)
        return result;
    if (!is_free(at, person))
        return ERR_NOT_FOUND;
    script.now.files[at] = script.now.files[--script.now.files_count];
    at = find_owned(id);
    now->owned[at] = now->owned[--now->owned_count];
    return OK;
}

static int file_set_thumbnail(struct store *store, uint64_t id, uint64_t person,
                              const uint8_t hash[ACT_HASH_BYTES], uint64_t bytes,
                              uint64_t quota_bytes)
{
    int result = scripted_write_step(store);
    (void)hash;
    if (result != OK)
        return result;
    if (!is_free(find_file(id), person))
        return ERR_NOT_FOUND;
    if (bytes_of(person) + bytes > quota_bytes)
        return ERR_LIMIT;
    now->owned[find_owned(id)].thumbnail_bytes = bytes;
    return OK;
}

static const struct directory_ops ops = {
    .account_get = account_get,
    .account_set_secret = account_set_secret,
    .account_set_totp = account_set_totp,
    .account_use_step = account_use_step,
    .account_use_code = account_use_code,
    .person_set_profile = person_set_profile,
    .person_set_role = person_set_role,
    .person_set_muted = person_set_muted,
    .people_with_role = people_with_role,
    .person_erase = person_erase,
    .session_make = session_make,
    .session_end = session_end,
    .sessions_end = sessions_end,
    .session_used = session_used,
    .invite_make = invite_make,
    .invite_get = invite_get,
    .invite_use = invite_use,
    .invite_end = invite_end,
    .reset_make = reset_make,
    .reset_use = reset_use,
    .hook_make = hook_make,
    .hook_get = hook_get,
    .hook_end = hook_end,
    .ban_make = ban_make,
    .ban_end = ban_end,
    .ban_of = ban_of,
    .bans_of_addresses = bans_of_addresses,
    .report_make = report_make,
    .report_end = report_end,
    .audit = audit,
    .messages_of = messages_of,
    .server_get = server_get,
    .server_set = server_set,
    .file_make = file_make,
    .file_end = file_end,
    .file_set_thumbnail = file_set_thumbnail,
};

void scripted_directory_use(void)
{
    struct person_record *console = &script.now.people[script.now.people_count++].record;
    *console = (struct person_record){.id = PERSON_CONSOLE, .role = ROLE_OWNER, .name = {.len = 7}};
    memcpy(console->name.text, "Console", 7);
    *now = (struct scripted_directory){.accounts_count = 0};
    script.store.directory = &ops;
}
