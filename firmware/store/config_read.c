/* A configuration's begin and end: what holds where it says nothing, reading
 * its file, freeing. */
#include "base/buf.h"
#include "store/config_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first device of a USB/IP server that has one. */
static const char usual_busid[] = "1-1";
static const char stills_busid[] = "stills"; /* what its place is called */

/* Who it is, with a name. */
static const char usual_scope[] = "openid profile";

static const char usual_language[] = "fi";

struct store_config *config_defaults(void)
{
    struct store_config *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->panel_width_px = 1080;
    c->panel_height_px = 1920;
    c->panel_width_mm = 340;
    c->panel_distance_mm = 600;
    c->volume = 7;
    memcpy(c->language, usual_language, sizeof(usual_language));
    c->video_width_px = 640;
    c->video_height_px = 480;
    c->video_fps = 30;
    c->video_max_kbps = 2000;
    memcpy(c->phone.scope, usual_scope, sizeof(usual_scope));
    memcpy(c->scanner.busid, usual_busid, sizeof(usual_busid));
    memcpy(c->reader.busid, usual_busid, sizeof(usual_busid));
    memcpy(c->document.busid, stills_busid, sizeof(stills_busid));
    return c;
}

int store_config_read(int fd, const char *dir, struct store_config **ret,
                      struct store_config_error *ret_error)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(STORE_CONFIG_LEN_MAX + 1, &b);
    while (r == 0 && b->len <= STORE_CONFIG_LEN_MAX) {
        r = lk_buf_reserve(b, STORE_CONFIG_LEN_MAX + 1 - b->len);
        if (r < 0)
            break;
        ssize_t n = pread(fd, b->data + b->len,
                          STORE_CONFIG_LEN_MAX + 1 - b->len, (off_t)b->len);
        if (n < 0 && errno != EINTR)
            r = -errno;
        if (n == 0)
            break;
        b->len += n > 0 ? (size_t)n : 0;
    }
    if (r == 0)
        r = store_config_parse(lk_buf_str(b), b->len, dir, ret, ret_error);
    if (b)
        lk_buf_wipe(b);
    return r;
}

struct store_config *store_config_free(struct store_config *c)
{
    if (c) {
        explicit_bzero(c, sizeof(*c));
        free(c);
    }
    return NULL;
}
