/* Messages to the page, made when the channel has room. What they are made of
 * is looked at in that moment: a page that was taken back a moment ago does not
 * go. */
#include "papers/share_impl.h"

#include "base/bytes.h"

#include <string.h>
#include <unistd.h>

/* --- pieces ------------------------------------------------------------- */

/* The rest of a page's preview or detail, or what of it one message holds. */
static size_t piece(struct papers_share *s, struct papers_lane *l,
                    enum papers_part part)
{
    const struct papers_sheet *h = papers_find(s->p, l->id);
    bool detail = part == PAPERS_DETAIL;
    uint32_t *at = detail ? &l->detail_at : &l->preview_at;
    uint32_t len = detail ? h->detail_len : h->small_len;
    size_t n = LK_MIN((size_t)(len - *at), (size_t)PAPERS_PIECE_MAX);
    uint8_t *m = s->message;
    m[0] = PAPERS_PIECE;
    m[1] = (uint8_t)part;
    lk_put_u32(m + 2, l->id);
    lk_put_u32(m + 6, *at);
    if (pread(detail ? h->detail_fd : h->small_fd, m + PAPERS_PIECE_HEAD, n,
              (off_t)*at) != (ssize_t)n) {
        papers_share_over(s, "failed");
        return 0;
    }
    *at += (uint32_t)n;
    return PAPERS_PIECE_HEAD + n;
}

/* Whether there is something of it to send, as far as the page keeps up. */
static bool detail_waits(const struct papers_share *s,
                         const struct papers_lane *l)
{
    return l->detail_at < papers_find(s->p, l->id)->detail_len &&
           l->detail_at - l->got < PAPERS_WINDOW;
}

/* The detail to go on with: of the page that is looked at, else the first. Two
 * at a time would both be late. */
static struct papers_lane *next_detail(struct papers_share *s)
{
    struct papers_lane *l = papers_lane_of(s, s->p->look.page);
    for (size_t i = 0; i < s->lanes && !(l && detail_waits(s, l)); i++)
        l = &s->lane[i];
    return l && detail_waits(s, l) ? l : NULL;
}

static size_t next_piece(struct papers_share *s)
{
    for (size_t i = 0; i < s->lanes; i++)
        if (s->lane[i].preview_at < papers_find(s->p, s->lane[i].id)->small_len)
            return piece(s, &s->lane[i], PAPERS_PREVIEW);
    struct papers_lane *l = next_detail(s);
    return l ? piece(s, l, PAPERS_DETAIL) : 0;
}

/* --- what is said ------------------------------------------------------- */

static size_t list(struct papers_share *s)
{
    s->list_due = false;
    s->list_seen = s->p->list_version;
    papers_lanes_renew(s);
    s->haves = 0;
    return papers_write_list(s);
}

static size_t marks(struct papers_share *s)
{
    for (size_t i = 0; i < s->lanes; i++) {
        const struct papers_sheet *h = papers_find(s->p, s->lane[i].id);
        if (s->lane[i].marks_seen == h->marks_version)
            continue;
        s->lane[i].marks_seen = h->marks_version;
        return papers_write_marks(s, h);
    }
    return 0;
}

static bool look_waits(const struct papers_share *s)
{
    return s->look_due || s->look_seen != s->p->look_version;
}

static bool point_waits(const struct papers_share *s)
{
    return s->point_due || s->mine_seen != s->p->mine_version;
}

static size_t look(struct papers_share *s)
{
    if (!look_waits(s) || s->now_us < s->look_us + PAPERS_POINTS_US)
        return 0;
    s->look_due = false;
    s->look_seen = s->p->look_version;
    s->look_us = s->now_us;
    return papers_write_look(s);
}

static size_t point(struct papers_share *s)
{
    uint8_t *m = s->message;
    if (!point_waits(s) || s->now_us < s->point_us + PAPERS_POINTS_US)
        return 0;
    s->point_due = false;
    s->mine_seen = s->p->mine_version;
    s->point_us = s->now_us;
    m[0] = PAPERS_POINT;
    lk_put_u32(m + 1, s->p->mine_page);
    lk_put_u16(m + 5, s->p->mine.x);
    lk_put_u16(m + 7, s->p->mine.y);
    return 9;
}

static size_t over(struct papers_share *s)
{
    size_t n = papers_write_over(s);
    s->why = NULL;
    return n;
}

static size_t next(struct papers_share *s)
{
    typedef size_t next_fn(struct papers_share * s);
    static next_fn *const fns[] = {papers_write_told, marks, look, point,
                                   next_piece};
    size_t n = 0;
    if (!s->joined)
        return 0;
    if (s->list_due || s->list_seen != s->p->list_version)
        return list(s);
    for (size_t i = 0; i < LK_ARRAY_LEN(fns) && n == 0; i++)
        n = fns[i](s);
    return n;
}

bool papers_share_poll(struct papers_share *s, int64_t now_us, const void **ret,
                       size_t *ret_len)
{
    s->now_us = LK_MAX(s->now_us, now_us);
    if (!s->open)
        return false;
    size_t n = s->why ? 0 : next(s);
    if (s->why)
        n = over(s);
    if (n == 0)
        return false;
    *ret = s->message;
    *ret_len = n;
    return true;
}

void papers_share_tick(struct papers_share *s, int64_t now_us)
{
    s->now_us = LK_MAX(s->now_us, now_us);
}

/* What is due by now waits for room, not for time. */
int64_t papers_share_next_us(const struct papers_share *s)
{
    int64_t next = INT64_MAX;
    int64_t look_us = s->look_us + PAPERS_POINTS_US;
    int64_t point_us = s->point_us + PAPERS_POINTS_US;
    if (!s->open || !s->joined)
        return next;
    if (look_waits(s) && look_us > s->now_us)
        next = look_us;
    if (point_waits(s) && point_us > s->now_us)
        next = LK_MIN(next, point_us);
    return next;
}
