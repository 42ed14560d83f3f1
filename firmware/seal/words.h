/* words.h - what the paper says around a form's own texts. */
#ifndef LUUKKU_SEAL_WORDS_H
#define LUUKKU_SEAL_WORDS_H

struct seal_words {
    const char *lang; /* of the words themselves: "fi" */
    const char *agency, *form, *version, *expert, *kiosk, *time;
    const char *acting; /* before the name of whom the customer acts for */
    const char *stated; /* behind it: nobody has checked that */
    const char *intro;
    const char *none;    /* no answer was given */
    const char *signed_; /* approved at the kiosk */
    const char *filled;  /* before who wrote it */
    const char *citizen, *expert_by, *both, *accepted;
    const char *row;       /* before a row's number */
    const char *page, *of; /* "Page 1 of 2" */
    const char *digest;    /* before the hash */
    const char *clock;     /* between day and time; "" they are written as ISO
                              8601 has it */
};

/* Finnish, Swedish, or English for all others. */
const struct seal_words *seal_words(const char *lang);
/* Words for who wrote an answer; "" for nobody. */
const char *seal_words_by(const struct seal_words *w, const char *by);

#endif
