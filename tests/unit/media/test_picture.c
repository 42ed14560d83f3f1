#include "testing.h"

#include "media/picture.h"

/* A picture on the heap, of exact size: an overrun is caught by ASan. */
static struct media_picture picture_new(int width, int height)
{
    uint8_t *data = calloc(1, media_picture_len(width, height));
    assert_non_null(data);
    return media_picture_at(data, width, height);
}

static void test_stamp(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    struct media_picture p = picture_new(320, 240);
    for (int i = 0; i < 2000; i++) {
        uint32_t t = (uint32_t)test_random(&seed), got_t;
        uint16_t c = (uint16_t)test_random(&seed), got_c;
        media_stamp_draw(&p, t, c);
        assert_true(
            media_stamp_read(p.plane[0], 320, 320, 240, &got_t, &got_c));
        assert_int_equal(got_t, t);
        assert_int_equal(got_c, c);
        /* One wrong block is seen. */
        int row = (int)(test_random(&seed) % 4) * 16 + 6;
        int col = (int)(test_random(&seed) % 16) * 16 + 6;
        for (int j = 0; j < 4; j++)
            for (int k = 0; k < 4; k++)
                p.plane[0][(row + j) * 320 + col + k] ^= 0xff;
        assert_false(
            media_stamp_read(p.plane[0], 320, 320, 240, &got_t, &got_c));
    }
    free(p.plane[0]);
}

static void test_stamp_needs_room(void **state)
{
    (void)state;
    uint32_t t;
    uint16_t c;
    struct media_picture p = picture_new(240, 240);
    media_stamp_draw(&p, 1, 2);
    assert_int_equal(p.plane[0][0], 0);
    assert_false(media_stamp_read(p.plane[0], 240, 240, 240, &t, &c));
    free(p.plane[0]);
}

static size_t light_dots(const struct media_picture *p)
{
    size_t n = 0;
    for (int i = 0; i < p->width * p->height; i++)
        n += p->plane[0][i] > 200;
    return n;
}

static void test_captions(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Simuloitu kamera",
        "Kamera on pois p\xc3\xa4\xc3\xa4lt\xc3\xa4",
        "Kameran \xc3\xa5ngrar: \xc3\x85\xc3\x96 (1/2) - ok?!",
        "\xd0\x9a\xd0\xb0\xd0\xbc\xd0\xb5\xd1\x80\xd0\xb0",
        "\xff\xfe\xc3",
        "AnExtremelyLongWordWithoutAnySpaceThatDoesNotFitInOneLineAtAll",
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(texts); i++) {
        struct media_picture p = picture_new(320, 240);
        media_still_draw(&p, texts[i]);
        print_message("%zu dots: %s\n", light_dots(&p), texts[i]);
        assert_true(light_dots(&p) > 20);
        free(p.plane[0]);
    }
    struct media_picture p = picture_new(320, 240);
    media_still_draw(&p, "");
    assert_int_equal(light_dots(&p), 0);
    free(p.plane[0]);
}

static bool column_lit(const struct media_picture *p, int x)
{
    for (int y = 0; y < p->height; y++)
        if (p->plane[0][y * p->stride[0] + x] > 200)
            return true;
    return false;
}

/* Lines of like length: a last word does not stand alone below a line that
 * fills the picture. */
static void test_caption_balance(void **state)
{
    (void)state;
    struct media_picture p = picture_new(640, 480);
    media_still_draw(&p, "Kamera on pois p\xc3\xa4\xc3\xa4lt\xc3\xa4");
    for (int x = 0; x < 80; x++) {
        assert_false(column_lit(&p, x));
        assert_false(column_lit(&p, 639 - x));
    }
    free(p.plane[0]);
}

/* Any bytes, any size: nothing is drawn outside the picture. */
static void test_caption_bounds(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int i = 0; i < 3000; i++) {
        int w = 16 + (int)(test_random(&seed) % 150) * 2;
        int h = 16 + (int)(test_random(&seed) % 150) * 2;
        char text[200];
        size_t len = test_random(&seed) % (sizeof(text) - 1);
        for (size_t k = 0; k < len; k++)
            text[k] = (char)(test_random(&seed) % 3 ? 'a' + k % 26
                                                    : test_random(&seed));
        text[len] = '\0';
        struct media_picture p = picture_new(w, h);
        media_still_draw(&p, text);
        free(p.plane[0]);
    }
}

static void test_scene(void **state)
{
    (void)state;
    static const int sizes[][2] = {{320, 240}, {640, 480}, {1280, 720}};
    for (size_t i = 0; i < LK_ARRAY_LEN(sizes); i++) {
        struct media_scene *s;
        struct media_picture a = picture_new(sizes[i][0], sizes[i][1]);
        struct media_picture b = picture_new(sizes[i][0], sizes[i][1]);
        assert_int_equal(media_scene_new(a.width, a.height, &s), 0);
        media_scene_draw(s, 0, "Test", &a);
        for (unsigned n = 1; n < 400; n += 7) {
            media_scene_draw(s, n, "Test", &b);
            assert_memory_not_equal(a.plane[0], b.plane[0],
                                    (size_t)a.width * 64);
        }
        media_scene_free(s);
        free(a.plane[0]);
        free(b.plane[0]);
    }
    assert_null(media_scene_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stamp),
        cmocka_unit_test(test_stamp_needs_room),
        cmocka_unit_test(test_captions),
        cmocka_unit_test(test_caption_balance),
        cmocka_unit_test(test_caption_bounds),
        cmocka_unit_test(test_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
