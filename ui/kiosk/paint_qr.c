/* QR codes (ISO/IEC 18004), by libqrencode. */
#include "kiosk/paint_priv.h"

#include <string.h>

#include <qrencode.h>

#define LONG 400 /* bytes from which on fewer modules help more than spares */
#define QUIET 4  /* modules of empty border that readers need */

void paint_qr(const struct pass *s, const struct kiosk_node *n)
{
    QRcode *qr = NULL;
    if (*n->value)
        qr = QRcode_encodeString8bit(
            n->value, 0, strlen(n->value) > LONG ? QR_ECLEVEL_L : QR_ECLEVEL_M);
    /* The code also stands there in letters. */
    if (!qr)
        return;
    int modules = qr->width + 2 * QUIET;
    int edge = LK_MIN(n->rect.w, n->rect.h) / modules; /* of one, px */
    int x = n->rect.x + (n->rect.w - edge * modules) / 2;
    int y = n->rect.y + (n->rect.h - edge * modules) / 2;
    paint_colour(s, 0xFFFFFF);
    cairo_rectangle(s->cr, x, y, edge * modules, edge * modules);
    cairo_fill(s->cr);
    paint_colour(s, 0x000000);
    for (int i = 0; i < qr->width * qr->width; i++) {
        int column = i % qr->width + QUIET;
        int row = i / qr->width + QUIET;
        if (qr->data[i] & 1)
            cairo_rectangle(s->cr, x + column * edge, y + row * edge, edge,
                            edge);
    }
    cairo_fill(s->cr);
    QRcode_free(qr);
}
