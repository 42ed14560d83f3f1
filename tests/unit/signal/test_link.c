/* The link against a real mosquitto on loopback, with certificates made by
 * tools/pki. The broker is started, killed and started again. */
#include "testing.h"

#include "base/clock.h"
#include "loop/loop.h"
#include "signal/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_MS 20000 /* nothing here takes as long */
#define SKIPPED 77
#define YEAR_S (INT64_C(366) * 86400)

static char dir[] = "/tmp/luukku-link-XXXXXX";
static struct lk_loop *loop;
static uint16_t port;
static pid_t broker;

/* OpenSSL's clock, for all that this program loads. */
static atomic_int_fast64_t off_s;

time_t time(time_t *timer)
{
    time_t now_s = (time_t)(lk_clock_wall_us() / 1000000 + atomic_load(&off_s));
    if (timer)
        *timer = now_s;
    return now_s;
}

static bool always(int64_t floor_s)
{
    (void)floor_s;
    return true;
}

static bool never(int64_t floor_s)
{
    (void)floor_s;
    return false;
}

struct pem {
    char *data;
    size_t len;
};
static struct pem ca, cert, key, stray;

/* One end: what it was told. */
struct end {
    struct signal_link *link;
    bool up;
    unsigned ups, downs, count, oversized;
    char topic[SIGNAL_LINK_FILTER_MAX];
    size_t len;
    uint8_t first, last;
};

static void on_state(void *arg, bool up)
{
    struct end *e = arg;
    e->up = up;
    e->ups += up;
    e->downs += !up;
}

static void on_message(void *arg, const char *topic, const void *payload,
                       size_t len)
{
    struct end *e = arg;
    e->count++;
    e->len = len;
    e->first = len ? ((const uint8_t *)payload)[0] : 0;
    e->last = len ? ((const uint8_t *)payload)[len - 1] : 0;
    (void)snprintf(e->topic, sizeof(e->topic), "%s", topic);
}

static void on_oversized(void *arg)
{
    struct end *e = arg;
    e->oversized++;
}

/* One turn of the loop; fails when it has been in vain for long. */
static void turn(int64_t *end_ms, const char *what)
{
    int64_t now_ms = lk_clock_ms();
    if (*end_ms == 0)
        *end_ms = now_ms + LIMIT_MS;
    if (now_ms > *end_ms)
        fail_msg("in vain: %s", what);
    assert_int_equal(lk_loop_step(loop, 20 * INT64_C(1000)), 0);
}

/* Runs the loop until `what` holds. */
#define UNTIL(what)                     \
    for (int64_t end_ms_ = 0; !(what);) \
    turn(&end_ms_, #what)

static pid_t start(char *const argv[])
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDWR);
    (void)dup2(null, 1);
    (void)dup2(null, 2);
    (void)execvp(argv[0], argv);
    _exit(SKIPPED);
}

static int run(const char *command)
{
    char *argv[] = {"sh", "-c", (char *)(uintptr_t)command, NULL};
    int status = 0;
    pid_t pid = start(argv);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct pem load(const char *name)
{
    char path[256];
    struct pem p = {.data = calloc(1, 65536)};
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    p.len = fread(p.data, 1, 65535, f);
    (void)fclose(f);
    return p;
}

static int listen_somewhere(uint16_t *ret)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    *ret = ntohs(a.sin_port);
    return fd;
}

static void write_broker_config(void)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/mosquitto.conf", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f,
                  /* started as root it would else not read the keys */
                  "user root\nlistener %u 127.0.0.1\npersistence false\n"
                  "cafile %s/s/fleet/ca.crt\ncertfile %s/s/broker/server.crt\n"
                  "keyfile %s/s/broker/server.key\nrequire_certificate true\n"
                  "use_identity_as_username true\nallow_anonymous false\n",
                  port, dir, dir, dir);
    (void)fclose(f);
}

static void broker_start(void)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/mosquitto.conf", dir);
    char *argv[] = {"mosquitto", "-c", path, NULL};
    broker = start(argv);
    assert_true(broker > 0);
}

static void broker_kill(void)
{
    if (broker <= 0)
        return;
    (void)kill(broker, SIGKILL);
    (void)waitpid(broker, NULL, 0);
    broker = 0;
}

static int group_setup(void **state)
{
    char command[1024];
    (void)state;
    if (run("command -v mosquitto && command -v mosquitto_pub && command -v "
            "node") != 0)
        return SKIPPED;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(
        command, sizeof(command),
        "set -e; p=" PKI "; d=%s/s; $p init $d; $p broker $d;"
        "$p kiosk $d kuopio-02 --site Kuopio; $p agency $d kela Kela",
        dir);
    assert_int_equal(run(command), 0);
    ca = load("s/fleet/ca.crt");
    cert = load("s/kiosks/kuopio-02/tls.crt");
    key = load("s/kiosks/kuopio-02/tls.key");
    stray = load("s/agencies/kela/ca.crt");
    (void)close(listen_somewhere(&port));
    write_broker_config();
    assert_int_equal(signal_link_init(), 0);

    return lk_loop_new(&loop);
}

