#include "escl/ability.h"

#include "escl/xml.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* A discrete resolution of x and y. */
struct pair {
    uint32_t x, y;
};

/* A range of resolutions, from which the usual ones are taken. */
struct range {
    uint32_t min, max, step;
};

struct decode {
    struct escl_ability a;
    bool root;                          /* the document is of that kind */
    struct escl_source_ability *source; /* being read */
    struct escl_source_ability shared;  /* AdfSimplexInputCaps and so on may
                                           refer to common profiles */
    bool duplex_said;
    struct pair pair;
    struct range range;
    bool in_y; /* in YResolutionRange */
};

static const uint16_t usual_dpi[] = {75, 100, 150, 200, 240, 300, 400, 600};

static void on_open(void *arg, unsigned depth, const char *name)
{
    struct decode *d = arg;
    if (depth == 1)
        d->root = strcmp(name, "ScannerCapabilities") == 0;
    if (strcmp(name, "PlatenInputCaps") == 0)
        d->source = &d->a.source[ESCL_PLATEN];
    else if (strcmp(name, "AdfSimplexInputCaps") == 0)
        d->source = &d->a.source[ESCL_FEEDER];
    else if (strcmp(name, "AdfDuplexInputCaps") == 0)
        d->source = &d->a.source[ESCL_FEEDER_DUPLEX];
    else if (strcmp(name, "DiscreteResolution") == 0)
        d->pair = (struct pair){0, 0};
    else if (strcmp(name, "ResolutionRange") == 0 ||
             strcmp(name, "XResolutionRange") == 0)
        d->range = (struct range){0, 0, 0};
    else if (strcmp(name, "YResolutionRange") == 0)
        d->in_y = true;
    else if (strcmp(name, "SettingProfiles") == 0 && !d->source)
        d->source = &d->shared;
    if (d->source)
        d->source->present = true;
}

/* Keeps the list rising and without twins. */
static void add_dpi(struct escl_source_ability *s, uint32_t dpi)
{
    size_t i = 0;
    if (dpi < 50 || dpi > 2400 || s->resolutions == ESCL_RESOLUTIONS_MAX)
        return;
    while (i < s->resolutions && s->dpi[i] < dpi)
        i++;
    if (i < s->resolutions && s->dpi[i] == dpi)
        return;
    memmove(&s->dpi[i + 1], &s->dpi[i],
            (s->resolutions - i) * sizeof(s->dpi[0]));
    s->dpi[i] = (uint16_t)dpi;
    s->resolutions++;
}

static void add_range(struct escl_source_ability *s, const struct range *r)
{
    uint32_t step = r->step > 0 ? r->step : 1;
    for (size_t i = 0; i < LK_ARRAY_LEN(usual_dpi); i++) {
        uint32_t dpi = usual_dpi[i];
        if (dpi >= r->min && dpi <= r->max && (dpi - r->min) % step == 0)
            add_dpi(s, dpi);
    }
}

/* 1/300 inch to 1/100 mm; what is no number is left as it was. */
static void set_length(uint32_t *ret, const char *text)
{
    uint32_t n = 0;
    if (escl_xml_number(text, 100000, &n) == 0)
        *ret = (uint32_t)(((uint64_t)n * 2540 + 150) / 300);
}

static void set_number(uint32_t *ret, const char *text)
{
    uint32_t n = 0;
    if (escl_xml_number(text, 100000, &n) == 0)
        *ret = n;
}

static void set_name(char *ret, size_t cap, const char *text)
{
    size_t n = lk_utf8_cut(text, strlen(text), cap - 1);
    size_t out = 0;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] >= ' ' && text[i] != 0x7f)
            ret[out++] = text[i];
    ret[out] = '\0';
}

static void close_mode(struct escl_source_ability *s, const char *text)
{
    if (strcmp(text, "RGB24") == 0)
        s->modes |= 1U << ESCL_COLOUR;
    else if (strcmp(text, "Grayscale8") == 0)
        s->modes |= 1U << ESCL_GREY;
    else if (strcmp(text, "BlackAndWhite1") == 0)
        s->modes |= 1U << ESCL_BLACK;
}

static void close_format(struct escl_source_ability *s, const char *text)
{
    if (strcmp(text, "image/jpeg") == 0)
        s->formats |= 1U << ESCL_JPEG;
    else if (strcmp(text, "application/pdf") == 0)
        s->formats |= 1U << ESCL_PDF;
}

/* What stands in a range; that of y is taken to be as that of x. */
static bool close_range(struct decode *d, const char *name, const char *text)
{
    uint32_t *to = NULL;
    if (strcmp(name, "Min") == 0)
        to = &d->range.min;
    else if (strcmp(name, "Max") == 0)
        to = &d->range.max;
    else if (strcmp(name, "Step") == 0)
        to = &d->range.step;
    if (to && !d->in_y)
        set_number(to, text);
    return to != NULL;
}

