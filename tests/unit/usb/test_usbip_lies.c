/* A server that lies: whatever it does, each transfer ends once, nothing hangs,
 * and the device is gone with a reason where its word cannot be trusted any
 * more. */
#include "bench.h"
#include "testing.h"

#include "base/bytes.h"

/* What the server does instead of answering the next IN at 0x81. */
struct lie {
    const char *what;
    void (*tell)(struct peer *p, uint32_t seq);
    const char *why; /* the device is gone for that; NULL: it is not */
    int status;      /* of the transfer */
};

static void tell_wrong_seq(struct peer *p, uint32_t seq)
{
    peer_return(p, seq + 1, 0, "abc", 3, 3);
}

static void tell_old_seq(struct peer *p, uint32_t seq)
{
    peer_return(p, seq - 2, 0, NULL, 0, 0); /* was answered */
}

static void tell_seq_zero(struct peer *p, uint32_t seq)
{
    (void)seq;
    peer_return(p, 0, 0, NULL, 0, 0);
    peer_return_unlink(p, 0, 0);
}

static void tell_giant(struct peer *p, uint32_t seq)
{
    peer_return(p, seq, 0, "abc", 3, 0xffffffff);
}

static void tell_one_more(struct peer *p, uint32_t seq)
{
    static const uint8_t bytes[513];
    peer_return(p, seq, 0, bytes, sizeof(bytes), sizeof(bytes));
}

static void tell_too_little(struct peer *p, uint32_t seq)
{
    peer_return(p, seq, 0, "abc", 3, 512);
    peer_hang_up(p);
}

static void tell_half_header(struct peer *p, uint32_t seq)
{
    (void)seq;
    peer_send(p, "\0\0\0\3\0\0", 6);
    peer_hang_up(p);
}

static void tell_command(struct peer *p, uint32_t seq)
{
    uint8_t head[48] = {0, 0, 0, 1};
    lk_put_u32(head + 4, seq);
    peer_send(p, head, sizeof(head));
}

static void tell_text(struct peer *p, uint32_t seq)
{
    (void)seq;
    peer_send(p, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n....",
              52);
}

static void tell_good_status(struct peer *p, uint32_t seq)
{
    peer_return(p, seq, 1, NULL, 0, 0);
}

static void tell_far_status(struct peer *p, uint32_t seq)
{
    peer_return(p, seq, INT32_MIN, NULL, 0, 0);
}

static void tell_unlinked(struct peer *p, uint32_t seq)
{
    peer_return_unlink(p, seq, -104);
}

static void tell_twice(struct peer *p, uint32_t seq)
{
    peer_return(p, seq, 0, "abc", 3, 3);
    peer_return(p, seq, 0, "abc", 3, 3);
}

static void tell_stall_with_data(struct peer *p, uint32_t seq)
{
    peer_return(p, seq, -32, "abc", 3, 3);
}

static void tell_strange_errno(struct peer *p, uint32_t seq)
{
    peer_return(p, seq, -4095, NULL, 0, 0);
}

static const struct lie lies[] = {
    {"wrong seq", tell_wrong_seq, "answers without a question", -ENODEV},
    {"old seq", tell_old_seq, "answers without a question", -ENODEV},
    {"seq 0", tell_seq_zero, "answers without a question", -ENODEV},
    {"giant", tell_giant, "answers with more than was asked for", -ENODEV},
    {"one more", tell_one_more, "answers with more than was asked for",
     -ENODEV},
    {"too little", tell_too_little, "unplugged", -ENODEV},
    {"half a header", tell_half_header, "unplugged", -ENODEV},
    {"a command", tell_command, "speaks no USB/IP", -ENODEV},
    {"text", tell_text, "speaks no USB/IP", -ENODEV},
    {"status 1", tell_good_status, "speaks no USB/IP", -ENODEV},
    {"far status", tell_far_status, "speaks no USB/IP", -ENODEV},
    {"unlinked unasked", tell_unlinked, "answers without a question", -ENODEV},
    {"twice", tell_twice, "answers without a question", 0},
    {"stall with data", tell_stall_with_data, NULL, -EPIPE},
    {"strange errno", tell_strange_errno, NULL, -EIO},
};

