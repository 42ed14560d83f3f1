#include "post/queue.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)

static struct post_letter *queue_find(struct post_queue *q, const char *name)
{
    for (size_t i = 0; i < q->letters; i++)
        if (strcmp(q->letter[i].name, name) == 0)
            return &q->letter[i];
    return NULL;
}

static bool is_code(const char *s)
{
    size_t n = strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    return n > 0 && !s[n];
}

int post_name_split(const char *name, char *ret_agency, char *ret_code)
{
    char agency[LK_NAME_MAX];
    const char *dot = strchr(name, '.');
    if (!dot || strlen(name) >= POST_NAME_MAX || dot - name >= LK_NAME_MAX)
        return -EINVAL;
    (void)snprintf(agency, sizeof(agency), "%.*s", (int)(dot - name), name);
    if (!lk_name_valid(agency) || !is_code(dot + 1))
        return -EINVAL;
    memcpy(ret_agency, agency, sizeof(agency));
    (void)snprintf(ret_code, POST_NAME_MAX, "%s", dot + 1);
    return 0;
}

int post_queue_add(struct post_queue *q, const char *name, int64_t now_us)
{
    char agency[LK_NAME_MAX];
    char code[POST_NAME_MAX];
    if (post_name_split(name, agency, code) < 0)
        return -EINVAL;
    if (queue_find(q, name))
        return -EEXIST;
    if (q->letters == POST_LETTERS_MAX)
        return -ENOSPC;
    struct post_letter *l = &q->letter[q->letters++];
    *l = (struct post_letter){.state = POST_WAITING, .next_us = now_us};
    (void)snprintf(l->name, sizeof(l->name), "%s", name);
    return 0;
}

const struct post_letter *post_queue_take(struct post_queue *q, int64_t now_us)
{
    struct post_letter *first = NULL;
    for (size_t i = 0; i < q->letters; i++) {
        struct post_letter *l = &q->letter[i];
        if (l->state == POST_WAITING && l->next_us <= now_us &&
            (!first || l->next_us < first->next_us))
            first = l;
    }
    if (!first || q->flights == POST_FLIGHTS_MAX)
        return NULL;
    first->state = POST_FLYING;
    q->flights++;
    return first;
}

/* Up to the bound, in microseconds: full jitter. */
static int64_t jitter_us(uint32_t bound_s, uint32_t chance)
{
    return (int64_t)((uint64_t)bound_s * SECOND_US * chance / UINT32_MAX);
}

static uint32_t wait_bound_s(const struct post_letter *l)
{
    uint32_t bound = POST_WAIT_FIRST_S;
    if (l->refused)
        return POST_WAIT_REFUSED_S;
    for (unsigned i = 1; i < l->attempts && bound < POST_WAIT_MOST_S; i++)
        bound *= 2;
    return LK_MIN(bound, POST_WAIT_MOST_S);
}

int post_queue_ended(struct post_queue *q, const struct post_end *end,
                     int64_t now_us)
{
    struct post_letter *l = queue_find(q, end->name);
    if (!l || l->state != POST_FLYING)
        return -ENOENT;
    q->flights--;
    if (end->verdict == POST_DELIVERED) {
        *l = q->letter[--q->letters];
        return 0;
    }
    if (l->attempts < UINT32_MAX)
        l->attempts++;
    l->state = POST_WAITING;
    l->refused = end->verdict == POST_REFUSED;
    int64_t least_us =
        (int64_t)LK_MIN(end->retry_after_s, POST_RETRY_AFTER_MOST_S) *
        SECOND_US;
    l->next_us = now_us + least_us + jitter_us(wait_bound_s(l), end->chance);
    return 0;
}

void post_queue_hurry(struct post_queue *q, uint32_t chance, int64_t now_us)
{
    int64_t soon_us = now_us + jitter_us(POST_WAIT_FIRST_S, chance);
    for (size_t i = 0; i < q->letters; i++)
        if (q->letter[i].state == POST_WAITING && !q->letter[i].refused)
            q->letter[i].next_us = LK_MIN(q->letter[i].next_us, soon_us);
}

int64_t post_queue_next_us(const struct post_queue *q)
{
    int64_t next_us = INT64_MAX;
    if (q->flights == POST_FLIGHTS_MAX)
        return next_us;
    for (size_t i = 0; i < q->letters; i++)
        if (q->letter[i].state == POST_WAITING)
            next_us = LK_MIN(next_us, q->letter[i].next_us);
    return next_us;
}

enum post_verdict post_judge(long status)
{
    if (status >= 200 && status <= 299)
        return POST_DELIVERED;
    /* RFC 9110: timeout, too early, too many; all others of 4xx are ours. */
    bool ours = status >= 400 && status <= 499 && status != 408 &&
                status != 425 && status != 429;
    return ours ? POST_REFUSED : POST_LATER;
}
