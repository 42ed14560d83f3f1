/* glyphs.h - one line of a layout, so that a PDF's text can be taken out again
 * character by character: also those that no font has, and of any script. */
#ifndef LUUKKU_SEAL_GLYPHS_H
#define LUUKKU_SEAL_GLYPHS_H

#include <pango/pangocairo.h>

/* Draws with the line's left end of the baseline at x, y. */
void seal_glyphs_draw(cairo_t *cr, PangoLayoutLine *line, double x, double y);

#endif
