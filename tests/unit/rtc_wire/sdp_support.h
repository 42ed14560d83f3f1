/* sdp_support.h - vectors, edits of them, and the offer they answer. */
#ifndef LUUKKU_TEST_SDP_SUPPORT_H
#define LUUKKU_TEST_SDP_SUPPORT_H

#include "rtc/wire/sdp.h"

#define VECTOR_MAX (64 * 1024)

/* Reads a file of tests/vectors/rtc as a string; fails the test otherwise. */
void vector_read(const char *name, char ret[VECTOR_MAX]);

/* Replaces the n-th (from 0) or, with n < 0, every `from` in `text`; fails the
 * test when there is none. */
void text_replace(char text[VECTOR_MAX], const char *from, const char *to,
                  int n);

/* The offer of luukku-offer.sdp. */
void offer_fill(struct rtc_sdp_offer *ret);

/* Parses, then checks against offer_fill()'s offer. */
enum rtc_sdp_verdict answer_verdict(const char *text,
                                    struct rtc_sdp_agreed *ret);

/* Makes the next allocation fail. */
void calloc_fail_next(void);

#endif
