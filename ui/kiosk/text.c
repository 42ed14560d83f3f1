#include "kiosk/text.h"

#include "kiosk/sizes.h"
#include "typeset/fonts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#define LINE_SPACING 1.12f
/* Noto's Arabic has lines of twice the em, for marks that are not used here. */
#define LINE_HEIGHT_ARABIC 0.78

struct entry {
    char *text; /* NULL: free */
    struct kiosk_type type;
    int width;
    PangoLayout *layout;
    struct kiosk_size size;
    uint64_t used;
};

struct kiosk_text {
    PangoFontMap *map;
    PangoContext *context;
    FcConfig *config; /* lent */
    PangoFontDescription *font[SESSION_TEXT_SIZES][KIOSK_FONTS];
    struct entry entry[KIOSK_TEXT_SETS][KIOSK_TEXT_WAYS];
    uint64_t uses;
};

static const PangoWeight font_weights[KIOSK_FONTS] = {
    [KIOSK_FONT_BODY] = PANGO_WEIGHT_NORMAL,
    [KIOSK_FONT_SMALL] = PANGO_WEIGHT_NORMAL,
    [KIOSK_FONT_LABEL] = PANGO_WEIGHT_SEMIBOLD,
    [KIOSK_FONT_LEAD] = PANGO_WEIGHT_NORMAL,
    [KIOSK_FONT_NAME] = PANGO_WEIGHT_BOLD,
    [KIOSK_FONT_HEADING] = PANGO_WEIGHT_BOLD,
    [KIOSK_FONT_TITLE] = PANGO_WEIGHT_BOLD,
    [KIOSK_FONT_FIGURE] = PANGO_WEIGHT_BOLD,
};

static int text_load_fonts(struct kiosk_text *t)
{
    int r = typeset_fonts(&t->config);
    if (r < 0)
        return r;
    /* Otherwise Cairo loads the system's configuration and all its fonts. */
    return FcConfigSetCurrent(t->config) ? 0 : -ENOMEM;
}

static int text_make_context(struct kiosk_text *t)
{
    t->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    if (!t->map)
        return -ENOENT;
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(t->map), t->config);
    t->context = pango_font_map_create_context(t->map);
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(t->context, o);
    cairo_font_options_destroy(o);
    return 0;
}

static PangoFontDescription *font_make(enum kiosk_font font, float px)
{
    PangoFontDescription *d =
        pango_font_description_from_string(TYPESET_FAMILIES);
    pango_font_description_set_weight(d, font_weights[font]);
    pango_font_description_set_absolute_size(d, (double)px * PANGO_SCALE);
    return d;
}

static void text_make_styles(struct kiosk_text *t, float px_per_mm,
                             float distance_mm)
{
    for (int s = 0; s < SESSION_TEXT_SIZES; s++) {
        for (int f = 0; f < KIOSK_FONTS; f++) {
            float mm = kiosk_font_mm((enum kiosk_font)f,
                                     (enum session_text_size)s, distance_mm);
            t->font[s][f] = font_make((enum kiosk_font)f, mm * px_per_mm);
        }
    }
}

int kiosk_text_new(float px_per_mm, float distance_mm, struct kiosk_text **ret)
{
    struct kiosk_text *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    int r = text_load_fonts(t);
    if (r >= 0)
        r = text_make_context(t);
    if (r < 0) {
        kiosk_text_free(t);
        return r;
    }
    text_make_styles(t, px_per_mm, distance_mm);
    *ret = t;
    return 0;
}

static void entry_clear(struct entry *e)
{
    if (!e->text)
        return;
    g_object_unref(e->layout);
    explicit_bzero(e->text, strlen(e->text)); /* perhaps a conversation */
    free(e->text);
    *e = (struct entry){0};
}

void kiosk_text_forget(struct kiosk_text *t)
{
    for (int i = 0; i < KIOSK_TEXT_SETS; i++)
        for (int k = 0; k < KIOSK_TEXT_WAYS; k++)
            entry_clear(&t->entry[i][k]);
}

struct kiosk_text *kiosk_text_free(struct kiosk_text *t)
{
    if (!t)
        return NULL;
    kiosk_text_forget(t);
    for (int s = 0; s < SESSION_TEXT_SIZES; s++)
        for (int f = 0; f < KIOSK_FONTS; f++)
            if (t->font[s][f])
                pango_font_description_free(t->font[s][f]);
    if (t->context)
        g_object_unref(t->context);
    if (t->map)
        g_object_unref(t->map);
    free(t);
    return NULL;
}

