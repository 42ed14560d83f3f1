#include "seal/sheet.h"

#include "seal/glyphs.h"
#include "typeset/fonts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cairo-pdf.h>
#include <pango/pangofc-fontmap.h>

/* A4 in points, and its margins. */
#define PAPER_WIDTH 595.28
#define PAPER_HEIGHT 841.89
#define MARGIN 62.0
#define TOP 60.0
#define BOTTOM 770.0 /* the footer begins below */
#define FOOT 782.0
#define FOOT_NUMBER 80.0 /* width of the page's number */
#define LINE_SPACING 1.18f
#define RULE 0.5

const double sheet_left = MARGIN;
const double sheet_width = PAPER_WIDTH - 2 * MARGIN;

static const struct {
    double size; /* points */
    PangoWeight weight;
    double grey; /* 0 is black; at least 4.5:1 on white */
} styles[SHEET_STYLES] = {
    [SHEET_AGENCY] = {10, PANGO_WEIGHT_SEMIBOLD, 0.25},
    [SHEET_TITLE] = {20, PANGO_WEIGHT_BOLD, 0},
    [SHEET_HEADING] = {13, PANGO_WEIGHT_BOLD, 0},
    [SHEET_GROUP] = {11, PANGO_WEIGHT_SEMIBOLD, 0},
    [SHEET_LABEL] = {9, PANGO_WEIGHT_NORMAL, 0.3},
    [SHEET_VALUE] = {11, PANGO_WEIGHT_NORMAL, 0},
    [SHEET_NONE] = {11, PANGO_WEIGHT_NORMAL, 0.42},
    [SHEET_NOTE] = {9, PANGO_WEIGHT_NORMAL, 0.42},
    [SHEET_FOOT] = {7, PANGO_WEIGHT_NORMAL, 0.42},
};

struct sheet {
    struct sheet_config config;
    struct lk_buf *out; /* NULL: discarded */
    int error;
    PangoFontMap *map;
    PangoContext *context;
    cairo_surface_t *surface;
    cairo_t *cr;
    double y;
    int page; /* from 1 */
};

static cairo_status_t sheet_write(void *arg, const unsigned char *data,
                                  unsigned len)
{
    struct sheet *s = arg;
    if (s->out && s->error == 0)
        s->error = lk_buf_append(s->out, data, len);
    return s->error < 0 ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static int sheet_load_fonts(struct sheet *s)
{
    FcConfig *fonts;
    int r = typeset_fonts(&fonts);
    if (r < 0)
        return r;
    s->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    if (!s->map)
        return -ENOENT;
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(s->map), fonts);
    s->context = pango_font_map_create_context(s->map);
    pango_context_set_language(s->context,
                               pango_language_from_string(s->config.lang));
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(s->context, o);
    cairo_font_options_destroy(o);
    return 0;
}

static void sheet_set_metadata(struct sheet *s)
{
    char when[32];
    struct tm tm = {0};
    time_t t = (time_t)s->config.now_s;
    (void)gmtime_r(&t, &tm);
    (void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_TITLE,
                                   s->config.title);
    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_AUTHOR,
                                   s->config.author);
    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   when);
}

static int sheet_open_surface(struct sheet *s)
{
    s->surface = cairo_pdf_surface_create_for_stream(sheet_write, s,
                                                     PAPER_WIDTH, PAPER_HEIGHT);
    cairo_pdf_surface_restrict_to_version(s->surface, CAIRO_PDF_VERSION_1_5);
    sheet_set_metadata(s);
    s->cr = cairo_create(s->surface);
    return cairo_status(s->cr) == CAIRO_STATUS_SUCCESS ? 0 : -ENOMEM;
}

