#include "kiosk/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#define FONT_DIR "/usr/share/fonts/"
#define FAMILIES "Inter, Noto Sans, Noto Sans Arabic"
#define LINE_SPACING 1.12f

struct entry {
    char *text; /* NULL: free */
    enum kiosk_font font;
    int width;
    PangoLayout *layout;
    struct kiosk_size size;
    uint64_t used;
};

struct kiosk_text {
    PangoFontMap *map;
    PangoContext *context;
    FcConfig *config;
    PangoFontDescription *font[KIOSK_FONTS];
    struct entry entry[KIOSK_TEXT_CACHE];
    uint64_t uses;
};

/* The first three must be there. */
static const char *const font_files[] = {
    FONT_DIR "opentype/inter/Inter-Regular.otf",
    FONT_DIR "opentype/inter/Inter-SemiBold.otf",
    FONT_DIR "opentype/inter/Inter-Bold.otf",
    FONT_DIR "truetype/noto/NotoSans-Regular.ttf",
    FONT_DIR "truetype/noto/NotoSans-Bold.ttf",
    FONT_DIR "truetype/noto/NotoSansArabic-Regular.ttf",
    FONT_DIR "truetype/noto/NotoSansArabic-Bold.ttf",
};
#define FONT_FILES_NEEDED 3

static const struct {
    float mm; /* height of the em */
    PangoWeight weight;
} font_styles[KIOSK_FONTS] = {
    [KIOSK_FONT_BODY] = {5.3f, PANGO_WEIGHT_NORMAL},
    [KIOSK_FONT_SMALL] = {4.7f, PANGO_WEIGHT_NORMAL},
    [KIOSK_FONT_LABEL] = {5.6f, PANGO_WEIGHT_SEMIBOLD},
    [KIOSK_FONT_LEAD] = {6.3f, PANGO_WEIGHT_NORMAL},
    [KIOSK_FONT_NAME] = {7.4f, PANGO_WEIGHT_BOLD},
    [KIOSK_FONT_HEADING] = {11.0f, PANGO_WEIGHT_BOLD},
    [KIOSK_FONT_TITLE] = {13.0f, PANGO_WEIGHT_BOLD},
    [KIOSK_FONT_FIGURE] = {14.5f, PANGO_WEIGHT_BOLD},
};

static int text_load_fonts(struct kiosk_text *t)
{
    t->config = FcConfigCreate();
    if (!t->config)
        return -ENOMEM;
    for (size_t i = 0; i < LK_ARRAY_LEN(font_files); i++) {
        const FcChar8 *path = (const FcChar8 *)font_files[i];
        if (!FcConfigAppFontAddFile(t->config, path) && i < FONT_FILES_NEEDED)
            return -ENOENT;
    }
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

static void text_make_styles(struct kiosk_text *t, float px_per_mm)
{
    for (int i = 0; i < KIOSK_FONTS; i++) {
        double px = (double)(font_styles[i].mm * px_per_mm);
        t->font[i] = pango_font_description_from_string(FAMILIES);
        pango_font_description_set_weight(t->font[i], font_styles[i].weight);
        pango_font_description_set_absolute_size(t->font[i], px * PANGO_SCALE);
    }
}

int kiosk_text_new(float px_per_mm, struct kiosk_text **ret)
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
    text_make_styles(t, px_per_mm);
    *ret = t;
    return 0;
}

static void entry_clear(struct entry *e)
{
    if (!e->text)
        return;
    g_object_unref(e->layout);
    free(e->text);
    *e = (struct entry){0};
}

struct kiosk_text *kiosk_text_free(struct kiosk_text *t)
{
    if (!t)
        return NULL;
    for (int i = 0; i < KIOSK_TEXT_CACHE; i++)
        entry_clear(&t->entry[i]);
    for (int i = 0; i < KIOSK_FONTS; i++)
        if (t->font[i])
            pango_font_description_free(t->font[i]);
    if (t->context)
        g_object_unref(t->context);
    if (t->map)
        g_object_unref(t->map);
    if (t->config)
        FcConfigDestroy(t->config);
    free(t);
    return NULL;
}

static int entry_fill(struct kiosk_text *t, struct entry *e,
                      enum kiosk_font font, const char *text, int width)
{
    char *copy = strdup(text);
    if (!copy)
        return -ENOMEM;
    e->text = copy;
    e->font = font;
    e->width = width;
    e->layout = pango_layout_new(t->context);
    pango_layout_set_font_description(e->layout, t->font[font]);
    pango_layout_set_line_spacing(e->layout, LINE_SPACING);
    pango_layout_set_wrap(e->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(e->layout, text, -1);
    if (width > 0)
        pango_layout_set_width(e->layout, width * PANGO_SCALE);
    int w;
    int h;
    pango_layout_get_size(e->layout, &w, &h);
    e->size.w = PANGO_PIXELS_CEIL(w);
    e->size.h = PANGO_PIXELS_CEIL(h);
    return 0;
}

/* The cached layout of a text, made when it is not there; NULL: no memory. */
static struct entry *text_entry(struct kiosk_text *t, enum kiosk_font font,
                                const char *text, int width)
{
    struct entry *oldest = &t->entry[0];
    for (int i = 0; i < KIOSK_TEXT_CACHE; i++) {
        struct entry *e = &t->entry[i];
        if (e->text && e->font == font && e->width == width &&
            strcmp(e->text, text) == 0) {
            e->used = ++t->uses;
            return e;
        }
        if (e->used < oldest->used)
            oldest = e;
    }
    entry_clear(oldest);
    if (entry_fill(t, oldest, font, text, width) < 0)
        return NULL;
    oldest->used = ++t->uses;
    return oldest;
}

int kiosk_text_measure(void *arg, enum kiosk_font font, const char *text,
                       int width_px, struct kiosk_size *ret)
{
    struct entry *e = text_entry(arg, font, text, width_px);
    if (!e)
        return -ENOMEM;
    *ret = e->size;
    return 0;
}

void kiosk_text_draw(struct kiosk_text *t, cairo_t *cr, enum kiosk_font font,
                     const char *text, struct kiosk_rect area,
                     enum kiosk_place place)
{
    struct entry *e = text_entry(t, font, text, area.w);
    if (!e)
        return;
    pango_layout_set_alignment(e->layout, place == KIOSK_CENTER
                                              ? PANGO_ALIGN_CENTER
                                              : PANGO_ALIGN_LEFT);
    cairo_move_to(cr, area.x, area.y + floor((area.h - e->size.h) / 2.0));
    pango_cairo_show_layout(cr, e->layout);
}

void kiosk_text_warm(struct kiosk_text *t, cairo_t *cr)
{
    static const char scripts[] =
        "ABCabcÅÄÖåäö 0123 ĐđŊŋŠšŦŧŽž Ελλάδα Україна Россия Việt Nam العربية "
        "\xef\xbf\xbd";
    struct kiosk_rect area = {0, 0, 4096, 256};
    for (int i = 0; i < KIOSK_FONTS; i++)
        kiosk_text_draw(t, cr, (enum kiosk_font)i, scripts, area, KIOSK_START);
}
