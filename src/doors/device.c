#include "doors/device.h"

#include <stdio.h>

enum { PROGRAM_CHARACTERS_MAX = 40 };

/* In this order: all browsers but Firefox claim to be Safari, most to be Chrome. */
static const struct {
    const char *mark, *name;
} browsers[] =
    {{"Edg", "Edge"},         {"OPR/", "Opera"},     {"SamsungBrowser/", "Samsung Internet"},
     {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
     {"Chrome/", "Chrome"},   {"Safari/", "Safari"}},
  systems[] = {{"Android", "Android"}, {"iPhone", "iPhone"},  {"iPad", "iPad"},
               {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"},
               {"Linux", "Linux"}};

static bool says(struct slice text, const char *mark)
{
    return text.len > 0 && memmem(text.ptr, text.len, mark, strlen(mark)) != NULL;
}

/* The first word, as far as it is printable. */
static void take_program(struct slice text, char *ret_device)
{
    size_t len = 0;
    while (len < text.len && len < PROGRAM_CHARACTERS_MAX && text.ptr[len] > ' ' &&
           text.ptr[len] < 0x7f) {
        ret_device[len] = (char)text.ptr[len];
        len++;
    }
    ret_device[len] = '\0';
}

void device_of_user_agent(struct slice user_agent, char ret_device[SESSION_DEVICE_MAX + 1])
{
    const char *browser = NULL, *system = NULL;
    for (size_t i = 0; i < sizeof(browsers) / sizeof(browsers[0]) && !browser; i++)
        browser = says(user_agent, browsers[i].mark) ? browsers[i].name : NULL;
    for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]) && !system; i++)
        system = says(user_agent, systems[i].mark) ? systems[i].name : NULL;
    if (browser && system)
        snprintf(ret_device, SESSION_DEVICE_MAX + 1, "%s on %s", browser, system);
    else if (browser)
        snprintf(ret_device, SESSION_DEVICE_MAX + 1, "%s", browser);
    else
        take_program(user_agent, ret_device);
}
