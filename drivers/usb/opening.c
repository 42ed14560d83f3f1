#include "usb/opening_steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GET_DESCRIPTOR 6
#define GET_CONFIGURATION 8
#define SET_CONFIGURATION 9

#define STEP_MS 1000 /* for one question */
#define STRING_MS                                              \
    300 /* for one string: a device is opened without them too \
         */
#define STRING_BYTES 255
#define LANGUAGE_ENGLISH 0x0409

struct usb_opening {
    struct usb_device *d;
    usb_opened_fn *fn;
    void *arg;
    struct lk_timer *limit;
    uint8_t device[USB_DEVICE_DESCRIPTOR_LEN];
    const uint8_t *raw; /* configurations that are known: malloc'ed */
    size_t raw_len;
    uint16_t language;
    size_t string; /* the one that is asked for, 0..2 */
};

static void opening_over(struct usb_opening *o)
{
    lk_timer_free(o->limit);
    free((void *)o->raw);
    free(o);
}

struct usb_opening *usb_opening_free(struct usb_opening *o)
{
    if (o) {
        usb_free(o->d);
        opening_over(o);
    }
    return NULL;
}

void usb_opening_fail(struct usb_opening *o, int error)
{
    usb_opened_fn *fn = o->fn;
    void *arg = o->arg;
    usb_opening_free(o);
    fn(arg, error, NULL);
}

static void opening_done(struct usb_opening *o)
{
    struct usb_device *d = o->d;
    usb_opened_fn *fn = o->fn;
    void *arg = o->arg;
    usb_on_gone(d, NULL, NULL);
    opening_over(o);
    fn(arg, 0, d);
}

static void on_gone(void *arg)
{
    usb_opening_fail(arg, -ENODEV);
}

static void on_limit(void *arg, int64_t now_us)
{
    (void)now_us;
    usb_opening_fail(arg, -ETIMEDOUT);
}

int usb_opening_new(struct usb_device *d, usb_opened_fn *fn, void *arg,
                    struct usb_opening **ret)
{
    struct usb_opening *o = calloc(1, sizeof(*o));
    if (!o)
        return -ENOMEM;
    int r = lk_timer_new(d->loop, on_limit, o, &o->limit);
    if (r < 0) {
        free(o);
        return r;
    }
    lk_timer_set_in(o->limit, (int64_t)USB_OPENING_MS * 1000);
    o->d = d;
    o->fn = fn;
    o->arg = arg;
    usb_on_gone(d, on_gone, o);
    *ret = o;
    return 0;
}

/* Asks; when that cannot even be started, the opening ends. */
static void ask(struct usb_opening *o, struct usb_setup s, unsigned timeout_ms,
                usb_done_fn *fn)
{
    struct usb_done done = {.fn = fn, .arg = o};
    int r = usb_control(o->d, &s, NULL, timeout_ms, done, NULL);
    if (r < 0)
        usb_opening_fail(o, r);
}

/* What a failed question makes of the opening. */
static int opening_error(int status)
{
    return status == -ENODEV || status == -ETIMEDOUT ? status : -EIO;
}

static void ask_descriptor(struct usb_opening *o, enum usb_descriptor_type type,
                           size_t len, usb_done_fn *fn)
{
    struct usb_setup s = {.type = USB_DIR_IN,
                          .request = GET_DESCRIPTOR,
                          .value = (uint16_t)(type << 8),
                          .length = (uint16_t)len};
    ask(o, s, STEP_MS, fn);
}

static uint8_t string_index(const struct usb_opening *o)
{
    const struct usb_descriptors *d = &o->d->descriptors;
    const uint8_t index[3] = {d->string_manufacturer, d->string_product,
                              d->string_serial};
    return index[o->string];
}

static void ask_string(struct usb_opening *o);

static void on_string(void *arg, int status, const uint8_t *data, size_t len)
{
    struct usb_opening *o = arg;
    if (status == -ENODEV) {
        usb_opening_fail(o, status);
        return;
    }
    if (status == 0)
        usb_string_decode(data, len, o->d->strings[o->string]);
    o->string++;
    ask_string(o);
}

/* Asks for the next string that the device has; ends when there is none. */
static void ask_string(struct usb_opening *o)
{
    while (o->string < 3 && string_index(o) == 0)
        o->string++;
    if (o->string == 3) {
        opening_done(o);
        return;
    }
    struct usb_setup s = {.type = USB_DIR_IN,
                          .request = GET_DESCRIPTOR,
                          .value =
                              (uint16_t)(USB_DT_STRING << 8 | string_index(o)),
                          .index = o->language,
                          .length = STRING_BYTES};
    ask(o, s, STRING_MS, on_string);
}

