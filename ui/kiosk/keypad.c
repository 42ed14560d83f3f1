#include "kiosk/keypad.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define DEFAULT_DELAY_MS 2000
#define DEFAULT_EVERY_MS 500

/* Ranges that the file may choose from, ms. EN 301 549, 5.7: a delay of 2 s
 * and one stroke in 2 s must be possible; 5.8: 0.5 s. */
#define DELAY_MOST_MS 10000
#define EVERY_LEAST_MS 50
#define EVERY_MOST_MS 10000
#define STRIKE_MOST_MS 2000

/* Key names and usages. Letters, digits and F keys are computed. */
static const struct {
    const char *name;
    uint8_t usage;
} names[] = {
    {"Return", 0x28},   {"Escape", 0x29},       {"Backspace", 0x2A},
    {"Tab", 0x2B},      {"Space", 0x2C},        {"Insert", 0x49},
    {"Home", 0x4A},     {"PageUp", 0x4B},       {"Delete", 0x4C},
    {"End", 0x4D},      {"PageDown", 0x4E},     {"Right", 0x4F},
    {"Left", 0x50},     {"Down", 0x51},         {"Up", 0x52},
    {"Keypad /", 0x54}, {"Keypad *", 0x55},     {"Keypad -", 0x56},
    {"Keypad +", 0x57}, {"Keypad Enter", 0x58}, {"Keypad 1", 0x59},
    {"Keypad 2", 0x5A}, {"Keypad 3", 0x5B},     {"Keypad 4", 0x5C},
    {"Keypad 5", 0x5D}, {"Keypad 6", 0x5E},     {"Keypad 7", 0x5F},
    {"Keypad 8", 0x60}, {"Keypad 9", 0x61},     {"Keypad 0", 0x62},
    {"Keypad .", 0x63}, {"Help", 0x75},         {"Menu", 0x76},
    {"Select", 0x77},   {"Again", 0x79},        {"Mute", 0x7F},
    {"VolumeUp", 0x80}, {"VolumeDown", 0x81},
};

static const char *const actions[KIOSK_PADS] = {
    [KIOSK_PAD_NONE] = "",
    [KIOSK_PAD_NEXT] = "next",
    [KIOSK_PAD_PREVIOUS] = "previous",
    [KIOSK_PAD_SELECT] = "select",
    [KIOSK_PAD_BACK] = "back",
    [KIOSK_PAD_HELP] = "help",
    [KIOSK_PAD_SPEECH] = "speech",
    [KIOSK_PAD_REPEAT] = "repeat",
    [KIOSK_PAD_FASTER] = "faster",
    [KIOSK_PAD_SLOWER] = "slower",
    [KIOSK_PAD_VOLUME_UP] = "volume-up",
    [KIOSK_PAD_VOLUME_DOWN] = "volume-down",
    [KIOSK_PAD_TEXT_SIZE] = "text-size",
    [KIOSK_PAD_CONTRAST] = "contrast",
};

/* F1..F12 and F13..F24. */
static uint8_t function_usage(int n)
{
    if (n < 1 || n > 24)
        return 0;
    return (uint8_t)(n <= 12 ? 0x3A + n - 1 : 0x68 + n - 13);
}

/* The usage of a key's name, 0 for none. */
static uint8_t usage_of(const char *name)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].usage;
    size_t len = strlen(name);
    char c = name[0];
    if (len == 1 && c >= 'A' && c <= 'Z')
        return (uint8_t)(0x04 + c - 'A');
    if (len == 1 && c >= '0' && c <= '9')
        return (uint8_t)(c == '0' ? 0x27 : 0x1E + c - '1');
    bool digits = c == 'F' && (len == 2 || len == 3) && name[1] != '0' &&
                  strspn(name + 1, "0123456789") == len - 1;
    return digits ? function_usage((int)strtol(name + 1, NULL, 10)) : 0;
}

