/* rtc_captions.h - the few words that luukku-rtc writes into pictures.
 *
 * Room: a string table. Capital letters only: that is what media can draw.
 */
#ifndef LUUKKU_APP_RTC_CAPTIONS_H
#define LUUKKU_APP_RTC_CAPTIONS_H

#include "media/media.h"

/* The words of a caption in a language, English for one that is not known. */
const char *rtc_caption(const char *lang, enum media_caption which);

#endif
