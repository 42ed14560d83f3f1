/* caption.c - words in a picture, in a small built-in font.
 *
 * Capital letters of 5 x 7 dots, scaled up: legible from afar, and nothing to
 * load. Real typography belongs to the screen, not to a video stream.
 */
#include "media/picture.h"

#include <string.h>

#define DOTS_X 5
#define DOTS_Y 7
#define CELL_X 6  /* with the gap */
#define TOP_Y 2   /* above the letters, for what stands on them */
#define CELL_Y 11 /* with both gaps */
#define SCALE_MAX 6
#define LETTERS_MAX 128
#define LINES_MAX 6
#define LIGHT 225
#define BAND 36

struct glyph {
    uint16_t code;
    uint8_t row[DOTS_Y]; /* bit 4 is the leftmost dot */
};

static const struct glyph font[] = {
    {'A', {0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11}},
    {'B', {0x1e, 0x11, 0x11, 0x1e, 0x11, 0x11, 0x1e}},
    {'C', {0x0e, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0e}},
    {'D', {0x1e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1e}},
    {'E', {0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f}},
    {'F', {0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x10}},
    {'G', {0x0e, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0f}},
    {'H', {0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11}},
    {'I', {0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e}},
    {'J', {0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0c}},
    {'K', {0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11}},
    {'L', {0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f}},
    {'M', {0x11, 0x1b, 0x15, 0x15, 0x11, 0x11, 0x11}},
    {'N', {0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11}},
    {'O', {0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e}},
    {'P', {0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10}},
    {'Q', {0x0e, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0d}},
    {'R', {0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11}},
    {'S', {0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e}},
    {'T', {0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}},
    {'U', {0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e}},
    {'V', {0x11, 0x11, 0x11, 0x11, 0x11, 0x0a, 0x04}},
    {'W', {0x11, 0x11, 0x11, 0x15, 0x15, 0x1b, 0x11}},
    {'X', {0x11, 0x11, 0x0a, 0x04, 0x0a, 0x11, 0x11}},
    {'Y', {0x11, 0x11, 0x0a, 0x04, 0x04, 0x04, 0x04}},
    {'Z', {0x1f, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1f}},
    {0xc4, {0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11}}, /* A diaeresis */
    {0xc5, {0x0a, 0x0e, 0x11, 0x1f, 0x11, 0x11, 0x11}}, /* A ring */
    {0xd6, {0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e}}, /* O diaeresis */
    {0xdc, {0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e}}, /* U diaeresis */
    {0xc9, {0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f}}, /* E acute */
    {'0', {0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e}},
    {'1', {0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e}},
    {'2', {0x0e, 0x11, 0x01, 0x06, 0x08, 0x10, 0x1f}},
    {'3', {0x0e, 0x11, 0x01, 0x06, 0x01, 0x11, 0x0e}},
    {'4', {0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02}},
    {'5', {0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e}},
    {'6', {0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e}},
    {'7', {0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08}},
    {'8', {0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e}},
    {'9', {0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c}},
    {'.', {0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x0c}},
    {',', {0x00, 0x00, 0x00, 0x00, 0x0c, 0x04, 0x08}},
    {':', {0x00, 0x0c, 0x0c, 0x00, 0x0c, 0x0c, 0x00}},
    {'-', {0x00, 0x00, 0x00, 0x1f, 0x00, 0x00, 0x00}},
    {'!', {0x04, 0x04, 0x04, 0x04, 0x04, 0x00, 0x04}},
    {'?', {0x0e, 0x11, 0x01, 0x06, 0x04, 0x00, 0x04}},
    {'/', {0x01, 0x01, 0x02, 0x04, 0x08, 0x10, 0x10}},
    {'(', {0x02, 0x04, 0x08, 0x08, 0x08, 0x04, 0x02}},
    {')', {0x08, 0x04, 0x02, 0x02, 0x02, 0x04, 0x08}},
    {'\'', {0x04, 0x04, 0x08, 0x00, 0x00, 0x00, 0x00}},
    {' ', {0}},
};

/* What stands on a letter. */
static const struct {
    uint16_t code;
    uint8_t row[TOP_Y];
} marks[] = {
    {0xc4, {0x0a, 0}}, {0xc5, {0x04, 0x0a}}, {0xd6, {0x0a, 0}},
    {0xdc, {0x0a, 0}}, {0xc9, {0x02, 0x04}},
};

/* For what the font has not. */
static const struct glyph box = {0, {0x1f, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1f}};

static const struct glyph *glyph_of(unsigned code)
{
    bool small = (code >= 'a' && code <= 'z') ||
                 (code >= 0xe0 && code <= 0xfe && code != 0xf7);
    if (small)
        code -= 32;
    for (size_t i = 0; i < LK_ARRAY_LEN(font); i++)
        if (font[i].code == code)
            return &font[i];
    return &box;
}

