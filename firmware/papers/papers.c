#include "papers/papers.h"

#include "papers/sheet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int papers_new(struct papers **ret)
{
    struct papers *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->document.why = "";
    *ret = p;
    return 0;
}

struct papers *papers_free(struct papers *p)
{
    if (p) {
        papers_wipe(p);
        free(p);
    }
    return NULL;
}

void papers_touch(struct papers *p)
{
    p->version++;
}

void papers_wipe(struct papers *p)
{
    const struct papers clean = {.document.why = "",
                                 .scanner = p->scanner,
                                 .camera = p->camera,
                                 .version = p->version + 1,
                                 .list_version = p->list_version + 1,
                                 .look_version = p->look_version + 1,
                                 .mine_version = p->mine_version + 1};
    for (size_t i = 0; i < p->sheets; i++)
        papers_sheet_free(p->sheet[i]);
    explicit_bzero(p, sizeof(*p));
    *p = clean;
}

/* --- finding ------------------------------------------------------------ */

size_t papers_place(const struct papers *p, uint32_t id)
{
    for (size_t i = 0; i < p->sheets; i++)
        if (p->sheet[i]->show.id == id)
            return i;
    return SIZE_MAX;
}

struct papers_sheet *papers_sheet_of(struct papers *p, uint32_t id)
{
    size_t i = papers_place(p, id);
    return i < p->sheets ? p->sheet[i] : NULL;
}

struct papers_sheet *papers_sheet_shared(struct papers *p, uint32_t id)
{
    struct papers_sheet *s = papers_sheet_of(p, id);
    return s && s->show.shared ? s : NULL;
}

const struct papers_sheet *papers_find(const struct papers *p, uint32_t id)
{
    size_t i = papers_place(p, id);
    return i < p->sheets ? p->sheet[i] : NULL;
}

/* --- coming and going --------------------------------------------------- */

/* What the expert hears of changed, if the page is theirs to see. */
static void changed(struct papers *p, bool listed)
{
    p->list_version += listed ? 1 : 0;
    papers_touch(p);
}

int papers_add(struct papers *p, struct papers_given *g, size_t place,
               uint32_t *ret)
{
    LK_AUTO(papers_sheet) s = NULL;
    int r = papers_sheet_new(g, &s);
    if (r < 0)
        return r;
    size_t bytes = papers_sheet_bytes(s);
    if (p->sheets == PAPERS_PAGES_MAX || bytes > PAPERS_BYTES_MAX - p->bytes)
        return -ENOSPC;
    place = LK_MIN(place, p->sheets);
    for (size_t i = p->sheets++; i > place; i--)
        p->sheet[i] = p->sheet[i - 1];
    p->bytes += bytes;
    s->show.id = ++p->last_id;
    s->show.shared = s->show.from == PAPERS_FROM_EXPERT || s->fleeting;
    *ret = s->show.id;
    changed(p, s->show.shared);
    p->sheet[place] = LK_TAKE(s);
    return 0;
}

/* Where the pages' first JPEG goes: to the new one. */
static void keep_first(struct papers_sheet *old, struct papers_sheet *s)
{
    if (old->first_fd >= 0) {
        s->first_fd = lk_fd_take(&old->first_fd);
        s->first_len = old->first_len;
    } else {
        s->first_fd = lk_fd_take(&old->detail_fd);
        s->first_len = old->detail_len;
    }
}

static bool is_whole(const struct papers_edit *e)
{
    const struct papers_edit none = PAPERS_EDIT_NONE;
    return memcmp(e->crop, none.crop, sizeof(e->crop)) == 0;
}

static void inherit(struct papers_sheet *s, struct papers_sheet *old,
                    const struct papers_edit *edit)
{
    bool more =
        edit->straighten && !old->edit.straighten && !is_whole(&old->edit);
    s->edit = *edit;
    s->fleeting = old->fleeting;
    s->document = old->document;
    s->show.from = old->show.from;
    s->show.keep = old->show.keep;
    s->show.shared = old->show.shared && !more;
    s->show.attached = old->show.attached;
    keep_first(old, s);
}

