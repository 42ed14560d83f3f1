/* Commands of the page. */
#include "papers/share_impl.h"

#include "base/json_read.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

struct order {
    char what[16], shape[8];
    char kind[PAPERS_KIND_MAX];
    char text[PAPERS_ASK_TEXT_MAX];
    uint32_t page, mark, x, y, to_x, to_y, sides, n, bytes;
};

/* --- marks, and what was kept ------------------------------------------- */

static int do_mark(struct papers_share *s, const struct order *o)
{
    static const char *const shapes[] = {"line", "box", "text"};
    struct papers_mark m = {.x = (uint16_t)LK_MIN(o->x, UINT16_MAX),
                            .y = (uint16_t)LK_MIN(o->y, UINT16_MAX),
                            .to_x = (uint16_t)LK_MIN(o->to_x, UINT16_MAX),
                            .to_y = (uint16_t)LK_MIN(o->to_y, UINT16_MAX)};
    size_t shape = 0;
    size_t len = strlen(o->text);
    while (shape < LK_ARRAY_LEN(shapes) && strcmp(shapes[shape], o->shape) != 0)
        shape++;
    if (shape == LK_ARRAY_LEN(shapes) || len >= sizeof(m.text))
        return -EBADMSG;
    m.kind = (enum papers_mark_kind)shape;
    memcpy(m.text, o->text, len + 1);
    int r = papers_mark(s->p, o->page, &m);
    explicit_bzero(&m, sizeof(m));
    return r == -EINVAL ? -EBADMSG : 0;
}

static int do_unmark(struct papers_share *s, const struct order *o)
{
    papers_unmark(s->p, o->page, o->mark, false);
    return 0;
}

static int do_saved(struct papers_share *s, const struct order *o)
{
    papers_set_saved(s->p, o->page);
    return 0;
}

/* --- asking ------------------------------------------------------------- */

static bool word_good(const char *s)
{
    return s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool text_good(const char *s)
{
    for (; *s; s++)
        if ((uint8_t)*s < 0x20 || *s == 0x7f ||
            ((uint8_t)s[0] == 0xc2 && (uint8_t)s[1] < 0xa0))
            return false;
    return true;
}

static int do_ask(struct papers_share *s, const struct order *o)
{
    struct papers_ask a = {.open = true, .sides = (uint8_t)o->sides};
    if (o->sides < 1 || o->sides > 2 || !word_good(o->kind) ||
        !text_good(o->text) || (!o->kind[0] && !o->text[0]))
        return -EBADMSG;
    memcpy(a.kind, o->kind, sizeof(a.kind));
    memcpy(a.text, o->text, sizeof(a.text));
    s->p->ask = a;
    s->p->ask_state = PAPERS_ASK_OPEN;
    papers_touch(s->p);
    s->out.asked(s->out.arg);
    return 0;
}

static int do_ask_off(struct papers_share *s, const struct order *o)
{
    (void)o;
    explicit_bzero(&s->p->ask, sizeof(s->p->ask));
    s->p->ask_state = PAPERS_ASK_NONE;
    papers_touch(s->p);
    return 0;
}

/* --- showing ------------------------------------------------------------ */

/* What is still being read makes room for another, or is taken back. */
static void put_aside(struct papers_share *s, const char *why)
{
    bool reading = s->p->document.state == PAPERS_DOCUMENT_READING;
    uint32_t n = s->p->document.n;
    papers_document_end(s, why);
    if (!reading)
        return;
    s->out.document_off(s->out.arg, n);
    papers_remove_document(s->p, n);
}

static int do_offer(struct papers_share *s, const struct order *o)
{
    if (o->n <= s->p->document.n || o->bytes == 0)
        return -EBADMSG;
    if (o->bytes > PAPERS_DOCUMENT_MAX)
        return -EMSGSIZE;
    put_aside(s, "");
    s->p->document.n = o->n;
    if (s->p->sheets == PAPERS_PAGES_MAX) {
        papers_document_end(s, "full");
        return 0;
    }
    s->document_fd = memfd_create("document", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (s->document_fd < 0) {
        papers_document_end(s, "failed");
        return 0;
    }
    s->document_len = o->bytes;
    s->document_at = 0;
    s->p->document.state = PAPERS_DOCUMENT_COMING;
    papers_touch(s->p);
    return 0;
}

static int do_offer_off(struct papers_share *s, const struct order *o)
{
    if (o->n == 0 || o->n > s->p->document.n)
        return -EBADMSG;
    if (o->n == s->p->document.n)
        put_aside(s, "");
    papers_remove_document(s->p, o->n);
    return 0;
}

/* --- which -------------------------------------------------------------- */

static const struct {
    const char *what;
    int (*fn)(struct papers_share *s, const struct order *o);
    bool page; /* speaks of one */
} orders[] = {
    {"mark", do_mark, true},
    {"unmark", do_unmark, true},
    {"saved", do_saved, true},
    {"ask", do_ask, false},
    {"ask-off", do_ask_off, false},
    {"offer", do_offer, false},
    {"offer-off", do_offer_off, false},
};

static int obey(struct papers_share *s, const struct order *o)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(orders); i++) {
        if (strcmp(orders[i].what, o->what) != 0)
            continue;
        if (orders[i].page && !papers_id_given(s, o->page))
            return -EBADMSG;
        return orders[i].fn(s, o);
    }
    return -EBADMSG;
}

int papers_take_do(struct papers_share *s, const char *json, size_t len)
{
    struct order o = {.what = ""};
    struct lk_json_want want[] = {
        {.name = "do", .text = o.what, .cap = sizeof(o.what)},
        {.name = "page", .whole = &o.page},
        {.name = "mark", .whole = &o.mark},
        {.name = "what", .text = o.shape, .cap = sizeof(o.shape)},
        {.name = "x", .whole = &o.x},
        {.name = "y", .whole = &o.y},
        {.name = "to_x", .whole = &o.to_x},
        {.name = "to_y", .whole = &o.to_y},
        {.name = "text", .text = o.text, .cap = sizeof(o.text)},
        {.name = "kind", .text = o.kind, .cap = sizeof(o.kind)},
        {.name = "sides", .whole = &o.sides},
        {.name = "n", .whole = &o.n},
        {.name = "bytes", .whole = &o.bytes},
    };
    int r = lk_json_read(json, len, want, LK_ARRAY_LEN(want));
    if (r == 0)
        r = obey(s, &o);
    explicit_bzero(&o, sizeof(o));
    return r;
}
