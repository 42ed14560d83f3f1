#include "kiosk/edit.h"

#include "base/text.h"
#include "kiosk/cluster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct kiosk_edit {
    size_t max;   /* bytes, without the NUL */
    size_t limit; /* for what is typed */
    bool lines, shared;
    size_t len, caret, anchor;
    char text[]; /* max + 1 bytes */
};

int kiosk_edit_new(size_t max, struct kiosk_edit **ret)
{
    if (max == 0 || max > KIOSK_EDIT_MAX)
        return -EINVAL;
    struct kiosk_edit *e = calloc(1, sizeof(*e) + max + 1);
    if (!e)
        return -ENOMEM;
    e->max = max;
    e->limit = max;
    *ret = e;
    return 0;
}

void kiosk_edit_share(struct kiosk_edit *e, size_t limit, bool lines)
{
    e->limit = LK_MIN(limit, e->max);
    e->lines = lines;
    e->shared = true;
}

struct kiosk_edit *kiosk_edit_free(struct kiosk_edit *e)
{
    if (!e)
        return NULL;
    kiosk_edit_clear(e);
    free(e);
    return NULL;
}

const char *kiosk_edit_text(const struct kiosk_edit *e)
{
    return e->text;
}

size_t kiosk_edit_len(const struct kiosk_edit *e)
{
    return e->len;
}

size_t kiosk_edit_caret(const struct kiosk_edit *e)
{
    return e->caret;
}

size_t kiosk_edit_anchor(const struct kiosk_edit *e)
{
    return e->anchor;
}

/* Valid UTF-8, on one line unless there are lines. */
static bool text_is_plain(const char *s, size_t len, bool lines)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        bool c1 = c == 0xC2 && i + 1 < len && (unsigned char)s[i + 1] < 0xA0;
        if ((c < 0x20 && !(lines && c == '\n')) || c == 0x7F || c1)
            return false;
        /* U+2028 and U+2029, the separators of lines and paragraphs */
        if (len - i >= 3 && (memcmp(s + i, "\xE2\x80\xA8", 3) == 0 ||
                             memcmp(s + i, "\xE2\x80\xA9", 3) == 0))
            return false;
    }
    return lk_utf8_valid(s, len);
}

/* Puts text in place of from..to, which must fit. What is left behind the end
 * is overwritten. */
static void splice(struct kiosk_edit *e, size_t from, size_t to,
                   const char *text, size_t len)
{
    size_t was = e->len;
    memmove(e->text + from + len, e->text + to, e->len - to);
    if (len > 0)
        memcpy(e->text + from, text, len);
    e->len = e->len - (to - from) + len;
    if (e->len < was)
        explicit_bzero(e->text + e->len, was - e->len);
    e->text[e->len] = '\0';
}

static void put_caret(struct kiosk_edit *e, size_t at)
{
    e->caret = kiosk_cluster_snap(e->text, e->len, at);
    e->anchor = e->caret;
}

int kiosk_edit_insert(struct kiosk_edit *e, const char *text, size_t len)
{
    size_t from = LK_MIN(e->caret, e->anchor);
    size_t to = LK_MAX(e->caret, e->anchor);
    size_t kept = e->len - (to - from);
    if (!text_is_plain(text, len, e->lines))
        return -EBADMSG;
    if (len > 0 && (kept > e->limit || len > e->limit - kept))
        return -EMSGSIZE;
    splice(e, from, to, text, len);
    put_caret(e, from + len);
    return 0;
}

static bool space_at(const struct kiosk_edit *e, size_t at)
{
    return e->text[at] == ' ';
}

static size_t word_previous(const struct kiosk_edit *e)
{
    size_t at = e->caret;
    while (at > 0 && space_at(e, at - 1))
        at--;
    while (at > 0 && !space_at(e, at - 1))
        at--;
    return at;
}

static size_t word_next(const struct kiosk_edit *e)
{
    size_t at = e->caret;
    while (at < e->len && !space_at(e, at))
        at++;
    while (at < e->len && space_at(e, at))
        at++;
    return at;
}

static size_t step_from(const struct kiosk_edit *e, enum kiosk_edit_step step)
{
    switch (step) {
    case KIOSK_EDIT_PREVIOUS:
        return kiosk_cluster_previous(e->text, e->len, e->caret);
    case KIOSK_EDIT_NEXT:
        return kiosk_cluster_next(e->text, e->len, e->caret);
    case KIOSK_EDIT_PREVIOUS_WORD:
        return word_previous(e);
    case KIOSK_EDIT_NEXT_WORD:
        return word_next(e);
    case KIOSK_EDIT_HOME:
        return 0;
    case KIOSK_EDIT_END:
        break;
    }
    return e->len;
}

bool kiosk_edit_erase(struct kiosk_edit *e, enum kiosk_edit_step step)
{
    size_t other = e->anchor;
    if (other == e->caret) /* a mark on a space is no boundary */
        other = kiosk_cluster_snap(e->text, e->len, step_from(e, step));
    size_t from = LK_MIN(e->caret, other);
    size_t to = LK_MAX(e->caret, other);
    if (from == to)
        return false;
    splice(e, from, to, NULL, 0);
    put_caret(e, from);
    return true;
}

void kiosk_edit_move(struct kiosk_edit *e, enum kiosk_edit_step step,
                     bool select)
{
    bool one = step == KIOSK_EDIT_PREVIOUS || step == KIOSK_EDIT_NEXT;
    size_t to = step_from(e, step);
    if (one && !select && e->caret != e->anchor)
        to = step == KIOSK_EDIT_NEXT ? LK_MAX(e->caret, e->anchor)
                                     : LK_MIN(e->caret, e->anchor);
    kiosk_edit_select(e, select ? e->anchor : to, to);
}

