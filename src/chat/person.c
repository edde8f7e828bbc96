#include "chat/person.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "chat/room.h"

struct person *person_new(const struct person_record *record)
{
    struct person *person = mem_zalloc(sizeof(*person));
    person->id = person->by_id.id = record->id;
    person->role = record->role;
    person->muted_ms = record->muted_ms;
    person->color = record->color;
    person_set_name(person, &record->name);
    person_set_display(person, &record->display);
    return person;
}

void person_reserve(struct person *person, uint16_t seats)
{
    if (seats <= person->seats_cap)
        return;
    person->seats_cap = seats;
    person->seats = mem_realloc(person->seats, seats * sizeof(person->seats[0]));
}

void person_free(struct person *person)
{
    ASSERT(person->seats_count == 0);
    mem_free(person->seats);
    mem_free(person->name);
    mem_free(person->display);
    mem_free(person);
}

void person_set_name(struct person *person, const struct name *name)
{
    mem_free(person->name);
    person->name = mem_copy_string(name->text, name->len);
}

void person_set_display(struct person *person, const struct name *display)
{
    mem_free(person->display);
    person->display = display->len > 0 ? mem_copy_string(display->text, display->len) : NULL;
}

static struct name name_of(const char *text)
{
    struct name name = {0};
    if (text) {
        name.len = (uint8_t)strlen(text);
        memcpy(name.text, text, name.len);
    }
    return name;
}

struct name person_name(const struct person *person)
{
    return name_of(person ? person->name : NULL);
}

struct name person_display(const struct person *person)
{
    return name_of(person ? person->display : NULL);
}

struct seat *person_seat(const struct person *person, uint64_t room)
{
    for (uint16_t i = 0; i < person->seats_count; i++) {
        if (person->seats[i].room->id == room)
            return &person->seats[i];
    }
    return NULL;
}
