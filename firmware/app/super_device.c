#include "app/super_device.h"

#include "app/super_usb.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum role_state {
    ROLE_ABSENT, /* looked for, again and again */
    ROLE_GIVEN,  /* its program has it, and starts it */
    ROLE_WORKS,
    ROLE_ASIDE, /* `why` tells */
};

struct role {
    const struct super_device_role *role;
    enum role_state state;
    struct super_usb_place place;         /* of what was given or set aside */
    bool ready;                           /* its program runs */
    bool trouble;                         /* what was given last misbehaved */
    uint32_t id;                          /* of what was given last */
    int64_t bad_us[SUPER_DEVICE_BAD_MAX]; /* when it misbehaved, newest last; 0:
                                             not so often yet */
    char why[SUPER_DEVICE_WHY_MAX];
};

struct super_devices {
    struct lk_loop *loop;
    struct lk_timer *timer;
    struct super *super;
    struct super_devices_config config; /* but for its roles */
    struct super_device_role role[SUPER_DEVICES_MAX];
    struct role state[SUPER_DEVICES_MAX];
    size_t roles;
    uint32_t last_id;
};

static struct role *role_of(struct super_devices *d, size_t program)
{
    for (size_t i = 0; i < d->roles; i++)
        if (d->role[i].program == program)
            return &d->state[i];
    return NULL;
}

/* Opens what the configuration allows. The descriptor, or -ENODEV: it is not
 * there, or is the one that was set aside. */
static int role_open(struct super_devices *d, struct role *r,
                     struct super_usb_place *ret)
{
    const struct store_config_device *c = r->role->config;
    if (c->usbip[0]) {
        (void)snprintf(ret->port, sizeof(ret->port), "%s", c->busid);
        ret->number = 0;
        return r->state == ROLE_ASIDE ? -ENODEV : super_usb_connect(c->usbip);
    }
    const struct usb_allow allow = {
        .class_code = r->role->class_code, .rule = c->usb, .rules = c->usbs};
    int e = super_usb_find(d->config.sysfs, &allow, ret);
    if (e < 0)
        return e;
    /* The kernel numbers a device anew whenever it is plugged in. */
    if (r->state == ROLE_ASIDE && ret->bus == r->place.bus &&
        ret->number == r->place.number)
        return -ENODEV;
    return super_usb_open(d->config.nodes, ret);
}

static int role_give(struct super_devices *d, struct role *r)
{
    char how[USB_PORT_MAX + 16];
    struct super_usb_place place = {.number = 0};
    LK_AUTO_FD fd = role_open(d, r, &place);
    if (fd < 0)
        return fd;
    if (r->state == ROLE_ASIDE)
        memset(r->bad_us, 0, sizeof(r->bad_us)); /* another one */
    (void)snprintf(how, sizeof(how), "%s %s%s",
                   r->role->config->usbip[0] ? "usbip" : "usbfs", place.port,
                   r->trouble ? " reset" : "");
    struct supermsg m = {
        .type = SUPERMSG_DEVICE, .id = ++d->last_id, .text = how};
    int e = super_post(d->super, r->role->program, &m, fd);
    if (e < 0)
        return e;
    r->id = m.id;
    r->place = place;
    r->state = ROLE_GIVEN;
    r->why[0] = 0;
    return 0;
}

static void on_timer(void *arg, int64_t now_us)
{
    struct super_devices *d = arg;
    for (size_t i = 0; i < d->roles; i++) {
        struct role *r = &d->state[i];
        if (!r->ready || r->state == ROLE_GIVEN || r->state == ROLE_WORKS)
            continue;
        int e = role_give(d, r);
        if (e < 0 && e != -ENODEV && r->state == ROLE_ABSENT)
            (void)snprintf(r->why, sizeof(r->why), "cannot be opened: %s",
                           strerrorname_np(-e));
    }
    lk_timer_set(d->timer, now_us + d->config.look_us);
}

static void role_absent(struct super_devices *d, struct role *r)
{
    r->state = ROLE_ABSENT;
    lk_timer_set_in(d->timer, 0);
}

