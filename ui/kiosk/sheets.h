/* sheets.h - pages of paper as they are drawn: scaled once, and kept.
 *
 * Room: scaling of pictures (papers/picture.h) to pixels of the screen, turned
 * by quarters, and a bounded store of what was scaled. What is kept holds a
 * reference; kiosk_sheets_keep() lets go of what is no longer shown, and
 * overwrites it. Thread: one.
 */
#ifndef LUUKKU_KIOSK_SHEETS_H
#define LUUKKU_KIOSK_SHEETS_H

#include "kiosk/sheet.h"

#define KIOSK_SHEETS_MAX 48                     /* scaled pictures */
#define KIOSK_SHEETS_BYTES (48UL * 1024 * 1024) /* of their pixels */

struct kiosk_sheets;

/* Errors: -ENOMEM. */
int kiosk_sheets_new(struct kiosk_sheets **ret) LK_MUST_CHECK;
/* Overwrites and frees. NULL is fine. Returns NULL. */
struct kiosk_sheets *kiosk_sheets_free(struct kiosk_sheets *s);
LK_AUTO_DEFINE(kiosk_sheets);

/* Lets go of all pictures that `v` has not (NULL: of all). */
void kiosk_sheets_keep(struct kiosk_sheets *s, const struct papers_view *v);

/* What is wanted of a picture: the part `from` of it (px, before it is turned),
 * turned, w x h pixels large. */
struct kiosk_scaling {
    struct kiosk_rect from;
    uint8_t turn;
    int w, h;
};

/* The pixels, 0x00RRGGBB, w * h without room between rows; lent until the next
 * call of any of these. NULL: no memory, or nothing wanted. The oldest go to
 * make room; what is larger than KIOSK_SHEETS_BYTES alone is refused. */
const uint32_t *kiosk_sheets_get(struct kiosk_sheets *s,
                                 struct papers_picture *p,
                                 const struct kiosk_scaling *want);

/* How often something had to be scaled: for tests. */
uint64_t kiosk_sheets_scaled(const struct kiosk_sheets *s);

/* Scales: averages where it becomes smaller, interpolates where it becomes
 * larger. `rows` as in papers_picture_rows(); ret has want->w * want->h pixels.
 * Errors: -ENOMEM, -EINVAL a part or a size out of range. */
int kiosk_sheets_scale(const struct scanpage_info *info, const uint8_t *rows,
                       const struct kiosk_scaling *want,
                       uint32_t *ret) LK_MUST_CHECK;

#endif
