/* audit.h - what is wrong with a screen as it is laid out.
 *
 * Room: text that is cut, sticks out or is broken, boxes that overlap or lie
 * outside, contrast by the themes' colours, targets and the room between keys.
 * No pixels are needed.
 */
#ifndef LUUKKU_TESTS_KIOSK_AUDIT_H
#define LUUKKU_TESTS_KIOSK_AUDIT_H

#include "samples.h"

/* Told of every finding: what, the node's index (-1: the screen), a number and
 * what it should have been at least. */
struct audit {
    void (*found)(void *arg, const char *what, int node, double is,
                  double least);
    void *arg;
};

/* Everything but the colours, which the text's size does not change. */
void audit_places(const struct audit *a, const struct sample_stage *s);

/* Contrasts in the theme that the tree says. */
void audit_colours(const struct audit *a, const struct sample_stage *s);

#endif
