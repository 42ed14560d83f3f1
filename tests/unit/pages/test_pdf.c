#include "testing.h"

#include "draw.h"

#include "ipc/scanmsg.h"
#include "pages/limits.h"
#include "pages/pdf.h"
#include "pages/pdf_plain.h"

#include <errno.h>

static struct picture letter;
static uint8_t *jpeg;
static size_t jpeg_len;

static int setup(void **state)
{
    (void)state;
    const struct coding c = {.quality = 85};
    letter = draw_letter(620, 877, 20, 0);
    jpeg = draw_jpeg(&letter, &c, &jpeg_len);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    picture_free(&letter);
    free(jpeg);
    return 0;
}

static struct pdf_recipe recipe(void)
{
    return (struct pdf_recipe){.jpeg = jpeg,
                               .jpeg_len = jpeg_len,
                               .w = letter.w,
                               .h = letter.h,
                               .pages = 1};
}

/* A scanner's file: the pixels are the JPEG's own, at its own resolution. */
static void test_plain(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        const char *page;
        const char *image;
        const char *colours;
        bool packed;
        unsigned turn;
    } table[] = {
        {NULL, NULL, NULL, NULL, false, 0},
        {NULL, "/Rotate 90", NULL, NULL, true, 1},
        {"148.8 0 0 210.48 0 0 cm % drawn\n/Im0 Do", NULL, NULL, NULL, true, 0},
        {"q .24 0 0 .24 0 0 cm q 620 0 0 877 0 0 cm /Im0 Do Q Q",
         "/CropBox [0 0 148.8 210.48]", "/Interpolate true", "[/CalRGB <<>>]",
         false, 0},
    };
    struct picture expect = draw_decoded(jpeg, jpeg_len);
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct pdf_recipe r = recipe();
        struct pages_pdf *p = NULL;
        size_t len;
        r.pages = (int)i * 3 + 1;
        r.content = table[i].content;
        r.page_extra = table[i].page;
        r.image_extra = table[i].image;
        r.colours = table[i].colours;
        r.packed = table[i].packed;
        uint8_t *pdf = draw_pdf(&r, &len);
        assert_int_equal(pages_pdf_open(pdf, len, &p), 0);
        assert_true(pages_pdf_plain(p));
        assert_int_equal(pages_pdf_count(p), i * 3 + 1);
        for (size_t k = 0; k < pages_pdf_count(p); k++) {
            struct scanpage_draft *d = NULL;
            unsigned turn = 9;
            unsigned traits = 0;
            assert_int_equal(pages_pdf_page(p, k, 72, &d, &turn, &traits), 0);
            assert_int_equal(d->info.dpi, 300);
            assert_int_equal(turn, table[i].turn);
            assert_int_equal(traits, 0);
            assert_int_equal(d->info.width_px, expect.w);
            assert_memory_equal(d->rows, expect.rows, expect.w * expect.h * 3);
            scanpage_draft_free(d);
        }
        pages_pdf_free(p);
        free(pdf);
    }
    picture_free(&expect);
}

/* Whatever else is on a page, or is unusual: poppler draws it, and shows what
 * a picture alone would not. */
