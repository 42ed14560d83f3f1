/* Lights of displays, in a directory like the kernel's. */
#include "remove_tree.h"
#include "testing.h"

#include "app/super_backlight.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/luukku-light-XXXXXX";

static void write_text(const char *light, const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", dir, light);
    assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
    (void)snprintf(path, sizeof(path), "%s/%s/%s", dir, light, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static unsigned read_light(const char *light)
{
    char path[256];
    char text[16] = "";
    (void)snprintf(path, sizeof(path), "%s/%s/brightness", dir, light);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof(text), f));
    (void)fclose(f);
    return (unsigned)strtoul(text, NULL, 10);
}

static void test_lights(void **state)
{
    (void)state;
    assert_int_equal(super_backlight_count("/nowhere/at/all"), 0);
    assert_int_equal(super_backlight_set("/nowhere/at/all", 50), 0);
    assert_int_equal(super_backlight_count(dir), 0);
    write_text("a", "max_brightness", "255\n");
    write_text("a", "brightness", "");
    write_text("b", "max_brightness", "7\n");
    write_text("b", "brightness", "");
    assert_int_equal(super_backlight_count(dir), 2);
    assert_int_equal(super_backlight_set(dir, 100), 2);
    assert_int_equal(read_light("a"), 255);
    assert_int_equal(read_light("b"), 7);
    write_text("a", "brightness", "");
    write_text("b", "brightness", "");
    assert_int_equal(super_backlight_set(dir, 10), 2);
    assert_int_equal(read_light("a"), 26);
    assert_int_equal(read_light("b"), 1);
}

/* One that is broken is told, and the others are set. */
static void test_broken(void **state)
{
    (void)state;
    write_text("c", "max_brightness", "many");
    write_text("a", "brightness", "");
    assert_int_equal(super_backlight_set(dir, 100), -EBADMSG);
    assert_int_equal(read_light("a"), 255);
    write_text("c", "max_brightness", "10");
    assert_int_equal(super_backlight_set(dir, 100), -ENOENT);
}

static int make(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int clean(void **state)
{
    (void)state;
    return test_remove_tree(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lights),
                                       cmocka_unit_test(test_broken)};
    return cmocka_run_group_tests(tests, make, clean);
}
