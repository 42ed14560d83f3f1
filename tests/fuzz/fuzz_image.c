/* Any bytes as a picture: decoded, looked at, judged, coded again. The first
 * byte chooses what is done with it. */
#include "ipc/scanmsg.h"
#include "pages/flatten.h"
#include "pages/jpeg.h"
#include "pages/look.h"
#include "pages/rows.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Larger ones are right, but slow: thousands of small ones find more. */
#define PIXELS_MAX 300000

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
        int fd = pages_jpeg_encode(&(*page)->info, (*page)->rows);
        if (fd >= 0)
            close(fd);
    }
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
    if (pages_jpeg_decode(data + 1, size - 1, 0, &page, &traits) < 0)
        return 0;
    if (scanpage_check(&page->info) < 0 || traits > SCANMSG_TRAITS_ALL)
        abort();
    look(&page, data[0]);
    (void)scanpage_draft_free(page);
    return 0;
}
