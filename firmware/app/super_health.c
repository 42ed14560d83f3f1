#include "app/super_health.h"

#include "base/log.h"
#include "health/cert.h"
#include "health/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct super_health {
    struct lk_loop *loop;
    struct super_health_config config;
    struct super *super;
    const struct super_devices *devices;
    struct lk_timer *timer;
    int64_t since_us;
    int64_t disk_due_us;
    int64_t cert_due_us;
    int64_t tell_due_us;
    struct health_report slow; /* certificates and disks, as last looked at */
    struct health_report told;
};

/* --- certificates and disks --------------------------------------------- */

/* A file that cannot be read has ended already: somebody must look at it. */
static int64_t file_ends(const char *path)
{
    char pem[HEALTH_PEM_MAX];
    int64_t ends = 0;
    LK_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : pread(fd, pem, sizeof(pem), 0);
    if (n < 0 || health_cert_ends(pem, (size_t)n, &ends) < 0)
        return 0;
    return LK_MIN(ends, (int64_t)HEALTH_TIME_MAX);
}

static void cert_look(struct health_report *r, const char *name,
                      const char *path)
{
    if (*path)
        (void)health_cert_add(r, name, file_ends(path)); /* the first ones */
}

static void certs_look(struct super_health *h)
{
    const struct store_config *c = h->config.config;
    h->slow.certs = 0;
    cert_look(&h->slow, "device", c->device_cert);
    cert_look(&h->slow, "tls", c->tls_cert);
    cert_look(&h->slow, "tls-ca", c->tls_ca);
    for (size_t i = 0; i < c->agencies; i++) {
        char name[LK_NAME_MAX + 3];
        (void)snprintf(name, sizeof(name), "ca-%s", c->agency[i].id);
        cert_look(&h->slow, name, c->agency[i].ca);
    }
}

static void disk_look(struct health_report *r, const char *name,
                      const char *path)
{
    struct statvfs v;
    if (!*path || statvfs(path, &v) < 0)
        return;
    uint64_t block = v.f_frsize;
    (void)health_disk_add(r, name, v.f_blocks * block >> 20,
                          v.f_bavail * block >> 20);
}

static void disks_look(struct super_health *h)
{
    h->slow.disks = 0;
    disk_look(&h->slow, "root", "/");
    disk_look(&h->slow, "outbox", h->config.config->outbox);
}

/* --- programs and devices ------------------------------------------------ */

static void program_look(struct super_health *h, size_t i,
                         struct health_report *r)
{
    static const enum health_state states[] = {
        [SUPER_WAITING] = HEALTH_FAILED, [SUPER_STARTING] = HEALTH_STARTING,
        [SUPER_RUNNING] = HEALTH_OK,     [SUPER_STOPPING] = HEALTH_STARTING,
        [SUPER_ENDED] = HEALTH_FAILED,
    };
    struct super_info info;
    super_info(h->super, i, &info);
    bool runs = info.state == SUPER_RUNNING;
    bool open = runs && strchr(info.walls, '-');
    const char *why = runs ? "" : info.ended;
    if (open)
        why = "a wall is missing";
    if (health_program_add(r, info.name, states[info.state], why) < 0)
        return;
    r->program[r->programs - 1].restarts = info.restarts;
}

static enum health_state device_state(const char *word)
{
    if (strcmp(word, "works") == 0)
        return HEALTH_OK;
    if (strcmp(word, "starting") == 0)
        return HEALTH_STARTING;
    return strcmp(word, "absent") == 0 ? HEALTH_ABSENT : HEALTH_FAILED;
}

static void devices_look(struct super_health *h, struct health_report *r)
{
    size_t i = 0;
    json_t *one = NULL;
    json_t *list = super_devices_answer(h->devices);
    json_array_foreach(list, i, one)
    {
        const char *name = json_string_value(json_object_get(one, "device"));
        const char *state = json_string_value(json_object_get(one, "state"));
        const char *why = json_string_value(json_object_get(one, "why"));
        if (name && state && why)
            (void)health_device_add(r, name, device_state(state), why);
    }
    json_decref(list);
}

/* Certificates that do not renew themselves are somebody's work. */
static void renewal_look(const struct super_health *h, struct health_report *r)
{
    char why[PROVISION_RENEW_WHY_MAX];
    const char *state = NULL;
    if (!h->config.provision)
        return;
    super_provision_renewal(h->config.provision, &state, why);
    if (why[0])
        (void)health_device_add(r, "renewal", HEALTH_FAILED, why);
}

/* --- telling ------------------------------------------------------------- */

static void tell(struct super_health *h, const struct health_report *r)
{
    LK_AUTO(lk_buf) b = NULL;
    struct supermsg m = {.type = SUPERMSG_HEALTH};
    int e = lk_buf_new(HEALTH_FACTS_MAX, &b);
    if (e == 0)
        e = health_facts_write(r, b);
    if (e == 0) {
        m.text = lk_buf_str(b);
        e = super_post(h->super, h->config.program, &m, -1);
    }
    if (e == -ENOTCONN)
        return; /* told as soon as it runs */
    if (e < 0)
        LK_LOG(WARN, "super", "what=health err=%s", strerrorname_np(-e));
    h->told = *r;
    h->tell_due_us = lk_loop_now_us(h->loop) + SUPER_HEALTH_TELL_US;
}

static void on_timer(void *arg, int64_t now_us)
{
    struct super_health *h = arg;
    if (now_us >= h->cert_due_us) {
        certs_look(h);
        h->cert_due_us = now_us + SUPER_HEALTH_CERT_US;
    }
    if (now_us >= h->disk_due_us) {
        disks_look(h);
        h->disk_due_us = now_us + SUPER_HEALTH_DISK_US;
    }
    struct health_report r = h->slow;
    health_version_set(&r, h->config.version);
    r.up_s = (uint32_t)((now_us - h->since_us) / 1000000);
    for (size_t i = 0; i < super_programs(h->super); i++)
        if (super_has(h->super, i))
            program_look(h, i, &r);
    devices_look(h, &r);
    renewal_look(h, &r);
    if (now_us >= h->tell_due_us || health_report_differs(&h->told, &r))
        tell(h, &r);
    lk_timer_set(h->timer, now_us + SUPER_HEALTH_LOOK_US);
}

void super_health_ready(struct super_health *h, size_t program)
{
    if (program != h->config.program || !h->super)
        return;
    h->tell_due_us = 0;
    lk_timer_set_in(h->timer, 0);
}

void super_health_attach(struct super_health *h, struct super *s,
                         const struct super_devices *devices)
{
    h->super = s;
    h->devices = devices;
    lk_timer_set_in(h->timer, SUPER_HEALTH_LOOK_US);
}

int super_health_new(struct lk_loop *l,
                     const struct super_health_config *config,
                     struct super_health **ret)
{
    LK_AUTO(super_health) h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    h->loop = l;
    h->config = *config;
    h->since_us = lk_loop_now_us(l);
    int r = lk_timer_new(l, on_timer, h, &h->timer);
    if (r == 0)
        *ret = LK_TAKE(h);
    return r;
}

struct super_health *super_health_free(struct super_health *h)
{
    if (h) {
        h->timer = lk_timer_free(h->timer);
        free(h);
    }
    return NULL;
}
