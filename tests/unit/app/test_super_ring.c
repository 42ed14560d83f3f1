#include "testing.h"

#include "app/super_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];

static int make_path(void **state)
{
    (void)state;
    (void)snprintf(path, sizeof(path), "/tmp/luukku-ring.XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void keep(void *arg, const struct super_log_line *line)
{
    assert_int_equal(super_ring_put(arg, line, line->number % 2), 0);
}

/* Runs a log over the file: loads, then says `n` lines. Returns what was
 * loaded. */
static size_t run(unsigned n, uint64_t *ret_next)
{
    LK_AUTO(super_ring) ring = NULL;
    LK_AUTO(super_log) log = NULL;
    char text[64];
    assert_int_equal(super_ring_open(path, &ring), 0);
    assert_int_equal(super_log_new(&log), 0);
    size_t loaded = super_ring_load(ring, log);
    super_log_set_keep(log, keep, ring);
    for (unsigned i = 0; i < n; i++) {
        int len = snprintf(text, sizeof(text), "info luukkud test i=%u", i);
        super_log_add(log, "luukkud", 1000 * i, text, (size_t)len);
    }
    *ret_next = super_log_next(log);
    return loaded;
}

static void lines_come_back_with_their_numbers(void **state)
{
    uint64_t next = 0;
    (void)state;
    assert_int_equal(run(10, &next), 0);
    assert_int_equal(next, 11);
    assert_int_equal(run(5, &next), 10);
    assert_int_equal(next, 16);
    assert_int_equal(run(SUPER_RING_SLOTS + 3, &next), 15);
    assert_int_equal(run(0, &next), SUPER_RING_SLOTS);
    assert_int_equal(next, 16 + SUPER_RING_SLOTS + 3);
}

static void the_file_never_grows(void **state)
{
    struct stat st;
    uint64_t next = 0;
    (void)state;
    (void)run(3 * SUPER_RING_SLOTS, &next);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, SUPER_RING_SLOTS * SUPER_RING_SLOT);
}

/* A cut while a slot was written: half of it is new, half old. */
static void a_torn_line_is_left_out(void **state)
{
    uint64_t next = 0;
    uint8_t half[SUPER_RING_SLOT / 2];
    (void)state;
    (void)run(10, &next);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    memset(half, 'x', sizeof(half));
    assert_int_equal(pwrite(fd, half, sizeof(half),
                            10 * SUPER_RING_SLOT + SUPER_RING_SLOT / 2),
                     sizeof(half));
    assert_int_equal(close(fd), 0);
    assert_int_equal(run(0, &next), 9);
    assert_int_equal(next, 10);
}

static void a_file_of_another_size_is_made_anew(void **state)
{
    uint64_t next = 0;
    (void)state;
    (void)run(10, &next);
    assert_int_equal(truncate(path, 12345), 0);
    assert_int_equal(run(0, &next), 0);
}

/* Every single bit of a slot turned: never believed. */
static void no_flipped_bit_is_believed(void **state)
{
    uint8_t slot[SUPER_RING_SLOT];
    uint8_t copy[SUPER_RING_SLOT];
    struct super_log_line line = {.number = 77,
                                  .wall_us = 1700000000000000,
                                  .program = "luukku-rtc",
                                  .text = "warn luukku-rtc link \xc3\xa4"};
    struct super_log_line got;
    (void)state;
    super_ring_encode(&line, slot);
    memcpy(copy, slot, sizeof(copy));
    assert_int_equal(super_ring_decode(copy, &got), 0);
    assert_int_equal(got.number, 77);
    assert_string_equal(got.program, "luukku-rtc");
    assert_string_equal(got.text, line.text);
    for (size_t bit = 0; bit < 8UL * SUPER_RING_SLOT; bit++) {
        memcpy(copy, slot, sizeof(copy));
        copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(super_ring_decode(copy, &got), -EBADMSG);
    }
}

/* A right checksum, and lies within. */
static void lies_are_refused(void **state)
{
    static const struct super_log_line lies[] = {
        {.number = 0, .program = "luukkud", .text = "x"},
        {.number = SUPER_LOG_NUMBER_MAX, .program = "luukkud", .text = "x"},
        {.number = 1, .wall_us = -1, .program = "luukkud", .text = "x"},
        {.number = 1, .program = "", .text = "x"},
        {.number = 1, .program = "luukkud\x1b", .text = "x"},
        {.number = 1, .program = "luukkud", .text = "\xff"},
    };
    uint8_t slot[SUPER_RING_SLOT];
    struct super_log_line got;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(lies); i++) {
        super_ring_encode(&lies[i], slot);
        assert_int_equal(super_ring_decode(slot, &got), -EBADMSG);
    }
}

static void a_program_that_is_not_ours_is_left_out(void **state)
{
    LK_AUTO(super_log) log = NULL;
    struct super_log_line line = {
        .number = 5, .program = "luukku-other", .text = "x"};
    (void)state;
    assert_int_equal(super_log_new(&log), 0);
    assert_int_equal(super_log_restore(log, &line), 0);
    line.program = "luukku-rtc";
    assert_int_equal(super_log_restore(log, &line), 1);
    assert_int_equal(super_log_restore(log, &line), 0); /* not twice */
    assert_int_equal(super_log_next(log), 6);
}

static void a_link_is_not_followed(void **state)
{
    LK_AUTO(super_ring) ring = NULL;
    char link[80];
    (void)state;
    (void)snprintf(link, sizeof(link), "%s.link", path);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(super_ring_open(link, &ring), -ELOOP);
    assert_int_equal(super_ring_open("/dev/null", &ring), -EINVAL);
    assert_int_equal(unlink(link), 0);
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, make_path, remove_path)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(lines_come_back_with_their_numbers),
        FILE_TEST(the_file_never_grows),
        FILE_TEST(a_torn_line_is_left_out),
        FILE_TEST(a_file_of_another_size_is_made_anew),
        FILE_TEST(a_link_is_not_followed),
        cmocka_unit_test(no_flipped_bit_is_believed),
        cmocka_unit_test(lies_are_refused),
        cmocka_unit_test(a_program_that_is_not_ours_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
