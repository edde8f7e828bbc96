#pragma once
/*
 * What a session is called in the list of one's sessions: the browser and the system, as the User-Agent field says. Pure.
 */

#include "base/slice.h"
#include "chat/act.h"

/**
 * Writes "Firefox on Windows", "curl/8.5.0" (the first word of a program that is no browser) or "", always one line of printable ASCII. user_agent: whatever a
 * stranger may send; ptr NULL: nothing.
 */
void device_of_user_agent(struct slice user_agent, char ret_device[SESSION_DEVICE_MAX + 1]);
