/* fake_form.h - a form that does as it is told, for the desk's tests. */
#ifndef FAKE_FORM_H
#define FAKE_FORM_H

#include "forms/form.h"

struct fake_state {
    unsigned made, freed;  /* forms */
    bool no_view;          /* form_view_new() fails */
    uint64_t version;      /* form_version() */
    enum form_phase phase; /* of the view, as is the code */
    char code[FORM_CODE_MAX];
    int answer;     /* of the next call that returns an errno */
    char done[512]; /* calls since cleared: "set:a=b " ... */
    bool called;    /* the next form_called() */
    unsigned polls; /* messages that wait */
    bool open;
    int64_t next_us;
    uint8_t id[FORM_ID_LEN];
    size_t package; /* bytes of the one that was sealed */
};

struct fake_state *fake_form(void);
#define fake (*fake_form())

/* The calls since the last time. */
const char *fake_done(void);

#endif
