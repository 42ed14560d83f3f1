/* Relayed calls over Debian's coturn on loopback, UDP and TCP to the server. */
#include "net_pair.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct pair pair;
static pid_t server;
static uint16_t port;
static char dir[] = "/tmp/luukku-turn-XXXXXX";

/* A port that is free for both UDP and TCP now. */
static uint16_t free_port(void)
{
    for (int tries = 0; tries < 50; tries++) {
        struct sockaddr_in a = {.sin_family = AF_INET};
        socklen_t len = sizeof(a);
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        bool ok = bind(tcp, (struct sockaddr *)&a, sizeof(a)) == 0 &&
                  getsockname(tcp, (struct sockaddr *)&a, &len) == 0 &&
                  bind(udp, (struct sockaddr *)&a, sizeof(a)) == 0;
        close(tcp);
        close(udp);
        if (ok)
            return ntohs(a.sin_port);
    }
    return 0;
}

static void server_run(void)
{
    char listen[16];
    (void)snprintf(listen, sizeof(listen), "%u", port);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, 1);
    dup2(null, 2);
    if (chdir(dir) == 0)
        execlp("turnserver", "turnserver", "-n", "--listening-ip=127.0.0.1",
               "--relay-ip=127.0.0.1", "--listening-port", listen,
               "--lt-cred-mech", "--user=kiosk:secret", "--realm=test",
               "--no-tls", "--no-dtls", "--no-cli", "--allow-loopback-peers",
               "--no-multicast-peers", "--no-software-attribute",
               "--log-file=stdout", "--pidfile=turn.pid", "--userdb=turn.db",
               (char *)NULL);
    _exit(127);
}

/* Answers TCP once it is ready. */
static bool server_ready(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
    close(fd);
    return ok;
}

static int server_start(void **state)
{
    (void)state;
    if (!mkdtemp(dir))
        return -1;
    port = free_port();
    server = fork();
    if (server == 0)
        server_run();
    int64_t end = lk_clock_us() + 20000000;
    while (!server_ready()) {
        if (waitpid(server, NULL, WNOHANG) == server || lk_clock_us() > end)
            return -1;
        struct timespec nap = {.tv_nsec = 20000000};
        nanosleep(&nap, NULL);
    }
    return 0;
}

static int server_stop(void **state)
{
    (void)state;
    char path[64];
    static const char *const files[] = {"turn.pid", "turn.db"};
    if (server > 0) {
        kill(server, SIGTERM);
        waitpid(server, NULL, 0);
    }
    for (size_t i = 0; i < LK_ARRAY_LEN(files); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
        unlink(path);
    }
    return rmdir(dir);
}

/* Only sockets: GLib makes a worker, with an eventfd of its own, when TURN is
 * first used, and keeps it. */
static unsigned count_sockets(void)
{
    unsigned n = 0;
    for (int fd = 0; fd < 1024; fd++) {
        int type = 0;
        socklen_t len = sizeof(type);
        n += getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0;
    }
    return n;
}

static void relayed(enum rtc_ice_server_kind kind, struct rtc_net_config *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->ice.server_count = 1;
    ret->ice.servers[0] = (struct rtc_ice_server){.kind = kind,
                                                  .host = "127.0.0.1",
                                                  .user = "kiosk",
                                                  .password = "secret",
                                                  .port = port};
    ret->ice.relay_only = true;
    ret->ice.no_ip6 = true;
}

static void check_relay(enum rtc_ice_server_kind kind)
{
    struct rtc_net_config cfg;
    uint8_t pkt[500 + RTC_NET_TAIL] = {0x80, 96, 0, 1};
    relayed(kind, &cfg);
    pair_setup(&pair);
    unsigned sockets = count_sockets();
    side_new(&pair, &pair.a, &cfg);
    side_new(&pair, &pair.b, &cfg);
    pair_connect(&pair, true);
    struct rtc_net_stats st;
    rtc_net_get_stats(pair.a.net, &st);
    assert_int_equal(strncmp(st.ice.local, "relay", 5), 0);
    assert_int_equal(rtc_net_send_rtp(pair.a.net, pkt, 500), 0);
    PAIR_UNTIL(&pair, pair.b.rtp == 1);
    pair.a.net = rtc_net_free(pair.a.net);
    pair.b.net = rtc_net_free(pair.b.net);
    /* The allocations are given back, and then the sockets closed. */
    PAIR_UNTIL(&pair, count_sockets() == sockets);
    pair_teardown(&pair);
}

static void test_udp(void **state)
{
    (void)state;
    check_relay(RTC_ICE_TURN_UDP);
}

static void test_tcp(void **state)
{
    (void)state;
    check_relay(RTC_ICE_TURN_TCP);
}

/* A server that refuses us: gathering ends, without a relayed candidate. */
static void test_wrong_password(void **state)
{
    (void)state;
    struct rtc_net_config cfg;
    struct rtc_candidate c[RTC_ICE_LOCAL_MAX];
    relayed(RTC_ICE_TURN_UDP, &cfg);
    cfg.ice.servers[0].password[0] = 'S';
    cfg.ice.relay_only = false;
    pair_setup(&pair);
    side_new(&pair, &pair.a, &cfg);
    PAIR_UNTIL(&pair, pair.a.events[RTC_NET_GATHERED] == 1);
    size_t n =
        rtc_ice_get_candidates(rtc_net_ice(pair.a.net), c, LK_ARRAY_LEN(c));
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(c[i].type, RTC_CANDIDATE_HOST);
    pair_teardown(&pair);
}

/* STUN tells us our own address: on loopback the one that we knew. */
static void test_stun(void **state)
{
    (void)state;
    struct rtc_net_config cfg;
    relayed(RTC_ICE_STUN, &cfg);
    cfg.ice.relay_only = false;
    pair_setup(&pair);
    side_new(&pair, &pair.a, &cfg);
    PAIR_UNTIL(&pair, pair.a.events[RTC_NET_GATHERED] == 1);
    pair_teardown(&pair);
}

static void test_bad_servers(void **state)
{
    (void)state;
    struct rtc_net_config cfg;
    struct rtc_net_events ev = {0};
    struct rtc_net *n = NULL;
    pair_setup(&pair);
    void *context = lk_loop_glib_context(pair.glib);
    relayed(RTC_ICE_TURN_UDP, &cfg);
    memcpy(cfg.ice.servers[0].host, "turn.test", 10);
    assert_int_equal(rtc_net_new(pair.loop, context, &cfg, &ev, NULL, &n),
                     -EINVAL);
    relayed(RTC_ICE_TURN_UDP, &cfg);
    cfg.ice.servers[0].port = 0;
    assert_int_equal(rtc_net_new(pair.loop, context, &cfg, &ev, NULL, &n),
                     -EINVAL);
    relayed(RTC_ICE_STUN, &cfg);
    cfg.ice.servers[1] = cfg.ice.servers[0];
    cfg.ice.server_count = 2;
    assert_int_equal(rtc_net_new(pair.loop, context, &cfg, &ev, NULL, &n),
                     -EINVAL);
    cfg.ice.server_count = RTC_ICE_SERVERS_MAX + 1;
    assert_int_equal(rtc_net_new(pair.loop, context, &cfg, &ev, NULL, &n),
                     -EINVAL);
    assert_null(n);
    pair_teardown(&pair);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_udp),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_wrong_password),
        cmocka_unit_test(test_stun),
        cmocka_unit_test(test_bad_servers),
    };
    return cmocka_run_group_tests(tests, server_start, server_stop);
}
