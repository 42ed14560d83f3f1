#include "papers/view.h"

#include <stdlib.h>
#include <string.h>

struct papers_view *papers_view_free(struct papers_view *v)
{
    if (!v)
        return NULL;
    for (size_t i = 0; i < v->pages; i++)
        papers_picture_free(v->page[i].preview);
    papers_picture_free(v->detail);
    explicit_bzero(v, sizeof(*v));
    free(v);
    return NULL;
}
