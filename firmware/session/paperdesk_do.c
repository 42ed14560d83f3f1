/* What the citizen does with papers. A touch can be late: what does not fit any
 * more is passed over. */
#include "session/paperdesk_impl.h"

#include <errno.h>
#include <string.h>

/* --- what a page allows ------------------------------------------------- */

static const struct papers_sheet *page_of(const struct paperdesk *d,
                                          uint32_t id)
{
    return papers_find(d->papers, id);
}

/* The citizen's own, and nothing is being made of it. */
static const struct papers_sheet *own(const struct paperdesk *d, uint32_t id)
{
    const struct papers_sheet *s = page_of(d, id);
    bool mine = s && s->show.from != PAPERS_FROM_EXPERT && !s->fleeting;
    return mine && !s->show.busy ? s : NULL;
}

/* The screen is a scan's, or the camera's. */
static bool scans(const struct paperdesk *d)
{
    return d->mode == PAPERS_SCANNING || d->mode == PAPERS_AIM;
}

/* --- scanning ----------------------------------------------------------- */

static void choose_source(struct paperdesk *d, const struct session_intent *i)
{
    if (i->remove >= SCANMSG_SOURCES || !(d->scanner.sources & 1U << i->remove))
        return;
    d->source = (uint8_t)i->remove;
    papers_touch(d->papers);
}

static void choose_blank(struct paperdesk *d, const struct session_intent *i)
{
    (void)i;
    d->drop_blank = !d->drop_blank;
    papers_touch(d->papers);
}

static void scan(struct paperdesk *d, const struct session_intent *i)
{
    if (i->remove == 1)
        paperdesk_aim(d, 0);
    else if (i->remove == 2)
        paperdesk_aim_take(d);
    else
        paperdesk_scan(d, 0);
}

static void scan_cancel(struct paperdesk *d, const struct session_intent *i)
{
    (void)i;
    if (d->mode == PAPERS_SCANNING)
        paperdesk_scan_stop(d);
    else if (d->mode == PAPERS_AIM)
        paperdesk_aim_stop(d);
}

static void again(struct paperdesk *d, const struct session_intent *i)
{
    const struct papers_sheet *s = own(d, i->at);
    if (s && s->show.from == PAPERS_FROM_CAMERA)
        paperdesk_aim(d, i->at);
    else if (s)
        paperdesk_scan(d, i->at);
}

/* --- one page ----------------------------------------------------------- */

static void page(struct paperdesk *d, const struct session_intent *i)
{
    const struct papers_sheet *s = page_of(d, i->at);
    struct papers_look l = {.page = i->at,
                            .zoom = PAPERS_ZOOM_MIN,
                            .x = PAPERS_WHOLE / 2,
                            .y = PAPERS_WHOLE / 2};
    if (!s || scans(d))
        return;
    if (s->show.from != PAPERS_FROM_EXPERT && !s->fleeting)
        paperdesk_show(d, PAPERS_PAGE, i->at);
    else if (papers_look_at(d->papers, &l, true) == 0)
        paperdesk_show(d, PAPERS_LOOK, i->at);
}

static void edit(struct paperdesk *d, uint32_t id,
                 const struct papers_edit *more)
{
    const struct papers_sheet *s = own(d, id);
    struct paperdesk_job j = {.task = PAPERDESK_EDIT, .page = id, .fd = -1};
    if (!s)
        return;
    j.edit = papers_edit_add(&s->edit, more);
    if (papers_edit_fits(&j.edit) && paperdesk_ask(d, &j))
        papers_set_busy(d->papers, id, true);
    else
        paperdesk_say(d, PAPERS_NOT_EDITED);
}

static void turn(struct paperdesk *d, const struct session_intent *i)
{
    struct papers_edit more = PAPERS_EDIT_NONE;
    more.turn = (uint8_t)(i->remove & 3);
    if (more.turn > 0)
        edit(d, i->at, &more);
}

static void straighten(struct paperdesk *d, const struct session_intent *i)
{
    const struct papers_sheet *s = own(d, i->at);
    struct papers_edit more = PAPERS_EDIT_NONE;
    more.straighten = true;
    if (s && !s->edit.straighten)
        edit(d, i->at, &more);
}

static void crop(struct paperdesk *d, const struct session_intent *i)
{
    const struct papers_edit none = PAPERS_EDIT_NONE;
    if (!own(d, i->at) || scans(d))
        return;
    memcpy(d->crop, none.crop, sizeof(d->crop));
    paperdesk_show(d, PAPERS_CROP, i->at);
}

static void crop_edges(struct paperdesk *d, const struct session_intent *i)
{
    struct papers_edit e = PAPERS_EDIT_NONE;
    memcpy(e.crop, i->box, sizeof(e.crop));
    if (d->mode != PAPERS_CROP || !papers_edit_fits(&e))
        return;
    memcpy(d->crop, i->box, sizeof(d->crop));
    papers_touch(d->papers);
}

