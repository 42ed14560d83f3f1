/* luukkud.c - the session, its rules, and the screen. No network, no USB. */
#include "app/confine.h"
#include "app/luukkud_core.h"
#include "app/luukkud_fresh.h"
#include "app/setup.h"
#include "base/log.h"
#include "remote/door.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For tests: as long as it takes to do nothing for certain. */
#define SHORT_IDLE_US (10 * 1000000LL)

struct luukkud {
    struct inherit inherited;
    struct store_config *config;
    struct signal_key *key;
    struct seal_key *seal;
    struct lk_buf *post[STORE_CONFIG_AGENCIES_MAX]; /* PEM; NULL: none */
    struct signal_trust *trust;
    struct signal_trust *help; /* NULL: off */
    struct luukkud_core *core;
    struct luukkud_fresh *fresh; /* in place of all that: it is not in use */
    struct kiosk_ui *ui;
    struct kiosk_keypad keypad;
    bool headless;
    bool listen;     /* technicians may ask what was spoken */
    bool black;      /* nothing is shown */
    bool short_idle; /* the question whether anybody is there comes soon */
};

/* The device's key signs envelopes and packages. */
static int load_key(struct luukkud *d)
{
    LK_AUTO(lk_buf) cert = NULL;
    LK_AUTO(lk_buf) pem = NULL;
    int r = inherit_read(&d->inherited, "device-cert", &cert);
    if (r < 0)
        return r;
    r = inherit_read(&d->inherited, "device-key", &pem);
    if (r < 0)
        return r;
    r = signal_key_load_pem(pem->data, pem->len, &d->key);
    if (r == 0)
        r = seal_key_load(pem->data, pem->len, cert->data, cert->len, &d->seal);
    lk_buf_wipe(pem);
    return r;
}

static int load_agency(struct luukkud *d, const char *id)
{
    LK_AUTO(lk_buf) ca = NULL;
    LK_AUTO(lk_buf) crl = NULL;
    char name[INHERIT_NAME_MAX];
    (void)snprintf(name, sizeof(name), "ca-%s", id);
    int r = inherit_read(&d->inherited, name, &ca);
    if (r < 0)
        return r;
    (void)snprintf(name, sizeof(name), "crl-%s", id);
    r = inherit_read(&d->inherited, name, &crl);
    if (r < 0)
        return r;
    struct signal_trust_files files = {.ca_pem = ca->data,
                                       .ca_len = ca->len,
                                       .crl_pem = crl->data,
                                       .crl_len = crl->len};
    return signal_trust_add(d->trust, id, &files);
}

/* What letters to an agency are encrypted to, where it has an address. */
static int load_post(struct luukkud *d)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < d->config->agencies; i++) {
        char name[INHERIT_NAME_MAX];
        (void)snprintf(name, sizeof(name), "post-%s", d->config->agency[i].id);
        r = inherit_read(&d->inherited, name, &d->post[i]);
        if (r == -ENOENT)
            r = 0;
    }
    return r;
}

static int load_trust(struct luukkud *d)
{
    int r = signal_trust_new(LUUKKU_BUILD_TIME, &d->trust);
    for (size_t i = 0; r == 0 && i < d->config->agencies; i++)
        r = load_agency(d, d->config->agency[i].id);
    return r;
}

/* Who certifies technicians, where the site allows remote help. */
static int load_help(struct luukkud *d)
{
    LK_AUTO(lk_buf) ca = NULL;
    LK_AUTO(lk_buf) crl = NULL;
    int r = inherit_read(&d->inherited, "help-ca", &ca);
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return r;
    r = inherit_read(&d->inherited, "help-crl", &crl);
    if (r < 0)
        return r;
    r = signal_trust_new(LUUKKU_BUILD_TIME, &d->help);
    if (r < 0)
        return r;
    struct signal_trust_files files = {.ca_pem = ca->data,
                                       .ca_len = ca->len,
                                       .crl_pem = crl->data,
                                       .crl_len = crl->len};
    return signal_trust_add(d->help, REMOTE_CA, &files);
}

/* Without a file the keypad has its usual keys. */
static int load_keypad(struct luukkud *d)
{
    struct kiosk_keypad_error e;
    LK_AUTO(lk_buf) text = NULL;
    kiosk_keypad_default(&d->keypad);
    int r = inherit_read(&d->inherited, "keypad", &text);
    if (r < 0)
        return r == -ENOENT ? 0 : r;
    r = kiosk_keypad_parse(lk_buf_str(text), text->len, &d->keypad, &e);
    if (r < 0)
        LK_LOG(ERROR, "main", "keypad line=%d %s", e.line, e.reason);
    return r;
}

