#include "kiosk/sheet.h"

#include <math.h>
#include <string.h>

#define WHOLE ((double)PAPERS_WHOLE)

/* Where a page's size is not known. */
#define A4_W 210.0
#define A4_H 297.0

/* --- where it lies ------------------------------------------------------- */

static void page_turned(uint8_t turn, double u, double v, double ret[2])
{
    const double to[4][2] = {{u, v}, {1 - v, u}, {1 - u, 1 - v}, {v, 1 - u}};
    ret[0] = to[turn & 3][0];
    ret[1] = to[turn & 3][1];
}

/* Where one side begins: its wished point in the middle, without leaving room
 * bare that the page could fill. */
static double side_begin(double len, double at, double room)
{
    if (len <= room)
        return (room - len) / 2;
    return fmin(0, fmax(room - len, room / 2 - at * len));
}

struct kiosk_spread kiosk_sheet_spread(const struct kiosk_sheet *s,
                                       struct kiosk_rect r)
{
    double w = A4_W;
    double h = A4_H;
    if (s->picture) {
        w = papers_picture_info(s->picture)->width_px;
        h = papers_picture_info(s->picture)->height_px;
    }
    bool lies = s->turn & 1;
    double tw = lies ? h : w;
    double th = lies ? w : h;
    double zoom = (s->zoom ? s->zoom : PAPERS_ZOOM_MIN) / 100.0;
    double scale = fmin(r.w / tw, r.h / th) * zoom;
    double mid[2] = {0.5, 0.5};
    if (s->zoom)
        page_turned(s->turn, s->x / WHOLE, s->y / WHOLE, mid);
    struct kiosk_spread p = {.w = tw * scale, .h = th * scale};
    p.turn = s->turn & 3;
    p.x = r.x + side_begin(p.w, mid[0], r.w);
    p.y = r.y + side_begin(p.h, mid[1], r.h);
    return p;
}

struct kiosk_rect kiosk_sheet_seen(const struct kiosk_spread *p,
                                   struct kiosk_rect r)
{
    int x = LK_MAX((int)lround(p->x), r.x);
    int y = LK_MAX((int)lround(p->y), r.y);
    int right = LK_MIN((int)lround(p->x + p->w), r.x + r.w);
    int bottom = LK_MIN((int)lround(p->y + p->h), r.y + r.h);
    return (struct kiosk_rect){x, y, LK_MAX(right - x, 0),
                               LK_MAX(bottom - y, 0)};
}

void kiosk_sheet_to(const struct kiosk_spread *p, uint16_t x, uint16_t y,
                    double ret[2])
{
    page_turned(p->turn, x / WHOLE, y / WHOLE, ret);
    ret[0] = p->x + ret[0] * p->w;
    ret[1] = p->y + ret[1] * p->h;
}

static uint16_t position(double v)
{
    return (uint16_t)lround(fmin(fmax(v, 0), 1) * WHOLE);
}

void kiosk_sheet_from(const struct kiosk_spread *p, double x, double y,
                      uint16_t ret[2])
{
    double uv[2];
    page_turned((uint8_t)(4 - p->turn), p->w > 0 ? (x - p->x) / p->w : 0,
                p->h > 0 ? (y - p->y) / p->h : 0, uv);
    ret[0] = position(uv[0]);
    ret[1] = position(uv[1]);
}

uint16_t kiosk_sheet_move(uint16_t v, int by)
{
    return (uint16_t)LK_MIN(LK_MAX((int)v + by, 0), PAPERS_WHOLE);
}

/* --- what changed --------------------------------------------------------- */

uint64_t kiosk_sheet_marks_sum(const struct papers_mark *m, size_t n)
{
    uint64_t sum = n;
    for (size_t i = 0; i < n; i++)
        sum = sum * 1099511628211ULL + m[i].id; /* a mark never changes */
    return sum;
}

