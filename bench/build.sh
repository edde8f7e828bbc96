#!/bin/sh
# Builds the measuring programs into build/bench/. A peer only if what it needs is installed
# (Debian: libwebsockets-dev libwebsockets-evlib-ev; golang-go golang-github-gorilla-websocket-dev).
# The peers on node are installed with `npm ci` in bench/peers/ws and bench/peers/bun.
set -eu
cd "$(dirname "$0")"
out=${OUT:-../build/bench}
cc=${CC:-gcc}
flags="-std=gnu17 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror ${CFLAGS:-}"
common="proc_stat.c util.c ws_client.c"
mkdir -p "$out"
# shellcheck disable=SC2086  # the flags are several words on purpose
$cc $flags -o "$out/load" load_*.c $common
# shellcheck disable=SC2086
$cc $flags -o "$out/webload" webload_*.c load_hist.c $common
# shellcheck disable=SC2086
$cc $flags -o "$out/bare_sqlite" bare_sqlite.c load_hist.c util.c -lsqlite3
# shellcheck disable=SC2086
$cc $flags -o "$out/floor" floor.c
# What the program itself is made of, if it has been built.
objects=${OBJECTS:-../build/obj/release}
if [ -e "$objects/libstore.a" ] && [ -e "$objects/libchat.a" ]; then
    # shellcheck disable=SC2086
    $cc $flags -I../src -pthread -o "$out/writer_loop" writer_loop.c load_hist.c util.c \
        "$objects/libstore.a" "$objects/libchat.a" "$objects/libnet.a" "$objects/libbase.a" \
        -lsqlite3 -lcrypto
fi
if [ -e "$objects/libstore.a" ]; then
    # shellcheck disable=SC2086
    $cc $flags -I../src -pthread -o "$out/search_loop" search_loop.c load_hist.c util.c \
        "$objects/libstore.a" "$objects/libchat.a" "$objects/libnet.a" "$objects/libbase.a" \
        -lsqlite3 -lcrypto
fi
if [ -e /usr/include/libwebsockets.h ]; then
    # shellcheck disable=SC2086
    $cc $flags -o "$out/peer_lws" peers/lws.c -lwebsockets
fi
if command -v go >/dev/null && [ -d /usr/share/gocode/src/github.com/gorilla/websocket ]; then
    GO111MODULE=off GOPATH=/usr/share/gocode go build -o "$out/peer_gorilla" peers/gorilla/main.go
fi
