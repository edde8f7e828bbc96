#pragma once
/*
 * For suites that run against both stores: BOTH(test) is two entries in the table of tests, each
 * with a fresh store, which the test finds in `rig`. Include cmocka before.
 */

#include "store/rig.h"

static struct rig rig;

static int both_open(void **state)
{
    rig_open(&rig, *(const enum rig_kind *)*state);
    return 0;
}

static int both_close(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static enum rig_kind both_memory = RIG_MEMORY, both_sqlite = RIG_SQLITE;

#define BOTH(test)                                                                                 \
    {"memory: " #test, test, both_open, both_close, &both_memory},                                 \
    {                                                                                              \
        "sqlite: " #test, test, both_open, both_close, &both_sqlite                                \
    }
