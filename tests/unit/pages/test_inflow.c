/* Pages whose bytes come bit by bit: the same page, the same end, as of the
 * whole document. */
#include "testing.h"

#include "draw.h"

#include "pages/page.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* Gives what it has in pieces of any size. */
struct tap {
    struct pages_inflow in;
    uint64_t dice;
    size_t len;
    size_t given;
    size_t stop; /* nobody wants more from here on */
};

static size_t below(uint64_t *dice, size_t n)
{
    return (size_t)(test_random(dice) % n);
}

static int64_t tap_await(void *arg, size_t have)
{
    struct tap *t = arg;
    assert_true(have <= t->given);
    if (t->given >= t->stop)
        return -ECANCELED;
    size_t n = 1 + below(&t->dice, below(&t->dice, 4) > 0 ? 9 : 20000);
    t->given += LK_MIN(n, LK_MIN(t->len, t->stop) - t->given);
    return (int64_t)t->given;
}

static struct tap tap_of(const uint8_t *data, size_t len, uint64_t dice)
{
    struct tap t = {
        .in = {.fd = memfd_create("tap", MFD_CLOEXEC), .await = tap_await},
        .dice = dice,
        .len = len,
        .stop = SIZE_MAX};
    assert_int_equal(write(t.in.fd, data, len), len);
    return t;
}

static int by_inflow(struct tap *t, const struct pages_wish *wish,
                     struct pages_page *ret)
{
    t->in.arg = t;
    int r = pages_inflow_page(&t->in, wish, ret);
    close(t->in.fd);
    return r;
}

static int by_document(const uint8_t *data, size_t len,
                       const struct pages_wish *wish, struct pages_page *ret)
{
    struct pages_document *d = NULL;
    int r = pages_document_open(draw_memfd(data, len), &d);
    if (r == 0)
        r = pages_document_page(d, 0, wish, ret);
    pages_document_free(d);
    return r;
}

static void same_bytes(int a, int b)
{
    if (a < 0 && b < 0)
        return;
    int64_t len = scanpage_sealed_len(a, 1 << 26);
    assert_true(len > 0);
    assert_int_equal(scanpage_sealed_len(b, 1 << 26), len);
    void *x = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, a, 0);
    void *y = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, b, 0);
    assert_true(x != MAP_FAILED && y != MAP_FAILED);
    assert_memory_equal(x, y, (size_t)len);
    munmap(x, (size_t)len);
    munmap(y, (size_t)len);
}

/* Both ways, and the same of both. Returns what they gave. */
static int both(const uint8_t *data, size_t len, const struct pages_wish *wish,
                uint64_t dice)
{
    struct tap t = tap_of(data, len, dice);
    struct pages_page a = {.page_fd = -1};
    struct pages_page b = {.page_fd = -1};
    int r = by_document(data, len, wish, &a);
    assert_int_equal(by_inflow(&t, wish, &b), r);
    if (r < 0)
        return r;
    assert_int_equal(a.traits, b.traits);
    assert_memory_equal(&a.info, &b.info, sizeof(a.info));
    same_bytes(a.page_fd, b.page_fd);
    same_bytes(a.preview_fd, b.preview_fd);
    same_bytes(a.jpeg_fd, b.jpeg_fd);
    same_bytes(a.small_fd, b.small_fd);
    pages_page_close(&a);
    pages_page_close(&b);
    return r;
}

static const struct pages_wish wishes[] = {
    {.prep = SCANMSG_WITH_JPEG},
    {.prep = SCANMSG_WITH_JPEG | SCANMSG_STRAIGHTEN},
    {.prep = SCANMSG_WITH_JPEG | SCANMSG_FLATTEN},
    {.prep = SCANMSG_WITH_JPEG, .turn = 3},
    {.prep = SCANMSG_STRAIGHTEN, .crop = {100, 200, 9000, 8000}},
    {.dpi = 200},
};

static void test_same(void **state)
{
    uint64_t dice = test_seed();
    (void)state;
    for (int i = 0; i < 6; i++) {
        struct picture letter = draw_letter(620, 877, 14, i & 1 ? 2 : 0);
        struct picture gray = draw_gray(&letter);
        const struct coding c = {
            .quality = 85, .progressive = i == 2, .restart_rows = i == 3};
        size_t len;
        uint8_t *jpeg = draw_jpeg(i < 4 ? &letter : &gray, &c, &len);
        for (size_t k = 0; k < LK_ARRAY_LEN(wishes); k++)
            assert_int_equal(both(jpeg, len, &wishes[k], ++dice), 0);
        free(jpeg);
        picture_free(&gray);
        picture_free(&letter);
    }
}

/* Cut anywhere, and with any byte changed. */
static void test_broken(void **state)
{
    uint64_t dice = test_seed();
    struct picture letter = draw_letter(200, 300, 6, 0);
    const struct coding c = {.quality = 80};
    size_t len;
    uint8_t *jpeg = draw_jpeg(&letter, &c, &len);
    (void)state;
    for (int i = 0; i < 300; i++) {
        size_t at = below(&dice, len);
        uint8_t was = jpeg[at];
        (void)both(jpeg, 3 + below(&dice, len - 3), &wishes[i % 2], ++dice);
        jpeg[at] = (uint8_t)below(&dice, 256);
        if (at > 2)
            (void)both(jpeg, len, &wishes[i % 2], ++dice);
        jpeg[at] = was;
    }
    free(jpeg);
    picture_free(&letter);
}

/* Nobody wants it any more, at any byte: at once. */
static void test_cancelled(void **state)
{
    uint64_t dice = test_seed();
    struct picture letter = draw_letter(200, 300, 6, 0);
    const struct coding c = {.quality = 80};
    size_t len;
    uint8_t *jpeg = draw_jpeg(&letter, &c, &len);
    (void)state;
    for (int i = 0; i < 100; i++) {
        struct tap t = tap_of(jpeg, len, ++dice);
        struct pages_page p;
        t.stop = below(&dice, len - 1000);
        assert_int_equal(by_inflow(&t, &wishes[i % 2], &p), -ECANCELED);
    }
    free(jpeg);
    picture_free(&letter);
}

/* Fewer bytes are there than was said. */
static void test_short(void **state)
{
    struct picture letter = draw_letter(200, 300, 6, 0);
    const struct coding c = {.quality = 80};
    size_t len;
    uint8_t *jpeg = draw_jpeg(&letter, &c, &len);
    struct tap t = tap_of(jpeg, len / 2, 1);
    struct pages_page p;
    (void)state;
    t.len = len;
    assert_int_equal(by_inflow(&t, &wishes[0], &p), -EIO);
    free(jpeg);
    picture_free(&letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
