#include "testing.h"

#include "draw.h"

#include "pages/limits.h"
#include "pages/page.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scanpage *look(int *fd)
{
    struct scanpage *p = NULL;
    assert_int_equal(scanpage_open(lk_fd_take(fd), &p), 0);
    return p;
}

static void test_sniff(void **state)
{
    (void)state;
    assert_int_equal(pages_sniff((const uint8_t *)"\xff\xd8\xff\xe0", 4),
                     PAGES_JPEG);
    assert_int_equal(pages_sniff((const uint8_t *)"%PDF-1.7", 8), PAGES_PDF);
    assert_int_equal(pages_sniff((const uint8_t *)"LKPG", 4), PAGES_OURS);
    assert_int_equal(pages_sniff((const uint8_t *)"\x89PNG\r\n", 6),
                     PAGES_UNKNOWN);
    assert_int_equal(pages_sniff((const uint8_t *)"\xff\xd8", 2),
                     PAGES_UNKNOWN);
    assert_int_equal(pages_sniff(NULL, 0), PAGES_UNKNOWN);
}

/* A scan: pixels, preview, JPEG, all sealed; then once more from the page
 * itself, turned. */
static void test_jpeg_and_again(void **state)
{
    (void)state;
    struct picture letter = draw_letter(2480, 3508, 40, 0);
    const struct coding c = {.quality = 85, .dpi = 300};
    struct pages_document *d = NULL;
    struct pages_page p;
    size_t len;
    uint8_t *jpeg = draw_jpeg(&letter, &c, &len);
    struct picture expect = draw_decoded(jpeg, len);
    assert_int_equal(pages_document_open(draw_memfd(jpeg, len), &d), 0);
    assert_int_equal(pages_document_count(d), 1);
    struct pages_wish wish = {.prep = SCANMSG_WITH_JPEG | SCANMSG_STRAIGHTEN};
    assert_int_equal(pages_document_page(d, 1, &wish, &p), -EBADMSG);
    assert_int_equal(pages_document_page(d, 0, &wish, &p), 0);
    pages_document_free(d);
    assert_int_equal(p.traits, 0);
    assert_true(scanpage_sealed_len(p.jpeg_fd, 1 << 24) > 10000);
    assert_in_range(scanpage_sealed_len(p.small_fd, 1 << 20), 10000, 300000);
    struct scanpage *preview = look(&p.preview_fd);
    assert_int_equal(preview->info.height_px, PAGES_PREVIEW_SIDE_PX);
    assert_int_equal(preview->info.width_px, 904);
    scanpage_free(preview);
    struct scanpage *page = look(&p.page_fd);
    assert_int_equal(page->info.dpi, 300);
    assert_memory_equal(page->rows, expect.rows, 2480UL * 3508 * 3);
    assert_int_equal(pages_document_open(dup(page->fd), &d), 0);
    wish = (struct pages_wish){.turn = 1, .crop = {5000, 0, 10000, 10000}};
    pages_page_close(&p);
    assert_int_equal(pages_document_page(d, 0, &wish, &p), 0);
    assert_int_equal(p.info.width_px, 1754);
    assert_int_equal(p.info.height_px, 2480);
    assert_int_equal(p.jpeg_fd, -1);
    assert_int_equal(p.small_fd, -1);
    pages_page_close(&p);
    pages_page_close(&p);
    pages_document_free(d);
    scanpage_free(page);
    free(jpeg);
    picture_free(&expect);
    picture_free(&letter);
}

static void test_traits(void **state)
{
    (void)state;
    static const double quad[8] = {420, 60, 1180, 90, 1210, 1130, 380, 1110};
    struct picture letter = draw_letter(1240, 1754, 40, 1.5);
    struct picture blank = draw_letter(1240, 1754, 0, 0);
    struct picture photo = draw_photo(1600, 1200, &letter, quad);
    const struct {
        const struct picture *p;
        uint8_t prep;
        unsigned traits;
    } table[] = {
        {&letter, 0, 0},
        {&letter, SCANMSG_STRAIGHTEN, SCANMSG_STRAIGHTENED},
        {&blank, SCANMSG_STRAIGHTEN, SCANMSG_BLANK},
        {&photo, SCANMSG_FLATTEN, SCANMSG_FLATTENED},
        {&letter, SCANMSG_FLATTEN, 0},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        const struct coding c = {.quality = 90};
        const struct pages_wish wish = {.prep = table[i].prep};
        struct pages_document *d = NULL;
        struct pages_page p;
        size_t len;
        uint8_t *jpeg = draw_jpeg(table[i].p, &c, &len);
        assert_int_equal(pages_document_open(draw_memfd(jpeg, len), &d), 0);
        assert_int_equal(pages_document_page(d, 0, &wish, &p), 0);
        assert_int_equal(p.traits, table[i].traits);
        pages_page_close(&p);
        pages_document_free(d);
        free(jpeg);
    }
    picture_free(&letter);
    picture_free(&blank);
    picture_free(&photo);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int expect;
    } table[] = {
        {"", -EPROTONOSUPPORT},
        {"\x89PNG\r\n\x1a\n", -EPROTONOSUPPORT},
        {"LKPG is not all", -EBADMSG},
        {"%PDF-1.4 nothing", -EBADMSG},
    };
    struct pages_document *d = NULL;
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        assert_int_equal(
            pages_document_open(
                draw_memfd(table[i].bytes, strlen(table[i].bytes)), &d),
            table[i].expect);
    /* not sealed, no memory, nothing; too long */
    int fd = memfd_create("t", MFD_ALLOW_SEALING);
    assert_int_equal(write(fd, "\xff\xd8\xff", 3), 3);
    assert_int_equal(pages_document_open(fd, &d), -EBADMSG);
    assert_int_equal(pages_document_open(-1, &d), -EBADMSG);
    fd = memfd_create("t", MFD_ALLOW_SEALING);
    assert_int_equal(write(fd, "\xff\xd8\xff", 3), 3);
    assert_int_equal(ftruncate(fd, SCANMSG_DOCUMENT_MAX + 1), 0);
    assert_int_equal(scanpage_seal(fd), 0);
    assert_int_equal(pages_document_open(fd, &d), -EMSGSIZE);
    assert_null(d);
}

static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        int error;
        enum scanmsg_reason reason;
    } table[] = {
        {-EPROTONOSUPPORT, SCANMSG_UNKNOWN}, {-EMSGSIZE, SCANMSG_TOO_LARGE},
        {-E2BIG, SCANMSG_TOO_COMPLEX},       {-EACCES, SCANMSG_LOCKED},
        {-EBADMSG, SCANMSG_MALFORMED},       {-ENOMEM, SCANMSG_NO_MEMORY},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        assert_int_equal(pages_reason(table[i].error), table[i].reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sniff),   cmocka_unit_test(test_jpeg_and_again),
        cmocka_unit_test(test_traits),  cmocka_unit_test(test_refused),
        cmocka_unit_test(test_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
