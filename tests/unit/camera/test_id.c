#include "remove_tree.h"
#include "testing.h"

#include "camera/id.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static char sysfs[] = "/tmp/luukku-camera-XXXXXX";

static void put(const char *path, const char *text)
{
    char full[PATH_MAX];
    (void)snprintf(full, sizeof(full), "%s/%s", sysfs, path);
    for (char *at = strchr(full + sizeof(sysfs), '/'); at;
         at = strchr(at + 1, '/')) {
        *at = '\0';
        (void)mkdir(full, 0755);
        *at = '/';
    }
    LK_AUTO_FD fd = open(full, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void put_link(const char *path, const char *target)
{
    char full[PATH_MAX];
    (void)snprintf(full, sizeof(full), "%s/%s", sysfs, path);
    assert_int_equal(symlink(target, full), 0);
}

/* As the kernel shows a USB camera with a metadata node, one without a serial
 * number, and a platform device. */
static int make_tree(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(sysfs));
    put("class/video4linux/none", "");
    put("devices/usb1/1-1.2/serial", "AB 12\x01\n");
    put("devices/usb1/1-1.2/1-1.2:1.0/video4linux/video0/name",
        "Desk camera: D\xc3\xa9j\xc3\xa0 vu  \n");
    put("devices/usb1/1-1.2/1-1.2:1.0/video4linux/video1/name", "Meta\n");
    put("devices/usb1/1-3/1-3:1.0/video4linux/video12/name", "Cheap\n");
    put("devices/platform/vivid.0/video4linux/video3/name", "vivid\n");
    put_link("devices/usb1/1-1.2/1-1.2:1.0/video4linux/video0/device",
             "../../../1-1.2:1.0");
    put_link("devices/usb1/1-1.2/1-1.2:1.0/video4linux/video1/device",
             "../../../1-1.2:1.0");
    put_link("devices/usb1/1-3/1-3:1.0/video4linux/video12/device",
             "../../../1-3:1.0");
    put_link("devices/platform/vivid.0/video4linux/video3/device",
             "../../../vivid.0");
    put_link("class/video4linux/video0",
             "../../devices/usb1/1-1.2/1-1.2:1.0/video4linux/video0");
    put_link("class/video4linux/video1",
             "../../devices/usb1/1-1.2/1-1.2:1.0/video4linux/video1");
    put_link("class/video4linux/video12",
             "../../devices/usb1/1-3/1-3:1.0/video4linux/video12");
    put_link("class/video4linux/video3",
             "../../devices/platform/vivid.0/video4linux/video3");
    return 0;
}

static int remove_tree(void **state)
{
    (void)state;
    return test_remove_tree(sysfs);
}

static void reads_sysfs(void **state)
{
    (void)state;
    static const struct camera_id want[] = {
        {"video0", "1-1.2", "AB 12?", "Desk camera: D??j?? vu"},
        {"video12", "1-3", "", "Cheap"},
        {"video3", "vivid.0", "", "vivid"},
    };
    struct camera_id id;
    for (size_t i = 0; i < LK_ARRAY_LEN(want); i++) {
        assert_int_equal(camera_id_read(sysfs, want[i].node, &id), 0);
        assert_string_equal(id.node, want[i].node);
        assert_string_equal(id.port, want[i].port);
        assert_string_equal(id.serial, want[i].serial);
        assert_string_equal(id.name, want[i].name);
    }
    assert_int_equal(camera_id_read(sysfs, "video7", &id), -ENOENT);
    assert_int_equal(camera_id_read(sysfs, "../../x", &id), -EINVAL);
}

static void knows_nodes(void **state)
{
    (void)state;
    static const char *const good[] = {"video0", "video9", "video1234567890"};
    static const char *const bad[] = {
        "video",  "",         "video0x",          "vbi0",
        "Video0", "video-1",  "video12345678901", "xvideo0",
        "video/", "video0/1", "v4l-subdev0"};
    for (size_t i = 0; i < LK_ARRAY_LEN(good); i++)
        assert_true(camera_id_is_node(good[i]));
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_false(camera_id_is_node(bad[i]));
}

static void crosses_as_a_line(void **state)
{
    (void)state;
    static const struct {
        struct camera_id id;
        const char *line;
    } cases[] = {
        {{"video0", "1-1.2", "AB12", "Desk camera"},
         "video0 1-1.2 AB12 Desk camera"},
        {{"video1", "", "", ""}, "video1 - - -"},
    };
    char line[CAMERA_LINE_MAX];
    struct camera_id id;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        assert_int_equal(camera_id_line(&cases[i].id, line), 0);
        assert_string_equal(line, cases[i].line);
        assert_int_equal(camera_id_parse(line, &id), 0);
        assert_string_equal(id.name, cases[i].id.name);
        assert_string_equal(id.serial, cases[i].id.serial);
        assert_string_equal(id.port, cases[i].id.port);
    }
    /* The longest of everything still crosses. */
    struct camera_id most = {.node = "video1234567890"};
    memset(most.port, 'p', sizeof(most.port) - 1);
    memset(most.serial, 's', sizeof(most.serial) - 1);
    memset(most.name, 'n', sizeof(most.name) - 1);
    assert_int_equal(camera_id_line(&most, line), 0);
    assert_int_equal(camera_id_parse(line, &id), 0);
    assert_memory_equal(&id, &most, sizeof(id));
}

