/* pkcs15_impl.h - what the decoders of PKCS #15 files share. */
#ifndef LUUKKU_APDU_PKCS15_IMPL_H
#define LUUKKU_APDU_PKCS15_IMPL_H

#include "apdu/pkcs15.h"
#include "apdu/tlv.h"

/* A label as one line of UTF-8, cut to fit; "" when it is none. */
void p15_label(const struct tlv *t, char ret[P15_LABEL_MAX]);

/* A Path: OCTET STRING, INTEGER index, [0] length. Left empty when it is none
 * that we can use. */
void p15_path(const struct tlv *t, struct p15_path *ret);

/* An identifier; left empty when it is too long. */
void p15_id(const struct tlv *t, struct p15_id *ret);

#endif
