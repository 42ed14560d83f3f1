/* pages.h - pages as luukku-scan gives them, made up: their JPEGs are a tag
 * again and again, so that every byte tells whose it is. */
#ifndef PAPERS_TEST_PAGES_H
#define PAPERS_TEST_PAGES_H

#include "papers/papers.h"

/* A sealed memfd of `len` bytes: a JPEG's beginning, then the tag. */
int pages_jpeg(uint32_t tag, size_t len);
/* A sealed page of that many pixels. */
int pages_pixels(uint32_t width_px, uint32_t height_px);
/* A page of the scanner whose detail has `len` bytes and the tag; its preview
 * has 500, and the tag. */
struct papers_given pages_given(uint32_t tag, size_t len);
/* The tag that 8 bytes or more of a JPEG hold. */
uint32_t pages_tag(const uint8_t *bytes, size_t len);

#endif
