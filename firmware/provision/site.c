#include "provision/site.h"

#include "base/json.h"
#include "kiosk/keypad.h"
#include "provision/overlay.h"
#include "provision/pem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define DEPTH_MAX 4
#define MADE "site-" /* how the names of the files begin that were made */

/* A site file on its way. */
struct site {
    const char *text;
    size_t len;
    const struct provision_own *own;
    struct provision_files *files; /* a copy */
    json_t *root;
    struct lk_json_step step[DEPTH_MAX];
    size_t depth;
    struct store_config_error *error;
};

static int refuse(struct site *s, const char *why)
{
    struct store_config_error *e = s->error;
    e->line = lk_json_where(s->text, s->len, s->step, s->depth);
    lk_json_reason(s->step, s->depth, why, e->reason, sizeof(e->reason));
    return -EBADMSG;
}

static void step_in(struct site *s, const char *key, size_t index)
{
    s->step[s->depth++] = (struct lk_json_step){.key = key, .index = index};
}

typedef const char *wrong_fn(const char *text, size_t len);

/* A text in place of which the configuration has a file's name. */
struct inlay {
    const char *key;
    const char *file; /* the end of its name */
    wrong_fn *wrong;
};

/* Takes one text out, if it is there; what is no string the configuration's
 * parser refuses. `prefix` is the beginning of the file's name. */
static int take_inlay(struct site *s, json_t *object, const struct inlay *in,
                      const char *prefix)
{
    char name[PROVISION_FILE_NAME_MAX];
    const json_t *v = json_object_get(object, in->key);
    const char *text = json_string_value(v);
    size_t len = json_string_length(v);
    if (!text)
        return 0;
    step_in(s, in->key, 0);
    const char *why =
        len > PROVISION_TEXT_MAX ? "is too long" : in->wrong(text, len);
    if (why)
        return refuse(s, why);
    (void)snprintf(name, sizeof(name), MADE "%s%s", prefix, in->file);
    int r = provision_files_put(s->files, name, text, len);
    if (r == 0 && json_object_set_new(object, in->key, json_string(name)) < 0)
        r = -ENOMEM;
    s->depth--;
    return r;
}

static int take_inlays(struct site *s, json_t *object, const struct inlay *in,
                       size_t n, const char *prefix)
{
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++)
        r = take_inlay(s, object, &in[i], prefix);
    return r;
}

static int take_agency(struct site *s, json_t *agency, size_t at)
{
    static const struct inlay own[] = {{"ca", "ca.pem", pem_certs_wrong},
                                       {"crl", "crl.pem", pem_crls_wrong}};
    static const struct inlay post[] = {{"cert", "post.pem", pem_certs_wrong},
                                        {"ca", "post-ca.pem", pem_certs_wrong}};
    char prefix[PROVISION_FILE_NAME_MAX];
    (void)snprintf(prefix, sizeof(prefix), "agency-%zu-", at);
    step_in(s, NULL, at);
    int r = take_inlays(s, agency, own, LK_ARRAY_LEN(own), prefix);
    if (r < 0)
        return r;
    step_in(s, "post", 0);
    r = take_inlays(s, json_object_get(agency, "post"), post,
                    LK_ARRAY_LEN(post), prefix);
    if (r == 0)
        s->depth -= 2;
    return r;
}

static int take_agencies(struct site *s)
{
    json_t *list = json_object_get(s->root, "agencies");
    size_t n = LK_MIN(json_array_size(list), (size_t)STORE_CONFIG_AGENCIES_MAX);
    int r = 0;
    step_in(s, "agencies", 0);
    for (size_t i = 0; i < n && r == 0; i++)
        r = take_agency(s, json_array_get(list, i), i);
    if (r == 0)
        s->depth--;
    return r;
}