bool kiosk_sheet_same(const struct kiosk_sheet *a, const struct kiosk_sheet *b)
{
    return a->page == b->page && a->picture == b->picture &&
           a->turn == b->turn && a->zoom == b->zoom && a->x == b->x &&
           a->y == b->y && a->crops == b->crops &&
           memcmp(a->edge, b->edge, sizeof(a->edge)) == 0 &&
           a->marks_sum == b->marks_sum;
}

static bool point_same(const struct kiosk_sheet_point *a,
                       const struct kiosk_sheet_point *b)
{
    return a->here == b->here && (!a->here || (a->x == b->x && a->y == b->y));
}

static bool mark_same(const struct papers_mark *a, const struct papers_mark *b)
{
    return a->id == b->id && a->kind == b->kind && a->x == b->x &&
           a->y == b->y && a->to_x == b->to_x && a->to_y == b->to_y;
}

/* All that a pointer there may cover: the plate with the name lies to any side
 * of it. */
static struct kiosk_rect point_area(const struct kiosk_spread *p,
                                    const struct kiosk_sheet_point *at,
                                    float px_per_mm)
{
    double xy[2];
    kiosk_sheet_to(p, at->x, at->y, xy);
    bool named = at->name && *at->name;
    int out = (int)ceilf(KIOSK_POINTER_MM * px_per_mm) + 2;
    int w = out + (named ? (int)ceilf(KIOSK_PLATE_W_MM * px_per_mm) : 0);
    int h = out + (named ? (int)ceilf(KIOSK_PLATE_H_MM * px_per_mm) : 0);
    return (struct kiosk_rect){(int)xy[0] - w, (int)xy[1] - h, 2 * w, 2 * h};
}

static struct kiosk_rect mark_area(const struct kiosk_spread *p,
                                   const struct papers_mark *m, float px_per_mm)
{
    double a[2];
    double b[2];
    int out = (int)ceilf(3 * px_per_mm) + 2;
    kiosk_sheet_to(p, m->x, m->y, a);
    kiosk_sheet_to(p, m->to_x, m->to_y, b);
    return (struct kiosk_rect){
        (int)fmin(a[0], b[0]) - out, (int)fmin(a[1], b[1]) - out,
        (int)fabs(a[0] - b[0]) + 2 * out, (int)fabs(a[1] - b[1]) + 2 * out};
}

static struct kiosk_rect within(struct kiosk_rect a, struct kiosk_rect r)
{
    int x = LK_MAX(a.x, r.x);
    int y = LK_MAX(a.y, r.y);
    int right = LK_MIN(a.x + a.w, r.x + r.w);
    int bottom = LK_MIN(a.y + a.h, r.y + r.h);
    return (struct kiosk_rect){x, y, LK_MAX(right - x, 0),
                               LK_MAX(bottom - y, 0)};
}

int kiosk_sheet_areas(const struct kiosk_sheet *a, const struct kiosk_sheet *b,
                      struct kiosk_rect r, float px_per_mm,
                      struct kiosk_rect ret[KIOSK_SHEET_AREAS])
{
    const struct kiosk_sheet *both[2] = {a, b};
    struct kiosk_spread p = kiosk_sheet_spread(b, r);
    bool mine = !point_same(&a->mine, &b->mine);
    bool theirs = !point_same(&a->theirs, &b->theirs);
    bool draft = !mark_same(&a->draft, &b->draft);
    int n = 0;
    for (int k = 0; k < 2; k++) {
        const struct kiosk_sheet *s = both[k];
        if (mine && s->mine.here)
            ret[n++] = within(point_area(&p, &s->mine, px_per_mm), r);
        if (theirs && s->theirs.here)
            ret[n++] = within(point_area(&p, &s->theirs, px_per_mm), r);
        if (draft && s->draft.id > 0)
            ret[n++] = within(mark_area(&p, &s->draft, px_per_mm), r);
    }
    return n;
}
