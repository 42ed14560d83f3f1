#include "app/super_usb.h"

#include "remove_tree.h"
#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A tree as /sys/bus/usb/devices, below a folder of its own. */
struct tree {
    char root[64];
};

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
}

static void configure(const struct tree *t, const char *port, const char *as)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "%s/%s/bConfigurationValue", t->root,
                   port);
    write_text(path, as);
}

static void add(const struct tree *t, const char *port, const char *const v[5])
{
    static const char *const name[] = {"idVendor", "idProduct", "bDeviceClass",
                                       "busnum", "devnum"};
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "%s/%s", t->root, port);
    assert_int_equal(mkdir(path, 0700), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(name); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s/%s", t->root, port, name[i]);
        if (v[i])
            write_text(path, v[i]);
    }
    configure(t, port, "1\n");
}

/* What sysfs says of the first interface of the device at `port`. */
static void add_interface(const struct tree *t, const char *port,
                          const char *class_code)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "%s/%s:1.0", t->root, port);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof(path), "%s/%s:1.0/bInterfaceClass", t->root,
                   port);
    write_text(path, class_code);
}

static int setup(void **state)
{
    struct tree *t = calloc(1, sizeof(*t));
    (void)snprintf(t->root, sizeof(t->root), "/tmp/luukku-usb-XXXXXX");
    if (!mkdtemp(t->root))
        return -1;
    add(t, "usb1", (const char *[]){"1d6b\n", "0002\n", "09\n", "1\n", "1\n"});
    add(t, "1-1", (const char *[]){"076b\n", "3031\n", "00\n", "1\n", "7\n"});
    add(t, "1-2", (const char *[]){"076b\n", "3031\n", "00\n", "1\n", "8\n"});
    add(t, "1-2.1", (const char *[]){"04b8\n", "0202\n", "00\n", "1\n", "9\n"});
    add(t, "1-3", (const char *[]){"05e3\n", "0608\n", "09\n", "1\n", "5\n"});
    add(t, "1-4", (const char *[]){"beef\n", "nope\n", "00\n", "1\n", "6\n"});
    add(t, "1-5", (const char *[]){"cafe\n", "0001\n", "00\n", "1\n", NULL});
    add(t, "1-6", (const char *[]){"046d\n", "c077\n", "00\n", "1\n", "3\n"});
    add(t, "1-7", (const char *[]){"08e6\n", "0001\n", "ff\n", "1\n", "4\n"});
    add(t, "1-8", (const char *[]){"072f\n", "0001\n", "00\n", "1\n", "2\n"});
    configure(t, "1-8", "\n");
    add_interface(t, "1-1", "0b\n");
    add_interface(t, "1-2", "0b\n");
    add_interface(t, "1-2.1", "0b\n");
    add_interface(t, "1-4", "0b\n");
    add_interface(t, "1-5", "0b\n");
    add_interface(t, "1-6", "03\n"); /* a mouse */
    add_interface(t, "1-7", "ff\n");
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct tree *t = *state;
    int r = test_remove_tree(t->root);
    free(t);
    return r;
}

static const struct {
    struct usb_rule rule[2];
    size_t rules;
    const char *port; /* NULL: none */
    unsigned number;
} finds[] = {
    {{{0x076b, 0x3031, ""}}, 1, "1-1", 7},
    {{{0x076b, -1, ""}}, 1, "1-1", 7},
    {{{0x076b, 0x3031, "1-2"}}, 1, "1-2", 8},
    {{{-1, -1, "1-2.1"}}, 1, "1-2.1", 9},
    /* the first rule that fits wins, wherever its device is plugged in */
    {{{0x04b8, -1, ""}, {0x076b, -1, ""}}, 2, "1-2.1", 9},
    {{{0xffff, -1, ""}, {0x076b, -1, "1-2"}}, 2, "1-2", 8},
    {{{0x076b, 0x3032, ""}}, 1, NULL, 0},
    {{{0x076b, 0x3031, "1-3"}}, 1, NULL, 0},
    {{{0x05e3, -1, ""}}, 1, NULL, 0},     /* a hub */
    {{{0x1d6b, -1, ""}}, 1, NULL, 0},     /* a bus */
    {{{0xbeef, -1, ""}}, 1, NULL, 0},     /* half a device */
    {{{0xcafe, -1, ""}}, 1, NULL, 0},     /* without a number */
    {{{0x072f, 0x0001, ""}}, 1, NULL, 0}, /* not configured yet */
    {{{0x046d, -1, ""}}, 1, NULL, 0},     /* not of the class */
    {{{-1, -1, "1-6"}}, 1, NULL, 0},      /* likewise */
    {{{0x08e6, -1, ""}}, 1, NULL, 0},     /* the maker's own class ... */
    {{{0x08e6, 1, ""}}, 1, "1-7", 4},     /* ... and named */
};

static void finds_what_is_allowed(void **state)
{
    const struct tree *t = *state;
    for (size_t i = 0; i < LK_ARRAY_LEN(finds); i++) {
        struct super_usb_place p = {.number = 4711};
        const struct usb_allow allow = {
            .class_code = 11, .rule = finds[i].rule, .rules = finds[i].rules};
        int r = super_usb_find(t->root, &allow, &p);
        if (!finds[i].port) {
            assert_int_equal(r, -ENODEV);
            assert_int_equal(p.number, 4711);
            continue;
        }
        assert_int_equal(r, 0);
        assert_string_equal(p.port, finds[i].port);
        assert_int_equal(p.bus, 1);
        assert_int_equal(p.number, finds[i].number);
    }
}

static void lacks_sysfs(void **state)
{
    struct usb_rule any = {.vendor = -1, .product = -1};
    struct super_usb_place p;
    (void)state;
    const struct usb_allow allow = {.class_code = 11, .rule = &any, .rules = 1};
    assert_int_equal(super_usb_find("/nonexistent", &allow, &p), -ENODEV);
}

static void opens_nodes(void **state)
{
    const struct tree *t = *state;
    char path[PATH_MAX];
    struct super_usb_place p = {.bus = 1, .number = 7};
    (void)snprintf(path, sizeof(path), "%s/001", t->root);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(super_usb_open(t->root, &p), -ENODEV);
    (void)snprintf(path, sizeof(path), "%s/001/007", t->root);
    write_text(path, "node");
    LK_AUTO_FD fd = super_usb_open(t->root, &p);
    assert_true(fd >= 0);
    p.number = 8; /* a link instead of a node is not followed */
    (void)snprintf(path, sizeof(path), "%s/001/008", t->root);
    assert_int_equal(symlink("007", path), 0);
    assert_int_equal(super_usb_open(t->root, &p), -ELOOP);
}

static void connects(void **state)
{
    const struct tree *t = *state;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    (void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/sock", t->root);
    assert_int_equal(super_usb_connect(at.sun_path), -ENODEV);
    LK_AUTO_FD server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(super_usb_connect(at.sun_path), -ENODEV);
    assert_int_equal(listen(server, 1), 0);
    LK_AUTO_FD fd = super_usb_connect(at.sun_path);
    assert_true(fd >= 0);
    char longer[200];
    memset(longer, 'a', sizeof(longer));
    longer[sizeof(longer) - 1] = 0;
    assert_int_equal(super_usb_connect(longer), -ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_what_is_allowed, setup, teardown),
        cmocka_unit_test(lacks_sysfs),
        cmocka_unit_test_setup_teardown(opens_nodes, setup, teardown),
        cmocka_unit_test_setup_teardown(connects, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
