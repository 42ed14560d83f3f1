#include "health/report.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define FULL_SHARE 20 /* a disk is full when less than a 20th is free */

const char *health_state_name(enum health_state state)
{
    static const char *const names[HEALTH_STATES] = {
        [HEALTH_OK] = "ok",
        [HEALTH_STARTING] = "starting",
        [HEALTH_SIMULATED] = "simulated",
        [HEALTH_ABSENT] = "absent",
        [HEALTH_FAILED] = "failed",
        [HEALTH_UNKNOWN] = "unknown",
    };
    return (unsigned)state < HEALTH_STATES ? names[state] : "unknown";
}

const char *health_line_name(enum health_line line)
{
    static const char *const names[HEALTH_LINES] = {
        [HEALTH_LINE_NONE] = "none",
        [HEALTH_LINE_CONNECTING] = "connecting",
        [HEALTH_LINE_GOOD] = "good",
        [HEALTH_LINE_INTERRUPTED] = "interrupted",
        [HEALTH_LINE_RECONNECTING] = "reconnecting",
    };
    return (unsigned)line < HEALTH_LINES ? names[line] : "none";
}

static int take_name(const char *name, char *ret)
{
    size_t len = strlen(name);
    if (len == 0 || len >= HEALTH_NAME_MAX || strspn(name, NAME_CHARS) != len)
        return -EINVAL;
    memcpy(ret, name, len + 1);
    return 0;
}

static int part_add(struct health_part *list, size_t *count,
                    const struct health_part *part, const char *why)
{
    if (*count == HEALTH_PARTS_MAX)
        return -ENOSPC;
    struct health_part *p = &list[*count];
    *p = *part;
    lk_text_plain(why, p->why, sizeof(p->why));
    (*count)++;
    return 0;
}

int health_program_add(struct health_report *r, const char *name,
                       enum health_state state, const char *why)
{
    struct health_part p = {.state = state};
    int e = take_name(name, p.name);
    return e < 0 ? e : part_add(r->program, &r->programs, &p, why);
}

int health_device_add(struct health_report *r, const char *name,
                      enum health_state state, const char *why)
{
    struct health_part p = {.state = state};
    int e = take_name(name, p.name);
    return e < 0 ? e : part_add(r->device, &r->devices, &p, why);
}

int health_cert_add(struct health_report *r, const char *name, int64_t ends_s)
{
    struct health_cert c = {.ends_s = ends_s};
    int e = take_name(name, c.name);
    if (e < 0 || ends_s < 0 || ends_s > HEALTH_TIME_MAX)
        return -EINVAL;
    if (r->certs == HEALTH_CERTS_MAX)
        return -ENOSPC;
    r->cert[r->certs++] = c;
    return 0;
}

int health_disk_add(struct health_report *r, const char *name,
                    uint64_t total_mb, uint64_t free_mb)
{
    struct health_disk d = {
        .total_mb = (uint32_t)LK_MIN(total_mb, (uint64_t)HEALTH_NUMBER_MAX),
        .free_mb = (uint32_t)LK_MIN(free_mb, (uint64_t)HEALTH_NUMBER_MAX)};
    int e = take_name(name, d.name);
    if (e < 0)
        return e;
    if (r->disks == HEALTH_DISKS_MAX)
        return -ENOSPC;
    r->disk[r->disks++] = d;
    return 0;
}

void health_version_set(struct health_report *r, const char *version)
{
    lk_text_plain(version, r->version, sizeof(r->version));
}

/* --- JSON ---------------------------------------------------------------- */

/* Every text in a report is plain: JSON has nothing to escape in it. */

static int parts_write(struct lk_buf *b, const char *what,
                       const struct health_part *list, size_t count)
{
    int e = lk_buf_printf(b, ",\"%s\":[", what);
    for (size_t i = 0; i < count && e == 0; i++)
        e = lk_buf_printf(b,
                          "%s{\"name\":\"%s\",\"state\":\"%s\","
                          "\"restarts\":%u,\"why\":\"%s\"}",
                          i > 0 ? "," : "", list[i].name,
                          health_state_name(list[i].state), list[i].restarts,
                          list[i].why);
    return e < 0 ? e : lk_buf_append(b, "]", 1);
}

static int rest_write(struct lk_buf *b, const struct health_report *r)
{
    int e = lk_buf_printf(b, ",\"certs\":[");
    for (size_t i = 0; i < r->certs && e == 0; i++)
        e = lk_buf_printf(b, "%s{\"name\":\"%s\",\"ends\":%lld}",
                          i > 0 ? "," : "", r->cert[i].name,
                          (long long)r->cert[i].ends_s);
    if (e == 0)
        e = lk_buf_printf(b, "],\"storage\":[");
    for (size_t i = 0; i < r->disks && e == 0; i++)
        e = lk_buf_printf(b,
                          "%s{\"name\":\"%s\",\"total_mb\":%u,\"free_mb\":%u}",
                          i > 0 ? "," : "", r->disk[i].name,
                          r->disk[i].total_mb, r->disk[i].free_mb);
    return e < 0 ? e : lk_buf_append(b, "]}", 2);
}

int health_report_write(const struct health_report *r, struct lk_buf *b)
{
    int e = lk_buf_printf(b,
                          "{\"n\":%u,\"at\":%lld,\"version\":\"%s\","
                          "\"up_s\":%u,\"line\":\"%s\","
                          "\"broker\":{\"up_s\":%u,\"lost\":%u}",
                          r->number, (long long)r->at_s, r->version, r->up_s,
                          health_line_name(r->line), r->broker_up_s,
                          r->broker_lost);
    if (e == 0)
        e = parts_write(b, "programs", r->program, r->programs);
    if (e == 0)
        e = parts_write(b, "devices", r->device, r->devices);
    return e < 0 ? e : rest_write(b, r);
}

/* --- what is worth a report --------------------------------------------- */

static bool parts_differ(const struct health_part *a, size_t as,
                         const struct health_part *b, size_t bs)
{
    bool differ = as != bs;
    for (size_t i = 0; i < as && !differ; i++)
        differ = strcmp(a[i].name, b[i].name) != 0 ||
                 a[i].state != b[i].state || a[i].restarts != b[i].restarts ||
                 strcmp(a[i].why, b[i].why) != 0;
    return differ;
}

static bool disk_full(const struct health_disk *d)
{
    return d->free_mb < d->total_mb / FULL_SHARE;
}

bool health_report_differs(const struct health_report *a,
                           const struct health_report *b)
{
    if (strcmp(a->version, b->version) != 0 || a->certs != b->certs ||
        a->disks != b->disks)
        return true;
    for (size_t i = 0; i < a->certs; i++)
        if (strcmp(a->cert[i].name, b->cert[i].name) != 0 ||
            a->cert[i].ends_s != b->cert[i].ends_s)
            return true;
    for (size_t i = 0; i < a->disks; i++)
        if (strcmp(a->disk[i].name, b->disk[i].name) != 0 ||
            disk_full(&a->disk[i]) != disk_full(&b->disk[i]))
            return true;
    return parts_differ(a->program, a->programs, b->program, b->programs) ||
           parts_differ(a->device, a->devices, b->device, b->devices);
}
