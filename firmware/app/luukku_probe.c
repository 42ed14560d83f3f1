/* luukku_probe.c - looks once, says what it found, and ends.
 *
 *   luukku-probe certs                   descriptors: certificates and keys
 *   luukku-probe net [--floor=SECONDS] [dns HOST | tcp HOST PORT | tls HOST
 * PORT | stun [HOST PORT] | turn | ping [HOST [PORT]] | speed]
 *
 * --floor: the clock cannot be trusted; so many seconds since 1970 have passed.
 * "net" alone: broker, STUN and TURN servers of the configuration. The one that
 * sees keys has no network, and the one with the network sees no keys.
 */
#include "app/confine.h"
#include "app/probe.h"
#include "app/setup.h"
#include "base/buf.h"
#include "base/log.h"

#include <errno.h>
#include <resolv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ssl.h>

/* HOST and perhaps a PORT; port 0: none. */
static int take_host(int argc, char **argv, struct store_config_host *ret)
{
    struct store_config_host h = {.port = 0};
    char *end = NULL;
    if (argc < 1 || argc > 2 || strlen(argv[0]) >= sizeof(h.host))
        return -EINVAL;
    (void)snprintf(h.host, sizeof(h.host), "%s", argv[0]);
    long port = argc == 2 ? strtol(argv[1], &end, 10) : 0;
    if (argc == 2 && (end == argv[1] || *end || port < 1 || port > 65535))
        return -EINVAL;
    h.port = (uint16_t)port;
    *ret = h;
    return 0;
}

static void every_stun(const struct store_config *c)
{
    for (size_t i = 0; i < c->stuns; i++)
        probe_stun(&c->stun[i]);
}

static void every_turn(const struct store_config *c)
{
    for (size_t i = 0; i < c->turns; i++)
        probe_turn(&c->turn[i]);
}

/* Each server of the configuration, a name once. */
static void every_ping(const struct store_config *c)
{
    const struct store_config_host *all[1 + 2 * STORE_CONFIG_ICE_MAX];
    size_t n = 0;
    all[n++] = &c->broker;
    for (size_t i = 0; i < c->stuns; i++)
        all[n++] = &c->stun[i];
    for (size_t i = 0; i < c->turns; i++)
        all[n++] = &c->turn[i].at;
    for (size_t i = 0; i < n; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again = again || strcmp(all[k]->host, all[i]->host) == 0;
        if (!again)
            probe_ping(all[i]);
    }
}

static void every_speed(const struct store_config *c)
{
    if (c->turns == 0)
        probe_check("speed", "SKIP", "no TURN server is configured", "", NULL);
    else
        probe_speed(&c->turn[0]); /* the one that calls try first */
}

static void one_tcp(const struct store_config_host *host)
{
    int fd = probe_tcp("tcp", host);
    if (fd >= 0)
        probe_check("tcp", "PASS", "", "", NULL);
    (void)lk_fd_close(fd);
}

/* `host` NULL: none was named. */
static int look_measure(const char *what, const struct store_config_host *host,
                        const struct store_config *c)
{
    if (strcmp(what, "speed") == 0 && !host)
        every_speed(c);
    else if (strcmp(what, "ping") == 0 && host)
        probe_ping(host);
    else if (strcmp(what, "ping") == 0)
        every_ping(c);
    else
        return -EINVAL;
    return 0;
}

static int look_net(int argc, char **argv, const struct store_config *c,
                    const struct probe_trust *trust)
{
    struct store_config_host host;
    const char *what = argc > 0 ? argv[0] : "";
    bool named = argc > 1 && take_host(argc - 1, argv + 1, &host) == 0;
    bool is_host = named && host.port;
    if (argc == 0) {
        probe_tls("broker", &c->broker, trust);
        every_stun(c);
        every_turn(c);
    } else if (strcmp(what, "dns") == 0 && argc == 2) {
        probe_dns(argv[1]);
    } else if (strcmp(what, "tcp") == 0 && is_host) {
        one_tcp(&host);
    } else if (strcmp(what, "tls") == 0 && is_host) {
        probe_tls("tls", &host, trust);
    } else if (strcmp(what, "stun") == 0 && is_host) {
        probe_stun(&host);
    } else if (strcmp(what, "stun") == 0 && argc == 1) {
        every_stun(c);
    } else if (strcmp(what, "turn") == 0 && argc == 1) {
        every_turn(c);
    } else if (named || argc == 1) {
        return look_measure(what, named ? &host : NULL, c);
    } else {
        return -EINVAL;
    }
    return 0;
}

/* Walls first, but after the libraries have read their files. */
static int wall(const struct confine_profile *profile)
{
    struct confine_report walls;
    if (OPENSSL_init_ssl(0, NULL) != 1)
        return -ENOMEM;
    return confine_apply(profile, &walls);
}

static int run_certs(struct inherit *in)
{
    int r = wall(&confine_probe_certs);
    if (r == 0)
        probe_certs(in);
    return r;
}

/* The option, where it comes first. */
static int64_t take_floor(int *argc, char ***argv)
{
    static const char name[] = "--floor=";
    const size_t len = sizeof(name) - 1;
    if (*argc < 1 || strncmp((*argv)[0], name, len) != 0)
        return 0;
    int64_t floor_s = strtoll((*argv)[0] + len, NULL, 10);
    (*argc)--;
    (*argv)++;
    return floor_s;
}

static int run_net(struct inherit *in, int argc, char **argv)
{
    struct store_config *config = NULL;
    LK_AUTO(lk_buf) ca = NULL;
    struct probe_trust trust = {.floor_s = take_floor(&argc, &argv)};
    int r = setup_config_load(in, &config);
    /* One try of 2 s for a name, not four of 5 s. */
    if (r == 0 && res_init() < 0)
        r = -EIO;
    _res.retrans = 2;
    _res.retry = 1;
    if (r == 0)
        r = inherit_read(in, "tls-ca", &ca);
    trust.ca_pem = ca;
    inherit_close(in);
    if (r == 0)
        r = wall(&confine_probe);
    if (r == 0)
        r = look_net(argc, argv, config, &trust);
    store_config_free(config);
    return r;
}

int main(int argc, char **argv)
{
    struct inherit in;
    lk_log_init("luukku-probe", LK_LOG_INFO);
    int r = inherit_init(&in);
    (void)signal(SIGPIPE, SIG_IGN);
    if (r == 0 && argc == 2 && strcmp(argv[1], "certs") == 0)
        r = run_certs(&in);
    else if (r == 0 && argc >= 2 && strcmp(argv[1], "net") == 0)
        r = run_net(&in, argc - 2, argv + 2);
    else if (r == 0)
        r = -EINVAL;
    return r < 0 ? (setup_fail("look", r), EXIT_FAILURE) : EXIT_SUCCESS;
}
