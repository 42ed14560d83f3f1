#include "signal/json.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* jansson seeds its hash from /dev/urandom, which a confined program has not:
 * give it a seed before the first object. */
static void json_seed_once(void)
{
    static atomic_bool seeded;
    if (atomic_exchange(&seeded, true))
        return;
    uint32_t seed = 0;
    lk_random_bytes(&seed, sizeof(seed));
    json_object_seed(seed | 1U);
}

/* Whether brackets outside strings never nest too deep: the parser recurses. */
static bool json_is_shallow(const char *text, size_t len)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '[') &&
                 ++depth > SIGNAL_JSON_DEPTH_MAX)
            return false;
        else if (!quoted && (c == '}' || c == ']') && depth > 0)
            depth--;
    }
    return true;
}

int signal_json_load(const char *text, size_t len, json_t **ret)
{
    json_error_t error;
    if (!json_is_shallow(text, len))
        return SIGNAL_MALFORMED;
    json_seed_once();
    json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!o) {
        /* Out of memory mostly comes without any words. */
        bool oom = error.text[0] == '\0' ||
                   json_error_code(&error) == json_error_out_of_memory;
        return oom ? -ENOMEM : SIGNAL_MALFORMED;
    }
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
