#include "escl/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static unsigned nearest_dpi(const struct escl_source_ability *s, unsigned want)
{
    unsigned best = s->dpi[0];
    for (size_t i = 1; i < s->resolutions; i++) {
        unsigned dpi = s->dpi[i];
        unsigned off = dpi > want ? dpi - want : want - dpi;
        unsigned was = best > want ? best - want : want - best;
        if (off <= was)
            best = dpi;
    }
    return best;
}

/* The wanted mode, or one that shows at least as much, or whatever is there. */
static enum escl_mode nearest_mode(unsigned modes, enum escl_mode want)
{
    static const enum escl_mode order[ESCL_MODES][ESCL_MODES] = {
        [ESCL_COLOUR] = {ESCL_COLOUR, ESCL_GREY, ESCL_BLACK},
        [ESCL_GREY] = {ESCL_GREY, ESCL_COLOUR, ESCL_BLACK},
        [ESCL_BLACK] = {ESCL_BLACK, ESCL_GREY, ESCL_COLOUR},
    };
    for (size_t i = 0; i < ESCL_MODES; i++)
        if (modes & 1U << order[want][i])
            return order[want][i];
    return want;
}

/* One direction of the area. */
static void fit_span(uint32_t *at, uint32_t *len, uint32_t min, uint32_t max)
{
    if (*len == 0 || *len > max)
        *len = max;
    if (*len < min)
        *len = min;
    if (*at > max - *len)
        *at = max - *len;
}

int escl_settings_fit(const struct escl_ability *a, struct escl_settings *io)
{
    if ((size_t)io->source >= ESCL_SOURCES || !a->source[io->source].present)
        return -ENOTSUP;
    const struct escl_source_ability *s = &a->source[io->source];
    if ((size_t)io->mode >= ESCL_MODES)
        io->mode = ESCL_COLOUR;
    io->mode = nearest_mode(s->modes, io->mode);
    io->dpi = nearest_dpi(s, io->dpi);
    bool pdf = io->format == ESCL_PDF && (s->formats & 1U << ESCL_PDF);
    io->format = pdf || !(s->formats & 1U << ESCL_JPEG) ? ESCL_PDF : ESCL_JPEG;
    if (io->area.width == 0 || io->area.height == 0)
        io->area = (struct escl_area){0, 0, 0, 0};
    fit_span(&io->area.x, &io->area.width, s->min_width, s->max_width);
    fit_span(&io->area.y, &io->area.height, s->min_height, s->max_height);
    memcpy(io->version, a->version, sizeof(io->version));
    return 0;
}

/* 1/100 mm to 1/300 inch; what ability.c made of a scanner's number becomes
 * that number again. */
static unsigned units(uint32_t hundredths)
{
    return (unsigned)(((uint64_t)hundredths * 300 + 150) / 2540);
}

/* The version as it was told, if it is one: "2.6". */
static const char *version(const char *told)
{
    const char *s = told;
    while (isdigit((unsigned char)*s))
        s++;
    if (s == told || *s++ != '.' || !isdigit((unsigned char)*s))
        return "2.0";
    while (isdigit((unsigned char)*s))
        s++;
    return *s ? "2.0" : told;
}

int escl_settings_encode(struct lk_buf *b, const struct escl_settings *s)
{
    static const char *const mode_names[ESCL_MODES] = {
        [ESCL_COLOUR] = "RGB24",
        [ESCL_GREY] = "Grayscale8",
        [ESCL_BLACK] = "BlackAndWhite1",
    };
    const char *format =
        s->format == ESCL_PDF ? "application/pdf" : "image/jpeg";
    bool feeder = s->source != ESCL_PLATEN;
    int r = lk_buf_printf(
        b,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<scan:ScanSettings"
        " xmlns:scan=\"http://schemas.hp.com/imaging/escl/2011/05/03\""
        " xmlns:pwg=\"http://www.pwg.org/schemas/2010/12/sm\">\n"
        "<pwg:Version>%s</pwg:Version>\n"
        "<pwg:ScanRegions><pwg:ScanRegion>"
        "<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches"
        "</pwg:ContentRegionUnits>"
        "<pwg:XOffset>%u</pwg:XOffset><pwg:YOffset>%u</pwg:YOffset>"
        "<pwg:Width>%u</pwg:Width><pwg:Height>%u</pwg:Height>"
        "</pwg:ScanRegion></pwg:ScanRegions>\n"
        "<pwg:InputSource>%s</pwg:InputSource>\n",
        version(s->version), units(s->area.x), units(s->area.y),
        units(s->area.x + s->area.width) - units(s->area.x),
        units(s->area.y + s->area.height) - units(s->area.y),
        feeder ? "Feeder" : "Platen");
    if (r < 0)
        return r;
    r = lk_buf_printf(b,
                      "<scan:ColorMode>%s</scan:ColorMode>\n"
                      "<pwg:DocumentFormat>%s</pwg:DocumentFormat>\n"
                      "<scan:DocumentFormatExt>%s</scan:DocumentFormatExt>\n"
                      "<scan:XResolution>%u</scan:XResolution>"
                      "<scan:YResolution>%u</scan:YResolution>\n",
                      mode_names[s->mode], format, format, s->dpi, s->dpi);
    if (r == 0 && feeder)
        r = lk_buf_printf(b, "<scan:Duplex>%s</scan:Duplex>\n",
                          s->source == ESCL_FEEDER_DUPLEX ? "true" : "false");
    if (r == 0)
        r = lk_buf_printf(b, "</scan:ScanSettings>\n");
    return r;
}
