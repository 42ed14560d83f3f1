/* tlv.h - read BER-TLV data objects, and DER values.
 *
 * Spec: ISO/IEC 8825-1 (definite lengths only), ISO/IEC 7816-4:2013, 5.2.
 * Pure: no I/O, no allocation, no recursion, any thread. Total: any bytes give
 * objects inside them or an end. Not here: writing; X.509 (cert.h).
 */
#ifndef LUUKKU_APDU_TLV_H
#define LUUKKU_APDU_TLV_H

#include "base/defs.h"

#include <stdbool.h>

/* Tags as their bytes, 0x30 or 0x7f49; at most three bytes. */
#define TLV_SEQUENCE 0x30
#define TLV_SET 0x31
#define TLV_BOOLEAN 0x01
#define TLV_INTEGER 0x02
#define TLV_BIT_STRING 0x03
#define TLV_OCTET_STRING 0x04
#define TLV_OID 0x06
#define TLV_UTF8 0x0c
#define TLV_ENUMERATED 0x0a
#define TLV_GENERALIZED_TIME 0x18

struct tlv {
    uint32_t tag;
    const uint8_t *value; /* borrowed */
    size_t len;
};

/* What is left to read. */
struct tlv_reader {
    const uint8_t *at;
    size_t left;
    bool bad; /* what followed was no object */
};

static inline struct tlv_reader tlv_reader(const void *data, size_t len)
{
    return (struct tlv_reader){.at = data, .left = len, .bad = false};
}

/* A reader of what a constructed object holds. */
static inline struct tlv_reader tlv_inside(const struct tlv *t)
{
    return tlv_reader(t->value, t->len);
}

/* Reads the next object. False at the end, and at what is no object (then
 * r->bad): a tag longer than three bytes, an indefinite length or one of more
 * than four bytes, a value that is cut off. */
bool tlv_next(struct tlv_reader *r, struct tlv *ret);

/* As tlv_next(), skipping what may fill a card's file behind its objects: bytes
 * 00 and ff between objects (ISO/IEC 7816-4, 5.2.2.1). */
bool tlv_next_filled(struct tlv_reader *r, struct tlv *ret);

/* Reads the next object when it has this tag; else nothing is read. */
bool tlv_next_if(struct tlv_reader *r, uint32_t tag, struct tlv *ret);

/* The first object with this tag from here on; `r` is not moved. */
bool tlv_find(const struct tlv_reader *r, uint32_t tag, struct tlv *ret);

/* Bytes of the whole object that begins with the `len` bytes at `head`, header
 * included.
 * Errors: -EAGAIN more bytes of its header are needed, -EBADMSG no object,
 * -EMSGSIZE longer than `most`. */
int tlv_whole(const uint8_t *head, size_t len, size_t most,
              size_t *ret) LK_MUST_CHECK;

/* An INTEGER or ENUMERATED value of 0..2^31-1. Errors: -ERANGE, also for an
 * empty one. */
int tlv_number(const struct tlv *t, uint32_t *ret) LK_MUST_CHECK;

/* The first 32 bits of a BIT STRING, bit 0 of it in the highest place; missing
 * ones are 0. Errors: -EBADMSG. */
int tlv_bits(const struct tlv *t, uint32_t *ret) LK_MUST_CHECK;

/* Whether bit `n` (as in ASN.1: 0 first) of tlv_bits() is set. */
static inline bool tlv_bit(uint32_t bits, unsigned n)
{
    return (bits >> (31 - n) & 1) != 0;
}

#endif
