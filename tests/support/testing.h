/* testing.h - what every unit test includes: cmocka with its prerequisites, a
 * printed seed for properties, and the allocation-failure sweep.
 */
#ifndef LUUKKU_TESTS_TESTING_H
#define LUUKKU_TESTS_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* A seed for this run: LUUKKU_SEED when set, else from the clock. Printed, so
 * that a failure can be repeated. */
static inline uint64_t test_seed(void)
{
    const char *set = getenv("LUUKKU_SEED");
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    uint64_t seed = set ? strtoull(set, NULL, 10)
                        : (uint64_t)t.tv_nsec ^ (uint64_t)t.tv_sec << 20;
    printf("LUUKKU_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

/* The next number of a 64-bit generator (splitmix64). */
static inline uint64_t test_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/* Which of many places a run tries: of each `stride` that follow one another
 * one at random; with 1 all of them. */
struct test_sample {
    uint64_t seed;
    unsigned stride;
    unsigned taken; /* of the `stride` under way */
};

/* A sample as a command line names it: "all", a stride, or NULL, which is all.
 * Prints the seed unless all are tried. */
static inline struct test_sample test_sample_new(const char *word)
{
    struct test_sample s = {.stride = 1};
    if (word && strcmp(word, "all") != 0)
        s.stride = (unsigned)strtoul(word, NULL, 10);
    if (s.stride == 0)
        s.stride = 1;
    if (s.stride > 1)
        s.seed = test_seed();
    return s;
}

/* Whether to try place `at`. To be asked about 0, 1, 2, ... in turn. */
static inline bool test_sample_takes(struct test_sample *s, unsigned at)
{
    if (at % s->stride == 0)
        s->taken = (unsigned)(test_random(&s->seed) % s->stride);
    return at % s->stride == s->taken;
}

#endif