static int group_teardown(void **state)
{
    char command[256];
    (void)state;
    broker_kill();
    loop = lk_loop_free(loop);
    free(ca.data);
    free(cert.data);
    free(key.data);
    free(stray.data);
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", dir);
    return run(command);
}

static struct signal_link_config config_of(struct end *e, const char *host,
                                           const char *const *filters, size_t n)
{
    struct signal_link_events events = {.state = on_state,
                                        .message = on_message,
                                        .oversized = on_oversized,
                                        .arg = e};
    return (struct signal_link_config){.loop = loop,
                                       .host = host,
                                       .port = port,
                                       .ca_pem = ca.data,
                                       .ca_len = ca.len,
                                       .cert_pem = cert.data,
                                       .cert_len = cert.len,
                                       .key_pem = key.data,
                                       .key_len = key.len,
                                       .subscriptions = filters,
                                       .subscription_count = n,
                                       .events = events};
}

static void begin(struct end *e, const char *host, const char *filter)
{
    struct signal_link_config c = config_of(e, host, &filter, filter ? 1 : 0);
    assert_int_equal(signal_link_new(&c, &e->link), 0);
}

static unsigned failures(struct end *e)
{
    struct signal_link_counts c;
    signal_link_counts(e->link, &c);
    return (unsigned)c.failures;
}

/* While the broker is away they take no room. */
static void filters_come_and_go(struct end *e)
{
    char filter[16];
    for (int i = 0; i < 3 * SIGNAL_LINK_SUBSCRIPTIONS_MAX; i++) {
        (void)snprintf(filter, sizeof(filter), "f/%d", i);
        assert_int_equal(signal_link_subscribe(e->link, filter), 0);
        assert_int_equal(signal_link_unsubscribe(e->link, filter), 0);
    }
}

static void broker_comes_and_goes(void **state)
{
    static uint8_t big[SIGNAL_LINK_PAYLOAD_MAX + 1];
    struct end a = {.up = false};
    struct end b = {.up = false};
    (void)state;
    begin(&a, "127.0.0.1", "k/kuopio-02/down/+");
    begin(&b, "localhost", NULL);
    UNTIL(failures(&a) >= 2);
    assert_false(a.up);
    filters_come_and_go(&a);
    assert_int_equal(signal_link_publish(a.link, "a/b", "x", 1), -ENOTCONN);
    broker_start();
    UNTIL(a.up && b.up);
    const char *down = "k/kuopio-02/down/maija-virtanen";
    assert_int_equal(signal_link_publish(b.link, down, "hello", 5), 0);
    UNTIL(a.count == 1);
    assert_string_equal(a.topic, down);
    assert_int_equal(a.len, 5);
    big[0] = 7;
    big[SIGNAL_LINK_PAYLOAD_MAX - 1] = 9;
    assert_int_equal(
        signal_link_publish(b.link, down, big, SIGNAL_LINK_PAYLOAD_MAX), 0);
    UNTIL(a.count == 2);
    assert_int_equal(a.len, SIGNAL_LINK_PAYLOAD_MAX);
    assert_int_equal(a.first, 7);
    assert_int_equal(a.last, 9);
    assert_int_equal(signal_link_publish(b.link, down, big, sizeof(big)),
                     -EMSGSIZE);
    assert_int_equal(signal_link_publish(b.link, "a/+", "x", 1), -EINVAL);
    assert_int_equal(signal_link_publish(b.link, "", "x", 1), -EINVAL);
    broker_kill();
    UNTIL(!a.up && !b.up);
    broker_start();
    UNTIL(a.up && b.up);
    assert_int_equal(a.ups, 2);
    assert_int_equal(a.downs, 1);
    assert_int_equal(signal_link_publish(b.link, down, "again", 5), 0);
    UNTIL(a.count == 3); /* subscribed again */
    a.link = signal_link_free(a.link);
    b.link = signal_link_free(b.link);
}

/* Publishes what signal_link_publish() would not: `len` bytes on `topic`. */
static void publish_raw(const char *topic, unsigned len)
{
    char command[1024];
    (void)snprintf(command, sizeof(command),
                   "d=%s; head -c %u /dev/zero | mosquitto_pub -h 127.0.0.1 "
                   "-p %u --cafile $d/s/fleet/ca.crt --cert "
                   "$d/s/kiosks/kuopio-02/tls.crt --key "
                   "$d/s/kiosks/kuopio-02/tls.key -t '%s' -s",
                   dir, len, port, topic);
    assert_int_equal(run(command), 0);
}

