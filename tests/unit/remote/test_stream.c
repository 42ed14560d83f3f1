/* The sealed stream between a kiosk and a technician, by a broker that loses,
 * repeats, reorders, forges and mixes up. */
#include "testing.h"

#include "remote/stream.h"

#include <errno.h>
#include <string.h>

#define FRAMES_MAX 64

struct frames {
    size_t n;
    struct {
        int len;
        uint8_t data[REMOTE_FRAME_MAX];
    } at[FRAMES_MAX];
};

static struct remote_stream *kiosk, *tech;
static struct remote_keys keys;
static int64_t now_us;

static int setup(void **state)
{
    struct remote_secret *a = NULL, *b = NULL;
    uint8_t pa[REMOTE_PUBLIC_LEN], pb[REMOTE_PUBLIC_LEN];
    uint8_t salt[REMOTE_SALT_LEN];
    const uint8_t open[32] = {1};
    struct remote_keys other;
    (void)state;
    now_us = 1000000;
    assert_int_equal(remote_secret_new(&a), 0);
    assert_int_equal(remote_secret_new(&b), 0);
    assert_int_equal(remote_secret_public(a, pa), 0);
    assert_int_equal(remote_secret_public(b, pb), 0);
    assert_int_equal(remote_salt(open, "nonce", pa, salt), 0);
    assert_int_equal(remote_agree(a, pb, salt, &keys), 0);
    assert_int_equal(remote_agree(b, pa, salt, &other), 0);
    assert_memory_equal(&keys, &other, sizeof(keys));
    salt[0] ^= 1;
    assert_int_equal(remote_agree(b, pa, salt, &other), 0);
    assert_memory_not_equal(&keys, &other, sizeof(keys));
    pa[40] ^= 1; /* no point of the curve */
    assert_int_equal(remote_agree(b, pa, salt, &other), -EBADMSG);
    remote_secret_free(a);
    remote_secret_free(b);
    struct remote_stream_config c = {
        .keys = &keys, .id = {7}, .kiosk = true, .now_us = now_us};
    assert_int_equal(remote_stream_new(&c, &kiosk), 0);
    c.kiosk = false;
    return remote_stream_new(&c, &tech);
}

static int teardown(void **state)
{
    (void)state;
    kiosk = remote_stream_free(kiosk);
    tech = remote_stream_free(tech);
    return 0;
}

static void collect(struct remote_stream *s, struct frames *f)
{
    f->n = 0;
    while (f->n < FRAMES_MAX && (f->at[f->n].len = remote_stream_poll(
                                     s, f->at[f->n].data, now_us)) > 0)
        f->n++;
}

static int give(struct remote_stream *s, const struct frames *f, size_t i)
{
    return remote_stream_receive(s, f->at[i].data, (size_t)f->at[i].len,
                                 now_us);
}

static void assert_held(struct remote_stream *s, const char *text)
{
    char held[REMOTE_HELD_MAX + 1];
    size_t n = remote_stream_peek(s, held, REMOTE_HELD_MAX);
    held[n] = '\0';
    assert_string_equal(held, text);
    remote_stream_skip(s, n);
}

static void test_confirms_and_carries(void **state)
{
    struct frames f;
    (void)state;
    assert_false(remote_stream_confirmed(kiosk));
    collect(tech, &f);
    assert_int_equal(f.n, 1); /* at once, though nothing was typed */
    assert_int_equal(give(kiosk, &f, 0), 0);
    assert_true(remote_stream_confirmed(kiosk));
    assert_int_equal(remote_stream_write(tech, "show", 4), 4);
    collect(tech, &f);
    assert_int_equal(f.n, 1);
    assert_null(memmem(f.at[0].data, (size_t)f.at[0].len, "show", 4));
    assert_int_equal(give(kiosk, &f, 0), 0);
    assert_held(kiosk, "show");
}

