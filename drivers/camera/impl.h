/* impl.h - the opened camera, inside the room. */
#ifndef LUUKKU_CAMERA_IMPL_H
#define LUUKKU_CAMERA_IMPL_H

#include "camera/device.h"

struct camera {
    const struct camera_io *io;
    int fd;
    char card[CAMERA_CARD_MAX];
    bool shut;
};

/* One ioctl(2). 0 or -errno. */
int camera_call(struct camera *c, unsigned long request, void *data);

#endif
