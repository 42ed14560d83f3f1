/* luukku-rtc's free(3) and realloc(3), which are this program's here: nothing
 * is left where something was given back. Such memory is read as a debugger
 * would, through /proc. */
#include "base/defs.h"

#include "testing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARK 0x5c
#define LINKS 16 /* bytes that the allocator writes there, of any value */

static const size_t sizes[] = {100, 1000, 2048, 5000, 70000, 200000, 262144};

/* How many bytes of that memory have the mark; 0, too, where it is no more. */
static size_t marks(uintptr_t at, size_t len)
{
    static uint8_t copy[300000];
    LK_AUTO_FD fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && len <= sizeof(copy));
    ssize_t n = pread(fd, copy, len, (off_t)at);
    size_t found = 0;
    for (ssize_t i = 0; i < n; i++)
        found += copy[i] == MARK;
    return found;
}

/* The compiler, which knows free(3), leaves out what is only written. */
static void *block(size_t size)
{
    volatile uint8_t *p = malloc(size);
    assert_non_null((const void *)p);
    for (size_t i = 0; i < size; i++)
        p[i] = MARK;
    assert_int_equal(marks((uintptr_t)p, size), size);
    return (void *)p;
}

static void freed(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(sizes); i++) {
        void *p = block(sizes[i]);
        uintptr_t at = (uintptr_t)p;
        free(p);
        assert_true(marks(at, sizes[i]) <= LINKS);
    }
    free(NULL);
}

/* Larger, much smaller, to nothing, from nothing: what is kept is kept, what is
 * left is overwritten. */
static void resized(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(sizes); i++) {
        void *p = block(sizes[i]);
        uintptr_t old = (uintptr_t)p;
        p = realloc(p, 2 * sizes[i]);
        assert_non_null(p);
        assert_true(marks(old, sizes[i]) <= LINKS);
        uintptr_t at = (uintptr_t)p;
        assert_int_equal(marks(at, sizes[i]), sizes[i]);
        p = realloc(p, 4);
        assert_non_null(p);
        assert_int_equal(marks((uintptr_t)p, 4), 4);
        assert_true(marks(at, sizes[i]) <= LINKS);
        p = realloc(p, strtoul("0", NULL, 10));
        assert_null(p);
        free(p);
    }
    void *p = realloc(NULL, 10);
    assert_non_null(p);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(freed),
                                       cmocka_unit_test(resized)};
#ifdef LUUKKU_SANITIZED
    (void)tests; /* free(3) is the sanitizer's */
    return 0;
#else
    return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
