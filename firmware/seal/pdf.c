#include "base/text.h"
#include "seal/form.h"
#include "seal/seal.h"
#include "seal/sheet.h"
#include "seal/tail.h"
#include "seal/words.h"

#include <openssl/sha.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LABEL_WIDTH 258.0 /* points; who wrote it stands on its right */
#define HEAD_WIDTH 110.0  /* of the names in the head's two columns */
#define INDENT 12.0       /* of what belongs to a row */
#define AGENCY_MAX 40
#define TIME_MAX 64
#define FOOT_MAX 160
#define FILLED_MAX 128
#define ATTACHMENT_MAX 256    /* bytes: a paper's name and its SHA-256 */
#define ANSWER_SPACE 9.0      /* points above an answer */
#define ANSWER_TOGETHER 120.0 /* of it, at least, on one page */

/* One document in the making. */
struct paper {
    const struct seal_form *form;
    const struct seal_words *words;
    struct sheet *sheet;
    char agency[AGENCY_MAX];
    char when[TIME_MAX + 32];
    char foot[FOOT_MAX];
    double indent;
    bool in_list; /* "L" is open */
    bool in_section;
};

/* An id as a name: "kela" is Kela, "dvv" is DVV. */
static void agency_name(const char *id, char ret[AGENCY_MAX])
{
    (void)snprintf(ret, AGENCY_MAX, "%s", id);
    size_t capitals = strlen(ret) <= 3 ? strlen(ret) : 1;
    for (size_t i = 0; i < capitals; i++)
        if (ret[i] >= 'a' && ret[i] <= 'z')
            ret[i] = (char)(ret[i] - 'a' + 'A');
}

/* The kiosk's local time, and how far it is from UTC. */
static void paper_set_time(struct paper *p, int64_t now_s)
{
    char local[TIME_MAX] = "";
    char zone[8] = "";
    struct tm tm = {0};
    time_t t = (time_t)now_s;
    (void)localtime_r(&t, &tm);
    if (*p->words->clock)
        (void)snprintf(local, sizeof(local), "%d.%d.%d%s%d.%02d", tm.tm_mday,
                       tm.tm_mon + 1, tm.tm_year + 1900, p->words->clock,
                       tm.tm_hour, tm.tm_min);
    else
        (void)strftime(local, sizeof(local), "%Y-%m-%d %H:%M", &tm);
    (void)strftime(zone, sizeof(zone), "%z", &tm);
    (void)snprintf(p->when, sizeof(p->when), "%s (UTC%.3s:%s)", local, zone,
                   strlen(zone) > 3 ? zone + 3 : "00");
}

static void paper_set_foot(struct paper *p, const char *json, size_t len)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    char hex[2 * SHA256_DIGEST_LENGTH + 1];
    SHA256((const unsigned char *)json, len, hash);
    lk_hex_encode(hash, sizeof(hash), hex);
    (void)snprintf(p->foot, sizeof(p->foot), "%s: %s", p->words->digest, hex);
}

static void paper_write(struct paper *p, enum sheet_style style,
                        const char *tag, const char *text)
{
    const struct sheet_place at = {.style = style,
                                   .tag = tag,
                                   .x = sheet_left + p->indent,
                                   .width = sheet_width - p->indent};
    sheet_text(p->sheet, &at, text);
}

/* A name and a value of the head; without a value nothing. */
static void head_line(struct paper *p, const char *name, const char *value)
{
    const struct sheet_place left = {.style = SHEET_LABEL,
                                     .tag = "Lbl",
                                     .x = sheet_left,
                                     .width = HEAD_WIDTH,
                                     .stay = true};
    const struct sheet_place right = {.style = SHEET_LABEL,
                                      .tag = "LBody",
                                      .x = sheet_left + HEAD_WIDTH,
                                      .width = sheet_width - HEAD_WIDTH};
    if (!*value)
        return;
    sheet_open(p->sheet, "LI");
    sheet_text(p->sheet, &left, name);
    sheet_text(p->sheet, &right, value);
    sheet_close(p->sheet, "LI");
    sheet_space(p->sheet, 2);
}

