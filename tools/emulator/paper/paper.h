/* paper.h - what the parts of luukku-paper share.
 *
 * Room: a program of its own for the emulated scanner and cameras: it draws
 * pages that look like documents and writes them as scanners and cameras do.
 * Nothing here is shared with the firmware or the drivers.
 * Thread: one.
 */
#ifndef LUUKKU_PAPER_H
#define LUUKKU_PAPER_H

#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define PAPER_PIXELS_MAX 20000 /* of one side of a picture */
#define PAPER_PAGES_MAX 64     /* in one PDF */
#define PAPER_FRAMES_MAX 64    /* of one camera loop */
#define PAPER_STRIPES_MAX 99

enum paper_mode { PAPER_COLOR, PAPER_GRAY, PAPER_BW };
enum paper_format {
    PAPER_JPEG,
    PAPER_PDF,    /* a picture in a PDF, as scanners make it */
    PAPER_VECTOR, /* a PDF that was never on paper */
    PAPER_PNG,
    PAPER_YUYV, /* camera frames alone */
};
enum paper_scene { PAPER_FLAT, PAPER_PHOTO, PAPER_PERSON };

struct paper_box {
    double x, y, w, h; /* mm */
};

/* All that a picture depends on; equal specs give equal bytes. */
struct paper_spec {
    unsigned page; /* 1.. */
    unsigned pages;
    unsigned frames;
    unsigned seed;
    bool back;
    bool blank;
    bool bare; /* a photo of the desk alone */
    bool progressive;
    bool cmyk;
    double dpi;
    double skew_deg;
    double paper_w, paper_h; /* mm */
    struct paper_box region; /* of the glass; w 0: all of the paper */
    unsigned rotate;         /* 0 or 180 degrees */
    unsigned noise;          /* 0..20 levels */
    unsigned quality;        /* 1..100 */
    unsigned width, height;  /* pixels, camera pictures */
    enum paper_mode mode;
    enum paper_format format;
    enum paper_scene scene;
    const char *stripes; /* widths across the page, '1'..'9'; NULL none */
};

/* Numbers that look random and are the same for the same seed. */
struct paper_dice {
    uint64_t state;
};

struct paper_dice paper_dice_new(unsigned seed, unsigned page, unsigned salt);
uint32_t paper_dice_roll(struct paper_dice *d);              /* any */
unsigned paper_dice_below(struct paper_dice *d, unsigned n); /* 0..n-1 */
double paper_dice_between(struct paper_dice *d, double a, double b);

/* Words of one document; pointers to constants. */
struct paper_words {
    const char *office, *street, *post;
    const char *title;
    const char *person;
    const char *paragraphs[6];
    const char *rows[6];
    const char *greeting, *signer;
    char number[24], date[16];
};
void paper_words_choose(struct paper_dice *d, struct paper_words *ret);

/* Draws a page's front or back in mm, its corner at the origin. */
void paper_draw_page(cairo_t *c, const struct paper_spec *s);
void paper_draw_signature(cairo_t *c, struct paper_dice *d, double w);
void paper_draw_stamp(cairo_t *c, const struct paper_words *w, double r);
void paper_draw_landscape(cairo_t *c, struct paper_dice *d, double w, double h);
void paper_draw_text(cairo_t *c, const char *font, double size, double width,
                     const char *text, double *height);

/* 8-bit pixels, `channels` of them (1 or 3), rows without gaps. */
struct paper_image {
    unsigned width, height, channels;
    uint8_t *bytes;
};

/* Draws what the scanner sees. 0, or -ENOMEM, -EINVAL (too large). */
int paper_image_scan(const struct paper_spec *s, struct paper_image *ret);
/* Takes a drawing over into pixels; 0 or -ENOMEM. */
int paper_image_take(cairo_surface_t *from, bool color,
                     struct paper_image *ret);
/* Adds paper or sensor noise of at most `level` steps. */
void paper_image_noise(struct paper_image *i, unsigned level, unsigned seed);
void paper_image_free(struct paper_image *i);

/* Draws frame `frame` of a camera's picture: paper_scene PHOTO or PERSON. */
int paper_photo_take(const struct paper_spec *s, unsigned frame,
                     struct paper_image *ret);

/* Writers: 0, or -EIO, -ENOMEM. */
int paper_write_jpeg(const struct paper_image *i, const struct paper_spec *s,
                     uint8_t **ret, size_t *ret_len);
int paper_write_png(const struct paper_image *i, FILE *to);
int paper_write_yuyv(const struct paper_image *i, FILE *to);
int paper_write_pdf(const struct paper_spec *s, FILE *to);
int paper_write_vector(const struct paper_spec *s, FILE *to);

#endif
