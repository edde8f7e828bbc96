/*
 * What another process has used, as the kernel counts it.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/*
 * CPU time of all threads of `pid`, user and system together, in nanoseconds, dead threads
 * included; 0 if it cannot be read. It is the process's CPU clock: the same counter as the first
 * field of /proc/PID/task/TID/schedstat, in one call. (utime and stime in /proc/PID/stat come in
 * steps of 10 ms.) A thread that is running right now is accounted up to its last scheduler tick.
 */
uint64_t proc_cpu_ns(pid_t pid);

/* Resident memory of `pid` in bytes, exact where the kernel offers smaps_rollup; 0 on failure. */
uint64_t proc_rss_bytes(pid_t pid);

/* The most that was ever resident of `pid` (VmHWM) in bytes; 0 on failure. */
uint64_t proc_peak_bytes(pid_t pid);
