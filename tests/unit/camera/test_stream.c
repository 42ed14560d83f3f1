#include "camera/snapshot.h"
#include "camera/stream.h"
#include "camera_fake.h"
#include "oom.h"

#include <linux/videodev2.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct camera_wish vga = {640, 480, 30, false};
static uint8_t bytes[640 * 480 * 2];
static struct camera_picture seen;
static int pictures;

static void take(void *arg, const struct camera_picture *p)
{
    (void)arg;
    seen = *p;
    pictures++;
}

static void fake_vga(struct camera_fake *f)
{
    camera_fake_init(f);
    camera_fake_mode(f, CAMERA_YUYV, 640, 480, 30);
    f->picture = bytes;
    f->picture_len = sizeof(bytes);
    pictures = 0;
}

static struct camera *open_fake(struct camera_fake *f)
{
    struct camera *c;
    assert_int_equal(camera_open(dup(f->fd), &f->io, &c), 0);
    return c;
}

/* Waits for what comes next, as its result. */
static int next(struct camera *c, struct camera_stream *s)
{
    struct pollfd p = {.fd = camera_fd(c), .events = POLLIN};
    assert_int_equal(poll(&p, 1, 10000), 1);
    return camera_stream_take(s, take, NULL);
}

static void gives_pictures(void **state)
{
    (void)state;
    struct camera_fake f;
    struct camera_stream *s;
    fake_vga(&f);
    f.pictures = 20;
    struct camera *c = open_fake(&f);
    assert_int_equal(camera_stream_new(c, &vga, &s), 0);
    assert_int_equal(camera_stream_mode(s)->width_px, 640);
    assert_int_equal(f.rate, 30);
    for (int i = 0; i < 20; i++)
        assert_int_equal(next(c, s), 1);
    assert_int_equal(pictures, 20);
    assert_int_equal(seen.len, sizeof(bytes));
    assert_int_equal(seen.captured_us, 7000005);
    assert_int_equal(f.queued, CAMERA_BUFFERS);
    assert_int_equal(next(c, s), -ENODEV); /* unplugged */
    f.gone = true;
    assert_null(camera_stream_free(s));
    assert_int_equal(f.maps, 0);
    camera_free(c);
    camera_fake_finish(&f);
    assert_null(camera_stream_free(NULL));
}

/* Not ready yet. */
static void gives_none(void **state)
{
    (void)state;
    struct camera_fake f;
    struct camera_stream *s;
    fake_vga(&f);
    struct camera *c = open_fake(&f);
    assert_int_equal(camera_stream_new(c, &vga, &s), 0);
    assert_int_equal(next(c, s), 1);
    assert_int_equal(camera_stream_take(s, take, NULL), 0);
    camera_stream_free(s);
    /* And again on the same descriptor. */
    assert_int_equal(camera_stream_new(c, &vga, &s), 0);
    assert_int_equal(next(c, s), 1);
    camera_stream_free(s);
    camera_free(c);
    camera_fake_finish(&f);
}

/* What a bad driver or device says of one picture: it is left out, or the
 * stream is over. */
static void distrusts_buffers(void **state)
{
    (void)state;
    static const struct {
        uint32_t flags, index_off;
        size_t claimed;
        unsigned long refuse;
        int error, want;
    } cases[] = {
        {V4L2_BUF_FLAG_ERROR, 0, 0, 0, 0, 0},
        {0, 0, 1, 0, 0, 0},                 /* short */
        {0, 0, sizeof(bytes) + 1, 0, 0, 0}, /* beyond its buffer */
        {0, 77, 0, 0, 0, -EIO},
        {0, 0, 0, VIDIOC_DQBUF, -EIO, -EIO},
        {0, 0, 0, VIDIOC_DQBUF, -ENODEV, -ENODEV},
        {0, 0, 0, VIDIOC_DQBUF, -EINVAL, -EIO},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct camera_fake f;
        struct camera_stream *s;
        fake_vga(&f);
        struct camera *c = open_fake(&f);
        assert_int_equal(camera_stream_new(c, &vga, &s), 0);
        f.flags = cases[i].flags;
        f.index_off = cases[i].index_off;
        f.claimed_len = cases[i].claimed;
        f.refuse = cases[i].refuse;
        f.refuse_error = cases[i].error;
        assert_int_equal(next(c, s), cases[i].want);
        assert_int_equal(pictures, 0);
        camera_stream_free(s);
        assert_int_equal(f.maps, 0);
        camera_free(c);
        camera_fake_finish(&f);
    }
}

