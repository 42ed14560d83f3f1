/* camera.c - a camera on a real kernel: found, filmed with, pulled out, found
 * again; its shutter; a photograph of a paper.
 *
 * Usage: qemu.camera pictures WHICH ROUNDS UNPLUG PLUG
 *        qemu.camera shutter WHICH CLOSE OPEN
 *        qemu.camera snapshot WHICH FILE.jpg
 *
 * WHICH as camera_id_is() has it; the other words are commands for sh, which do
 * what they are called. PLUG "": the node stayed, and works again when nobody
 * has it open. Exit code 0 when all went as it should.
 */
#include "base/clock.h"
#include "base/log.h"
#include "camera/id.h"
#include "camera/snapshot.h"
#include "camera/watch.h"
#include "media/media.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_US 30000000
#define DIFFERENT 5 /* pictures that are no still one */

struct test {
    const char *which;
    struct lk_loop *loop;
    struct camera_watch *watch;
    struct media *media;  /* NULL: a snapshot is wanted */
    struct lk_ring *self; /* what the far end gets, smaller */
    char node[CAMERA_NODE_MAX];
    int fd; /* for a snapshot */
    uint32_t last;
    unsigned different; /* pictures unlike the one before */
    unsigned same;
};

static int die(const char *what, int r)
{
    (void)fprintf(stderr, "qemu.camera: %s: %s\n", what,
                  r < 0 ? strerrorname_np(-r) : "no");
    _Exit(EXIT_FAILURE);
}

static void command(const char *line)
{
    const char *const argv[] = {"sh", "-c", line, NULL};
    pid_t pid;
    int status = -1;
    if (posix_spawn(&pid, "/bin/sh", NULL, NULL, (char *const *)argv,
                    environ) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0)
        die(line, -EIO);
}

static void came(void *arg, const char *node, int fd)
{
    struct test *t = arg;
    LK_AUTO_FD own = fd;
    struct camera_id id;
    struct camera *c;
    if (*t->node || camera_id_read("/sys", node, &id) < 0 ||
        !camera_id_is(&id, t->which))
        return;
    int r = camera_open(fcntl(own, F_DUPFD_CLOEXEC, 0), NULL, &c);
    (void)printf("%s is \"%s\" at %s, serial \"%s\": %s\n", node, id.name,
                 id.port, id.serial, r < 0 ? strerrorname_np(-r) : "a camera");
    if (r < 0)
        return;
    camera_free(c);
    memcpy(t->node, node, strlen(node) + 1);
    if (t->media)
        media_use_camera(t->media, lk_fd_take(&own), id.name);
    else
        t->fd = lk_fd_take(&own);
}

static void went(void *arg, const char *node)
{
    struct test *t = arg;
    if (strcmp(node, t->node) != 0)
        return;
    (void)printf("%s is gone\n", node);
    t->node[0] = '\0';
    if (t->media)
        media_use_camera(t->media, -1, NULL);
}

/* FNV-1a of the brightness, coarse: a still picture is the same each time. */
static void look(struct test *t)
{
    struct lk_ring_picture p;
    while (lk_ring_acquire(t->self, &p) == 1) {
        uint32_t h = 2166136261U;
        for (uint32_t y = 0; y < p.height_px; y += 4)
            for (uint32_t x = 0; x < p.width_px; x += 4)
                h = (h ^ p.plane[0][(size_t)y * p.stride + x]) * 16777619U;
        t->different += h != t->last;
        t->same = h == t->last ? t->same + 1 : 0;
        t->last = h;
    }
}

/* Until `done`, or it has failed. Gives how long it took, in milliseconds. */
static long until(struct test *t, bool (*done)(struct test *t),
                  const char *what)
{
    int64_t from = lk_clock_us();
    t->different = t->same = 0;
    while (!done(t)) {
        if (lk_clock_us() - from > PATIENCE_US)
            die(what, -ETIMEDOUT);
        int r = lk_loop_step(t->loop, 20000);
        if (r < 0)
            die("loop", r);
        if (t->self)
            look(t);
    }
    long ms = (long)((lk_clock_us() - from) / 1000);
    (void)printf("%s: after %ld ms\n", what, ms);
    (void)fflush(stdout);
    return ms;
}

static bool films(struct test *t)
{
    struct media_devices d;
    media_devices(t->media, &d);
    return d.camera == MEDIA_DEVICE_REAL && !d.camera_shut &&
           t->different >= DIFFERENT;
}

static bool says_none(struct test *t)
{
    struct media_devices d;
    media_devices(t->media, &d);
    return d.camera == MEDIA_DEVICE_NONE && t->same >= 2;
}

