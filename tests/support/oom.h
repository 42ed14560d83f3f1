/* oom.h - make allocation number N fail. Link the test with WRAP malloc calloc
 * realloc (those that the room uses), and include this in one file of it.
 *
 *   OOM_SWEEP(r, expression) runs the expression with the 1st, 2nd, ... call
 *   failing until it succeeds, and asserts that every failure is -ENOMEM.
 */
#ifndef LUUKKU_TESTS_OOM_H
#define LUUKKU_TESTS_OOM_H

#include "testing.h"

#include <errno.h>

static _Thread_local long oom_left = -1; /* calls of this thread until one
                                          fails; negative: never */

static inline int oom_now(void)
{
    return oom_left >= 0 && oom_left-- == 0;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t len);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t len);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
    return oom_now() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t len)
{
    return oom_now() ? NULL : __real_calloc(n, len);
}

void *__wrap_realloc(void *p, size_t n)
{
    return oom_now() ? NULL : __real_realloc(p, n);
}

#define OOM_SWEEP(r, expression)            \
    do {                                    \
        for (long oom_i_ = 0;; oom_i_++) {  \
            oom_left = oom_i_;              \
            (r) = (expression);             \
            oom_left = -1;                  \
            if ((r) >= 0)                   \
                break;                      \
            assert_int_equal((r), -ENOMEM); \
            assert_true(oom_i_ < 10000);    \
        }                                   \
    } while (0)

#endif
