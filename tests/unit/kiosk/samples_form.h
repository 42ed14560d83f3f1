/* samples_form.h - forms as the session shows them, made by hand. */
#ifndef LUUKKU_TESTS_KIOSK_SAMPLES_FORM_H
#define LUUKKU_TESTS_KIOSK_SAMPLES_FORM_H

#include "forms/view.h"

/* What a sample shows. */
enum sample_form {
    SAMPLE_FORM_NONE,
    SAMPLE_FORM_PLAIN,    /* a step with texts */
    SAMPLE_FORM_CHOICES,  /* options, yes or no, what the expert fills in */
    SAMPLE_FORM_ROWS,     /* rows that can be added and removed */
    SAMPLE_FORM_PRESENCE, /* the expert is there, points, suggests */
    SAMPLE_FORM_ERRORS,   /* one of each error that has a bound, and others */
    SAMPLE_FORM_LAST,     /* the last step, with a long text */
    SAMPLE_FORM_LOST,     /* voided, failed, and not shared any more */
    SAMPLE_FORM_REVIEW,
    SAMPLE_FORM_LONG, /* more answers than any form has */
    SAMPLE_FORM_SEALING,
    SAMPLE_FORM_SENT,
    SAMPLE_FORM_WAITS, /* sent, and nobody has it yet */
};

/* The form in Finnish for `lang` "fi" and "sv", else in English. Its texts are
 * static; form_view_free() frees it. Aborts without memory. */
struct form_view *sample_form_new(enum sample_form which, const char *lang);

#endif