static void paper_head(struct paper *p)
{
    const struct seal_form *f = p->form;
    const struct seal_words *w = p->words;
    char form[128];
    char expert[256];
    char acting[512];
    (void)snprintf(form, sizeof(form), "%s, %s %lld", f->id, w->version,
                   f->version);
    (void)snprintf(expert, sizeof(expert), "%s (%s)", f->expert_name,
                   f->expert_user);
    (void)snprintf(acting, sizeof(acting), "%s%s%s%s – %s", f->role_name,
                   *f->role_id ? " (" : "", f->role_id, *f->role_id ? ")" : "",
                   w->stated);
    paper_write(p, SHEET_AGENCY, "P", p->agency);
    sheet_space(p->sheet, 4);
    paper_write(p, SHEET_TITLE, "H1", f->title);
    sheet_space(p->sheet, 12);
    sheet_open(p->sheet, "L");
    head_line(p, w->time, p->when);
    head_line(p, w->kiosk, f->kiosk);
    head_line(p, w->expert, *f->expert_user ? expert : f->expert_name);
    if (*f->role_name)
        head_line(p, w->acting, acting);
    head_line(p, w->form, form);
    sheet_close(p->sheet, "L");
    sheet_space(p->sheet, 6);
    paper_write(p, SHEET_LABEL, "P", w->intro);
}

static void paper_end_list(struct paper *p)
{
    if (p->in_list)
        sheet_close(p->sheet, "L");
    p->in_list = false;
}

static void paper_end_section(struct paper *p)
{
    paper_end_list(p);
    if (p->in_section)
        sheet_close(p->sheet, "Sect");
    p->in_section = false;
    p->indent = 0;
}

/* Room for a heading and what stands below it first. */
#define HEADING_ROOM 90.0

static void paper_section(struct paper *p, const struct seal_item *item)
{
    paper_end_section(p);
    sheet_keep(p->sheet, HEADING_ROOM);
    sheet_space(p->sheet, 20);
    sheet_open(p->sheet, "Sect");
    p->in_section = true;
    paper_write(p, SHEET_HEADING, "H2", item->label);
    sheet_space(p->sheet, 5);
    sheet_rule(p->sheet);
}

static void paper_heading(struct paper *p, const char *tag, const char *text)
{
    paper_end_list(p);
    sheet_keep(p->sheet, HEADING_ROOM);
    sheet_space(p->sheet, 10);
    paper_write(p, SHEET_GROUP, tag, text);
}

static void paper_row(struct paper *p, const struct seal_item *item)
{
    char text[64];
    (void)snprintf(text, sizeof(text), "%s %u", p->words->row, item->row);
    p->indent = INDENT;
    paper_heading(p, "H4", text);
}

static const char *answer_text(const struct paper *p,
                               const struct seal_item *item)
{
    if (*item->value)
        return item->value;
    return item->kind == SEAL_ITEM_SIGNED ? p->words->signed_ : p->words->none;
}

/* The label, and on its right who wrote what stands below. Returns the height
 * of both. */
static double answer_head(struct paper *p, const struct seal_item *item,
                          bool draw)
{
    const struct sheet_place label = {.style = SHEET_LABEL,
                                      .tag = "Lbl",
                                      .x = sheet_left + p->indent,
                                      .width = LABEL_WIDTH - p->indent,
                                      .stay = true};
    const struct sheet_place note = {.style = SHEET_NOTE,
                                     .tag = "Span",
                                     .x = sheet_left + LABEL_WIDTH,
                                     .width = sheet_width - LABEL_WIDTH,
                                     .stay = true,
                                     .right = true};
    const char *by = seal_words_by(p->words, item->by);
    char text[FILLED_MAX] = "";
    if (*by && *item->value)
        (void)snprintf(text, sizeof(text), "%s %s", p->words->filled, by);
    double height = sheet_height(p->sheet, &label, item->label);
    height = LK_MAX(height, sheet_height(p->sheet, &note, text));
    if (draw)
        sheet_text(p->sheet, &label, item->label);
    if (draw && *text)
        sheet_text(p->sheet, &note, text);
    return height;
}

