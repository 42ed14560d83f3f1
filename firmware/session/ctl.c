#include "session/ctl.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

int ctl_write_state(bool mic, bool camera, char *ret, size_t cap)
{
    int n = snprintf(ret, cap, "{\"type\":\"state\",\"mic\":%s,\"camera\":%s}",
                     mic ? "true" : "false", camera ? "true" : "false");
    return n < 0 || (size_t)n >= cap ? -EMSGSIZE : n;
}

int ctl_write_bye(char *ret, size_t cap)
{
    int n = snprintf(ret, cap, "{\"type\":\"bye\",\"why\":\"ended\"}");
    return n < 0 || (size_t)n >= cap ? -EMSGSIZE : n;
}

/* An object of the given type; the caller's. */
static int read_object(const char *text, size_t len, const char *type,
                       json_t **ret)
{
    json_error_t error = {.text = ""};
    if (len > CTL_MESSAGE_MAX)
        return -EMSGSIZE;
    json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!o)
        return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM
                                                                   : -EBADMSG;
    const char *is = json_string_value(json_object_get(o, "type"));
    if (!is || strcmp(is, type) != 0) {
        json_decref(o);
        return -EBADMSG;
    }
    *ret = o;
    return 0;
}

int ctl_read_bye(const char *text, size_t len)
{
    json_t *o;
    int r = read_object(text, len, "bye", &o);
    if (r < 0)
        return r;
    const char *why = json_string_value(json_object_get(o, "why"));
    r = why && strcmp(why, "ended") == 0 ? 0 : -EBADMSG;
    json_decref(o);
    return r;
}

int ctl_read_state(const char *text, size_t len, bool *ret_mic,
                   bool *ret_camera)
{
    json_t *o;
    int r = read_object(text, len, "state", &o);
    if (r < 0)
        return r;
    json_t *mic = json_object_get(o, "mic");
    json_t *camera = json_object_get(o, "camera");
    r = -EBADMSG;
    if (json_is_boolean(mic) && json_is_boolean(camera)) {
        *ret_mic = json_is_true(mic);
        *ret_camera = json_is_true(camera);
        r = 0;
    }
    json_decref(o);
    return r;
}
