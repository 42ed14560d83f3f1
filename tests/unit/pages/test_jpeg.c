#include "testing.h"

#include "draw.h"

#include "ipc/scanmsg.h"
#include "pages/jpeg.h"
#include "pages/limits.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_same(const struct scanpage_draft *d, const struct picture *p)
{
    assert_int_equal(d->info.width_px, p->w);
    assert_int_equal(d->info.height_px, p->h);
    assert_int_equal(d->info.depth, p->depth);
    assert_memory_equal(d->rows, p->rows, scanpage_bytes(&d->info));
}

/* The pixels are those of the plainest decoder, whatever the coding. */
static void test_kinds(void **state)
{
    (void)state;
    static const struct coding codings[] = {
        {.quality = 90},
        {.progressive = true, .dpi = 300},
        {.restart_rows = 1},
        {.full_chroma = true, .dpi = 600},
    };
    struct picture letter = draw_letter(333, 471, 20, 0);
    struct picture gray = draw_gray(&letter);
    for (size_t i = 0; i < 2 * LK_ARRAY_LEN(codings); i++) {
        const struct coding *c = &codings[i / 2];
        struct scanpage_draft *d = NULL;
        unsigned traits = 0;
        size_t len;
        uint8_t *jpeg = draw_jpeg(i & 1 ? &gray : &letter, c, &len);
        struct picture expect = draw_decoded(jpeg, len);
        assert_int_equal(pages_jpeg_decode(jpeg, len, 0, &d, &traits), 0);
        check_same(d, &expect);
        assert_int_equal(traits, 0);
        assert_int_equal(d->info.dpi, c->dpi);
        picture_free(&expect);
        scanpage_draft_free(d);
        free(jpeg);
    }
    picture_free(&letter);
    picture_free(&gray);
}

/* Ink on white: white stays white, ink is dark, three colours come out. */
static void test_ink(void **state)
{
    (void)state;
    static const uint8_t red_ink[] = {0xff, 0, 0, 0xff};
    struct picture ink = {64, 64, 4, calloc(64 * 64, 4)};
    memset(ink.rows, 255, sizeof(uint8_t) * 64 * 32 * 4); /* Adobe's: none */
    for (size_t i = 64 * 32; i < 64 * 64; i++)
        memcpy(ink.rows + i * 4, red_ink, sizeof(red_ink));
    struct scanpage_draft *d = NULL;
    unsigned traits = 0;
    size_t len;
    const struct coding c = {.quality = 95};
    uint8_t *jpeg = draw_jpeg(&ink, &c, &len);
    assert_int_equal(pages_jpeg_decode(jpeg, len, 300, &d, &traits), 0);
    assert_int_equal(d->info.depth, 3);
    assert_int_equal(d->info.dpi, 300);
    assert_true(d->rows[0] > 250 && d->rows[1] > 250 && d->rows[2] > 250);
    const uint8_t *red = d->rows + (60 * 64 + 10) * 3;
    assert_true(red[0] > 240 && red[1] < 20 && red[2] < 20);
    scanpage_draft_free(d);
    free(jpeg);
    picture_free(&ink);
}

/* Cut at every hundredth: never an error once a row has come, the rows that
 * came are right, the rest is white. */
static void test_cut(void **state)
{
    (void)state;
    struct picture letter = draw_letter(320, 400, 30, 0);
    const struct coding c = {.quality = 85};
    size_t len;
    uint8_t *jpeg = draw_jpeg(&letter, &c, &len);
    struct picture expect = draw_decoded(jpeg, len);
    size_t step = (size_t)expect.w * 3;
    for (size_t cut = 0; cut < len - 2; cut += len / 100) {
        struct scanpage_draft *d = NULL;
        unsigned traits = 0;
        int r = pages_jpeg_decode(jpeg, cut, 0, &d, &traits);
        if (r == -EBADMSG) {
            assert_true(cut < 700); /* in the header */
            continue;
        }
        assert_int_equal(r, 0);
        assert_true(traits & SCANMSG_CUT);
        uint32_t y = 0;
        while (y < expect.h &&
               memcmp(d->rows + y * step, expect.rows + y * step, step) == 0)
            y++;
        /* up to one row of blocks was not whole */
        for (y += 32; y < expect.h; y++)
            for (size_t x = 0; x < step; x++)
                assert_int_equal(d->rows[y * step + x], 255);
        scanpage_draft_free(d);
    }
    /* without its end mark it is whole */
    struct scanpage_draft *d = NULL;
    unsigned traits = 0;
    assert_int_equal(pages_jpeg_decode(jpeg, len - 2, 0, &d, &traits), 0);
    check_same(d, &expect);
    assert_false(traits & SCANMSG_CUT);
    scanpage_draft_free(d);
    picture_free(&expect);
    picture_free(&letter);
    free(jpeg);
}

