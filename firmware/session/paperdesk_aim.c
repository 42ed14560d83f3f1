/* The document camera: what it sees is shown as the page that it would be, one
 * picture after another, until the citizen takes one. */
#include "session/paperdesk_impl.h"

#include <errno.h>
#include <fcntl.h>

#define NEVER INT64_MAX

static void forget(struct paperdesk *d)
{
    if (!d->aim)
        return;
    d->aim = papers_picture_free(d->aim);
    papers_given_close(&d->given);
}

void paperdesk_aim_wipe(struct paperdesk *d)
{
    forget(d);
    d->camera_us = d->aim_us = 0;
    d->aim_page = 0;
}

/* What the expert hears of a paper that was asked for. */
static void tell_asked(struct paperdesk *d, enum papers_ask_state from,
                       enum papers_ask_state to)
{
    struct papers *p = d->papers;
    if (!p->ask.open || p->ask_state != from)
        return;
    p->ask_state = to;
    papers_touch(p);
}

/* Leaves the camera, and what was seen with it. */
static void leave(struct paperdesk *d, uint32_t page)
{
    paperdesk_aim_wipe(d);
    for (size_t i = d->jobs; i > 0; i--)
        if (d->job[i - 1].task == PAPERDESK_CAMERA)
            paperdesk_job_cancel(d, i - 1);
    tell_asked(d, PAPERS_ASK_SCANNING, PAPERS_ASK_OPEN);
    if (d->mode != PAPERS_AIM)
        return;
    bool there = page > 0 && papers_find(d->papers, page);
    paperdesk_show(d, there ? PAPERS_PAGE : PAPERS_TRAY, there ? page : 0);
}

void paperdesk_aim_stop(struct paperdesk *d)
{
    leave(d, d->aim_page);
}

void paperdesk_unaim(struct paperdesk *d, int64_t now_us)
{
    if (d->mode != PAPERS_AIM)
        return;
    d->now_us = now_us;
    paperdesk_aim_stop(d);
    paperdesk_settle(d);
}

/* The tray says it. */
static void fail(struct paperdesk *d, enum papers_trouble trouble)
{
    paperdesk_say(d, trouble);
    leave(d, 0);
}

/* --- pictures ----------------------------------------------------------- */

static int ask_picture(struct paperdesk *d)
{
    int r = -ENODEV;
    d->aim_us = 0;
    if (d->papers->camera && d->out.camera)
        r = d->out.camera(d->out.arg);
    if (r == 0)
        d->camera_us = d->now_us + PAPERDESK_CAMERA_US;
    return r;
}

void paperdesk_aim(struct paperdesk *d, uint32_t page)
{
    if (d->mode == PAPERS_SCANNING || d->mode == PAPERS_AIM)
        return;
    if (page == 0 && d->papers->sheets == PAPERS_PAGES_MAX) {
        paperdesk_say(d, PAPERS_FULL);
        return;
    }
    if (ask_picture(d) < 0) {
        paperdesk_say(d, PAPERS_NO_CAMERA);
        return;
    }
    d->aim_page = page;
    d->left_out = 0;
    d->said = PAPERS_FINE;
    tell_asked(d, PAPERS_ASK_OPEN, PAPERS_ASK_SCANNING);
    paperdesk_show(d, PAPERS_AIM, 0);
}

void paperdesk_camera_gave(struct paperdesk *d, int fd, int64_t now_us)
{
    const struct paperdesk_job j = {.task = PAPERDESK_CAMERA, .fd = fd};
    d->now_us = now_us;
    if (d->camera_us == 0) { /* given up meanwhile */
        (void)lk_fd_close(fd);
        return;
    }
    d->camera_us = 0;
    if (fd < 0)
        fail(d, PAPERS_NO_CAMERA);
    else if (!paperdesk_ask(d, &j))
        fail(d, PAPERS_UNREADABLE);
    paperdesk_settle(d);
}

int paperdesk_aim_seen(struct paperdesk *d, struct papers_given *g)
{
    struct papers_picture *p = NULL;
    int fd = fcntl(g->preview_fd, F_DUPFD_CLOEXEC, 0);
    int r = fd < 0 ? -errno : papers_picture_new(fd, &p);
    if (r < 0) {
        papers_given_close(g);
        return r;
    }
    forget(d);
    d->aim = p;
    d->given = *g;
    papers_touch(d->papers);
    return 0;
}

void paperdesk_aim_end(struct paperdesk *d, const struct paperdesk_job *j,
                       enum papers_trouble trouble)
{
    if (d->mode != PAPERS_AIM || j->cancelled)
        return;
    if (j->given == 0)
        fail(d, trouble == PAPERS_FINE ? PAPERS_UNREADABLE : trouble);
    else
        d->aim_us = d->now_us + PAPERDESK_AIM_US;
}

/* --- taking it ---------------------------------------------------------- */

void paperdesk_aim_take(struct paperdesk *d)
{
    struct paperdesk_job j = {.task = PAPERDESK_CAMERA, .page = d->aim_page};
    if (d->mode != PAPERS_AIM || !d->aim)
        return;
    struct papers_given g = d->given; /* theirs from here on */
    d->aim = papers_picture_free(d->aim);
    int r = j.page > 0 ? paperdesk_renew(d, &j, &g)
                       : papers_add(d->papers, &g, PAPERS_LAST, &j.last);
    if (r < 0) {
        fail(d, paperdesk_trouble(r));
        return;
    }
    paperdesk_say(d, j.trouble);
    leave(d, j.last);
}

/* --- time --------------------------------------------------------------- */

void paperdesk_aim_tick(struct paperdesk *d)
{
    if (d->camera_us > 0 && d->now_us >= d->camera_us) {
        d->out.note(d->out.arg, "document camera", "no answer");
        fail(d, PAPERS_NO_CAMERA);
    } else if (d->aim_us > 0 && d->now_us >= d->aim_us && ask_picture(d) < 0) {
        fail(d, PAPERS_NO_CAMERA);
    }
}

int64_t paperdesk_aim_next_us(const struct paperdesk *d)
{
    int64_t late = d->camera_us > 0 ? d->camera_us : NEVER;
    return LK_MIN(late, d->aim_us > 0 ? d->aim_us : NEVER);
}
