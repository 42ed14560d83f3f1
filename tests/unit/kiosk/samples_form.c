#include "samples_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A view with its items in one block. */
struct made {
    struct form_view view;
    struct form_item item[FORM_ITEMS_MAX];
    bool fi;
};

static struct form_item *add(struct made *m, enum form_item_kind kind,
                             const char *path, const char *label)
{
    struct form_item *i = &m->item[m->view.items++];
    *i = (struct form_item){.kind = kind,
                            .path = path,
                            .label = label,
                            .help = "",
                            .hint = "",
                            .value = "",
                            .error_text = "",
                            .error_bound = "",
                            .suggestion = "",
                            .required = true,
                            .max = 600};
    return i;
}

#define T(m, fi_, en_) ((m)->fi ? (fi_) : (en_))

static struct form_item *cell(struct made *m, enum forms_type type,
                              const char *path, const char *label)
{
    struct form_item *i = add(m, FORM_ITEM_CELL, path, label);
    i->type = type;
    return i;
}

static void plain(struct made *m)
{
    struct form_item *i =
        cell(m, FORMS_TEXT, "name", T(m, "Koko nimi", "Full name"));
    i->value = "Aino Kaarina Korhonen";
    i = cell(m, FORMS_PERSON_ID, "person-id",
             T(m, "Henkilötunnus", "Personal identity code"));
    i->hint = "131052-308T";
    i->is_private = true;
    i = cell(m, FORMS_DATE, "due", T(m, "Lapsen laskettu aika", "Due date"));
    i->value = "2027-02-14";
    i->help = T(m, "Neuvolan todistuksessa on päivä.",
                "The date is in the certificate of the clinic.");
    i = cell(m, FORMS_IBAN, "account", T(m, "Tilinumero", "Account number"));
    i->value = "FI2112345600000785";
    i->is_private = true;
    i = cell(m, FORMS_EMAIL, "email", T(m, "Sähköposti", "E-mail"));
    i->required = false;
    i->hint = "nimi@esimerkki.fi";
    i = cell(m, FORMS_PHONE, "phone", T(m, "Puhelinnumero", "Phone number"));
    i->value = "040 123 4567";
}

static const struct form_view_option work_fi[] = {
    {"employed", "Töissä", true},
    {"student", "Opiskelija", false},
    {"jobseeker", "Työtön työnhakija", false},
    {"retired", "Eläkkeellä", false},
    {"other", "Muu tilanne", false},
};
static const struct form_view_option work_en[] = {
    {"employed", "Employed", true},
    {"student", "Student", false},
    {"jobseeker", "Unemployed jobseeker", false},
    {"retired", "Retired", false},
    {"other", "Something else", false},
};

static void choices(struct made *m)
{
    struct form_item *i =
        cell(m, FORMS_CHOICE, "work",
             T(m, "Mikä on tilanteesi nyt?", "What is your situation now?"));
    i->option = m->fi ? work_fi : work_en;
    i->options = LK_ARRAY_LEN(work_fi);
    i->value = "employed";
    i = cell(m, FORMS_YESNO, "abroad",
             T(m, "Oletko asunut ulkomailla?", "Have you lived abroad?"));
    i->value = "no";
    i->help =
        T(m, "Viimeisten viiden vuoden aikana.", "During the last five years.");
    i = cell(m, FORMS_CHOICES, "income",
             T(m, "Mitä tuloja sinulla on?", "What income do you have?"));
    i->option = m->fi ? work_fi : work_en;
    i->options = 3;
    i->required = false;
    i = cell(m, FORMS_NUMBER, "decision",
             T(m, "Päätöksen numero", "Number of the decision"));
    i->locked = true;
    i->value = "2026/118834";
    add(m, FORM_ITEM_INFO, "",
        T(m, "Kela maksaa päivärahan jokaiselta arkipäivältä.",
          "Kela pays the allowance for every working day."));
}

