#include "session/paperdesk.h"

#include "session/paperdesk_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NEVER INT64_MAX
#define RETRY_US INT64_C(500000)

/* --- life --------------------------------------------------------------- */

static void asked(void *arg)
{
    struct paperdesk *d = arg;
    d->ask_after = d->papers->last_id;
    d->called = true;
}

static int make(struct paperdesk *d)
{
    const struct papers_share_output out = {.document = paperdesk_document,
                                            .document_off =
                                                paperdesk_document_off,
                                            .asked = asked,
                                            .arg = d};
    int r = papers_new(&d->papers);
    return r < 0 ? r : papers_share_new(d->papers, &out, &d->share);
}

int paperdesk_new(const struct paperdesk_output *out, struct paperdesk **ret)
{
    struct paperdesk *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->out = *out;
    d->retry_us = NEVER;
    d->drop_blank = true;
    int r = make(d);
    if (r < 0)
        paperdesk_free(d);
    else
        *ret = d;
    return r;
}

struct paperdesk *paperdesk_free(struct paperdesk *d)
{
    if (!d)
        return NULL;
    if (d->share)
        paperdesk_wipe(d);
    papers_share_free(d->share);
    papers_free(d->papers);
    explicit_bzero(d, sizeof(*d));
    free(d);
    return NULL;
}

void paperdesk_wipe(struct paperdesk *d)
{
    d->news = d->news || d->begun;
    d->begun = false;
    paperdesk_jobs_wipe(d);
    paperdesk_aim_wipe(d);
    papers_share_wipe(d->share);
    papers_wipe(d->papers);
    d->detail = papers_picture_free(d->detail);
    d->mode = PAPERS_TRAY;
    d->at = d->detail_page = d->ask_after = d->look_page = d->held = 0;
    d->said = PAPERS_FINE;
    d->scan_page = d->left_out = d->scan_percent = 0;
    d->drop_blank = true;
    d->source = SCANMSG_AUTO;
    d->retry_us = NEVER;
    d->called = d->glass = d->up = false;
    explicit_bzero(d->place, sizeof(d->place));
}

void paperdesk_begin(struct paperdesk *d, int64_t now_us)
{
    d->now_us = now_us;
    paperdesk_wipe(d);
    d->begun = true;
    d->heard_us = now_us;
    papers_touch(d->papers);
    paperdesk_settle(d);
}

void paperdesk_set_place(struct paperdesk *d, const char *path)
{
    size_t len = strlen(path);
    if (len >= sizeof(d->place) || strcmp(path, d->place) == 0)
        return;
    memcpy(d->place, path, len + 1);
    papers_touch(d->papers);
}

void paperdesk_set_camera(struct paperdesk *d, bool on)
{
    if (d->papers->camera == on)
        return;
    d->papers->camera = on;
    papers_touch(d->papers);
    paperdesk_settle(d);
}

/* --- the screen --------------------------------------------------------- */

void paperdesk_show(struct paperdesk *d, enum papers_mode mode, uint32_t at)
{
    d->mode = mode;
    d->at = at;
    papers_touch(d->papers);
}

bool paperdesk_says_of_page(const struct paperdesk *d)
{
    return d->said == PAPERS_NOT_EDITED || d->said == PAPERS_NOT_ATTACHED ||
           d->said == PAPERS_TIED;
}

void paperdesk_say(struct paperdesk *d, enum papers_trouble trouble)
{
    d->said = trouble;
    papers_touch(d->papers);
}

/* A page that is looked at closely is shown from its own pixels; those of all
 * would be too many. */
static void want_detail(struct paperdesk *d)
{
    const struct papers_look *l = &d->papers->look;
    const struct papers_sheet *s = papers_find(d->papers, l->page);
    bool close =
        d->mode == PAPERS_LOOK && s && l->zoom >= PAPERDESK_DETAIL_ZOOM &&
        s->show.width_px > papers_picture_info(s->show.preview)->width_px;
    bool same = s && d->detail_page == l->page;
    if (d->detail && !(d->mode == PAPERS_LOOK && same)) {
        d->detail = papers_picture_free(d->detail);
        papers_touch(d->papers);
    }
    if (!same || d->mode != PAPERS_LOOK)
        d->detail_page = 0;
    if (!close || d->detail_page > 0)
        return;
    struct paperdesk_job j = {
        .task = PAPERDESK_DETAIL, .page = l->page, .fd = -1};
    d->detail_page = l->page;
    (void)!paperdesk_ask(d, &j); /* else the preview has to do */
}

/* What the screen is about may have gone. */
static void mind_mode(struct paperdesk *d)
{
    bool there = papers_find(d->papers, d->at) != NULL;
    bool of_page = d->mode == PAPERS_PAGE || d->mode == PAPERS_CROP ||
                   (d->mode == PAPERS_CONSENT && d->at > 0);
    if (d->held > 0 && !papers_find(d->papers, d->held))
        d->held = 0;
    if (d->mode == PAPERS_LOOK)
        d->at = d->papers->look.page;
    if ((of_page && !there) || (d->mode == PAPERS_LOOK && d->at == 0))
        paperdesk_show(d, PAPERS_TRAY, 0);
    if (d->mode != PAPERS_LOOK && d->papers->mine_page > 0)
        (void)!papers_point_at(d->papers, 0, 0, 0, true);
}

