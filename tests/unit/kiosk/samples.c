#include "samples.h"

#include "ipc/ring.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SITE "Yhteispalvelupiste · Kuopio"
#define EXPERT                                                      \
    .expert_name = "Maija Virtanen", .agency_name = "Verohallinto", \
    .mic_on = true, .camera_on = true, .volume = 6

#define TALK                                                               \
    {                                                                      \
        .up = true, .n = 4,                                                \
        .said = {{.id = 1, .text = "Hei! Miten voin auttaa?"},             \
                 {.id = 2,                                                 \
                  .mine = true,                                            \
                  .text = "Hei. En kuule, joten kirjoitan. Palkkani on "   \
                          "noussut, ja tarvitsen uuden verokortin."},      \
                 {.id = 3,                                                 \
                  .text = "Selvä. Katsotaan se kuntoon. Mikä on uusi "   \
                          "kuukausi\xef\xbf\xbd ennen veroja?"},           \
                 {.id = 4, .open = true, .text = "Voit myös näyttää pa"}}, \
    }

const struct sample samples[] = {
    {"start", {.screen = SESSION_START, .site = SITE}, false, NULL, NULL},
    {"services", {.screen = SESSION_SERVICES, .site = SITE}, false, NULL, NULL},
    {"services-focus",
     {.screen = SESSION_SERVICES, .site = SITE},
     false,
     "service-tax-card",
     "service-parental-allowance"},
    {"services-closed",
     {.screen = SESSION_SERVICES,
      .site = SITE,
      .notices = SESSION_NOTICE_NO_BROKER},
     false,
     NULL,
     NULL},
    {"card",
     {.screen = SESSION_CARD, .site = SITE, .card = "tax-card"},
     false,
     NULL,
     NULL},
    {"card-closed",
     {.screen = SESSION_CARD,
      .site = SITE,
      .card = "parental-allowance",
      .notices = SESSION_NOTICE_NO_BROKER | SESSION_NOTICE_NO_CAMERA |
                 SESSION_NOTICE_NO_SOUND},
     false,
     NULL,
     NULL},
    {"waiting",
     {.screen = SESSION_WAITING,
      .site = SITE,
      .card = "tax-card",
      .place = 2,
      .free_experts = 3,
      .camera_on = true,
      .waiting_since_us = SAMPLE_NOW_US - 200 * INT64_C(1000000)},
     true,
     NULL,
     NULL},
    {"waiting-first",
     {.screen = SESSION_WAITING,
      .site = SITE,
      .card = "tax-card",
      .place = 1,
      .camera_on = true,
      .notices = SESSION_NOTICE_NO_CAMERA | SESSION_NOTICE_SIMULATED |
                 SESSION_NOTICE_NO_BROKER,
      .waiting_since_us = SAMPLE_NOW_US},
     false,
     NULL,
     NULL},
    {"call",
     {.screen = SESSION_CALL, .site = SITE, .line = SESSION_LINE_GOOD, EXPERT},
     true,
     NULL,
     NULL},
    {"call-connecting",
     {.screen = SESSION_CALL,
      .site = SITE,
      .line = SESSION_LINE_CONNECTING,
      EXPERT},
     false,
     NULL,
     NULL},
    {"call-reconnecting",
     {.screen = SESSION_CALL,
      .site = SITE,
      .line = SESSION_LINE_RECONNECTING,
      EXPERT},
     true,
     NULL,
     NULL},
    {"call-interrupted",
     {.screen = SESSION_CALL,
      .site = SITE,
      .line = SESSION_LINE_INTERRUPTED,
      EXPERT},
     true,
     NULL,
     NULL},
    {"call-off",
     {.screen = SESSION_CALL,
      .site = SITE,
      .line = SESSION_LINE_GOOD,
      .expert_name = "Alexandra von Schantz-Kekkonen",
      .agency_name = "Digi- ja väestötietovirasto",
      .notices = SESSION_NOTICE_NO_PICTURE | SESSION_NOTICE_EXPERT_MUTED},
     true,
     NULL,
     NULL},
    {"end",
     {.screen = SESSION_END, .site = SITE, .end = SESSION_END_BY_EXPERT},
     false,
     NULL,
     NULL},
    {"end-lost",
     {.screen = SESSION_END, .site = SITE, .end = SESSION_END_LINE_LOST},
     false,
     NULL,
     NULL},
    {"end-cancelled",
     {.screen = SESSION_END, .site = SITE, .end = SESSION_END_CANCELLED},
     false,
     NULL,
     NULL},
    {"end-failed",
     {.screen = SESSION_END, .site = SITE, .end = SESSION_END_FAILED},
     false,
     NULL,
     NULL},
    {"help-start",
     {.screen = SESSION_START, .site = SITE, .help = true},
     false,
     NULL,
     NULL},
    {"help-waiting",
     {.screen = SESSION_WAITING,
      .site = SITE,
      .help = true,
      .manner = {.speech = true, .pace = SESSION_PACE_DEFAULT}},
     false,
     "slower",
     NULL},
    {"help-call",
     {.screen = SESSION_CALL, .site = SITE, .help = true, EXPERT},
     true,
     NULL,
     NULL},
    {"idle",
     {.screen = SESSION_SERVICES,
      .site = SITE,
      .idle = true,
      .idle_ends_us = SAMPLE_NOW_US + 25 * INT64_C(1000000)},
     false,
     "stay",
     NULL},
    {"call-text-empty",
     {.screen = SESSION_CALL,
      .site = SITE,
      .line = SESSION_LINE_GOOD,
      .manner = {.typing = true},
      .talk = {.up = true},
      EXPERT},
     true,
     NULL,
     NULL},
    {"call-text",
     {.screen = SESSION_CALL,
      .site = SITE,
      .line = SESSION_LINE_GOOD,
      .manner = {.typing = true},
      .talk = TALK,
      EXPERT},
     true,
     NULL,
     NULL},
    {"leaving", {.screen = SESSION_LEAVING, .site = SITE}, false, NULL, NULL},
    {"out-of-service",
     {.screen = SESSION_OUT_OF_SERVICE, .site = SITE},
     false,
     NULL,
     NULL},
};
const size_t samples_n = LK_ARRAY_LEN(samples);

