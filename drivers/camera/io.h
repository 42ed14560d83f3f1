/* io.h - the system calls that reach a camera.
 *
 * Room: what device.c and stream.c ask of the kernel, as a table, so that tests
 * can play the kernel.
 */
#ifndef LUUKKU_CAMERA_IO_H
#define LUUKKU_CAMERA_IO_H

#include "base/defs.h"

struct camera_io {
    /* As ioctl(2), but gives 0 or -errno. */
    int (*control)(void *arg, int fd, unsigned long request, void *data);
    /* As mmap(2), shared and for reading; NULL when it fails. */
    void *(*map)(void *arg, int fd, size_t len, uint32_t offset);
    void (*unmap)(void *arg, void *at, size_t len);
    void *arg;
};

/* The kernel's own. */
extern const struct camera_io camera_io_kernel;

#endif
