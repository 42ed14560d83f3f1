#include "emulator.h"

#include "emulator_node.h"
#include "testing.h"
#include "usb/usbfs.h"
#include "usb/usbip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 32
#define ADDRESS_MAX 128
#define COMMAND_MS 5000
#define START_MS 60000 /* node, on a loaded machine */
#define NODE_TRIES 10

struct emulator {
    pid_t pid; /* 0: not ours */
    int in;    /* its standard input: it lives no longer than this is open */
    int control;
    char dir[32];
    char device[ADDRESS_MAX]; /* "unix:PATH", "tcp:HOST:PORT" */
    char busid[USB_IP_BUSID_MAX];
    unsigned vendor; /* of a device of the kernel; else 0 */
    unsigned product;
    bool kernel;
    char answer[EMULATOR_ANSWER_MAX];
};

static void copy(char *ret, size_t cap, const char *s)
{
    assert_true(strlen(s) < cap);
    memcpy(ret, s, strlen(s) + 1);
}

/* --- addresses --- */

static int connect_unix(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    copy(a.sun_path, sizeof(a.sun_path), path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    return connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 ? fd
                                                              : lk_fd_close(fd);
}

static int connect_tcp(const char *host_port)
{
    char host[64];
    const char *colon = strrchr(host_port, ':');
    struct sockaddr_in a = {.sin_family = AF_INET};
    if (colon) {
        size_t len = (size_t)(colon - host_port);
        assert_true(len < sizeof(host));
        memcpy(host, host_port, len);
        host[len] = '\0';
    } else { /* a bare port is this machine's */
        copy(host, sizeof(host), "127.0.0.1");
    }
    const char *port = colon ? colon + 1 : host_port;
    a.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    assert_int_equal(inet_pton(AF_INET, host, &a.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    return connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 ? fd
                                                              : lk_fd_close(fd);
}

static int connect_to(const char *address)
{
    if (strncmp(address, "unix:", 5) == 0)
        return connect_unix(address + 5);
    assert_true(strncmp(address, "tcp:", 4) == 0);
    return connect_tcp(address + 4);
}

/* --- lines --- */

/* Reads up to a newline, which is not kept. */
static void read_line(int fd, int limit_ms, char *ret, size_t cap)
{
    size_t n = 0;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&p, 1, limit_ms), 1);
        char c;
        assert_int_equal(read(fd, &c, 1), 1);
        if (c == '\n')
            break;
        assert_true(n + 1 < cap);
        ret[n++] = c;
    }
    ret[n] = '\0';
}

/* The string value of `"name":"..."` in a line of JSON that is ours. */
static void take_value(const char *line, const char *name, char *ret,
                       size_t cap)
{
    char key[32];
    (void)snprintf(key, sizeof(key), "\"%s\":\"", name);
    const char *at = strstr(line, key);
    assert_non_null(at);
    at += strlen(key);
    size_t len = strcspn(at, "\"");
    assert_true(len < cap);
    memcpy(ret, at, len);
    ret[len] = '\0';
}

/* --- starting --- */

static void child(int in, int out, char **argv)
{
    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(126);
    execv(LUUKKU_EMULATOR, argv);
    _exit(127);
}

static void spawn(struct emulator *e, char **argv, int *ret_out)
{
    int in[2];
    int out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    e->pid = fork();
    assert_true(e->pid >= 0);
    if (e->pid == 0)
        child(in[0], out[1], argv);
    lk_fd_close(in[0]);
    lk_fd_close(out[1]);
    e->in = in[1];
    *ret_out = out[0];
}

static void start_own(struct emulator *e, const char *kind,
                      const char *const *args)
{
    char listen[ADDRESS_MAX];
    char control[ADDRESS_MAX];
    char line[1024];
    char *argv[ARGS_MAX + 8] = {(char *)LUUKKU_EMULATOR, (char *)kind,
                                (char *)"--listen",      listen,
                                (char *)"--control",     control};
    size_t n = 6;
    for (size_t i = 0; args && args[i]; i++) {
        assert_true(i < ARGS_MAX);
        argv[n++] = (char *)args[i];
    }
    copy(e->dir, sizeof(e->dir), "/tmp/luukku-emulator-XXXXXX");
    assert_non_null(mkdtemp(e->dir));
    (void)snprintf(listen, sizeof(listen), "unix:%s/usb", e->dir);
    (void)snprintf(control, sizeof(control), "unix:%s/control", e->dir);
    LK_AUTO_FD out = -1;
    spawn(e, argv, &out);
    read_line(out, START_MS, line, sizeof(line));
    assert_int_equal(strncmp(line, "ready ", 6), 0);
    take_value(line, "listen", e->device, sizeof(e->device));
    take_value(line, "busid", e->busid, sizeof(e->busid));
    take_value(line, "control", control, sizeof(control));
    e->control = connect_to(control);
}

