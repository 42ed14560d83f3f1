/* Taking back one's own last edits. */
#include "forms/form_impl.h"

#include <errno.h>
#include <string.h>

/* The letters of a word are one edit: typed behind each other into one cell, or
 * deleted. */
void form_undoable(struct form *f, const struct form_cell *c,
                   enum form_stroke stroke)
{
    bool join = stroke != FORM_STROKE_OTHER && stroke == f->stroke &&
                strcmp(f->stroke_path, c->path) == 0;
    memcpy(f->stroke_path, c->path, sizeof(f->stroke_path));
    f->stroke = stroke;
    (void)!coedit_undoable(f->doc, join); /* a transaction is open */
}

bool form_can_undo(const struct form *f)
{
    return f->phase == FORM_FILLING && coedit_can_undo(f->doc);
}

int form_undo(struct form *f)
{
    const uint8_t *update = NULL;
    size_t len = 0;
    if (!coedit_can_undo(f->doc))
        return -ENOENT;
    int r = form_writable(f);
    if (r < 0)
        return r;
    f->stroke = FORM_STROKE_OTHER;
    f->touched = NULL;
    r = coedit_undo(f->doc, &update, &len);
    if (r == 0)
        r = form_committed(f, update, len);
    /* What it changed is to be seen. */
    if (f->touched && !f->touched->hidden)
        form_step_go(f, f->touched->section);
    form_settle(f);
    return r;
}