int papers_renew(struct papers *p, uint32_t id, struct papers_given *g,
                 const struct papers_edit *edit, uint32_t *ret)
{
    LK_AUTO(papers_sheet) s = NULL;
    size_t place = papers_place(p, id);
    int r = papers_sheet_new(g, &s);
    if (r < 0)
        return r;
    if (place == SIZE_MAX)
        return -ENOENT;
    struct papers_sheet *old = p->sheet[place];
    size_t first = old->first_fd >= 0 ? old->first_len : old->detail_len;
    size_t bytes = papers_sheet_bytes(s) + (edit ? first : 0);
    size_t others = p->bytes - papers_sheet_bytes(old);
    if (bytes > PAPERS_BYTES_MAX - others)
        return -ENOSPC;
    if (edit)
        inherit(s, old, edit);
    s->show.id = ++p->last_id;
    p->bytes = others + bytes;
    p->sheet[place] = s;
    changed(p, old->show.shared);
    if (p->look.page == id && s->show.shared) {
        p->look.page = s->show.id;
        p->look_version++;
    }
    papers_forget_look(p, id);
    papers_sheet_free(old);
    *ret = LK_TAKE(s)->show.id;
    return 0;
}

static void remove_at(struct papers *p, size_t place)
{
    struct papers_sheet *s = p->sheet[place];
    p->sheets--;
    p->bytes -= papers_sheet_bytes(s);
    for (size_t i = place; i < p->sheets; i++)
        p->sheet[i] = p->sheet[i + 1];
    changed(p, s->show.shared);
    papers_forget_look(p, s->show.id);
    papers_sheet_free(s);
}

void papers_remove(struct papers *p, uint32_t id)
{
    size_t place = papers_place(p, id);
    if (place < p->sheets)
        remove_at(p, place);
}

void papers_remove_document(struct papers *p, uint32_t document)
{
    for (size_t i = p->sheets; i > 0; i--)
        if (p->sheet[i - 1]->show.from == PAPERS_FROM_EXPERT &&
            p->sheet[i - 1]->document == document)
            remove_at(p, i - 1);
}

/* --- what is said of a page --------------------------------------------- */

void papers_move(struct papers *p, uint32_t id, bool later)
{
    size_t at = papers_place(p, id);
    size_t to = later ? at + 1 : at - 1;
    if (at >= p->sheets || to >= p->sheets)
        return;
    struct papers_sheet *s = p->sheet[at];
    p->sheet[at] = p->sheet[to];
    p->sheet[to] = s;
    changed(p, s->show.shared || p->sheet[at]->show.shared);
}

void papers_set_shared(struct papers *p, uint32_t id, bool on)
{
    struct papers_sheet *s = papers_sheet_of(p, id);
    if (!s || s->show.from == PAPERS_FROM_EXPERT || s->show.shared == on)
        return;
    s->show.shared = on;
    s->show.sent = 0;
    s->show.whole = s->show.saved = false;
    if (!on) {
        explicit_bzero(s->mark, sizeof(s->mark));
        s->marks = 0;
        s->marks_version++;
        papers_forget_look(p, id);
    }
    changed(p, true);
}

void papers_set_attached(struct papers *p, uint32_t id, bool on)
{
    struct papers_sheet *s = papers_sheet_of(p, id);
    if (!s || s->fleeting || s->show.attached == on)
        return;
    s->show.attached = on;
    changed(p, s->show.shared);
}

void papers_set_saved(struct papers *p, uint32_t id)
{
    struct papers_sheet *s = papers_sheet_shared(p, id);
    if (!s || s->fleeting || s->show.saved)
        return;
    s->show.saved = true;
    papers_touch(p);
}

void papers_set_busy(struct papers *p, uint32_t id, bool on)
{
    struct papers_sheet *s = papers_sheet_of(p, id);
    if (!s || s->show.busy == on)
        return;
    s->show.busy = on;
    papers_touch(p);
}

void papers_set_sent(struct papers *p, uint32_t id, uint32_t bytes, bool whole)
{
    struct papers_sheet *s = papers_sheet_shared(p, id);
    if (!s)
        return;
    uint64_t percent = (uint64_t)bytes * 100 / s->detail_len;
    s->show.sent = (uint8_t)LK_MIN(percent, 100U);
    s->show.whole = whole;
    papers_touch(p);
}
