#include "samples_paper.h"

#include "ipc/scanmsg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(int r)
{
    if (r >= 0)
        return;
    fprintf(stderr, "papers: error %d\n", r);
    abort();
}

/* Ink at a place, in 1/1000 of the page: a heading, a box, lines of words. */
static bool inked(int x, int y, int which)
{
    if (y >= 70 && y < 100)
        return x >= 100 && x < 420 + 40 * which && (x / 9) % 4 != 3;
    if (y >= 140 && y < 146)
        return x >= 100 && x < 900;
    if (y >= 700 && y < 820 && which % 2 == 0) {
        bool side = x < 108 || x >= 892 || y < 705 || y >= 815;
        return x >= 100 && x < 900 && side;
    }
    if (y < 180 || y >= 660 || y % 24 >= 10)
        return false;
    int line = y / 24;
    int end = 560 + (line * 97 + which * 61) % 330;
    int word = (x * 7 + line * 131 + which * 17) / 100;
    return x >= 100 && x < end && (x + line * 13) % 53 > 8 && word % 9 != 4;
}

struct papers_picture *sample_picture(uint32_t w, uint32_t h, uint32_t depth,
                                      int which)
{
    struct scanpage_info info = {w, h, depth, 150};
    struct scanpage_draft *d;
    struct papers_picture *p;
    need(scanpage_draft_new(&info, &d));
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            int u = (int)(x * 1000 / w);
            int v = (int)(y * 1000 / h);
            bool stamp = depth == 3 && u > 620 && u < 860 && v > 60 && v < 130;
            uint8_t *px = d->rows + ((size_t)y * w + x) * depth;
            memset(px, inked(u, v, which) ? 45 : 250, depth);
            if (stamp)
                memcpy(px, (uint8_t[]){120, 160, 225}, 3);
        }
    }
    int fd = scanpage_draft_seal(d);
    need(fd);
    scanpage_draft_free(d);
    need(papers_picture_new(fd, &p));
    return p;
}

static struct papers_page *add(struct papers_view *v, bool lies)
{
    struct papers_page *p = &v->page[v->pages];
    uint32_t w = lies ? 594 : 420;
    uint32_t h = lies ? 420 : 594;
    *p = (struct papers_page){.id = (uint32_t)v->pages + 11,
                              .keep = true,
                              .dpi = 300,
                              .width_px = w * 4,
                              .height_px = h * 4};
    p->preview = sample_picture(w, h, v->pages % 2 ? 1 : 3, (int)v->pages);
    v->pages++;
    return p;
}

static void three(struct papers_view *v)
{
    struct papers_page *p = add(v, false);
    p->shared = p->whole = p->saved = p->attached = true;
    p = add(v, false);
    p->shared = true;
    p->sent = 62;
    p = add(v, true);
    p->blank = true;
}

static void asked(struct papers_view *v)
{
    v->ask = (struct papers_ask){.open = true, .sides = 2};
    snprintf(v->ask.kind, sizeof(v->ask.kind), "payslip");
    snprintf(v->ask.text, sizeof(v->ask.text),
             "Viimeisin palkkakuitti, kiitos");
}

static void marks(struct papers_view *v)
{
    static const struct papers_mark all[] = {
        {1, PAPERS_BOX, false, 900, 1700, 8600, 2700, ""},
        {2, PAPERS_LINE, true, 1000, 3800, 7600, 3800, ""},
        {3, PAPERS_TEXT, false, 1200, 5200, 1200, 5200, "Tämä luku puuttuu"},
    };
    memcpy(v->mark, all, sizeof(all));
    v->marks = LK_ARRAY_LEN(all);
    v->theirs = (struct papers_point){true, 5200, 3000};
    v->mine = (struct papers_point){true, 3000, 7400};
}

static void look(struct papers_view *v, size_t place)
{
    v->mode = PAPERS_LOOK;
    v->at = v->page[place].id;
    v->look = (struct papers_look){v->at, 0, PAPERS_ZOOM_MIN, 5000, 5000};
    marks(v);
}

