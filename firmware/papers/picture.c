#include "papers/picture.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

struct papers_picture {
    struct scanpage *page;
    atomic_uint holders;
};

int papers_picture_new(int fd, struct papers_picture **ret)
{
    struct scanpage *page = NULL;
    int r = scanpage_open(fd, &page);
    if (r < 0)
        return r;
    struct papers_picture *p = calloc(1, sizeof(*p));
    if (!p) {
        scanpage_free(page);
        return -ENOMEM;
    }
    p->page = page;
    atomic_init(&p->holders, 1);
    *ret = p;
    return 0;
}

struct papers_picture *papers_picture_ref(struct papers_picture *p)
{
    atomic_fetch_add(&p->holders, 1);
    return p;
}

struct papers_picture *papers_picture_free(struct papers_picture *p)
{
    if (p && atomic_fetch_sub(&p->holders, 1) == 1) {
        scanpage_free(p->page);
        free(p);
    }
    return NULL;
}

const struct scanpage_info *papers_picture_info(const struct papers_picture *p)
{
    return &p->page->info;
}

const uint8_t *papers_picture_rows(const struct papers_picture *p)
{
    return p->page->rows;
}
