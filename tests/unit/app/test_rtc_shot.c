/* A picture that is known, as a PNG and as rows of characters. */
#include "testing.h"

#include "app/rtc_shot.h"
#include "base/bytes.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define WIDTH 128
#define HEIGHT 96
#define ROW ((size_t)WIDTH * 3)

static struct media_shot *shot;

static int setup(void **state)
{
    (void)state;
    shot = calloc(1, sizeof(*shot) + ROW * HEIGHT);
    assert_non_null(shot);
    shot->width_px = WIDTH;
    shot->height_px = HEIGHT;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    shot = media_shot_free(shot);
    return 0;
}

/* Darkest at the left, lightest at the right. */
static void slope(int dark, int light)
{
    for (size_t i = 0; i < ROW * HEIGHT; i++) {
        int x = (int)(i % ROW) / 3;
        shot->rgb[i] = (uint8_t)(dark + (light - dark) * x / (WIDTH - 1));
    }
}

/* Reads a chunk at *at: its data, and its length in *len. */
static const uint8_t *chunk(const struct lk_buf *b, size_t *at,
                            const char *type, size_t *len)
{
    const uint8_t *p = b->data + *at;
    *len = lk_get_u32(p);
    assert_memory_equal(p + 4, type, 4);
    assert_int_equal(lk_get_u32(p + 8 + *len), crc32(0, p + 4, (uInt)*len + 4));
    *at += *len + 12;
    assert_true(*at <= b->len);
    return p + 8;
}

static void png_comes_back(void **state)
{
    static uint8_t raw[(ROW + 1) * HEIGHT];
    LK_AUTO(lk_buf) b = NULL;
    size_t at = 8;
    size_t len = 0;
    uLongf n = sizeof(raw);
    (void)state;
    for (size_t i = 0; i < ROW * HEIGHT; i++)
        shot->rgb[i] = (uint8_t)(i * 7 + i / 251);
    assert_int_equal(lk_buf_new(RTC_SHOT_PNG_MAX, &b), 0);
    assert_int_equal(rtc_shot_png(shot, b), 0);
    assert_memory_equal(b->data, "\x89PNG\r\n\x1a\n", 8);
    const uint8_t *head = chunk(b, &at, "IHDR", &len);
    assert_int_equal(len, 13);
    assert_int_equal(lk_get_u32(head), WIDTH);
    assert_int_equal(lk_get_u32(head + 4), HEIGHT);
    assert_memory_equal(head + 8, "\x08\x02\x00\x00\x00", 5);
    const uint8_t *data = chunk(b, &at, "IDAT", &len);
    assert_int_equal(uncompress(raw, &n, data, len), Z_OK);
    assert_int_equal(n, sizeof(raw));
    for (size_t y = 0; y < HEIGHT; y++) {
        const uint8_t *row = raw + y * (ROW + 1);
        uint8_t left[3] = {0};
        assert_int_equal(row[0], 1);
        for (size_t i = 0; i < ROW; i++) {
            left[i % 3] = (uint8_t)(left[i % 3] + row[1 + i]);
            assert_int_equal(left[i % 3], shot->rgb[y * ROW + i]);
        }
    }
    (void)chunk(b, &at, "IEND", &len);
    assert_int_equal(len, 0);
    assert_int_equal(at, b->len);
}

static void png_has_room_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW * HEIGHT; i++)
        shot->rgb[i] = (uint8_t)(i * 2654435761U >> 13);
    for (size_t cap = 1; cap < 200; cap++) {
        LK_AUTO(lk_buf) b = NULL;
        assert_int_equal(lk_buf_new(cap, &b), 0);
        assert_int_equal(rtc_shot_png(shot, b), -EMSGSIZE);
    }
}

static json_t *rows(int columns)
{
    LK_AUTO(lk_buf) b = NULL;
    assert_int_equal(lk_buf_new(16384, &b), 0);
    assert_int_equal(rtc_shot_rows(shot, columns, b), 0);
    json_t *v = json_loads(lk_buf_str(b), 0, NULL);
    assert_true(json_is_array(v));
    return v;
}

static void rows_show_it(void **state)
{
    static const struct {
        int dark, light;
        const char *row; /* of 20 */
    } known[] = {
        {0, 255, "  ..::--==++**##%%@@"},
        {100, 140, "  ..::--==++**##%%@@"}, /* spread */
        {0, 0, "                    "},     /* nothing stays nothing */
        {200, 203, "         ..........."},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++) {
        slope(known[i].dark, known[i].light);
        json_t *v = rows(20);
        assert_int_equal(json_array_size(v), 7); /* 20 * 96 / 128 / 2 */
        for (size_t y = 0; y < json_array_size(v); y++) {
            const char *row = json_string_value(json_array_get(v, y));
            assert_int_equal(strlen(row), 20);
            if (known[i].light - known[i].dark != 3)
                assert_string_equal(row, known[i].row);
            else /* but for rounding */
                assert_true(strspn(row, " .") == 20);
        }
        json_decref(v);
    }
    for (int columns = RTC_SHOT_COLUMNS_MIN; columns <= RTC_SHOT_COLUMNS_MAX;
         columns++) {
        json_t *v = rows(columns);
        assert_in_range(json_array_size(v), 7, RTC_SHOT_ROWS_MAX);
        json_decref(v);
    }
}

static void rows_have_limits(void **state)
{
    LK_AUTO(lk_buf) b = NULL;
    (void)state;
    assert_int_equal(lk_buf_new(16384, &b), 0);
    assert_int_equal(rtc_shot_rows(shot, RTC_SHOT_COLUMNS_MIN - 1, b), -EINVAL);
    assert_int_equal(rtc_shot_rows(shot, RTC_SHOT_COLUMNS_MAX + 1, b), -EINVAL);
    shot->height_px = 10;
    assert_int_equal(rtc_shot_rows(shot, 40, b), -EINVAL);
    shot->height_px = HEIGHT;
    LK_AUTO(lk_buf) small = NULL;
    assert_int_equal(lk_buf_new(100, &small), 0);
    assert_int_equal(rtc_shot_rows(shot, 40, small), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(png_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(png_has_room_or_not, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_show_it, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_have_limits, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