static int open_screen(struct luukkud *d)
{
    bool fresh = d->fresh != NULL;
    struct kiosk_config k = {.width_px = d->config->panel_width_px,
                             .height_px = d->config->panel_height_px,
                             .width_mm = d->config->panel_width_mm,
                             .distance_mm = d->config->panel_distance_mm,
                             .headless = d->headless,
                             .fullscreen = !d->headless,
                             .keypad = &d->keypad,
                             .intent = fresh ? luukkud_fresh_intent
                                             : luukkud_core_intent,
                             .speak = fresh ? NULL : luukkud_core_speak,
                             .listen = d->listen,
                             .black = d->black,
                             .arg = fresh ? (void *)d->fresh : d->core};
    int r = kiosk_ui_new(&k, &d->ui);
    if (r == -ENODEV)
        LK_LOG(ERROR, "main",
               "there is no display: connect one, or start with --headless");
    return r < 0 ? r : kiosk_ui_warm(d->ui);
}

/* Nothing but what is shown. Errors: -ENOENT the kiosk is in use. */
static int load_fresh(struct luukkud *d)
{
    LK_AUTO(lk_buf) request = NULL;
    int r = inherit_read(&d->inherited, "request", &request);
    if (r == 0)
        r = luukkud_fresh_new(lk_buf_str(request),
                              inherit_take(&d->inherited, "super"), &d->fresh);
    return r;
}

static int load(struct luukkud *d)
{
    int r = setup_config_load(&d->inherited, &d->config);
    if (r < 0)
        return setup_fail("configuration", r);
    r = load_keypad(d);
    if (r < 0)
        return setup_fail("keypad", r);
    r = load_fresh(d);
    if (r == 0)
        r = open_screen(d);
    if (r != -ENOENT)
        return r < 0 ? setup_fail("screen of a new kiosk", r) : 0;
    r = load_key(d);
    if (r < 0)
        return setup_fail("device key", r);
    r = load_trust(d);
    if (r == 0)
        r = load_post(d);
    if (r < 0)
        return setup_fail("agencies' certificates", r);
    r = load_help(d);
    if (r < 0)
        return setup_fail("technicians' certificates", r);
    struct luukkud_core_config c = {
        .config = d->config,
        .key = d->key,
        .trust = d->trust,
        .help = d->help,
        .seal = d->seal,
        .post = d->post,
        .idle_us = d->short_idle ? SHORT_IDLE_US : SESSION_IDLE_US,
        .super_fd = inherit_take(&d->inherited, "super")};
    r = luukkud_core_new(&c, &d->core);
    if (r < 0)
        return setup_fail("core", r);
    r = open_screen(d);
    return r < 0 ? setup_fail("screen", r) : 0;
}

static int run(struct luukkud *d)
{
    struct confine_report walls;
    inherit_close(&d->inherited);
    int r = confine_apply(&confine_luukkud, &walls);
    if (r < 0)
        return setup_fail("confinement", r);
    r = d->fresh ? luukkud_fresh_start(d->fresh, d->ui, walls.text)
                 : luukkud_core_start(d->core, d->ui, walls.text);
    if (r < 0)
        return setup_fail("core thread", r);
    r = kiosk_ui_run(d->ui);
    if (d->fresh)
        luukkud_fresh_stop(d->fresh);
    else
        luukkud_core_stop(d->core);
    return r < 0 ? setup_fail("screen", r) : 0;
}

static void take_arg(struct luukkud *d, const char *arg)
{
    d->headless |= strcmp(arg, "--headless") == 0;
    d->listen |= strcmp(arg, "--allow-ui-control") == 0;
    d->black |= strcmp(arg, "--black-screen") == 0;
    d->short_idle |= strcmp(arg, "--short-idle") == 0;
}

int main(int argc, char **argv)
{
    struct luukkud d = {0};
    lk_log_init("luukkud", LK_LOG_INFO);
    for (int i = 1; i < argc; i++)
        take_arg(&d, argv[i]);
    int r = inherit_init(&d.inherited);
    if (r < 0)
        r = setup_fail("not started by luukku-super", r);
    if (r == 0)
        r = load(&d);
    if (r == 0)
        r = run(&d);
    kiosk_ui_free(d.ui);
    luukkud_fresh_free(d.fresh);
    luukkud_core_free(d.core);
    signal_trust_free(d.trust);
    signal_trust_free(d.help);
    signal_key_free(d.key);
    seal_key_free(d.seal);
    for (size_t i = 0; i < STORE_CONFIG_AGENCIES_MAX; i++)
        lk_buf_free(d.post[i]);
    store_config_free(d.config);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
