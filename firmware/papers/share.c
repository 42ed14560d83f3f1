/* The far end: coming, going, and how much it may say. */
#include "papers/share_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MILLION INT64_C(1000000)

int papers_share_new(struct papers *p, const struct papers_share_output *out,
                     struct papers_share **ret)
{
    struct papers_share *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->p = p;
    s->out = *out;
    s->document_fd = -1;
    *ret = s;
    return 0;
}

struct papers_share *papers_share_free(struct papers_share *s)
{
    if (s) {
        papers_share_wipe(s);
        explicit_bzero(s, sizeof(*s));
        free(s);
    }
    return NULL;
}

void papers_share_wipe(struct papers_share *s)
{
    s->document_fd = lk_fd_close(s->document_fd);
    s->lanes = s->haves = 0;
    explicit_bzero(s->lane, sizeof(s->lane));
    explicit_bzero(s->message, sizeof(s->message));
    explicit_bzero(s->told, sizeof(s->told));
}

bool papers_share_joined(const struct papers_share *s)
{
    return s->joined;
}

bool papers_id_given(const struct papers_share *s, uint32_t id)
{
    return id > 0 && id <= s->p->last_id;
}

/* --- lanes -------------------------------------------------------------- */

struct papers_lane *papers_lane_of(struct papers_share *s, uint32_t id)
{
    for (size_t i = 0; i < s->lanes; i++)
        if (s->lane[i].id == id)
            return &s->lane[i];
    return NULL;
}

/* A lane for what was not listed before: the page may have of it from an
 * earlier connection. */
static struct papers_lane new_lane(struct papers_share *s, uint32_t id)
{
    const struct papers_sheet *h = papers_find(s->p, id);
    struct papers_lane l = {.id = id};
    for (size_t i = 0; i < s->haves; i++)
        if (s->have[i][0] == id && s->have[i][1] <= h->detail_len)
            l.got = l.detail_at = s->have[i][1];
    papers_set_sent(s->p, id, l.got, h->show.whole && l.got == h->detail_len);
    return l;
}

void papers_lanes_renew(struct papers_share *s)
{
    struct papers_lane lane[PAPERS_PAGES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < s->p->sheets; i++) {
        const struct papers_page *page = &s->p->sheet[i]->show;
        const struct papers_lane *old = papers_lane_of(s, page->id);
        if (page->shared)
            lane[n++] = old ? *old : new_lane(s, page->id);
    }
    memcpy(s->lane, lane, n * sizeof(lane[0]));
    s->lanes = n;
}

/* --- coming and going --------------------------------------------------- */

void papers_document_end(struct papers_share *s, const char *why)
{
    s->document_fd = lk_fd_close(s->document_fd);
    s->p->document.state =
        why[0] ? PAPERS_DOCUMENT_REFUSED : PAPERS_DOCUMENT_NONE;
    s->p->document.why = why;
    s->p->document.pages = 0;
    papers_touch(s->p);
}

static void leave(struct papers_share *s)
{
    if (s->p->document.state == PAPERS_DOCUMENT_COMING)
        papers_document_end(s, "failed");
    s->p->theirs = (struct papers_point){0};
    s->p->theirs_page = 0;
    s->joined = false;
    s->lanes = s->haves = 0;
    s->told[0] = '\0';
    papers_touch(s->p);
}

void papers_share_over(struct papers_share *s, const char *why)
{
    leave(s);
    s->lost = true;
    s->why = why;
}

void papers_share_channel(struct papers_share *s, bool open, int64_t now_us)
{
    s->now_us = LK_MAX(s->now_us, now_us);
    leave(s);
    s->open = open;
    s->lost = false;
    s->why = NULL;
    s->filled_us = s->now_us;
    s->messages = 2 * MILLION * PAPERS_RATE;
    s->bytes = 2 * MILLION * PAPERS_BYTE_RATE;
}

/* --- what comes --------------------------------------------------------- */

static int64_t filled(int64_t left, int64_t us, int64_t rate)
{
    return LK_MIN(left + us * rate, 2 * rate * MILLION);
}

static bool spend(struct papers_share *s, size_t len, int64_t now_us)
{
    s->now_us = LK_MAX(s->now_us, now_us);
    int64_t us = LK_MIN(s->now_us - s->filled_us, 2 * MILLION);
    s->filled_us = s->now_us;
    s->messages = filled(s->messages, us, PAPERS_RATE) - MILLION;
    s->bytes = filled(s->bytes, us, PAPERS_BYTE_RATE) - (int64_t)len * MILLION;
    return s->messages >= 0 && s->bytes >= 0;
}

static int take(struct papers_share *s, const uint8_t *p, size_t len)
{
    const char *json = (const char *)p + 1;
    switch (p[0]) {
    case PAPERS_JOIN:
        return papers_take_join(s, json, len - 1);
    case PAPERS_PIECE:
        return papers_take_piece(s, p + 1, len - 1);
    case PAPERS_GOT_IT:
        return papers_take_got(s, json, len - 1);
    case PAPERS_LOOKS:
        return papers_take_look(s, json, len - 1);
    case PAPERS_POINT:
        return papers_take_point(s, p + 1, len - 1);
    case PAPERS_DO:
        return papers_take_do(s, json, len - 1);
    default:
        return -EBADMSG;
    }
}

void papers_share_receive(struct papers_share *s, const void *bytes, size_t len,
                          int64_t now_us)
{
    const uint8_t *p = bytes;
    uint8_t kind = len > 0 ? p[0] : 0;
    int r = -EBADMSG;
    if (!s->open || (s->lost && kind != PAPERS_JOIN))
        return;
    if (len > PAPERS_MESSAGE_MAX)
        r = -EMSGSIZE;
    else if (!spend(s, len, now_us))
        r = -EBUSY;
    else if (len > 0 && (s->joined || kind == PAPERS_JOIN))
        r = take(s, p, len);
    if (r == -EBUSY)
        papers_share_over(s, "too-fast");
    else if (r < 0)
        papers_share_over(s, r == -EMSGSIZE ? "too-large" : "malformed");
}
