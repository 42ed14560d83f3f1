#include "app/super_settings.h"

#include "app/super_backlight.h"
#include "app/super_provision.h"
#include "base/log.h"
#include "provision/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NAMES "language, volume, brightness, site, notice or keypad"
#define NO_SITE "this kiosk has no site file yet: provision site comes first"

static bool has_home(const struct super_own *o, const char **ret_why)
{
    if (o->config->provision)
        return true;
    *ret_why = "this kiosk has its configuration from a file (--config): what "
               "it says is changed there";
    return false;
}

/* --- showing -------------------------------------------------------------- */

/* The keypad's keys as they stand; null: the usual ones. */
static json_t *keypad_value(const struct provision_files *f)
{
    const struct lk_buf *text = provision_files_get(f, PROVISION_KEYPAD);
    json_t *v =
        text ? json_loadb((const char *)text->data, text->len, 0, NULL) : NULL;
    return v ? v : json_null();
}

static json_t *value_of(const struct store_config *c,
                        const struct provision_files *f,
                        enum provision_setting s)
{
    switch (s) {
    case PROVISION_SET_LANGUAGE:
        return json_string(c->language);
    case PROVISION_SET_VOLUME:
        return json_integer(c->volume);
    case PROVISION_SET_BRIGHTNESS:
        return c->brightness ? json_integer(c->brightness) : json_null();
    case PROVISION_SET_SITE:
        return json_string(c->site);
    case PROVISION_SET_NOTICE:
        return c->notice[0] ? json_string(c->notice) : json_null();
    case PROVISION_SET_KEYPAD:
    case PROVISION_SETTINGS_COUNT:
        break;
    }
    return keypad_value(f);
}

static json_t *all_values(const struct provision_files *f,
                          const struct store_config *c)
{
    static const char *const source[] = {[PROVISION_FROM_DEFAULT] = "default",
                                         [PROVISION_FROM_SITE] = "site",
                                         [PROVISION_FROM_SETTINGS] = "set"};
    json_t *all = json_object();
    for (int i = 0; all && i < PROVISION_SETTINGS_COUNT; i++) {
        enum provision_setting s = (enum provision_setting)i;
        enum provision_source from = PROVISION_FROM_DEFAULT;
        int r = provision_setting_source(f, s, &from);
        json_t *one = r == 0
                          ? json_pack("{s:o,s:s,s:s}", "value",
                                      value_of(c, f, s), "from", source[from],
                                      "allowed", provision_setting_allowed(s))
                          : NULL;
        if (s == PROVISION_SET_BRIGHTNESS && one)
            (void)json_object_set_new(
                one, "lights",
                json_integer(super_backlight_count(SUPER_BACKLIGHT_DIR)));
        if (json_object_set_new(all, provision_setting_name(s), one) == 0)
            continue;
        json_decref(all);
        all = NULL;
    }
    return all;
}

/* The settings as the set that stands has them. */
static json_t *show_set(const struct provision_files *f, const char **ret_why)
{
    LK_AUTO(store_config) c = NULL;
    struct store_config_error e = {.line = 0};
    const struct lk_buf *text = provision_files_get(f, PROVISION_CONFIG);
    if (!text) {
        *ret_why = NO_SITE;
        return NULL;
    }
    int r = store_config_parse(lk_buf_str(text), text->len, NULL, &c, &e);
    if (r == 0 && c)
        return all_values(f, c);
    if (r == -EBADMSG)
        *ret_why = "the kiosk's configuration is broken: provision site mends "
                   "it";
    return NULL;
}

json_t *super_settings_show(const struct super_own *o,
                            const struct control_request *req,
                            const char **ret_why)
{
    (void)req;
    if (!has_home(o, ret_why))
        return NULL;
    return show_set(super_provision_files(o->config->provision), ret_why);
}

/* --- setting -------------------------------------------------------------- */

static const char *say(struct super_provision *p, enum provision_setting s,
                       int r, const struct store_config_error *e)
{
    char why[STORE_CONFIG_REASON_MAX + 128];
    if (r == -ENOENT)
        return NO_SITE;
    if (r == -EBADMSG)
        (void)snprintf(why, sizeof(why), "%s (allowed: %s)", e->reason,
                       provision_setting_allowed(s));
    else
        (void)snprintf(why, sizeof(why),
                       "it could not be kept (%s): nothing was changed",
                       strerrordesc_np(-r));
    return super_provision_refuse(p, why);
}

static int put(struct super_provision *p, enum provision_setting s,
               const char *value, struct store_config_error *e)
{
    char name[LK_NAME_MAX];
    LK_AUTO(provision_files) files = NULL;
    const struct provision_own own = super_provision_own(p, name);
    int r = provision_files_copy(super_provision_files(p), &files);
    if (r < 0 || !files)
        return r;
    r = provision_setting_put(files, s, value, &own, e);
    if (r == 0)
        r = super_provision_replace(p, files);
    if (r == 0)
        (void)LK_TAKE(files); /* its own now */
    return r;
}

json_t *super_settings_set(const struct super_own *o,
                           const struct control_request *req,
                           const char **ret_why)
{
    const struct super_desk_config *c = o->config;
    struct store_config_error e = {.line = 0};
    enum provision_setting s = PROVISION_SET_LANGUAGE;
    bool set = strcmp(req->arg[0], "set") == 0;
    if (!has_home(o, ret_why))
        return NULL;
    if (req->args != (set ? 3 : 2) ||
        provision_setting_find(req->arg[1], &s) < 0) {
        *ret_why = "usage: set NAME VALUE, unset NAME; NAME is " NAMES;
        return NULL;
    }
    if (super_news_somebody(c->news)) {
        *ret_why = "a visit is going on, and the kiosk begins anew with what "
                   "is set: wait for its end";
        return NULL;
    }
    int r = put(c->provision, s, set ? req->arg[2] : NULL, &e);
    if (r < 0) {
        *ret_why = say(c->provision, s, r, &e);
        return NULL;
    }
    LK_LOG(WARN, "settings", "%s=%s", set ? "set" : "unset",
           provision_setting_name(s));
    json_t *v = show_set(super_provision_files(c->provision), ret_why);
    if (super_provision_in_use(c->provision))
        c->end(c->arg, SUPER_DESK_RESTART);
    return v;
}
