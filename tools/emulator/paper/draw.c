/* draw.c - the pages: letter, decision with a table, form, picture, notes. */
#include <math.h>
#include <stdio.h>

#include "paper.h"

#define MARGIN 20.0
#define BODY "Inter"
#define BOLD "Inter Bold"
#define PEN "Noto Sans Italic"

/* A page under way: text flows down from `y` until `bottom`. */
struct sheet {
    cairo_t *c;
    struct paper_dice *dice;
    const struct paper_words *words;
    double x, y, w, bottom; /* mm */
    double unit;            /* 1 on A4; smaller on smaller paper */
};

static void ink(cairo_t *c, double level)
{
    cairo_set_source_rgb(c, level, level, level + 0.02);
}

static void line_of(struct sheet *s, const char *font, double size,
                    const char *text)
{
    double high = 0;
    if (s->y + size * s->unit > s->bottom)
        return;
    cairo_move_to(s->c, s->x, s->y);
    paper_draw_text(s->c, font, size * s->unit, s->w, text, &high);
    s->y += high + size * s->unit * 0.85;
}

static void rule(struct sheet *s, double r, double g, double b, double thick)
{
    cairo_set_source_rgb(s->c, r, g, b);
    cairo_rectangle(s->c, s->x, s->y, s->w, thick);
    cairo_fill(s->c);
    s->y += thick + 4 * s->unit;
}

static void crest(cairo_t *c, double x, double y, double r)
{
    cairo_set_source_rgb(c, 0.05, 0.3, 0.55);
    cairo_new_sub_path(c);
    cairo_arc(c, x, y, r, 0, 2 * M_PI);
    cairo_fill(c);
    cairo_set_source_rgb(c, 1, 1, 1);
    cairo_set_line_width(c, r / 6);
    for (int i = 0; i < 3; i++) {
        double at = y - r * 0.35 + i * r * 0.4;
        cairo_move_to(c, x - r * 0.65, at);
        cairo_curve_to(c, x - r * 0.2, at - r * 0.4, x + r * 0.2, at + r * 0.4,
                       x + r * 0.65, at);
        cairo_stroke(c);
    }
}

static void letterhead(struct sheet *s)
{
    double u = s->unit;
    crest(s->c, s->x + 8 * u, s->y + 8 * u, 8 * u);
    ink(s->c, 0.1);
    cairo_move_to(s->c, s->x + 20 * u, s->y + 1 * u);
    paper_draw_text(s->c, BOLD, 5.6 * u, s->w, s->words->office, NULL);
    ink(s->c, 0.35);
    cairo_move_to(s->c, s->x + 20 * u, s->y + 10 * u);
    paper_draw_text(s->c, BODY, 3 * u, s->w, s->words->street, NULL);
    cairo_move_to(s->c, s->x + 60 * u, s->y + 10 * u);
    paper_draw_text(s->c, BODY, 3 * u, s->w, s->words->post, NULL);
    cairo_move_to(s->c, s->x + s->w - 38 * u, s->y + 2 * u);
    paper_draw_text(s->c, BODY, 3 * u, 60 * u, s->words->date, NULL);
    cairo_move_to(s->c, s->x + s->w - 38 * u, s->y + 8 * u);
    paper_draw_text(s->c, BODY, 3 * u, 60 * u, s->words->number, NULL);
    s->y += 20 * u;
    rule(s, 0.05, 0.3, 0.55, 0.7);
    ink(s->c, 0.12);
}

static void closing(struct sheet *s)
{
    double u = s->unit;
    line_of(s, BODY, 3.7, s->words->greeting);
    cairo_save(s->c);
    cairo_translate(s->c, s->x + 2, s->y + 9 * u);
    paper_draw_signature(s->c, s->dice, 42 * u);
    cairo_restore(s->c);
    cairo_save(s->c);
    cairo_translate(s->c, s->x + s->w - 30 * u, s->y + 10 * u);
    paper_draw_stamp(s->c, s->words, 15 * u);
    cairo_restore(s->c);
    s->y += 18 * u;
    ink(s->c, 0.12);
    line_of(s, BODY, 3.7, s->words->signer);
}