static void rows(struct made *m)
{
    struct form_item *i =
        add(m, FORM_ITEM_GROUP, "child", T(m, "Lapset", "Children"));
    i->help = T(m, "Lisää jokainen lapsi erikseen.", "Add each child.");
    add(m, FORM_ITEM_ROW, "child-1", T(m, "Lapsi", "Child"));
    i = cell(m, FORMS_TEXT, "child-1-name", T(m, "Nimi", "Name"));
    i->value = "Eino Korhonen";
    cell(m, FORMS_DATE, "child-1-born", T(m, "Syntynyt", "Born"));
    add(m, FORM_ITEM_ROW, "child-2", T(m, "Lapsi", "Child"));
    cell(m, FORMS_TEXT, "child-2-name", T(m, "Nimi", "Name"));
    cell(m, FORMS_DATE, "child-2-born", T(m, "Syntynyt", "Born"));
    add(m, FORM_ITEM_ADD, "child", T(m, "Lapsi", "Child"));
}

static void presence(struct made *m)
{
    struct form_item *i =
        cell(m, FORMS_TEXT, "employer", T(m, "Työnantaja", "Employer"));
    i->value = "Kuopion leipomo Oy";
    i->peer = true;
    i->peer_caret = 8;
    i = cell(m, FORMS_IBAN, "account", T(m, "Tilinumero", "Account number"));
    i->pointed = true;
    i->is_private = true;
    i->help = T(m, "Tälle tilille raha maksetaan.",
                "The money is paid to this account.");
    i = cell(m, FORMS_TEXT, "title", T(m, "Ammatti", "Occupation"));
    i->suggestion = T(m, "Leipuri-kondiittori", "Baker and confectioner");
    cell(m, FORMS_PHONE, "phone", T(m, "Puhelinnumero", "Phone number"));
}

static void wrong(struct made *m, enum forms_type type, const char *path,
                  const char *value, enum forms_error error)
{
    static const char *const bounds[FORMS_ERRORS] = {
        [FORMS_TOO_LONG] = "200",        [FORMS_TOO_SMALL] = "1",
        [FORMS_TOO_LARGE] = "99999",     [FORMS_TOO_EARLY] = "2026-11-22",
        [FORMS_TOO_LATE] = "2027-12-31", [FORMS_TOO_FEW_ROWS] = "1",
        [FORMS_TOO_MANY_ROWS] = "20",
    };
    struct form_item *i =
        cell(m, type, path, T(m, "Kysymys, johon vastataan", "A question"));
    i->value = value;
    i->error = error;
    i->error_bound = bounds[error] ? bounds[error] : "";
}

static void errors(struct made *m)
{
    static char path[FORMS_ERRORS][16];
    for (int e = FORMS_OK + 1; e < FORMS_ERRORS; e++) {
        snprintf(path[e], sizeof(path[e]), "cell-e%d", e);
        wrong(m, e == FORMS_NOT_OPTION ? FORMS_YESNO : FORMS_TEXT, path[e],
              e == FORMS_MISSING ? "" : "14.13.2027", (enum forms_error)e);
    }
    m->view.errors = FORMS_ERRORS - 1;
}

static void last(struct made *m)
{
    struct form_item *i = cell(
        m, FORMS_LINES, "more",
        T(m, "Mitä muuta haluat kertoa?", "What else do you want to tell us?"));
    i->value = T(m,
                 "Muutimme Kuopioon elokuussa.\n\nPuolisoni aloittaa uudessa "
                 "työssä tammikuussa, ja silloin jään yksin kotiin lapsen "
                 "kanssa. Toivon, että päätös tulee ennen sitä.",
                 "We moved to Kuopio in August.\n\nMy spouse starts a new job "
                 "in January, and then I stay at home with the child. I hope "
                 "for the decision before that.");
    i->required = false;
    i->max = 12000;
    cell(m, FORMS_ATTACHMENT, "paper", T(m, "Todistus", "Certificate"));
    cell(m, FORMS_SIGNATURE, "sign", T(m, "Allekirjoitus", "Signature"));
}

static struct form_item *answer(struct made *m, const char *path,
                                const char *label, const char *value,
                                enum form_by by)
{
    struct form_item *i = add(m, FORM_ITEM_ANSWER, path, label);
    i->value = value;
    i->by = by;
    return i;
}

