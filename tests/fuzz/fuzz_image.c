/* Any bytes as a picture: decoded, looked at, judged, coded again. The first
 * byte chooses what is done with it. */
#include "ipc/scanmsg.h"
#include "pages/flatten.h"
#include "pages/jpeg.h"
#include "pages/look.h"
#include "pages/making.h"
#include "pages/reduce.h"
#include "pages/rows.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Larger ones are right, but slow: thousands of small ones find more. */
#define PIXELS_MAX 300000

static const struct pages_rows all = {NULL, NULL};

static void look(struct scanpage_draft **page, unsigned how)
{
    LK_AUTO(scanpage_draft) gray = NULL;
    double skew = 0;
    (void)pages_blank(&(*page)->info, (*page)->rows);
    if (how & 1 && pages_turn(page, how >> 4 & 3) < 0)
        return;
    if (how & 2 && pages_flatten(page) < 0)
        return;
    if (how & 4 &&
        pages_reduce(&(*page)->info, (*page)->rows, 300, true, &gray) == 0 &&
        pages_look_skew(gray, &skew) == 0 && pages_rotate(page, skew) < 0)
        return;
    if (how & 8) {
        int fd = pages_jpeg_encode(&(*page)->info, (*page)->rows, &all);
        if (fd >= 0)
            close(fd);
    }
}

/* The same bytes as they would come in, 7 more each time. */
struct tap {
    size_t len;
    size_t given;
};

static int64_t await(void *arg, size_t have)
{
    struct tap *t = arg;
    (void)have;
    t->given = LK_MIN(t->given + 7, t->len);
    return (int64_t)t->given;
}

static void compare(const struct pages_making *m,
                    const struct scanpage_draft *page)
{
    if (memcmp(&m->page->info, &page->info, sizeof(page->info)) != 0 ||
        memcmp(m->page->rows, page->rows, scanpage_bytes(&page->info)) != 0)
        abort();
}

/* `page` NULL: it could not be decoded when it was whole. */
static void come_in(const uint8_t *data, size_t size,
                    const struct scanpage_draft *page)
{
    struct pages_making m = {.early = true};
    const struct pages_strips to = {pages_making_begin, pages_making_rows, &m};
    struct tap t = {.len = size};
    const struct pages_inflow in = {memfd_create("tap", MFD_CLOEXEC), await,
                                    &t};
    unsigned traits = 0;
    if (in.fd < 0 || write(in.fd, data, size) != (ssize_t)size)
        abort();
    int r = pages_jpeg_inflow(&in, 0, &to, &traits);
    if ((r == 0) != (page != NULL))
        abort();
    if (page)
        compare(&m, page);
    pages_making_end(&m);
    close(in.fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pages_jpeg_info info;
    struct scanpage_draft *page = NULL;
    unsigned traits = 0;
    if (size < 1)
        return 0;
    if (pages_jpeg_turn(data + 1, size - 1) > 3)
        abort();
    if (pages_jpeg_info(data + 1, size - 1, &info) < 0 ||
        (uint64_t)info.width_px * info.height_px > PIXELS_MAX)
        return 0;
    int r = pages_jpeg_decode(data + 1, size - 1, 0, &page, &traits);
    if (data[0] >= 0xc0)
        come_in(data + 1, size - 1, r < 0 ? NULL : page);
    if (r < 0 || !page)
        return 0;
    if (scanpage_check(&page->info) < 0 || traits > SCANMSG_TRAITS_ALL)
        abort();
    look(&page, data[0]);
    (void)scanpage_draft_free(page);
    return 0;
}