static void on_languages(void *arg, int status, const uint8_t *data, size_t len)
{
    struct usb_opening *o = arg;
    if (status == -ENODEV) {
        usb_opening_fail(o, status);
        return;
    }
    o->language = LANGUAGE_ENGLISH;
    if (status == 0 && len >= 4 && data[1] == USB_DT_STRING)
        o->language = (uint16_t)(data[2] | data[3] << 8);
    ask_string(o);
}

static void ask_languages(struct usb_opening *o)
{
    const struct usb_descriptors *d = &o->d->descriptors;
    if (!(d->string_manufacturer | d->string_product | d->string_serial)) {
        opening_done(o);
        return;
    }
    struct usb_setup s = {.type = USB_DIR_IN,
                          .request = GET_DESCRIPTOR,
                          .value = USB_DT_STRING << 8,
                          .length = STRING_BYTES};
    ask(o, s, STRING_MS, on_languages);
}

static void on_configured(void *arg, int status, const uint8_t *data,
                          size_t len)
{
    struct usb_opening *o = arg;
    (void)data;
    (void)len;
    if (status < 0)
        usb_opening_fail(o, opening_error(status));
    else
        ask_languages(o);
}

static int opening_decode(struct usb_opening *o, const uint8_t *config,
                          size_t len)
{
    return usb_descriptors_decode(o->device, sizeof(o->device), config, len,
                                  &o->d->descriptors);
}

static void on_config(void *arg, int status, const uint8_t *data, size_t len)
{
    struct usb_opening *o = arg;
    if (status < 0) {
        usb_opening_fail(o, opening_error(status));
        return;
    }
    int r = opening_decode(o, data, len);
    if (r < 0) {
        usb_opening_fail(o, r);
        return;
    }
    /* Also where it is configured already: that puts alternate settings, halts
     * and data toggles at their beginning (USB 2.0, 9.1.1.5). */
    struct usb_setup s = {.request = SET_CONFIGURATION,
                          .value = o->d->descriptors.configuration};
    ask(o, s, STEP_MS, on_configured);
}

static void on_config_head(void *arg, int status, const uint8_t *data,
                           size_t len)
{
    struct usb_opening *o = arg;
    size_t total = 0;
    int r = status < 0 ? opening_error(status)
                       : usb_config_total(data, len, &total);
    if (r < 0)
        usb_opening_fail(o, r);
    else
        ask_descriptor(o, USB_DT_CONFIG, total, on_config);
}

static void on_device(void *arg, int status, const uint8_t *data, size_t len)
{
    struct usb_opening *o = arg;
    if (status < 0 || len < sizeof(o->device)) {
        usb_opening_fail(o, status < 0 ? opening_error(status) : -EBADMSG);
        return;
    }
    memcpy(o->device, data, sizeof(o->device));
    ask_descriptor(o, USB_DT_CONFIG, USB_CONFIG_DESCRIPTOR_LEN, on_config_head);
}

void usb_opening_ask(struct usb_opening *o)
{
    ask_descriptor(o, USB_DT_DEVICE, sizeof(o->device), on_device);
}

/* Finds the configuration with that bConfigurationValue among all. */
static int find_config(const uint8_t *raw, size_t len, uint8_t value,
                       const uint8_t **ret, size_t *ret_len)
{
    size_t total = 0;
    for (size_t at = 0; at < len; at += total) {
        int r = usb_config_total(raw + at, len - at, &total);
        if (r < 0)
            return r;
        total = LK_MIN(total, len - at);
        if (raw[at + 5] == value) {
            *ret = raw + at;
            *ret_len = total;
            return 0;
        }
    }
    return -EBADMSG;
}

static void on_configuration(void *arg, int status, const uint8_t *data,
                             size_t len)
{
    struct usb_opening *o = arg;
    const uint8_t *config = NULL;
    size_t config_len = 0;
    int r = status < 0 ? opening_error(status) : len < 1 ? -EBADMSG : 0;
    if (r == 0)
        r = find_config(o->raw, o->raw_len, data[0], &config, &config_len);
    if (r == 0)
        r = opening_decode(o, config, config_len);
    if (r < 0)
        usb_opening_fail(o, r);
    else
        ask_languages(o);
}

void usb_opening_take(struct usb_opening *o, const uint8_t *raw, size_t len)
{
    if (len <= sizeof(o->device)) {
        usb_opening_fail(o, -EBADMSG);
        return;
    }
    size_t rest = len - sizeof(o->device);
    uint8_t *copy = malloc(rest);
    if (!copy) {
        usb_opening_fail(o, -ENOMEM);
        return;
    }
    memcpy(o->device, raw, sizeof(o->device));
    memcpy(copy, raw + sizeof(o->device), rest);
    o->raw = copy;
    o->raw_len = rest;
    struct usb_setup s = {
        .type = USB_DIR_IN, .request = GET_CONFIGURATION, .length = 1};
    ask(o, s, STEP_MS, on_configuration);
}
