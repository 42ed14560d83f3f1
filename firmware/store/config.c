#include "store/config.h"

#include "base/json.h"
#include "store/config_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum kind {
    KIND_NAME,
    KIND_TEXT,
    KIND_NOTICE,
    KIND_LANGUAGE,
    KIND_HOST,
    KIND_PORT,
    KIND_PATH,
    KIND_SOCKET,
    KIND_URL,
    KIND_UINT,
    KIND_EVEN, /* an even KIND_UINT */
    KIND_BOOL,
    KIND_SOURCE,
    KIND_STUN,
    KIND_TURN,
    KIND_USB,
    KIND_BUSID,
    KIND_OBJECT,
    KIND_ARRAY,
};

/* One member: where it lies in its struct, and what it may be. */
struct field {
    const char *name;
    enum kind kind;
    bool optional;
    size_t at;
    uint32_t min; /* numbers; arrays: fewest elements */
    uint32_t max; /* numbers; arrays: most elements */
    /* KIND_OBJECT: its members. KIND_ARRAY: `sub` is the element. */
    const struct field *sub;
    size_t subs;
    size_t stride;   /* arrays: bytes of an element */
    size_t count_at; /* arrays: where the count lies */
};

#define AT(member) offsetof(struct store_config, member)
#define NUMBER(n, k, member, low, high)                               \
    {                                                                 \
        .name = (n), .kind = (k), .optional = true, .at = AT(member), \
        .min = (low), .max = (high)                                   \
    }
#define OPTIONAL(n, k, member) NUMBER(n, k, member, 0, 0)
#define OBJECT(n, opt, list)                                                \
    {                                                                       \
        .name = (n), .kind = KIND_OBJECT, .optional = (opt), .sub = (list), \
        .subs = LK_ARRAY_LEN(list)                                          \
    }

#define LIST(n, opt, member, low, high, element, count)                       \
    {                                                                         \
        .name = (n), .kind = KIND_ARRAY, .optional = (opt), .at = AT(member), \
        .min = (low), .max = (high), .sub = (element),                        \
        .stride = sizeof(((struct store_config *)0)->member[0]),              \
        .count_at = AT(count)                                                 \
    }

static const struct field broker_fields[] = {
    {.name = "host", .kind = KIND_HOST, .at = AT(broker.host)},
    {.name = "port", .kind = KIND_PORT, .at = AT(broker.port)},
};

static const struct field tls_fields[] = {
    {.name = "ca", .kind = KIND_PATH, .at = AT(tls_ca)},
    {.name = "cert", .kind = KIND_PATH, .at = AT(tls_cert)},
    {.name = "key", .kind = KIND_PATH, .at = AT(tls_key)},
};

static const struct field device_fields[] = {
    {.name = "cert", .kind = KIND_PATH, .at = AT(device_cert)},
    {.name = "key", .kind = KIND_PATH, .at = AT(device_key)},
};

static const struct field post_fields[] = {
    {.name = "url",
     .kind = KIND_URL,
     .at = offsetof(struct store_config_agency, post_url)},
    {.name = "cert",
     .kind = KIND_PATH,
     .at = offsetof(struct store_config_agency, post_cert)},
    {.name = "ca",
     .kind = KIND_PATH,
     .at = offsetof(struct store_config_agency, post_ca)},
};

static const struct field agency_fields[] = {
    {.name = "id",
     .kind = KIND_NAME,
     .at = offsetof(struct store_config_agency, id)},
    {.name = "ca",
     .kind = KIND_PATH,
     .at = offsetof(struct store_config_agency, ca)},
    {.name = "crl",
     .kind = KIND_PATH,
     .optional = true,
     .at = offsetof(struct store_config_agency, crl)},
    OBJECT("post", true, post_fields),
};

static const struct field agency_element = OBJECT("", false, agency_fields);

static const struct field turn_fields[] = {
    {.name = "url", .kind = KIND_TURN},
    {.name = "user",
     .kind = KIND_TEXT,
     .at = offsetof(struct store_config_turn, user)},
    {.name = "password",
     .kind = KIND_TEXT,
     .at = offsetof(struct store_config_turn, password)},
};

