/* id.h - which camera a device node is: serial number, USB port, name.
 *
 * Room: the kernel's words about a node in sysfs; one line of text that says
 * the same, to cross a channel; which of several cameras is meant. A node's
 * number says nothing: it changes with the order of plugging in.
 * Not here: opening nodes (device.h), their coming and going (watch.h).
 */
#ifndef LUUKKU_CAMERA_ID_H
#define LUUKKU_CAMERA_ID_H

#include "base/defs.h"

#include <stdbool.h>

#define CAMERA_NODE_MAX 16 /* of "video0", the NUL included */
#define CAMERA_NAME_MAX 80
#define CAMERA_SERIAL_MAX 64
#define CAMERA_PORT_MAX 48
#define CAMERA_LINE_MAX 256 /* of camera_id_line() */
#define CAMERAS_MAX 8       /* that are known at one time */

/* All printable ASCII; '?' stands for anything else. */
struct camera_id {
    char node[CAMERA_NODE_MAX];     /* "video0" */
    char port[CAMERA_PORT_MAX];     /* "1-1.2" on USB; else the parent's name */
    char serial[CAMERA_SERIAL_MAX]; /* "" where it has none */
    char name[CAMERA_NAME_MAX];
};

/* Reads what sysfs (`sysfs`: "/sys") says of the node "videoN".
 *
 * Errors  -EINVAL no such name, -ENOENT sysfs knows no such node
 * Thread  any
 */
int camera_id_read(const char *sysfs, const char *node,
                   struct camera_id *ret) LK_MUST_CHECK;

/* Whether a name is one of a V4L2 video node: "video" and a number. */
bool camera_id_is_node(const char *name);

/* "video0 1-1.2 SERIAL NAME", "-" for what is empty, a serial's spaces as "_".
 * Errors: -EMSGSIZE. */
int camera_id_line(const struct camera_id *id, char ret[CAMERA_LINE_MAX]);

/* Reads such a line. Total. Errors: -EBADMSG. */
int camera_id_parse(const char *line, struct camera_id *ret) LK_MUST_CHECK;

/* Whether it is the one that a configuration names: "serial:TEXT",
 * "port:1-1.2" or "name:TEXT" (a part of its name, any case). */
bool camera_id_is(const struct camera_id *id, const char *which);

/* What each of several cameras is for: an index, or -1. */
struct camera_roles {
    int call, document;
};

/* Shares cameras out. `call` and `document` name one each as camera_id_is()
 * does, "" any: the call then takes the first (by port, so that it stays the
 * same one) that is not the document camera. Without a name there is no
 * document camera. */
struct camera_roles camera_id_roles(const struct camera_id *ids, size_t count,
                                    const char *call, const char *document);

#endif
