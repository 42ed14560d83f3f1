/* What the page says. */
#include "identity/words.h"

#include "base/json.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#define DEPTH_MAX 8

static const char *const types[] = {
    [IDENTITY_ASK] = "identify",
    [IDENTITY_ASK_OFF] = "identify-off",
    [IDENTITY_ASK_SEEN] = "identify-seen",
};

static int read_members(const json_t *o, struct identity_ask *ret)
{
    const char *type = json_string_value(json_object_get(o, "type"));
    const char *how = json_string_value(json_object_get(o, "how"));
    const json_t *n = json_object_get(o, "n");
    struct identity_ask a = {.kind = IDENTITY_ASK};
    size_t kind = 0;
    while (type && kind < LK_ARRAY_LEN(types) && strcmp(type, types[kind]) != 0)
        kind++;
    if (!type || kind == LK_ARRAY_LEN(types))
        return type ? -ENOENT : -EBADMSG;
    a.kind = (enum identity_ask_kind)kind;
    json_int_t number = json_integer_value(n);
    if (!json_is_integer(n) || number < 1 || number > IDENTITY_N_MAX)
        return -EBADMSG;
    a.n = (uint32_t)number;
    if (a.kind == IDENTITY_ASK && (!how || identity_how_find(how, &a.how) < 0))
        return -EBADMSG;
    *ret = a;
    return 0;
}

int identity_read(const char *text, size_t len, struct identity_ask *ret)
{
    json_error_t error = {.text = ""};
    if (len > IDENTITY_ASK_MAX)
        return -EMSGSIZE;
    if (!lk_json_is_shallow(text, len, DEPTH_MAX))
        return -EBADMSG;
    json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!o)
        return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM
                                                                   : -EBADMSG;
    int r = json_is_object(o) ? read_members(o, ret) : -EBADMSG;
    json_decref(o);
    return r;
}