/* The expert looks at another page than before: the citizen may want to. */
static void mind_look(struct paperdesk *d)
{
    const struct papers *p = d->papers;
    uint32_t page = p->look_mine ? 0 : p->look.page;
    if (page > 0 && page != d->look_page && d->mode != PAPERS_LOOK) {
        d->called = true;
        if (d->mode == PAPERS_TRAY)
            paperdesk_show(d, PAPERS_LOOK, page);
    }
    d->look_page = page;
}

static bool is_up(const struct paperdesk *d)
{
    const struct papers *p = d->papers;
    return d->begun && (p->scanner != PAPERS_SCANNER_NONE || p->camera ||
                        p->sheets > 0 || p->ask.open);
}

void paperdesk_settle(struct paperdesk *d)
{
    mind_mode(d);
    mind_look(d);
    want_detail(d);
    paperdesk_pump(d);
    bool up = is_up(d);
    struct session_event e = {.kind = SESSION_EVENT_PAPERS,
                              .up = up,
                              .called = d->called,
                              .glass = d->glass};
    if (!d->begun || (up == d->up && !d->called && !d->glass))
        return;
    d->up = up;
    d->called = d->glass = false;
    d->out.event(d->out.arg, &e);
}

static uint8_t sources(const struct paperdesk *d)
{
    return d->papers->scanner == PAPERS_SCANNER_NONE ? 0 : d->scanner.sources;
}

/* Longer words than a definition may have are left out, not cut. */
static void fill_ask(const struct paperdesk *d, struct papers_ask *ask)
{
    const char *words = ask->open && ask->kind[0] && d->out.kind
                            ? d->out.kind(d->out.arg, ask->kind)
                            : NULL;
    size_t len = words ? strlen(words) : 0;
    if (len > 0 && len < sizeof(ask->kind_words))
        memcpy(ask->kind_words, words, len + 1);
}

static void fill(const struct paperdesk *d, struct papers_view *v)
{
    fill_ask(d, &v->ask);
    v->mode = d->mode;
    v->at = d->at;
    v->sources = sources(d);
    v->source = d->source;
    v->drop_blank = d->drop_blank;
    v->can_attach = d->place[0] != '\0';
    v->said = d->said;
    v->scan_page = d->scan_page;
    v->scan_percent = d->scan_percent;
    v->left_out = d->left_out;
    memcpy(v->crop, d->crop, sizeof(v->crop));
    if (d->detail)
        v->detail = papers_picture_ref(d->detail);
    if (!d->aim)
        return;
    v->aim = papers_picture_ref(d->aim);
    v->aim_found = (d->given.traits & SCANMSG_FLATTENED) != 0;
}

bool paperdesk_take_view(struct paperdesk *d, struct papers_view **ret)
{
    struct papers_view *v = NULL;
    if (d->news && !d->begun) {
        d->news = false;
        *ret = NULL;
        return true;
    }
    if (!d->begun || (d->shown == d->papers->version && !d->news) ||
        (d->retry_us != NEVER && d->now_us < d->retry_us))
        return false;
    int r = papers_view_new(d->papers, &v);
    d->retry_us = r < 0 ? d->now_us + RETRY_US : NEVER;
    if (r < 0) {
        d->out.note(d->out.arg, "view", strerrordesc_np(-r));
        return false;
    }
    fill(d, v);
    d->news = false;
    d->shown = d->papers->version;
    *ret = v;
    return true;
}

/* --- the channel -------------------------------------------------------- */

void paperdesk_channel(struct paperdesk *d, bool open, int64_t now_us)
{
    d->now_us = now_us;
    papers_share_channel(d->share, open && d->begun, now_us);
    paperdesk_settle(d);
}

void paperdesk_receive(struct paperdesk *d, const void *bytes, size_t len,
                       int64_t now_us)
{
    d->now_us = now_us;
    if (!d->begun)
        return;
    papers_share_receive(d->share, bytes, len, now_us);
    paperdesk_settle(d);
}

bool paperdesk_poll(struct paperdesk *d, int64_t now_us, const void **ret,
                    size_t *ret_len)
{
    d->now_us = now_us;
    return d->begun && papers_share_poll(d->share, now_us, ret, ret_len);
}

/* --- time --------------------------------------------------------------- */

void paperdesk_tick(struct paperdesk *d, int64_t now_us)
{
    d->now_us = now_us;
    if (!d->begun)
        return;
    papers_share_tick(d->share, now_us);
    paperdesk_scan_tick(d);
    paperdesk_aim_tick(d);
    paperdesk_settle(d);
}

int64_t paperdesk_next_us(const struct paperdesk *d)
{
    if (!d->begun)
        return NEVER;
    int64_t next = LK_MIN(papers_share_next_us(d->share), d->retry_us);
    next = LK_MIN(next, paperdesk_aim_next_us(d));
    return LK_MIN(next, paperdesk_scan_next_us(d));
}
