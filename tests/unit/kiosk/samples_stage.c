/* Fonts, pictures and what is typed, for the samples. */
#include "samples.h"

#include "ipc/ring.h"
#include "kiosk/sizes.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    need(kiosk_sheets_new(&s->sheets));
    s->metrics.measure = kiosk_text_measure;
    s->metrics.arg = s->text;
    s->painter = (struct kiosk_painter){.text = s->text,
                                        .icons = s->icons,
                                        .shadow = s->shadow,
                                        .sheets = s->sheets,
                                        .metrics = &s->metrics,
                                        .picture = kiosk_video_draw,
                                        .arg = s->video};
}

void sample_stage_close(struct sample_stage *s)
{
    kiosk_typing_clear(&s->typing);
    form_view_free(s->form);
    kiosk_sheets_free(s->sheets);
    papers_view_free(s->papers);
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

const struct sample *sample_get(size_t i)
{
    if (i < samples_n)
        return &samples[i];
    i -= samples_n;
    return i < samples_identity_n ? &samples_identity[i] : NULL;
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

/* Kept from one look to the next: they take time to draw. */
static void sample_papers(struct sample_stage *s, enum sample_paper which)
{
    if (s->papers_of == which)
        return;
    kiosk_sheets_keep(s->sheets, NULL);
    papers_view_free(s->papers);
    s->papers = sample_paper_new(which);
    s->papers_of = which;
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
    sample_papers(s, sample->paper);
    s->hand = (struct kiosk_paper){.tool = sample->tool};
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
        .papers = s->papers,
        .paper = &s->hand,
        .acting = sample->acting,
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
