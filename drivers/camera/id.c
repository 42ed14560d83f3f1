/* id.c - cameras by serial number, USB port and name. */
#include "camera/id.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

bool camera_id_is_node(const char *name)
{
    static const char stem[] = "video";
    size_t len = strnlen(name, CAMERA_NODE_MAX);
    if (len >= CAMERA_NODE_MAX || len < sizeof(stem) ||
        strncmp(name, stem, sizeof(stem) - 1) != 0)
        return false;
    for (const char *p = name + sizeof(stem) - 1; *p; p++)
        if (*p < '0' || *p > '9')
            return false;
    return true;
}

/* Copies at most cap - 1 characters, up to a line's end, made harmless. */
static void copy_plain(char *ret, size_t cap, const char *from, size_t len)
{
    size_t n = 0;
    while (n < len && n < cap - 1 && from[n] && from[n] != '\n') {
        bool plain = from[n] >= ' ' && from[n] < 0x7f;
        ret[n] = '?';
        if (plain)
            ret[n] = from[n];
        n++;
    }
    while (n > 0 && ret[n - 1] == ' ')
        n--;
    ret[n] = '\0';
}

/* One attribute, one line; "" when there is none. */
static void read_attribute(int dir, const char *name, char *ret, size_t cap)
{
    char text[128];
    LK_AUTO_FD fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));
    copy_plain(ret, cap, text, n > 0 ? (size_t)n : 0);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* An interface of a USB device is called PORT:CONFIGURATION.INTERFACE, and the
 * device is its parent. */
static void read_usb(const char *interface, struct camera_id *id)
{
    char path[PATH_MAX];
    const char *name = last_part(interface);
    copy_plain(id->port, sizeof(id->port), name, strcspn(name, ":"));
    if (!strchr(name, ':'))
        return;
    int n = snprintf(path, sizeof(path), "%s/..", interface);
    if (n < 0 || (size_t)n >= sizeof(path))
        return;
    LK_AUTO_FD dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0)
        read_attribute(dir, "serial", id->serial, sizeof(id->serial));
}

int camera_id_read(const char *sysfs, const char *node, struct camera_id *ret)
{
    struct camera_id id = {.node = ""};
    char path[PATH_MAX], device[PATH_MAX];
    if (!camera_id_is_node(node))
        return -EINVAL;
    int n = snprintf(path, sizeof(path), "%s/class/video4linux/%s/device",
                     sysfs, node);
    if (n < 0 || (size_t)n >= sizeof(path) || !realpath(path, device))
        return -ENOENT;
    path[(size_t)n - strlen("/device")] = '\0';
    LK_AUTO_FD dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -ENOENT;
    (void)snprintf(id.node, sizeof(id.node), "%s", node);
    read_attribute(dir, "name", id.name, sizeof(id.name));
    read_usb(device, &id);
    *ret = id;
    return 0;
}

/* --- one line ----------------------------------------------------------- */

/* A word for a text: no spaces, never empty. */
static void word_of(const char *text, char *ret, size_t cap)
{
    size_t n = 0;
    for (; text[n] && n < cap - 1; n++) {
        ret[n] = text[n];
        if (ret[n] == ' ')
            ret[n] = '_';
    }
    ret[n] = '\0';
    if (n == 0)
        (void)snprintf(ret, cap, "-");
}

int camera_id_line(const struct camera_id *id, char ret[CAMERA_LINE_MAX])
{
    char port[CAMERA_PORT_MAX], serial[CAMERA_SERIAL_MAX];
    word_of(id->port, port, sizeof(port));
    word_of(id->serial, serial, sizeof(serial));
    int n = snprintf(ret, CAMERA_LINE_MAX, "%s %s %s %s", id->node, port,
                     serial, *id->name ? id->name : "-");
    return n > 0 && n < CAMERA_LINE_MAX ? 0 : -EMSGSIZE;
}

/* Takes the next word (or, with `rest`, all that is left) of *at. */
static int take(const char **at, bool rest, char *ret, size_t cap)
{
    size_t len = rest ? strlen(*at) : strcspn(*at, " ");
    if (len == 0 || len >= cap)
        return -EBADMSG;
    for (size_t i = 0; i < len; i++)
        if ((*at)[i] < ' ' || (*at)[i] >= 0x7f)
            return -EBADMSG;
    bool nothing = len == 1 && **at == '-';
    memcpy(ret, *at, len);
    ret[nothing ? 0 : len] = '\0';
    *at += len;
    if (rest)
        return 0;
    if (**at != ' ')
        return -EBADMSG;
    (*at)++;
    return 0;
}

int camera_id_parse(const char *line, struct camera_id *ret)
{
    struct camera_id id = {.node = ""};
    const char *at = line;
    int r = take(&at, false, id.node, sizeof(id.node));
    if (r == 0)
        r = take(&at, false, id.port, sizeof(id.port));
    if (r == 0)
        r = take(&at, false, id.serial, sizeof(id.serial));
    if (r == 0)
        r = take(&at, true, id.name, sizeof(id.name));
    if (r < 0 || !camera_id_is_node(id.node))
        return -EBADMSG;
    *ret = id;
    return 0;
}

/* --- which is meant ----------------------------------------------------- */

static bool same_word(const char *text, const char *want)
{
    char word[CAMERA_SERIAL_MAX], other[CAMERA_SERIAL_MAX];
    word_of(text, word, sizeof(word));
    word_of(want, other, sizeof(other));
    return *want && strcmp(word, other) == 0;
}

bool camera_id_is(const struct camera_id *id, const char *which)
{
    const char *want = strchr(which, ':');
    if (!want)
        return false;
    size_t kind = (size_t)(want++ - which);
    if (kind == 6 && strncmp(which, "serial", kind) == 0)
        return same_word(id->serial, want);
    if (kind == 4 && strncmp(which, "port", kind) == 0)
        return same_word(id->port, want);
    return kind == 4 && strncmp(which, "name", kind) == 0 && *want &&
           strcasestr(id->name, want) != NULL;
}

/* By port, then by node: the order does not depend on when each was seen. */
static bool before(const struct camera_id *a, const struct camera_id *b)
{
    int order = strverscmp(a->port, b->port);
    return order < 0 || (order == 0 && strverscmp(a->node, b->node) < 0);
}

/* The first that is meant, or any (""), other than `taken`. */
static int first_of(const struct camera_id *ids, size_t count,
                    const char *which, int taken)
{
    int best = -1;
    for (size_t i = 0; i < LK_MIN(count, (size_t)CAMERAS_MAX); i++) {
        bool fits =
            (int)i != taken && (!*which || camera_id_is(&ids[i], which));
        if (fits && (best < 0 || before(&ids[i], &ids[best])))
            best = (int)i;
    }
    return best;
}

struct camera_roles camera_id_roles(const struct camera_id *ids, size_t count,
                                    const char *call, const char *document)
{
    struct camera_roles r = {.call = -1, .document = -1};
    if (*document)
        r.document = first_of(ids, count, document, -1);
    r.call = first_of(ids, count, call, r.document);
    return r;
}