static int take_part(struct site *s, const char *key, const struct inlay *in,
                     size_t n)
{
    char prefix[PROVISION_FILE_NAME_MAX];
    (void)snprintf(prefix, sizeof(prefix), "%s-", key);
    step_in(s, key, 0);
    int r = take_inlays(s, json_object_get(s->root, key), in, n, prefix);
    if (r == 0)
        s->depth--;
    return r;
}

/* The keypad's keys, an object here, are a file of their own there. */
static int take_keypad(struct site *s)
{
    struct kiosk_keypad keypad;
    struct kiosk_keypad_error e = {.line = 0};
    json_t *v = json_object_get(s->root, "keypad");
    if (!v)
        return 0;
    step_in(s, "keypad", 0);
    if (!json_is_object(v))
        return refuse(s, "is not an object");
    char *text = json_dumps(v, JSON_INDENT(1));
    if (!text)
        return -ENOMEM;
    int r = kiosk_keypad_parse(text, strlen(text), &keypad, &e);
    if (r == -EBADMSG)
        r = refuse(s, e.reason);
    if (r == 0)
        r = provision_files_put(s->files, PROVISION_KEYPAD, text, strlen(text));
    if (r == 0 && json_object_set_new(s->root, "keypad",
                                      json_string(PROVISION_KEYPAD)) < 0)
        r = -ENOMEM;
    free(text);
    s->depth--;
    return r;
}

/* What only the kiosk itself knows, and what is not the configuration's. */
static int take_own(struct site *s)
{
    static const char *const own[] = {"tls", "device", "control", "outbox"};
    for (size_t i = 0; i < LK_ARRAY_LEN(own); i++) {
        if (!json_object_get(s->root, own[i]))
            continue;
        step_in(s, own[i], 0);
        return refuse(s, "is the kiosk's own, and no site's");
    }
    const json_t *v = json_object_get(s->root, "v");
    step_in(s, "v", 0);
    if (!json_is_integer(v) || json_integer_value(v) != PROVISION_SITE_VERSION)
        return refuse(s, v ? "is not 1" : "is missing");
    s->depth = 0;
    (void)json_object_del(s->root, "v");
    json_t *more = json_pack(
        "{s:{s:s,s:s,s:s},s:{s:s,s:s},s:s,s:s}", "tls", "ca", PROVISION_CA,
        "cert", PROVISION_TLS_CERT, "key", PROVISION_TLS_KEY, "device", "cert",
        PROVISION_DEVICE_CERT, "key", PROVISION_DEVICE_KEY, "control",
        s->own->control, "outbox", s->own->outbox);
    int r = more ? json_object_update(s->root, more) : -1;
    json_decref(more);
    return r < 0 ? -ENOMEM : 0;
}

static int take_texts(struct site *s)
{
    static const struct inlay cards[] = {{"ca", "ca.pem", pem_certs_wrong},
                                         {"crl", "crl.pem", pem_crls_wrong}};
    static const struct inlay phone[] = {{"ca", "ca.pem", pem_certs_wrong}};
    static const struct inlay help[] = {{"ca", "ca.pem", pem_certs_wrong},
                                        {"crl", "crl.pem", pem_crls_wrong}};
    int r = take_agencies(s);
    if (r == 0)
        r = take_part(s, "cards", cards, LK_ARRAY_LEN(cards));
    if (r == 0)
        r = take_part(s, "phone", phone, LK_ARRAY_LEN(phone));
    if (r == 0)
        r = take_part(s, "help", help, LK_ARRAY_LEN(help));
    return r < 0 ? r : take_keypad(s);
}

/* The configuration's own parser has the last word. */
static int put_config(struct site *s)
{
    LK_AUTO(store_config) config = NULL;
    char *text = json_dumps(s->root, JSON_INDENT(1));
    if (!text)
        return -ENOMEM;
    size_t len = strlen(text);
    int r =
        store_config_parse_made(text, len, s->text, s->len, &config, s->error);
    if (config && *s->own->kiosk && strcmp(config->kiosk, s->own->kiosk) != 0) {
        step_in(s, "kiosk", 0);
        r = refuse(s, "is not the name in the kiosk's certificate");
    }
    if (r == 0)
        r = provision_files_put(s->files, PROVISION_CONFIG, text, len);
    if (r == 0)
        r = provision_files_put(s->files, PROVISION_SITE, s->text, s->len);
    explicit_bzero(text, len);
    free(text);
    return r;
}

