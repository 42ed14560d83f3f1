#include "kiosk/typing_form.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

int kiosk_typing_form_open(struct kiosk_typing *t, const struct kiosk_node *n,
                           struct kiosk_edit **ret)
{
    struct kiosk_edit *e = kiosk_typing_find(t, n->id);
    if (e) {
        *ret = e;
        return 0;
    }
    int r = kiosk_typing_open(t, n->id, KIOSK_EDIT_MAX, &e);
    if (r < 0)
        return r;
    struct kiosk_typed *at = kiosk_typing_at(t, n->id);
    kiosk_edit_share(e, n->field.max, n->field.lines);
    r = kiosk_edit_set(e, n->value, strlen(n->value));
    if (r < 0) {
        kiosk_typing_close(at);
        return r;
    }
    kiosk_edit_move(e, KIOSK_EDIT_END, false);
    snprintf(at->path, sizeof(at->path), "%s", n->path);
    at->version = n->field.version;
    at->sent = n->field.edits;
    *ret = e;
    return 0;
}

static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

struct kiosk_splice kiosk_splice_of(const char *was, const char *is)
{
    size_t old_len = strlen(was);
    size_t len = strlen(is);
    size_t most = LK_MIN(old_len, len);
    size_t head = 0;
    size_t tail = 0;
    while (head < most && was[head] == is[head])
        head++;
    while (head > 0 && (continues(was[head]) || continues(is[head])))
        head--;
    while (tail < most - head && was[old_len - tail - 1] == is[len - tail - 1])
        tail++;
    while (tail > 0 && continues(is[len - tail]))
        tail--;
    return (struct kiosk_splice){.at = head,
                                 .remove = old_len - tail - head,
                                 .insert = is + head,
                                 .len = len - tail - head};
}

bool kiosk_typing_form_next(struct kiosk_typed *at, struct kiosk_splice *s,
                            struct session_intent *ret)
{
    if (s->remove == 0 && s->len == 0)
        return false;
    size_t piece = lk_utf8_cut(s->insert, s->len, FORM_EDIT_MAX);
    *ret = (struct session_intent){
        .kind = SESSION_INTENT_EDIT,
        .version = at->version,
        .at = (uint32_t)s->at,
        .remove = (uint32_t)s->remove,
    };
    snprintf(ret->path, sizeof(ret->path), "%s", at->path);
    memcpy(ret->arg, s->insert, piece);
    at->sent++;
    s->at += piece;
    s->remove = 0;
    s->insert += piece;
    s->len -= piece;
    return true;
}

static const struct form_item *item_find(const struct form_view *f,
                                         const char *path)
{
    for (size_t i = 0; f && i < f->items; i++)
        if (f->item[i].kind == FORM_ITEM_CELL &&
            strcmp(f->item[i].path, path) == 0)
            return &f->item[i];
    return NULL;
}

static void sync_one(struct kiosk_typing *t, struct kiosk_typed *at,
                     const struct form_item *item)
{
    bool active = strcmp(t->field, at->id) == 0;
    if (item->edits != at->sent)
        return;
    /* Not a text that can be edited here: it is shown as it is. */
    if (!active ||
        kiosk_edit_set(at->edit, item->value, strlen(item->value)) < 0) {
        kiosk_typing_close(at);
        return;
    }
    at->version = item->version;
}

void kiosk_typing_form_sync(struct kiosk_typing *t, const struct form_view *f)
{
    for (int i = 0; i < KIOSK_FIELDS_MAX; i++) {
        struct kiosk_typed *at = &t->at[i];
        const struct form_item *item =
            at->path[0] ? item_find(f, at->path) : NULL;
        if (item)
            sync_one(t, at, item);
    }
}
