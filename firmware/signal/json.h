/* json.h - private to this room: strict, bounded JSON on jansson. */
#ifndef LUUKKU_SIGNAL_JSON_H
#define LUUKKU_SIGNAL_JSON_H

#include "signal/envelope.h"

#include <jansson.h>

#define SIGNAL_JSON_DEPTH_MAX 8

/* To be called before anything of jansson's is made; again is fine. */
void signal_json_prepare(void);

/* Parses one object: no member twice, nothing behind it, no NUL, no lone
 * surrogate, at most SIGNAL_JSON_DEPTH_MAX deep.
 * Returns SIGNAL_OK or SIGNAL_MALFORMED; without memory the program aborts. */
int signal_json_load(const char *text, size_t len, json_t **ret) LK_MUST_CHECK;

/* The string member, 1..max bytes, or NULL. Borrowed. */
const char *signal_json_str(const json_t *o, const char *key, size_t max);

/* The integer member within min..max, or -1. */
int64_t signal_json_int(const json_t *o, const char *key, int64_t min,
                        int64_t max);

/* Writes an object as compact JSON, to be freed by free(), and releases it;
 * a NULL object is -ENOMEM. Errors: -ENOMEM. */
int signal_json_dump(json_t *o, char **ret) LK_MUST_CHECK;

/* A local reference that is released when it goes out of scope. */
static inline void signal_json_auto_free(json_t **o)
{
    json_decref(*o);
}
#define SIGNAL_JSON_AUTO \
    __attribute__((cleanup(signal_json_auto_free))) json_t *

#endif