const struct sample_panel sample_panels[] = {
    {"1080x1920", {1080, 1920}, 268, true},
    {"1920x1080", {1920, 1080}, 476, true},
    {"1280x800", {1280, 800}, 336, true},
};
const size_t sample_panels_n = LK_ARRAY_LEN(sample_panels);

static void need(int r)
{
    if (r >= 0)
        return;
    fprintf(stderr, "stage: error %d\n", r);
    abort();
}

void sample_stage_open(struct sample_stage *s, const struct sample_panel *p)
{
    *s = (struct sample_stage){0};
    s->metrics.px_per_mm = (float)p->size.w / p->width_mm;
    need(kiosk_text_new(s->metrics.px_per_mm, &s->text));
    need(kiosk_icons_new(&s->icons));
    need(kiosk_canvas_new(p->size, &s->canvas));
    need(kiosk_video_new(&s->video));
    s->metrics.measure = kiosk_text_measure;
    s->metrics.arg = s->text;
    s->painter = (struct kiosk_painter){.text = s->text,
                                        .icons = s->icons,
                                        .theme = &kiosk_theme_light,
                                        .metrics = &s->metrics,
                                        .picture = kiosk_video_draw,
                                        .arg = s->video};
}

void sample_stage_close(struct sample_stage *s)
{
    kiosk_video_free(s->video);
    kiosk_canvas_free(s->canvas);
    kiosk_icons_free(s->icons);
    kiosk_text_free(s->text);
}

/* Y, U and V of one place; u to the right from the middle, v down, in
 * heights. */
static void portrait_at(double u, double v, uint8_t *ret)
{
    static const uint8_t chroma[3][2] = {{132, 122}, {165, 108}, {108, 152}};
    const double luma[3] = {120 - 60 * u + 20 * v, 90 - 40 * u, 175 - 70 * u};
    int what = hypot(u * 0.9, v - 1.05) < 0.4;
    if (hypot(u * 1.25, v - 0.42) < 0.22)
        what = 2;
    ret[0] = (uint8_t)luma[what];
    ret[1] = chroma[what][0];
    ret[2] = chroma[what][1];
}

/* Somebody before a wall, light from the left. */
static void portrait(struct lk_ring_picture *p)
{
    uint8_t yuv[3];
    for (uint32_t y = 0; y < p->height_px; y++) {
        for (uint32_t x = 0; x < p->width_px; x++) {
            portrait_at((x - p->width_px * 0.5) / p->height_px,
                        (double)y / p->height_px, yuv);
            size_t c = y / 2 * (p->stride / 2) + x / 2;
            p->plane[0][y * p->stride + x] = yuv[0];
            p->plane[1][c] = yuv[1];
            p->plane[2][c] = yuv[2];
        }
    }
}

static void one_picture(struct sample_stage *s, enum kiosk_source source)
{
    struct lk_ring *ring;
    struct lk_ring_picture p;
    int memory;
    int wake;
    need(lk_ring_new(1280, 720, &ring));
    need(lk_ring_begin(ring, 640, source == KIOSK_SOURCE_SELF ? 480 : 360, &p));
    portrait(&p);
    lk_ring_commit(ring, SAMPLE_NOW_US);
    lk_ring_fds(ring, &memory, &wake);
    kiosk_video_set(s->video, source, fcntl(memory, F_DUPFD_CLOEXEC, 3),
                    fcntl(wake, F_DUPFD_CLOEXEC, 3));
    kiosk_video_poll(s->video, source, SAMPLE_NOW_US);
    lk_ring_free(ring);
}

void sample_stage_pictures(struct sample_stage *s)
{
    one_picture(s, KIOSK_SOURCE_REMOTE);
    one_picture(s, KIOSK_SOURCE_SELF);
}

void sample_build(struct sample_stage *s, const struct sample *sample,
                  enum kiosk_lang lang)
{
    struct session_view view = sample->view;
    snprintf(view.lang, sizeof(view.lang), "%s", kiosk_lang_codes[lang]);
    struct kiosk_env env = {
        .width_mm = (float)s->canvas->size.w / s->metrics.px_per_mm,
        .height_mm = (float)s->canvas->size.h / s->metrics.px_per_mm,
        .hour = 9,
        .minute = 41,
        .now_us = SAMPLE_NOW_US,
        .remote_live = sample->live,
        .self_live = sample->live,
    };
    kiosk_screen_build(&view, &env, &s->tree);
    kiosk_layout(&s->tree, &s->metrics, s->canvas->size);
    if (sample->focused)
        s->tree.node[kiosk_tree_find(&s->tree, sample->focused)].state |=
            KIOSK_FOCUSED;
    if (sample->pressed)
        s->tree.node[kiosk_tree_find(&s->tree, sample->pressed)].state |=
            KIOSK_PRESSED;
}