static const struct field turn_element = OBJECT("", false, turn_fields);
static const struct field stun_element = {.name = "", .kind = KIND_STUN};

static const struct field ice_fields[] = {
    LIST("stun", true, stun, 0, STORE_CONFIG_ICE_MAX, &stun_element, stuns),
    LIST("turn", true, turn, 0, STORE_CONFIG_ICE_MAX, &turn_element, turns),
};

static const struct field panel_fields[] = {
    NUMBER("width_px", KIND_UINT, panel_width_px, 320, 7680),
    NUMBER("height_px", KIND_UINT, panel_height_px, 320, 7680),
    NUMBER("width_mm", KIND_UINT, panel_width_mm, 50, 3000),
    NUMBER("distance_mm", KIND_UINT, panel_distance_mm, 300, 1000),
};

/* What media/media.h takes: anything else would end luukku-rtc. */
static const struct field video_fields[] = {
    NUMBER("width", KIND_EVEN, video_width_px, 320, 1280),
    NUMBER("height", KIND_EVEN, video_height_px, 240, 720),
    NUMBER("fps", KIND_UINT, video_fps, 10, 30),
    NUMBER("max_kbps", KIND_UINT, video_max_kbps, 100, 20000),
};

static const struct field usb_element = {.name = "", .kind = KIND_USB};

#define AT_DEVICE(member) offsetof(struct store_config_device, member)

/* The members of one role's device, which lies at `base`. */
#define DEVICE_FIELDS(base)                                            \
    {                                                                  \
        {.name = "allow",                                              \
         .kind = KIND_ARRAY,                                           \
         .optional = true,                                             \
         .at = (base) + AT_DEVICE(usb),                                \
         .min = 1,                                                     \
         .max = USB_RULES_MAX,                                         \
         .sub = &usb_element,                                          \
         .stride = sizeof(struct usb_rule),                            \
         .count_at = (base) + AT_DEVICE(usbs)},                        \
            {.name = "usbip",                                          \
             .kind = KIND_SOCKET,                                      \
             .optional = true,                                         \
             .at = (base) + AT_DEVICE(usbip)},                         \
            {.name = "busid",                                          \
             .kind = KIND_BUSID,                                       \
             .optional = true,                                         \
             .at = (base) + AT_DEVICE(busid)},                         \
        {                                                              \
            .name = "emulator", .kind = KIND_SOCKET, .optional = true, \
            .at = (base) + AT_DEVICE(emulator)                         \
        }                                                              \
    }

static const struct field scanner_fields[] = DEVICE_FIELDS(AT(scanner));
static const struct field reader_fields[] = DEVICE_FIELDS(AT(reader));

/* A simulated camera: pictures from a socket, no USB. */
static const struct field document_fields[] = {
    {.name = "stills", .kind = KIND_SOCKET, .at = AT(document.usbip)},
    OPTIONAL("emulator", KIND_SOCKET, document.emulator),
};

static const struct field devices_fields[] = {
    OBJECT("scanner", true, scanner_fields),
    OBJECT("reader", true, reader_fields),
    OBJECT("document", true, document_fields),
};

static const struct field cards_fields[] = {
    {.name = "ca", .kind = KIND_PATH, .at = AT(card_ca)},
    OPTIONAL("crl", KIND_PATH, card_crl),
    OPTIONAL("shuffle", KIND_BOOL, card_shuffle),
};

static const struct field phone_fields[] = {
    {.name = "device", .kind = KIND_URL, .at = AT(phone.device_url)},
    {.name = "token", .kind = KIND_URL, .at = AT(phone.token_url)},
    {.name = "client", .kind = KIND_TEXT, .at = AT(phone.client)},
    {.name = "scope",
     .kind = KIND_TEXT,
     .optional = true,
     .at = AT(phone.scope)},
    {.name = "ca", .kind = KIND_PATH, .at = AT(phone.ca)},
};

static const struct field technician_element = {.name = "", .kind = KIND_NAME};

static const struct field help_fields[] = {
    LIST("technicians", false, help.technician, 1, STORE_CONFIG_TECHNICIANS_MAX,
         &technician_element, help.technicians),
    {.name = "ca", .kind = KIND_PATH, .at = AT(help.ca)},
    {.name = "crl", .kind = KIND_PATH, .at = AT(help.crl)},
    OPTIONAL("pictures", KIND_BOOL, help.pictures),
};

