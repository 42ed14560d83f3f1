#include "pages.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void must(bool good)
{
    if (!good)
        abort();
}

int pages_jpeg(uint32_t tag, size_t len)
{
    uint8_t *bytes = malloc(len + 4);
    must(bytes && len >= 4);
    for (size_t i = 0; i < len; i += 4)
        lk_put_u32(bytes + i, tag);
    lk_put_u32(bytes, 0xffd8ffe0);
    int fd = memfd_create("jpeg", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    must(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
    must(scanpage_seal(fd) == 0);
    free(bytes);
    return fd;
}

int pages_pixels(uint32_t width_px, uint32_t height_px)
{
    const struct scanpage_info i = {width_px, height_px, 1, 300};
    struct scanpage_draft *d = NULL;
    must(scanpage_draft_new(&i, &d) == 0);
    int fd = scanpage_draft_seal(d);
    scanpage_draft_free(d);
    must(fd >= 0);
    return fd;
}

struct papers_given pages_given(uint32_t tag, size_t len)
{
    return (struct papers_given){.from = PAPERS_FROM_SCANNER,
                                 .dpi = 300,
                                 .width_px = 2480,
                                 .height_px = 3508,
                                 .preview_fd = pages_pixels(9, 13),
                                 .detail_fd = pages_jpeg(tag, len),
                                 .small_fd = pages_jpeg(tag, 500)};
}

uint32_t pages_tag(const uint8_t *bytes, size_t len)
{
    must(len >= 8);
    return lk_get_u32(bytes + 4);
}