void kiosk_keypad_default(struct kiosk_keypad *ret)
{
    static const enum kiosk_pad f13[] = {
        KIOSK_PAD_PREVIOUS,  KIOSK_PAD_NEXT,     KIOSK_PAD_SELECT,
        KIOSK_PAD_BACK,      KIOSK_PAD_HELP,     KIOSK_PAD_SPEECH,
        KIOSK_PAD_REPEAT,    KIOSK_PAD_SLOWER,   KIOSK_PAD_FASTER,
        KIOSK_PAD_TEXT_SIZE, KIOSK_PAD_CONTRAST,
    };
    *ret = (struct kiosk_keypad){.repeat_delay_ms = DEFAULT_DELAY_MS,
                                 .repeat_every_ms = DEFAULT_EVERY_MS};
    for (int i = 0; i < (int)LK_ARRAY_LEN(f13); i++)
        ret->does[function_usage(13 + i)] = (uint8_t)f13[i];
    ret->does[usage_of("VolumeUp")] = KIOSK_PAD_VOLUME_UP;
    ret->does[usage_of("VolumeDown")] = KIOSK_PAD_VOLUME_DOWN;
}

/* A file while it is read. */
struct reading {
    struct kiosk_keypad pad;
    int keys;
    char reason[KIOSK_KEYPAD_REASON_MAX];
};

LK_PRINTF(2, 3) static int wrong(struct reading *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(r->reason, sizeof(r->reason), fmt, args);
    va_end(args);
    /* A name from the file could bring a line break along. */
    for (char *c = r->reason; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    return -EBADMSG;
}

/* One key: its name, or its usage as a number. */
static int read_key(struct reading *r, enum kiosk_pad does, const json_t *key)
{
    json_int_t usage = 0;
    if (json_is_integer(key))
        usage = json_integer_value(key);
    else if (json_is_string(key))
        usage = usage_of(json_string_value(key));
    if (usage < KIOSK_USAGE_MIN || usage > KIOSK_USAGE_MAX)
        return wrong(r, "keys.%s: not a key's name or usage", actions[does]);
    if (r->pad.does[usage] != KIOSK_PAD_NONE)
        return wrong(r, "keys.%s: the key has a meaning already",
                     actions[does]);
    if (r->keys == KIOSK_KEYPAD_KEYS_MAX)
        return wrong(r, "keys: more than %d", KIOSK_KEYPAD_KEYS_MAX);
    r->keys++;
    r->pad.does[usage] = (uint8_t)does;
    return 0;
}

static enum kiosk_pad action_find(const char *name)
{
    for (int i = KIOSK_PAD_NONE + 1; i < KIOSK_PADS; i++)
        if (strcmp(actions[i], name) == 0)
            return (enum kiosk_pad)i;
    return KIOSK_PAD_NONE;
}

static int read_action(struct reading *r, const char *name, const json_t *list)
{
    enum kiosk_pad does = action_find(name);
    if (does == KIOSK_PAD_NONE)
        return wrong(r, "keys: no action \"%.40s\"", name);
    if (!json_is_array(list) || json_array_size(list) == 0)
        return wrong(r, "keys.%s: not a list of keys", name);
    int e = 0;
    for (size_t i = 0; i < json_array_size(list) && e == 0; i++)
        e = read_key(r, does, json_array_get(list, i));
    return e;
}

/* What a keypad cannot do without. */
static int read_missing(struct reading *r, const json_t *keys)
{
    for (int i = KIOSK_PAD_NEXT; i <= KIOSK_PAD_BACK; i++)
        if (!json_object_get(keys, actions[i]))
            return wrong(r, "keys.%s: missing", actions[i]);
    return 0;
}

static int read_keys(struct reading *r, json_t *keys)
{
    const char *name;
    json_t *list;
    int e = 0;
    if (!json_is_object(keys))
        return wrong(r, "keys: not an object");
    json_object_foreach(keys, name, list)
    {
        e = read_action(r, name, list);
        if (e < 0)
            return e;
    }
    return read_missing(r, keys);
}

static int read_number(struct reading *r, const char *name, const json_t *v,
                       uint32_t least, uint32_t most, uint32_t *ret)
{
    json_int_t n = json_is_integer(v) ? json_integer_value(v) : -1;
    if (n < least || n > most)
        return wrong(r, "%s: not %u..%u", name, least, most);
    *ret = (uint32_t)n;
    return 0;
}

static int read_member(struct reading *r, const char *name, json_t *v)
{
    if (strcmp(name, "keys") == 0)
        return read_keys(r, v);
    if (strcmp(name, "repeat_delay_ms") == 0)
        return read_number(r, name, v, 0, DELAY_MOST_MS,
                           &r->pad.repeat_delay_ms);
    if (strcmp(name, "repeat_every_ms") == 0)
        return read_number(r, name, v, EVERY_LEAST_MS, EVERY_MOST_MS,
                           &r->pad.repeat_every_ms);
    if (strcmp(name, "double_strike_ms") == 0)
        return read_number(r, name, v, 0, STRIKE_MOST_MS,
                           &r->pad.double_strike_ms);
    return wrong(r, "no member \"%.40s\"", name);
}

static int read_file(struct reading *r, json_t *file)
{
    const char *name;
    json_t *v;
    if (!json_is_object(file))
        return wrong(r, "not an object");
    if (!json_object_get(file, "keys"))
        return wrong(r, "keys: missing");
    json_object_foreach(file, name, v)
    {
        int e = read_member(r, name, v);
        if (e < 0)
            return e;
    }
    return 0;
}

int kiosk_keypad_parse(const char *text, size_t len, struct kiosk_keypad *ret,
                       struct kiosk_keypad_error *ret_error)
{
    json_error_t e;
    struct reading r = {.pad = {.repeat_delay_ms = DEFAULT_DELAY_MS,
                                .repeat_every_ms = DEFAULT_EVERY_MS}};
    if (len > KIOSK_KEYPAD_LEN_MAX) {
        wrong(&r, "longer than %d bytes", KIOSK_KEYPAD_LEN_MAX);
        *ret_error = (struct kiosk_keypad_error){0};
        memcpy(ret_error->reason, r.reason, sizeof(r.reason));
        return -EBADMSG;
    }
    json_t *file = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);
    int error = 0;
    if (file)
        error = read_file(&r, file);
    else
        error = wrong(&r, "%.100s", e.text);
    if (error == 0)
        *ret = r.pad;
    else
        *ret_error = (struct kiosk_keypad_error){.line = file ? 0 : e.line};
    if (error < 0)
        memcpy(ret_error->reason, r.reason, sizeof(r.reason));
    json_decref(file);
    return error;
}

