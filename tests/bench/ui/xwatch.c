/* xwatch.c - touches a screen and says when its pixels changed, from outside,
 * the same for every program under test.
 *
 *   bench-xwatch DISPLAY
 *
 * in   "tap X Y SETTLE_MS" lines: a press, 120 ms later a release; watched
 * until nothing has changed for SETTLE_MS out  one JSON line each: "press_ms"
 * from the press to the first changed pixel, "release_ms" from the release to
 * the first pixel that changed after it, "settled_ms" from the release to the
 * last change; -1 where nothing changed. "idle N" answers with the changes seen
 * in N ms.
 */
#include "base/clock.h"
#include "base/defs.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/XTest.h>

#define HELD_US 120000
#define LOOK_MS 1
#define GIVE_UP_US (5 * INT64_C(1000000))

struct watch {
    Display *display;
    XShmSegmentInfo segment;
    XImage *image;
    uint8_t *last; /* the screen as it was when last looked at */
    size_t len;
};

static void die(const char *what)
{
    (void)fprintf(stderr, "bench-xwatch: %s\n", what);
    exit(EXIT_FAILURE);
}

static void watch_open(struct watch *w, const char *name)
{
    w->display = XOpenDisplay(name);
    if (!w->display)
        die("no display");
    int screen = DefaultScreen(w->display);
    w->image = XShmCreateImage(w->display, DefaultVisual(w->display, screen),
                               (unsigned)DefaultDepth(w->display, screen),
                               ZPixmap, NULL, &w->segment,
                               (unsigned)DisplayWidth(w->display, screen),
                               (unsigned)DisplayHeight(w->display, screen));
    if (!w->image)
        die("no shared image");
    w->len = (size_t)w->image->bytes_per_line * (size_t)w->image->height;
    w->segment.shmid = shmget(IPC_PRIVATE, w->len, IPC_CREAT | 0600);
    w->segment.shmaddr = w->image->data = shmat(w->segment.shmid, NULL, 0);
    w->last = malloc(w->len);
    if (!XShmAttach(w->display, &w->segment) || !w->last)
        die("no memory");
    XSync(w->display, False);
    shmctl(w->segment.shmid, IPC_RMID, NULL);
}

/* Whether the screen differs from when it was last looked at. */
static bool watch_changed(struct watch *w)
{
    XShmGetImage(w->display, DefaultRootWindow(w->display), w->image, 0, 0,
                 AllPlanes);
    if (memcmp(w->last, w->image->data, w->len) == 0)
        return false;
    memcpy(w->last, w->image->data, w->len);
    return true;
}

static double ms_since(int64_t from_us, int64_t at_us)
{
    return at_us < 0 ? -1 : (double)(at_us - from_us) / 1000;
}

/* Looks until `until_us`; returns when the first change was seen, or -1. With
 * settle_us, goes on until nothing has changed for so long. */
static int64_t watch_until(struct watch *w, int64_t until_us, int64_t settle_us,
                           int64_t *ret_last_us)
{
    int64_t first = -1;
    *ret_last_us = -1;
    int64_t quiet = until_us;
    while (lk_clock_us() < quiet) {
        if (watch_changed(w)) {
            int64_t now = lk_clock_us();
            first = first < 0 ? now : first;
            *ret_last_us = now;
            if (settle_us > 0)
                quiet = LK_MIN(now + settle_us, until_us);
        }
        (void)poll(NULL, 0, LOOK_MS);
    }
    return first;
}

static void button(struct watch *w, bool down)
{
    XTestFakeButtonEvent(w->display, 1, down, CurrentTime);
    XSync(w->display, False);
}

static void tap(struct watch *w, int x, int y, int settle_ms)
{
    int64_t ignored;
    int64_t last;
    XTestFakeMotionEvent(w->display, -1, x, y, CurrentTime);
    XSync(w->display, False);
    (void)watch_until(w, lk_clock_us() + HELD_US, 0, &ignored); /* hovering */
    int64_t down = lk_clock_us();
    button(w, true);
    int64_t pressed = watch_until(w, down + HELD_US, 0, &ignored);
    int64_t up = lk_clock_us();
    button(w, false);
    int64_t released =
        watch_until(w, up + GIVE_UP_US, (int64_t)settle_ms * 1000, &last);
    printf("{\"press_ms\":%.1f,\"release_ms\":%.1f,\"settled_ms\":%.1f}\n",
           ms_since(down, pressed), ms_since(up, released), ms_since(up, last));
}

static void idle(struct watch *w, int ms)
{
    int changes = 0;
    int64_t end = lk_clock_us() + (int64_t)ms * 1000;
    (void)watch_changed(w);
    while (lk_clock_us() < end) {
        changes += watch_changed(w);
        (void)poll(NULL, 0, LOOK_MS);
    }
    printf("{\"changes\":%d}\n", changes);
}

int main(int argc, char **argv)
{
    struct watch w = {0};
    char line[128];
    if (argc != 2)
        die("usage: bench-xwatch DISPLAY");
    watch_open(&w, argv[1]);
    while (fgets(line, sizeof(line), stdin)) {
        char *at = line + strcspn(line, " ");
        int n[3];
        for (size_t i = 0; i < LK_ARRAY_LEN(n); i++)
            n[i] = (int)strtol(at, &at, 10);
        if (strncmp(line, "tap ", 4) == 0)
            tap(&w, n[0], n[1], n[2]);
        else if (strncmp(line, "idle ", 5) == 0)
            idle(&w, n[0]);
        else
            die("bad line");
        (void)fflush(stdout);
    }
    free(w.last);
    XCloseDisplay(w.display);
    return EXIT_SUCCESS;
}