static void test_not_plain(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        const char *page;
        const char *image;
        const char *colours;
    } table[] = {
        {"q 148.8 0 0 210.48 0 0 cm /Im0 Do Q 0 0 10 10 re f", NULL, NULL,
         NULL},
        {"q 100 0 0 210.48 0 0 cm /Im0 Do Q", NULL, NULL, NULL},
        {"q 148.8 0 0 -210.48 0 210.48 cm /Im0 Do Q", NULL, NULL, NULL},
        {"q 148.8 0 0 210.48 0 0 cm /Im0 Do /Im0 Do Q", NULL, NULL, NULL},
        {"q Q", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
        {NULL, "/Annots []", NULL, NULL},
        {NULL, "/UserUnit 2", NULL, NULL},
        {NULL, "/CropBox [0 0 100 100]", NULL, NULL},
        {NULL, "/Rotate 45", NULL, NULL},
        {NULL, "/MediaBox [0 0 148.8 210.48]", NULL, NULL}, /* twice */
        {NULL, NULL, "/Decode [1 0 1 0 1 0]", NULL},
        {NULL, NULL, "/DecodeParms <</ColorTransform 0>>", NULL},
        {NULL, NULL, "/SMask 5 0 R", NULL},
        {NULL, NULL, "/#57idth 1", NULL},
        {NULL, NULL, NULL, "/DeviceGray"},
        {NULL, NULL, NULL, "/DeviceCMYK"},
        {NULL, NULL, NULL, "[/Indexed /DeviceRGB 1 <000000ffffff>]"},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct pdf_recipe r = recipe();
        struct pages_pdf *p = NULL;
        struct scanpage_draft *d = NULL;
        unsigned turn;
        unsigned traits = 0;
        size_t len;
        r.content = table[i].content;
        r.page_extra = table[i].page;
        r.image_extra = table[i].image;
        r.colours = table[i].colours;
        uint8_t *pdf = draw_pdf(&r, &len);
        assert_int_equal(pages_pdf_open(pdf, len, &p), 0);
        assert_false(pages_pdf_plain(p));
        int got = pages_pdf_page(p, 0, 100, &d, &turn, &traits);
        assert_true(got == 0 || got == -EBADMSG || got == -EMSGSIZE);
        scanpage_draft_free(d);
        pages_pdf_free(p);
        free(pdf);
    }
}

static void test_drawn(void **state)
{
    (void)state;
    static const struct {
        double w;
        double h;
        uint32_t dpi;
        uint32_t width_px;
        uint32_t got_dpi;
        unsigned traits;
        int expect;
    } table[] = {
        {595, 842, 0, 1652, 200, 0, 0},
        {595, 842, 300, 2479, 300, 0, 0},
        {595, 842, 600, 2521, 305, SCANMSG_REDUCED, 0},
        {2384, 3370, 200, 2523, 76, SCANMSG_REDUCED, 0},
        {6000, 100, 200, 0, 0, 0, -EMSGSIZE},
        {10, 100, 200, 0, 0, 0, -EMSGSIZE},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct pages_pdf *p = NULL;
        struct scanpage_draft *d = NULL;
        unsigned turn = 9;
        unsigned traits = 0;
        size_t len;
        uint8_t *pdf = draw_text_pdf(table[i].w, table[i].h, 2, &len);
        assert_int_equal(pages_pdf_open(pdf, len, &p), 0);
        assert_false(pages_pdf_plain(p));
        assert_int_equal(pages_pdf_count(p), 2);
        assert_int_equal(pages_pdf_page(p, 1, table[i].dpi, &d, &turn, &traits),
                         table[i].expect);
        if (d) {
            assert_int_equal(d->info.width_px, table[i].width_px);
            assert_int_equal(d->info.dpi, table[i].got_dpi);
            assert_int_equal(traits, table[i].traits);
            assert_int_equal(d->rows[0], 255); /* paper */
            assert_non_null(memchr(d->rows, 26, scanpage_bytes(&d->info)));
        }
        scanpage_draft_free(d);
        d = NULL;
        assert_int_equal(pages_pdf_page(p, 2, 0, &d, &turn, &traits), -EBADMSG);
        pages_pdf_free(p);
        free(pdf);
    }
}

static void test_ceilings(void **state)
{
    (void)state;
    struct pages_pdf *p = NULL;
    size_t len;
    uint8_t *pdf = draw_text_pdf(200, 200, PAGES_PDF_PAGES_MAX + 1, &len);
    assert_int_equal(pages_pdf_open(pdf, len, &p), -EMSGSIZE);
    free(pdf);
    assert_int_equal(
        pages_pdf_open((const uint8_t *)"%PDF-1.4 nothing", 16, &p), -EBADMSG);
    assert_null(p);
}

