/* Every screen in every language on every panel: nothing is cut off, nothing
 * lies on anything else, targets are large enough, and it can be painted. */
#include "samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TARGET_MM 20

static struct sample_stage s;
static char where[128];

/* Fails with the place when the condition does not hold. */
static void expect(bool holds, const char *what, int i)
{
    if (holds)
        return;
    const struct kiosk_node *n = &s.tree.node[i];
    fail_msg("%s: %s: %s \"%s\" at %d %d %d %d", where, what, n->id, n->name,
             n->rect.x, n->rect.y, n->rect.w, n->rect.h);
}

static bool inside(struct kiosk_rect in, struct kiosk_rect out)
{
    return in.x >= out.x && in.y >= out.y && in.x + in.w <= out.x + out.w &&
           in.y + in.h <= out.y + out.h;
}

/* Width of the widest word, which must not be broken. */
static int widest_word(const struct kiosk_node *n)
{
    char word[128];
    int widest = 0;
    const char *at = kiosk_node_text(n);
    while (*at) {
        size_t len = strcspn(at, " -");
        struct kiosk_size size;
        snprintf(word, sizeof(word), "%.*s", (int)len, at);
        assert_int_equal(kiosk_text_measure(s.text, n->font, word, 0, &size),
                         0);
        widest = LK_MAX(widest, size.w);
        at += len + (at[len] != '\0');
    }
    return widest;
}

static void check_text(int i)
{
    const struct kiosk_node *n = &s.tree.node[i];
    if (n->box.flow != KIOSK_LEAF || !*kiosk_node_text(n))
        return;
    int room = n->rect.w - 2 * kiosk_px(&s.metrics, n->box.pad_x);
    if (n->look == KIOSK_LOOK_VIDEO) {
        int need = kiosk_paint_placeholder_px(&s.painter, n, n->rect.w);
        expect(need <= n->rect.h, "placeholder is cut off", i);
        return;
    }
    room -= kiosk_icon_px(&s.metrics, n) + kiosk_icon_gap_px(&s.metrics, n);
    struct kiosk_size size;
    assert_int_equal(kiosk_text_measure(s.text, n->font, kiosk_node_text(n),
                                        LK_MAX(room, 1), &size),
                     0);
    expect(size.w <= room && size.h <= n->rect.h, "text is cut off", i);
    expect(widest_word(n) <= room, "a word is broken", i);
}

static void check_node(int i, bool exact)
{
    const struct kiosk_node *n = &s.tree.node[i];
    expect(inside(n->rect, s.tree.node[0].rect), "outside the screen", i);
    if (n->parent >= 0)
        expect(inside(n->rect, s.tree.node[n->parent].rect), "outside its box",
               i);
    if (n->role == KIOSK_BUTTON && exact) {
        int least = kiosk_px(&s.metrics, TARGET_MM);
        expect(n->rect.w >= least && n->rect.h >= least, "too small", i);
    }
    if (n->role == KIOSK_BUTTON)
        expect(*n->id && *n->name, "a button without id or name", i);
    check_text(i);
}

static void check_overlaps(int i)
{
    const struct kiosk_node *n = &s.tree.node[i];
    for (int k = n->last + 1; k < s.tree.n; k++)
        if (s.tree.node[k].parent == n->parent && !s.tree.node[k].overlay &&
            n->rect.w > 0 && s.tree.node[k].rect.w > 0)
            expect(!kiosk_rect_touches(n->rect, s.tree.node[k].rect),
                   "overlaps what follows", i);
}

static void check_ids(void)
{
    for (int i = 0; i < s.tree.n; i++)
        if (*s.tree.node[i].id)
            expect(kiosk_tree_find(&s.tree, s.tree.node[i].id) == i,
                   "the id is not unique", i);
}

static void check_sample(const struct sample_panel *panel, size_t k, int lang)
{
    snprintf(where, sizeof(where), "%s %s %s", samples[k].name,
             kiosk_lang_codes[lang], panel->name);
    sample_build(&s, &samples[k], (enum kiosk_lang)lang);
    assert_int_equal(s.tree.error, 0);
    for (int i = 0; i < s.tree.n; i++) {
        if (kiosk_tree_hidden(&s.tree, i))
            continue;
        check_node(i, panel->exact);
        check_overlaps(i);
    }
    check_ids();
    expect(!s.tree.spills, "does not fit", 0);
}

