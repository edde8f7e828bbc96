/*
 * What every measuring program here needs. A failed check ends the program with exit code 1 (die):
 * a figure from a run that was not complete and in order would be worth nothing.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* CLOCK_MONOTONIC. */
uint64_t clock_ns(void);

/* Says why on standard error, behind the program's name, and exits with 1. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Takes memory of *cap bytes, returns owned memory of at least `wanted`; *cap is kept up. */
void *grow(void *memory, size_t *cap, size_t wanted);

/* A number from 0 to `most` in decimal digits and nothing else, or the end of the program. */
uint32_t parse_count(const char *text, uint32_t most);

/* Ends the program after so many seconds, whatever it is doing. */
void set_deadline(uint32_t seconds);

/* As many open files as this process may have; returns how many that are. */
uint64_t raise_file_limit(void);
