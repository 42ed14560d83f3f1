/* Painting: parts give what the whole does; pictures. What the screens look
 * like is judged by test_audit.c. */
#include "samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sample_stage s;

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
        sample_build(&s, &samples[some[i]],
                     &(struct sample_look){.lang = KIOSK_LANG_FI});
        check_parts();
    }
    sample_stage_close(&s);
}

static void paint_changed(void *arg, struct kiosk_rect area)
{
    (void)arg;
    kiosk_paint(&s.painter, s.canvas, &s.tree,
                kiosk_paint_reach(&s.painter, area));
}

static size_t sample_at(const char *name)
{
    size_t i = 0;
    while (i < samples_n && strcmp(samples[i].name, name) != 0)
        i++;
    assert_true(i < samples_n);
    return i;
}

/* A text of the copy in place of one of the original's own. */
static void keep_text(const char **text, struct kiosk_tree *copy)
{
    if (*text >= s.tree.texts && *text < s.tree.texts + KIOSK_TEXTS_MAX)
        *text = copy->texts + (*text - s.tree.texts);
}

static void keep_tree(struct kiosk_tree *copy)
{
    *copy = s.tree;
    for (int i = 0; i < copy->n; i++) {
        struct kiosk_node *n = &copy->node[i];
        keep_text(&n->name, copy);
        keep_text(&n->label, copy);
        keep_text(&n->value, copy);
    }
}

/* From one sample to another: drawing what changed gives what drawing the
 * whole does. */
static void check_change(const char *from, const struct sample_look *from_look,
                         const char *to, const struct sample_look *to_look)
{
    static struct kiosk_tree was;
    struct kiosk_rect all = {0, 0, s.canvas->size.w, s.canvas->size.h};
    size_t n = (size_t)s.canvas->size.w * (size_t)s.canvas->size.h;
    uint32_t *whole = test_malloc(n * sizeof(*whole));
    sample_build(&s, &samples[sample_at(to)], to_look);
    kiosk_paint(&s.painter, s.canvas, &s.tree, all);
    memcpy(whole, s.canvas->pixels, n * sizeof(*whole));
    sample_build(&s, &samples[sample_at(from)], from_look);
    kiosk_paint(&s.painter, s.canvas, &s.tree, all);
    keep_tree(&was);
    sample_build(&s, &samples[sample_at(to)], to_look);
    kiosk_tree_diff(&was, &s.tree, paint_changed, NULL);
    for (size_t i = 0; i < n; i++)
        if (!pixels_same(whole[i], s.canvas->pixels[i]))
            fail_msg("%s to %s: pixel %zu %zu differs", from, to,
                     i % (size_t)all.w, i / (size_t)all.w);
    test_free(whole);
}

static void test_changes_are_as_the_whole(void **state)
{
    (void)state;
    static const struct sample_look fi = {.lang = KIOSK_LANG_FI};
    static const struct sample_look sv = {.lang = KIOSK_LANG_SV};
    static const struct sample_look inverse = {.lang = KIOSK_LANG_FI,
                                               .contrast = true};
    static const struct sample_look large = {.lang = KIOSK_LANG_FI,
                                             .size = SESSION_TEXT_LARGEST};
    static const struct sample_look second = {
        .lang = KIOSK_LANG_FI, .size = SESSION_TEXT_LARGEST, .page = 1};
    sample_stage_open(&s, &sample_panels[2]);
    sample_stage_pictures(&s);
    check_change("services", &fi, "services-focus", &fi);
    check_change("services-focus", &fi, "services-closed", &fi);
    check_change("services-closed", &fi, "services", &fi);
    check_change("services", &fi, "idle", &fi);
    check_change("idle", &fi, "services", &fi);
    check_change("services", &fi, "services", &sv);
    check_change("services", &fi, "services", &inverse);
    check_change("services", &large, "services", &second);
    check_change("services", &fi, "services", &large);
    check_change("call", &fi, "call-off", &fi);
    check_change("call", &fi, "call-text", &fi);
    check_change("call-text-empty", &fi, "call-text", &fi);
    check_change("call-text", &fi, "call-text-keys", &fi);
    check_change("call-text-keys", &inverse, "call-text-empty", &inverse);
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
        cmocka_unit_test(test_parts_are_as_the_whole),
        cmocka_unit_test(test_changes_are_as_the_whole),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_picture_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