static void find_given(struct emulator *e, const char *device)
{
    const char *busid = getenv("LUUKKU_TEST_BUSID");
    const char *control = getenv("LUUKKU_TEST_CONTROL");
    copy(e->busid, sizeof(e->busid), busid ? busid : "1-1");
    if (strncmp(device, "usbfs:", 6) == 0) {
        e->kernel = true;
        char *colon = NULL;
        e->vendor = (unsigned)strtoul(device + 6, &colon, 16);
        assert_int_equal(*colon, ':');
        e->product = (unsigned)strtoul(colon + 1, NULL, 16);
    } else {
        assert_int_equal(strncmp(device, "usbip:", 6), 0);
        copy(e->device, sizeof(e->device), device + 6);
    }
    if (control)
        e->control = connect_to(control);
}

struct emulator *emulator_start(const char *kind, const char *const *args)
{
    const char *device = getenv("LUUKKU_TEST_DEVICE");
    struct emulator *e = calloc(1, sizeof(*e));
    assert_non_null(e);
    e->in = -1;
    e->control = -1;
    if (device)
        find_given(e, device);
    else
        start_own(e, kind, args);
    return e;
}

bool emulator_on_kernel(const struct emulator *e)
{
    return e->kernel;
}

/* --- commands --- */

const char *emulator_try(struct emulator *e, const char *command)
{
    char line[256];
    int len = snprintf(line, sizeof(line), "%s\n", command);
    assert_in_range(len, 1, sizeof(line) - 1);
    assert_true(e->control >= 0);
    assert_int_equal(send(e->control, line, (size_t)len, MSG_NOSIGNAL), len);
    read_line(e->control, COMMAND_MS, e->answer, sizeof(e->answer));
    return e->answer;
}

const char *emulator_command(struct emulator *e, const char *command)
{
    const char *answer = emulator_try(e, command);
    if (strncmp(answer, "ok", 2) != 0)
        fail_msg("%s: %s", command, answer);
    return answer[2] == ' ' ? answer + 3 : answer + 2;
}

/* --- opening --- */

int emulator_connect(struct emulator *e)
{
    if (e->kernel)
        return emulator_node_open(e->vendor, e->product);
    return connect_to(e->device);
}

struct opened {
    bool over;
    int error;
    struct usb_device *d;
};

static void on_opened(void *arg, int error, struct usb_device *d)
{
    struct opened *o = arg;
    o->over = true;
    o->error = error;
    o->d = d;
}

static struct usb_device *open_once(struct emulator *e, struct lk_loop *l,
                                    int *ret_error)
{
    struct opened o = {0};
    int fd = emulator_connect(e);
    if (fd < 0) {
        *ret_error = -ENODEV;
        return NULL;
    }
    int r = e->kernel ? usb_fs_open(l, fd, on_opened, &o, NULL)
                      : usb_ip_open(l, fd, e->busid, on_opened, &o, NULL);
    assert_int_equal(r, 0);
    /* Ends by itself: opening has a time limit. */
    while (!o.over)
        assert_int_equal(lk_loop_step(l, -1), 0);
    *ret_error = o.error;
    return o.d;
}

struct usb_device *emulator_open(struct emulator *e, struct lk_loop *l,
                                 int *ret_error)
{
    struct usb_device *d = open_once(e, l, ret_error);
    /* A kernel keeps the node of a device that was pulled out for a moment, and
     * whoever opens that waits for it to make up its mind. */
    for (int i = 0; e->kernel && !d && i < NODE_TRIES; i++)
        d = open_once(e, l, ret_error);
    return d;
}

struct emulator *emulator_free(struct emulator *e)
{
    if (!e)
        return NULL;
    lk_fd_close(e->control);
    lk_fd_close(e->in); /* it ends by that */
    if (e->pid > 0) {
        (void)kill(e->pid, SIGTERM);
        (void)waitpid(e->pid, NULL, 0);
    }
    if (e->dir[0] != '\0')
        emulator_remove_dir(e->dir);
    free(e);
    return NULL;
}