static bool lie_hook(struct peer *p, const struct peer_command *c)
{
    const struct lie *lie = p->hook_arg;
    if (c->command != 1 || c->endpoint != 1 || !c->in)
        return false;
    lie->tell(p, c->seq);
    return true;
}

static void test_lies(void **state)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(lies); i++) {
        struct bench b;
        struct ended e = {0};
        struct ended other = {0};
        print_message("%s\n", lies[i].what);
        bench_ready(&b);
        b.peer.hook = lie_hook;
        b.peer.hook_arg = (void *)&lies[i];
        assert_int_equal(usb_in(b.d, 0x83, 8, 0, ended(&other), NULL), 0);
        assert_int_equal(usb_in(b.d, 0x81, 512, 0, ended(&e), NULL), 0);
        bench_until(&b, &e.times, 1);
        bench_settle(&b);
        assert_int_equal(e.times, 1);
        assert_int_equal(e.status, lies[i].status);
        assert_int_equal(b.gone, lies[i].why != NULL);
        assert_int_equal(other.times, lies[i].why != NULL);
        if (lies[i].why)
            assert_string_equal(usb_gone_why(b.d), lies[i].why);
        bench_stop(&b);
    }
    (void)state;
}

/* An OUT that claims more bytes than were sent. */
static bool greedy(struct peer *p, const struct peer_command *c)
{
    if (c->command == 1 && c->endpoint == 2)
        peer_return(p, c->seq, 0, NULL, 0, c->length + 1);
    return c->endpoint == 2;
}

static void test_greedy_out(void **state)
{
    struct bench b;
    struct ended e = {0};
    bench_ready(&b);
    b.peer.hook = greedy;
    assert_int_equal(
        usb_out(b.d, 0x02, (struct usb_bytes){"x", 1}, 0, ended(&e), NULL), 0);
    bench_until(&b, &b.gone, 1);
    assert_int_equal(e.status, -ENODEV);
    bench_stop(&b);
    (void)state;
}

/* --- races of unlinking: the server's answers in every order --- */

struct race {
    uint32_t victim;
    const char *order; /* S: RET_SUBMIT with 3 bytes, U: RET_UNLINK */
};

static bool race_hook(struct peer *p, const struct peer_command *c)
{
    struct race *r = p->hook_arg;
    if (c->command == 1 && c->endpoint == 1 && c->in) {
        r->victim = c->seq;
        return true;
    }
    if (c->command != 2)
        return false;
    assert_int_equal(c->flags, r->victim);
    for (const char *s = r->order; *s; s++) {
        if (*s == 'S')
            peer_return(p, r->victim, 0, "abc", 3, 3);
        else
            peer_return_unlink(p, c->seq, s == r->order ? -104 : 0);
    }
    return true;
}

static void test_unlink_races(void **state)
{
    static const struct {
        const char *order;
        int status;
        bool gone;
    } cases[] = {
        {"U", -ECANCELED, false},  {"SU", 0, false},
        {"US", -ECANCELED, false}, {"SUS", 0, true},
        {"USS", -ECANCELED, true}, {"UU", -ECANCELED, true},
        {"SUU", 0, true},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct bench b;
        struct ended e = {0};
        struct ended next = {0};
        struct usb_transfer *t = NULL;
        struct race race = {.order = cases[i].order};
        bench_ready(&b);
        b.peer.hook = race_hook;
        b.peer.hook_arg = &race;
        assert_int_equal(usb_in(b.d, 0x81, 512, 0, ended(&e), &t), 0);
        bench_settle(&b);
        usb_cancel(t);
        bench_until(&b, &e.times, 1);
        assert_int_equal(e.status, cases[i].status);
        bench_settle(&b);
        assert_int_equal(e.times, 1);
        assert_int_equal(b.gone, cases[i].gone);
        b.peer.hook = NULL;
        if (!cases[i].gone) {
            /* The stream is still understood. */
            struct usb_setup s = {.type = 0x80, .length = 2};
            assert_int_equal(usb_control(b.d, &s, NULL, 0, ended(&next), NULL),
                             0);
            bench_until(&b, &next.times, 1);
            assert_int_equal(next.len, 2);
        }
        bench_stop(&b);
    }
    (void)state;
}

