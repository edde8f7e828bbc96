#pragma once
/*
 * `hubbub --check URL`: asks a running server whether it is well, for health checks where no other tool is installed.
 */

/** Fetches http://HOST:PORT/PATH within five seconds. Returns OK for a status 200, after one line on stderr otherwise an error. */
int check_url(const char *url);