static void page_letter(struct sheet *s)
{
    letterhead(s);
    line_of(s, BODY, 3.7, s->words->person);
    s->y += 10 * s->unit;
    line_of(s, BOLD, 6, s->words->title);
    for (int i = 0; i < 6; i++)
        line_of(s, BODY, 3.7, s->words->paragraphs[i]);
    s->y += 6 * s->unit;
    closing(s);
}

static void amount(struct sheet *s, double y, unsigned cents, bool bold)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%u,%02u €", cents / 100, cents % 100);
    cairo_move_to(s->c, s->x + s->w - 32 * s->unit, y);
    paper_draw_text(s->c, bold ? BOLD : BODY, 3.7 * s->unit, 40, text, NULL);
}

static void table(struct sheet *s)
{
    double row = 8 * s->unit;
    unsigned sum = 0;
    cairo_set_source_rgb(s->c, 0.86, 0.9, 0.94);
    cairo_rectangle(s->c, s->x, s->y, s->w, row);
    cairo_fill(s->c);
    ink(s->c, 0.1);
    for (int i = 0; i < 8; i++) {
        bool bold = i == 0 || i == 7;
        const char *name = i == 0   ? "Meno"
                           : i == 7 ? "Yhteensä"
                                    : s->words->rows[i - 1];
        unsigned cents = 900 + paper_dice_below(s->dice, 60000);
        cairo_move_to(s->c, s->x + 2, s->y + row * 0.22);
        paper_draw_text(s->c, bold ? BOLD : BODY, 3.7 * s->unit, s->w, name,
                        NULL);
        sum += i == 0 || i == 7 ? 0 : cents;
        if (i > 0)
            amount(s, s->y + row * 0.22, i == 7 ? sum : cents, bold);
        cairo_set_line_width(s->c, 0.25);
        cairo_rectangle(s->c, s->x, s->y, s->w, row);
        cairo_stroke(s->c);
        s->y += row;
    }
    cairo_move_to(s->c, s->x + s->w - 36 * s->unit, s->y - 8 * row);
    cairo_line_to(s->c, s->x + s->w - 36 * s->unit, s->y);
    cairo_stroke(s->c);
    s->y += 6 * s->unit;
}

static void page_decision(struct sheet *s)
{
    letterhead(s);
    line_of(s, BOLD, 6, "Yhteenveto maksetuista eristä");
    line_of(s, BODY, 3.7, s->words->paragraphs[0]);
    table(s);
    for (int i = 1; i < 3; i++)
        line_of(s, BODY, 3.7, s->words->paragraphs[i]);
    closing(s);
}

static void field(struct sheet *s, const char *label, const char *value)
{
    double u = s->unit;
    ink(s->c, 0.3);
    cairo_move_to(s->c, s->x, s->y);
    paper_draw_text(s->c, BODY, 2.9 * u, s->w, label, NULL);
    cairo_set_line_width(s->c, 0.3);
    cairo_rectangle(s->c, s->x, s->y + 4.5 * u, s->w, 9 * u);
    cairo_stroke(s->c);
    cairo_set_source_rgb(s->c, 0.1, 0.15, 0.5);
    cairo_move_to(s->c, s->x + 3, s->y + 5.2 * u);
    paper_draw_text(s->c, PEN, 4.8 * u, s->w, value, NULL);
    s->y += 18 * u;
}

static void checkbox(struct sheet *s, const char *label, bool on)
{
    double u = s->unit;
    ink(s->c, 0.15);
    cairo_set_line_width(s->c, 0.35);
    cairo_rectangle(s->c, s->x, s->y, 4.5 * u, 4.5 * u);
    cairo_stroke(s->c);
    cairo_move_to(s->c, s->x + 8 * u, s->y - 0.2 * u);
    paper_draw_text(s->c, BODY, 3.7 * u, s->w, label, NULL);
    if (on) {
        cairo_set_source_rgb(s->c, 0.1, 0.15, 0.5);
        cairo_set_line_width(s->c, 0.6);
        cairo_move_to(s->c, s->x - 0.5, s->y - 0.7);
        cairo_line_to(s->c, s->x + 5.2 * u, s->y + 5 * u);
        cairo_move_to(s->c, s->x + 5.5 * u, s->y - 0.5);
        cairo_line_to(s->c, s->x - 0.2, s->y + 4.8 * u);
        cairo_stroke(s->c);
    }
    s->y += 8 * u;
}

