/* lang.h - the languages that a kiosk speaks to people.
 *
 * Room: their codes (ISO 639-1; "se" is Northern Sami). What is said in them is
 * ui/kiosk's string tables'. Pure, any thread.
 */
#ifndef LUUKKU_BASE_LANG_H
#define LUUKKU_BASE_LANG_H

#include <stdbool.h>

#define LK_LANG_MAX 4 /* bytes of a code, the NUL included */

/* All of them, for a sentence. */
#define LK_LANGS_TEXT "fi, sv, en, se, ru, uk, ar or et"

/* Whether `code` is one of them. */
bool lk_lang_known(const char *code);

#endif
