#include "kiosk/paper.h"

#include <string.h>

struct papers_look kiosk_paper_look(const struct kiosk_paper *h,
                                    const struct papers_view *v)
{
    return h->looks && h->look.page == v->look.page ? h->look : v->look;
}

void kiosk_paper_step(uint8_t turn, int dx, int dy, int ret[2])
{
    const int to[4][2] = {{dx, dy}, {dy, -dx}, {-dx, -dy}, {-dy, dx}};
    ret[0] = to[turn & 3][0];
    ret[1] = to[turn & 3][1];
}

void kiosk_paper_edge(uint16_t edge[4], int k, int to)
{
    int other = edge[(k + 2) % 4];
    int least = k < 2 ? 0 : other + KIOSK_CROP_LEAST;
    int most = k < 2 ? other - KIOSK_CROP_LEAST : PAPERS_WHOLE;
    edge[k] = (uint16_t)LK_MIN(LK_MAX(to, least), most);
}

uint16_t kiosk_paper_zoom(uint16_t zoom, bool larger)
{
    static const uint16_t steps[] = {100, 150, 200, 300, 400, 600, 800};
    size_t n = LK_ARRAY_LEN(steps);
    for (size_t i = 0; larger && i < n; i++)
        if (steps[i] > zoom)
            return steps[i];
    for (size_t i = n; !larger && i > 0; i--)
        if (steps[i - 1] < zoom)
            return steps[i - 1];
    return larger ? PAPERS_ZOOM_MAX : PAPERS_ZOOM_MIN;
}

uint32_t kiosk_paper_beside(const struct papers_view *v, uint32_t page,
                            bool next)
{
    uint32_t before = 0;
    bool passed = false;
    for (size_t i = 0; i < v->pages; i++) {
        if (v->page[i].id == page) {
            if (!next)
                return before;
            passed = true;
        } else if (v->page[i].shared) {
            if (passed)
                return v->page[i].id;
            before = v->page[i].id;
        }
    }
    return 0;
}
