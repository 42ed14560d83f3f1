/* main.c - luukku-paper: draws pages and camera pictures for the emulators. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "paper.h"

#define MM_PER_300TH (25.4 / 300)

static const char usage[] =
    "luukku-paper [--page N] [--back] [--blank] [--seed S] [--dpi D]\n"
    "  [--mode color|gray|bw] [--size a4|a5|letter|WxH (mm)]\n"
    "  [--region X,Y,W,H (300ths of an inch)] [--rotate 0|180] [--skew DEG]\n"
    "  [--noise LEVEL] [--quality Q] [--progressive] [--cmyk] [--pages N]\n"
    "  [--format jpeg|pdf|pdf-vector|png|yuyv]\n"
    "  [--photo [--bare]|--person] [--pixels WxH] [--frames N]\n"
    "  [--stripes WIDTHS]\n"
    "A blank photo or person is a dark one, a bare photo one of a table\n"
    "alone. Stripes lie across the page, dark\n"
    "and light in turn; each digit is the width of one.\n"
    "Writes to standard output. With --frames each picture is preceded by its\n"
    "length, four bytes, the most significant first.\n";

enum option_id {
    O_PAGE = 1,
    O_PAGES,
    O_FRAMES,
    O_SEED,
    O_DPI,
    O_SKEW,
    O_ROTATE,
    O_NOISE,
    O_QUALITY,
    O_MODE,
    O_SIZE,
    O_REGION,
    O_FORMAT,
    O_PIXELS,
    O_STRIPES,
    O_HELP,
    O_BACK,
    O_BLANK,
    O_PROGRESSIVE,
    O_CMYK,
    O_PHOTO,
    O_BARE,
    O_PERSON
};

struct option {
    const char *name;
    enum option_id id;
};

/* Those from O_BACK to O_PERSON stand alone. */
static const struct option options[] = {
    {"--page", O_PAGE},       {"--pages", O_PAGES},
    {"--frames", O_FRAMES},   {"--seed", O_SEED},
    {"--dpi", O_DPI},         {"--skew", O_SKEW},
    {"--rotate", O_ROTATE},   {"--noise", O_NOISE},
    {"--quality", O_QUALITY}, {"--back", O_BACK},
    {"--blank", O_BLANK},     {"--progressive", O_PROGRESSIVE},
    {"--cmyk", O_CMYK},       {"--mode", O_MODE},
    {"--size", O_SIZE},       {"--region", O_REGION},
    {"--format", O_FORMAT},   {"--photo", O_PHOTO},
    {"--person", O_PERSON},   {"--pixels", O_PIXELS},
    {"--stripes", O_STRIPES}, {"--help", O_HELP},
    {"--bare", O_BARE},
};

/* Reads `n` numbers, each followed by one of `ends` or the end. */
static bool numbers(const char *from, const char *ends, double *to, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char *end = NULL;
        errno = 0;
        to[i] = strtod(from, &end);
        bool last = i + 1 == n;
        if (errno || end == from || !isfinite(to[i]) || fabs(to[i]) > 1e6 ||
            (last ? *end != '\0' : (!*end || !strchr(ends, *end))))
            return false;
        from = end + 1;
    }
    return true;
}

static bool whole(const char *from, unsigned least, unsigned most, unsigned *to)
{
    double v = 0;
    if (!numbers(from, "", &v, 1) || v < least || v > most || v != floor(v))
        return false;
    *to = (unsigned)v;
    return true;
}

/* Which of the words of `list`, that ends with NULL; -1 none. */
static int word(const char *s, const char *const *list)
{
    for (int i = 0; list[i]; i++) {
        if (strcmp(s, list[i]) == 0)
            return i;
    }
    return -1;
}

static bool set_size(struct paper_spec *s, const char *arg)
{
    static const char *const names[] = {"a4", "a5", "letter", NULL};
    static const double sizes[][2] = {{210, 297}, {148, 210}, {215.9, 279.4}};
    double v[2];
    int i = word(arg, names);
    if (i < 0 && !numbers(arg, "x", v, 2))
        return false;
    s->paper_w = i < 0 ? v[0] : sizes[i][0];
    s->paper_h = i < 0 ? v[1] : sizes[i][1];
    return s->paper_w >= 20 && s->paper_w <= 500 && s->paper_h >= 20 &&
           s->paper_h <= 1000;
}

static bool set_region(struct paper_spec *s, const char *arg)
{
    double v[4];
    if (!numbers(arg, ",", v, 4) || v[2] <= 0 || v[3] <= 0)
        return false;
    s->region = (struct paper_box){v[0] * MM_PER_300TH, v[1] * MM_PER_300TH,
                                   v[2] * MM_PER_300TH, v[3] * MM_PER_300TH};
    return true;
}

static bool set_pixels(struct paper_spec *s, const char *arg)
{
    double v[2];
    if (!numbers(arg, "x", v, 2) || v[0] < 16 || v[1] < 16 || v[0] > 4096 ||
        v[1] > 4096)
        return false;
    s->width = (unsigned)v[0];
    s->height = (unsigned)v[1];
    return true;
}

static bool set_stripes(struct paper_spec *s, const char *arg)
{
    size_t len = strlen(arg);
    s->stripes = arg;
    return len > 0 && len <= PAPER_STRIPES_MAX &&
           strspn(arg, "123456789") == len;
}

