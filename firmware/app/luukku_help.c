/* luukku_help.c - a technician's console from afar: the session's keys, the
 * sealed stream, and the commands of luukku-console. A channel to luukkud, the
 * control protocol, a trail to append to; no network, no files, no keys of the
 * kiosk's. */
#include "app/confine.h"
#include "app/help_desk.h"
#include "app/inherit.h"
#include "app/setup.h"
#include "base/log.h"
#include "remote/keys.h"

#include <errno.h>
#include <unistd.h>

struct parts {
    struct control_client *client;
    struct console_audit *trail;
    struct help_console *console;
    int super_fd;
};

/* OpenSSL loads what it needs before the walls go up. */
static int try_keys(void)
{
    LK_AUTO(remote_secret) secret = NULL;
    uint8_t point[REMOTE_PUBLIC_LEN];
    const uint8_t salt[REMOTE_SALT_LEN] = {0};
    struct remote_keys keys;
    int r = remote_secret_new(&secret);
    if (r == 0)
        r = remote_secret_public(secret, point);
    return r < 0 ? r : remote_agree(secret, point, salt, &keys);
}

static int load(struct inherit *in, struct parts *p)
{
    int r = try_keys();
    if (r < 0)
        return setup_fail("OpenSSL", r);
    int fd = inherit_take(in, "control");
    r = fd < 0 ? fd : control_client_new(fd, &p->client);
    if (r < 0)
        return setup_fail("control", r);
    fd = inherit_take(in, "trail");
    r = fd < 0 ? fd : console_audit_adopt(fd, "help", &p->trail);
    if (r < 0)
        return setup_fail("trail", r);
    const struct help_console_config config = {.client = p->client,
                                               .trail = p->trail};
    r = help_console_new(&config, &p->console);
    if (r < 0)
        return setup_fail("commands", r);
    p->super_fd = inherit_take(in, "super");
    return p->super_fd < 0 ? setup_fail("channel to luukku-super", p->super_fd)
                           : 0;
}

static int run(const struct parts *p)
{
    struct confine_report walls;
    LK_AUTO(help_desk) desk = NULL;
    const struct help_desk_config config = {.super_fd = p->super_fd,
                                            .console = p->console};
    int r = confine_apply(&confine_help, &walls);
    if (r < 0)
        return setup_fail("confinement", r);
    r = help_desk_new(&config, &desk);
    if (r == 0)
        r = help_console_start(p->console);
    if (r < 0)
        return setup_fail("start", r);
    r = help_desk_run(desk, walls.text);
    return r < 0 ? setup_fail("loop", r) : 0;
}

int main(void)
{
    struct parts p = {.super_fd = -1};
    struct inherit in;
    lk_log_init("luukku-help", LK_LOG_INFO);
    int r = inherit_init(&in);
    if (r < 0)
        return setup_fail("not started by luukku-super", r) < 0;
    r = load(&in, &p);
    inherit_close(&in);
    if (r == 0)
        r = run(&p);
    if (p.console && help_console_busy(p.console))
        _exit(r < 0); /* luukku-super does not wait for an answer's minute */
    p.console = help_console_free(p.console);
    p.trail = console_audit_free(p.trail);
    p.client = control_client_free(p.client);
    return r < 0;
}
