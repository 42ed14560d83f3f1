#include "testing.h"

#include "ipc/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

struct pair {
    struct lk_ring *writer, *reader;
};

static void pair_open(struct pair *p, uint32_t w, uint32_t h)
{
    int mem, wake;
    assert_int_equal(lk_ring_new(w, h, &p->writer), 0);
    lk_ring_fds(p->writer, &mem, &wake);
    assert_int_equal(lk_ring_open(dup(mem), dup(wake), &p->reader), 0);
}

static void pair_close(struct pair *p)
{
    p->writer = lk_ring_free(p->writer);
    p->reader = lk_ring_free(p->reader);
    assert_null(p->writer);
}

static void fill(struct lk_ring_picture *pic, uint8_t value)
{
    size_t rows = (pic->height_px + 1) / 2;
    memset(pic->plane[0], value, (size_t)pic->stride * pic->height_px);
    memset(pic->plane[1], value, pic->stride / 2 * rows);
    memset(pic->plane[2], value, pic->stride / 2 * rows);
}

static void put(struct lk_ring *r, uint32_t w, uint32_t h, int64_t at)
{
    struct lk_ring_picture pic;
    assert_int_equal(lk_ring_begin(r, w, h, &pic), 0);
    fill(&pic, (uint8_t)pic.sequence);
    lk_ring_commit(r, at);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        uint32_t w, h;
        int want;
    } cases[] = {{0, 2, -EINVAL},
                 {2, 0, -EINVAL},
                 {1, 2, -EINVAL},
                 {LK_RING_WIDTH_MAX + 1, 2, -EINVAL},
                 {2, LK_RING_HEIGHT_MAX + 1, -EINVAL},
                 {2, 2, 0},
                 {LK_RING_WIDTH_MAX, LK_RING_HEIGHT_MAX, 0}};
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct lk_ring *r = NULL;
        int e = lk_ring_new(cases[i].w, cases[i].h, &r);
        assert_int_equal(e, cases[i].want);
        assert_int_equal(r != NULL, e == 0);
        lk_ring_free(r);
    }
    struct pair p;
    struct lk_ring_picture pic;
    pair_open(&p, 64, 48);
    assert_int_equal(lk_ring_begin(p.writer, 65, 48, &pic), -EMSGSIZE);
    assert_int_equal(lk_ring_begin(p.writer, 64, 49, &pic), -EMSGSIZE);
    assert_int_equal(lk_ring_begin(p.writer, 0, 48, &pic), -EINVAL);
    assert_int_equal(lk_ring_begin(p.reader, 64, 48, &pic), -EINVAL);
    assert_null(lk_ring_free(NULL));
    pair_close(&p);
}

static void test_newest_wins(void **state)
{
    (void)state;
    struct pair p;
    struct lk_ring_picture pic = {0};
    pair_open(&p, 64, 48);
    assert_int_equal(lk_ring_acquire(p.reader, &pic), 0);
    for (int i = 1; i <= 20; i++)
        put(p.writer, 64, 48, i * 1000);
    assert_int_equal(lk_ring_acquire(p.reader, &pic), 1);
    assert_int_equal(pic.sequence, 20);
    assert_int_equal(pic.captured_us, 20000);
    assert_int_equal(pic.plane[0][0], 20);
    assert_int_equal(lk_ring_acquire(p.reader, &pic), 0);
    /* The borrowed picture is not overwritten by later ones. */
    for (int i = 0; i < 20; i++)
        put(p.writer, 64, 48, 0);
    assert_int_equal(pic.plane[0][0], 20);
    lk_ring_release(p.reader);
    assert_int_equal(lk_ring_acquire(p.reader, &pic), 1);
    assert_int_equal(pic.sequence, 40);
    /* A commit without a begun picture changes nothing. */
    lk_ring_commit(p.writer, 0);
    assert_int_equal(lk_ring_acquire(p.reader, &pic), 0);
    pair_close(&p);
}

static void test_sizes_change(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{64, 48}, {33, 17}, {1, 1}, {2, 47}};
    struct pair p;
    struct lk_ring_picture pic;
    pair_open(&p, 64, 48);
    for (size_t i = 0; i < LK_ARRAY_LEN(sizes); i++) {
        put(p.writer, sizes[i][0], sizes[i][1], 0);
        assert_int_equal(lk_ring_acquire(p.reader, &pic), 1);
        assert_int_equal(pic.width_px, sizes[i][0]);
        assert_int_equal(pic.height_px, sizes[i][1]);
        assert_true(pic.stride >= pic.width_px && pic.stride % 2 == 0);
        size_t last = pic.stride / 2 * ((pic.height_px + 1) / 2) - 1;
        assert_int_equal(pic.plane[2][last], i + 1);
    }
    pair_close(&p);
}

