#include "doors/web_rows.h"

#include "chat/event.h"
#include "chat/role.h"
#include "doors/room_id.h"
#include "doors/web_text.h"

/* ---- lists ---- */

static void write_room_cell(struct buffer *out, const char *name, uint64_t room)
{
    buffer_printf(out, ",\"%s\":\"", name);
    room_id_write(out, room);
    buffer_append_byte(out, '"');
}

static void write_cell(struct buffer *out, const struct listing_column *column,
                       const struct cell *cell)
{
    switch (column->kind) {
    case CELL_NUMBER:
        web_write_number(out, column->name, cell->number);
        break;
    case CELL_KEY:
        web_write_key(out, column->name, cell->number);
        break;
    case CELL_TIME:
        web_write_time(out, column->name, cell->number);
        break;
    case CELL_FLAG:
        if (cell->number != 0)
            web_write_true(out, column->name);
        break;
    case CELL_PERSON:
        web_write_person(out, column->name, cell->number);
        break;
    case CELL_ROOM:
        write_room_cell(out, column->name, cell->number);
        break;
    case CELL_TEXT:
        web_write_string(out, column->name, slice_of_string(cell->text ? cell->text : ""));
        break;
    case CELL_ROLE:
        web_write_string(out, column->name, slice_of_string(role_name((uint8_t)cell->number)));
        break;
    case CELL_COLOR:
        web_write_color(out, column->name, (uint32_t)cell->number);
        break;
    }
}

/* Each cell begins with a comma; that of the first becomes the brace. */
static void write_row(struct buffer *out, const struct listing_column *columns, size_t count,
                      const struct cell *cells)
{
    size_t begin = out->len;
    for (size_t i = 0; i < count; i++) {
        if (!cells[i].is_null)
            write_cell(out, &columns[i], &cells[i]);
    }
    if (out->len == begin)
        buffer_append_byte(out, '{');
    out->ptr[begin] = '{';
    buffer_append_byte(out, '}');
}

void web_write_listing(struct buffer *out, const struct listing *listing)
{
    size_t count;
    const struct listing_column *columns = listing_columns(listing->kind, &count);
    web_write_string(out, "what", slice_of_string(listing_name(listing->kind)));
    buffer_append_string(out, ",\"rows\":[");
    for (size_t i = 0; i < listing->rows_count; i++) {
        if (i > 0)
            buffer_append_byte(out, ',');
        write_row(out, columns, count, &listing->cells[i * count]);
    }
    buffer_append_byte(out, ']');
    web_write_truth(out, "more", listing->more);
}

/* ---- searches ---- */

/* Goes on in a valid text to a byte, and counts the code points that begin on the way. */
static void go_to(struct slice text, uint32_t byte, uint32_t *at, uint32_t *points)
{
    for (; *at < byte && *at < text.len; ++*at)
        *points += (text.ptr[*at] & 0xc0) != 0x80;
}

/* Marks are in order, so the text is gone through once. */
static void write_marks(struct buffer *out, const struct search_hit *hit)
{
    struct slice text = hit->event->message.body;
    uint32_t at = 0, points = 0;
    for (uint32_t i = 0; i < hit->marks_count; i++) {
        go_to(text, hit->marks[i].from, &at, &points);
        buffer_printf(out, "%s[%u", i > 0 ? "," : "", points);
        go_to(text, hit->marks[i].to, &at, &points);
        buffer_printf(out, ",%u]", points);
    }
}

static void write_hit(struct buffer *out, const struct search_hit *hit)
{
    buffer_append_string(out, "{\"room\":\"");
    room_id_write(out, hit->room);
    buffer_append_string(out, "\",\"event\":");
    web_write_event(out, hit->event);
    buffer_append_string(out, ",\"marks\":[");
    write_marks(out, hit);
    buffer_append_string(out, "]}");
}

void web_write_hits(struct buffer *out, const struct search *search)
{
    buffer_append_string(out, ",\"hits\":[");
    for (size_t i = 0; i < search->hits_count; i++) {
        if (i > 0)
            buffer_append_byte(out, ',');
        write_hit(out, &search->hits[i]);
    }
    buffer_append_byte(out, ']');
    if (search->next != 0)
        web_write_key(out, "next", search->next);
    if (search->incomplete)
        web_write_true(out, "incomplete");
}