static const struct field cameras_fields[] = {
    OPTIONAL("call", KIND_TEXT, camera_call),
    OPTIONAL("document", KIND_TEXT, camera_document),
};

static const struct field top_fields[] = {
    {.name = "kiosk", .kind = KIND_NAME, .at = AT(kiosk)},
    {.name = "site", .kind = KIND_TEXT, .at = AT(site)},
    OPTIONAL("notice", KIND_NOTICE, notice),
    OPTIONAL("language", KIND_LANGUAGE, language),
    NUMBER("volume", KIND_UINT, volume, 1, 10),
    NUMBER("brightness", KIND_UINT, brightness, 10, 100),
    OBJECT("broker", false, broker_fields),
    OBJECT("tls", false, tls_fields),
    OBJECT("device", false, device_fields),
    LIST("agencies", false, agency, 1, STORE_CONFIG_AGENCIES_MAX,
         &agency_element, agencies),
    OBJECT("ice", true, ice_fields),
    OBJECT("panel", true, panel_fields),
    OBJECT("video", true, video_fields),
    OPTIONAL("camera", KIND_SOURCE, camera),
    OBJECT("cameras", true, cameras_fields),
    OPTIONAL("sound", KIND_SOURCE, sound),
    OPTIONAL("stamps", KIND_BOOL, stamps),
    OPTIONAL("keypad", KIND_PATH, keypad),
    OBJECT("devices", true, devices_fields),
    OBJECT("cards", true, cards_fields),
    OBJECT("phone", true, phone_fields),
    OBJECT("help", true, help_fields),
    OPTIONAL("outbox", KIND_PATH, outbox),
    {.name = "control", .kind = KIND_SOCKET, .at = AT(control)},
};

static const struct field top = OBJECT("", false, top_fields);

/* A parse under way. */
struct parse {
    const char *text; /* whose lines are told */
    size_t len;
    const char *dir;
    struct lk_json_step step[CONFIG_DEPTH_MAX];
    size_t depth;
    struct store_config_error *error;
};

static int refuse(struct parse *p, const char *why)
{
    struct store_config_error *e = p->error;
    e->line = lk_json_where(p->text, p->len, p->step, p->depth);
    lk_json_reason(p->step, p->depth, why, e->reason, sizeof(e->reason));
    return -EBADMSG;
}

static int take(struct parse *p, const struct field *f, const json_t *v,
                char *base);

static int take_string(struct parse *p, const struct field *f, const json_t *v,
                       char *at)
{
    const char *s = json_string_value(v);
    const char *wrong = NULL;
    if (!s)
        return refuse(p, "is not a string");
    switch ((unsigned)f->kind) {
    case KIND_NAME:
        wrong = lk_name_valid(s) ? config_text(s, at, LK_NAME_MAX)
                                 : "is not a name, [a-z0-9-]{3,32}";
        break;
    case KIND_TEXT:
        wrong = config_text(s, at, STORE_CONFIG_TEXT_MAX);
        break;
    case KIND_NOTICE:
        wrong = config_text(s, at, STORE_CONFIG_NOTICE_MAX);
        break;
    case KIND_LANGUAGE:
        wrong = config_language(s, at);
        break;
    case KIND_HOST:
        wrong = config_host(s, at, STORE_CONFIG_HOST_MAX);
        break;
    case KIND_PATH:
        wrong = config_path(s, p->dir, at, STORE_CONFIG_PATH_MAX);
        break;
    case KIND_URL:
        wrong = config_url(s, at, STORE_CONFIG_URL_MAX);
        break;
    case KIND_SOCKET:
        wrong = config_path(s, p->dir, at, STORE_CONFIG_SOCKET_MAX);
        break;
    case KIND_USB:
        wrong = config_usb(s, (struct usb_rule *)(void *)at);
        break;
    case KIND_BUSID:
        wrong = config_port(s, at, USB_PORT_MAX);
        break;
    case KIND_STUN:
        wrong = config_stun(s, (struct store_config_host *)(void *)at);
        break;
    default:
        wrong = config_turn(s, (struct store_config_turn *)(void *)at);
        break;
    }
    return wrong ? refuse(p, wrong) : 0;
}