static void zoomed(struct papers_view *v)
{
    look(v, 0);
    v->look = (struct papers_look){v->at, 1, 200, 4000, 3000};
    v->detail = sample_picture(1680, 2376, 1, 0);
}

static void theirs(struct papers_view *v)
{
    struct papers_page *p = add(v, false);
    p->from = PAPERS_FROM_EXPERT;
    p->shared = p->whole = true;
    look(v, v->pages - 1);
}

static void of_page(struct papers_view *v, enum papers_mode mode, size_t place)
{
    v->mode = mode;
    v->at = v->page[place].id;
}

static void trouble(struct papers_view *v)
{
    v->said = PAPERS_JAMMED;
    v->left_out = 2;
    asked(v);
}

static void scanning(struct papers_view *v)
{
    v->mode = PAPERS_SCANNING;
    v->scan_page = 2;
    v->scan_percent = 57;
}

static void held(struct papers_view *v)
{
    struct papers_page *p = add(v, true);
    p->from = PAPERS_FROM_CAMERA;
    p->shared = p->whole = true;
    p->keep = false;
}

static void aiming(struct papers_view *v, bool found)
{
    v->mode = PAPERS_AIM;
    v->aim_found = found;
    v->aim =
        found ? sample_picture(420, 594, 3, 1) : sample_picture(594, 420, 3, 0);
}

static void full(struct papers_view *v)
{
    while (v->pages < PAPERS_PAGES_MAX)
        add(v, v->pages % 5 == 4)->cut = v->pages % 7 == 1;
    v->said = PAPERS_FULL;
}

static void consent_all(struct papers_view *v)
{
    v->mode = PAPERS_CONSENT;
    v->page[1].shared = false;
    add(v, false);
}

static void fill(struct papers_view *v, enum sample_paper which)
{
    static const uint16_t crop[4] = {600, 1200, 9400, 6400};
    switch (which) {
    case SAMPLE_PAPER_NONE:
    case SAMPLE_PAPER_TRAY:
        break;
    case SAMPLE_PAPER_EMPTY:
        asked(v);
        break;
    case SAMPLE_PAPER_FULL:
        full(v);
        break;
    case SAMPLE_PAPER_TROUBLE:
        trouble(v);
        break;
    case SAMPLE_PAPER_SCANNING:
        scanning(v);
        break;
    case SAMPLE_PAPER_PAGE:
        of_page(v, PAPERS_PAGE, 2);
        break;
    case SAMPLE_PAPER_SHARED:
        of_page(v, PAPERS_PAGE, 0);
        break;
    case SAMPLE_PAPER_BUSY:
        of_page(v, PAPERS_PAGE, 1);
        v->page[1].busy = true;
        break;
    case SAMPLE_PAPER_CROP:
        of_page(v, PAPERS_CROP, 0);
        memcpy(v->crop, crop, sizeof(crop));
        break;
    case SAMPLE_PAPER_CONSENT:
        of_page(v, PAPERS_CONSENT, 2);
        break;
    case SAMPLE_PAPER_CONSENT_ALL:
        consent_all(v);
        break;
    case SAMPLE_PAPER_LOOK:
        look(v, 0);
        break;
    case SAMPLE_PAPER_ZOOM:
        zoomed(v);
        break;
    case SAMPLE_PAPER_AIM:
        aiming(v, true);
        break;
    case SAMPLE_PAPER_HELD:
        held(v);
        break;
    case SAMPLE_PAPER_LOST:
        aiming(v, false);
        break;
    case SAMPLE_PAPER_THEIRS:
        theirs(v);
        break;
    }
}

struct papers_view *sample_paper_new(enum sample_paper which)
{
    if (which == SAMPLE_PAPER_NONE)
        return NULL;
    struct papers_view *v = calloc(1, sizeof(*v));
    if (!v)
        abort();
    v->sources = 1U << SCANMSG_AUTO | 1U << SCANMSG_FLATBED |
                 1U << SCANMSG_FEEDER | 1U << SCANMSG_DUPLEX;
    v->camera = true;
    v->can_attach = true;
    v->drop_blank = true;
    if (which != SAMPLE_PAPER_EMPTY)
        three(v);
    fill(v, which);
    return v;
}
