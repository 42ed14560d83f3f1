#include "signal/json.h"

#include "base/json.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Without memory jansson 2.14 is not safe: its scanner drops characters, and an
 * allocation test found its tables overrun. So the program ends here, and is
 * started anew by its supervisor. Texts are bounded: this is no lever for
 * anybody outside. */
static void *json_malloc(size_t len)
{
    void *p = reallocarray(NULL, 1, len);
    if (!p)
        abort();
    return p;
}

/* Also seeds jansson's hash before the first object: by itself it would read
 * /dev/urandom, which a confined program has not. */
void signal_json_prepare(void)
{
    static atomic_bool prepared;
    if (atomic_exchange(&prepared, true))
        return;
    uint32_t seed = 0;
    lk_random_bytes(&seed, sizeof(seed));
    json_object_seed(seed | 1U);
    json_set_alloc_funcs(json_malloc, free);
}

int signal_json_load(const char *text, size_t len, json_t **ret)
{
    json_error_t error;
    if (!lk_json_is_shallow(text, len, SIGNAL_JSON_DEPTH_MAX))
        return SIGNAL_MALFORMED;
    signal_json_prepare();
    json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!o)
        return SIGNAL_MALFORMED;
    if (!json_is_object(o)) {
        json_decref(o);
        return SIGNAL_MALFORMED;
    }
    *ret = o;
    return SIGNAL_OK;
}

const char *signal_json_str(const json_t *o, const char *key, size_t max)
{
    const json_t *v = json_object_get(o, key);
    size_t len = json_string_length(v);
    return json_is_string(v) && len > 0 && len <= max ? json_string_value(v)
                                                      : NULL;
}

int64_t signal_json_int(const json_t *o, const char *key, int64_t min,
                        int64_t max)
{
    const json_t *v = json_object_get(o, key);
    if (!json_is_integer(v))
        return -1;
    int64_t n = json_integer_value(v);
    return n >= min && n <= max ? n : -1;
}

int signal_json_dump(json_t *o, char **ret)
{
    if (!o)
        return -ENOMEM;
    /* Not json_dumps(): its text comes from jansson's allocator. */
    size_t len = json_dumpb(o, NULL, 0, JSON_COMPACT);
    char *text = len > 0 ? malloc(len + 1) : NULL;
    size_t written = text ? json_dumpb(o, text, len, JSON_COMPACT) : 0;
    json_decref(o);
    if (written == 0 || written != len) {
        free(text);
        return -ENOMEM;
    }
    text[len] = '\0';
    *ret = text;
    return 0;
}
