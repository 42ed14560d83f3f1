/* bench.c - coedit-bench: an editing trace, keystroke by keystroke.
 *
 *   coedit-bench TRACE [UPDATES FULL]
 *   coedit-bench --load FULL
 *
 * TRACE is the file of runs ("YTR1": varuint edits, varuint final length, then
 * runs: varuint count * 4 + kind, zigzag varint of start - previous end; kind 0
 * inserts count bytes of ASCII, which follow, 1 deletes backwards, 2 deletes at
 * one place), not compressed. One JSON line: local_ms (each edit a transaction
 * of its own, its update encoded), encode_ms, remote_ms (each update applied
 * alone to another document), bytes. UPDATES gets the update of every edit,
 * each behind its length (4 bytes, low one first), FULL the whole document.
 *
 * With --load, a whole document is taken in by a process that has done nothing
 * else: load_ms, and rss_kb and peak_kb, by which its memory has grown then, or
 * had at most.
 */
#include "base/clock.h"
#include "coedit/coedit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bytes {
    uint8_t *at;
    size_t len, cap;
};

/* Updates one after the other, each behind its length. */
struct log {
    struct bytes all;
    size_t n;
};

static _Noreturn void die(const char *what, int error)
{
    (void)fprintf(stderr, "coedit-bench: %s: %s\n", what,
                  strerrordesc_np(error));
    _exit(EXIT_FAILURE);
}

static void check(const char *what, int r)
{
    if (r < 0)
        die(what, -r);
}

static void add(struct bytes *b, const void *p, size_t n)
{
    if (b->len + n > b->cap) {
        b->cap = (b->cap + n) * 2;
        b->at = realloc(b->at, b->cap);
    }
    if (!b->at)
        die("memory", ENOMEM);
    memcpy(b->at + b->len, p, n);
    b->len += n;
}

static void write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wbe");
    check(path, f ? 0 : -errno);
    check(path, fwrite(p, 1, n, f) == n ? 0 : -EIO);
    check(path, fclose(f) == 0 ? 0 : -errno);
}

static struct bytes read_file(const char *path)
{
    struct bytes b = {0};
    uint8_t part[65536];
    size_t n;
    FILE *f = fopen(path, "rbe");
    check(path, f ? 0 : -errno);
    while ((n = fread(part, 1, sizeof(part), f)) > 0)
        add(&b, part, n);
    (void)fclose(f);
    return b;
}

static uint64_t number(const struct bytes *b, size_t *at)
{
    uint64_t v = 0;
    for (unsigned shift = 0; *at < b->len; shift += 7) {
        uint8_t c = b->at[(*at)++];
        v |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80)
            return v;
    }
    check("trace", -EBADMSG);
    return 0;
}

/* A figure of this process in kB: "RssAnon" what it has written to, "VmHWM" the
 * most that it had at a time. */
static long memory_kb(const char *what)
{
    char line[256];
    long kb = -1;
    FILE *f = fopen("/proc/self/status", "re");
    check("/proc/self/status", f ? 0 : -errno);
    while (kb < 0 && fgets(line, sizeof(line), f))
        if (strncmp(line, what, strlen(what)) == 0)
            kb = strtol(line + strlen(what) + 1, NULL, 10);
    (void)fclose(f);
    return kb;
}

static double ms_since(int64_t us)
{
    return (double)(lk_clock_us() - us) / 1000;
}

static void one(struct coedit *d, struct coedit_ref t, bool insert, uint32_t at,
                const uint8_t *s, struct log *log)
{
    const uint8_t *p;
    size_t len;
    coedit_begin(d);
    if (insert)
        check("insert", coedit_text_insert(d, t, at, (const char *)s, 1));
    else
        check("delete", coedit_text_delete(d, t, at, 1));
    check("commit", coedit_commit(d, &p, &len));
    uint32_t n = (uint32_t)len;
    add(&log->all, &n, sizeof(n));
    add(&log->all, p, len);
    log->n++;
}

