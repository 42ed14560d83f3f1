/* Every allocation of ours fails once: said, nothing leaks, nothing is given.
 */
#include "oom.h"

#include "rig.h"

static struct lk_loop *loop;
static struct media_config config;

static void no_packets(void *arg, struct media_packets *p)
{
    (void)arg;
    media_packets_free(p);
}

static void nothing(void *arg)
{
    (void)arg;
}

static int make_media(void)
{
    const struct media_callbacks cb = {.packets = no_packets,
                                       .keyframe_wanted = nothing};
    struct media *m = NULL;
    int r = media_new(&config, &cb, loop, &m);
    long left = oom_left;
    oom_left = -1;
    assert_int_equal(m == NULL, r < 0);
    media_free(m);
    oom_left = left;
    return r;
}

static void test_new(void **state)
{
    int r;
    (void)state;
    assert_int_equal(lk_loop_new(&loop), 0);
    for (int camera = 0; camera <= 1; camera++) {
        config = rig_config();
        config.camera_simulated = camera != 0;
        OOM_SWEEP(r, make_media());
        assert_int_equal(r, 0);
    }
    lk_loop_free(loop);
}

static int setup(void **state)
{
    (void)state;
    return media_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_new)};
    return cmocka_run_group_tests(tests, setup, NULL);
}