static uint8_t *find(uint8_t *data, size_t len, uint8_t marker)
{
    for (size_t i = 0; i + 10 < len; i++)
        if (data[i] == 0xff && data[i + 1] == marker)
            return data + i;
    fail();
    return NULL;
}

/* What the header says is judged before anything is made of it. */
static void test_header_bombs(void **state)
{
    (void)state;
    static const struct {
        uint8_t w[2];
        uint8_t h[2];
        int expect;
    } table[] = {
        {{0xff, 0xdc}, {0xff, 0xdc}, -EMSGSIZE}, /* 65500 * 65500 */
        {{0x75, 0x30}, {0x75, 0x30}, -EMSGSIZE}, /* 30000 * 30000 */
        {{0x01, 0x40}, {0x00, 0x00}, -EBADMSG},  /* height comes later (DNL) */
        {{0x00, 0x00}, {0x01, 0x90}, -EBADMSG},
    };
    struct picture letter = draw_letter(320, 400, 3, 0);
    for (size_t i = 0; i < 2 * LK_ARRAY_LEN(table); i++) {
        const struct coding c = {.progressive = i & 1};
        struct scanpage_draft *d = NULL;
        unsigned traits = 0;
        size_t len;
        uint8_t *jpeg = draw_jpeg(&letter, &c, &len);
        uint8_t *sof = find(jpeg, len, i & 1 ? 0xc2 : 0xc0);
        memcpy(sof + 5, table[i / 2].h, 2);
        memcpy(sof + 7, table[i / 2].w, 2);
        assert_int_equal(pages_jpeg_decode(jpeg, len, 0, &d, &traits),
                         table[i / 2].expect);
        assert_null(d);
        free(jpeg);
    }
    picture_free(&letter);
}

/* A photograph larger than a page is reduced; a progressive one that large
 * costs too much. */
static void test_reduced(void **state)
{
    (void)state;
    struct picture big = {9000, 6000, 3, malloc(9000UL * 6000 * 3)};
    memset(big.rows, 200, 9000UL * 6000 * 3);
    for (int i = 0; i < 2; i++) {
        const struct coding c = {.progressive = i == 1, .dpi = 300};
        struct scanpage_draft *d = NULL;
        unsigned traits = 0;
        size_t len;
        uint8_t *jpeg = draw_jpeg(&big, &c, &len);
        int r = pages_jpeg_decode(jpeg, len, 0, &d, &traits);
        assert_int_equal(r, i ? -E2BIG : 0);
        if (r == 0) {
            assert_int_equal(d->info.width_px, 4500);
            assert_int_equal(d->info.dpi, 150);
            assert_int_equal(traits, SCANMSG_REDUCED);
        }
        scanpage_draft_free(d);
        free(jpeg);
    }
    picture_free(&big);
}

/* A progressive picture with its last scan again and again. */
static void test_scan_bomb(void **state)
{
    (void)state;
    struct picture letter = draw_letter(320, 400, 3, 0);
    const struct coding c = {.progressive = true};
    struct scanpage_draft *d = NULL;
    unsigned traits = 0;
    size_t len;
    uint8_t *jpeg = draw_jpeg(&letter, &c, &len);
    size_t last = len;
    while (jpeg[last - 1] != 0xda || jpeg[last - 2] != 0xff)
        last--;
    last -= 2;
    size_t scan = len - 2 - last;
    uint8_t *bomb = malloc(len + 200 * scan);
    memcpy(bomb, jpeg, len - 2);
    size_t n = len - 2;
    for (int i = 0; i < 200; i++, n += scan)
        memcpy(bomb + n, jpeg + last, scan);
    bomb[n] = 0xff;
    bomb[n + 1] = 0xd9;
    assert_int_equal(pages_jpeg_decode(bomb, n + 2, 0, &d, &traits), -E2BIG);
    assert_null(d);
    free(bomb);
    free(jpeg);
    picture_free(&letter);
}

/* Any bytes broken: a page or an error. */
static void test_broken(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    struct picture letter = draw_letter(160, 200, 10, 0);
    for (int i = 0; i < 400; i++) {
        const struct coding c = {.progressive = i & 1,
                                 .restart_rows = (i & 2) / 2};
        struct scanpage_draft *d = NULL;
        unsigned traits = 0;
        size_t len;
        uint8_t *jpeg = draw_jpeg(&letter, &c, &len);
        for (uint64_t k = test_random(&seed) % 6; k < 6; k++)
            jpeg[test_random(&seed) % len] = (uint8_t)test_random(&seed);
        int r = pages_jpeg_decode(jpeg, len, 0, &d, &traits);
        assert_true(r == 0 || r == -EBADMSG || r == -EMSGSIZE || r == -E2BIG);
        assert_true((r == 0) == (d != NULL));
        scanpage_draft_free(d);
        free(jpeg);
    }
    picture_free(&letter);
}