bool kiosk_strokes_take(struct kiosk_strokes *s, const struct kiosk_keypad *k,
                        const char *what, int64_t now_us)
{
    int64_t rest_us = (int64_t)k->double_strike_ms * 1000;
    bool same = *what && strcmp(s->last, what) == 0;
    if (same && now_us - s->last_us < rest_us)
        return false;
    snprintf(s->last, sizeof(s->last), "%s", what);
    s->last_us = now_us;
    return true;
}

void kiosk_strokes_hold(struct kiosk_strokes *s, const struct kiosk_keypad *k,
                        const char *what, int64_t now_us)
{
    kiosk_strokes_release(s);
    if (k->repeat_delay_ms == 0)
        return;
    snprintf(s->held, sizeof(s->held), "%s", what);
    s->next_us = now_us + (int64_t)k->repeat_delay_ms * 1000;
}

void kiosk_strokes_release(struct kiosk_strokes *s)
{
    s->held[0] = '\0';
}

bool kiosk_strokes_due(struct kiosk_strokes *s, const struct kiosk_keypad *k,
                       int64_t now_us)
{
    if (!s->held[0] || now_us < s->next_us)
        return false;
    s->next_us = now_us + (int64_t)k->repeat_every_ms * 1000;
    return true;
}

int64_t kiosk_strokes_next_us(const struct kiosk_strokes *s)
{
    return s->held[0] ? s->next_us : INT64_MAX;
}
