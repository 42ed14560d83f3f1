/* json.h - values as JSON text, as a browser's JSON.stringify writes it but for
 * the order: keys are sorted by UTF-16 units (RFC 8785, 3.2.3), so that the
 * text does not tell who wrote first. Bytes are {"$bytes": base64}. Spec:
 * ECMA-262, SerializeJSONProperty and Number::toString. Pure. */
#ifndef LUUKKU_COEDIT_JSON_H
#define LUUKKU_COEDIT_JSON_H

#include "coedit/lib0.h"

/* One encoded value; moves past it. It was checked. */
void ce_json_any(struct ce_out *o, struct ce_in *in);
/* UTF-8 in quotes; and what stands between them. */
void ce_json_string(struct ce_out *o, const void *s, size_t len);
void ce_json_escaped(struct ce_out *o, const void *s, size_t len);
void ce_json_number(struct ce_out *o, double v);
/* Whether the value at the cursor is "undefined", which JSON leaves out. */
bool ce_json_absent(const struct ce_in *in);
void ce_json_bytes(struct ce_out *o, const uint8_t *p, size_t len);

/* Order of two keys, as strcmp(). */
int ce_key_order(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
