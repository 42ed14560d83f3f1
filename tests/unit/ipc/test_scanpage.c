#include "testing.h"

#include "ipc/scanpage.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int make(const struct scanpage_info *i, uint32_t rows)
{
    size_t stride = scanpage_stride(i);
    struct scanpage_draft *d = NULL;
    assert_int_equal(scanpage_draft_new(i, &d), 0);
    for (uint32_t y = 0; y < rows; y++)
        memset(d->rows + y * stride, (int)y + 1, stride);
    int fd = scanpage_draft_seal(d);
    assert_true(fd >= 0);
    assert_null(d->rows);
    assert_null(scanpage_draft_free(d));
    return fd;
}

static void test_round_trip(void **state)
{
    (void)state;
    const struct scanpage_info info = {100, 7, 3, 300};
    struct scanpage *p = NULL;
    assert_int_equal(scanpage_open(make(&info, 5), &p), 0);
    assert_memory_equal(&p->info, &info, sizeof(info));
    for (size_t y = 0; y < 7; y++)
        for (size_t x = 0; x < 300; x++)
            assert_int_equal(p->rows[y * 300 + x], y < 5 ? y + 1 : 0);
    /* nobody can change it any more */
    assert_int_equal(write(p->fd, "x", 1), -1);
    assert_int_equal(ftruncate(p->fd, 1), -1);
    assert_null(scanpage_free(p));
    assert_null(scanpage_free(NULL));
}

static void test_ceilings(void **state)
{
    (void)state;
    static const struct {
        struct scanpage_info i;
        int expect;
    } table[] = {
        {{4960, 7016, 3, 600}, 0},
        {{3508, 4961, 3, 300}, 0},
        {{SCANPAGE_SIDE_MAX, 1, 1, 0}, 0},
        {{0, 1, 1, 0}, -EINVAL},
        {{1, 0, 1, 0}, -EINVAL},
        {{1, 1, 2, 0}, -EINVAL},
        {{1, 1, 0, 0}, -EINVAL},
        {{SCANPAGE_SIDE_MAX + 1, 1, 1, 0}, -EMSGSIZE},
        {{1, 0xffffffff, 1, 0}, -EMSGSIZE},
        {{SCANPAGE_SIDE_MAX, SCANPAGE_SIDE_MAX, 3, 0}, -EMSGSIZE},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        assert_int_equal(scanpage_check(&table[i].i), table[i].expect);
}

/* Rows that are put are there, in the page alone. */
static void test_put(void **state)
{
    (void)state;
    const struct scanpage_info info = {100, 20, 3, 0};
    struct scanpage_draft *d = NULL;
    uint8_t rows[300 * 4];
    memset(rows, 9, sizeof(rows));
    assert_int_equal(scanpage_draft_new(&info, &d), 0);
    assert_int_equal(scanpage_draft_put(d, 0, rows, 4), 0);
    assert_int_equal(scanpage_draft_put(d, 17, rows, 3), 0);
    assert_int_equal(scanpage_draft_put(d, 20, rows, 0), 0);
    assert_int_equal(scanpage_draft_put(d, 17, rows, 4), -EINVAL);
    assert_int_equal(scanpage_draft_put(d, 21, rows, 0), -EINVAL);
    assert_int_equal(scanpage_draft_put(d, 1, rows, 0xffffffff), -EINVAL);
    for (size_t i = 0; i < scanpage_bytes(&info); i++)
        assert_int_equal(d->rows[i], i < 1200 || i >= 5100 ? 9 : 0);
    struct stat st;
    assert_int_equal(fstat(d->fd, &st), 0);
    assert_int_equal(st.st_size, SCANPAGE_HEADER_LEN + 6000);
    scanpage_draft_free(d);
}

/* What is forgotten is zero, and what follows stays. */
static void test_forget(void **state)
{
    (void)state;
    const struct scanpage_info info = {1000, 100, 3, 0};
    struct scanpage_draft *d = NULL;
    struct stat before;
    struct stat after;
    assert_int_equal(scanpage_draft_new(&info, &d), 0);
    memset(d->rows, 7, scanpage_bytes(&info));
    assert_int_equal(fstat(d->fd, &before), 0);
    scanpage_draft_forget(d, 60);
    assert_int_equal(fstat(d->fd, &after), 0);
    assert_true(after.st_blocks < before.st_blocks / 2);
    for (size_t i = 0; i < scanpage_bytes(&info); i++)
        assert_int_equal(d->rows[i], i < 60 * 3000 ? 0 : 7);
    scanpage_draft_forget(d, 1000);
    assert_int_equal(d->rows[scanpage_bytes(&info) - 1], 0);
    scanpage_draft_free(d);
    assert_null(scanpage_draft_free(NULL));
}

static void test_not_a_page(void **state)
{
    (void)state;
    const struct scanpage_info info = {2, 1, 1, 0};
    struct scanpage *p = NULL;
    uint8_t good[SCANPAGE_HEADER_LEN + 2];
    int fd = make(&info, 1);
    assert_int_equal(pread(fd, good, sizeof(good), 0), sizeof(good));
    close(fd);
    /* each byte of what tells the size, changed; and a length that lies */
    for (size_t i = 0; i <= 20; i++) {
        fd = memfd_create("t", MFD_ALLOW_SEALING);
        if (i < 20)
            good[i] ^= 0x40;
        size_t len = sizeof(good) - (i == 20);
        assert_int_equal(write(fd, good, len), len);
        if (i < 20)
            good[i] ^= 0x40;
        assert_int_equal(scanpage_seal(fd), 0);
        assert_int_equal(scanpage_open(fd, &p), -EBADMSG);
    }
    /* not sealed; no memory at all; a pipe */
    fd = memfd_create("t", MFD_ALLOW_SEALING);
    assert_int_equal(write(fd, good, sizeof(good)), sizeof(good));
    assert_int_equal(scanpage_open(fd, &p), -EBADMSG);
    assert_int_equal(scanpage_open(-1, &p), -EBADMSG);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(scanpage_open(pipes[0], &p), -EBADMSG);
    close(pipes[1]);
    assert_null(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_put),        cmocka_unit_test(test_forget),
        cmocka_unit_test(test_not_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