static void cannot_start(void **state)
{
    (void)state;
    static const struct {
        unsigned long refuse;
        int error, want;
        uint32_t stride_off, buffer_len;
    } cases[] = {
        {VIDIOC_S_FMT, -EBUSY, -EBUSY, 0, 0},
        {VIDIOC_S_FMT, -EINVAL, -EIO, 0, 0},
        {VIDIOC_REQBUFS, -ENOMEM, -ENOMEM, 0, 0},
        {VIDIOC_QUERYBUF, -EINVAL, -EIO, 0, 0},
        {VIDIOC_QBUF, -ENODEV, -ENODEV, 0, 0},
        {VIDIOC_STREAMON, -EPROTO, -EIO, 0, 0},
        {VIDIOC_ENUM_FMT, -EINVAL, -ENOTSUP, 0, 0},
        {0, 0, -ENOTSUP, 64, 0},                  /* rows with gaps */
        {0, 0, -EIO, 0, CAMERA_PICTURE_MAX + 1U}, /* a huge buffer */
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct camera_fake f;
        struct camera_stream *s = NULL;
        fake_vga(&f);
        f.refuse = cases[i].refuse;
        f.refuse_error = cases[i].error;
        f.stride_off = cases[i].stride_off;
        f.buffer_len = cases[i].buffer_len;
        struct camera *c = open_fake(&f);
        assert_int_equal(camera_stream_new(c, &vga, &s), cases[i].want);
        assert_null(s);
        assert_int_equal(f.maps, 0);
        camera_free(c);
        camera_fake_finish(&f);
    }
}

static int try_stream(struct camera *c)
{
    struct camera_stream *s = NULL;
    int r = camera_stream_new(c, &vga, &s);
    camera_stream_free(s);
    return r;
}

static void without_memory(void **state)
{
    (void)state;
    struct camera_fake f;
    int r;
    fake_vga(&f);
    struct camera *c = open_fake(&f);
    OOM_SWEEP(r, try_stream(c));
    assert_int_equal(f.maps, 0);
    camera_free(c);
    camera_fake_finish(&f);
}

/* --- snapshots ---------------------------------------------------------- */

#define LONG_US 60000000 /* never */
#define SHORT_US 20000   /* surely over */

static int snapshot_error, snapshot_fd;
static bool snapshot_told;

static void told(void *arg, int error, int fd)
{
    struct camera_snapshot **s = arg;
    assert_false(snapshot_told);
    snapshot_told = true;
    snapshot_error = error;
    snapshot_fd = fd;
    *s = camera_snapshot_free(*s);
}

static int snapshot(struct camera_fake *f, int64_t most_us)
{
    struct lk_loop *l;
    struct camera_snapshot *s = NULL;
    struct camera *c = open_fake(f);
    assert_int_equal(lk_loop_new(&l), 0);
    snapshot_told = false;
    int r = camera_snapshot_new(l, c, most_us, told, &s, &s);
    while (r == 0 && !snapshot_told)
        assert_int_equal(lk_loop_step(l, 100000), 0);
    assert_true(r < 0 || snapshot_told);
    camera_snapshot_free(s);
    lk_loop_free(l);
    camera_free(c);
    assert_int_equal(f->maps, 0);
    return r < 0 ? r : snapshot_error;
}

static void takes_a_snapshot(void **state)
{
    (void)state;
    struct camera_fake f;
    char copy[8] = "";
    fake_vga(&f);
    camera_fake_mode(&f, CAMERA_MJPEG, 640, 480, 30);
    camera_fake_mode(&f, CAMERA_MJPEG, 2592, 1944, 5);
    f.picture = (const uint8_t *)"picture";
    f.picture_len = 8;
    assert_int_equal(snapshot(&f, LONG_US), 0);
    assert_int_equal(f.set.width_px, 2592);
    assert_int_equal(pread(snapshot_fd, copy, sizeof(copy), 0), 8);
    assert_string_equal(copy, "picture");
    assert_int_equal(pwrite(snapshot_fd, "x", 1, 0), -1); /* sealed */
    close(snapshot_fd);
    camera_fake_finish(&f);
}

static void fails_to_take_one(void **state)
{
    (void)state;
    struct camera_fake f;
    fake_vga(&f);
    assert_int_equal(snapshot(&f, LONG_US), -ENOTSUP); /* no JPEG */
    camera_fake_mode(&f, CAMERA_MJPEG, 640, 480, 30);
    f.pictures = 3; /* unplugged meanwhile */
    assert_int_equal(snapshot(&f, LONG_US), -ENODEV);
    assert_int_equal(snapshot_fd, -1);
    f.pictures = -1;
    f.flags = V4L2_BUF_FLAG_ERROR; /* never a whole picture */
    assert_int_equal(snapshot(&f, SHORT_US), -ETIMEDOUT);
    assert_int_equal(snapshot_fd, -1);
    camera_fake_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_pictures),    cmocka_unit_test(gives_none),
        cmocka_unit_test(distrusts_buffers), cmocka_unit_test(cannot_start),
        cmocka_unit_test(without_memory),    cmocka_unit_test(takes_a_snapshot),
        cmocka_unit_test(fails_to_take_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