static void crop_ok(struct paperdesk *d, const struct session_intent *i)
{
    struct papers_edit more = PAPERS_EDIT_NONE;
    (void)i;
    if (d->mode != PAPERS_CROP)
        return;
    if (memcmp(more.crop, d->crop, sizeof(d->crop)) != 0) {
        memcpy(more.crop, d->crop, sizeof(more.crop));
        edit(d, d->at, &more);
    }
    paperdesk_show(d, PAPERS_PAGE, d->at);
}

static void remove_page(struct paperdesk *d, const struct session_intent *i)
{
    if (!page_of(d, i->at))
        return;
    if (paperdesk_attach(d, i->at, false) < 0)
        paperdesk_say(d, PAPERS_TIED); /* the form would speak of no page */
    else
        papers_remove(d->papers, i->at);
}

static void earlier(struct paperdesk *d, const struct session_intent *i)
{
    papers_move(d->papers, i->at, false);
}

static void later(struct paperdesk *d, const struct session_intent *i)
{
    papers_move(d->papers, i->at, true);
}

static void attach(struct paperdesk *d, const struct session_intent *i)
{
    const struct papers_sheet *s = page_of(d, i->at);
    bool on = s && !s->show.attached;
    if (s && !s->show.busy && paperdesk_attach(d, i->at, on) < 0)
        paperdesk_say(d, on ? PAPERS_NOT_ATTACHED : PAPERS_TIED);
}

/* --- who may see it ----------------------------------------------------- */

static bool can_share(const struct papers_sheet *s)
{
    return !s->show.shared && s->show.from != PAPERS_FROM_EXPERT;
}

static bool any_to_share(const struct paperdesk *d)
{
    for (size_t n = 0; n < d->papers->sheets; n++)
        if (can_share(d->papers->sheet[n]))
            return true;
    return false;
}

/* Asks first. What comes meanwhile is not meant. */
static void share(struct paperdesk *d, const struct session_intent *i)
{
    const struct papers_sheet *s = page_of(d, i->at);
    bool fits = i->at > 0 ? s && can_share(s) : any_to_share(d);
    if (!fits || scans(d))
        return;
    d->agreed_last = d->papers->last_id;
    paperdesk_show(d, PAPERS_CONSENT, i->at);
}

/* What the expert asked for has come. */
static void answered(struct paperdesk *d, uint32_t id)
{
    struct papers *p = d->papers;
    if (!p->ask.open || id <= d->ask_after)
        return;
    explicit_bzero(&p->ask, sizeof(p->ask));
    p->ask_state = PAPERS_ASK_DONE;
}

static void agree(struct paperdesk *d, const struct session_intent *i)
{
    struct papers *p = d->papers;
    struct papers_look l = {
        .zoom = PAPERS_ZOOM_MIN, .x = PAPERS_WHOLE / 2, .y = PAPERS_WHOLE / 2};
    (void)i;
    if (d->mode != PAPERS_CONSENT)
        return;
    for (size_t n = 0; n < p->sheets; n++) {
        const struct papers_sheet *s = p->sheet[n];
        uint32_t id = s->show.id;
        if (!can_share(s) || (d->at > 0 ? id != d->at : id > d->agreed_last))
            continue;
        papers_set_shared(p, id, true);
        answered(d, id);
        l.page = l.page > 0 ? l.page : id;
    }
    bool shown = l.page > 0 && papers_look_at(p, &l, true) == 0;
    paperdesk_show(d, shown ? PAPERS_LOOK : PAPERS_TRAY, l.page);
}

static void refuse(struct paperdesk *d, const struct session_intent *i)
{
    (void)i;
    if (d->mode == PAPERS_CONSENT)
        paperdesk_show(d, d->at > 0 ? PAPERS_PAGE : PAPERS_TRAY, d->at);
}

static void unshare(struct paperdesk *d, const struct session_intent *i)
{
    papers_set_shared(d->papers, i->at, false);
}

static void ask_decline(struct paperdesk *d, const struct session_intent *i)
{
    struct papers *p = d->papers;
    (void)i;
    if (!p->ask.open)
        return;
    explicit_bzero(&p->ask, sizeof(p->ask));
    p->ask_state = PAPERS_ASK_DECLINED;
    papers_touch(p);
}

/* --- together ----------------------------------------------------------- */

