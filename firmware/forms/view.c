#include "forms/view.h"

#include <stdlib.h>
#include <string.h>

struct form_view *form_view_free(struct form_view *v)
{
    if (!v)
        return NULL;
    explicit_bzero(v, v->block);
    free(v);
    return NULL;
}
