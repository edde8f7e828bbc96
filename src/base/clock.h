#pragma once
/*
 * The two clocks. Durations and deadlines use the monotonic one; only what people see uses wall time.
 * The domain (chat/) never calls these: it is told the time, so that a simulation can turn it.
 */

#include <stdint.h>

/** Nanoseconds and milliseconds of CLOCK_MONOTONIC. Any thread. */
uint64_t clock_mono_ns(void);
uint64_t clock_mono_ms(void);

/** Milliseconds since 1970-01-01 UTC by CLOCK_REALTIME; may jump. Any thread. */
uint64_t clock_wall_ms(void);
