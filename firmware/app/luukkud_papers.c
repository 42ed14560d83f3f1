#include "app/luukkud_papers.h"

#include "app/luukkud_photo.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>

struct luukkud_papers {
    struct luukkud_papers_config config;
    struct paperdesk *desk;
    bool camera; /* there is a document camera */
    struct luukkud_photo photo;
    bool reading; /* of a document that is held to it: until it is shown */
};

static int64_t now_us(const struct luukkud_papers *p)
{
    return lk_loop_now_us(p->config.loop);
}

/* --- the desk's outputs ------------------------------------------------- */

static void desk_event(void *arg, const struct session_event *e)
{
    struct luukkud_papers *p = arg;
    p->config.event(p->config.arg, e);
}

static int desk_scan(void *arg, const struct scanmsg *m, int fd)
{
    struct luukkud_papers *p = arg;
    return luukkud_devices_send_scan(p->config.devices, m, fd);
}

static int take_photo(struct luukkud_papers *p, bool held)
{
    const struct rtcmsg m = {.type = RTCMSG_PHOTO};
    if (!p->camera)
        return -ENODEV;
    if (!luukkud_photo_want(&p->photo, held, now_us(p)))
        return 0;
    int r = luukkud_rtc_send(p->config.rtc, &m);
    if (r < 0)
        luukkud_photo_drop(&p->photo);
    return r;
}

static int desk_camera(void *arg)
{
    return take_photo(arg, false);
}

static int desk_attach(void *arg, const struct paperdesk_paper *paper, bool on)
{
    struct luukkud_papers *p = arg;
    return luukkud_form_attach(p->config.form, paper, on);
}

static const char *desk_kind(void *arg, const char *kind)
{
    const struct luukkud_papers *p = arg;
    return luukkud_form_paper(p->config.form, kind);
}

static void desk_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    LK_LOG(WARN, "papers", "what=\"%s\" why=\"%s\"", what, why);
}

/* What is held was read, or could not be. */
static void look_at_held(struct luukkud_papers *p)
{
    if (!p->reading || p->photo.awaited || paperdesk_holding(p->desk))
        return;
    p->reading = false;
    luukkud_identity_document(*p->config.identity,
                              paperdesk_held(p->desk) ? 0 : -EIO);
}

/* --- luukku-scan -------------------------------------------------------- */

/* The desk takes descriptors by setting them to -1. */
static void scan_message(void *arg, const struct scanmsg *m,
                         struct lk_chan_msg *raw)
{
    struct luukkud_papers *p = arg;
    paperdesk_scanned(p->desk, m, raw->fds, lk_chan_fds(raw), now_us(p));
    look_at_held(p);
    p->config.settle(p->config.arg);
}

static void scan_up(void *arg)
{
    struct luukkud_papers *p = arg;
    paperdesk_scan_up(p->desk, now_us(p));
    p->config.settle(p->config.arg);
}

static void scan_gone(void *arg)
{
    struct luukkud_papers *p = arg;
    paperdesk_scan_gone(p->desk, now_us(p));
    look_at_held(p);
    p->config.settle(p->config.arg);
}

/* --- what goes in ------------------------------------------------------- */

void luukkud_papers_begin(struct luukkud_papers *p)
{
    paperdesk_begin(p->desk, now_us(p));
    paperdesk_set_place(p->desk, luukkud_form_place(p->config.form));
}

void luukkud_papers_act(struct luukkud_papers *p,
                        const struct session_action *a)
{
    if (a->kind == SESSION_DO_PAPERS) {
        paperdesk_intent(p->desk, &a->intent, now_us(p));
    } else if (a->kind == SESSION_DO_FINISH) {
        p->reading = false;
        paperdesk_wipe(p->desk);
    }
}

void luukkud_papers_channel(struct luukkud_papers *p, bool open)
{
    paperdesk_channel(p->desk, open, now_us(p));
}

void luukkud_papers_data(struct luukkud_papers *p, const void *bytes,
                         size_t len)
{
    paperdesk_receive(p->desk, bytes, len, now_us(p));
}

bool luukkud_papers_poll(struct luukkud_papers *p, const void **ret,
                         size_t *len)
{
    return paperdesk_poll(p->desk, now_us(p), ret, len);
}

/* --- the document camera ------------------------------------------------ */

/* fd: taken over; -1: there is no picture. */
static void photo_for(struct luukkud_papers *p, enum luukkud_photo_for who,
                      int fd)
{
    LK_AUTO_FD own = fd;
    if (who == LUUKKUD_PHOTO_FOR_AIM) {
        paperdesk_camera_gave(p->desk, lk_fd_take(&own), now_us(p));
    } else if (who != LUUKKUD_PHOTO_FOR_HELD || !p->reading) {
        return; /* it was taken away meanwhile */
    } else if (own < 0) {
        p->reading = false;
        luukkud_identity_document(*p->config.identity, -ENODEV);
    } else {
        paperdesk_hold(p->desk, lk_fd_take(&own), now_us(p));
        look_at_held(p);
    }
}