static void page_form(struct sheet *s)
{
    letterhead(s);
    line_of(s, BOLD, 6, "Hakemus");
    line_of(s, BODY, 3.4, "Täytä selvästi. Tähdellä merkityt ovat pakollisia.");
    field(s, "Nimi *", s->words->person);
    field(s, "Lähiosoite *", s->words->street);
    field(s, "Postinumero ja -toimipaikka *", s->words->post);
    field(s, "Mitä haet?", s->words->rows[0]);
    field(s, "Lisätietoja", s->words->rows[1]);
    checkbox(s, "Asun yksin", paper_dice_below(s->dice, 2) == 0);
    checkbox(s, "Olen muuttanut viimeisen vuoden aikana", true);
    checkbox(s, "Päätöksen saa lähettää sähköisesti",
             paper_dice_below(s->dice, 2) == 0);
    s->y += 4 * s->unit;
    closing(s);
}

static void page_picture(struct sheet *s)
{
    double high = s->w * 0.62;
    letterhead(s);
    line_of(s, BOLD, 6, "Liite: valokuva kohteesta");
    cairo_save(s->c);
    cairo_translate(s->c, s->x, s->y);
    paper_draw_landscape(s->c, s->dice, s->w, high);
    cairo_restore(s->c);
    s->y += high + 3 * s->unit;
    ink(s->c, 0.4);
    line_of(s, PEN, 3.2, "Kuva 1. Ranta illalla, kuvattu tontin rajalta.");
    ink(s->c, 0.12);
    line_of(s, BODY, 3.7, s->words->paragraphs[4]);
    line_of(s, BODY, 3.7, s->words->paragraphs[5]);
    closing(s);
}

static void page_back(struct sheet *s)
{
    char text[48];
    line_of(s, BOLD, 4.4, "Ohjeita ja valitusosoitus");
    for (int i = 0; i < 6; i++)
        line_of(s, BODY, 2.9, s->words->paragraphs[i]);
    (void)snprintf(text, sizeof(text), "%s · kääntöpuoli", s->words->number);
    s->y = s->bottom - 6 * s->unit;
    ink(s->c, 0.4);
    line_of(s, BODY, 2.9, text);
}

static void footer(struct sheet *s, unsigned page)
{
    char text[64];
    (void)snprintf(text, sizeof(text), "%s   %u", s->words->office, page);
    s->y = s->bottom + 4 * s->unit;
    s->bottom += 20;
    ink(s->c, 0.4);
    line_of(s, BODY, 2.8, text);
}

/* Dark and light stripes over the lower half, as wide as the words are. */
static void stripes(const struct sheet *s, const char *widths)
{
    double all = 0;
    double x = s->x;
    for (const char *w = widths; *w; w++)
        all += *w - '0';
    for (const char *w = widths; *w; w++) {
        double level = (w - widths) % 2 == 0 ? 0 : 1;
        double wide = (*w - '0') * s->w / all;
        cairo_set_source_rgb(s->c, level, level, level);
        cairo_rectangle(s->c, x, s->bottom * 0.6, wide, s->bottom * 0.1);
        cairo_fill(s->c);
        x += wide;
    }
}

void paper_draw_page(cairo_t *c, const struct paper_spec *spec)
{
    static void (*const kinds[])(struct sheet *) = {page_letter, page_decision,
                                                    page_form, page_picture};
    struct paper_dice d =
        paper_dice_new(spec->seed, spec->page, spec->back ? 1 : 0);
    struct paper_words words;
    double unit = fmin(spec->paper_w / 210, spec->paper_h / 297);
    paper_words_choose(&d, &words);
    struct sheet s = {.c = c,
                      .dice = &d,
                      .words = &words,
                      .unit = unit,
                      .x = MARGIN * unit,
                      .y = 16 * unit,
                      .w = spec->paper_w - 2 * MARGIN * unit,
                      .bottom = spec->paper_h - 18 * unit};
    cairo_set_source_rgb(c, 0.985, 0.98, 0.965);
    cairo_rectangle(c, 0, 0, spec->paper_w, spec->paper_h);
    cairo_fill(c);
    if (spec->blank)
        return;
    ink(c, 0.12);
    if (spec->back)
        page_back(&s);
    else
        kinds[(spec->page + spec->seed) % 4](&s);
    if (spec->stripes)
        stripes(&s, spec->stripes);
    footer(&s, spec->page);
}