static void test_turn(void **state)
{
    static const uint8_t intel[] = {'I', 'I', '*', 0, 8, 0, 0, 0, 1,
                                    0,   18,  1,   3, 0, 1, 0, 0, 0};
    (void)state;
    static const unsigned turns[10] = {0, 0, 0, 2, 2, 1, 1, 3, 3, 0};
    for (uint8_t o = 0; o < 20; o++) {
        uint8_t e[] = "\xff\xd8\xff\xe1\x00\x22"
                      "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0o\0\0"
                      "\0\0\0\0\xff\xda\0\2";
        uint8_t *value = memchr(e + 12, 'o', sizeof(e) - 12);
        *value = o % 10;
        if (o >= 10) { /* Intel's order */
            memcpy(e + 12, intel, sizeof(intel));
            value[-1] = o % 10;
            *value = 0;
        }
        assert_int_equal(pages_jpeg_turn(e, sizeof(e) - 1), turns[o % 10]);
        for (size_t cut = 0; cut < sizeof(e); cut++)
            assert_true(pages_jpeg_turn(e, cut) <= 3);
        e[16] = 0xff; /* a directory far outside */
        assert_int_equal(pages_jpeg_turn(e, sizeof(e) - 1), 0);
    }
    assert_int_equal(pages_jpeg_turn((const uint8_t *)"\xff\xd8", 2), 0);
}

/* What goes out is a JPEG of the same page, and nothing but the page. */
static void test_encode(void **state)
{
    (void)state;
    struct picture letter = draw_letter(320, 400, 10, 0);
    const struct scanpage_info i = {320, 400, 3, 300};
    static const struct pages_rows all = {NULL, NULL};
    int fd = pages_jpeg_encode(&i, letter.rows, &all);
    assert_true(fd >= 0);
    int64_t len = scanpage_sealed_len(fd, 1 << 20);
    assert_true(len > 1000);
    uint8_t *map = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, fd, 0);
    struct pages_jpeg_info info;
    assert_int_equal(pages_jpeg_info(map, (size_t)len, &info), 0);
    assert_true(info.width_px == 320 && info.height_px == 400 &&
                info.components == 3 && info.dpi == 300);
    munmap(map, (size_t)len);
    close(fd);
    picture_free(&letter);
}

struct strips {
    struct picture expect;
    uint32_t next;
    uint32_t stop; /* at this row: -EIO */
    int begin_error;
};

static int strips_begin(void *arg, const struct scanpage_info *i)
{
    const struct strips *s = arg;
    assert_int_equal(i->width_px, s->expect.w);
    assert_int_equal(i->height_px, s->expect.h);
    assert_int_equal(i->dpi, 120);
    return s->begin_error;
}

static int strips_rows(void *arg, uint32_t y, const uint8_t *rows, uint32_t n)
{
    struct strips *s = arg;
    size_t stride = (size_t)s->expect.w * 3;
    assert_int_equal(y, s->next);
    assert_true(n > 0 && n <= s->expect.h - y);
    assert_memory_equal(rows, s->expect.rows + y * stride, n * stride);
    s->next = y + n;
    return s->next > s->stop ? -EIO : 0;
}

/* The same pixels a strip at a time, from top to bottom; whoever takes them may
 * stop it. */
static void test_strips(void **state)
{
    (void)state;
    struct picture letter = draw_letter(333, 477, 9, 1);
    const struct coding c = {.quality = 85, .dpi = 120};
    size_t len;
    unsigned traits = 0;
    uint8_t *jpeg = draw_jpeg(&letter, &c, &len);
    struct strips s = {.expect = draw_decoded(jpeg, len), .stop = 477};
    const struct pages_strips to = {strips_begin, strips_rows, &s};
    assert_int_equal(pages_jpeg_strips(jpeg, len, 0, &to, &traits), 0);
    assert_int_equal(s.next, 477);
    assert_int_equal(traits, 0);
    s.next = 0;
    s.stop = 100;
    assert_int_equal(pages_jpeg_strips(jpeg, len, 0, &to, &traits), -EIO);
    assert_in_range(s.next, 101, 116);
    s.next = 0;
    s.begin_error = -ENOSPC;
    assert_int_equal(pages_jpeg_strips(jpeg, len, 0, &to, &traits), -ENOSPC);
    assert_int_equal(s.next, 0);
    free(jpeg);
    picture_free(&s.expect);
    picture_free(&letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strips),       cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_ink),          cmocka_unit_test(test_cut),
        cmocka_unit_test(test_header_bombs), cmocka_unit_test(test_reduced),
        cmocka_unit_test(test_scan_bomb),    cmocka_unit_test(test_broken),
        cmocka_unit_test(test_turn),         cmocka_unit_test(test_encode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