static void test_wake(void **state)
{
    (void)state;
    struct pair p;
    struct lk_ring_picture pic;
    int mem, wake;
    pair_open(&p, 64, 48);
    lk_ring_fds(p.reader, &mem, &wake);
    struct pollfd f = {.fd = wake, .events = POLLIN};
    assert_int_equal(poll(&f, 1, 0), 0);
    put(p.writer, 64, 48, 0);
    put(p.writer, 64, 48, 0);
    assert_int_equal(poll(&f, 1, 0), 1);
    assert_int_equal(lk_ring_acquire(p.reader, &pic), 1);
    assert_int_equal(poll(&f, 1, 0), 0);
    pair_close(&p);
}

/* A second reader, after the first one died with a picture in its hand. */
static void test_reader_returns(void **state)
{
    (void)state;
    struct pair p;
    struct lk_ring_picture pic;
    int mem, wake;
    pair_open(&p, 64, 48);
    lk_ring_fds(p.writer, &mem, &wake);
    for (int i = 1; i <= 7; i++) {
        put(p.writer, 64, 48, 0);
        assert_int_equal(lk_ring_acquire(p.reader, &pic), 1);
        p.reader = lk_ring_free(p.reader);
        assert_int_equal(lk_ring_open(dup(mem), dup(wake), &p.reader), 0);
        put(p.writer, 64, 48, 0);
        assert_int_equal(lk_ring_acquire(p.reader, &pic), 1);
        assert_int_equal(pic.sequence, 2 * i);
    }
    pair_close(&p);
}

static void refuse(int mem, int wake)
{
    struct lk_ring *r = NULL;
    assert_int_equal(lk_ring_open(mem, wake, &r), -EBADMSG);
    assert_null(r);
    assert_int_equal(fcntl(mem, F_GETFD), -1); /* it took the descriptors */
}

static int memory(size_t len, int seals)
{
    int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)len), 0);
    if (seals)
        assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

static void test_open_refuses(void **state)
{
    (void)state;
    int seals = F_SEAL_GROW | F_SEAL_SHRINK;
    refuse(memory(1 << 20, 0), eventfd(0, EFD_CLOEXEC));
    refuse(memory(1 << 20, F_SEAL_GROW), eventfd(0, EFD_CLOEXEC));
    refuse(memory(1 << 20, seals), eventfd(0, EFD_CLOEXEC));
    refuse(memory(0, seals), eventfd(0, EFD_CLOEXEC));
    refuse(open("/dev/null", O_RDWR | O_CLOEXEC), -1);
    int p[2];
    assert_int_equal(pipe2(p, O_CLOEXEC), 0);
    refuse(p[0], p[1]);
    /* Right but for the sizes it tells of. */
    static const uint32_t lies[][2] = {
        {640, 480}, {1920, 1920}, {0, 0}, {UINT32_MAX, 2}};
    for (size_t i = 0; i < LK_ARRAY_LEN(lies); i++) {
        struct lk_ring *w;
        int mem, wake;
        assert_int_equal(lk_ring_new(64, 48, &w), 0);
        lk_ring_fds(w, &mem, &wake);
        assert_int_equal(pwrite(mem, lies[i], 8, 4), 8);
        refuse(dup(mem), dup(wake));
        lk_ring_free(w);
    }
}

static uint32_t rng(uint32_t *s)
{
    *s = *s * 1664525U + 1013904223U;
    return *s >> 8;
}

static void touch(const struct lk_ring_picture *pic)
{
    size_t n = pic->stride / 2 * ((pic->height_px + 1) / 2);
    volatile uint8_t sum = pic->plane[0][0];
    sum = (uint8_t)(sum +
                    pic->plane[0][(size_t)pic->stride * pic->height_px - 1]);
    sum = (uint8_t)(sum + pic->plane[1][0] + pic->plane[1][n - 1]);
    sum = (uint8_t)(sum + pic->plane[2][0] + pic->plane[2][n - 1]);
    (void)sum;
}

/* Random words all over the control block: the reader may refuse, and must
 * never touch what is not there. It still wakes for an honest picture. */