/* --- noise --- */

struct noise {
    uint64_t seed;
    uint32_t seqs[8]; /* some that were used */
    size_t at;
};

/* A header that is right but for what chance changes. */
static void send_noise(struct peer *p, struct noise *n)
{
    uint8_t bytes[48 + 600] = {0};
    uint64_t r = test_random(&n->seed);
    uint32_t len = (uint32_t)(r >> 8 & 511);
    lk_put_u32(bytes, 3 + (r & 1));
    lk_put_u32(bytes + 4, n->seqs[r >> 32 & 7]);
    lk_put_u32(bytes + 20, (r >> 40 & 3) == 0 ? (uint32_t)-32 : 0);
    lk_put_u32(bytes + 24, len);
    if ((r >> 44 & 3) == 0)
        bytes[test_random(&n->seed) % 48] ^= (uint8_t)test_random(&n->seed);
    size_t all = 48 + len;
    if ((r >> 48 & 7) == 0)
        all = test_random(&n->seed) % all;
    peer_send(p, bytes, all);
    if ((r >> 52 & 31) == 0)
        peer_hang_up(p);
}

static bool noise_hook(struct peer *p, const struct peer_command *c)
{
    struct noise *n = p->hook_arg;
    n->seqs[n->at++ % 8] = c->seq;
    if (test_random(&n->seed) % 4 != 0)
        return false;
    send_noise(p, n);
    return true;
}

static void start_some(struct bench *b, struct noise *n, struct ended *e,
                       int count, int *started)
{
    struct usb_transfer *t = NULL;
    for (int i = 0; i < count; i++) {
        int r = 0;
        uint64_t what = test_random(&n->seed) % 6;
        if (what < 2)
            r = usb_in(b->d, 0x81, 512, 0, ended(&e[*started]), &t);
        else if (what == 2)
            r = usb_in(b->d, 0x83, 8, 0, ended(&e[*started]), &t);
        else if (what == 3)
            r = usb_out(b->d, 0x02, (struct usb_bytes){"noise", 5}, 0,
                        ended(&e[*started]), NULL);
        else if (what == 4)
            r = usb_set_alternate(b->d, 0, 1, ended(&e[*started]));
        else
            r = usb_reset(b->d, ended(&e[*started]));
        *started += r == 0;
        if (r == 0 && what < 3 && test_random(&n->seed) % 3 == 0)
            usb_cancel(t);
        assert_true(r == 0 || r == -ENODEV || r == -ENOENT);
    }
}

static void test_noise(void **state)
{
    struct noise n = {.seed = test_seed()};
    for (int round = 0; round < 400; round++) {
        struct bench b;
        struct ended e[24] = {0};
        int started = 0;
        bench_ready(&b);
        b.peer.hook = noise_hook;
        b.peer.hook_arg = &n;
        for (int i = 0; i < 3 && !b.gone; i++) {
            start_some(&b, &n, e, 4, &started);
            bench_settle(&b);
            /* After a reset all has to be chosen anew. */
            (void)!usb_claim(b.d, 0);
        }
        /* Whatever is still under way ends when the server goes. */
        b.peer.hook = NULL;
        peer_hang_up(&b.peer);
        bench_until(&b, &b.gone, 1);
        bench_settle(&b);
        for (int i = 0; i < started; i++)
            assert_int_equal(e[i].times, 1);
        assert_int_equal(b.gone, 1);
        assert_non_null(usb_gone_why(b.d));
        bench_stop(&b);
    }
    (void)state;
}