/* Once more is tried; after so many in so short a time it is set aside. */
static void role_bad(struct super_devices *d, struct role *r, const char *why)
{
    int64_t now_us = lk_loop_now_us(d->loop);
    size_t last = SUPER_DEVICE_BAD_MAX - 1;
    memmove(r->bad_us, r->bad_us + 1, last * sizeof(r->bad_us[0]));
    r->bad_us[last] = now_us;
    r->trouble = true;
    (void)snprintf(r->why, sizeof(r->why), "%s", why);
    bool aside =
        r->bad_us[0] > 0 && now_us - r->bad_us[0] < SUPER_DEVICE_BAD_US;
    LK_LOG(WARN, "super", "device=%s misbehaved why=\"%s\" %s", r->role->name,
           r->why, aside ? "set aside" : "tried again");
    if (!aside) {
        role_absent(d, r);
        return;
    }
    r->state = ROLE_ASIDE;
}

bool super_devices_message(struct super_devices *d, size_t program,
                           const struct supermsg *m)
{
    struct role *r = role_of(d, program);
    if (!r)
        return false;
    if (m->id != r->id || r->state == ROLE_ASIDE || r->state == ROLE_ABSENT)
        return true; /* of an earlier one */
    if (m->ok) {
        r->state = ROLE_WORKS;
        r->trouble = false;
        LK_LOG(INFO, "super", "device=%s works", r->role->name);
    } else if (m->text[0]) {
        role_bad(d, r, m->text);
    } else {
        if (r->state == ROLE_WORKS)
            LK_LOG(INFO, "super", "device=%s gone", r->role->name);
        r->trouble = false;
        r->state = ROLE_ABSENT; /* looked for at the usual pace */
    }
    return true;
}

void super_devices_ready(struct super_devices *d, size_t program)
{
    struct role *r = role_of(d, program);
    if (!r)
        return;
    r->ready = true;
    lk_timer_set_in(d->timer, 0);
}

void super_devices_ended(struct super_devices *d, size_t program, bool broke)
{
    struct role *r = role_of(d, program);
    if (!r)
        return;
    r->ready = false;
    if (r->state != ROLE_GIVEN && r->state != ROLE_WORKS)
        return;
    /* A device that brings its program down is to blame for it. What the
     * program left half done is cleared by a reset in any case. */
    r->trouble = true;
    if (broke)
        role_bad(d, r, "its program broke down");
    else
        r->state = ROLE_ABSENT;
}

bool super_devices_again(struct super_devices *d, const char *role)
{
    for (size_t i = 0; i < d->roles; i++) {
        struct role *r = &d->state[i];
        if (strcmp(d->role[i].name, role) != 0)
            continue;
        if (r->state != ROLE_ASIDE)
            return true;
        memset(r->bad_us, 0, sizeof(r->bad_us));
        role_absent(d, r);
        return true;
    }
    return false;
}

json_t *super_devices_answer(const struct super_devices *d)
{
    static const char *const word[] = {
        [ROLE_ABSENT] = "absent",
        [ROLE_GIVEN] = "starting",
        [ROLE_WORKS] = "works",
        [ROLE_ASIDE] = "set aside",
    };
    json_t *list = json_array();
    for (size_t i = 0; i < d->roles && list; i++) {
        const struct role *r = &d->state[i];
        json_t *one =
            json_pack("{s:s,s:s,s:s,s:s}", "device", d->role[i].name, "state",
                      word[r->state], "port", r->place.port, "why", r->why);
        if (json_array_append_new(list, one) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

const struct store_config_device *super_devices_config(
    const struct super_devices *d, const char *role)
{
    for (size_t i = 0; i < d->roles; i++)
        if (strcmp(d->role[i].name, role) == 0)
            return d->role[i].config;
    return NULL;
}

const struct super_devices_config super_devices_usual = {
    .sysfs = "/sys/bus/usb/devices",
    .nodes = "/dev/bus/usb",
    .look_us = 500000,
};

int super_devices_new(struct lk_loop *l,
                      const struct super_devices_config *config,
                      struct super_devices **ret)
{
    if (config->roles > SUPER_DEVICES_MAX)
        return -EINVAL;
    LK_AUTO(super_devices) d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->loop = l;
    d->config = *config;
    d->roles = config->roles;
    for (size_t i = 0; i < d->roles; i++) {
        d->role[i] = config->role[i];
        d->state[i] = (struct role){.role = &d->role[i]};
    }
    int r = lk_timer_new(l, on_timer, d, &d->timer);
    if (r == 0)
        *ret = LK_TAKE(d);
    return r;
}

struct super_devices *super_devices_free(struct super_devices *d)
{
    if (d) {
        d->timer = lk_timer_free(d->timer);
        free(d);
    }
    return NULL;
}

void super_devices_attach(struct super_devices *d, struct super *s)
{
    d->super = s;
}