static bool set_words(struct paper_spec *s, int id, const char *arg)
{
    static const char *const modes[] = {"color", "gray", "bw", NULL};
    static const char *const formats[] = {"jpeg", "pdf",  "pdf-vector",
                                          "png",  "yuyv", NULL};
    int i = word(arg, id == O_MODE ? modes : formats);
    if (i < 0)
        return false;
    if (id == O_MODE)
        s->mode = (enum paper_mode)i;
    else
        s->format = (enum paper_format)i;
    return true;
}

static bool set_number(struct paper_spec *s, int id, const char *arg)
{
    switch (id) {
    case O_PAGE:
        return whole(arg, 1, 100000, &s->page);
    case O_PAGES:
        return whole(arg, 1, PAPER_PAGES_MAX, &s->pages);
    case O_FRAMES:
        return whole(arg, 1, PAPER_FRAMES_MAX, &s->frames);
    case O_SEED:
        return whole(arg, 0, 1000000, &s->seed);
    case O_NOISE:
        return whole(arg, 0, 20, &s->noise);
    case O_QUALITY:
        return whole(arg, 1, 100, &s->quality);
    case O_ROTATE:
        return whole(arg, 0, 180, &s->rotate) && s->rotate % 180 == 0;
    case O_DPI:
        return numbers(arg, "", &s->dpi, 1) && s->dpi >= 10 && s->dpi <= 1200;
    default:
        return numbers(arg, "", &s->skew_deg, 1);
    }
}

static bool set_option(struct paper_spec *s, int id, const char *arg)
{
    switch (id) {
    case O_BACK:
        return s->back = true;
    case O_BLANK:
        return s->blank = true;
    case O_PROGRESSIVE:
        return s->progressive = true;
    case O_CMYK:
        return s->cmyk = true;
    case O_PHOTO:
        s->scene = PAPER_PHOTO;
        return true;
    case O_BARE:
        return s->bare = true;
    case O_PERSON:
        s->scene = PAPER_PERSON;
        return true;
    case O_MODE:
    case O_FORMAT:
        return set_words(s, id, arg);
    case O_SIZE:
        return set_size(s, arg);
    case O_REGION:
        return set_region(s, arg);
    case O_PIXELS:
        return set_pixels(s, arg);
    case O_STRIPES:
        return set_stripes(s, arg);
    default:
        return set_number(s, id, arg);
    }
}

static int write_jpeg(const struct paper_image *i, const struct paper_spec *s,
                      FILE *to)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    int e = paper_write_jpeg(i, s, &bytes, &len);
    if (e < 0)
        return e;
    uint8_t head[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16),
                       (uint8_t)(len >> 8), (uint8_t)len};
    if (s->frames > 0)
        (void)fwrite(head, 1, sizeof(head), to);
    (void)fwrite(bytes, 1, len, to);
    free(bytes);
    return 0;
}

static int write_image(const struct paper_image *i, const struct paper_spec *s,
                       FILE *to)
{
    size_t len = (size_t)i->width * i->height * 2;
    uint8_t head[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16),
                       (uint8_t)(len >> 8), (uint8_t)len};
    if (s->format == PAPER_PNG)
        return paper_write_png(i, to);
    if (s->format == PAPER_JPEG)
        return write_jpeg(i, s, to);
    if (s->frames > 0)
        (void)fwrite(head, 1, sizeof(head), to);
    return paper_write_yuyv(i, to);
}

static int write_picture(const struct paper_spec *s, unsigned frame, FILE *to)
{
    struct paper_image i = {0};
    int e = s->scene == PAPER_FLAT ? paper_image_scan(s, &i)
                                   : paper_photo_take(s, frame, &i);
    if (e < 0)
        return e;
    e = write_image(&i, s, to);
    paper_image_free(&i);
    return e;
}

static int write_all(const struct paper_spec *s, FILE *to)
{
    if (s->format == PAPER_PDF)
        return paper_write_pdf(s, to);
    if (s->format == PAPER_VECTOR)
        return paper_write_vector(s, to);
    unsigned n = s->frames > 0 ? s->frames : 1;
    for (unsigned i = 0; i < n; i++) {
        int e = write_picture(s, i, to);
        if (e < 0)
            return e;
    }
    return fflush(to) != 0 || ferror(to) ? -EIO : 0;
}

/* The option named `name`, or NULL. */
static const struct option *find(const char *name)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (strcmp(name, options[i].name) == 0)
            return &options[i];
    }
    return NULL;
}

/* 0, 1 (help is wanted) or -EINVAL. */
static int parse(struct paper_spec *s, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const struct option *o = find(argv[i]);
        if (o && o->id == O_HELP)
            return 1;
        bool alone = o && o->id >= O_BACK;
        if (!o || (!alone && i + 1 == argc) ||
            !set_option(s, (int)o->id, alone ? "" : argv[++i]))
            return -EINVAL;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct paper_spec s = {.page = 1,
                           .pages = 1,
                           .seed = 1,
                           .dpi = 300,
                           .paper_w = 210,
                           .paper_h = 297,
                           .quality = 85,
                           .noise = 2,
                           .width = 1280,
                           .height = 720};
    int e = parse(&s, argc, argv);
    if (e != 0) {
        (void)fputs(usage, e > 0 ? stdout : stderr);
        return e > 0 ? 0 : 2;
    }
    e = write_all(&s, stdout);
    if (e < 0) {
        (void)fprintf(stderr, "luukku-paper: %s\n", strerrordesc_np(-e));
        return 1;
    }
    return 0;
}
