#pragma once
/*
 * The rules of the database, each as a query that yields one line of text for each place where it is broken, never with
 * what somebody has said in it.
 */

#include <stddef.h>

struct verify_rule {
    const char *what; /* is being looked at, for faults */
    const char *sql;
};

/** Returns borrowed, static, ret_count of them. */
const struct verify_rule *verify_rules(size_t *ret_count);