static void test_screens_fit(void **state)
{
    (void)state;
    for (size_t p = 0; p < sample_panels_n; p++) {
        sample_stage_open(&s, &sample_panels[p]);
        for (size_t k = 0; k < samples_n; k++)
            for (int lang = 0; lang < KIOSK_LANGS; lang++)
                check_sample(&sample_panels[p], k, lang);
        sample_stage_close(&s);
    }
}

static int channel(uint32_t rgb, int shift)
{
    return (int)(rgb >> shift & 0xff);
}

/* Edges may come out one step lighter when they are clipped elsewhere. */
static bool pixels_same(uint32_t a, uint32_t b)
{
    for (int shift = 0; shift < 24; shift += 8)
        if (abs(channel(a, shift) - channel(b, shift)) > 2)
            return false;
    return true;
}

/* Drawing part after part gives what drawing the whole does. */
static void check_parts(void)
{
    struct kiosk_rect all = {0, 0, s.canvas->size.w, s.canvas->size.h};
    size_t n = (size_t)s.canvas->size.w * (size_t)s.canvas->size.h;
    uint32_t *whole = test_malloc(n * sizeof(*whole));
    kiosk_paint(&s.painter, s.canvas, &s.tree, all);
    memcpy(whole, s.canvas->pixels, n * sizeof(*whole));
    for (int i = 0; i < s.tree.n; i++)
        kiosk_paint(&s.painter, s.canvas, &s.tree,
                    kiosk_paint_reach(&s.painter, s.tree.node[i].rect));
    for (size_t i = 0; i < n; i++)
        assert_true(pixels_same(whole[i], s.canvas->pixels[i]));
    test_free(whole);
}

static void test_parts_are_as_the_whole(void **state)
{
    (void)state;
    static const size_t some[] = {1, 2, 5, 8};
    sample_stage_open(&s, &sample_panels[0]);
    sample_stage_pictures(&s);
    for (size_t i = 0; i < LK_ARRAY_LEN(some); i++) {
        sample_build(&s, &samples[some[i]], KIOSK_LANG_FI);
        check_parts();
    }
    sample_stage_close(&s);
}

/* A picture covers its rectangle, one's own is mirrored, and without one the
 * placeholder stands there. */
static void test_pictures(void **state)
{
    (void)state;
    struct kiosk_rect area = {100, 100, 400, 300};
    sample_stage_open(&s, &sample_panels[0]);
    assert_false(kiosk_video_draw(s.video, KIOSK_SOURCE_SELF, s.canvas, area));
    assert_false(kiosk_video_live(s.video, KIOSK_SOURCE_SELF, SAMPLE_NOW_US));
    sample_stage_pictures(&s);
    assert_true(kiosk_video_draw(s.video, KIOSK_SOURCE_SELF, s.canvas, area));
    const uint32_t *row = s.canvas->pixels + 110 * (size_t)s.canvas->size.w;
    /* The light falls from the left, so the mirrored left is darker. */
    assert_true((row[110] & 0xff) < (row[490] & 0xff));
    assert_int_equal(row[99] & 0xffffff, 0);
    assert_int_equal(row[500] & 0xffffff, 0);
    assert_true(kiosk_video_live(s.video, KIOSK_SOURCE_SELF,
                                 SAMPLE_NOW_US + KIOSK_LIVE_US));
    assert_false(kiosk_video_live(s.video, KIOSK_SOURCE_SELF,
                                  SAMPLE_NOW_US + KIOSK_LIVE_US + 1));
    kiosk_video_set(s.video, KIOSK_SOURCE_SELF, -1, -1);
    assert_false(kiosk_video_draw(s.video, KIOSK_SOURCE_SELF, s.canvas, area));
    sample_stage_close(&s);
}

/* Areas of any shape, also beyond the canvas. */
static void test_picture_shapes(void **state)
{
    (void)state;
    static const struct kiosk_rect areas[] = {
        {0, 0, 1080, 1920}, {0, 0, 1080, 2},      {3, 5, 2, 900},
        {1079, 1919, 9, 9}, {-50, -50, 101, 77},  {0, 0, 1, 1},
        {7, 9, 333, 187},   {0, 1000, 1080, 608},
    };
    sample_stage_open(&s, &sample_panels[0]);
    sample_stage_pictures(&s);
    for (size_t i = 0; i < LK_ARRAY_LEN(areas); i++) {
        kiosk_video_draw(s.video, KIOSK_SOURCE_SELF, s.canvas, areas[i]);
        kiosk_video_draw(s.video, KIOSK_SOURCE_REMOTE, s.canvas, areas[i]);
    }
    sample_stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens_fit),
        cmocka_unit_test(test_parts_are_as_the_whole),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_picture_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
