/* look.h - what leptonica sees on a reduced picture of a page.
 *
 * Room: the angle of a scan, the corners of a sheet on a desk, the light on it.
 * Leptonica gets pictures of a bounded size that were made here, never a file.
 * Thread: one at a time.
 */
#ifndef LUUKKU_PAGES_LOOK_H
#define LUUKKU_PAGES_LOOK_H

#include "ipc/scanpage.h"

/* By how many degrees to turn a picture, gray or of colours, clockwise so that
 * its lines are level; 0 when it is not clear, or less than would be seen.
 * Errors: -ENOMEM */
int pages_look_skew(const struct scanpage_draft *small,
                    double *ret_degrees) LK_MUST_CHECK;

struct pages_point {
    double x;
    double y;
};

/* The corners of the sheet on a gray picture: left top, right top, right
 * bottom, left bottom.
 * Errors: -ENOENT no sheet with four straight sides, -ENOMEM */
int pages_look_sheet(const struct scanpage_draft *gray,
                     struct pages_point ret[4]) LK_MUST_CHECK;

#endif
