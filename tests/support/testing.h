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

#endif
