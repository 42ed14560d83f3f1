/* The screen: owns everything, waits for posts, input and pictures. */
#include "kiosk/fields.h"
#include "kiosk/paper_touch.h"
#include "kiosk/pin.h"
#include "kiosk/ui_priv.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "kiosk/sizes.h"
#include "kiosk/typing_form.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Look for touches this often where SDL has no descriptor for them. */
#define INPUT_US 8000
/* Pictures are taken at most this often, whatever the writer does. */
#define VIDEO_US 12000
/* Nothing waits longer than this. */
#define WAIT_US (60 * INT64_C(1000000))

/* A 21.5 inch panel. */
#define PANEL_LONG_MM 476.0f
#define PANEL_SHORT_MM 268.0f

static int config_check(const struct kiosk_config *c)
{
    bool own = c->width_px == 0 && c->height_px == 0;
    bool fits = c->width_px >= KIOSK_PANEL_MIN_PX &&
                c->height_px >= KIOSK_PANEL_MIN_PX &&
                c->width_px <= KIOSK_PANEL_MAX_PX &&
                c->height_px <= KIOSK_PANEL_MAX_PX;
    bool near = c->distance_mm == 0 || (c->distance_mm >= KIOSK_DISTANCE_MIN &&
                                        c->distance_mm <= KIOSK_DISTANCE_MAX);
    return c->intent && near && (own || fits) ? 0 : -EINVAL;
}

static float config_distance(const struct kiosk_config *c)
{
    return c->distance_mm ? (float)c->distance_mm : KIOSK_DISTANCE_MM;
}

/* Pixels per millimetre: the panel's own, unless it is so small that the
 * screens would not fit. */
static float panel_density(const struct kiosk_config *c, struct kiosk_size s)
{
    float long_px = (float)LK_MAX(s.w, s.h);
    float short_px = (float)LK_MIN(s.w, s.h);
    float mm = (float)c->width_mm;
    if (c->width_mm == 0)
        mm = s.w > s.h ? PANEL_LONG_MM : PANEL_SHORT_MM;
    float most =
        LK_MIN(long_px / KIOSK_LEAST_LONG_MM, short_px / KIOSK_LEAST_SHORT_MM);
    return LK_MIN((float)s.w / mm, most);
}

static int ui_make_parts(struct kiosk_ui *ui)
{
    int r = kiosk_inbox_new(&ui->inbox);
    if (r >= 0)
        r = kiosk_window_new(&ui->config, &ui->window);
    if (r < 0)
        return r;
    struct kiosk_size size = kiosk_window_size(ui->window);
    ui->metrics.px_per_mm = panel_density(&ui->config, size);
    r = kiosk_canvas_new(size, &ui->canvas);
    if (r >= 0)
        r = kiosk_text_new(ui->metrics.px_per_mm, config_distance(&ui->config),
                           &ui->text);
    if (r >= 0)
        r = kiosk_shadow_new(kiosk_px(&ui->metrics, KIOSK_PANEL_RADIUS_MM),
                             kiosk_px(&ui->metrics, KIOSK_SHADOW_MM),
                             &ui->shadow);
    if (r >= 0)
        r = kiosk_icons_new(&ui->icons);
    if (r >= 0)
        r = kiosk_sheets_new(&ui->sheets);
    return r < 0 ? r : kiosk_video_new(&ui->video);
}

static void ui_join_parts(struct kiosk_ui *ui)
{
    ui->metrics.measure = kiosk_text_measure;
    ui->metrics.arg = ui->text;
    ui->painter = (struct kiosk_painter){
        .text = ui->text,
        .icons = ui->icons,
        .shadow = ui->shadow,
        .sheets = ui->sheets,
        .metrics = &ui->metrics,
        .picture = kiosk_video_draw,
        .arg = ui->video,
    };
}

