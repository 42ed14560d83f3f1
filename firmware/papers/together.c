/* What both sides see of a page: where they look and point, what they draw. */
#include "papers/sheet.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

void papers_forget_look(struct papers *p, uint32_t id)
{
    if (p->look.page == id) {
        p->look = (struct papers_look){.zoom = PAPERS_ZOOM_MIN};
        p->look_version++;
    }
    if (p->mine_page == id) {
        p->mine = (struct papers_point){0};
        p->mine_page = 0;
        p->mine_version++;
    }
    if (p->theirs_page == id) {
        p->theirs = (struct papers_point){0};
        p->theirs_page = 0;
    }
}

int papers_look_at(struct papers *p, const struct papers_look *l, bool mine)
{
    if (l->turn > 3 || l->zoom < PAPERS_ZOOM_MIN || l->zoom > PAPERS_ZOOM_MAX ||
        l->x > PAPERS_WHOLE || l->y > PAPERS_WHOLE)
        return -EINVAL;
    if (l->page > 0 && !papers_sheet_shared(p, l->page))
        return -ENOENT;
    p->look = *l;
    p->look_mine = mine;
    p->look_version++;
    papers_touch(p);
    return 0;
}

int papers_point_at(struct papers *p, uint32_t page, uint16_t x, uint16_t y,
                    bool mine)
{
    struct papers_point at = {.here = page > 0, .x = x, .y = y};
    if (x > PAPERS_WHOLE || y > PAPERS_WHOLE)
        return -EINVAL;
    if (page > 0 && !papers_sheet_shared(p, page))
        return -ENOENT;
    if (mine) {
        p->mine = at;
        p->mine_page = page;
        p->mine_version++;
    } else {
        p->theirs = at;
        p->theirs_page = page;
    }
    papers_touch(p);
    return 0;
}

/* --- marks -------------------------------------------------------------- */

static bool text_good(const struct papers_mark *m)
{
    size_t len = strnlen(m->text, sizeof(m->text));
    if (len == sizeof(m->text) || !lk_utf8_valid(m->text, len) ||
        (m->kind == PAPERS_TEXT) != (len > 0))
        return false;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)m->text[i];
        bool c1 = c == 0xc2 && (uint8_t)m->text[i + 1] < 0xa0;
        if (c < 0x20 || c == 0x7f || c1)
            return false;
    }
    return true;
}

int papers_mark(struct papers *p, uint32_t page, const struct papers_mark *m)
{
    if (m->kind > PAPERS_TEXT || m->x > PAPERS_WHOLE || m->y > PAPERS_WHOLE ||
        m->to_x > PAPERS_WHOLE || m->to_y > PAPERS_WHOLE || !text_good(m))
        return -EINVAL;
    struct papers_sheet *s = papers_sheet_shared(p, page);
    if (!s)
        return -ENOENT;
    if (s->marks == PAPERS_MARKS_MAX)
        return -ENOSPC;
    s->mark[s->marks] = *m;
    s->mark[s->marks++].id = ++p->last_mark;
    s->marks_version++;
    papers_touch(p);
    return 0;
}

void papers_unmark(struct papers *p, uint32_t page, uint32_t mark, bool mine)
{
    struct papers_sheet *s = papers_sheet_shared(p, page);
    size_t i = 0;
    while (s && i < s->marks && s->mark[i].id != mark)
        i++;
    if (!s || i == s->marks || (s->mark[i].mine && !mine))
        return;
    s->marks--;
    memmove(&s->mark[i], &s->mark[i + 1], (s->marks - i) * sizeof(s->mark[0]));
    explicit_bzero(&s->mark[s->marks], sizeof(s->mark[0]));
    s->marks_version++;
    papers_touch(p);
}
