#include "samples.h"

#include "ipc/ring.h"
#include "kiosk/sizes.h"

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
    {
        .name = "start",
        .view = {.screen = SESSION_START, .site = SITE},
    },
    {
        .name = "services",
        .view = {.screen = SESSION_SERVICES, .site = SITE},
    },
    {
        .name = "services-focus",
        .view = {.screen = SESSION_SERVICES, .site = SITE},
        .focused = "service-tax-card",
        .pressed = "service-parental-allowance",
    },
    {
        .name = "services-closed",
        .view = {.screen = SESSION_SERVICES,
                 .site = SITE,
                 .notices = SESSION_NOTICE_NO_BROKER},
    },
    {
        .name = "card",
        .view = {.screen = SESSION_CARD, .site = SITE, .card = "tax-card"},
    },
    {
        .name = "card-closed",
        .view = {.screen = SESSION_CARD,
                 .site = SITE,
                 .card = "parental-allowance",
                 .notices = SESSION_NOTICE_NO_BROKER |
                            SESSION_NOTICE_NO_CAMERA | SESSION_NOTICE_NO_SOUND},
    },
    {
        .name = "waiting",
        .view = {.screen = SESSION_WAITING,
                 .site = SITE,
                 .card = "tax-card",
                 .place = 2,
                 .free_experts = 3,
                 .camera_on = true,
                 .waiting_since_us = SAMPLE_NOW_US - 200 * INT64_C(1000000)},
        .live = true,
    },
    {
        .name = "waiting-first",
        .view = {.screen = SESSION_WAITING,
                 .site = SITE,
                 .card = "tax-card",
                 .place = 1,
                 .camera_on = true,
                 .notices = SESSION_NOTICE_NO_CAMERA |
                            SESSION_NOTICE_SIMULATED | SESSION_NOTICE_NO_BROKER,
                 .waiting_since_us = SAMPLE_NOW_US},
    },
    {
        .name = "call",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
    },
    {
        .name = "call-connecting",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .line = SESSION_LINE_CONNECTING,
                 EXPERT},
    },
    {
        .name = "call-reconnecting",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .line = SESSION_LINE_RECONNECTING,
                 EXPERT},
        .live = true,
    },
    {
        .name = "call-interrupted",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .line = SESSION_LINE_INTERRUPTED,
                 EXPERT},
        .live = true,
    },
    {
        .name = "call-off",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 .expert_name = "Alexandra von Schantz-Kekkonen",
                 .agency_name = "Digi- ja väestötietovirasto",
                 .notices =
                     SESSION_NOTICE_NO_PICTURE | SESSION_NOTICE_EXPERT_MUTED},
        .live = true,
    },
    {
        .name = "end",
        .view = {.screen = SESSION_END,
                 .site = SITE,
                 .end = SESSION_END_BY_EXPERT},
    },
    {
        .name = "end-lost",
        .view = {.screen = SESSION_END,
                 .site = SITE,
                 .end = SESSION_END_LINE_LOST},
    },
    {
        .name = "end-cancelled",
        .view = {.screen = SESSION_END,
                 .site = SITE,
                 .end = SESSION_END_CANCELLED},
    },
    {
        .name = "end-failed",
        .view = {.screen = SESSION_END,
                 .site = SITE,
                 .end = SESSION_END_FAILED},
    },
    {
        .name = "leaving",
        .view = {.screen = SESSION_LEAVING, .site = SITE},
    },
    {
        .name = "help-start",
        .view = {.screen = SESSION_START, .site = SITE, .help = true},
    },
    {
        .name = "help-waiting",
        .view = {.screen = SESSION_WAITING,
                 .site = SITE,
                 .help = true,
                 .manner = {.speech = true, .pace = SESSION_PACE_DEFAULT}},
        .focused = "slower",
    },
    {
        .name = "help-call",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .help = true,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
    },
    {
        .name = "idle",
        .view = {.screen = SESSION_SERVICES,
                 .site = SITE,
                 .idle = true,
                 .idle_ends_us = SAMPLE_NOW_US + 25 * INT64_C(1000000)},
        .focused = "stay",
    },
    {
        .name = "call-text-empty",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 .manner = {.typing = true},
                 .talk = {.up = true},
                 EXPERT},
        .live = true,
    },
    {
        .name = "call-text",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 .speaks = true,
                 .manner = {.typing = true},
                 .talk = TALK,
                 EXPERT},
        .live = true,
    },
    {
        .name = "call-text-keys",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 .speaks = true,
                 .manner = {.typing = true},
                 .talk = TALK,
                 EXPERT},
        .live = true,
        .typed = "Kiitos",
    },
    {
        .name = "call-form",
        .view = {.screen = SESSION_CALL,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 .has_form = true,
                 .form_called = true,
                 EXPERT},
        .live = true,
    },
    {
        .name = "form",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_PLAIN,
    },
    {
        .name = "form-choices",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_CHOICES,
    },
    {
        .name = "form-rows",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_ROWS,
    },
    {
        .name = "form-presence",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_PRESENCE,
    },
    {
        .name = "form-errors",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_ERRORS,
    },
    {
        .name = "form-last",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_LAST,
    },
    {
        .name = "form-lost",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 .talk = TALK,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_LOST,
    },
    {
        .name = "form-typing",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_PLAIN,
        .typed = "Aino Kaarina Korhonen",
        .field = "field-name",
    },
    {
        .name = "form-typing-lines",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_LAST,
        .typed = "Muutimme Kuopioon elokuussa. Puolisoni aloittaa uudessa "
                 "työssä tammikuussa, ja silloin jään yksin kotiin lapsen "
                 "kanssa. Toivon, että päätös tulee ennen sitä.",
        .field = "field-more",
    },
    {
        .name = "form-typing-iban",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_PRESENCE,
        .typed = "FI21",
        .field = "field-account",
        .keys = KIOSK_KEYS_IBAN,
    },
    {
        .name = "form-typing-date",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_PLAIN,
        .typed = "14.2.",
        .field = "field-due",
        .keys = KIOSK_KEYS_DATE,
    },
    {
        .name = "form-typing-email",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_PLAIN,
        .typed = "aino@",
        .field = "field-email",
        .keys = KIOSK_KEYS_EMAIL,
    },
    {
        .name = "form-typing-id",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_PLAIN,
        .typed = "131052-",
        .field = "field-person-id",
        .keys = KIOSK_KEYS_PERSON_ID,
    },
    {
        .name = "form-wait",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_NONE,
    },
    {
        .name = "form-reconnecting",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_RECONNECTING,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_PLAIN,
    },
    {
        .name = "form-help",
        .view = {.screen = SESSION_FORM,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 .help = true,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_PLAIN,
    },
    {
        .name = "approve",
        .view = {.screen = SESSION_APPROVE,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_REVIEW,
    },
    {
        .name = "approve-sealing",
        .view = {.screen = SESSION_APPROVE,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_SEALING,
    },
    {
        .name = "approve-help",
        .view = {.screen = SESSION_APPROVE,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 .help = true,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_REVIEW,
    },
    {
        .name = "receipt",
        .view = {.screen = SESSION_RECEIPT,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_SENT,
    },
    {
        .name = "receipt-waits",
        .view = {.screen = SESSION_RECEIPT,
                 .site = SITE,
                 .line = SESSION_LINE_GOOD,
                 EXPERT},
        .live = true,
        .form = SAMPLE_FORM_WAITS,
    },
    {
        .name = "end-code",
        .view = {.screen = SESSION_END,
                 .site = SITE,
                 .end = SESSION_END_BY_CITIZEN,
                 .code = "7K3M-Q9XF-2HTC"},
    },
    {
        .name = "track",
        .view = {.screen = SESSION_TRACK,
                 .site = SITE,
                 .track = SESSION_TRACK_BAD_CODE},
    },
    {
        .name = "track-typing",
        .view = {.screen = SESSION_TRACK, .site = SITE},
        .typed = "7K3M-Q9",
        .field = "track-code",
        .keys = KIOSK_KEYS_CODE,
    },
    {
        .name = "track-asking",
        .view = {.screen = SESSION_TRACK,
                 .site = SITE,
                 .track = SESSION_TRACK_ASKING},
    },
    {
        .name = "track-unknown",
        .view = {.screen = SESSION_TRACK,
                 .site = SITE,
                 .track = SESSION_TRACK_UNKNOWN},
    },
    {
        .name = "track-failed",
        .view = {.screen = SESSION_TRACK,
                 .site = SITE,
                 .track = SESSION_TRACK_FAILED},
    },
    {
        .name = "track-found",
        .view = {.screen = SESSION_TRACK,
                 .site = SITE,
                 .track = SESSION_TRACK_FOUND,
                 .track_title = "Vanhempainpäivärahan hakemus",
                 .track_state = "Käsittelyssä 20.11.2026 alkaen.",
                 .track_asks = "Mihin asti työsopimuksesi on voimassa?"},
    },
    {
        .name = "track-answered",
        .view = {.screen = SESSION_TRACK,
                 .site = SITE,
                 .track = SESSION_TRACK_FOUND,
                 .track_title = "Vanhempainpäivärahan hakemus",
                 .track_state = "Käsittelyssä 20.11.2026 alkaen.",
                 .track_answered = true},
    },
    {
        .name = "out-of-service",
        .view = {.screen = SESSION_OUT_OF_SERVICE, .site = SITE},
    },
};
const size_t samples_n = LK_ARRAY_LEN(samples);

const struct sample_panel sample_panels[] = {
    {"1080x1920", {1080, 1920}, 268},
    {"1920x1080", {1920, 1080}, 476},
    {"1280x800", {1280, 800}, 330},
    {"2160x3840", {2160, 3840}, 268},
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
    need(kiosk_text_new(s->metrics.px_per_mm, KIOSK_DISTANCE_MM, &s->text));
    need(kiosk_shadow_new(kiosk_px(&s->metrics, KIOSK_PANEL_RADIUS_MM),
                          kiosk_px(&s->metrics, KIOSK_SHADOW_MM), &s->shadow));
    need(kiosk_icons_new(&s->icons));
    need(kiosk_canvas_new(p->size, &s->canvas));
    need(kiosk_video_new(&s->video));
    s->metrics.measure = kiosk_text_measure;
    s->metrics.arg = s->text;
    s->painter = (struct kiosk_painter){.text = s->text,
                                        .icons = s->icons,
                                        .shadow = s->shadow,
                                        .metrics = &s->metrics,
                                        .picture = kiosk_video_draw,
                                        .arg = s->video};
}

void sample_stage_close(struct sample_stage *s)
{
    kiosk_typing_clear(&s->typing);
    form_view_free(s->form);
    kiosk_video_free(s->video);
    kiosk_canvas_free(s->canvas);
    kiosk_icons_free(s->icons);
    kiosk_shadow_free(s->shadow);
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

/* Somebody typed that, and the keyboard is shown. */
static void sample_type(struct sample_stage *s, const struct sample *sample,
                        enum kiosk_lang lang)
{
    struct kiosk_edit *e;
    kiosk_typing_clear(&s->typing);
    if (!sample->typed)
        return;
    const char *field = sample->field ? sample->field : "text-input";
    need(kiosk_typing_open(&s->typing, field, 256, &e));
    need(kiosk_edit_insert(e, sample->typed, strlen(sample->typed)));
    snprintf(s->typing.field, sizeof(s->typing.field), "%s", field);
    kiosk_osk_open(&s->typing.osk, sample->keys, lang);
}

static void sample_state(struct kiosk_tree *t, const char *id, uint32_t state)
{
    int i = id ? kiosk_tree_find(t, id) : -1;
    if (i >= 0)
        t->node[i].state |= state;
}

void sample_build(struct sample_stage *s, const struct sample *sample,
                  const struct sample_look *look)
{
    struct session_view view = sample->view;
    snprintf(view.lang, sizeof(view.lang), "%s", kiosk_lang_codes[look->lang]);
    view.manner.text_size = look->size;
    view.manner.contrast = look->contrast;
    sample_type(s, sample, look->lang);
    form_view_free(s->form);
    s->form = sample_form_new(sample->form, view.lang);
    struct kiosk_env env = {
        .width_mm = (float)s->canvas->size.w / s->metrics.px_per_mm,
        .height_mm = (float)s->canvas->size.h / s->metrics.px_per_mm,
        .hour = 9,
        .minute = 41,
        .now_us = SAMPLE_NOW_US,
        .remote_live = sample->live,
        .self_live = sample->live,
        .typing = &s->typing,
        .form = s->form,
    };
    kiosk_screen_build(&view, &env, &s->tree);
    for (int i = 0; i < s->tree.n; i++)
        s->tree.node[i].page = (uint8_t)look->page;
    kiosk_layout(&s->tree, &s->metrics, s->canvas->size);
    sample_state(&s->tree, sample->focused, KIOSK_FOCUSED);
    sample_state(&s->tree, sample->pressed, KIOSK_PRESSED);
}

int sample_pages(const struct sample_stage *s)
{
    int most = 1;
    for (int i = 0; i < s->tree.n; i++)
        if (s->tree.node[i].box.flow == KIOSK_PAGER)
            most = LK_MAX(most, (int)s->tree.node[i].pages);
    return most;
}