static void review(struct made *m)
{
    add(m, FORM_ITEM_SECTION, "", T(m, "Sinun tietosi", "About you"));
    answer(m, "name", T(m, "Koko nimi", "Full name"), "Aino Kaarina Korhonen",
           FORM_BY_CITIZEN);
    answer(m, "person-id", T(m, "Henkilötunnus", "Personal identity code"),
           "131052-308T", FORM_BY_CITIZEN)
        ->is_private = true;
    answer(m, "employer", T(m, "Työnantaja", "Employer"), "Kuopion leipomo Oy",
           FORM_BY_EXPERT);
    answer(m, "title", T(m, "Ammatti", "Occupation"),
           T(m, "Leipuri-kondiittori", "Baker and confectioner"),
           FORM_BY_ACCEPTED);
    add(m, FORM_ITEM_SECTION, "", T(m, "Lapsi", "The child"));
    answer(m, "due", T(m, "Lapsen laskettu aika", "Due date"), "14.2.2027",
           FORM_BY_BOTH);
    answer(m, "more", T(m, "Mitä muuta haluat kertoa?", "Anything else?"), "",
           FORM_BY_NOBODY);
    add(m, FORM_ITEM_GROUP, "", T(m, "Lapset", "Children"));
    add(m, FORM_ITEM_ROW, "", T(m, "Lapsi", "Child"));
    answer(m, "child-1-name", T(m, "Nimi", "Name"), "Eino Korhonen",
           FORM_BY_CITIZEN);
}

static void longest(struct made *m)
{
    static char path[FORM_ITEMS_MAX][16];
    for (int i = 0; i < FORM_ITEMS_MAX; i++) {
        snprintf(path[i], sizeof(path[i]), "cell-%d-a", i);
        answer(m, path[i], "Nimi", "Eino Korhonen",
               i % 2 ? FORM_BY_EXPERT : FORM_BY_CITIZEN);
    }
}

static void fill(struct made *m, enum sample_form which)
{
    static void (*const all[])(struct made *) = {
        [SAMPLE_FORM_PLAIN] = plain,    [SAMPLE_FORM_CHOICES] = choices,
        [SAMPLE_FORM_ROWS] = rows,      [SAMPLE_FORM_PRESENCE] = presence,
        [SAMPLE_FORM_ERRORS] = errors,  [SAMPLE_FORM_LAST] = last,
        [SAMPLE_FORM_LOST] = plain,     [SAMPLE_FORM_REVIEW] = review,
        [SAMPLE_FORM_SEALING] = review, [SAMPLE_FORM_LONG] = longest,
    };
    struct form_view *v = &m->view;
    if ((size_t)which < LK_ARRAY_LEN(all) && all[which])
        all[which](m);
    v->phase = FORM_FILLING;
    if (which == SAMPLE_FORM_REVIEW || which == SAMPLE_FORM_LONG)
        v->phase = FORM_REVIEW;
    if (which == SAMPLE_FORM_SEALING)
        v->phase = FORM_SEALING;
    if (which == SAMPLE_FORM_SENT || which == SAMPLE_FORM_WAITS)
        v->phase = FORM_SENT;
    if (v->phase == FORM_SENT)
        snprintf(v->code, sizeof(v->code), "7K3M-Q9XF-2HTC");
    v->posting = true;
    v->delivered = v->posted = which == SAMPLE_FORM_SENT;
    if (which == SAMPLE_FORM_LOST) {
        v->phase = FORM_FAILED;
        v->voided = true;
        v->lost = "malformed";
        v->shared = false;
    }
    if (which == SAMPLE_FORM_LAST)
        v->step = v->steps;
}

struct form_view *sample_form_new(enum sample_form which, const char *lang)
{
    if (which == SAMPLE_FORM_NONE)
        return NULL;
    struct made *m = calloc(1, sizeof(*m));
    if (!m)
        abort();
    m->fi = strcmp(lang, "fi") == 0 || strcmp(lang, "sv") == 0;
    m->view = (struct form_view){
        .block = sizeof(*m),
        .title = T(m, "Vanhempainpäivärahan hakemus",
                   "Application for parental allowance"),
        .section = T(m, "Sinun tietosi ja työsi", "You and your work"),
        .step = 2,
        .steps = 5,
        .shared = true,
        .can_undo = true,
        .lost = "",
        .item = m->item,
    };
    fill(m, which);
    return &m->view;
}
