/* sheet.h - one page's making and end. Private to this room. */
#ifndef LUUKKU_PAPERS_SHEET_H
#define LUUKKU_PAPERS_SHEET_H

#include "papers/papers.h"

/* A page out of what was given, without an id. Errors: papers_add()'s. */
int papers_sheet_new(struct papers_given *g,
                     struct papers_sheet **ret) LK_MUST_CHECK;
/* Wipes, closes, frees. NULL is fine. Returns NULL. */
struct papers_sheet *papers_sheet_free(struct papers_sheet *s);
LK_AUTO_DEFINE(papers_sheet);

/* Bytes of its JPEGs. */
size_t papers_sheet_bytes(const struct papers_sheet *s);

/* The same page, to be changed. */
struct papers_sheet *papers_sheet_of(struct papers *p, uint32_t id);
/* Likewise, when the expert may see it. */
struct papers_sheet *papers_sheet_shared(struct papers *p, uint32_t id);

/* A page is not to be seen together any more. */
void papers_forget_look(struct papers *p, uint32_t id);

#endif