/* The letters of `text`, at most LETTERS_MAX. A total decoder: what is no UTF-8
 * of one or two bytes becomes one box per sequence. */
static int letters_of(const char *text, const struct glyph **ret)
{
    int n = 0;
    for (const uint8_t *p = (const uint8_t *)text; *p && n < LETTERS_MAX;) {
        unsigned code = *p++;
        if (code >= 0x80) {
            unsigned tail = *p;
            bool two = (code & 0xe0U) == 0xc0 && (tail & 0xc0U) == 0x80;
            code = two ? (code & 0x1fU) << 6 | (tail & 0x3fU) : 0xffff;
            while ((*p & 0xc0U) == 0x80)
                p++;
        }
        ret[n++] = glyph_of(code);
    }
    return n;
}

struct layout {
    const struct glyph *letter[LETTERS_MAX];
    int first[LINES_MAX], count[LINES_MAX]; /* letters of each line */
    int lines;
};

/* Where the line from `at` of `left` letters ends, if it may have `columns`; 0
 * where a word would have to be cut. */
static int line_len(const struct glyph *const *at, int left, int columns)
{
    if (left <= columns)
        return left;
    for (int i = columns; i > 0; i--)
        if (at[i]->code == ' ')
            return i;
    return 0;
}

/* False when the letters need more than `lines` lines of `columns`, or a word
 * is longer; where nothing else helps (`cut`), it is cut. */
static bool layout_wrap(struct layout *l, int letters, int columns, int lines,
                        bool cut)
{
    int at = 0;
    l->lines = 0;
    while (at < letters) {
        if (l->lines == LINES_MAX || l->lines == lines)
            return false;
        int n = line_len(l->letter + at, letters - at, columns);
        if (n == 0 && !cut)
            return false;
        if (n == 0)
            n = columns;
        l->first[l->lines] = at;
        l->count[l->lines++] = n;
        at += n;
        while (at < letters && l->letter[at]->code == ' ')
            at++;
    }
    return true;
}

/* Lines of like length: the narrowest that are no more. */
static void layout_balance(struct layout *l, int letters, int columns)
{
    struct layout narrower = *l;
    while (--columns > 0 &&
           layout_wrap(&narrower, letters, columns, l->lines, false))
        *l = narrower;
}

/* The dots of row `at` of a letter and what stands on it. */
static unsigned glyph_row(const struct glyph *g, int at)
{
    if (at >= TOP_Y)
        return g->row[at - TOP_Y];
    for (size_t i = 0; i < LK_ARRAY_LEN(marks); i++)
        if (marks[i].code == g->code)
            return marks[i].row[at];
    return 0;
}

static void draw_glyph(const struct media_picture *p, const struct glyph *g,
                       int x, int y, int scale)
{
    for (int j = 0; j < (TOP_Y + DOTS_Y) * scale; j++) {
        uint8_t *row = p->plane[0] + (ptrdiff_t)(y + j) * p->stride[0] + x;
        unsigned dots = glyph_row(g, j / scale);
        for (int i = 0; i < DOTS_X; i++)
            if (dots >> (DOTS_X - 1 - i) & 1U)
                memset(row + (ptrdiff_t)i * scale, LIGHT, (size_t)scale);
    }
}

/* A dark band in no colour, so that the letters stand out from any picture. */
static void draw_band(const struct media_picture *p, int top, int bottom)
{
    for (int j = top & ~1; j < bottom; j++) {
        memset(p->plane[0] + (ptrdiff_t)j * p->stride[0], BAND,
               (size_t)p->width);
        for (int c = 1; c < 3 && j % 2 == 0; c++)
            memset(p->plane[c] + (ptrdiff_t)(j / 2) * p->stride[c], 128,
                   (size_t)p->width / 2);
    }
}

void media_caption_draw(const struct media_picture *p, const char *text,
                        int top, int bottom)
{
    struct layout l;
    int letters = letters_of(text, l.letter);
    int scale = SCALE_MAX, columns = 0;
    for (; scale > 0; scale--) {
        columns = (p->width - 16) / (CELL_X * scale);
        if (layout_wrap(&l, letters, columns, (bottom - top) / (CELL_Y * scale),
                        scale == 1))
            break;
    }
    if (scale == 0 || letters == 0)
        return;
    layout_balance(&l, letters, columns);
    int height = l.lines * CELL_Y * scale;
    int y = top + (bottom - top - height) / 2;
    draw_band(p, y, y + height);
    for (int i = 0; i < l.lines; i++, y += CELL_Y * scale) {
        int x = (p->width - l.count[i] * CELL_X * scale) / 2;
        for (int k = 0; k < l.count[i]; k++, x += CELL_X * scale)
            draw_glyph(p, l.letter[l.first[i] + k], x, y, scale);
    }
}
