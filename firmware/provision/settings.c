#include "provision/settings.h"

#include "provision/overlay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 9 /* of a number; more than any setting has */

enum kind { KIND_TEXT, KIND_NUMBER, KIND_JSON };

static const struct {
    const char *name;
    enum kind kind;
    const char *allowed;
} settings[PROVISION_SETTINGS_COUNT] = {
    [PROVISION_SET_LANGUAGE] = {"language", KIND_TEXT, LK_LANGS_TEXT},
    [PROVISION_SET_VOLUME] = {"volume", KIND_NUMBER, "1 to 10"},
    [PROVISION_SET_BRIGHTNESS] = {"brightness", KIND_NUMBER,
                                  "10 to 100 percent"},
    [PROVISION_SET_SITE] = {"site", KIND_TEXT,
                            "the place's name, one line of 1 to 128 bytes"},
    [PROVISION_SET_NOTICE] = {"notice", KIND_TEXT,
                              "one line of 1 to 256 bytes"},
    [PROVISION_SET_KEYPAD] = {"keypad", KIND_JSON,
                              "the keypad's keys, a JSON object"},
};

const char *provision_setting_name(enum provision_setting s)
{
    return settings[s].name;
}

const char *provision_setting_allowed(enum provision_setting s)
{
    return settings[s].allowed;
}

int provision_setting_find(const char *name, enum provision_setting *ret)
{
    for (int i = 0; i < PROVISION_SETTINGS_COUNT; i++) {
        if (strcmp(settings[i].name, name) != 0)
            continue;
        *ret = (enum provision_setting)i;
        return 0;
    }
    return -ENOENT;
}

/* --- the settings of a set ------------------------------------------------ */

static json_t *read_object(const struct provision_files *f, const char *name)
{
    const struct lk_buf *text = provision_files_get(f, name);
    json_error_t e = {.line = 0};
    json_t *v = NULL;
    if (!text)
        return json_object();
    v = json_loadb((const char *)text->data, text->len, JSON_REJECT_DUPLICATES,
                   &e);
    if (!v && json_error_code(&e) == json_error_out_of_memory)
        return NULL;
    if (json_is_object(v))
        return v;
    json_decref(v);
    return json_object();
}

json_t *overlay_read(const struct provision_files *f)
{
    return read_object(f, PROVISION_SETTINGS);
}

int overlay_write(struct provision_files *f, const json_t *v)
{
    if (json_object_size(v) == 0) {
        provision_files_drop(f, PROVISION_SETTINGS);
        return 0;
    }
    char *text = json_dumps(v, JSON_INDENT(1));
    if (!text)
        return -ENOMEM;
    int r = provision_files_put(f, PROVISION_SETTINGS, text, strlen(text));
    free(text);
    return r;
}

int overlay_apply(const struct provision_files *f, json_t *site)
{
    json_t *v = overlay_read(f);
    int r = v && json_object_update(site, v) == 0 ? 0 : -ENOMEM;
    json_decref(v);
    return r;
}

int provision_setting_source(const struct provision_files *f,
                             enum provision_setting s,
                             enum provision_source *ret)
{
    const char *name = settings[s].name;
    json_t *set = overlay_read(f);
    json_t *site = read_object(f, PROVISION_SITE);
    int r = set && site ? 0 : -ENOMEM;
    if (r == 0)
        *ret = json_object_get(set, name)    ? PROVISION_FROM_SETTINGS
               : json_object_get(site, name) ? PROVISION_FROM_SITE
                                             : PROVISION_FROM_DEFAULT;
    json_decref(set);
    json_decref(site);
    return r;
}

/* --- setting one ---------------------------------------------------------- */

static int refuse(enum provision_setting s, const char *why,
                  struct store_config_error *e)
{
    e->line = 0;
    (void)snprintf(e->reason, sizeof(e->reason), "%s: %s", settings[s].name,
                   why);
    return -EBADMSG;
}

/* What was typed, as JSON; what it may be the site file's parser says. */
static int make_value(enum provision_setting s, const char *value, json_t **ret,
                      struct store_config_error *e)
{
    size_t len = strlen(value);
    json_error_t j = {.line = 0};
    json_t *v = NULL;
    if (settings[s].kind == KIND_TEXT) {
        if (!lk_utf8_valid(value, len))
            return refuse(s, "is not UTF-8", e);
        v = json_string(value);
    } else if (settings[s].kind == KIND_NUMBER) {
        if (len == 0 || len > DIGITS_MAX || strspn(value, "0123456789") != len)
            return refuse(s, "is not a whole number", e);
        v = json_integer((json_int_t)strtoul(value, NULL, 10));
    } else {
        v = json_loadb(value, len, JSON_REJECT_DUPLICATES, &j);
        if (!v && json_error_code(&j) != json_error_out_of_memory)
            return refuse(s, "is not valid JSON", e);
    }
    if (!v)
        return -ENOMEM;
    *ret = v;
    return 0;
}

static int change(struct provision_files *f, enum provision_setting s,
                  json_t *value)
{
    json_t *v = overlay_read(f);
    int r = v ? 0 : -ENOMEM;
    if (r == 0 && !value)
        (void)json_object_del(v, settings[s].name); /* it may not be there */
    else if (r == 0 && json_object_set(v, settings[s].name, value) < 0)
        r = -ENOMEM;
    if (r == 0)
        r = overlay_write(f, v);
    json_decref(v);
    return r;
}

int provision_setting_put(struct provision_files *f, enum provision_setting s,
                          const char *value, const struct provision_own *own,
                          struct store_config_error *ret_error)
{
    LK_AUTO(provision_files) copy = NULL;
    const struct lk_buf *site = provision_files_get(f, PROVISION_SITE);
    json_t *v = NULL;
    if (!site)
        return -ENOENT;
    int r = value ? make_value(s, value, &v, ret_error) : 0;
    if (r == 0)
        r = provision_files_copy(f, &copy);
    if (r == 0 && copy) /* NULL on failure alone */
        r = change(copy, s, v);
    json_decref(v);
    if (r == 0)
        r = provision_site_put(copy, lk_buf_str(site), site->len, own,
                               ret_error);
    if (r < 0 || !copy) {
        if (r == -EBADMSG)
            ret_error->line = 0; /* nobody sees the site file just now */
        return r < 0 ? r : -ENOMEM;
    }
    struct provision_files old = *f;
    *f = *copy;
    *copy = old;
    return 0;
}