static void too_long_is_told(void **state)
{
    struct end a = {.up = false};
    struct signal_link_counts c = {.received = 0};
    char topic[SIGNAL_LINK_FILTER_MAX + 4] = "big/";
    (void)state;
    begin(&a, "127.0.0.1", "big/+");
    UNTIL(a.up);
    publish_raw("big/x", SIGNAL_LINK_PAYLOAD_MAX + 1);
    UNTIL(a.oversized == 1);
    memset(topic + 4, 'x', sizeof(topic) - 5);
    publish_raw(topic, 1);
    UNTIL(a.oversized == 2);
    publish_raw("big/x", SIGNAL_LINK_PAYLOAD_MAX);
    UNTIL(a.count == 1);
    signal_link_counts(a.link, &c);
    assert_int_equal(c.oversized, 2);
    a.link = signal_link_free(a.link);
}

static void filters_change(void **state)
{
    struct end a = {.up = false};
    struct end b = {.up = false};
    (void)state;
    begin(&a, "127.0.0.1", "one/+");
    begin(&b, "127.0.0.1", NULL);
    UNTIL(a.up && b.up);
    assert_int_equal(signal_link_subscribe(a.link, "two/+"), 0);
    assert_int_equal(signal_link_subscribe(a.link, "two/#/x"), -EINVAL);
    assert_int_equal(signal_link_unsubscribe(a.link, "never"), -EINVAL);
    /* The broker takes the subscription when it takes it. */
    int64_t end_ms = lk_clock_ms() + LIMIT_MS;
    while (a.count == 0 && lk_clock_ms() < end_ms) {
        assert_int_equal(signal_link_publish(b.link, "two/x", "1", 1), 0);
        assert_int_equal(lk_loop_step(loop, 50 * 1000), 0);
    }
    assert_string_equal(a.topic, "two/x");
    assert_int_equal(signal_link_unsubscribe(a.link, "two/+"), 0);
    assert_int_equal(signal_link_publish(b.link, "one/x", "1", 1), 0);
    UNTIL(strcmp(a.topic, "one/x") == 0);
    char filter[16];
    int r = 0;
    for (int i = 0; i < SIGNAL_LINK_SUBSCRIPTIONS_MAX + 1 && r == 0; i++) {
        (void)snprintf(filter, sizeof(filter), "f/%d", i);
        r = signal_link_subscribe(a.link, filter);
    }
    assert_int_equal(r, -ENOSPC);
    a.link = signal_link_free(a.link);
    b.link = signal_link_free(b.link);
}

static void queues_are_bounded(void **state)
{
    struct end a = {.up = false};
    struct end b = {.up = false};
    struct signal_link_counts c = {.received = 0};
    unsigned sent = 0;
    (void)state;
    begin(&a, "127.0.0.1", "flood/+");
    begin(&b, "127.0.0.1", NULL);
    UNTIL(a.up && b.up);
    /* Nobody runs the loop: a's mailbox fills, the rest is counted. */
    int64_t end_ms = lk_clock_ms() + LIMIT_MS;
    while (sent < 1000 && lk_clock_ms() < end_ms) {
        int r = signal_link_publish(b.link, "flood/x", "1", 1);
        assert_true(r == 0 || r == -ENOSPC);
        sent += r == 0;
    }
    /* The link's thread counts what came before it counts what it drops. */
    do
        signal_link_counts(a.link, &c);
    while (
        (c.received < sent || c.received - c.in_dropped > SIGNAL_LINK_IN_MAX) &&
        lk_clock_ms() < end_ms);
    assert_true(c.received > SIGNAL_LINK_IN_MAX);
    assert_int_equal(c.received - c.in_dropped, SIGNAL_LINK_IN_MAX);
    UNTIL(a.count == SIGNAL_LINK_IN_MAX);
    assert_int_equal(signal_link_publish(b.link, "flood/x", "1", 1), 0);
    UNTIL(a.count == SIGNAL_LINK_IN_MAX + 1);
    a.link = signal_link_free(a.link);
    b.link = signal_link_free(b.link);
}

