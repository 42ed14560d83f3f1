/* A USB/IP server that says whatever the input says.
 *
 * First byte: 1 the server's bytes from the beginning on; else the device is
 * opened properly first, and the rest is a script, a byte each: what to start
 * or cancel, or how many of the following bytes the server says.
 */
#include "base/clock.h"
#include "usb/usbip.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RUNNING_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct run {
    struct lk_loop *loop;
    int server;
    struct usb_opening *opening;
    struct usb_device *d;
    struct usb_transfer *running[RUNNING_MAX];
    unsigned bad;
};

static const uint8_t device[18] = {18,   1,    0,    2, 0, 0, 0, 64, 0x09,
                                   0x12, 0x02, 0x00, 0, 1, 1, 0, 0,  1};
static const uint8_t config[9 + 9 + 3 * 7] = {9,    2,    sizeof(config),
                                              0,    1,    1,
                                              0,    0x80, 50,
                                              9,    4,    0,
                                              0,    3,    7,
                                              1,    4,    0,
                                              7,    5,    0x02,
                                              2,    0,    2,
                                              0,    7,    5,
                                              0x81, 2,    0,
                                              2,    0,    7,
                                              5,    0x83, 3,
                                              8,    0,    4};
static const uint8_t text[6] = {6, 3, 'A', 0, 'B', 0};

/* Runs until nothing is ready any more, or nearly: three rounds are enough, and
 * the fuzzer's own alarm may cut some short. */
static void settle(struct run *r)
{
    for (int i = 0; i < 6; i++) {
        if (lk_loop_step(r->loop, 0) < 0)
            abort();
    }
}

static void say(struct run *r, const void *bytes, size_t len)
{
    uint8_t sink[4096];
    if (len > 0 && send(r->server, bytes, len, MSG_NOSIGNAL) < 0)
        return; /* hung up on: that is an end, too */
    settle(r);
    while (recv(r->server, sink, sizeof(sink), MSG_DONTWAIT) > 0)
        ;
}

static void on_done(void *arg, int status, const uint8_t *bytes, size_t len)
{
    struct usb_transfer **slot = arg;
    volatile uint8_t sum = 0;
    if (!*slot || status > 0 || len > 512)
        abort();
    for (size_t i = 0; bytes && i < len; i++)
        sum = (uint8_t)(sum + bytes[i]);
    *slot = NULL;
}

static void on_request(void *arg, int status, const uint8_t *bytes, size_t len)
{
    (void)arg;
    if (status > 0 || bytes || len > 0)
        abort();
}

static void on_opened(void *arg, int error, struct usb_device *d)
{
    struct run *r = arg;
    if ((error == 0) != (d != NULL))
        abort();
    r->opening = NULL;
    r->d = d;
}

static void put_answer(uint8_t head[48], uint8_t seq, size_t len)
{
    memset(head, 0, 48);
    head[3] = 3;
    head[7] = seq;
    head[27] = (uint8_t)len;
}

/* An opening that takes longer was interrupted by the machine. */
#define PAUSE_US 100000

/* False: the machine paused so long that something of the opening was given up,
 * which is no fault of the input. */
static bool say_opening(struct run *r)
{
    static const struct {
        const uint8_t *bytes;
        size_t len;
    } answers[] = {
        {device, sizeof(device)},
        {config, 9},
        {config, sizeof(config)},
        {text, 0},
        {text, 6},
        {text, 6},
    };
    int64_t began_us = lk_clock_us();
    uint8_t import[8 + 312] = {0x01, 0x11, 0x00, 0x03};
    uint8_t head[48];
    memcpy(import + 8 + 256, "1-1", 4);
    say(r, import, sizeof(import));
    for (size_t i = 0; i < LK_ARRAY_LEN(answers); i++) {
        put_answer(head, (uint8_t)(i + 1), answers[i].len);
        say(r, head, sizeof(head));
        say(r, answers[i].bytes, answers[i].len);
    }
    if (r->d && usb_claim(r->d, 0) == 0)
        return true;
    if (lk_clock_us() - began_us < PAUSE_US)
        abort();
    return false;
}

/* One of the script's actions, at most USB_TRANSFERS_MAX under way. */
static void act(struct run *r, uint8_t what)
{
    struct usb_transfer **slot = &r->running[what >> 3 & 3];
    struct usb_done done = {.fn = on_done, .arg = slot};
    struct usb_done request = {.fn = on_request, .arg = slot};
    const struct usb_setup s = {.type = 0xa1, .request = 1, .length = 64};
    int error = 0;
    switch (what & 7) {
    case 0:
        usb_cancel(*slot);
        return;
    case 1:
        error = usb_set_alternate(r->d, 0, 0, request);
        break;
    case 2:
        error = usb_clear_halt(r->d, 0x81, request);
        break;
    case 3:
        error = usb_reset(r->d, request);
        break;
    default:
        if (*slot)
            return;
        if ((what & 7) == 4)
            error = usb_in(r->d, 0x81, 512, 0, done, slot);
        else if ((what & 7) == 5)
            error = usb_out(r->d, 0x02, (struct usb_bytes){device, 18}, 0, done,
                            slot);
        else if ((what & 7) == 6)
            error = usb_in(r->d, 0x83, 8, 0, done, slot);
        else
            error = usb_control(r->d, &s, NULL, 0, done, slot);
    }
    r->bad += error < 0;
}

static void play(struct run *r, const uint8_t *data, size_t len)
{
    if (!say_opening(r))
        return;
    for (size_t at = 0; at < len;) {
        uint8_t what = data[at++];
        if (what < 128) {
            act(r, what);
            continue;
        }
        size_t n = LK_MIN((size_t)what - 127, len - at);
        say(r, data + at, n);
        at += n;
    }
}

static void serve(const uint8_t *data, size_t len, bool properly)
{
    int fds[2];
    struct run r = {0};
    if (lk_loop_new(&r.loop) < 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        abort();
    r.server = fds[0];
    if (usb_ip_open(r.loop, fds[1], "1-1", on_opened, &r, &r.opening) < 0)
        abort();
    if (properly)
        play(&r, data, len);
    else
        say(&r, data, LK_MIN(len, (size_t)65536));
    close(r.server);
    settle(&r);
    usb_opening_free(r.opening);
    usb_free(r.d);
    lk_loop_free(r.loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    serve(data + 1, len - 1, data[0] != 1);
    return 0;
}