/* Whether any letter is of U+0600 to U+06FF: two bytes, the first D8 to DB. */
static bool has_arabic(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text & 0xFC) == 0xD8)
            return true;
    return false;
}

static void layout_lower_lines(PangoLayout *layout)
{
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(list,
                           pango_attr_line_height_new(LINE_HEIGHT_ARABIC));
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

static int entry_fill(const struct kiosk_text *t, struct entry *e,
                      const struct kiosk_type *type, const char *text,
                      int width)
{
    char *copy = strdup(text);
    if (!copy)
        return -ENOMEM;
    e->text = copy;
    e->type = *type;
    e->width = width;
    e->layout = pango_layout_new(t->context);
    pango_layout_set_font_description(e->layout,
                                      t->font[type->size][type->font]);
    pango_layout_set_wrap(e->layout, type->breaks ? PANGO_WRAP_WORD_CHAR
                                                  : PANGO_WRAP_WORD);
    pango_layout_set_text(e->layout, text, -1);
    if (has_arabic(text))
        layout_lower_lines(e->layout);
    else
        pango_layout_set_line_spacing(e->layout, LINE_SPACING);
    if (width > 0)
        pango_layout_set_width(e->layout, width * PANGO_SCALE);
    int w;
    int h;
    pango_layout_get_size(e->layout, &w, &h);
    e->size.w = PANGO_PIXELS_CEIL(w);
    e->size.h = PANGO_PIXELS_CEIL(h);
    return 0;
}

static bool entry_is(const struct entry *e, const struct kiosk_type *type,
                     const char *text, int width)
{
    return e->text && e->width == width && e->type.font == type->font &&
           e->type.size == type->size && e->type.breaks == type->breaks &&
           strcmp(e->text, text) == 0;
}

/* FNV-1a over what an entry is found by. */
static uint32_t entry_hash(const struct kiosk_type *type, const char *text,
                           int width)
{
    uint32_t h = 2166136261u;
    h = (h ^ (uint32_t)width) * 16777619u;
    h = (h ^ ((uint32_t)type->font << 4 | (uint32_t)type->size << 1 |
              type->breaks)) *
        16777619u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 16777619u;
    return h ^ h >> 16;
}

/* The cached layout of a text, made when it is not there; NULL: no memory. */
static struct entry *text_entry(struct kiosk_text *t,
                                const struct kiosk_type *type, const char *text,
                                int width)
{
    struct entry *set =
        t->entry[entry_hash(type, text, width) % KIOSK_TEXT_SETS];
    struct entry *oldest = &set[0];
    for (int i = 0; i < KIOSK_TEXT_WAYS; i++) {
        struct entry *e = &set[i];
        if (entry_is(e, type, text, width)) {
            e->used = ++t->uses;
            return e;
        }
        if (e->used < oldest->used)
            oldest = e;
    }
    entry_clear(oldest);
    if (entry_fill(t, oldest, type, text, width) < 0)
        return NULL;
    oldest->used = ++t->uses;
    return oldest;
}

int kiosk_text_measure(void *arg, const struct kiosk_type *type,
                       const char *text, int width_px, struct kiosk_size *ret)
{
    struct entry *e = text_entry(arg, type, text, width_px);
    if (!e)
        return -ENOMEM;
    *ret = e->size;
    return 0;
}

/* Left edge of a laid out text, from where its own coordinates begin. A
 * paragraph from right to left stands at the right of the width it was given;
 * where that is within the area is our affair. */
static int entry_left(const struct entry *e)
{
    PangoRectangle logical;
    pango_layout_get_pixel_extents(e->layout, NULL, &logical);
    return logical.x;
}

/* Where the layout's own coordinates begin. */
static void entry_origin(const struct entry *e, struct kiosk_rect area,
                         enum kiosk_side side, int *ret_x, int *ret_y)
{
    int room = area.w - e->size.w;
    int x = area.x - entry_left(e);
    if (side == KIOSK_MIDDLE)
        x += (int)floor(room / 2.0);
    if (side == KIOSK_RIGHT)
        x += room;
    *ret_x = x;
    *ret_y = area.y + (int)floor((area.h - e->size.h) / 2.0);
}

void kiosk_text_draw(struct kiosk_text *t, cairo_t *cr,
                     const struct kiosk_type *type, const char *text,
                     struct kiosk_rect area, enum kiosk_side side)
{
    struct entry *e = text_entry(t, type, text, area.w);
    int x;
    int y;
    if (!e)
        return;
    pango_layout_set_alignment(e->layout, side == KIOSK_MIDDLE
                                              ? PANGO_ALIGN_CENTER
                                              : PANGO_ALIGN_LEFT);
    entry_origin(e, area, side, &x, &y);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, e->layout);
}

