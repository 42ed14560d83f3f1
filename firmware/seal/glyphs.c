#include "seal/glyphs.h"

#include <stdbool.h>

#include <hb.h>

#define WHITE_SQUARE 0x25A1

/* The clusters of one run: which bytes of the text are which glyphs. Pango
 * would draw a box of lines for a character that no font has, and the text
 * would be gone; here it is the font's own box, and still that text. */
struct run {
    const char *text;
    PangoGlyphItem *item;
    cairo_glyph_t *glyph;
    cairo_text_cluster_t *cluster;
    int glyphs;
    int clusters;
};

/* The font's glyph for one of Pango's. A space that Pango empties (a line was
 * wrapped there) is drawn all the same: text without any glyph is lost on some
 * readers, and what follows with it. */
static unsigned long glyph_index(PangoFont *font, PangoGlyph glyph)
{
    hb_font_t *hb = pango_font_get_hb_font(font);
    hb_codepoint_t stand_in = 0; /* every font has a glyph 0 */
    if (glyph & PANGO_GLYPH_UNKNOWN_FLAG)
        (void)hb_font_get_nominal_glyph(hb, WHITE_SQUARE, &stand_in);
    else if (glyph == PANGO_GLYPH_EMPTY)
        (void)hb_font_get_nominal_glyph(hb, ' ', &stand_in);
    else
        return glyph;
    return stand_in;
}

/* Joiners and the like, which would stand where their neighbour stands, and be
 * read in any order: their text goes with the neighbour's. */
static bool cluster_is_drawn(const struct run *run,
                             const PangoGlyphItemIter *it)
{
    const PangoGlyphString *s = run->item->glyphs;
    int step = it->start_glyph < it->end_glyph ? 1 : -1;
    bool drawn = run->text[it->start_index] == ' ';
    for (int i = it->start_glyph; i != it->end_glyph; i += step)
        drawn |= s->glyphs[i].glyph != PANGO_GLYPH_EMPTY;
    return drawn;
}

/* Clusters stand in the order of the text. What is not drawn is marked in
 * `skip`, by glyph. */
static void run_cluster(struct run *run, bool *skip)
{
    PangoGlyphItemIter it;
    int bytes = 0; /* not drawn, before the first that is */
    gboolean more = pango_glyph_item_iter_init_start(&it, run->item, run->text);
    for (; more; more = pango_glyph_item_iter_next_cluster(&it)) {
        int step = it.start_glyph < it.end_glyph ? 1 : -1;
        cairo_text_cluster_t c = {.num_bytes = it.end_index - it.start_index,
                                  .num_glyphs =
                                      (it.end_glyph - it.start_glyph) * step};
        bool drawn = cluster_is_drawn(run, &it);
        for (int i = it.start_glyph; i != it.end_glyph; i += step)
            skip[i] = !drawn;
        if (drawn) {
            c.num_bytes += bytes;
            run->cluster[run->clusters++] = c;
            bytes = 0;
        } else if (run->clusters > 0) {
            run->cluster[run->clusters - 1].num_bytes += c.num_bytes;
        } else {
            bytes += c.num_bytes;
        }
    }
}

/* Glyphs stand in the order they are seen. Returns the run's width. */
static double run_place(struct run *run, const bool *skip, double x, double y)
{
    PangoFont *font = run->item->item->analysis.font;
    const PangoGlyphString *s = run->item->glyphs;
    double start = x;
    for (int i = 0; i < s->num_glyphs; i++) {
        const PangoGlyphInfo *g = &s->glyphs[i];
        if (!skip[i])
            run->glyph[run->glyphs++] = (cairo_glyph_t){
                .index = glyph_index(font, g->glyph),
                .x = x + pango_units_to_double(g->geometry.x_offset),
                .y = y + pango_units_to_double(g->geometry.y_offset)};
        x += pango_units_to_double(g->geometry.width);
    }
    return x - start;
}

static double run_draw(cairo_t *cr, PangoGlyphItem *item, const char *text,
                       double x, double y)
{
    PangoItem *i = item->item;
    struct run run = {.text = text, .item = item};
    bool *skip = g_new0(bool, item->glyphs->num_glyphs);
    run.glyph = g_new(cairo_glyph_t, item->glyphs->num_glyphs);
    run.cluster = g_new(cairo_text_cluster_t, i->num_chars);
    run_cluster(&run, skip);
    double width = run_place(&run, skip, x, y);
    if (run.clusters > 0) {
        cairo_set_scaled_font(cr, pango_cairo_font_get_scaled_font(
                                      PANGO_CAIRO_FONT(i->analysis.font)));
        cairo_show_text_glyphs(cr, text + i->offset, i->length, run.glyph,
                               run.glyphs, run.cluster, run.clusters,
                               i->analysis.level & 1
                                   ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD
                                   : (cairo_text_cluster_flags_t)0);
    }
    g_free(run.glyph);
    g_free(run.cluster);
    g_free(skip);
    return width;
}

void seal_glyphs_draw(cairo_t *cr, PangoLayoutLine *line, double x, double y)
{
    const char *text = pango_layout_get_text(line->layout);
    for (GSList *l = line->runs; l; l = l->next)
        x += run_draw(cr, l->data, text, x, y);
}
