#include "health/report.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

#define FIELDS_MAX 5
#define FIELD_MAX HEALTH_WHY_MAX

/* One line's fields, what stands between tabs. */
struct line {
    char field[FIELDS_MAX][FIELD_MAX];
    size_t fields;
};

static int parts_write(struct lk_buf *b, const char *what,
                       const struct health_part *list, size_t count)
{
    int e = 0;
    for (size_t i = 0; i < count && e == 0; i++)
        e = lk_buf_printf(b, "%s\t%s\t%s\t%u\t%s\n", what, list[i].name,
                          health_state_name(list[i].state), list[i].restarts,
                          list[i].why);
    return e;
}

int health_facts_write(const struct health_report *r, struct lk_buf *b)
{
    int e = lk_buf_printf(b, "self\t%s\t%u\n", r->version, r->up_s);
    if (e == 0)
        e = parts_write(b, "program", r->program, r->programs);
    if (e == 0)
        e = parts_write(b, "device", r->device, r->devices);
    for (size_t i = 0; i < r->certs && e == 0; i++)
        e = lk_buf_printf(b, "cert\t%s\t%lld\n", r->cert[i].name,
                          (long long)r->cert[i].ends_s);
    for (size_t i = 0; i < r->disks && e == 0; i++)
        e = lk_buf_printf(b, "disk\t%s\t%u\t%u\n", r->disk[i].name,
                          r->disk[i].total_mb, r->disk[i].free_mb);
    return e;
}

static int line_split(const char *text, size_t len, struct line *ret)
{
    ret->fields = 0;
    for (size_t at = 0; at <= len;) {
        const char *tab = at < len ? memchr(text + at, '\t', len - at) : NULL;
        size_t n = tab ? (size_t)(tab - text) - at : len - at;
        if (ret->fields == FIELDS_MAX || n >= FIELD_MAX ||
            (n > 0 && memchr(text + at, '\0', n)))
            return -EBADMSG;
        memcpy(ret->field[ret->fields], text + at, n);
        ret->field[ret->fields++][n] = '\0';
        at += n + 1;
    }
    return 0;
}

/* Decimal digits without a sign, as they are written above. */
static int take_number(const char *s, int64_t max, int64_t *ret)
{
    int64_t n = 0;
    size_t len = strlen(s);
    if (len < 1 || len > 12 || (s[0] == '0' && len > 1))
        return -EBADMSG;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return -EBADMSG;
        n = n * 10 + (*s - '0');
    }
    if (n > max)
        return -EBADMSG;
    *ret = n;
    return 0;
}

static int take_state(const char *s, enum health_state *ret)
{
    for (int i = 0; i < HEALTH_STATES; i++) {
        if (strcmp(s, health_state_name((enum health_state)i)) == 0) {
            *ret = (enum health_state)i;
            return 0;
        }
    }
    return -EBADMSG;
}

/* What is plain is not changed by being made plain. */
static bool is_plain(const char *s)
{
    char plain[FIELD_MAX];
    lk_text_plain(s, plain, sizeof(plain));
    return strcmp(s, plain) == 0;
}

static int self_read(const struct line *l, struct health_report *r)
{
    int64_t up = 0;
    if (l->fields != 3 || strlen(l->field[1]) >= sizeof(r->version) ||
        !is_plain(l->field[1]))
        return -EBADMSG;
    int e = take_number(l->field[2], HEALTH_NUMBER_MAX, &up);
    health_version_set(r, l->field[1]);
    r->up_s = (uint32_t)up;
    return e;
}

static int part_read(const struct line *l, struct health_report *r)
{
    bool program = l->field[0][0] == 'p';
    enum health_state state = HEALTH_UNKNOWN;
    int64_t restarts = 0;
    if (l->fields != 5 || !is_plain(l->field[4]))
        return -EBADMSG;
    int e = take_state(l->field[2], &state);
    if (e == 0)
        e = take_number(l->field[3], HEALTH_NUMBER_MAX, &restarts);
    if (e == 0)
        e = program ? health_program_add(r, l->field[1], state, l->field[4])
                    : health_device_add(r, l->field[1], state, l->field[4]);
    if (e < 0)
        return e;
    if (program)
        r->program[r->programs - 1].restarts = (uint32_t)restarts;
    else
        r->device[r->devices - 1].restarts = (uint32_t)restarts;
    return 0;
}

static int cert_read(const struct line *l, struct health_report *r)
{
    int64_t ends = 0;
    int e = l->fields == 3 ? take_number(l->field[2], HEALTH_TIME_MAX, &ends)
                           : -EBADMSG;
    return e < 0 ? e : health_cert_add(r, l->field[1], ends);
}

static int disk_read(const struct line *l, struct health_report *r)
{
    int64_t total = 0;
    int64_t left = 0;
    if (l->fields != 4)
        return -EBADMSG;
    int e = take_number(l->field[2], HEALTH_NUMBER_MAX, &total);
    if (e == 0)
        e = take_number(l->field[3], HEALTH_NUMBER_MAX, &left);
    return e < 0 ? e
                 : health_disk_add(r, l->field[1], (uint64_t)total,
                                   (uint64_t)left);
}

static int line_read(const struct line *l, struct health_report *r)
{
    static const struct {
        const char *word;
        int (*read)(const struct line *l, struct health_report *r);
    } kinds[] = {
        {"self", self_read}, {"program", part_read}, {"device", part_read},
        {"cert", cert_read}, {"disk", disk_read},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(kinds); i++)
        if (strcmp(l->field[0], kinds[i].word) == 0)
            return kinds[i].read(l, r);
    return -EBADMSG;
}

int health_facts_read(const char *text, size_t len, struct health_report *ret)
{
    struct health_report r = {.up_s = 0};
    struct line l;
    if (len > HEALTH_FACTS_MAX)
        return -EMSGSIZE;
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        if (!end)
            return -EBADMSG;
        size_t n = (size_t)(end - text) - at;
        int e = line_split(text + at, n, &l);
        if (e == 0)
            e = line_read(&l, &r);
        if (e < 0) /* a name that is none is malformed, too */
            return e == -EINVAL ? -EBADMSG : e;
        at += n + 1;
    }
    *ret = r;
    return 0;
}