int kiosk_ui_new(const struct kiosk_config *config, struct kiosk_ui **ret)
{
    int r = config_check(config);
    if (r < 0)
        return r;
    LK_AUTO(kiosk_ui) ui = calloc(1, sizeof(*ui));
    if (!ui)
        return -ENOMEM;
    ui->config = *config;
    kiosk_keypad_default(&ui->keys.pad);
    if (config->keypad)
        ui->keys.pad = *config->keypad;
    ui->config.keypad = NULL;
    r = ui_make_parts(ui);
    if (r < 0)
        return r;
    ui_join_parts(ui);
    ui->view.screen = SESSION_OUT_OF_SERVICE;
    ui->view.lang[0] = 'f';
    ui->view.lang[1] = 'i';
    ui->stale = true;
    tzset();
    kiosk_ui_draw(ui);
    if (ui->lost)
        return -ENODEV;
    *ret = LK_TAKE(ui);
    return 0;
}

struct kiosk_ui *kiosk_ui_free(struct kiosk_ui *ui)
{
    if (!ui)
        return NULL;
    kiosk_sheets_free(ui->sheets);
    kiosk_video_free(ui->video);
    kiosk_icons_free(ui->icons);
    kiosk_shadow_free(ui->shadow);
    kiosk_text_free(ui->text);
    kiosk_canvas_free(ui->canvas);
    kiosk_window_free(ui->window);
    kiosk_inbox_free(ui->inbox);
    form_view_free(ui->form);
    papers_view_free(ui->papers);
    kiosk_speech_clear(&ui->speech);
    kiosk_typing_clear(&ui->typing);
    free(ui);
    return NULL;
}

static void dirty_add(void *arg, struct kiosk_rect area)
{
    struct kiosk_ui *ui = arg;
    area = kiosk_paint_reach(&ui->painter, area);
    for (int i = 0; i < ui->dirty_n; i++) {
        if (kiosk_rect_touches(ui->dirty[i], area)) {
            ui->dirty[i] = kiosk_rect_union(ui->dirty[i], area);
            return;
        }
    }
    if (ui->dirty_n < KIOSK_DIRTY_MAX) {
        ui->dirty[ui->dirty_n++] = area;
        return;
    }
    for (int i = 1; i < ui->dirty_n; i++)
        area = kiosk_rect_union(area, ui->dirty[i]);
    ui->dirty[0] = kiosk_rect_union(ui->dirty[0], area);
    ui->dirty_n = 1;
}

static struct kiosk_env env_now(const struct kiosk_ui *ui)
{
    int64_t now = lk_clock_us();
    time_t wall = (time_t)(lk_clock_wall_us() / 1000000);
    struct tm tm = {0};
    localtime_r(&wall, &tm);
    float density = ui->metrics.px_per_mm;
    return (struct kiosk_env){
        .width_mm = (float)ui->canvas->size.w / density,
        .height_mm = (float)ui->canvas->size.h / density,
        .hour = tm.tm_hour,
        .minute = tm.tm_min,
        .now_us = now,
        .remote_live = kiosk_video_live(ui->video, KIOSK_SOURCE_REMOTE, now),
        .self_live = kiosk_video_live(ui->video, KIOSK_SOURCE_SELF, now),
        .typing = &ui->typing,
        .form = ui->form,
        .acting = ui->acting,
        .papers = ui->papers,
        .paper = &ui->paper,
    };
}

/* Whether the tree says something that is no longer so. */
static bool env_differs(const struct kiosk_ui *ui, const struct kiosk_env *now)
{
    const struct kiosk_env *was = &ui->env;
    return was->hour != now->hour || was->minute != now->minute ||
           was->remote_live != now->remote_live ||
           was->self_live != now->self_live ||
           now->now_us >= kiosk_screen_next_us(&ui->view, was->now_us);
}

static void ui_lay_out(struct kiosk_ui *ui, struct kiosk_tree *t)
{
    kiosk_pages_apply(&ui->pages, t);
    kiosk_layout(t, &ui->metrics, ui->canvas->size);
    kiosk_pages_keep(&ui->pages, t);
}

