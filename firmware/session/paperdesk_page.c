/* What luukku-scan gives, and what becomes of it. */
#include "session/paperdesk_impl.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* --- the form ----------------------------------------------------------- */

/* Calls with a page as it is attached; its bytes, when `data`, are mapped for
 * that long. */
static int with_paper(const struct paperdesk *d, const struct papers_sheet *s,
                      bool data,
                      int (*fn)(void *arg, const struct paperdesk_paper *p),
                      void *arg)
{
    char name[24];
    struct paperdesk_paper paper = {.path = d->place, .name = name, .fd = -1};
    (void)snprintf(name, sizeof(name), "paper-%" PRIu32 ".jpg", s->show.id);
    memcpy(paper.sha256, s->sha256, sizeof(paper.sha256));
    if (!data)
        return fn(arg, &paper);
    void *map =
        mmap(NULL, s->detail_len, PROT_READ, MAP_SHARED, s->detail_fd, 0);
    if (map == MAP_FAILED)
        return -errno;
    paper.data = map;
    paper.len = s->detail_len;
    paper.fd = s->detail_fd;
    int r = fn(arg, &paper);
    (void)munmap(map, s->detail_len);
    return r;
}

int paperdesk_attached(const struct paperdesk *d,
                       int (*fn)(void *arg, const struct paperdesk_paper *p),
                       void *arg)
{
    int r = 0;
    for (size_t i = 0; i < d->papers->sheets && r == 0; i++)
        if (d->papers->sheet[i]->show.attached)
            r = with_paper(d, d->papers->sheet[i], true, fn, arg);
    return r;
}

static int tie(void *arg, const struct paperdesk_paper *p)
{
    struct paperdesk *d = arg;
    return d->out.attach(d->out.arg, p, true);
}

static int untie(void *arg, const struct paperdesk_paper *p)
{
    struct paperdesk *d = arg;
    return d->out.attach(d->out.arg, p, false);
}

/* What the form does not have any more it need not let go. */
static int set_tie(struct paperdesk *d, const struct papers_sheet *s, bool on)
{
    if (s->fleeting || !d->out.attach || !d->place[0])
        return -ENODEV;
    int r = with_paper(d, s, on, on ? tie : untie, d);
    return !on && r == -ENOENT ? 0 : r;
}

int paperdesk_attach(struct paperdesk *d, uint32_t page, bool on)
{
    const struct papers_sheet *s = papers_find(d->papers, page);
    if (!s || s->show.attached == on)
        return 0;
    int r = set_tie(d, s, on);
    if (r < 0)
        d->out.note(d->out.arg, "attach", strerrordesc_np(-r));
    else
        papers_set_attached(d->papers, page, on);
    return r;
}

/* --- pages -------------------------------------------------------------- */

static struct papers_given given(const struct paperdesk_job *j,
                                 const struct scanmsg *m, int *fds)
{
    static const enum papers_from from[] = {
        [PAPERDESK_SCAN] = PAPERS_FROM_SCANNER,
        [PAPERDESK_CAMERA] = PAPERS_FROM_CAMERA,
        [PAPERDESK_HOLD] = PAPERS_FROM_CAMERA,
        [PAPERDESK_EDIT] = PAPERS_FROM_SCANNER,
        [PAPERDESK_DETAIL] = PAPERS_FROM_SCANNER,
        [PAPERDESK_DOCUMENT] = PAPERS_FROM_EXPERT,
    };
    return (struct papers_given){.from = from[j->task],
                                 .document = j->document,
                                 .fleeting = j->task == PAPERDESK_HOLD,
                                 .traits = m->traits,
                                 .dpi = m->dpi,
                                 .width_px = m->width_px,
                                 .height_px = m->height_px,
                                 .preview_fd = lk_fd_take(&fds[1]),
                                 .detail_fd = lk_fd_take(&fds[2]),
                                 .small_fd = lk_fd_take(&fds[3])};
}

static int take_detail(struct paperdesk *d, const struct paperdesk_job *j,
                       int *fds)
{
    struct papers_picture *p = NULL;
    if (d->detail_page != j->page)
        return 0; /* looked at no more */
    int r = papers_picture_new(lk_fd_take(&fds[0]), &p);
    if (r < 0)
        return r;
    papers_picture_free(d->detail);
    d->detail = p;
    papers_touch(d->papers);
    return 0;
}

