/* ornaments.c - what is on a page besides its text: stamp, signature, picture.
 * All in mm, at the drawing's origin.
 */
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "paper.h"

/* Shows `text` at the present point's right and below, broken at `width` mm;
 * ret_height may be NULL. */
void paper_draw_text(cairo_t *c, const char *font, double size, double width,
                     const char *text, double *height)
{
    double x = 0;
    double y = 0;
    cairo_get_current_point(c, &x, &y);
    PangoLayout *l = pango_cairo_create_layout(c);
    cairo_font_options_t *o = cairo_font_options_create();
    /* The same layout at every resolution: nothing snaps to pixels. */
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(pango_layout_get_context(l), o);
    /* One unit is a millimetre here: rounding to it would spread letters. */
    pango_context_set_round_glyph_positions(pango_layout_get_context(l), FALSE);
    cairo_font_options_destroy(o);
    PangoFontDescription *f = pango_font_description_from_string(font);
    pango_font_description_set_absolute_size(f, size * PANGO_SCALE);
    pango_layout_set_font_description(l, f);
    pango_font_description_free(f);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_line_spacing(l, 1.25F);
    pango_layout_set_text(l, text, -1);
    pango_cairo_show_layout(c, l);
    int high = 0;
    pango_layout_get_size(l, NULL, &high);
    if (height)
        *height = high / (double)PANGO_SCALE;
    cairo_move_to(c, x, y);
    g_object_unref(l);
}

/* A pen's quick line of about `w` mm. */
void paper_draw_signature(cairo_t *c, struct paper_dice *d, double w)
{
    cairo_save(c);
    cairo_set_source_rgba(c, 0.08, 0.12, 0.5, 0.9);
    cairo_set_line_width(c, 0.45);
    cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
    cairo_new_path(c);
    cairo_move_to(c, 0, 2);
    double step = w / 9;
    for (int i = 0; i < 9; i++) {
        double up = paper_dice_between(d, i % 3 == 0 ? -9 : -5, -1);
        cairo_curve_to(c, i * step + step * 0.2, up, i * step + step * 1.3, up,
                       (i + 1) * step, paper_dice_between(d, 0, 3));
    }
    cairo_stroke(c);
    cairo_move_to(c, -1, 4.5);
    cairo_curve_to(c, w * 0.3, 3, w * 0.7, 6, w + 4, 2);
    cairo_stroke(c);
    cairo_restore(c);
}

static void stamp_word(cairo_t *c, const char *text, double size, double y,
                       double r)
{
    PangoRectangle box;
    PangoLayout *l = pango_cairo_create_layout(c);
    pango_context_set_round_glyph_positions(pango_layout_get_context(l), FALSE);
    PangoFontDescription *f = pango_font_description_from_string("Inter Bold");
    pango_font_description_set_absolute_size(f, size * PANGO_SCALE);
    pango_layout_set_font_description(l, f);
    pango_font_description_free(f);
    pango_layout_set_width(l, (int)(2 * r * PANGO_SCALE));
    pango_layout_set_alignment(l, PANGO_ALIGN_CENTER);
    pango_layout_set_text(l, text, -1);
    pango_layout_get_extents(l, NULL, &box);
    cairo_move_to(c, -r, y - box.height / (2.0 * PANGO_SCALE));
    pango_cairo_show_layout(c, l);
    g_object_unref(l);
}

/* A rubber stamp of radius r mm around the origin, never quite straight. */
void paper_draw_stamp(cairo_t *c, const struct paper_words *w, double r)
{
    cairo_save(c);
    cairo_rotate(c, -0.21);
    cairo_set_source_rgba(c, 0.72, 0.1, 0.16, 0.72);
    cairo_set_line_width(c, 0.8);
    cairo_new_sub_path(c);
    cairo_arc(c, 0, 0, r, 0, 2 * M_PI);
    cairo_stroke(c);
    cairo_set_line_width(c, 0.35);
    cairo_new_sub_path(c);
    cairo_arc(c, 0, 0, r - 1.6, 0, 2 * M_PI);
    cairo_stroke(c);
    stamp_word(c, "SAAPUNUT", 3.6, -4.5, r);
    stamp_word(c, w->date, 4.4, 0.8, r);
    stamp_word(c, "KIRJAAMO", 2.9, 6.4, r);
    cairo_restore(c);
}

static void hills(cairo_t *c, struct paper_dice *d, double w, double h)
{
    for (int layer = 0; layer < 3; layer++) {
        double base = h * (0.45 + 0.13 * layer);
        cairo_move_to(c, 0, h);
        cairo_line_to(c, 0, base);
        for (int i = 1; i <= 6; i++)
            cairo_curve_to(c, w * (i - 0.7) / 6,
                           base + paper_dice_between(d, -h / 9, h / 12),
                           w * (i - 0.3) / 6,
                           base + paper_dice_between(d, -h / 9, h / 12),
                           w * i / 6.0, base);
        cairo_line_to(c, w, h);
        cairo_close_path(c);
        cairo_set_source_rgb(c, 0.25 - 0.06 * layer, 0.45 - 0.09 * layer,
                             0.38 - 0.1 * layer);
        cairo_fill(c);
    }
}

/* A photograph of a lake in the evening: all tones, no hard edges. */
void paper_draw_landscape(cairo_t *c, struct paper_dice *d, double w, double h)
{
    cairo_save(c);
    cairo_rectangle(c, 0, 0, w, h);
    cairo_clip(c);
    cairo_pattern_t *sky = cairo_pattern_create_linear(0, 0, 0, h);
    cairo_pattern_add_color_stop_rgb(sky, 0, 0.28, 0.42, 0.72);
    cairo_pattern_add_color_stop_rgb(sky, 0.45, 0.98, 0.78, 0.52);
    cairo_pattern_add_color_stop_rgb(sky, 1, 0.35, 0.5, 0.68);
    cairo_set_source(c, sky);
    cairo_paint(c);
    cairo_pattern_destroy(sky);
    double x = w * paper_dice_between(d, 0.2, 0.8);
    cairo_pattern_t *sun =
        cairo_pattern_create_radial(x, h * 0.35, h / 40, x, h * 0.35, h / 2);
    cairo_pattern_add_color_stop_rgba(sun, 0, 1, 0.98, 0.85, 1);
    cairo_pattern_add_color_stop_rgba(sun, 0.12, 1, 0.9, 0.6, 0.6);
    cairo_pattern_add_color_stop_rgba(sun, 1, 1, 0.8, 0.5, 0);
    cairo_set_source(c, sun);
    cairo_paint(c);
    cairo_pattern_destroy(sun);
    hills(c, d, w, h);
    cairo_pattern_t *lake = cairo_pattern_create_linear(0, h * 0.82, 0, h);
    cairo_pattern_add_color_stop_rgb(lake, 0, 0.75, 0.68, 0.62);
    cairo_pattern_add_color_stop_rgb(lake, 1, 0.16, 0.26, 0.42);
    cairo_set_source(c, lake);
    cairo_rectangle(c, 0, h * 0.82, w, h);
    cairo_fill(c);
    cairo_pattern_destroy(lake);
    cairo_restore(c);
}