void kiosk_ui_refresh(struct kiosk_ui *ui)
{
    struct kiosk_env env = env_now(ui);
    if (!ui->stale && !env_differs(ui, &env))
        return;
    struct kiosk_tree *next = &ui->tree[!ui->shown];
    kiosk_screen_build(&ui->view, &env, next);
    if (kiosk_fields_sync(ui, next))
        kiosk_screen_build(&ui->view, &env, next);
    ui_lay_out(ui, next);
    if (kiosk_pages_show(&ui->pages, next, kiosk_seek(ui, next)))
        ui_lay_out(ui, next);
    if (next->error < 0)
        LK_LOG(DEBUG, "kiosk", "screen=%s err=%d",
               kiosk_screen_name(next->screen), next->error);
    kiosk_input_apply(ui, next);
    kiosk_tree_diff(&ui->tree[ui->shown], next, dirty_add, ui);
    ui->shown = !ui->shown;
    ui->env = env;
    ui->stale = false;
    kiosk_speech_update(ui);
}

void kiosk_ui_draw(struct kiosk_ui *ui)
{
    kiosk_ui_refresh(ui);
    if (ui->dirty_n == 0)
        return;
    int n = ui->dirty_n;
    int64_t from = lk_clock_us();
    int64_t px = 0;
    struct kiosk_rect drawn[KIOSK_DIRTY_MAX];
    for (int i = 0; i < n; i++) {
        drawn[i] = kiosk_paint(&ui->painter, ui->canvas, kiosk_ui_tree(ui),
                               ui->dirty[i]);
        if (ui->config.black)
            kiosk_canvas_black(ui->canvas, drawn[i]);
        px += (int64_t)drawn[i].w * drawn[i].h;
    }
    ui->dirty_n = 0;
    if (kiosk_window_show(ui->window, ui->canvas, drawn, n) < 0)
        ui->lost = true;
    int64_t all = (int64_t)ui->canvas->size.w * ui->canvas->size.h;
    kiosk_stats_shown(&ui->stats, from, lk_clock_us(), px, px >= all);
}

/* Texts come from other machines. */
static void text_clean(char *s, size_t cap)
{
    size_t len = strnlen(s, cap);
    if (len == cap || !lk_utf8_valid(s, len))
        s[0] = '\0';
}

static void identity_clean(struct session_identity *i)
{
    text_clean(i->qr, sizeof(i->qr));
    text_clean(i->code, sizeof(i->code));
    text_clean(i->hash, sizeof(i->hash));
    text_clean(i->name, sizeof(i->name));
}

static void ui_take_view(struct kiosk_ui *ui, struct session_view *v)
{
    text_clean(v->lang, sizeof(v->lang));
    text_clean(v->site, sizeof(v->site));
    text_clean(v->site_notice, sizeof(v->site_notice));
    text_clean(v->card, sizeof(v->card));
    text_clean(v->expert_name, sizeof(v->expert_name));
    text_clean(v->agency_name, sizeof(v->agency_name));
    text_clean(v->code, sizeof(v->code));
    text_clean(v->track_code, sizeof(v->track_code));
    text_clean(v->track_title, sizeof(v->track_title));
    text_clean(v->track_state, sizeof(v->track_state));
    text_clean(v->track_asks, sizeof(v->track_asks));
    text_clean(v->role_name, sizeof(v->role_name));
    text_clean(v->role_id, sizeof(v->role_id));
    identity_clean(&v->identity);
    if (v->screen != ui->view.screen || kiosk_pin_over(&ui->view, v))
        kiosk_input_reset(ui);
    ui->view = *v;
    ui->stale = true;
}

/* Whether both are of the same step. */
static bool same_step(const struct form_view *a, const struct form_view *b)
{
    return a && b && a->step == b->step && a->phase == b->phase &&
           strcmp(a->section, b->section) == 0;
}

static bool about_form(enum session_screen s)
{
    return s == SESSION_FORM || s == SESSION_APPROVE || s == SESSION_RECEIPT;
}