static void strangers_are_no_brokers(void **state)
{
    struct end a = {.up = false};
    (void)state;
    struct signal_link_config c = config_of(&a, "127.0.0.1", NULL, 0);
    c.ca_pem = stray.data; /* the broker is not of this CA */
    c.ca_len = stray.len;
    assert_int_equal(signal_link_new(&c, &a.link), 0);
    UNTIL(failures(&a) >= 2);
    a.link = signal_link_free(a.link);
    /* An address the broker's certificate does not name. */
    c = config_of(&a, "127.0.0.2", NULL, 0);
    assert_int_equal(signal_link_new(&c, &a.link), 0);
    UNTIL(failures(&a) >= 2);
    a.link = signal_link_free(a.link);
    assert_int_equal(a.ups, 0);
}

/* The clock, years off: who may be trusted then stays the same, when he began
 * and ends does not. */
static void clock_years_off(void **state)
{
    static const struct {
        int64_t off_s;
        bool (*trusted)(int64_t floor_s);
        int64_t floor_s; /* from now */
        bool stranger;
        bool in;
    } cases[] = {
        {0, NULL, 0, false, true},
        {0, always, 0, false, true},
        {20 * YEAR_S, NULL, 0, false, false},
        {20 * YEAR_S, always, 0, false, false},
        {-25 * YEAR_S, always, 0, false, false},
        {20 * YEAR_S, never, -YEAR_S, false, true},
        {-25 * YEAR_S, never, -YEAR_S, false, true},
        {0, never, -YEAR_S, false, true},
        {0, never, 40 * YEAR_S, false, false}, /* it ended before that */
        {20 * YEAR_S, never, 40 * YEAR_S, false, false},
        {20 * YEAR_S, never, -YEAR_S, true, false},
        {-25 * YEAR_S, never, -YEAR_S, true, false},
    };
    const int64_t now_s = lk_clock_wall_us() / 1000000;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct end a = {.up = false};
        struct signal_link_config c = config_of(&a, "127.0.0.1", NULL, 0);
        c.clock_trusted = cases[i].trusted;
        c.floor_s = now_s + cases[i].floor_s;
        if (cases[i].stranger) {
            c.ca_pem = stray.data;
            c.ca_len = stray.len;
        }
        atomic_store(&off_s, cases[i].off_s);
        assert_int_equal(signal_link_new(&c, &a.link), 0);
        UNTIL(a.up || failures(&a) >= 2);
        if (a.up != cases[i].in)
            fail_msg("case %zu: up %d", i, a.up);
        a.link = signal_link_free(a.link);
    }
    atomic_store(&off_s, 0);
}

/* Somebody who takes the connection and never says a word; and one who hangs
 * up: stopping is possible at any time. */
static void silence_and_stop(void **state)
{
    struct end a = {.up = false};
    uint16_t silent = 0;
    (void)state;
    int fd = listen_somewhere(&silent);
    struct signal_link_config c = config_of(&a, "127.0.0.1", NULL, 0);
    c.port = silent;
    assert_int_equal(signal_link_new(&c, &a.link), 0);
    int peer = accept(fd, NULL, NULL);
    assert_true(peer >= 0);
    (void)close(peer);
    UNTIL(failures(&a) >= 1);
    peer = accept(fd, NULL, NULL);
    a.link = signal_link_free(a.link);
    (void)close(peer);
    (void)close(fd);
    c.host = "no-such-host.invalid";
    assert_int_equal(signal_link_new(&c, &a.link), 0);
    a.link = signal_link_free(a.link);
    assert_int_equal(a.ups + a.downs, 0);
}

static void bad_files_are_refused(void **state)
{
    struct end a = {.up = false};
    (void)state;
    struct signal_link_config c = config_of(&a, "127.0.0.1", NULL, 0);
    c.ca_len = 10;
    assert_int_equal(signal_link_new(&c, &a.link), -EBADMSG);
    c = config_of(&a, "127.0.0.1", NULL, 0);
    c.key_pem = stray.data;
    c.key_len = stray.len;
    assert_int_equal(signal_link_new(&c, &a.link), -EBADMSG);
    c = config_of(&a, "127.0.0.1", NULL, 0);
    c.cert_pem = ca.data; /* the key is another's */
    c.cert_len = ca.len;
    assert_int_equal(signal_link_new(&c, &a.link), -EBADMSG);
    c = config_of(&a, "", NULL, 0);
    assert_int_equal(signal_link_new(&c, &a.link), -EINVAL);
    assert_null(a.link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broker_comes_and_goes),
        cmocka_unit_test(too_long_is_told),
        cmocka_unit_test(filters_change),
        cmocka_unit_test(queues_are_bounded),
        cmocka_unit_test(strangers_are_no_brokers),
        cmocka_unit_test(clock_years_off),
        cmocka_unit_test(silence_and_stop),
        cmocka_unit_test(bad_files_are_refused),
    };
    if (run("command -v mosquitto && command -v node") != 0) {
        (void)printf("skipped: no mosquitto or no node\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