static void paper_answer(struct paper *p, const struct seal_item *item)
{
    const bool given = *item->value || item->kind == SEAL_ITEM_SIGNED;
    const struct sheet_place value = {.style = given ? SHEET_VALUE : SHEET_NONE,
                                      .tag = "LBody",
                                      .x = sheet_left + p->indent,
                                      .width = sheet_width - p->indent};
    const char *text = answer_text(p, item);
    double height = answer_head(p, item, false);
    double whole = height + sheet_height(p->sheet, &value, text) + ANSWER_SPACE;
    sheet_keep(p->sheet, LK_MIN(whole, height + ANSWER_TOGETHER));
    sheet_space(p->sheet, ANSWER_SPACE);
    if (!p->in_list)
        sheet_open(p->sheet, "L");
    p->in_list = true;
    sheet_open(p->sheet, "LI");
    (void)answer_head(p, item, true);
    sheet_advance(p->sheet, height + 1);
    sheet_text(p->sheet, &value, text);
    sheet_close(p->sheet, "LI");
}

/* A paper that goes with the form: its file, and what tells that it is it. */
static void paper_attachment(struct paper *p, const struct seal_item *item)
{
    char text[ATTACHMENT_MAX];
    (void)snprintf(text, sizeof(text), SEAL_PAPERS "%s\nSHA-256: %s",
                   item->label, item->value);
    sheet_space(p->sheet, 4);
    sheet_open(p->sheet, "LI");
    paper_write(p, SHEET_NOTE, "LBody", text);
    sheet_close(p->sheet, "LI");
}

static void paper_item(struct paper *p, const struct seal_item *item)
{
    switch (item->kind) {
    case SEAL_ITEM_SECTION:
        paper_section(p, item);
        break;
    case SEAL_ITEM_INFO:
        paper_end_list(p);
        sheet_space(p->sheet, 9);
        paper_write(p, SHEET_LABEL, "P", item->label);
        break;
    case SEAL_ITEM_GROUP:
        p->indent = 0;
        paper_heading(p, "H3", item->label);
        break;
    case SEAL_ITEM_ROW:
        paper_row(p, item);
        break;
    case SEAL_ITEM_ROWS_END:
        paper_end_list(p);
        p->indent = 0;
        break;
    case SEAL_ITEM_ANSWER:
    case SEAL_ITEM_SIGNED:
        paper_answer(p, item);
        break;
    case SEAL_ITEM_PAPER:
        paper_attachment(p, item);
        break;
    }
}

/* The whole document. Returns the number of pages; *ret untouched when
 * `pages` is 0: then they are only counted. */
static int paper_make(struct paper *p, int pages, int64_t now_s,
                      struct lk_buf **ret)
{
    LK_AUTO(sheet) sheet = NULL;
    const struct sheet_config c = {.lang = p->form->lang,
                                   .title = p->form->title,
                                   .author = p->agency,
                                   .foot = p->foot,
                                   .page = p->words->page,
                                   .of = p->words->of,
                                   .pages = pages,
                                   .now_s = now_s,
                                   .discard = pages == 0};
    int r = sheet_new(&c, &sheet);
    if (r < 0)
        return r;
    p->sheet = sheet;
    sheet_open(sheet, "Document");
    paper_head(p);
    for (size_t i = 0; i < p->form->items; i++)
        paper_item(p, &p->form->item[i]);
    paper_end_section(p);
    sheet_close(sheet, "Document");
    return sheet_end(sheet, ret);
}

int seal_pdf(const char *canonical, size_t len, int64_t now_s,
             struct lk_buf **ret)
{
    LK_AUTO(seal_form) form = NULL;
    LK_AUTO(lk_buf) pdf = NULL;
    int r = seal_form_parse(canonical, len, &form);
    if (r < 0)
        return r;
    struct paper p = {.form = form, .words = seal_words(form->lang)};
    agency_name(form->agency, p.agency);
    paper_set_time(&p, now_s);
    paper_set_foot(&p, canonical, len);
    int pages = paper_make(&p, 0, now_s, NULL);
    if (pages > 0)
        pages = paper_make(&p, pages, now_s, &pdf);
    if (pages < 0)
        return pages == -ENOENT ? -EIO : pages;
    r = seal_tail_add(pdf, form->lang);
    if (r < 0)
        return r;
    *ret = LK_TAKE(pdf);
    return 0;
}