int paperdesk_renew(struct paperdesk *d, struct paperdesk_job *j,
                    struct papers_given *g)
{
    const struct papers_sheet *s = papers_find(d->papers, j->page);
    bool edit = j->task == PAPERDESK_EDIT;
    bool attached = s && s->show.attached;
    if (s)
        g->from = s->show.from;
    if (attached && paperdesk_attach(d, j->page, false) < 0) {
        papers_given_close(g);
        return -EBUSY;
    }
    int r =
        papers_renew(d->papers, j->page, g, edit ? &j->edit : NULL, &j->last);
    uint32_t page = r < 0 ? j->page : j->last;
    if (attached && (edit || r < 0) && paperdesk_attach(d, page, true) < 0)
        j->trouble = PAPERS_NOT_ATTACHED;
    if (r == 0 && d->at == j->page && d->mode == PAPERS_PAGE)
        d->at = j->last;
    return r;
}

/* Blank pages are told of, so that their number can be shown. */
static bool left_out(struct paperdesk *d, const struct paperdesk_job *j,
                     const struct scanmsg *m)
{
    if (j->task != PAPERDESK_SCAN || j->page > 0 || !d->drop_blank ||
        !(m->traits & SCANMSG_BLANK))
        return false;
    d->left_out++;
    papers_touch(d->papers);
    return true;
}

static int take(struct paperdesk *d, struct paperdesk_job *j,
                const struct scanmsg *m, int *fds, size_t nfds)
{
    if (j->task == PAPERDESK_DETAIL)
        return take_detail(d, j, fds);
    if (nfds < 4)
        return -EBADMSG;
    if (j->page > 0 && j->given > 0)
        return -EBADMSG;
    struct papers_given g = given(j, m, fds);
    if (j->task == PAPERDESK_CAMERA)
        return paperdesk_aim_seen(d, &g);
    if (j->page > 0)
        return paperdesk_renew(d, j, &g);
    return papers_add(d->papers, &g, PAPERS_LAST, &j->last);
}

enum papers_trouble paperdesk_trouble(int r)
{
    if (r == -EBUSY)
        return PAPERS_TIED;
    return r == -ENOSPC || r == -ENOMEM ? PAPERS_FULL : PAPERS_UNREADABLE;
}

void paperdesk_page(struct paperdesk *d, struct paperdesk_job *j,
                    const struct scanmsg *m, int *fds, size_t nfds)
{
    if (j->cancelled || left_out(d, j, m))
        return;
    int r = take(d, j, m, fds, nfds);
    if (r == 0) {
        j->given++;
        return;
    }
    if (r != -ENOENT)
        j->trouble = paperdesk_trouble(r);
    paperdesk_job_cancel(d, 0);
}

/* --- ends --------------------------------------------------------------- */

/* What is not told apart here could not be read. */
static enum papers_trouble trouble_of(enum scanmsg_reason why)
{
    static const enum papers_trouble trouble[SCANMSG_REASONS] = {
        [SCANMSG_DONE] = PAPERS_FINE,
        [SCANMSG_CANCELLED] = PAPERS_FINE,
        [SCANMSG_NO_SCANNER] = PAPERS_NO_SCANNER,
        [SCANMSG_BUSY] = PAPERS_UNPLUGGED,
        [SCANMSG_EMPTY] = PAPERS_EMPTY,
        [SCANMSG_JAMMED] = PAPERS_JAMMED,
        [SCANMSG_LID_OPEN] = PAPERS_LID_OPEN,
        [SCANMSG_UNSUPPORTED] = PAPERS_UNREADABLE,
        [SCANMSG_MISBEHAVED] = PAPERS_UNPLUGGED,
        [SCANMSG_UNPLUGGED] = PAPERS_UNPLUGGED,
        [SCANMSG_SILENT] = PAPERS_UNPLUGGED,
        [SCANMSG_UNKNOWN] = PAPERS_UNREADABLE,
        [SCANMSG_MALFORMED] = PAPERS_UNREADABLE,
        [SCANMSG_TOO_LARGE] = PAPERS_UNREADABLE,
        [SCANMSG_TOO_COMPLEX] = PAPERS_UNREADABLE,
        [SCANMSG_LOCKED] = PAPERS_UNREADABLE,
        [SCANMSG_NO_MEMORY] = PAPERS_FULL,
        [SCANMSG_CRASHED] = PAPERS_UNPLUGGED,
    };
    return trouble[why];
}

/* PROTOCOL.md's words for it. */
static const char *word_of(const struct paperdesk_job *j,
                           enum scanmsg_reason why)
{
    static const char *const words[SCANMSG_REASONS] = {
        [SCANMSG_UNKNOWN] = "unknown",
        [SCANMSG_MALFORMED] = "malformed",
        [SCANMSG_TOO_LARGE] = "too-large",
        [SCANMSG_TOO_COMPLEX] = "too-complex",
        [SCANMSG_LOCKED] = "locked",
    };
    if (j->trouble == PAPERS_FULL)
        return "full";
    return words[why] ? words[why] : "failed";
}