int sheet_new(const struct sheet_config *config, struct sheet **ret)
{
    struct sheet *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->config = *config;
    s->page = 1;
    s->y = TOP;
    int r = config->discard ? 0 : lk_buf_new(SHEET_LEN_MAX, &s->out);
    if (r == 0)
        r = sheet_load_fonts(s);
    if (r == 0)
        r = sheet_open_surface(s);
    if (r < 0) {
        sheet_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct sheet *sheet_free(struct sheet *s)
{
    if (!s)
        return NULL;
    if (s->cr)
        cairo_destroy(s->cr);
    if (s->surface) {
        cairo_surface_finish(s->surface);
        cairo_surface_destroy(s->surface);
    }
    if (s->context)
        g_object_unref(s->context);
    if (s->map)
        g_object_unref(s->map);
    if (s->out)
        lk_buf_wipe(s->out);
    lk_buf_free(s->out);
    free(s);
    return NULL;
}

void sheet_open(struct sheet *s, const char *tag)
{
    cairo_tag_begin(s->cr, tag, NULL);
}

void sheet_close(struct sheet *s, const char *tag)
{
    cairo_tag_end(s->cr, tag);
}

/* No line ends with a hyphen that was written: programs that take the text out
 * of a PDF would take it for one of the typesetter's, and drop it. */
static void sheet_bind(PangoAttrList *list, const char *text,
                       const char *hyphen)
{
    const char *next = hyphen + 1 + strspn(hyphen + 1, "- ");
    if (!*next || *next == '\n')
        return;
    PangoAttribute *bind = pango_attr_allow_breaks_new(FALSE);
    bind->start_index = (guint)(hyphen - text);
    bind->end_index = (guint)(g_utf8_next_char(next) - text);
    pango_attr_list_insert(list, bind);
}

/* Inter's contextual letters show "10x20" and "->" as other characters than
 * those that were written; hyphens would be characters that nobody wrote. */
static PangoAttrList *sheet_attributes(const char *text)
{
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(
        list, pango_attr_font_features_new("liga=0, clig=0, calt=0"));
    pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
    for (const char *at = strchr(text, '-'); at; at = strchr(at + 1, '-'))
        sheet_bind(list, text, at);
    return list;
}

static PangoLayout *sheet_layout(struct sheet *s, const struct sheet_place *p,
                                 const char *text)
{
    PangoLayout *l = pango_layout_new(s->context);
    PangoFontDescription *d =
        pango_font_description_from_string(TYPESET_FAMILIES);
    pango_font_description_set_weight(d, styles[p->style].weight);
    pango_font_description_set_absolute_size(d, styles[p->style].size *
                                                    PANGO_SCALE);
    pango_layout_set_font_description(l, d);
    pango_font_description_free(d);
    PangoAttrList *list = sheet_attributes(text);
    pango_layout_set_attributes(l, list);
    pango_attr_list_unref(list);
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(l, pango_units_from_double(p->width));
    pango_layout_set_line_spacing(l, LINE_SPACING);
    pango_layout_set_text(l, text, -1);
    /* What is written from right to left begins under its label, too. */
    bool rtl = pango_layout_get_direction(l, 0) == PANGO_DIRECTION_RTL;
    if (rtl != p->right)
        pango_layout_set_alignment(l, PANGO_ALIGN_RIGHT);
    return l;
}

static void sheet_ink(struct sheet *s, double grey)
{
    cairo_set_source_rgb(s->cr, grey, grey, grey);
}

/* One line of text at y, which needs no more. */
static void sheet_line(struct sheet *s, const struct sheet_place *p,
                       const char *text, double y)
{
    PangoLayout *l = sheet_layout(s, p, text);
    PangoRectangle box;
    pango_layout_get_extents(l, NULL, &box);
    sheet_ink(s, styles[p->style].grey);
    seal_glyphs_draw(s->cr, pango_layout_get_line_readonly(l, 0),
                     p->x + pango_units_to_double(box.x),
                     y + pango_units_to_double(pango_layout_get_baseline(l)));
    g_object_unref(l);
}

/* Not tagged: it is the paper's, not the document's. */
static void sheet_foot(struct sheet *s)
{
    char number[64];
    const struct sheet_place left = {
        .style = SHEET_FOOT, .x = MARGIN, .width = sheet_width - FOOT_NUMBER};
    const struct sheet_place right = {.style = SHEET_FOOT,
                                      .x = PAPER_WIDTH - MARGIN - FOOT_NUMBER,
                                      .width = FOOT_NUMBER,
                                      .right = true};
    cairo_set_line_width(s->cr, RULE);
    sheet_ink(s, 0.6);
    cairo_move_to(s->cr, MARGIN, FOOT - 4);
    cairo_line_to(s->cr, PAPER_WIDTH - MARGIN, FOOT - 4);
    cairo_stroke(s->cr);
    sheet_line(s, &left, s->config.foot, FOOT);
    (void)g_snprintf(number, sizeof(number), "%s %d%s%d", s->config.page,
                     s->page, s->config.of, s->config.pages);
    sheet_line(s, &right, number, FOOT);
}

static void sheet_turn(struct sheet *s)
{
    sheet_foot(s);
    cairo_show_page(s->cr);
    s->page++;
    s->y = TOP;
}

void sheet_text(struct sheet *s, const struct sheet_place *p, const char *text)
{
    const double before = s->y;
    const int page = s->page;
    PangoLayout *l = sheet_layout(s, p, text);
    PangoLayoutIter *it = pango_layout_get_iter(l);
    sheet_open(s, p->tag);
    do {
        PangoLayoutLine *line = pango_layout_iter_get_line_readonly(it);
        PangoRectangle box;
        pango_layout_iter_get_line_extents(it, NULL, &box);
        double height = pango_units_to_double(box.height);
        double up =
            pango_units_to_double(pango_layout_iter_get_baseline(it) - box.y);
        if (s->y + height > BOTTOM) {
            sheet_close(s, p->tag);
            sheet_turn(s);
            sheet_open(s, p->tag);
        }
        sheet_ink(s, styles[p->style].grey);
        seal_glyphs_draw(s->cr, line, p->x + pango_units_to_double(box.x),
                         s->y + up);
        s->y += height;
    } while (pango_layout_iter_next_line(it));
    sheet_close(s, p->tag);
    pango_layout_iter_free(it);
    g_object_unref(l);
    if (p->stay && s->page == page)
        s->y = before;
}

double sheet_height(struct sheet *s, const struct sheet_place *p,
                    const char *text)
{
    int height;
    PangoLayout *l = sheet_layout(s, p, text);
    pango_layout_get_size(l, NULL, &height);
    g_object_unref(l);
    return pango_units_to_double(height);
}

void sheet_keep(struct sheet *s, double height)
{
    if (s->y + height > BOTTOM && height < (BOTTOM - TOP) / 2)
        sheet_turn(s);
}

void sheet_advance(struct sheet *s, double height)
{
    s->y += height;
}

void sheet_space(struct sheet *s, double height)
{
    if (s->y > TOP)
        s->y += height;
}

void sheet_rule(struct sheet *s)
{
    cairo_set_line_width(s->cr, RULE);
    sheet_ink(s, 0.8);
    cairo_move_to(s->cr, MARGIN, s->y);
    cairo_line_to(s->cr, PAPER_WIDTH - MARGIN, s->y);
    cairo_stroke(s->cr);
}

int sheet_end(struct sheet *s, struct lk_buf **ret)
{
    sheet_foot(s);
    cairo_show_page(s->cr);
    cairo_status_t drawn = cairo_status(s->cr);
    cairo_surface_finish(s->surface);
    cairo_status_t written = cairo_surface_status(s->surface);
    if (s->error < 0)
        return s->error;
    if (drawn == CAIRO_STATUS_NO_MEMORY || written == CAIRO_STATUS_NO_MEMORY)
        return -ENOMEM;
    if (drawn != CAIRO_STATUS_SUCCESS || written != CAIRO_STATUS_SUCCESS)
        return -EIO;
    if (s->out)
        *ret = LK_TAKE(s->out);
    return s->page;
}