static void look(struct paperdesk *d, const struct session_intent *i)
{
    const struct papers_look l = {
        .page = i->at,
        .turn = (uint8_t)LK_MIN(i->remove, (uint32_t)UINT8_MAX),
        .zoom = (uint16_t)LK_MIN(i->version, (uint32_t)UINT16_MAX),
        .x = i->box[0],
        .y = i->box[1]};
    if (papers_look_at(d->papers, &l, true) == 0 && !scans(d))
        paperdesk_show(d, i->at > 0 ? PAPERS_LOOK : PAPERS_TRAY, i->at);
}

static void point(struct paperdesk *d, const struct session_intent *i)
{
    (void)!papers_point_at(d->papers, i->at, i->box[0], i->box[1], true);
}

static void mark(struct paperdesk *d, const struct session_intent *i)
{
    struct papers_mark m = {.kind = (enum papers_mark_kind)i->remove,
                            .mine = true,
                            .x = i->box[0],
                            .y = i->box[1],
                            .to_x = i->box[2],
                            .to_y = i->box[3]};
    size_t len = strnlen(i->arg, sizeof(i->arg));
    if (i->remove > PAPERS_TEXT || len >= sizeof(m.text))
        return;
    memcpy(m.text, i->arg, len);
    (void)!papers_mark(d->papers, i->at, &m); /* the page may be full */
    explicit_bzero(&m, sizeof(m));
}

static void unmark(struct paperdesk *d, const struct session_intent *i)
{
    papers_unmark(d->papers, i->at, i->version, true);
}

/* --- to and fro --------------------------------------------------------- */

/* To the papers: to what the expert looks at, when it is that. */
static void come(struct paperdesk *d, const struct session_intent *i)
{
    const struct papers *p = d->papers;
    (void)i;
    if (d->mode == PAPERS_TRAY && p->look.page > 0 && !p->look_mine)
        paperdesk_show(d, PAPERS_LOOK, p->look.page);
}

static void back(struct paperdesk *d, const struct session_intent *i)
{
    const struct session_event left = {.kind = SESSION_EVENT_PAPERS_LEFT};
    switch (d->mode) {
    case PAPERS_TRAY:
        d->out.event(d->out.arg, &left);
        break;
    case PAPERS_SCANNING:
    case PAPERS_AIM:
        scan_cancel(d, i);
        break;
    case PAPERS_CROP:
        paperdesk_show(d, PAPERS_PAGE, d->at);
        break;
    case PAPERS_CONSENT:
        refuse(d, i);
        break;
    case PAPERS_PAGE:
    case PAPERS_LOOK:
        paperdesk_show(d, PAPERS_TRAY, 0);
        break;
    }
}

static const struct {
    enum session_intent_kind kind;
    void (*fn)(struct paperdesk *d, const struct session_intent *i);
} deeds[] = {
    {SESSION_INTENT_PAPERS, come},
    {SESSION_INTENT_BACK, back},
    {SESSION_INTENT_SCAN_SOURCE, choose_source},
    {SESSION_INTENT_SCAN_BLANK, choose_blank},
    {SESSION_INTENT_SCAN, scan},
    {SESSION_INTENT_SCAN_CANCEL, scan_cancel},
    {SESSION_INTENT_PAGE, page},
    {SESSION_INTENT_PAGE_TURN, turn},
    {SESSION_INTENT_PAGE_STRAIGHTEN, straighten},
    {SESSION_INTENT_PAGE_CROP, crop},
    {SESSION_INTENT_PAGE_CROP_EDGES, crop_edges},
    {SESSION_INTENT_PAGE_CROP_OK, crop_ok},
    {SESSION_INTENT_PAGE_AGAIN, again},
    {SESSION_INTENT_PAGE_REMOVE, remove_page},
    {SESSION_INTENT_PAGE_EARLIER, earlier},
    {SESSION_INTENT_PAGE_LATER, later},
    {SESSION_INTENT_PAGE_SHARE, share},
    {SESSION_INTENT_PAGE_UNSHARE, unshare},
    {SESSION_INTENT_PAGE_ATTACH, attach},
    {SESSION_INTENT_CONSENT_YES, agree},
    {SESSION_INTENT_CONSENT_NO, refuse},
    {SESSION_INTENT_LOOK, look},
    {SESSION_INTENT_POINT, point},
    {SESSION_INTENT_MARK, mark},
    {SESSION_INTENT_UNMARK, unmark},
    {SESSION_INTENT_ASK_DECLINE, ask_decline},
};

void paperdesk_intent(struct paperdesk *d, const struct session_intent *i,
                      int64_t now_us)
{
    d->now_us = now_us;
    if (!d->begun)
        return;
    if (paperdesk_says_of_page(d)) /* it was read */
        paperdesk_say(d, PAPERS_FINE);
    for (size_t n = 0; n < LK_ARRAY_LEN(deeds); n++)
        if (deeds[n].kind == i->kind)
            deeds[n].fn(d, i);
    paperdesk_settle(d);
}
