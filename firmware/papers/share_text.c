/* The JSON of messages to the page. */
#include "papers/share_impl.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message in the making; `bad`: it did not fit. */
struct out {
    char *s;
    size_t cap, len;
    bool bad;
};

static struct out begin(struct papers_share *s, enum papers_message kind)
{
    struct out o = {.s = (char *)s->message, .cap = sizeof(s->message)};
    o.s[o.len++] = (char)kind;
    return o;
}

static LK_PRINTF(2, 3) void put(struct out *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(o->s + o->len, o->cap - o->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= o->cap - o->len)
        o->bad = true;
    else
        o->len += (size_t)n;
}

static size_t end(const struct out *o)
{
    return o->bad ? 0 : o->len;
}

static const char *truth(bool b)
{
    return b ? "true" : "false";
}

static const char *side(bool mine)
{
    return mine ? "citizen" : "expert";
}

/* Without control characters: the model takes none. */
static void put_text(struct out *o, const char *s)
{
    put(o, "\"");
    for (; *s; s++)
        put(o, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
    put(o, "\"");
}

/* --- what there is ------------------------------------------------------ */

static void put_page(struct out *o, const struct papers_sheet *h)
{
    static const char *const from[] = {"scanner", "camera", "expert"};
    const struct papers_page *p = &h->show;
    char hex[65];
    lk_hex_encode(h->sha256, sizeof(h->sha256), hex);
    put(o, "%s{\"id\":%" PRIu32 ",\"from\":\"%s\",\"width\":%" PRIu32,
        o->s[o->len - 1] == '}' ? "," : "", p->id, from[p->from], p->width_px);
    put(o, ",\"height\":%" PRIu32 ",\"dpi\":%u,\"preview\":%" PRIu32,
        p->height_px, p->dpi, h->small_len);
    put(o, ",\"detail\":%" PRIu32 ",\"sha256\":\"%s\",\"attached\":%s,",
        h->detail_len, hex, truth(p->attached));
    put(o, "\"keep\":%s}", truth(!h->fleeting));
}

size_t papers_write_list(struct papers_share *s)
{
    struct out o = begin(s, PAPERS_LIST);
    put(&o, "{\"pages\":[");
    for (size_t i = 0; i < s->p->sheets; i++)
        if (s->p->sheet[i]->show.shared)
            put_page(&o, s->p->sheet[i]);
    put(&o, "]}");
    return end(&o);
}

static void put_mark(struct out *o, const struct papers_mark *m)
{
    static const char *const what[] = {"line", "box", "text"};
    put(o, "%s{\"id\":%" PRIu32 ",\"by\":\"%s\",\"what\":\"%s\",",
        o->s[o->len - 1] == '}' ? "," : "", m->id, side(m->mine),
        what[m->kind]);
    put(o, "\"x\":%u,\"y\":%u,\"to_x\":%u,\"to_y\":%u,\"text\":", m->x, m->y,
        m->to_x, m->to_y);
    put_text(o, m->text);
    put(o, "}");
}

size_t papers_write_marks(struct papers_share *s, const struct papers_sheet *h)
{
    struct out o = begin(s, PAPERS_MARKS);
    put(&o, "{\"page\":%" PRIu32 ",\"marks\":[", h->show.id);
    for (size_t i = 0; i < h->marks; i++)
        put_mark(&o, &h->mark[i]);
    put(&o, "]}");
    return end(&o);
}

/* --- how it stands ------------------------------------------------------ */

size_t papers_write_look(struct papers_share *s)
{
    const struct papers_look *l = &s->p->look;
    struct out o = begin(s, PAPERS_LOOKS);
    put(&o, "{\"page\":%" PRIu32 ",\"turn\":%u,\"zoom\":%u,\"x\":%u,\"y\":%u,",
        l->page, l->turn, LK_MAX(l->zoom, PAPERS_ZOOM_MIN), l->x, l->y);
    put(&o, "\"by\":\"%s\"}", side(s->p->look_mine));
    return end(&o);
}

size_t papers_write_over(struct papers_share *s)
{
    struct out o = begin(s, PAPERS_OVER);
    put(&o, "{\"why\":\"%s\"}", s->why);
    return end(&o);
}

static unsigned kept_back(const struct papers *p)
{
    unsigned n = 0;
    for (size_t i = 0; i < p->sheets; i++)
        n += !p->sheet[i]->show.shared;
    return n;
}

size_t papers_write_told(struct papers_share *s)
{
    static const char *const ask[] = {"none", "open", "scanning", "done",
                                      "declined"};
    static const char *const doc[] = {"none", "coming", "reading", "shown",
                                      "refused"};
    static const char *const scanner[] = {"none", "ready", "busy", "trouble"};
    const struct papers *p = s->p;
    struct out o = begin(s, PAPERS_TOLD);
    put(&o, "{\"ask\":\"%s\",\"doc\":{\"n\":%" PRIu32 ",\"state\":\"%s\",",
        ask[p->ask_state], p->document.n, doc[p->document.state]);
    put(&o, "\"why\":\"%s\",\"pages\":%" PRIu32 "},\"scanner\":\"%s\",",
        p->document.why, p->document.pages, scanner[p->scanner]);
    put(&o, "\"camera\":%s,\"own\":%u}", truth(p->camera), kept_back(p));
    if (o.bad || o.len >= sizeof(s->told) || strcmp(s->told, o.s + 1) == 0)
        return 0;
    memcpy(s->told, o.s + 1, o.len);
    return o.len;
}