static void test_hostile_writer(void **state)
{
    (void)state;
    uint32_t seed = (uint32_t)test_seed();
    struct pair p;
    int mem, wake, bad = 0, good = 0;
    pair_open(&p, 64, 48);
    lk_ring_fds(p.writer, &mem, &wake);
    for (int i = 0; i < 200000; i++) {
        static const uint32_t nice[] = {0,  1,  2,  3,  4,  5,          6,
                                        7,  16, 48, 64, 80, UINT32_MAX, 49,
                                        65, 63, 62, 66, 32, 1U << 31};
        uint32_t v = rng(&seed) % 3 ? nice[rng(&seed) % LK_ARRAY_LEN(nice)]
                                    : rng(&seed) << 8;
        off_t at = (off_t)(rng(&seed) % 36) * 4;
        assert_int_equal(pwrite(mem, &v, 4, at), 4);
        if (rng(&seed) % 4 == 0)
            put(p.writer, 64, 48, 0);
        struct lk_ring_picture pic;
        int r = lk_ring_acquire(p.reader, &pic);
        assert_true(r == 0 || r == 1 || r == -EBADMSG);
        good += r == 1;
        bad += r < 0;
        if (r == 1)
            touch(&pic);
    }
    print_message("taken %d, refused %d\n", good, bad);
    assert_true(good > 0 && bad > 0);
    pair_close(&p);
}

/* The writer makes the wake-up descriptor blocking, or no eventfd at all. */
static void test_hostile_wake(void **state)
{
    (void)state;
    struct lk_ring *w, *r;
    struct lk_ring_picture pic;
    int mem, wake;
    assert_int_equal(lk_ring_new(64, 48, &w), 0);
    lk_ring_fds(w, &mem, &wake);
    assert_int_equal(lk_ring_open(dup(mem), eventfd(0, EFD_CLOEXEC), &r), 0);
    put(w, 64, 48, 0);
    assert_int_equal(lk_ring_acquire(r, &pic), 1);
    lk_ring_free(r);
    int p[2];
    assert_int_equal(pipe2(p, O_CLOEXEC), 0);
    assert_int_equal(lk_ring_open(dup(mem), p[0], &r), 0);
    put(w, 64, 48, 0);
    assert_int_equal(lk_ring_acquire(r, &pic), 1);
    lk_ring_free(r);
    close(p[1]);
    lk_ring_free(w);
}

#define STRESS 20000

static atomic_bool stress_done;

static void *stress_writer(void *arg)
{
    struct lk_ring *r = arg;
    for (int i = 0; i < STRESS; i++) {
        struct lk_ring_picture pic;
        if (lk_ring_begin(r, 64, 48, &pic) != 0)
            break;
        fill(&pic, (uint8_t)pic.sequence);
        lk_ring_commit(r, (int64_t)pic.sequence);
    }
    atomic_store(&stress_done, true);
    return NULL;
}

/* Two threads: sequences only rise, no picture is ever torn, and the last one
 * arrives. */
static void test_two_threads(void **state)
{
    (void)state;
    struct pair p;
    pthread_t t;
    uint64_t last = 0;
    unsigned taken = 0;
    pair_open(&p, 64, 48);
    atomic_store(&stress_done, false);
    assert_int_equal(pthread_create(&t, NULL, stress_writer, p.writer), 0);
    for (bool end = false; !end || last < STRESS;) {
        struct lk_ring_picture pic;
        end = atomic_load(&stress_done);
        int r = lk_ring_acquire(p.reader, &pic);
        assert_true(r >= 0);
        if (r == 0) {
            assert_true(!end || last == STRESS);
            continue;
        }
        assert_true(pic.sequence > last);
        last = pic.sequence;
        assert_int_equal(pic.captured_us, last);
        for (size_t i = 0; i < (size_t)pic.stride * 48 * 3 / 2; i++)
            if (pic.plane[0][i] != (uint8_t)last)
                fail_msg("torn picture %llu", (unsigned long long)last);
        taken++;
    }
    pthread_join(t, NULL);
    print_message("taken %u of %d\n", taken, STRESS);
    pair_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_newest_wins),
        cmocka_unit_test(test_sizes_change),
        cmocka_unit_test(test_wake),
        cmocka_unit_test(test_reader_returns),
        cmocka_unit_test(test_open_refuses),
        cmocka_unit_test(test_hostile_writer),
        cmocka_unit_test(test_hostile_wake),
        cmocka_unit_test(test_two_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
