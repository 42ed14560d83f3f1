/* form_impl.h - the inside of a form, shared by this room's files only.
 *
 * A cell is one thing that is filled in: a field, a part of an address, a field
 * of a row. Cells lie in the order of the definition; those of a row behind the
 * field of rows. Each has its value as text, read anew whenever the shared
 * document changed there.
 */
#ifndef LUUKKU_FORMS_FORM_IMPL_H
#define LUUKKU_FORMS_FORM_IMPL_H

#include "base/buf.h"
#include "coedit/coedit.h"
#include "forms/form.h"
#include "forms/record.h"
#include "forms/share.h"

#define FORM_CITIZEN 1           /* client id of the kiosk's edits */
#define FORM_CHANGES 128         /* of one cell that an edit may be behind */
#define FORM_SUGGESTION_MAX 4000 /* bytes */
#define FORM_PAPERS_MAX 20       /* of one field */
#define FORM_NAME_MAX 128        /* bytes of a paper's name, the NUL included */
#define FORM_SCALAR_MAX 64       /* units of a number, date, phone... */
#define FORM_EMAIL_MAX 254
#define FORM_ROW_IDS 10000 /* rows ever made in one form */

enum form_cell_kind {
    FORM_CELL_TEXT,   /* a Text */
    FORM_CELL_SCALAR, /* a string in a Map */
    FORM_CELL_ROWS,   /* an Array of Maps */
    FORM_CELL_PAPERS, /* a list the kiosk keeps */
    FORM_CELL_NONE,   /* info, signature */
};

/* One change of a text, in bytes, for edits that are based on an earlier one.
 * Those of the screen itself are noted as the screen saw them, too. */
struct form_change {
    uint32_t version; /* of the cell, after it */
    uint32_t at, removed, inserted;
    bool own;      /* made by the screen */
    uint32_t base; /* own: the version it was based on */
    uint32_t seen_at, seen_removed;
};

struct form_paper {
    char name[FORM_NAME_MAX];
    uint8_t sha256[32];
};

enum form_told {
    FORM_TOLD_NOT,  /* it is not time to speak of errors */
    FORM_TOLD_LEFT, /* the cell was left: what is wrong, not what is missing */
    FORM_TOLD_ALL,  /* the citizen wanted to go on */
};

struct form_cell {
    char path[FORMS_PATH_MAX];
    enum form_cell_kind kind;
    const struct forms_field *field; /* its own */
    const struct forms_field *group; /* the address it is a part of, or NULL */
    const struct forms_field *top;   /* the section's: itself, group, or rows */
    size_t section;
    uint32_t row;           /* `_id` of its row, 0 none */
    struct coedit_ref in;   /* the Map it lies in */
    struct coedit_ref type; /* its Text or Array */

    char *value; /* as in the document, never NULL; of rows "" */
    size_t len;
    uint32_t version; /* of the value, from 1 */
    uint32_t since;   /* the oldest version that an edit may be based on */
    struct form_change *change; /* ring of FORM_CHANGES, or NULL */
    uint32_t changes;           /* ever */
    uint32_t edits;             /* of the citizen's, refused ones too */

    enum form_by by;
    char *suggestion;  /* or NULL */
    uint32_t accepted; /* version of the value that was accepted, 0 none */
    struct form_paper *paper;
    size_t papers;

    enum form_told told;
    bool hidden;
    struct forms_judged judged;
};

enum form_stroke {
    FORM_STROKE_OTHER, /* an edit of its own */
    FORM_STROKE_TYPE,
    FORM_STROKE_DELETE,
};

struct form_row {
    const struct forms_field *top;
    uint32_t id;
    struct coedit_ref map;
};

struct form {
    const struct forms_def *def;
    char *lang, *kiosk, *expert_user, *expert_name;
    const char *role; /* static; "" the citizen's own matter */
    char role_name[FORM_ROLE_NAME_MAX];
    char role_id[FORM_ROLE_ID_MAX];
    uint8_t id[FORM_ID_LEN];
    struct forms_day today;

    struct coedit *doc;
    struct coedit_ref meta, f;
    struct form_record record;

    struct form_cell **cell;
    size_t cells;
    struct form_row *row; /* of all fields of rows, in their orders */
    size_t rows;
    uint32_t last_row; /* `_id` given last */

    bool stale;              /* a value could not be read: no memory */
    enum form_stroke stroke; /* the citizen's last edit */
    char stroke_path[FORMS_PATH_MAX];
    const struct form_cell *touched; /* by the last transaction, the last one */

    enum form_phase phase;
    size_t step; /* section the citizen is at */
    bool section_hidden[FORMS_SECTIONS_MAX];
    char focus[FORMS_PATH_MAX];
    uint32_t caret; /* bytes of the focused cell's value */
    char point[FORMS_PATH_MAX];
    bool called;
    bool voided;

    char *json; /* the snapshot, or NULL */
    size_t json_len;
    uint8_t json_sha256[32];
    uint8_t package_sha256[32];
    void *package;
    size_t package_len;
    char code[FORM_CODE_MAX];
    bool delivered, posting, posted;

    uint64_t version;
    int64_t now_us;
    struct form_share share;
};

/* --- cells (form_cells.c) ----------------------------------------------- */

