/* defs.h - the few macros that every room uses.
 *
 * Room: ownership of locals (cleanup attribute), array sizes, format checks.
 * Not here: anything with state.
 */
#ifndef LUUKKU_BASE_DEFS_H
#define LUUKKU_BASE_DEFS_H

#include <stddef.h>
#include <stdint.h>

#define LK_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define LK_MIN(a, b) ((a) < (b) ? (a) : (b))
#define LK_MAX(a, b) ((a) > (b) ? (a) : (b))
#define LK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define LK_MUST_CHECK __attribute__((warn_unused_result))
#define LK_UNUSED __attribute__((unused))

/* A local pointer to `struct type` that is freed by type_free() when it goes
 * out of scope. Needs LK_AUTO_DEFINE(type) after type_free's declaration. */
#define LK_AUTO(type) __attribute__((cleanup(type##_auto_free))) struct type *

#define LK_AUTO_DEFINE(type)                             \
    static inline void type##_auto_free(struct type **p) \
    {                                                    \
        (void)type##_free(*p);                           \
    }                                                    \
    struct lk_swallow_semicolon

/* Gives the pointer away: evaluates to its value and sets it to NULL. By its
 * address: clang's analyzer, which does not know the cleanup attribute, would
 * call the NULL a dead store. */
#define LK_TAKE(p)                           \
    __extension__({                          \
        __typeof__(p) *lk_from_ = &(p);      \
        __typeof__(p) lk_taken_ = *lk_from_; \
        *lk_from_ = NULL;                    \
        lk_taken_;                           \
    })

/* A local file descriptor that is closed when it goes out of scope. */
#define LK_AUTO_FD __attribute__((cleanup(lk_fd_auto_close))) int

/* Closes *fd unless it is negative; errno is kept. */
void lk_fd_auto_close(int *fd);

/* Closes `fd` unless it is negative, keeps errno. Returns -1, so that
 * `fd = lk_fd_close(fd)` forgets it. */
int lk_fd_close(int fd);

/* Gives a LK_AUTO_FD away: returns *fd and sets it to -1. */
static inline int lk_fd_take(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

/* The struct that embeds `ptr` as its `member`. */
#define LK_CONTAINER_OF(ptr, type, member) \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
