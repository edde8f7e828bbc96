#include "chat/listing.h"

#include <string.h>

#include "base/memory.h"

/* `id` (or `name`, in lists by name) of the last row is where the next page begins: see store_read.after. */
static const struct {
    const char *name;
    struct listing_column columns[LISTING_COLUMNS_MAX];
} lists[LIST_END] = {
    [LIST_PEOPLE] = {"people",
                     {{"id", CELL_PERSON},
                      {"name", CELL_TEXT},
                      {"display", CELL_TEXT},
                      {"color", CELL_COLOR},
                      {"role", CELL_ROLE},
                      {"created", CELL_TIME},
                      {"seen", CELL_TIME},
                      {"muted", CELL_FLAG},
                      {"banned", CELL_FLAG}}},
    [LIST_MEMBERS] = {"members",
                      {{"id", CELL_PERSON},
                       {"name", CELL_TEXT},
                       {"display", CELL_TEXT},
                       {"color", CELL_COLOR},
                       {"role", CELL_ROLE},
                       {"host", CELL_FLAG}}},
    [LIST_SESSIONS] = {"sessions",
                       {{"id", CELL_KEY},
                        {"device", CELL_TEXT},
                        {"created", CELL_TIME},
                        {"used", CELL_TIME},
                        {"current", CELL_FLAG}}},
    [LIST_INVITES] = {"invites",
                      {{"id", CELL_KEY},
                       {"by", CELL_PERSON},
                       {"created", CELL_TIME},
                       {"until", CELL_TIME},
                       {"uses", CELL_NUMBER},
                       {"left", CELL_NUMBER},
                       {"role", CELL_ROLE},
                       {"note", CELL_TEXT}}},
    [LIST_BANS] = {"bans",
                   {{"id", CELL_KEY},
                    {"person", CELL_PERSON},
                    {"name", CELL_TEXT},
                    {"address", CELL_TEXT},
                    {"reason", CELL_TEXT},
                    {"by", CELL_PERSON},
                    {"created", CELL_TIME},
                    {"until", CELL_TIME}}},
    [LIST_MUTES] = {"mutes", {{"person", CELL_PERSON}, {"name", CELL_TEXT}, {"until", CELL_TIME}}},
    [LIST_REPORTS] = {"reports",
                      {{"id", CELL_KEY},
                       {"room", CELL_ROOM},
                       {"seq", CELL_NUMBER},
                       {"author", CELL_PERSON},
                       {"by", CELL_PERSON},
                       {"reason", CELL_TEXT},
                       {"created", CELL_TIME},
                       {"closed", CELL_TIME},
                       {"closed_by", CELL_PERSON},
                       {"note", CELL_TEXT}}},
    [LIST_AUDIT] = {"audit",
                    {{"id", CELL_KEY},
                     {"ts", CELL_TIME},
                     {"by", CELL_PERSON},
                     {"name", CELL_TEXT},
                     {"action", CELL_TEXT},
                     {"person", CELL_PERSON},
                     {"room", CELL_ROOM},
                     {"detail", CELL_TEXT}}},
    [LIST_BOTS] =
        {"bots",
         {{"id", CELL_PERSON}, {"name", CELL_TEXT}, {"created", CELL_TIME}, {"seen", CELL_TIME}}},
    [LIST_HOOKS] = {"webhooks",
                    {{"id", CELL_KEY},
                     {"room", CELL_ROOM},
                     {"name", CELL_TEXT},
                     {"person", CELL_PERSON},
                     {"by", CELL_PERSON},
                     {"created", CELL_TIME}}},
    [LIST_MENTIONS] = {"mentions",
                       {{"id", CELL_KEY},
                        {"room", CELL_ROOM},
                        {"seq", CELL_NUMBER},
                        {"ts", CELL_TIME},
                        {"from", CELL_PERSON},
                        {"name", CELL_TEXT}}},
    [LIST_PINS] = {"pins", {{"seq", CELL_NUMBER}}},
    [LIST_FILES] = {"files",
                    {{"id", CELL_KEY},
                     {"name", CELL_TEXT},
                     {"type", CELL_TEXT},
                     {"bytes", CELL_NUMBER},
                     {"created", CELL_TIME},
                     {"room", CELL_ROOM},
                     {"seq", CELL_NUMBER}}},
};

const struct listing_column *listing_columns(enum listing_kind kind, size_t *ret_count)
{
    size_t count = 0;
    while (count < LISTING_COLUMNS_MAX && lists[kind].columns[count].name)
        count++;
    *ret_count = count;
    return lists[kind].columns;
}

const char *listing_name(enum listing_kind kind)
{
    return lists[kind].name;
}

bool listing_of_name(const char *name, enum listing_kind *ret_kind)
{
    for (unsigned kind = LIST_PEOPLE; kind < LIST_END; kind++) {
        if (strcmp(lists[kind].name, name) == 0) {
            *ret_kind = (enum listing_kind)kind;
            return true;
        }
    }
    return false;
}

void listing_release(struct listing *listing)
{
    size_t columns;
    if (!listing->cells)
        return;
    listing_columns(listing->kind, &columns);
    for (size_t i = 0; i < listing->rows_count * columns; i++)
        mem_free(listing->cells[i].text);
    mem_free(listing->cells);
    listing->cells = NULL;
    listing->rows_count = 0;
}
