#pragma once
/*
 * ASSERT states what a correct program guarantees; it stays on in release builds. It is for mistakes of
 * the programmer only: input, peers, disks and memory limits are handled by error codes, never by it.
 */

/** Prints the broken statement and aborts. Not called directly. */
_Noreturn void assert_failed(const char *what, const char *file, int line);

#define ASSERT(what) ((what) ? (void)0 : assert_failed(#what, __FILE__, __LINE__))
