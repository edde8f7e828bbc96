#include <inttypes.h>
#include <stdio.h>

#include "load.h"

static double us(uint64_t ns)
{
    return (double)ns / 1000;
}

static double bytes_per_conn(const struct load *l, const struct result *r)
{
    return r->rss_open > r->rss_before
               ? (double)(r->rss_open - r->rss_before) / (double)l->conn_count
               : 0;
}

static double cpu_us_each(const struct load *l, const struct result *r)
{
    uint64_t count = l->opts.mode == LOAD_CONNECT ? l->upgraded : r->deliveries;
    return count != 0 ? us(r->cpu_ns) / (double)count : 0;
}

static void report_json(const struct load *l, const struct result *r)
{
    static const char *const names[] = {"talk", "connect", "idle"};
    printf("{\"label\":\"%s\",\"mode\":\"%s\",\"ok\":true,\"clients\":%" PRIu32
           ",\"stuck\":%" PRIu32 ",\"stuck_closed\":%" PRIu32 ",\"size\":%" PRIu32
           ",\"rate\":%g,\"inflight\":%" PRIu32 ",\"senders\":%" PRIu32,
           l->opts.label, names[l->opts.mode], l->opts.clients, l->opts.stuck, r->stuck_closed,
           l->opts.size, l->opts.rate, l->opts.inflight, l->opts.senders);
    printf(",\"seconds\":%.4f,\"messages\":%" PRIu64 ",\"deliveries\":%" PRIu64
           ",\"deliveries_per_s\":%.1f,\"connects\":%" PRIu32 ",\"connects_per_s\":%.1f",
           r->seconds, r->messages, r->deliveries, (double)r->deliveries / r->seconds, l->upgraded,
           l->opts.mode == LOAD_CONNECT ? (double)l->upgraded / r->seconds : 0);
    printf(",\"cpu_us\":%.4f,\"cpu_s\":%.4f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f"
           ",\"max_us\":%.1f,\"late_p99_us\":%.1f",
           cpu_us_each(l, r), (double)r->cpu_ns / 1e9, us(hist_quantile_ns(&l->latency, 0.5)),
           us(hist_quantile_ns(&l->latency, 0.9)), us(hist_quantile_ns(&l->latency, 0.99)),
           us(l->latency.max_ns), us(hist_quantile_ns(&l->lateness, 0.99)));
    printf(",\"last_p50_us\":%.1f,\"last_p99_us\":%.1f", us(hist_quantile_ns(&l->last, 0.5)),
           us(hist_quantile_ns(&l->last, 0.99)));
    printf(",\"rss_before\":%" PRIu64 ",\"rss_open\":%" PRIu64 ",\"rss_after\":%" PRIu64
           ",\"bytes_per_conn\":%.1f,\"ignored\":%" PRIu64 "}\n",
           r->rss_before, r->rss_open, r->rss_after, bytes_per_conn(l, r), l->ignored);
}

void report(const struct load *l, const struct result *r)
{
    if (l->opts.json) {
        report_json(l, r);
        return;
    }
    if (l->opts.mode == LOAD_CONNECT) {
        printf("%s: %" PRIu32 " connects in %.2f s (%.0f/s), server %.2f us each\n", l->opts.label,
               l->upgraded, r->seconds, (double)l->upgraded / r->seconds, cpu_us_each(l, r));
        return;
    }
    printf(
        "%s: %" PRIu32 " clients, %" PRIu64 " deliveries in %.2f s (%.0f/s), server %.3f us each"
        ", latency ms p50 %.2f p90 %.2f p99 %.2f max %.2f, server RSS %.1f MB, %.0f B/connection"
        ", generator late p99 %.0f us\n",
        l->opts.label, l->opts.clients, r->deliveries, r->seconds,
        (double)r->deliveries / r->seconds, cpu_us_each(l, r),
        us(hist_quantile_ns(&l->latency, 0.5)) / 1e3, us(hist_quantile_ns(&l->latency, 0.9)) / 1e3,
        us(hist_quantile_ns(&l->latency, 0.99)) / 1e3, us(l->latency.max_ns) / 1e3,
        (double)r->rss_after / 1e6, bytes_per_conn(l, r), us(hist_quantile_ns(&l->lateness, 0.99)));
    if (l->opts.stuck != 0)
        printf("%s: %" PRIu32 " clients never read, the server closed %" PRIu32 " of them\n",
               l->opts.label, l->opts.stuck, r->stuck_closed);
}
