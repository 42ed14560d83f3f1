/* Updates, sync and awareness messages, as a hostile browser may send them.
 * First a document with something in it; then the input, cut into messages: a
 * byte for the kind, two for the length. What is taken must be written and read
 * again alike. */
#include "coedit/any.h"
#include "coedit/sync.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void some_edits(struct coedit *d)
{
    struct coedit_ref form;
    struct coedit_ref notes;
    struct coedit_ref rows;
    struct coedit_ref row;
    uint8_t any[COEDIT_ANY_SMALL];
    int n = coedit_any_number(1, any, sizeof(any));
    int r = coedit_root(d, "form", &form);
    r |= coedit_root(d, "notes", &notes);
    r |= coedit_root(d, "rows", &rows);
    coedit_begin(d);
    r |= coedit_map_set(d, form, "a", any, (size_t)n);
    r |= coedit_text_insert(d, notes, 0, "a\xf0\x9f\x98\x80z", 6);
    r |= coedit_text_delete(d, notes, 1, 2);
    r |= coedit_array_insert_type(d, rows, 0, COEDIT_MAP, &row);
    r |= coedit_map_set(d, row, "c", any, (size_t)n);
    r |= coedit_commit(d, NULL, NULL);
    if (r != 0)
        abort();
}

static void take(struct coedit *d, struct coedit_aware *a, uint8_t kind,
                 const uint8_t *p, size_t len)
{
    uint8_t *answer = NULL;
    size_t answer_len;
    if (kind % 3 == 0)
        (void)!coedit_apply(d, p, len);
    else if (kind % 3 == 1)
        (void)!coedit_sync_take(d, p, len, &answer, &answer_len);
    else
        (void)!coedit_aware_take(a, p, len, kind);
    free(answer);
}

/* A document that is made of what this one writes must be the same. */
static void again(const struct coedit *d)
{
    struct coedit *other;
    uint8_t *full;
    uint8_t *full2;
    size_t len;
    size_t len2;
    if (coedit_encode(d, NULL, 0, &full, &len) < 0)
        abort();
    if (coedit_new(2, &coedit_limits_file, &other) < 0)
        abort();
    /* What waits may be a liar's, that can never go in. */
    if (coedit_apply(other, full, len) < 0 && !coedit_pending(d))
        abort();
    struct coedit_ref ref;
    char *text;
    size_t text_len;
    if (coedit_encode(other, NULL, 0, &full2, &len2) < 0 ||
        coedit_root(other, "notes", &ref) < 0 ||
        coedit_text(other, ref, &text, &text_len) < 0)
        abort();
    free(text);
    free(full);
    free(full2);
    coedit_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct coedit *d;
    struct coedit_aware a;
    if (coedit_new(1, &coedit_limits_form, &d) < 0)
        abort();
    coedit_aware_init(&a, 1);
    some_edits(d);
    while (size >= 3) {
        size_t len = LK_MIN((size_t)data[1] << 8 | data[2], size - 3);
        take(d, &a, data[0], data + 3, len);
        data += 3 + len;
        size -= 3 + len;
    }
    again(d);
    coedit_free(d);
    return 0;
}
