#include "papers/view.h"

#include "papers/papers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct papers_view *papers_view_free(struct papers_view *v)
{
    if (!v)
        return NULL;
    for (size_t i = 0; i < v->pages; i++)
        papers_picture_free(v->page[i].preview);
    papers_picture_free(v->detail);
    papers_picture_free(v->aim);
    explicit_bzero(v, sizeof(*v));
    free(v);
    return NULL;
}

static void fill_look(const struct papers *p, struct papers_view *v)
{
    const struct papers_sheet *s = papers_find(p, p->look.page);
    v->look = p->look;
    if (!s)
        return;
    if (p->mine_page == p->look.page)
        v->mine = p->mine;
    if (p->theirs_page == p->look.page)
        v->theirs = p->theirs;
    v->marks = s->marks;
    memcpy(v->mark, s->mark, s->marks * sizeof(s->mark[0]));
}

int papers_view_new(const struct papers *p, struct papers_view **ret)
{
    struct papers_view *v = calloc(1, sizeof(*v));
    if (!v)
        return -ENOMEM;
    v->camera = p->camera;
    v->ask = p->ask;
    for (size_t i = 0; i < p->sheets; i++) {
        v->page[i] = p->sheet[i]->show;
        v->page[i].preview = papers_picture_ref(p->sheet[i]->show.preview);
    }
    v->pages = p->sheets;
    fill_look(p, v);
    *ret = v;
    return 0;
}
