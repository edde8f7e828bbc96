#include "chat/person.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "chat/room.h"

struct person *person_new(uint64_t id, const struct name *name)
{
    struct person *person = mem_zalloc(sizeof(*person));
    person->id = person->by_id.id = id;
    person_set_name(person, name);
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
    mem_free(person);
}

void person_set_name(struct person *person, const struct name *name)
{
    mem_free(person->name);
    person->name = mem_copy_string(name->text, name->len);
}

struct name person_name(const struct person *person)
{
    struct name name = {0};
    if (person) {
        name.len = (uint8_t)strlen(person->name);
        memcpy(name.text, person->name, name.len);
    }
    return name;
}

struct seat *person_seat(const struct person *person, uint64_t room)
{
    for (uint16_t i = 0; i < person->seats_count; i++) {
        if (person->seats[i].room->id == room)
            return &person->seats[i];
    }
    return NULL;
}