static bool says_shut(struct test *t)
{
    struct media_devices d;
    media_devices(t->media, &d);
    return d.camera_shut && t->same >= 2;
}

static bool is_found(struct test *t)
{
    return *t->node != '\0';
}

static void packets(void *arg, struct media_packets *p)
{
    (void)arg;
    media_packets_free(p);
}

static void nothing(void *arg)
{
    (void)arg;
}

static void start_media(struct test *t)
{
    const struct media_config c = {.pt = {96, 111}, .ssrc = {1, 2}};
    const struct media_callbacks cb = {.packets = packets,
                                       .keyframe_wanted = nothing};
    int remote, remote_wake, memory, wake;
    int r = media_init();
    if (r == 0)
        r = media_new(&c, &cb, t->loop, &t->media);
    if (r < 0)
        die("media", r);
    media_rings(t->media, &remote, &remote_wake, &memory, &wake);
    r = lk_ring_open(dup(memory), dup(wake), &t->self);
    if (r < 0)
        die("self-view", r);
    media_set_caption(t->media, MEDIA_CAPTION_NO_CAMERA, "NO CAMERA");
    media_set_caption(t->media, MEDIA_CAPTION_SHUT, "COVERED");
    media_capture(t->media, true);
    media_open(t->media, true);
}

static void start(struct test *t)
{
    const struct camera_watch_config c = {
        .dev = "/dev", .came = came, .went = went, .arg = t};
    int r = camera_watch_new(t->loop, &c, &t->watch);
    if (r < 0)
        die("watch", r);
}

static void open_again(struct test *t)
{
    media_use_camera(t->media, -1, NULL);
    t->node[0] = '\0';
    camera_watch_again(t->watch);
}

static void test_pictures(struct test *t, char **words)
{
    start_media(t);
    start(t);
    for (long left = strtol(words[0], NULL, 10); left > 0; left--) {
        until(t, films, "pictures");
        command(words[1]);
        until(t, says_none, "the still picture");
        if (*words[2])
            command(words[2]);
        else
            open_again(t);
    }
    until(t, films, "pictures");
}

static void test_shutter(struct test *t, char **words)
{
    start_media(t);
    start(t);
    for (int round = 0; round < 2; round++) {
        until(t, films, "pictures");
        command(words[0]);
        until(t, says_shut, "the picture that says so");
        command(words[1]);
    }
    until(t, films, "pictures");
}

/* --- papers ------------------------------------------------------------- */

struct photograph {
    const char *file;
    bool done;
};

static void taken(void *arg, int error, int fd)
{
    struct photograph *p = arg;
    uint8_t bytes[65536];
    LK_AUTO_FD own = fd;
    size_t total = 0;
    if (error < 0)
        die("snapshot", error);
    LK_AUTO_FD out =
        open(p->file, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    for (ssize_t n = 0;
         (n = pread(own, bytes, sizeof(bytes), (off_t)total)) > 0;
         total += (size_t)n)
        if (write(out, bytes, (size_t)n) != n)
            die(p->file, -errno);
    (void)printf("a JPEG of %zu bytes\n", total);
    p->done = true;
}

static void test_snapshot(struct test *t, char **words)
{
    struct photograph p = {.file = words[0]};
    struct camera *c;
    struct camera_snapshot *s = NULL;
    start(t);
    until(t, is_found, "the camera");
    int r = camera_open(t->fd, NULL, &c);
    if (r == 0)
        r = camera_snapshot_new(t->loop, c, CAMERA_SNAPSHOT_US, taken, &p, &s);
    while (r == 0 && !p.done)
        r = lk_loop_step(t->loop, 100000);
    if (r < 0)
        die("snapshot", r);
    camera_snapshot_free(s);
    camera_free(c);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int words;
        void (*run)(struct test *t, char **words);
    } tests[] = {{"pictures", 3, test_pictures},
                 {"shutter", 2, test_shutter},
                 {"snapshot", 1, test_snapshot}};
    struct test t = {.fd = -1};
    lk_log_init("qemu.camera", LK_LOG_INFO);
    int r = lk_loop_new(&t.loop);
    if (r < 0)
        die("loop", r);
    for (size_t i = 0; i < LK_ARRAY_LEN(tests); i++) {
        if (argc != tests[i].words + 3 || strcmp(argv[1], tests[i].name) != 0)
            continue;
        t.which = argv[2];
        tests[i].run(&t, argv + 3);
        camera_watch_free(t.watch);
        lk_ring_free(t.self);
        media_free(t.media);
        lk_loop_free(t.loop);
        return EXIT_SUCCESS;
    }
    return die("what is to be tested", -EINVAL);
}
