#pragma once
/*
 * Counters and gauges. Each thread has a block of its own and only it writes there (plain stores, no locked
 * instruction); the metrics page adds the blocks up. A new one is a line in METRICS: the identifier,
 * its name in the Prometheus text format, its type and what it means.
 */

#include <stdatomic.h>
#include <stdint.h>

#define METRICS(X)                                                                                 \
    X(CONNECTIONS_OPEN, "hubbub_connections", "gauge", "Connections that are open")                \
    X(CONNECTIONS_ACCEPTED, "hubbub_connections_accepted_total", "counter",                        \
      "Connections accepted")                                                                      \
    X(ACCEPT_PAUSES, "hubbub_accept_pauses_total", "counter",                                      \
      "Times that accepting paused because descriptors ran out")                                   \
    X(CLIENTS, "hubbub_clients", "gauge", "Connections that have said who they are")               \
    X(MEMBERS, "hubbub_members", "gauge",                                                          \
      "Places of clients in their rooms that are live: somebody in five rooms counts five times")  \
    X(BYTES_IN, "hubbub_received_bytes_total", "counter", "Bytes received")                        \
    X(BYTES_OUT, "hubbub_sent_bytes_total", "counter", "Bytes sent")                               \
    X(SENDS, "hubbub_send_calls_total", "counter", "System calls that sent")                       \
    X(MESSAGES_IN, "hubbub_messages_received_total", "counter", "Messages taken from clients")     \
    X(MESSAGES_OUT, "hubbub_frames_appended_total", "counter",                                     \
      "Frames appended to the rings, once per dialect in use")                                     \
    X(DELIVERIES, "hubbub_deliveries_total", "counter", "Sends of due pool bytes to members")      \
    X(LAGGING, "hubbub_members_lagging", "gauge", "Members the kernel takes nothing from")         \
    X(BEHIND, "hubbub_members_behind", "gauge",                                                    \
      "Members that are fed from the store because they lack more than the ring holds")            \
    X(FED_PAGES, "hubbub_fed_pages_total", "counter", "Pages read for those who are behind")       \
    X(RESETS, "hubbub_resets_total", "counter", "Cursors that could not be continued")             \
    X(READS, "hubbub_reads_total", "counter", "Questions answered by the reading threads")         \
    X(READS_LATE, "hubbub_reads_late_total", "counter",                                            \
      "Questions that were not answered in time")                                                  \
    X(RING_BYTES, "hubbub_ring_bytes", "gauge", "Memory in the rings of the pools")                \
    X(HTTP_REQUESTS, "hubbub_http_requests_total", "counter", "HTTP requests answered")            \
    X(UPLOADS, "hubbub_uploads_total", "counter", "Files that were sent and kept")                 \
    X(UPLOADED_BYTES, "hubbub_uploaded_bytes_total", "counter", "Bytes of those")                  \
    X(DOWNLOADS, "hubbub_downloads_total", "counter", "Answers with a file, or a part of one")     \
    X(DOWNLOADED_BYTES, "hubbub_downloaded_bytes_total", "counter", "Bytes of files given out")    \
    X(DROPPED_LAPPED, "hubbub_dropped_total{reason=\"lapped\"}", "counter",                        \
      "Connections ended by the server")                                                           \
    X(DROPPED_QUEUE, "hubbub_dropped_total{reason=\"queue\"}", "counter", "")                      \
    X(DROPPED_TIMEOUT, "hubbub_dropped_total{reason=\"timeout\"}", "counter", "")                  \
    X(DROPPED_ERRORS, "hubbub_dropped_total{reason=\"errors\"}", "counter", "")                    \
    X(DROPPED_ADDRESS, "hubbub_dropped_total{reason=\"address_limit\"}", "counter", "")            \
    X(DROPPED_FULL, "hubbub_dropped_total{reason=\"connection_limit\"}", "counter", "")            \
    X(REFUSED_HTTP, "hubbub_refused_total{reason=\"http\"}", "counter",                            \
      "Input refused because it broke a rule")                                                     \
    X(REFUSED_HANDSHAKE, "hubbub_refused_total{reason=\"handshake\"}", "counter", "")              \
    X(REFUSED_ORIGIN, "hubbub_refused_total{reason=\"origin\"}", "counter", "")                    \
    X(REFUSED_FRAME, "hubbub_refused_total{reason=\"frame\"}", "counter", "")                      \
    X(REFUSED_UTF8, "hubbub_refused_total{reason=\"utf8\"}", "counter", "")                        \
    X(REFUSED_TOO_BIG, "hubbub_refused_total{reason=\"too_big\"}", "counter", "")                  \
    X(REFUSED_COMMAND, "hubbub_refused_total{reason=\"command\"}", "counter", "")                  \
    X(REFUSED_DISK, "hubbub_refused_total{reason=\"disk_full\"}", "counter", "")                   \
    X(REFUSED_GUESTS, "hubbub_refused_total{reason=\"guests_off\"}", "counter", "")                \
    X(REFUSED_BANNED, "hubbub_refused_total{reason=\"banned\"}", "counter", "")                    \
    X(REFUSED_PASSWORDS, "hubbub_refused_total{reason=\"passwords_busy\"}", "counter", "")         \
    X(RATE_LIMITED, "hubbub_rate_limited_total", "counter",                                        \
      "Times a client was slowed down or told to wait")                                            \
    X(PASSWORDS, "hubbub_passwords_total", "counter", "Passwords hashed or verified")              \
    X(TURNS, "hubbub_loop_turns_total", "counter", "Turns of the workers' loops")                  \
    X(TURN_NS, "hubbub_loop_busy_ns_total", "counter", "Nanoseconds the workers' loops were busy") \
    X(COMMITS, "hubbub_store_commits_total", "counter", "Batches committed by the writer")         \
    X(EVENTS, "hubbub_store_events_total", "counter", "Events kept")

enum metric {
#define METRIC_ID(id, name, type, help) METRIC_##id,
    METRICS(METRIC_ID)
#undef METRIC_ID
        METRIC_COUNT
};

struct metrics {
    _Atomic uint64_t values[METRIC_COUNT];
};

/** Adds to a counter or gauge of the calling thread's own block. */
static inline void metrics_add(struct metrics *metrics, enum metric metric, int64_t by)
{
    _Atomic uint64_t *value = &metrics->values[metric];
    uint64_t now = atomic_load_explicit(value, memory_order_relaxed);
    atomic_store_explicit(value, now + (uint64_t)by, memory_order_relaxed);
}

/** Reads one value; any thread, may be a moment old. */
static inline uint64_t metrics_read(const struct metrics *metrics, enum metric metric)
{
    return atomic_load_explicit(&metrics->values[metric], memory_order_relaxed);
}
