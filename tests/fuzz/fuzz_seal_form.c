#include "seal/form.h"
#include "seal/words.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every text of every item can be read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LK_AUTO(seal_form) f = NULL;
    size_t len = 0;
    if (seal_form_parse((const char *)data, size, &f) < 0)
        return 0;
    for (size_t i = 0; i < f->items; i++) {
        const struct seal_item *item = &f->item[i];
        len += item->label ? strlen(item->label) : 0;
        len += item->value ? strlen(item->value) : 0;
        len +=
            item->by ? strlen(seal_words_by(seal_words(f->lang), item->by)) : 0;
    }
    if (f->items > SEAL_FORM_ITEMS_MAX || len > 64 * size + 64 * f->items)
        abort();
    return 0;
}
