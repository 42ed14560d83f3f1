/* pdf_syntax.h - the few words of PDF that a scanner's file consists of.
 *
 * Room: cutting values out of a file, and looking into dictionaries. Private to
 * pdf_plain.c. Strict: what is unusual is an error, and the file is left to
 * poppler.
 * Spec: ISO 32000-1:2008, 7.2 and 7.3. Pure; any thread.
 */
#ifndef LUUKKU_PAGES_PDF_SYNTAX_H
#define LUUKKU_PAGES_PDF_SYNTAX_H

#include "base/defs.h"

#include <stdbool.h>

/* A piece of the file. */
struct pdf_span {
    const uint8_t *at;
    const uint8_t *end;
};

/* Skips white space and comments. */
void pdf_space(struct pdf_span *s);

/* Takes `word` off the front when it stands there as a whole word. */
bool pdf_word(struct pdf_span *s, const char *word);

/* Takes one value off the front: a name, number, reference, string, array,
 * dictionary or word.
 * Errors: -EBADMSG none, or nested deeper than PAGES_PDF_DEPTH_MAX. */
int pdf_value(struct pdf_span *s, struct pdf_span *ret) LK_MUST_CHECK;

/* The value of a key of a dictionary (with its brackets).
 * Errors: -ENOENT no such key, -EBADMSG no dictionary, key twice, a name with
 * escapes. */
int pdf_lookup(struct pdf_span dict, const char *key,
               struct pdf_span *ret) LK_MUST_CHECK;

/* Whether the value is this name (without its slash). */
bool pdf_is_name(struct pdf_span value, const char *name);

/* The value as what it must be. Errors: -EBADMSG. */
int pdf_integer(struct pdf_span value, int64_t *ret) LK_MUST_CHECK;
int pdf_number(struct pdf_span value, double *ret) LK_MUST_CHECK;
int pdf_reference(struct pdf_span value, uint32_t *ret) LK_MUST_CHECK;

/* The inside of an array, to be taken apart by pdf_value(). */
int pdf_array(struct pdf_span value, struct pdf_span *ret) LK_MUST_CHECK;

#endif
