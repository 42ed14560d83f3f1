/* luukku_scan.c - one document scanner, and everything that decodes pages. A
 * USB descriptor from luukku-super; no network, no files, no keys. */
#include "app/confine.h"
#include "app/scan_desk.h"
#include "app/setup.h"
#include "base/log.h"
#include "pages/warm.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int run(int super_fd)
{
    struct confine_report walls;
    LK_AUTO(scan_desk) desk = NULL;
    int r = confine_apply(&confine_scan, &walls);
    if (r < 0)
        return setup_fail("confinement", r);
    r = scan_desk_new(super_fd, &desk);
    if (r < 0)
        return setup_fail("start", r);
    r = scan_desk_run(desk, walls.text);
    if (r == -ETIME) {
        /* The decoder's thread cannot be joined: out, without its consent. */
        (void)setup_fail("a page takes too long", r);
        _exit(EXIT_FAILURE);
    }
    return r < 0 ? setup_fail("loop", r) : 0;
}

int main(void)
{
    struct inherit in;
    lk_log_init("luukku-scan", LK_LOG_INFO);
    /* One arena, or freed pages stay with the decoder's thread. */
    setup_one_arena();
    int r = inherit_init(&in);
    if (r < 0)
        r = setup_fail("not started by luukku-super", r);
    int fd = -1;
    if (r == 0) {
        fd = inherit_take(&in, "super");
        r = fd < 0 ? setup_fail("channel to luukku-super", fd) : 0;
    }
    if (r == 0) {
        inherit_close(&in);
        r = pages_warm();
        r = r < 0 ? setup_fail("decoders", r) : run(fd);
    }
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