static void test_replayed_and_reordered(void **state)
{
    struct frames f;
    (void)state;
    collect(tech, &f);
    assert_int_equal(give(kiosk, &f, 0), 0);
    assert_int_equal(give(kiosk, &f, 0), -EALREADY);
    assert_int_equal(remote_stream_write(tech, "a", 1), 1);
    assert_int_equal(remote_stream_write(tech, "b", 1), 1);
    collect(tech, &f);
    assert_int_equal(f.n, 2);
    assert_int_equal(give(kiosk, &f, 1), -EAGAIN);
    assert_int_equal(give(kiosk, &f, 0), 0);
    assert_int_equal(give(kiosk, &f, 0), -EALREADY);
    assert_held(kiosk, "a");
    now_us += REMOTE_AGAIN_US; /* what was lost comes again, the very same */
    struct frames again;
    collect(tech, &again);
    assert_int_equal(again.n, 2);
    assert_memory_equal(again.at[1].data, f.at[1].data, (size_t)f.at[1].len);
    assert_int_equal(give(kiosk, &again, 1), 0);
    assert_held(kiosk, "b");
}

static void test_forged(void **state)
{
    struct frames f;
    struct remote_stream *other = NULL;
    struct remote_stream_config c = {
        .keys = &keys, .id = {8}, .kiosk = true, .now_us = now_us};
    (void)state;
    assert_int_equal(remote_stream_new(&c, &other), 0);
    assert_int_equal(remote_stream_write(tech, "reboot", 6), 6);
    collect(tech, &f);
    assert_int_equal(give(other, &f, 0), -EBADMSG); /* another session's */
    assert_int_equal(give(tech, &f, 0), -EBADMSG);  /* sent back */
    for (int i = 0; i < f.at[0].len; i++) {
        f.at[0].data[i] ^= 0x10;
        assert_int_equal(give(kiosk, &f, 0), -EBADMSG);
        f.at[0].data[i] ^= 0x10;
    }
    for (int len = 0; len < f.at[0].len; len++)
        assert_int_equal(
            remote_stream_receive(kiosk, f.at[0].data, (size_t)len, now_us),
            -EBADMSG);
    assert_false(remote_stream_confirmed(kiosk));
    assert_int_equal(give(kiosk, &f, 0), 0);
    remote_stream_free(other);
}

static void test_ceilings(void **state)
{
    static uint8_t much[2 * REMOTE_HELD_MAX + REMOTE_WINDOW * REMOTE_DATA_MAX];
    struct frames f;
    (void)state;
    size_t n = remote_stream_write(tech, much, sizeof(much));
    assert_int_equal(n, REMOTE_WINDOW * REMOTE_DATA_MAX);
    assert_false(remote_stream_room(tech));
    collect(tech, &f);
    int r = 0;
    size_t taken = 0;
    for (size_t i = 0; i < f.n && r == 0; i++) {
        r = give(kiosk, &f, i);
        taken += r == 0;
    }
    assert_int_equal(r, -EAGAIN); /* nobody reads: no more is taken */
    assert_int_equal(taken, REMOTE_HELD_MAX / REMOTE_DATA_MAX);
}

static void test_ends(void **state)
{
    struct frames f;
    (void)state;
    collect(tech, &f);
    assert_int_equal(give(kiosk, &f, 0), 0);
    remote_stream_end(kiosk, REMOTE_VISIT);
    collect(kiosk, &f);
    assert_int_equal(f.n, 1);
    assert_int_equal(give(tech, &f, 0), 0);
    assert_int_equal(remote_stream_ended(tech), REMOTE_VISIT);
    assert_int_equal(give(tech, &f, 0), -ESHUTDOWN);
    assert_true(remote_stream_next_us(tech) == INT64_MAX);
    assert_int_equal(remote_stream_write(tech, "x", 1), 0);
}

static void test_silence(void **state)
{
    struct frames f;
    (void)state;
    now_us += REMOTE_CONFIRM_US; /* nobody has shown to hold the keys */
    collect(kiosk, &f);
    assert_int_equal(remote_stream_ended(kiosk), REMOTE_SILENT);
    collect(tech, &f);
    assert_int_equal(remote_stream_ended(tech), REMOTE_SILENT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_confirms_and_carries, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_replayed_and_reordered, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_forged, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ceilings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_silence, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
