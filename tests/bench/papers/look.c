/* look.c - what stands on a kiosk's screen and when, for benches: over one
 * connection, so that looking does not start a program each time.
 *
 * Usage: bench-look SOCKET await ID...
 *        bench-look SOCKET tap ID
 *
 * await: looks each 5 ms until one of the nodes is there; 60 s at most.
 * tap: once. Both write {"id":ID,"at":MS}, MS since 1970: when the answer
 * that had it came; when the tap was asked for.
 */
#include "base/clock.h"
#include "base/defs.h"
#include "base/log.h"
#include "control/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS 5
#define AWAIT_US 60000000LL
#define ANSWER_US 5000000LL

static int fail(const char *what, int r)
{
    (void)fprintf(stderr, "bench-look: %s: %s\n", what, strerrorname_np(-r));
    return EXIT_FAILURE;
}

static int tell(const char *id, int64_t at_us)
{
    (void)printf("{\"id\":\"%s\",\"at\":%.3f}\n", id, (double)at_us / 1000);
    return EXIT_SUCCESS;
}

/* The first of the nodes that the tree has, or NULL. */
static const char *find(const char *tree, char **ids)
{
    char member[80];
    for (; *ids; ids++) {
        (void)snprintf(member, sizeof(member), "\"id\":\"%s\"", *ids);
        if (strstr(tree, member))
            return *ids;
    }
    return NULL;
}

static int await(struct control_client *c, char **ids)
{
    static const char *const words[] = {"ui", "tree"};
    int64_t end_us = lk_clock_us() + AWAIT_US;
    while (lk_clock_us() < end_us) {
        LK_AUTO(control_answer) a = NULL;
        int r =
            control_client_call(c, words, LK_ARRAY_LEN(words), ANSWER_US, &a);
        if (r < 0)
            return fail("ui tree", r);
        const char *id = a->ok ? find(a->text, ids) : NULL;
        if (id)
            return tell(id, lk_clock_wall_us());
        (void)poll(NULL, 0, LOOK_MS);
    }
    return fail(ids[0], -ETIMEDOUT);
}

static int tap(struct control_client *c, const char *id)
{
    const char *const words[] = {"ui", "tap", id};
    LK_AUTO(control_answer) a = NULL;
    int64_t at_us = lk_clock_wall_us();
    int r = control_client_call(c, words, LK_ARRAY_LEN(words), ANSWER_US, &a);
    if (r < 0)
        return fail("ui tap", r);
    return a->ok ? tell(id, at_us) : fail(a->text, -ENOENT);
}

int main(int argc, char **argv)
{
    LK_AUTO(control_client) c = NULL;
    lk_log_init("bench-look", LK_LOG_INFO);
    if (argc < 4)
        return EXIT_FAILURE;
    int r = control_client_open(argv[1], &c);
    if (r < 0)
        return fail(argv[1], r);
    return strcmp(argv[2], "tap") == 0 ? tap(c, argv[3]) : await(c, argv + 3);
}