/* Another step is as good as another screen. */
static void ui_take_form(struct kiosk_ui *ui, struct form_view *f)
{
    if (about_form(ui->view.screen) && !same_step(ui->form, f))
        kiosk_input_reset(ui);
    form_view_free(ui->form);
    ui->form = f;
    kiosk_typing_form_sync(&ui->typing, f);
    ui->stale = true;
}

/* Another mode is as good as another screen. Pictures that are gone are let go
 * of before anybody draws. */
static void ui_take_papers(struct kiosk_ui *ui, struct papers_view *p)
{
    bool same = p && ui->papers && p->mode == ui->papers->mode;
    if (ui->view.screen == SESSION_PAPER && !same)
        kiosk_input_reset(ui);
    kiosk_sheets_keep(ui->sheets, p);
    papers_view_free(ui->papers);
    ui->papers = p;
    kiosk_paper_settle(ui);
    ui->stale = true;
}

static void ui_take_posts(struct kiosk_ui *ui)
{
    struct kiosk_post post;
    kiosk_inbox_take(ui->inbox, &post);
    ui->closing |= post.quit;
    if (post.has_form)
        ui_take_form(ui, post.form);
    if (post.has_papers)
        ui_take_papers(ui, post.papers);
    if (post.has_view)
        ui_take_view(ui, &post.view);
    if (post.has_rings) {
        kiosk_video_set(ui->video, KIOSK_SOURCE_REMOTE, post.remote.memory_fd,
                        post.remote.wake_fd);
        kiosk_video_set(ui->video, KIOSK_SOURCE_SELF, post.self.memory_fd,
                        post.self.wake_fd);
    }
    for (size_t i = 0; i < post.spokens; i++)
        kiosk_speech_outcome(&ui->speech, post.spoken[i].id,
                             post.spoken[i].how);
    for (size_t i = 0; i < post.requests; i++)
        kiosk_request_run(ui, &post.request[i]);
    if (post.has_view || post.requests > 0)
        explicit_bzero(&post, sizeof(post)); /* holds what was written */
}

/* The node that shows a source, or -1. */
static int video_node(const struct kiosk_ui *ui, enum kiosk_source source)
{
    return kiosk_tree_find(kiosk_ui_tree(ui), source == KIOSK_SOURCE_REMOTE
                                                  ? "remote-video"
                                                  : "self-video");
}

static void ui_take_pictures(struct kiosk_ui *ui)
{
    static const enum kiosk_source sources[] = {KIOSK_SOURCE_REMOTE,
                                                KIOSK_SOURCE_SELF};
    int64_t now = lk_clock_us();
    if (now < ui->video_after_us)
        return;
    for (size_t k = 0; k < LK_ARRAY_LEN(sources); k++) {
        int i = video_node(ui, sources[k]);
        if (i < 0 || !kiosk_video_poll(ui->video, sources[k], now))
            continue;
        ui->video_after_us = now + VIDEO_US;
        const struct kiosk_node *n = &kiosk_ui_tree(ui)->node[i];
        if (n->source != KIOSK_SOURCE_NONE && ui->dirty_n < KIOSK_DIRTY_MAX)
            ui->dirty[ui->dirty_n++] = n->rect;
    }
}

/* When something happens although nobody posts or touches anything. */
static int64_t ui_next_us(const struct kiosk_ui *ui, int64_t now)
{
    int64_t minute = WAIT_US - lk_clock_wall_us() % WAIT_US;
    int64_t next = now + minute;
    next = LK_MIN(next, kiosk_screen_next_us(&ui->view, now));
    next =
        LK_MIN(next, kiosk_video_until_us(ui->video, KIOSK_SOURCE_REMOTE, now));
    next =
        LK_MIN(next, kiosk_video_until_us(ui->video, KIOSK_SOURCE_SELF, now));
    next = LK_MIN(next, kiosk_strokes_next_us(&ui->keys.strokes));
    if (ui->alarm_us > 0)
        next = LK_MIN(next, ui->alarm_us);
    if (kiosk_window_needs_polling(ui->window))
        next = LK_MIN(next, now + INPUT_US);
    if (ui->video_after_us > now)
        next = LK_MIN(next, ui->video_after_us);
    return next;
}

