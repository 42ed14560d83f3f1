/* Where the citizen is: steps, focus; reading through and approving. */
#include "forms/form_impl.h"

#include "forms/canonical.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- steps -------------------------------------------------------------- */

bool form_step_applies(const struct form *f, size_t section)
{
    if (f->section_hidden[section])
        return false;
    for (size_t i = 0; i < f->cells; i++)
        if (f->cell[i]->section == section && !f->cell[i]->hidden)
            return true;
    return false;
}

/* The next one that applies behind, or before, `from`; f->def->sections none.
 */
static size_t beside(const struct form *f, size_t from, bool behind)
{
    size_t n = f->def->sections;
    for (size_t s = from; behind ? s + 1 < n : s > 0;) {
        s = behind ? s + 1 : s - 1;
        if (form_step_applies(f, s))
            return s;
    }
    return n;
}

void form_step_go(struct form *f, size_t section)
{
    if (section == f->step)
        return;
    f->step = section;
    f->focus[0] = '\0';
    form_share_aware(f);
}

void form_step_mend(struct form *f)
{
    if (form_step_applies(f, f->step))
        return;
    size_t s = beside(f, f->step, false);
    if (s == f->def->sections)
        s = beside(f, f->step, true);
    if (s < f->def->sections)
        form_step_go(f, s);
}

size_t form_mark(struct form *f, size_t section)
{
    size_t n = 0;
    for (size_t i = 0; i < f->cells; i++) {
        struct form_cell *c = f->cell[i];
        if (c->hidden || (c->section != section && section < f->def->sections))
            continue;
        c->told = FORM_TOLD_ALL;
        n += c->judged.error != FORMS_OK;
    }
    return n;
}

int form_next(struct form *f)
{
    int r = form_writable(f);
    if (r < 0)
        return r;
    size_t bad = form_mark(f, f->step);
    size_t s = beside(f, f->step, true);
    if (bad == 0 && s < f->def->sections)
        form_step_go(f, s);
    form_settle(f);
    if (bad > 0)
        return -EBADMSG;
    return s < f->def->sections ? 0 : -ERANGE;
}

int form_back(struct form *f)
{
    int r = form_writable(f);
    if (r < 0)
        return r;
    size_t s = beside(f, f->step, false);
    if (s < f->def->sections)
        form_step_go(f, s);
    form_settle(f);
    return s < f->def->sections ? 0 : -ERANGE;
}

void form_focus(struct form *f, const char *path, uint32_t caret)
{
    struct form_cell *left = form_cell_find(f, f->focus);
    struct form_cell *c = form_cell_find(f, path);
    bool moved = strcmp(f->focus, path) != 0;
    if (moved && left && left->told == FORM_TOLD_NOT)
        left->told = FORM_TOLD_LEFT;
    f->focus[0] = '\0';
    f->caret = 0;
    if (c) {
        memcpy(f->focus, c->path, sizeof(f->focus));
        f->caret = (uint32_t)LK_MIN((size_t)caret, c->len);
    }
    if (moved)
        form_touch(f);
    form_share_aware(f);
}

/* --- reading through and approving -------------------------------------- */

static void forget(struct form *f)
{
    if (f->json)
        explicit_bzero(f->json, f->json_len);
    free(f->json);
    f->json = NULL;
    f->json_len = 0;
}

/* To the first step where something is missing or wrong. */
static int go_to_error(struct form *f)
{
    for (size_t i = 0; i < f->cells; i++)
        if (f->cell[i]->judged.error != FORMS_OK) {
            form_step_go(f, f->cell[i]->section);
            break;
        }
    form_settle(f);
    return -EBADMSG;
}

int form_review(struct form *f)
{
    if (f->phase == FORM_REVIEW)
        return 0;
    if (f->phase != FORM_FILLING && f->phase != FORM_FAILED)
        return -EACCES;
    f->voided = false;
    form_settle(f);
    if (f->stale)
        return -ENOMEM;
    if (form_mark(f, f->def->sections) > 0)
        return go_to_error(f);
    if (f->record.broken)
        return -ENOMEM;
    forget(f);
    int r = form_canonical(f, &f->json, &f->json_len, f->json_sha256);
    if (r < 0)
        return r;
    f->phase = FORM_REVIEW;
    f->focus[0] = '\0';
    form_share_snapshot(f);
    form_share_aware(f);
    form_settle(f);
    return 0;
}

void form_reopen(struct form *f)
{
    if (f->phase != FORM_REVIEW && f->phase != FORM_FAILED)
        return;
    forget(f);
    f->phase = FORM_FILLING;
    f->voided = false;
    form_settle(f);
}

int form_approve(struct form *f)
{
    if (f->phase != FORM_REVIEW)
        return -EPERM;
    f->phase = FORM_SEALING;
    form_settle(f);
    return 0;
}

int form_unapprove(struct form *f)
{
    if (f->phase != FORM_SEALING)
        return -EPERM;
    f->phase = FORM_REVIEW;
    form_settle(f);
    return 0;
}

int form_snapshot(const struct form *f, struct form_snapshot *ret)
{
    if (!f->json)
        return -ENOENT;
    *ret = (struct form_snapshot){.json = f->json, .json_len = f->json_len};
    memcpy(ret->sha256, f->json_sha256, sizeof(ret->sha256));
    return 0;
}

static int keep_package(struct form *f, const void *package, size_t len,
                        const char *code)
{
    if (len > FORM_PACKAGE_MAX || strlen(code) >= sizeof(f->code))
        return -EMSGSIZE;
    void *copy = malloc(len > 0 ? len : 1);
    if (!copy)
        return -ENOMEM;
    int r = form_digest(package, len, f->package_sha256);
    if (r < 0) {
        free(copy);
        return r;
    }
    memcpy(copy, package, len);
    f->package = copy;
    f->package_len = len;
    memcpy(f->code, code, strlen(code) + 1);
    return 0;
}

int form_sealed(struct form *f, const void *package, size_t len,
                const char *code)
{
    if (f->phase != FORM_SEALING)
        return -EPERM;
    int r = package ? keep_package(f, package, len, code ? code : "") : 0;
    f->phase = package && r == 0 ? FORM_SENT : FORM_FAILED;
    if (f->phase == FORM_SENT)
        form_share_package(f);
    form_settle(f);
    return r;
}

void form_posting(struct form *f)
{
    f->posting = true;
    form_settle(f);
}

void form_posted(struct form *f)
{
    f->posted = true;
    form_settle(f);
}