size_t kiosk_text_at(struct kiosk_text *t, const struct kiosk_drawn *d, int x,
                     int y)
{
    struct entry *e = text_entry(t, &d->type, d->text, d->area.w);
    int from_x;
    int from_y;
    int at = 0;
    int behind = 0;
    if (!e)
        return 0;
    pango_layout_set_alignment(e->layout, PANGO_ALIGN_LEFT);
    entry_origin(e, d->area, d->side, &from_x, &from_y);
    pango_layout_xy_to_index(e->layout, (x - from_x) * PANGO_SCALE,
                             (y - from_y) * PANGO_SCALE, &at, &behind);
    size_t len = strlen(d->text);
    size_t byte = LK_MIN((size_t)LK_MAX(at, 0), len);
    for (; behind > 0 && byte < len; behind--) {
        byte++;
        while (byte < len && ((unsigned char)d->text[byte] & 0xC0) == 0x80)
            byte++;
    }
    return byte;
}

int kiosk_text_caret(struct kiosk_text *t, const struct kiosk_drawn *d,
                     size_t at, struct kiosk_rect *ret)
{
    struct entry *e = text_entry(t, &d->type, d->text, d->area.w);
    PangoRectangle p;
    int x;
    int y;
    if (!e)
        return -ENOMEM;
    pango_layout_set_alignment(e->layout, PANGO_ALIGN_LEFT);
    entry_origin(e, d->area, d->side, &x, &y);
    pango_layout_get_cursor_pos(e->layout, (int)LK_MIN(at, strlen(d->text)), &p,
                                NULL);
    *ret = (struct kiosk_rect){x + PANGO_PIXELS(p.x), y + PANGO_PIXELS(p.y), 1,
                               PANGO_PIXELS_CEIL(p.height)};
    return 0;
}

int kiosk_text_range(struct kiosk_text *t, const struct kiosk_drawn *d,
                     const size_t range[2], int max, struct kiosk_rect *ret)
{
    struct entry *e = text_entry(t, &d->type, d->text, d->area.w);
    int n = 0;
    int x;
    int y;
    if (!e)
        return 0;
    entry_origin(e, d->area, d->side, &x, &y);
    PangoLayoutIter *it = pango_layout_get_iter(e->layout);
    do {
        PangoLayoutLine *line = pango_layout_iter_get_line_readonly(it);
        PangoRectangle box;
        int *ranges = NULL;
        int count = 0;
        pango_layout_iter_get_line_extents(it, NULL, &box);
        pango_layout_line_get_x_ranges(line, (int)range[0], (int)range[1],
                                       &ranges, &count);
        const int *part = ranges;
        for (int i = 0; i < count && n < max; i++, part += 2)
            ret[n++] = (struct kiosk_rect){
                x + PANGO_PIXELS(part[0]), y + PANGO_PIXELS(box.y),
                PANGO_PIXELS(part[1] - part[0]), PANGO_PIXELS_CEIL(box.height)};
        g_free(ranges);
    } while (pango_layout_iter_next_line(it));
    pango_layout_iter_free(it);
    return n;
}

void kiosk_text_warm(struct kiosk_text *t, cairo_t *cr)
{
    static const char scripts[] =
        "ABCabcÅÄÖåäöÕõÜü 0123 ĐđŊŋŠšŦŧŽž Ελλάδα Україна Ґґ Россия Việt Nam "
        "العربية \xef\xbf\xbd";
    struct kiosk_rect area = {0, 0, 4096, 256};
    for (int s = 0; s < SESSION_TEXT_SIZES; s++) {
        for (int f = 0; f < KIOSK_FONTS; f++) {
            struct kiosk_type type = {(enum kiosk_font)f,
                                      (enum session_text_size)s, false};
            kiosk_text_draw(t, cr, &type, scripts, area, KIOSK_LEFT);
        }
    }
}