static void ui_wait(struct kiosk_ui *ui)
{
    int64_t now = lk_clock_us();
    struct pollfd fds[3] = {
        {.fd = kiosk_inbox_fd(ui->inbox), .events = POLLIN},
        {.fd = -1, .events = POLLIN},
        {.fd = -1, .events = POLLIN},
    };
    if (now >= ui->video_after_us) {
        if (video_node(ui, KIOSK_SOURCE_REMOTE) >= 0)
            fds[1].fd = kiosk_video_wake_fd(ui->video, KIOSK_SOURCE_REMOTE);
        if (video_node(ui, KIOSK_SOURCE_SELF) >= 0)
            fds[2].fd = kiosk_video_wake_fd(ui->video, KIOSK_SOURCE_SELF);
    }
    int64_t left = LK_MAX(ui_next_us(ui, now) - now, 0);
    struct timespec wait = {.tv_sec = (time_t)(left / 1000000),
                            .tv_nsec = (long)(left % 1000000) * 1000};
    /* A signal ends the wait early, which is harmless. */
    (void)ppoll(fds, LK_ARRAY_LEN(fds), &wait, NULL);
}

static void ui_refuse_rest(struct kiosk_ui *ui)
{
    struct kiosk_post post;
    kiosk_inbox_take(ui->inbox, &post);
    for (size_t i = 0; i < post.requests; i++)
        kiosk_request_refuse(&post.request[i], -ECANCELED,
                             "the screen is closing");
    form_view_free(post.form);
    papers_view_free(post.papers);
    kiosk_video_set(ui->video, KIOSK_SOURCE_REMOTE, post.remote.memory_fd,
                    post.remote.wake_fd);
    kiosk_video_set(ui->video, KIOSK_SOURCE_SELF, post.self.memory_fd,
                    post.self.wake_fd);
    explicit_bzero(&post, sizeof(post));
}

int kiosk_ui_run(struct kiosk_ui *ui)
{
    while (!ui->closing && !ui->lost) {
        ui_take_posts(ui);
        kiosk_ui_refresh(ui);
        kiosk_speech_alarm(ui);
        kiosk_input_run(ui);
        ui_take_pictures(ui);
        kiosk_ui_draw(ui);
        if (!ui->closing && !ui->lost)
            ui_wait(ui);
    }
    ui_refuse_rest(ui);
    ui->closing = false;
    return ui->lost ? -EIO : 0;
}

void kiosk_ui_quit(struct kiosk_ui *ui)
{
    kiosk_inbox_quit(ui->inbox);
}

void kiosk_ui_set_view(struct kiosk_ui *ui, const struct session_view *view)
{
    kiosk_inbox_view(ui->inbox, view);
}

void kiosk_ui_set_form(struct kiosk_ui *ui, struct form_view *form)
{
    kiosk_inbox_form(ui->inbox, form);
}

void kiosk_ui_set_papers(struct kiosk_ui *ui, struct papers_view *papers)
{
    kiosk_inbox_papers(ui->inbox, papers);
}

void kiosk_ui_set_rings(struct kiosk_ui *ui, struct kiosk_ring_fds remote,
                        struct kiosk_ring_fds self)
{
    kiosk_inbox_rings(ui->inbox, remote, self);
}

void kiosk_ui_spoken(struct kiosk_ui *ui, uint32_t id, enum kiosk_spoken how)
{
    kiosk_inbox_spoken(ui->inbox, id, how);
}

int kiosk_ui_request(struct kiosk_ui *ui, const struct kiosk_request *request)
{
    if (!request->reply ||
        strnlen(request->arg, sizeof(request->arg)) == sizeof(request->arg))
        return -EINVAL;
    return kiosk_inbox_request(ui->inbox, request);
}