/* What the expert shows is whole, or is not shown. */
static void end_document(struct paperdesk *d, const struct paperdesk_job *j,
                         enum scanmsg_reason why)
{
    struct papers *p = d->papers;
    bool good = why == SCANMSG_DONE && j->given > 0 && !j->cancelled;
    if (!good)
        papers_remove_document(p, j->document);
    papers_touch(p);
    if (p->document.n != j->document ||
        p->document.state != PAPERS_DOCUMENT_READING)
        return; /* another one has come, or it was taken back */
    p->document.state = good ? PAPERS_DOCUMENT_SHOWN : PAPERS_DOCUMENT_REFUSED;
    p->document.why = good ? "" : word_of(j, why);
    p->document.pages = good ? j->given : 0;
    struct papers_look l = {.page = j->last - j->given + 1,
                            .zoom = PAPERS_ZOOM_MIN,
                            .x = PAPERS_WHOLE / 2,
                            .y = PAPERS_WHOLE / 2};
    if (good)
        (void)!papers_look_at(p, &l, false);
}

/* The citizen sees what came of it: the page, or the tray, which has room for
 * what went wrong, and for what was left out. */
static void end_scan(struct paperdesk *d, const struct paperdesk_job *j,
                     enum scanmsg_reason why)
{
    struct papers *p = d->papers;
    bool flat = d->source == SCANMSG_FLATBED ||
                (d->source == SCANMSG_AUTO && j->given + d->left_out == 1);
    d->said = j->trouble != PAPERS_FINE ? j->trouble : trouble_of(why);
    if (why == SCANMSG_DONE && j->given == 0 && d->said == PAPERS_FINE &&
        !j->cancelled)
        d->said = d->left_out > 0 ? PAPERS_ALL_BLANK : PAPERS_UNREADABLE;
    if (p->ask.open && p->ask_state == PAPERS_ASK_SCANNING)
        p->ask_state = PAPERS_ASK_OPEN;
    d->glass = d->glass || (flat && j->given + d->left_out > 0);
    papers_touch(p);
    if (d->mode != PAPERS_SCANNING || paperdesk_scans(d))
        return; /* the citizen has gone on */
    uint32_t page = j->given == 1 ? j->last : j->page;
    bool one = page > 0 && papers_find(p, page) && d->said == PAPERS_FINE &&
               d->left_out == 0;
    paperdesk_show(d, one ? PAPERS_PAGE : PAPERS_TRAY, one ? page : 0);
}

/* Nothing was scanned, so what went wrong is no scanner's: whatever it was, the
 * page is as it was. */
static void end_edit(struct paperdesk *d, const struct paperdesk_job *j)
{
    enum papers_trouble t = j->trouble;
    papers_set_busy(d->papers, j->page, false);
    if (j->given == 0 && t != PAPERS_TIED && t != PAPERS_NOT_ATTACHED)
        t = PAPERS_NOT_EDITED;
    if (papers_find(d->papers, j->given > 0 ? j->last : j->page) &&
        t != PAPERS_FINE)
        paperdesk_say(d, t);
}

static void end_hold(struct paperdesk *d, const struct paperdesk_job *j)
{
    struct papers_look l = {.page = j->last,
                            .zoom = PAPERS_ZOOM_MIN,
                            .x = PAPERS_WHOLE / 2,
                            .y = PAPERS_WHOLE / 2};
    if (j->cancelled || j->given == 0) {
        papers_remove(d->papers, j->last);
        return;
    }
    d->held = j->last;
    (void)!papers_look_at(d->papers, &l, false);
}

void paperdesk_tell_end(struct paperdesk *d, const struct paperdesk_job *j,
                        enum scanmsg_reason why)
{
    if (why != SCANMSG_DONE && why != SCANMSG_CANCELLED)
        d->out.note(d->out.arg, "scan", scanmsg_reason_name(why));
    switch (j->task) {
    case PAPERDESK_SCAN:
        end_scan(d, j, why);
        break;
    case PAPERDESK_CAMERA:
        paperdesk_aim_end(
            d, j, j->trouble != PAPERS_FINE ? j->trouble : trouble_of(why));
        break;
    case PAPERDESK_EDIT:
        end_edit(d, j);
        break;
    case PAPERDESK_DOCUMENT:
        end_document(d, j, why);
        break;
    case PAPERDESK_HOLD:
        end_hold(d, j);
        break;
    case PAPERDESK_DETAIL:
        break; /* the preview has to do */
    }
}