static int refuse_syntax(struct site *s, const json_error_t *j)
{
    const char *why = "is not valid JSON";
    enum json_error_code code = json_error_code(j);
    if (code == json_error_out_of_memory)
        return -ENOMEM;
    if (code == json_error_duplicate_key)
        why = "a member is given twice";
    else if (code == json_error_premature_end_of_input)
        why = "the JSON ends too early";
    else if (code == json_error_end_of_input_expected)
        why = "something follows behind the JSON";
    else if (code == json_error_invalid_utf8)
        why = "is not UTF-8";
    s->error->line = LK_MAX(j->line, 0);
    (void)snprintf(s->error->reason, sizeof(s->error->reason), "%s", why);
    return -EBADMSG;
}

/* Of an earlier site nothing stays. */
static void drop_made(struct provision_files *f)
{
    for (size_t i = f->files; i-- > 0;)
        if (strncmp(f->file[i].name, MADE, strlen(MADE)) == 0)
            provision_files_drop(f, f->file[i].name);
}

int provision_site_put(struct provision_files *f, const char *text, size_t len,
                       const struct provision_own *own,
                       struct store_config_error *ret_error)
{
    LK_AUTO(provision_files) copy = NULL;
    json_error_t j;
    struct site s = {.text = text, .len = len, .own = own, .error = ret_error};
    if (len > STORE_CONFIG_LEN_MAX)
        return refuse(&s, "the file is too long");
    s.root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &j);
    if (!s.root)
        return refuse_syntax(&s, &j);
    int r = provision_files_copy(f, &copy);
    if (copy) { /* NULL on failure alone */
        s.files = copy;
        drop_made(copy);
        r = json_is_object(s.root) ? 0 : refuse(&s, "is not an object");
    }
    if (r == 0)
        r = take_own(&s);
    if (r == 0)
        r = overlay_apply(copy, s.root);
    if (r == 0)
        r = take_texts(&s);
    if (r == 0)
        r = put_config(&s);
    json_decref(s.root);
    if (!copy || r < 0)
        return r;
    struct provision_files old = *f;
    *f = *copy;
    *copy = old;
    return 0;
}

int provision_site_none(const char *kiosk, const char *control,
                        struct lk_buf **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    LK_AUTO(store_config) config = NULL;
    struct store_config_error e;
    json_t *v = json_pack(
        "{s:s,s:s,s:{s:s,s:i},s:{s:s,s:s,s:s},s:{s:s,s:s},s:[{s:s,s:s}],s:s,"
        "s:s,s:s}",
        "kiosk", kiosk, "site", "-", "broker", "host", "broker.invalid", "port",
        8883, "tls", "ca", PROVISION_CA, "cert", PROVISION_TLS_CERT, "key",
        PROVISION_TLS_KEY, "device", "cert", PROVISION_DEVICE_CERT, "key",
        PROVISION_DEVICE_KEY, "agencies", "id", "none", "ca", "none", "camera",
        "none", "sound", "none", "control", control);
    char *text = v ? json_dumps(v, JSON_INDENT(1)) : NULL;
    json_decref(v);
    int r = text ? lk_buf_new(STORE_CONFIG_LEN_MAX, &b) : -ENOMEM;
    if (r == 0)
        r = lk_buf_append(b, text, strlen(text));
    if (r == 0)
        r = store_config_parse(text, strlen(text), NULL, &config, &e);
    free(text);
    if (r == 0)
        *ret = LK_TAKE(b);
    return r == -EBADMSG ? -EINVAL : r;
}
