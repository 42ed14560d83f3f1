#include "app/device_desk.h"

#include "base/log.h"
#include "usb/usbfs.h"
#include "usb/usbip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* super puts this behind the words of a device that has misbehaved. */
static const char after_trouble[] = " reset";

struct device_desk {
    struct device_desk_config config;
    struct lk_timer *timer;      /* opening takes too long */
    struct lk_timer *end;        /* due at once: see desk_end() */
    struct usb_opening *opening; /* NULL: none under way */
    struct usb_device *device;   /* being reset; a driver has its own */
    bool driven;                 /* opened() was called, gone() was not */
    bool reset_first;
    bool ending; /* `end` is set */
    bool unplugged;
    uint32_t id; /* super's, of what was given last */
    enum device_desk_state state;
    char why[DEVICE_DESK_WHY_MAX];
};

/* Closes it, or has its driver do so. */
static void desk_close(struct device_desk *d)
{
    lk_timer_clear(d->timer);
    d->opening = usb_opening_free(d->opening);
    if (d->driven) {
        d->driven = false;
        d->config.gone(d->config.arg);
    }
    d->device = usb_free(d->device);
}

static void tell_super(struct device_desk *d, bool works, const char *why)
{
    int r = superlink_device_state(d->config.super, d->id, works, why);
    if (r < 0) /* super sees the program's end, or its next word */
        LK_LOG(WARN, "device", "what=state err=%s", strerrorname_np(-r));
}

static void on_end(void *arg, int64_t now_us)
{
    struct device_desk *d = arg;
    (void)now_us;
    d->ending = false;
    desk_close(d);
    d->state = d->unplugged ? DEVICE_DESK_NONE : DEVICE_DESK_BAD;
    tell_super(d, false, d->why);
}

/* From the loop: what calls this may be a callback of the device itself. */
static void desk_end(struct device_desk *d, const char *why)
{
    if (d->ending || d->state == DEVICE_DESK_NONE ||
        d->state == DEVICE_DESK_BAD)
        return;
    d->ending = true;
    d->unplugged = !why;
    (void)snprintf(d->why, sizeof(d->why), "%s", why ? why : "");
    lk_timer_set_in(d->end, 0);
}

static void on_gone(void *arg)
{
    desk_end(arg, NULL);
}

static void on_timer(void *arg, int64_t now_us)
{
    (void)now_us;
    desk_end(arg, "it does not answer when it is opened");
}

static void desk_drive(struct device_desk *d)
{
    const char *why = d->config.fits(usb_descriptors(d->device));
    if (why) {
        desk_end(d, why);
        return;
    }
    lk_timer_clear(d->timer); /* from here on the driver watches the clock */
    usb_on_gone(d->device, NULL, NULL);
    d->driven = true;
    d->config.opened(d->config.arg, LK_TAKE(d->device));
}

static void on_reset(void *arg, int status, const uint8_t *data, size_t len)
{
    struct device_desk *d = arg;
    (void)data;
    (void)len;
    if (status == 0)
        desk_drive(d);
    else if (status == -ENODEV)
        desk_end(d, NULL);
    else
        desk_end(d, "it cannot be reset");
}

static void on_opened(void *arg, int error, struct usb_device *device)
{
    struct device_desk *d = arg;
    d->opening = NULL;
    if (error == -ENODEV || error == -ECONNRESET || error == -ENOENT) {
        desk_end(d, NULL);
        return;
    }
    if (error < 0) {
        char why[DEVICE_DESK_WHY_MAX];
        (void)snprintf(why, sizeof(why), "it cannot be opened: %s",
                       strerrorname_np(-error));
        desk_end(d, why);
        return;
    }
    d->device = device;
    usb_on_gone(device, on_gone, d);
    if (!d->reset_first) {
        desk_drive(d);
        return;
    }
    const struct usb_done done = {.fn = on_reset, .arg = d};
    int r = usb_reset(device, done);
    if (r < 0)
        desk_end(d, r == -ENODEV ? NULL : "it cannot be reset");
}

/* `how` is super's: "usbfs PORT" or "usbip BUSID", and after_trouble. */
static int open_how(struct device_desk *d, const char *how, int fd)
{
    LK_AUTO_FD own = fd;
    char busid[USB_IP_BUSID_MAX];
    size_t len = strcspn(how, " ");
    const char *where = how[len] ? how + len + 1 : how + len;
    size_t where_len = strcspn(where, " ");
    int r = -EINVAL;
    d->reset_first = strcmp(where + where_len, after_trouble) == 0;
    if (strncmp(how, "usbfs", len) == 0) {
        r = usb_fs_open(d->config.loop, own, on_opened, d, &d->opening);
    } else if (strncmp(how, "usbip", len) == 0 && where_len < sizeof(busid)) {
        memcpy(busid, where, where_len);
        busid[where_len] = 0;
        r = usb_ip_open(d->config.loop, own, busid, on_opened, d, &d->opening);
    }
    if (r == 0)
        (void)lk_fd_take(&own); /* the opening's */
    return r;
}

void device_desk_given(struct device_desk *d, uint32_t id, const char *how,
                       int fd)
{
    d->ending = false;
    lk_timer_clear(d->end);
    desk_close(d); /* super gives one at a time: the old one is dead to it */
    d->id = id;
    d->state = DEVICE_DESK_OPENING;
    d->why[0] = 0;
    lk_timer_set_in(d->timer, DEVICE_DESK_OPEN_US);
    int r = open_how(d, how, fd);
    if (r < 0)
        desk_end(d, "it cannot be opened");
}

void device_desk_works(struct device_desk *d)
{
    if (!d->driven || d->ending)
        return;
    d->state = DEVICE_DESK_WORKS;
    tell_super(d, true, "");
}

void device_desk_misbehaved(struct device_desk *d, const char *why)
{
    desk_end(d, why);
}

void device_desk_unplugged(struct device_desk *d)
{
    desk_end(d, NULL);
}

enum device_desk_state device_desk_state(const struct device_desk *d,
                                         const char **ret_why)
{
    *ret_why = d->why;
    return d->state;
}

const char *device_desk_word(enum device_desk_state state)
{
    static const char *const word[] = {
        [DEVICE_DESK_NONE] = "none",
        [DEVICE_DESK_OPENING] = "opening",
        [DEVICE_DESK_WORKS] = "works",
        [DEVICE_DESK_BAD] = "bad",
    };
    return word[state];
}

int device_desk_new(const struct device_desk_config *config,
                    struct device_desk **ret)
{
    LK_AUTO(device_desk) d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->config = *config;
    int r = lk_timer_new(config->loop, on_timer, d, &d->timer);
    if (r == 0)
        r = lk_timer_new(config->loop, on_end, d, &d->end);
    if (r == 0)
        *ret = LK_TAKE(d);
    return r;
}

struct device_desk *device_desk_free(struct device_desk *d)
{
    if (d) {
        d->driven = false;
        if (d->timer)
            desk_close(d);
        d->end = lk_timer_free(d->end);
        d->timer = lk_timer_free(d->timer);
        free(d);
    }
    return NULL;
}
