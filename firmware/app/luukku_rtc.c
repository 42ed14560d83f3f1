/* luukku_rtc.c - network, camera and sound. No disk, no USB, no signing key. */
#include "app/rtc_control.h"

#include "app/confine.h"
#include "app/setup.h"
#include "base/log.h"
#include "media/media.h"
#include "rtc/net/net.h"
#include "signal/link.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* All that reads files or loads libraries, before the walls go up. */
static int load(struct inherit *in, struct rtc_control_config *c)
{
    int r = setup_config_load(in, &c->config);
    if (r < 0)
        return setup_fail("configuration", r);
    r = inherit_read(in, "tls-ca", &c->tls_ca);
    if (r == 0)
        r = inherit_read(in, "tls-cert", &c->tls_cert);
    if (r == 0)
        r = inherit_read(in, "tls-key", &c->tls_key);
    if (r < 0)
        return setup_fail("TLS files", r);
    r = media_init();
    if (r < 0)
        return setup_fail("media", r);
    r = rtc_net_init();
    if (r < 0)
        return setup_fail("transport libraries", r);
    r = signal_link_init();
    if (r < 0)
        return setup_fail("MQTT library", r);
    c->super_fd = inherit_take(in, "super");
    return c->super_fd < 0 ? setup_fail("channel to luukku-super", c->super_fd)
                           : 0;
}

static int run(struct rtc_control_config *c)
{
    struct confine_report walls;
    struct rtc_control *control = NULL;
    int r = confine_apply(&confine_rtc, &walls);
    if (r < 0)
        return setup_fail("confinement", r);
    r = rtc_control_new(c, &control);
    if (r < 0)
        return setup_fail("start", r);
    r = rtc_control_run(control, walls.text);
    rtc_control_free(control);
    return r < 0 ? setup_fail("loop", r) : 0;
}

static void release(struct rtc_control_config *c)
{
    if (c->tls_key)
        lk_buf_wipe(c->tls_key);
    lk_buf_free(c->tls_key);
    lk_buf_free(c->tls_cert);
    lk_buf_free(c->tls_ca);
    store_config_free(c->config);
}

int main(int argc, char **argv)
{
    struct rtc_control_config c = {0};
    struct inherit in;
    /* Calls come and go on many threads: one arena keeps the heap from
     * growing by fragmentation. */
    setup_one_arena();
    lk_log_init("luukku-rtc", LK_LOG_INFO);
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--allow-ui-control") == 0)
            c.echo = true;
        else if (strncmp(argv[i], "--floor=", 8) == 0)
            c.floor_s = strtoll(argv[i] + 8, NULL, 10);
    int r = inherit_init(&in);
    if (r < 0)
        r = setup_fail("not started by luukku-super", r);
    if (r == 0)
        r = load(&in, &c);
    if (r == 0) {
        inherit_close(&in);
        r = run(&c);
    }
    release(&c);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
