/* Every allocation of this room's own fails in turn, on the way of each kind of
 * document: -ENOMEM, nothing lost, and the next try is whole. */
#include "draw.h"
#include "oom.h"

#include "pages/page.h"

#include <unistd.h>

/* Opens a document and makes all of its pages ready. */
static int whole(int fd, const struct pages_wish *wish)
{
    struct pages_document *d = NULL;
    int r = pages_document_open(fd, &d);
    size_t n = r == 0 ? pages_document_count(d) : 0;
    for (size_t i = 0; i < n && r == 0; i++) {
        struct pages_page p = {
            .page_fd = -1, .preview_fd = -1, .jpeg_fd = -1, .small_fd = -1};
        r = pages_document_page(d, i, wish, &p);
        if (r == 0)
            assert_true(p.page_fd >= 0 && p.preview_fd >= 0);
        else
            assert_true(p.page_fd < 0 && p.preview_fd < 0 && p.jpeg_fd < 0);
        pages_page_close(&p);
    }
    pages_document_free(d);
    return r;
}

static void sweep(const uint8_t *data, size_t len,
                  const struct pages_wish *wish)
{
    int fd = draw_memfd(data, len);
    int r = 0;
    OOM_SWEEP(r, whole(dup(fd), wish));
    (void)lk_fd_close(fd);
}

static void test_jpeg(void **state)
{
    struct picture letter = draw_letter(400, 560, 12, 1.5);
    const struct coding plain = {.quality = 80, .dpi = 100};
    const struct coding progressive = {.quality = 80, .progressive = true};
    const struct pages_wish wish = {.turn = 1,
                                    .prep =
                                        SCANMSG_STRAIGHTEN | SCANMSG_WITH_JPEG,
                                    .upright = true};
    size_t len = 0;
    (void)state;
    uint8_t *jpeg = draw_jpeg(&letter, &plain, &len);
    sweep(jpeg, len, &wish);
    free(jpeg);
    jpeg = draw_jpeg(&letter, &progressive, &len);
    sweep(jpeg, len, &(struct pages_wish){.turn = 2});
    free(jpeg);
    picture_free(&letter);
}

static void test_cmyk(void **state)
{
    struct picture ink = {64, 48, 4, calloc(64UL * 48, 4)};
    const struct coding c = {.quality = 80};
    size_t len = 0;
    (void)state;
    uint8_t *jpeg = draw_jpeg(&ink, &c, &len);
    sweep(jpeg, len, &(struct pages_wish){.dpi = 75});
    free(jpeg);
    picture_free(&ink);
}

static void test_photo(void **state)
{
    static const double quad[8] = {210, 30, 590, 45, 605, 565, 190, 555};
    struct picture letter = draw_letter(310, 438, 7, 0);
    struct picture photo = draw_photo(800, 600, &letter, quad);
    const struct coding c = {.quality = 80};
    const struct pages_wish wish = {.prep = SCANMSG_FLATTEN};
    size_t len = 0;
    (void)state;
    uint8_t *jpeg = draw_jpeg(&photo, &c, &len);
    sweep(jpeg, len, &wish);
    free(jpeg);
    picture_free(&photo);
    picture_free(&letter);
}

static void test_pdf(void **state)
{
    struct picture letter = draw_letter(200, 280, 6, 0);
    const struct coding c = {.quality = 80};
    const struct pages_wish wish = {.dpi = 100};
    size_t jpeg_len = 0;
    size_t len = 0;
    (void)state;
    uint8_t *jpeg = draw_jpeg(&letter, &c, &jpeg_len);
    const struct pdf_recipe recipe = {.jpeg = jpeg,
                                      .jpeg_len = jpeg_len,
                                      .w = 200,
                                      .h = 280,
                                      .pages = 2,
                                      .packed = true};
    uint8_t *pdf = draw_pdf(&recipe, &len);
    sweep(pdf, len, &wish);
    free(pdf);
    free(jpeg);
    picture_free(&letter);
}

/* A page that was given before. */
static void test_ours(void **state)
{
    const struct scanpage_info info = {40, 30, 3, 75};
    struct scanpage_draft *d = NULL;
    int r = 0;
    (void)state;
    OOM_SWEEP(r, scanpage_draft_new(&info, &d));
    int fd = scanpage_draft_seal(d);
    scanpage_draft_free(d);
    assert_true(fd >= 0);
    OOM_SWEEP(r, whole(dup(fd), &(struct pages_wish){.turn = 3}));
    (void)lk_fd_close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg),  cmocka_unit_test(test_cmyk),
        cmocka_unit_test(test_photo), cmocka_unit_test(test_pdf),
        cmocka_unit_test(test_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