static int take_number(struct parse *p, const struct field *f, const json_t *v,
                       char *at)
{
    char why[64];
    uint32_t min = f->kind == KIND_PORT ? 1 : f->min;
    uint32_t max = f->kind == KIND_PORT ? 65535 : f->max;
    json_int_t n = json_integer_value(v);
    if (!json_is_integer(v))
        return refuse(p, "is not a whole number");
    if (n < min || n > max) {
        (void)snprintf(why, sizeof(why), "is not %u..%u", min, max);
        return refuse(p, why);
    }
    if (f->kind == KIND_EVEN && n % 2)
        return refuse(p, "is odd");
    if (f->kind == KIND_PORT)
        *(uint16_t *)(void *)at = (uint16_t)n;
    else
        *(uint32_t *)(void *)at = (uint32_t)n;
    return 0;
}

static int take_source(struct parse *p, const json_t *v, char *at)
{
    static const char *const name[] = {"auto", "simulated", "none"};
    const char *s = json_string_value(v);
    for (size_t i = 0; s && i < LK_ARRAY_LEN(name); i++) {
        if (strcmp(s, name[i]) == 0) {
            *(enum store_config_source *)(void *)at =
                (enum store_config_source)i;
            return 0;
        }
    }
    return refuse(p, "is not auto, simulated or none");
}

/* One member that may or must be there. */
static int take_member(struct parse *p, const struct field *f,
                       const json_t *object, char *base)
{
    const json_t *v = json_object_get(object, f->name);
    p->step[p->depth++] = (struct lk_json_step){.key = f->name};
    int r = 0;
    if (v)
        r = take(p, f, v, base);
    else if (!f->optional)
        r = refuse(p, "is missing");
    p->depth--;
    return r;
}

static int take_object(struct parse *p, const struct field *f, json_t *v,
                       char *base)
{
    const char *key = NULL;
    json_t *unused = NULL;
    if (!json_is_object(v))
        return refuse(p, "is not an object");
    json_object_foreach(v, key, unused)
    {
        bool known = false;
        for (size_t i = 0; i < f->subs && !known; i++)
            known = strcmp(f->sub[i].name, key) == 0;
        if (known)
            continue;
        p->step[p->depth++] = (struct lk_json_step){.key = key};
        return refuse(p, "is not a member that is known");
    }
    for (size_t i = 0; i < f->subs; i++) {
        int r = take_member(p, &f->sub[i], v, base);
        if (r < 0)
            return r;
    }
    return 0;
}

static int take_array(struct parse *p, const struct field *f, const json_t *v,
                      char *base)
{
    char why[64];
    size_t n = json_array_size(v);
    if (!json_is_array(v))
        return refuse(p, "is not a list");
    if (n < f->min || n > f->max) {
        (void)snprintf(why, sizeof(why), "does not have %u..%u elements",
                       f->min, f->max);
        return refuse(p, why);
    }
    for (size_t i = 0; i < n; i++) {
        p->step[p->depth++] = (struct lk_json_step){.index = i};
        int r =
            take(p, f->sub, json_array_get(v, i), base + f->at + i * f->stride);
        if (r < 0)
            return r;
        p->depth--;
    }
    *(size_t *)(void *)(base + f->count_at) = n;
    return 0;
}

static int take(struct parse *p, const struct field *f, const json_t *v,
                char *base)
{
    char *at = base + f->at;
    switch (f->kind) {
    case KIND_OBJECT:
        /* Only json_object_foreach() wants it not const. */
        return take_object(p, f, (json_t *)(uintptr_t)v, base);
    case KIND_ARRAY:
        return take_array(p, f, v, base);
    case KIND_PORT:
    case KIND_UINT:
    case KIND_EVEN:
        return take_number(p, f, v, at);
    case KIND_SOURCE:
        return take_source(p, v, at);
    case KIND_BOOL:
        if (!json_is_boolean(v))
            return refuse(p, "is not true or false");
        *(bool *)(void *)at = json_is_true(v);
        return 0;
    case KIND_NAME:
    case KIND_TEXT:
    case KIND_NOTICE:
    case KIND_LANGUAGE:
    case KIND_HOST:
    case KIND_PATH:
    case KIND_SOCKET:
    case KIND_URL:
    case KIND_STUN:
    case KIND_TURN:
    case KIND_USB:
    case KIND_BUSID:
        break;
    }
    return take_string(p, f, v, at);
}

