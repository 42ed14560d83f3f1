/* picture.h - a page's pixels that several look at.
 *
 * Room: a sealed page of ipc/scanpage.h, mapped once, counted. Immutable: any
 * thread may look at it that holds a reference.
 */
#ifndef LUUKKU_PAPERS_PICTURE_H
#define LUUKKU_PAPERS_PICTURE_H

#include "ipc/scanpage.h"

#include <stdbool.h>

struct papers_picture;

/* Maps a page that luukku-scan gave; `fd` is taken over, also when it fails.
 *
 * ret     with one reference, the caller's
 * Errors  scanpage_open()'s, -ENOMEM
 * Thread  any
 */
int papers_picture_new(int fd, struct papers_picture **ret) LK_MUST_CHECK;

/* One reference more. Returns p. Thread: any that holds one. */
struct papers_picture *papers_picture_ref(struct papers_picture *p);

/* One less; the last one unmaps. NULL is fine. Returns NULL. Thread: any. */
struct papers_picture *papers_picture_free(struct papers_picture *p);
LK_AUTO_DEFINE(papers_picture);

/* Its size, and its rows: width * bytes per pixel each, nothing between them;
 * as long as the reference. */
const struct scanpage_info *papers_picture_info(const struct papers_picture *p);
const uint8_t *papers_picture_rows(const struct papers_picture *p);

#endif
