#include "post/matter.h"

#include "base/json.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define DEPTH_MAX 8 /* of brackets */

/* C0, DEL, C1, U+2028 to U+202E, U+2066 to U+2069, by their UTF-8. */
static bool is_control(const unsigned char *s)
{
    if (s[0] < 0x20 || s[0] == 0x7F)
        return true;
    if (s[0] == 0xC2)
        return s[1] >= 0x80 && s[1] <= 0x9F;
    if (s[0] != 0xE2)
        return false;
    return (s[1] == 0x80 && s[2] >= 0xA8 && s[2] <= 0xAE) ||
           (s[1] == 0x81 && s[2] >= 0xA6 && s[2] <= 0xA9);
}

static int matter_text(const json_t *v, char ret[POST_MATTER_TEXT_MAX])
{
    const char *s = json_string_value(v);
    size_t n = s ? strlen(s) : 0;
    if (n == 0 || n >= POST_MATTER_TEXT_MAX)
        return -EBADMSG;
    for (const char *at = s; *at; at++)
        if (is_control((const unsigned char *)at))
            return -EBADMSG;
    memcpy(ret, s, n + 1);
    return 0;
}

static int matter_read(const json_t *o, struct post_matter *m)
{
    const json_t *asks = json_object_get(o, "asks");
    int r = matter_text(json_object_get(o, "title"), m->title);
    if (r == 0)
        r = matter_text(json_object_get(o, "state"), m->state);
    if (asks && !json_is_array(asks))
        return -EBADMSG;
    m->asks = json_array_size(asks);
    if (m->asks > POST_MATTER_ASKS_MAX)
        return -EBADMSG;
    for (size_t i = 0; r == 0 && i < m->asks; i++)
        r = matter_text(json_array_get(asks, i), m->ask[i]);
    return r;
}

int post_matter_parse(const char *json, size_t len, struct post_matter *ret)
{
    struct post_matter m = {.asks = 0};
    json_error_t error;
    if (len > POST_MATTER_LEN_MAX || !lk_json_is_shallow(json, len, DEPTH_MAX))
        return -EBADMSG;
    json_t *o = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
    int r = json_is_object(o) ? matter_read(o, &m) : -EBADMSG;
    json_decref(o);
    if (r == 0)
        *ret = m;
    return r;
}
