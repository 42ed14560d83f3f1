/* luukkud_photo.h - the picture of the document camera that luukkud awaits.
 *
 * Room: one picture at a time, for the citizen who aims at a paper or for the
 * expert who looks at a document that is held. luukku-rtc's answers have no
 * number: one that comes after it was given up, or that was asked for earlier
 * than what is wanted now, shows what lay there then. Pure: time goes in.
 */
#ifndef LUUKKU_APP_LUUKKUD_PHOTO_H
#define LUUKKU_APP_LUUKKUD_PHOTO_H

#include <stdbool.h>
#include <stdint.h>

/* For an answer: longer than luukku-rtc gives the camera. */
#define LUUKKUD_PHOTO_US (20 * INT64_C(1000000))

/* All zero: none is awaited. */
struct luukkud_photo {
    bool awaited;
    bool stale; /* the next answer is of an earlier wish */
    bool late;  /* one was given up, and can still come */
    bool held;  /* for a document that is held to the camera */
    int64_t until_us;
};

/* A picture is wanted. True: luukku-rtc is to be asked for it; where that
 * cannot be, luukkud_photo_drop() follows. False: it has been asked, and will
 * be again. */
bool luukkud_photo_want(struct luukkud_photo *p, bool held, int64_t now_us);
void luukkud_photo_drop(struct luukkud_photo *p);

enum luukkud_photo_for {
    LUUKKUD_PHOTO_FOR_NOBODY, /* it is not wanted any more */
    LUUKKUD_PHOTO_FOR_AIM,
    LUUKKUD_PHOTO_FOR_HELD,
    LUUKKUD_PHOTO_AGAIN, /* is of an earlier wish: luukkud_photo_want() anew */
};

/* An answer came, `good`: with a picture. Whom it is for. */
enum luukkud_photo_for luukkud_photo_take(struct luukkud_photo *p, bool good);
/* There will be none, in time or at all; as above, never AGAIN. */
enum luukkud_photo_for luukkud_photo_give_up(struct luukkud_photo *p);

/* Whether it is time to give up. */
bool luukkud_photo_due(const struct luukkud_photo *p, int64_t now_us);
int64_t luukkud_photo_next_us(const struct luukkud_photo *p); /* INT64_MAX */

#endif