/* Cut anywhere, any bytes broken: pages or an error, and nothing hangs. */
static void test_broken(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    struct pdf_recipe r = recipe();
    size_t len;
    r.pages = 3;
    uint8_t *good = draw_pdf(&r, &len);
    uint8_t *pdf = malloc(len);
    for (int i = 0; i < 300; i++) {
        struct pdf_plain *plain = calloc(1, sizeof(*plain));
        size_t n = i < 100 ? len * (size_t)i / 100 : len;
        memcpy(pdf, good, len);
        for (uint64_t k = test_random(&seed) % 8; k < 8 && i >= 100; k++) {
            /* mostly where the words are */
            size_t at = test_random(&seed) % 2
                            ? len - 1 - test_random(&seed) % 500
                            : test_random(&seed) % 800;
            pdf[at] = (uint8_t)(32 + test_random(&seed) % 96);
        }
        int got = pdf_plain_read(pdf, n, plain);
        assert_true(got == -EBADMSG || (got == 0 && plain->pages >= 1));
        for (size_t k = 0; k < plain->pages && got == 0; k++)
            assert_true(plain->page[k].jpeg.at >= pdf &&
                        plain->page[k].jpeg.end <= pdf + n);
        free(plain);
    }
    free(pdf);
    free(good);
}

static struct pdf_span span(const char *s)
{
    return (struct pdf_span){(const uint8_t *)s,
                             (const uint8_t *)s + strlen(s)};
}

static void test_syntax(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len; /* of its first value; 0: refused */
    } table[] = {
        {"12 0 R x", 6},
        {"12 0 Rx", 2},
        {" /Name/b", 5},
        {"(a(b)\\)c)d", 9},
        {"<0a>b", 4},
        {"<< /a [1 2] >>x", 14},
        {"[(]) %]\n]", 9},
        {"[[[[[[[[1]]]]]]]]", 17},
        {"[[[[[[[[[1]]]]]]]]]", 0},
        {"", 0},
        {"(a", 0},
        {"<0", 0},
        {"[1", 0},
        {"]", 0},
        {"{", 0},
        {"% only", 0},
        {"-1.5 2", 4},
        {"true]", 4},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct pdf_span s = span(table[i].text);
        struct pdf_span v;
        int r = pdf_value(&s, &v);
        assert_int_equal(r, table[i].len ? 0 : -EBADMSG);
        if (r == 0)
            assert_int_equal(v.end - v.at, table[i].len);
    }
    struct pdf_span v;
    assert_int_equal(pdf_lookup(span("<</a 1/b 2>>"), "b", &v), 0);
    assert_int_equal(*v.at, '2');
    assert_int_equal(pdf_lookup(span("<</a 1/b 2>>"), "c", &v), -ENOENT);
    assert_int_equal(pdf_lookup(span("<</a 1/a 2>>"), "a", &v), -EBADMSG);
    assert_int_equal(pdf_lookup(span("<</a>>"), "a", &v), -EBADMSG);
    assert_int_equal(pdf_lookup(span("[]"), "a", &v), -EBADMSG);
    int64_t n;
    double d;
    uint32_t ref;
    assert_int_equal(pdf_integer(span("0042"), &n), 0);
    assert_int_equal(n, 42);
    assert_int_equal(pdf_integer(span("-1"), &n), -EBADMSG);
    assert_int_equal(pdf_integer(span("1234567890123"), &n), -EBADMSG);
    assert_int_equal(pdf_number(span("-.25"), &d), 0);
    assert_true(d == -0.25);
    assert_int_equal(pdf_number(span("-"), &d), -EBADMSG);
    assert_int_equal(pdf_number(span("1.2.3"), &d), -EBADMSG);
    assert_int_equal(pdf_reference(span("7 0 R"), &ref), 0);
    assert_int_equal(ref, 7);
    assert_int_equal(pdf_reference(span("0 0 R"), &ref), -EBADMSG);
    assert_int_equal(pdf_reference(span("99999 0 R"), &ref), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syntax),    cmocka_unit_test(test_plain),
        cmocka_unit_test(test_not_plain), cmocka_unit_test(test_drawn),
        cmocka_unit_test(test_ceilings),  cmocka_unit_test(test_broken),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