static void edit_all(struct coedit *d, struct coedit_ref t,
                     const struct bytes *trace, struct log *log)
{
    size_t at = 4;
    int64_t end = 0;
    uint64_t edits = number(trace, &at);
    (void)number(trace, &at);
    while (log->n < edits) {
        uint64_t head = number(trace, &at);
        uint64_t zigzag = number(trace, &at);
        int64_t start = end + (int64_t)(zigzag >> 1 ^ -(zigzag & 1));
        uint64_t count = head / 4;
        for (uint64_t i = 0; i < count; i++) {
            int64_t place = head % 4 == 0   ? start + (int64_t)i
                            : head % 4 == 1 ? start - (int64_t)i
                                            : start;
            one(d, t, head % 4 == 0, (uint32_t)place, trace->at + at, log);
            at += head % 4 == 0;
        }
        end = head % 4 == 0   ? start + (int64_t)count
              : head % 4 == 1 ? start - (int64_t)count + 1
                              : start;
    }
}

static struct coedit *fresh(uint64_t client, struct coedit_ref *ret)
{
    struct coedit *d;
    check("document", coedit_new(client, &coedit_limits_file, &d));
    check("root", coedit_root(d, "text", ret));
    return d;
}

static double apply_all(const struct log *log)
{
    struct coedit_ref t;
    struct coedit *d = fresh(2, &t);
    int64_t start = lk_clock_us();
    size_t at = 0;
    for (size_t i = 0; i < log->n; i++) {
        uint32_t n;
        memcpy(&n, log->all.at + at, sizeof(n));
        check("apply", coedit_apply(d, log->all.at + at + sizeof(n), n));
        at += sizeof(n) + n;
    }
    double ms = ms_since(start);
    coedit_free(d);
    return ms;
}

static void load(const char *path)
{
    struct coedit_ref t;
    struct bytes full = read_file(path);
    struct coedit *d = fresh(2, &t);
    long rss = memory_kb("RssAnon");
    long peak = memory_kb("VmHWM");
    int64_t start = lk_clock_us();
    check("load", coedit_apply(d, full.at, full.len));
    double ms = ms_since(start);
    rss = memory_kb("RssAnon") - rss;
    peak = memory_kb("VmHWM") - peak;
    printf("{\"load_ms\":%.2f,\"rss_kb\":%ld,\"peak_kb\":%ld,"
           "\"units\":%u}\n",
           ms, rss, peak, coedit_length(d, t));
    coedit_free(d);
    free(full.at);
}

static void play(const char *path, const char *updates, const char *whole)
{
    struct coedit_ref t;
    struct log log = {0};
    uint8_t *full;
    size_t len;
    struct bytes trace = read_file(path);
    check(path,
          trace.len > 4 && memcmp(trace.at, "YTR1", 4) == 0 ? 0 : -EBADMSG);
    struct coedit *d = fresh(1, &t);
    int64_t start = lk_clock_us();
    edit_all(d, t, &trace, &log);
    double local = ms_since(start);
    start = lk_clock_us();
    check("encode", coedit_encode(d, NULL, 0, &full, &len));
    double encode = ms_since(start);
    uint32_t units = coedit_length(d, t);
    coedit_free(d);
    printf("{\"local_ms\":%.1f,\"encode_ms\":%.2f,\"remote_ms\":%.1f,"
           "\"bytes\":%zu,\"edits\":%zu,\"units\":%u}\n",
           local, encode, apply_all(&log), len, log.n, units);
    if (updates) {
        write_file(updates, log.all.at, log.all.len);
        write_file(whole, full, len);
    }
    free(full);
    free(log.all.at);
    free(trace.at);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--load") == 0) {
        load(argv[2]);
    } else if (argc == 2 || argc == 4) {
        play(argv[1], argc == 4 ? argv[2] : NULL, argc == 4 ? argv[3] : NULL);
    } else {
        (void)fprintf(stderr, "usage: coedit-bench TRACE [UPDATES FULL]\n"
                              "       coedit-bench --load FULL\n");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