/* --- lies while it is being opened --- */

struct opening_lie {
    int at;         /* number of the command that is answered badly */
    int32_t status; /* of the answer, or: */
    size_t len;     /* bytes of an answer of zeros */
    bool hang_up;
};

static int commands;

static bool opening_hook(struct peer *p, const struct peer_command *c)
{
    const struct opening_lie *lie = p->hook_arg;
    static const uint8_t zeros[64];
    if (commands++ != lie->at)
        return false;
    if (lie->hang_up)
        peer_hang_up(p);
    else
        peer_return(p, c->seq, lie->status, zeros, lie->len,
                    (uint32_t)lie->len);
    return true;
}

/* Commands: device, head of the configuration, configuration, set
 * configuration, languages, three strings. */
static void test_opening_lies(void **state)
{
    static const struct {
        struct opening_lie lie;
        int error;
    } cases[] = {
        {{0, -32, 0, false}, -EIO},
        {{0, 0, 0, false}, -EBADMSG},
        {{0, 0, 17, false}, -EBADMSG},
        {{0, 0, 18, false}, -EBADMSG},
        {{0, -110, 0, false}, -ETIMEDOUT},
        {{0, -19, 0, false}, -ENODEV},
        {{1, -32, 0, false}, -EIO},
        {{1, 0, 9, false}, -EBADMSG},
        {{1, 0, 1, false}, -EBADMSG},
        {{2, -32, 0, false}, -EIO},
        {{2, 0, 9, false}, -EBADMSG},
        {{3, -32, 0, false}, -EIO},
        {{4, -32, 0, false}, 0},
        {{4, 0, 0, false}, 0},
        {{5, -32, 0, false}, 0},
        {{6, 0, 2, false}, 0},
        {{7, 0, 64, false}, 0},
        {{0, 0, 0, true}, -ENODEV},
        {{2, 0, 0, true}, -ENODEV},
        {{4, 0, 0, true}, -ENODEV},
        {{7, 0, 0, true}, -ENODEV},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct bench b;
        bench_start(&b);
        commands = 0;
        b.peer.hook = opening_hook;
        b.peer.hook_arg = (void *)&cases[i].lie;
        bench_open(&b);
        bench_until(&b, &b.opened, 1);
        if (b.error != cases[i].error)
            fail_msg("case %zu: %d", i, b.error);
        bench_stop(&b);
    }
    (void)state;
}

/* Something else listens there. */
static void test_no_server(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {
        {"", 0},
        {"SSH-2.0-OpenSSH_9.2\r\n", 21},
        {"\x01\x11\x00\x05\0\0\0\0", 8},
        {"\x01\x10\x00\x03\0\0\0\0", 8},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct bench b;
        bench_start(&b);
        bench_open(&b);
        peer_send(&b.peer, cases[i].bytes, cases[i].len);
        peer_hang_up(&b.peer);
        bench_until(&b, &b.opened, 1);
        assert_int_equal(b.error, -ENODEV);
        bench_stop(&b);
    }
    (void)state;
}

/* A busid without an end. */
static void test_endless_busid(void **state)
{
    uint8_t answer[8 + 312] = {0x01, 0x11, 0x00, 0x03};
    struct bench b;
    memset(answer + 8 + 256, 'x', 32);
    bench_start(&b);
    bench_open(&b);
    peer_send(&b.peer, answer, sizeof(answer));
    bench_until(&b, &b.opened, 1);
    assert_int_equal(b.error, -ENODEV);
    bench_stop(&b);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lies),          cmocka_unit_test(test_greedy_out),
        cmocka_unit_test(test_unlink_races),  cmocka_unit_test(test_noise),
        cmocka_unit_test(test_opening_lies),  cmocka_unit_test(test_no_server),
        cmocka_unit_test(test_endless_busid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
