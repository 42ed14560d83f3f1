/* fonts.h - the fonts that Luukku writes with, on screens and on paper.
 *
 * Room: just these files are used, each by its path, so that no font is looked
 * for later, when files can no longer be found; nothing reads or writes
 * fontconfig's caches.
 */
#ifndef LUUKKU_TYPESET_FONTS_H
#define LUUKKU_TYPESET_FONTS_H

#include "base/defs.h"

struct _FcConfig;

/* For pango_font_description_from_string(). */
#define TYPESET_FAMILIES "Inter, Noto Sans, Noto Sans Arabic"

/* The configuration of fontconfig with these fonts and nothing else. There is
 * one for the whole program: Pango 1.50 keeps every one that it was given.
 *
 * ret     lent for good
 * Errors  -ENOENT they are not installed, -ENOMEM
 * Thread  any
 */
int typeset_fonts(struct _FcConfig **ret) LK_MUST_CHECK;

#endif
