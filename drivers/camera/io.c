#include "camera/io.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static int io_control(void *arg, int fd, unsigned long request, void *data)
{
    int r;
    (void)arg;
    do
        r = ioctl(fd, request, data);
    while (r < 0 && errno == EINTR);
    return r < 0 ? -errno : 0;
}

static void *io_map(void *arg, int fd, size_t len, uint32_t offset)
{
    (void)arg;
    void *p = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, (off_t)offset);
    return p == MAP_FAILED ? NULL : p;
}

static void io_unmap(void *arg, void *at, size_t len)
{
    (void)arg;
    (void)munmap(at, len);
}

const struct camera_io camera_io_kernel = {
    .control = io_control, .map = io_map, .unmap = io_unmap};