static void refuses_lines(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "video0",
        "video0 1-1 S",
        "video0 1-1 S ",
        "video0  S N",
        "card0 1-1 S N",
        "video0 1-1 S N\n",
        "video0 1-1 \xc3\xa4 N",
        "video0 0123456789012345678901234567890123456789012345678 S N",
        "video01234567890123 1-1 S N",
    };
    struct camera_id id = {.node = "untouched"};
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(camera_id_parse(bad[i], &id), -EBADMSG);
    assert_string_equal(id.node, "untouched");
}

static void is_the_one(void **state)
{
    (void)state;
    static const struct camera_id id = {"video0", "1-1.2", "AB 12",
                                        "Desk Camera"};
    static const struct {
        const char *which;
        bool is;
    } cases[] = {
        {"serial:AB 12", true},
        {"serial:AB_12", true},
        {"serial:AB", false},
        {"serial:", false},
        {"port:1-1.2", true},
        {"port:1-1", false},
        {"name:desk", true},
        {"name:camera", true},
        {"name:", false},
        {"name:table", false},
        {"", false},
        {"AB 12", false},
        {"node:video0", false},
        {"serial", false},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++)
        assert_int_equal(camera_id_is(&id, cases[i].which), cases[i].is);
}

static void shares_roles_out(void **state)
{
    (void)state;
    static const struct camera_id two[] = {{"video4", "1-10", "", "Front"},
                                           {"video2", "1-2", "D1", "Desk"},
                                           {"video9", "1-2", "D1", "Desk"}};
    static const struct {
        size_t count;
        const char *call, *document;
        struct camera_roles want;
    } cases[] = {
        {0, "", "", {-1, -1}},
        {3, "", "", {1, -1}}, /* the first port, the first node */
        {3, "", "serial:D1", {2, 1}},
        {2, "", "serial:D1", {0, 1}},
        {2, "port:1-10", "name:desk", {0, 1}},
        {2, "serial:gone", "", {-1, -1}}, /* not just any other one */
        {1, "", "name:desk", {0, -1}},
        {2, "name:desk", "name:desk", {-1, 1}},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct camera_roles r = camera_id_roles(
            two, cases[i].count, cases[i].call, cases[i].document);
        assert_int_equal(r.call, cases[i].want.call);
        assert_int_equal(r.document, cases[i].want.document);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sysfs),       cmocka_unit_test(knows_nodes),
        cmocka_unit_test(crosses_as_a_line), cmocka_unit_test(refuses_lines),
        cmocka_unit_test(is_the_one),        cmocka_unit_test(shares_roles_out),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