/* Makes the document's types and all cells. -ENOMEM. */
int form_cells_make(struct form *f) LK_MUST_CHECK;
void form_cells_free(struct form *f);
struct form_cell *form_cell_free(struct form_cell *c);
/* Adds cells of a field at *at, which moves on. Types are made in `in`. */
int form_cells_add(struct form *f, const struct form_cell *like,
                   size_t *at) LK_MUST_CHECK;
struct form_cell *form_cell_find(const struct form *f, const char *path);
/* The cell of field `id` in that row (0: of none), or NULL. */
struct form_cell *form_cell_of(const struct form *f, const char *id,
                               const struct forms_field *top, uint32_t row);
/* Whether citizen or expert may write there. */
bool form_cell_open(const struct form_cell *c, enum forms_who who);
/* Units of UTF-16 that fit. */
uint32_t form_cell_max(const struct form_cell *c);
bool form_cell_typed(const struct form_cell *c);
/* Whether that cell's error is to be shown now. */
bool form_cell_marked(const struct form_cell *c);
size_t form_rows_of(const struct form *f, const struct forms_field *top);
/* Items that a view of the whole form has at most. */
size_t form_items_most(const struct form *f);

/* --- changes (form.c) --------------------------------------------------- */

/* Whether the citizen may edit now. Ends review, and what failed. -EACCES. */
int form_writable(struct form *f) LK_MUST_CHECK;
/* The citizen's cell of that path and kind, to be written now.
 * -ENOENT, -EACCES, -EINVAL. */
int form_cell_for(struct form *f, const char *path, enum form_cell_kind kind,
                  struct form_cell **ret) LK_MUST_CHECK;
/* Ends a transaction of the kiosk: the update is recorded and shared. */
int form_commit(struct form *f) LK_MUST_CHECK;
/* Likewise, of one that has ended. */
int form_committed(struct form *f, const uint8_t *update,
                   size_t len) LK_MUST_CHECK;
/* Reads what the last transaction changed. -ENOMEM: values are stale. */
int form_refresh(struct form *f) LK_MUST_CHECK;
/* Notes who wrote what stands there. */
void form_cell_credit(struct form *f, struct form_cell *c);
/* Replaces a scalar's value. */
int form_put(struct form *f, const struct form_cell *c, const char *value,
             size_t len) LK_MUST_CHECK;
/* Conditions, errors, the step: all that follows from values. */
void form_settle(struct form *f);
/* Something that is shown changed, and nothing that follows from values. */
void form_touch(struct form *f);
/* A copy on the heap in place of *p. -ENOMEM. */
int form_keep(char **p, const char *s) LK_MUST_CHECK;
void form_wipe(char **p);

/* Units of UTF-16 in `len` bytes of valid UTF-8; and the bytes before unit
 * `at`, at most `len`. */
uint32_t form_units(const char *s, size_t len);
size_t form_bytes(const char *s, size_t len, uint32_t at);

/* --- edits, undo (form_edit.c, form_map.c) ------------------------------ */

/* Whether all characters may stand in that cell. */
bool form_text_fits(const struct form_cell *c, const char *s, size_t len);

/* What an edit of a screen means in the present value. */
struct form_piece {
    uint32_t at, len; /* bytes of the value */
    uint32_t seen_at, seen_len;
};
#define FORM_PIECES 32
struct form_place {
    uint32_t at; /* bytes before what is inserted */
    size_t pieces;
    struct form_piece piece[FORM_PIECES]; /* what is removed, rising */
};
/* -EINVAL: not within the text, or too old to be known; -ENOMEM. */
int form_map(const struct form_cell *c, const struct form_edit *e,
             struct form_place *ret) LK_MUST_CHECK;
/* Notes a change of the value. */
void form_map_note(struct form_cell *c, struct form_change change);
/* Likewise what turns `old` into the present value. */
void form_map_diff(struct form_cell *c, const char *old, size_t old_len);

/* The open transaction can be taken back; alone, or with the one before. */
void form_undoable(struct form *f, const struct form_cell *c,
                   enum form_stroke stroke);
/* Whether the citizen has an edit that can be taken back. */
bool form_can_undo(const struct form *f);

/* --- rows (form_rows.c) ------------------------------------------------- */

/* Whoever asks. -ENOSPC, -ENOENT. */
int form_rows_add(struct form *f, struct form_cell *c) LK_MUST_CHECK;
int form_rows_remove(struct form *f, size_t row) LK_MUST_CHECK;
/* Whether one more may be made. */
bool form_rows_room(const struct form *f, const struct form_cell *c);
/* A row's path; FORMS_PATH_MAX bytes. */
void form_row_path(const struct form *f, size_t row, char *ret);
/* The row with that path, or f->rows. */
size_t form_row_find(const struct form *f, const char *path);

/* --- judging (form_judge.c) --------------------------------------------- */

void form_judge_all(struct form *f);
/* A cell's value as people read it; `ret` has FORMS_VALUE_MAX bytes. And the
 * canonical one of a cell that fits. */
void form_cell_show(const struct form *f, const struct form_cell *c,
                    const char *value, char *ret);
const char *form_say(const struct form *f, const struct forms_text *t);
bool form_option_chosen(const struct form_cell *c, const char *id);

/* --- steps (form_steps.c) ----------------------------------------------- */

bool form_step_applies(const struct form *f, size_t section);
void form_step_go(struct form *f, size_t section);
/* To the section nearest to the present one that applies. */
void form_step_mend(struct form *f);
/* Marks errors of a section, or of all; counts them. */
size_t form_mark(struct form *f, size_t section);

#endif
