/* edit.h - the text of one field while it is edited.
 *
 * Room: UTF-8 text with a ceiling, the caret and a selection that stand
 * between grapheme clusters (cluster.h), changes from elsewhere that leave the
 * caret where the person put it. Pure: no drawing, no keys. All memory is
 * taken at the start and overwritten at the end. One thread.
 */
#ifndef LUUKKU_KIOSK_EDIT_H
#define LUUKKU_KIOSK_EDIT_H

#include "base/defs.h"

#include <stdbool.h>

#define KIOSK_EDIT_MAX 16384 /* most bytes of a field's text */

struct kiosk_edit;

/* Where the caret goes, in the text's order. */
enum kiosk_edit_step {
    KIOSK_EDIT_PREVIOUS, /* one cluster */
    KIOSK_EDIT_NEXT,
    KIOSK_EDIT_PREVIOUS_WORD, /* to the beginning of a word */
    KIOSK_EDIT_NEXT_WORD,
    KIOSK_EDIT_HOME,
    KIOSK_EDIT_END,
};

/* An empty text of at most `max` bytes, 1..KIOSK_EDIT_MAX.
 *
 * Owner   caller; kiosk_edit_free()
 * Errors  -ENOMEM, -EINVAL `max` out of range
 */
int kiosk_edit_new(size_t max, struct kiosk_edit **ret) LK_MUST_CHECK;

/* Overwrites and frees. NULL is fine. Returns NULL. */
struct kiosk_edit *kiosk_edit_free(struct kiosk_edit *e);
LK_AUTO_DEFINE(kiosk_edit);

/* From now on the text may have several lines when `lines`, and typing stops
 * at `limit` bytes. What kiosk_edit_set() brings may pass that, and hold signs
 * that cannot be typed: it is somebody else's, and cannot be refused. */
void kiosk_edit_share(struct kiosk_edit *e, size_t limit, bool lines);

/* The text with its NUL; lives until the next change. And its bytes. */
const char *kiosk_edit_text(const struct kiosk_edit *e);
size_t kiosk_edit_len(const struct kiosk_edit *e);

/* Byte offsets of the caret, and of the selection's other end: the same when
 * nothing is selected. Always cluster boundaries. */
size_t kiosk_edit_caret(const struct kiosk_edit *e);
size_t kiosk_edit_anchor(const struct kiosk_edit *e);

/* Puts `len` bytes in place of the selection, the caret behind them. All or
 * nothing.
 *
 * Errors  -EBADMSG not UTF-8, or a control character or (but where there are
 *         lines) a line break in it; -EMSGSIZE the ceiling would be passed
 */
int kiosk_edit_insert(struct kiosk_edit *e, const char *text,
                      size_t len) LK_MUST_CHECK;

/* Deletes the selection or, without one, from the caret to where the step
 * leads. Returns whether anything changed. */
bool kiosk_edit_erase(struct kiosk_edit *e, enum kiosk_edit_step step);

/* Moves the caret. With `select` the selection's other end stays; without, a
 * selection ends: PREVIOUS and NEXT then go to its ends. */
void kiosk_edit_move(struct kiosk_edit *e, enum kiosk_edit_step step,
                     bool select);

/* Selects from `anchor` to `caret` (bytes), each moved to the next boundary. */
void kiosk_edit_select(struct kiosk_edit *e, size_t anchor, size_t caret);

/* The whole text as somebody else has it now. Caret and selection stay beside
 * the characters that they stood beside: those that both texts have in common
 * (their longest common subsequence where what changed is short, else its
 * beginning and end); what stood among characters that are gone comes to stand
 * behind what came for them.
 *
 * Errors  as kiosk_edit_insert(); nothing is changed then
 */
int kiosk_edit_set(struct kiosk_edit *e, const char *text,
                   size_t len) LK_MUST_CHECK;

/* Empties and overwrites. */
void kiosk_edit_clear(struct kiosk_edit *e);

#endif