/* Letters need a place to wait. */
static int check_outbox(struct parse *p, const struct store_config *c)
{
    for (size_t i = 0; i < c->agencies; i++) {
        if (!c->agency[i].post_url[0] || c->outbox[0])
            continue;
        p->step[0] = (struct lk_json_step){.key = "outbox"};
        p->depth = 1;
        return refuse(p, "is missing, and an agency has an address");
    }
    return 0;
}

/* A role has USB devices or an emulated one, not both and not neither. */
static int check_device(struct parse *p, const json_t *devices,
                        const char *role, const struct store_config_device *d)
{
    const char *wrong = NULL;
    if (!json_object_get(devices, role))
        return 0;
    if ((d->usbs > 0) == (d->usbip[0] != 0))
        wrong = "has not one of allow and usbip";
    else if (d->emulator[0] && !d->usbip[0])
        wrong = "has an emulator without usbip";
    if (!wrong)
        return 0;
    p->step[0] = (struct lk_json_step){.key = "devices"};
    p->step[1] = (struct lk_json_step){.key = role};
    p->depth = 2;
    return refuse(p, wrong);
}

/* What no single value can tell: agencies with the same id, no outbox, devices
 * that are reached in no way. */
static int check_whole(struct parse *p, const json_t *root,
                       const struct store_config *c)
{
    const json_t *devices = json_object_get(root, "devices");
    for (size_t i = 1; i < c->agencies; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(c->agency[i].id, c->agency[j].id) != 0)
                continue;
            p->step[0] = (struct lk_json_step){.key = "agencies"};
            p->step[1] = (struct lk_json_step){.index = i};
            p->step[2] = (struct lk_json_step){.key = "id"};
            p->depth = 3;
            return refuse(p, "is that of an agency before it");
        }
    }
    int r = check_outbox(p, c);
    if (r == 0)
        r = check_device(p, devices, "scanner", &c->scanner);
    return r < 0 ? r : check_device(p, devices, "reader", &c->reader);
}

/* jansson's own words quote the text, in which there are passwords. */
static int refuse_syntax(const json_error_t *j, struct store_config_error *e)
{
    const char *why = "is not valid JSON";
    switch ((unsigned)json_error_code(j)) {
    case json_error_out_of_memory:
        return -ENOMEM;
    case json_error_duplicate_key:
        why = "a member is given twice";
        break;
    case json_error_premature_end_of_input:
        why = "the JSON ends too early";
        break;
    case json_error_end_of_input_expected:
        why = "something follows behind the JSON";
        break;
    case json_error_invalid_utf8:
        why = "is not UTF-8";
        break;
    default:
        break;
    }
    e->line = j->line > 0 ? j->line : 0;
    (void)snprintf(e->reason, sizeof(e->reason), "%s", why);
    return -EBADMSG;
}

static int parse_text(struct parse *p, const char *text, size_t len,
                      struct store_config **ret)
{
    json_error_t j;
    if (len > STORE_CONFIG_LEN_MAX)
        return refuse(p, "the file is too long");
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &j);
    if (!root)
        return refuse_syntax(&j, p->error);
    LK_AUTO(store_config) c = config_defaults();
    int r = c ? take(p, &top, root, (char *)c) : -ENOMEM;
    if (r == 0)
        r = check_whole(p, root, c);
    json_decref(root);
    if (r == 0)
        *ret = LK_TAKE(c);
    return r;
}

int store_config_parse_made(const char *text, size_t len, const char *made_of,
                            size_t made_len, struct store_config **ret,
                            struct store_config_error *ret_error)
{
    struct parse p = {.text = made_of, .len = made_len, .error = ret_error};
    return parse_text(&p, text, len, ret);
}

int store_config_parse(const char *text, size_t len, const char *dir,
                       struct store_config **ret,
                       struct store_config_error *ret_error)
{
    struct parse p = {text, len, dir, .error = ret_error};
    return parse_text(&p, text, len, ret);
}
