/* matter.h - what an agency's address says of a matter.
 *
 * Spec: README.md of this room, "What is said". Pure, bounded, total.
 */
#ifndef LUUKKU_POST_MATTER_H
#define LUUKKU_POST_MATTER_H

#include "base/defs.h"

#define POST_MATTER_LEN_MAX 16384 /* bytes of the JSON */
#define POST_MATTER_TEXT_MAX 401  /* bytes of a text, the NUL included */
#define POST_MATTER_ASKS_MAX 8

struct post_matter {
    char title[POST_MATTER_TEXT_MAX]; /* not empty */
    char state[POST_MATTER_TEXT_MAX]; /* not empty */
    char ask[POST_MATTER_ASKS_MAX][POST_MATTER_TEXT_MAX];
    size_t asks;
};

/* Texts are UTF-8 without control characters, those that turn the direction of
 * writing included. Members that are not known are passed over.
 * Errors: -EBADMSG. */
int post_matter_parse(const char *json, size_t len,
                      struct post_matter *ret) LK_MUST_CHECK;

#endif