static bool close_resolution(struct decode *d, const char *name,
                             const char *text)
{
    if (strcmp(name, "XResolution") == 0) {
        set_number(&d->pair.x, text);
    } else if (strcmp(name, "YResolution") == 0) {
        set_number(&d->pair.y, text);
    } else if (strcmp(name, "DiscreteResolution") == 0) {
        if (d->pair.x == d->pair.y)
            add_dpi(d->source, d->pair.x);
    } else if (strcmp(name, "XResolutionRange") == 0) {
        add_range(d->source, &d->range);
    } else if (strcmp(name, "YResolutionRange") == 0) {
        d->in_y = false;
    } else {
        return close_range(d, name, text);
    }
    return true;
}

static bool close_size(struct escl_source_ability *s, const char *name,
                       const char *text)
{
    if (strcmp(name, "MinWidth") == 0)
        set_length(&s->min_width, text);
    else if (strcmp(name, "MinHeight") == 0)
        set_length(&s->min_height, text);
    else if (strcmp(name, "MaxWidth") == 0)
        set_length(&s->max_width, text);
    else if (strcmp(name, "MaxHeight") == 0)
        set_length(&s->max_height, text);
    else
        return false;
    return true;
}

static void close_top(struct decode *d, unsigned depth, const char *name,
                      const char *text)
{
    if (depth == 2 && strcmp(name, "Version") == 0)
        set_name(d->a.version, sizeof(d->a.version), text);
    else if (depth == 2 && strcmp(name, "MakeAndModel") == 0)
        set_name(d->a.model, sizeof(d->a.model), text);
    else if (depth == 2 && strcmp(name, "SerialNumber") == 0)
        set_name(d->a.serial, sizeof(d->a.serial), text);
    else if (strcmp(name, "AdfOption") == 0 && strcmp(text, "Duplex") == 0)
        d->duplex_said = true;
}

static void on_close(void *arg, unsigned depth, const char *name,
                     const char *text)
{
    struct decode *d = arg;
    struct escl_source_ability *s = d->source;
    if (!s) {
        close_top(d, depth, name, text);
    } else if (strcmp(name, "ColorMode") == 0) {
        close_mode(s, text);
    } else if (strcmp(name, "DocumentFormat") == 0 ||
               strcmp(name, "DocumentFormatExt") == 0) {
        close_format(s, text);
    } else if (strcmp(name, "PlatenInputCaps") == 0 ||
               strcmp(name, "AdfSimplexInputCaps") == 0 ||
               strcmp(name, "AdfDuplexInputCaps") == 0 ||
               (s == &d->shared && strcmp(name, "SettingProfiles") == 0)) {
        d->source = NULL;
    } else if (!close_resolution(d, name, text)) {
        (void)close_size(s, name, text);
    }
}

/* Lies are mended where it is plain what is meant: a source that says no modes
 * or formats has those that every eSCL scanner must have; a smallest size above
 * the largest (or of nearly all of it) counts for nothing. */
static void mend(struct escl_source_ability *s,
                 const struct escl_source_ability *shared)
{
    if (s->modes == 0)
        s->modes = shared->modes;
    if (s->modes == 0)
        s->modes = 1U << ESCL_COLOUR | 1U << ESCL_GREY;
    if (s->formats == 0)
        s->formats = shared->formats;
    if (s->formats == 0)
        s->formats = 1U << ESCL_JPEG;
    if (s->resolutions == 0) {
        memcpy(s->dpi, shared->dpi, sizeof(s->dpi));
        s->resolutions = shared->resolutions;
    }
    if (s->resolutions == 0)
        add_dpi(s, 300);
    if (s->max_width == 0)
        s->max_width = 21590; /* 8.5 inches, which A4 fits in */
    if (s->max_height == 0)
        s->max_height = 29700;
    if (s->min_width > s->max_width)
        s->min_width = 0;
    if (s->min_height > s->max_height)
        s->min_height = 0;
}

int escl_ability_decode(const void *xml, size_t len, struct escl_ability *ret)
{
    static const struct escl_xml_ops ops = {on_open, on_close};
    struct decode d = {.root = false};
    int r = escl_xml_walk(xml, len, &ops, &d);
    if (r < 0)
        return r;
    if (!d.root)
        return -EBADMSG;
    struct escl_source_ability *simplex = &d.a.source[ESCL_FEEDER];
    struct escl_source_ability *duplex = &d.a.source[ESCL_FEEDER_DUPLEX];
    /* Duplex said as an option alone is as the single side is. */
    if (simplex->present && !duplex->present && d.duplex_said)
        *duplex = *simplex;
    if (duplex->present && !simplex->present)
        *simplex = *duplex;
    bool any = false;
    for (size_t i = 0; i < ESCL_SOURCES; i++) {
        if (d.a.source[i].present)
            mend(&d.a.source[i], &d.shared);
        any = any || d.a.source[i].present;
    }
    if (!any)
        return -ENOENT;
    *ret = d.a;
    return 0;
}