void kiosk_edit_select(struct kiosk_edit *e, size_t anchor, size_t caret)
{
    e->anchor = kiosk_cluster_snap(e->text, e->len, anchor);
    e->caret = kiosk_cluster_snap(e->text, e->len, caret);
}

/* How many bytes both texts begin with, whole clusters only. */
static size_t common_start(const struct kiosk_edit *e, const char *text,
                           size_t len)
{
    size_t at = 0;
    for (;;) {
        size_t a = kiosk_cluster_next(e->text, e->len, at);
        size_t b = kiosk_cluster_next(text, len, at);
        if (a == at || a != b || memcmp(e->text + at, text + at, a - at) != 0)
            return at;
        at = a;
    }
}

/* How many bytes both texts end with, at most `most`. */
static size_t common_end(const struct kiosk_edit *e, const char *text,
                         size_t len, size_t most)
{
    size_t n = 0;
    while (n < most && e->text[e->len - n - 1] == text[len - n - 1])
        n++;
    return n;
}

/* What differs: bytes start..old_end of the old text, start..new_end of the
 * new one. */
struct change {
    const char *was, *is;
    size_t start, old_end, new_end;
};

/* Characters of each side that are compared one by one; more are one block. */
#define COMPARED_MAX 192

/* Where the characters of from..to begin, the end included; -1: too many. */
static int characters(const char *s, size_t from, size_t to, size_t *ret)
{
    int n = 0;
    for (size_t at = from; at < to; at++) {
        if (((unsigned char)s[at] & 0xC0) == 0x80)
            continue;
        if (n == COMPARED_MAX)
            return -1;
        ret[n++] = at;
    }
    ret[n] = to;
    return n;
}

struct compared {
    int old_n, new_n;
    size_t old_at[COMPARED_MAX + 1], new_at[COMPARED_MAX + 1];
    /* Length of the longest common subsequence of what follows. */
    uint8_t common[COMPARED_MAX + 1][COMPARED_MAX + 1];
};

static bool same_character(const struct change *c, const struct compared *k,
                           int i, int j)
{
    size_t a = k->old_at[i + 1] - k->old_at[i];
    size_t b = k->new_at[j + 1] - k->new_at[j];
    return a == b &&
           memcmp(c->was + k->old_at[i], c->is + k->new_at[j], a) == 0;
}

static bool compare(const struct change *c, struct compared *k)
{
    k->old_n = characters(c->was, c->start, c->old_end, k->old_at);
    k->new_n = characters(c->is, c->start, c->new_end, k->new_at);
    if (k->old_n < 0 || k->new_n < 0)
        return false;
    for (int j = 0; j <= k->new_n; j++)
        k->common[k->old_n][j] = 0;
    for (int i = k->old_n - 1; i >= 0; i--) {
        k->common[i][k->new_n] = 0;
        for (int j = k->new_n - 1; j >= 0; j--)
            k->common[i][j] =
                same_character(c, k, i, j)
                    ? (uint8_t)(k->common[i + 1][j + 1] + 1)
                    : LK_MAX(k->common[i + 1][j], k->common[i][j + 1]);
    }
    return true;
}

/* Where a place among the compared characters is now: behind the last one of
 * those before it that is still there, and what came in its place. */
static size_t walked(const struct change *c, const struct compared *k,
                     size_t at)
{
    int i = 0;
    int j = 0;
    bool gone = false;
    while (i < k->old_n && k->old_at[i] < at) {
        if (j < k->new_n && same_character(c, k, i, j)) {
            gone = false;
            i++;
            j++;
        } else if (j < k->new_n && k->common[i][j + 1] > k->common[i + 1][j]) {
            j++;
        } else {
            gone = true;
            i++;
        }
    }
    /* The one before it is gone: behind what came for that. */
    while (gone && j < k->new_n && k->common[i][j + 1] == k->common[i][j])
        j++;
    return k->new_at[j];
}

/* Where a place in the old text is in the new one. */
static size_t carried(const struct change *c, const struct compared *k,
                      size_t at)
{
    if (at <= c->start)
        return at;
    if (at > c->old_end || (at == c->old_end && !k))
        return at - c->old_end + c->new_end;
    return k ? walked(c, k, at) : c->new_end;
}

int kiosk_edit_set(struct kiosk_edit *e, const char *text, size_t len)
{
    if (e->shared ? !lk_utf8_valid(text, len)
                  : !text_is_plain(text, len, e->lines))
        return -EBADMSG;
    if (len > e->max)
        return -EMSGSIZE;
    struct change c = {.was = e->text, .is = text};
    c.start = common_start(e, text, len);
    size_t end = common_end(e, text, len, LK_MIN(e->len, len) - c.start);
    c.old_end = e->len - end;
    c.new_end = len - end;
    struct compared k;
    bool compared = compare(&c, &k);
    size_t caret = carried(&c, compared ? &k : NULL, e->caret);
    size_t anchor = carried(&c, compared ? &k : NULL, e->anchor);
    explicit_bzero(&k, sizeof(k));
    splice(e, c.start, c.old_end, text + c.start, c.new_end - c.start);
    kiosk_edit_select(e, anchor, caret);
    return 0;
}

void kiosk_edit_clear(struct kiosk_edit *e)
{
    explicit_bzero(e->text, e->max + 1);
    e->len = 0;
    e->caret = 0;
    e->anchor = 0;
}