/* fd: as above. */
static void photo_taken(struct luukkud_papers *p, int fd)
{
    LK_AUTO_FD own = fd;
    bool held = p->photo.held;
    enum luukkud_photo_for who = luukkud_photo_take(&p->photo, fd >= 0);
    if (who == LUUKKUD_PHOTO_AGAIN) {
        own = lk_fd_close(own);
        if (take_photo(p, held) == 0)
            return;
        who = held ? LUUKKUD_PHOTO_FOR_HELD : LUUKKUD_PHOTO_FOR_AIM;
    }
    photo_for(p, who, lk_fd_take(&own));
}

/* It will not come. */
static void photo_lost(struct luukkud_papers *p)
{
    photo_for(p, luukkud_photo_give_up(&p->photo), -1);
}

bool luukkud_papers_rtc(struct luukkud_papers *p, const struct rtcmsg *m,
                        struct lk_chan_msg *raw)
{
    if (m->type == RTCMSG_DOCUMENT) {
        p->camera = m->up;
        paperdesk_set_camera(p->desk, m->up);
    } else if (m->type == RTCMSG_PHOTOED) {
        if (!m->up)
            LK_LOG(WARN, "papers", "what=photo err=%s", m->why);
        photo_taken(p, m->up ? lk_chan_take_fd(raw, 0) : -1);
    }
    return m->type == RTCMSG_DOCUMENT || m->type == RTCMSG_PHOTOED;
}

void luukkud_papers_rtc_gone(struct luukkud_papers *p)
{
    p->camera = false;
    paperdesk_set_camera(p->desk, false);
    photo_lost(p);
    p->photo = (struct luukkud_photo){0}; /* nothing comes late of that one */
}

int luukkud_papers_document(struct luukkud_papers *p, bool on)
{
    if (on && p->reading)
        return -EBUSY;
    int r = on ? take_photo(p, true) : 0;
    p->reading = on && r == 0;
    if (!on)
        paperdesk_hold(p->desk, -1, now_us(p));
    return r;
}

int luukkud_papers_attached(const struct luukkud_papers *p,
                            int (*fn)(void *arg,
                                      const struct paperdesk_paper *paper),
                            void *arg)
{
    return paperdesk_attached(p->desk, fn, arg);
}

void luukkud_papers_screen(struct luukkud_papers *p, bool on)
{
    if (!on)
        paperdesk_unaim(p->desk, now_us(p));
}

void luukkud_papers_show(struct luukkud_papers *p, struct kiosk_ui *ui)
{
    struct papers_view *v = NULL;
    if (paperdesk_take_view(p->desk, &v))
        kiosk_ui_set_papers(ui, v);
}

void luukkud_papers_tick(struct luukkud_papers *p)
{
    if (luukkud_photo_due(&p->photo, now_us(p))) {
        LK_LOG(WARN, "papers", "what=photo err=ETIMEDOUT");
        photo_lost(p);
    }
    paperdesk_tick(p->desk, now_us(p));
    look_at_held(p);
}

int64_t luukkud_papers_next_us(const struct luukkud_papers *p)
{
    int64_t next_us = paperdesk_next_us(p->desk);
    return LK_MIN(next_us, luukkud_photo_next_us(&p->photo));
}

/* --- life --------------------------------------------------------------- */

static int form_attached(void *arg,
                         int (*fn)(void *arg,
                                   const struct paperdesk_paper *paper),
                         void *fn_arg)
{
    return luukkud_papers_attached(arg, fn, fn_arg);
}

int luukkud_papers_new(const struct luukkud_papers_config *config,
                       struct luukkud_papers **ret)
{
    struct luukkud_papers *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->config = *config;
    const struct paperdesk_output out = {.event = desk_event,
                                         .scan = desk_scan,
                                         .camera = desk_camera,
                                         .attach = desk_attach,
                                         .kind = desk_kind,
                                         .note = desk_note,
                                         .arg = p};
    const struct luukkud_devices_scan scan = {
        .up = scan_up, .message = scan_message, .gone = scan_gone, .arg = p};
    int r = paperdesk_new(&out, &p->desk);
    if (r < 0) {
        free(p);
        return r;
    }
    const struct luukkud_form_papers papers = {.attached = form_attached,
                                               .arg = p};
    luukkud_devices_listen_scan(config->devices, &scan);
    luukkud_form_set_papers(config->form, &papers);
    *ret = p;
    return 0;
}

struct luukkud_papers *luukkud_papers_free(struct luukkud_papers *p)
{
    if (p) {
        const struct luukkud_devices_scan nobody = {.arg = NULL};
        const struct luukkud_form_papers none = {.arg = NULL};
        luukkud_devices_listen_scan(p->config.devices, &nobody);
        luukkud_form_set_papers(p->config.form, &none);
        paperdesk_free(p->desk);
        free(p);
    }
    return NULL;
}
