#include "usb/allow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 128

#define ANY_DEVICE .vendor = -1, .product = -1

const struct usb_allow usb_allow_usual = {
    .rules = 3,
    .rule =
        {
            {USB_ROLE_SCANNER, 7, 1, 4, -1, -1, ""},
            {USB_ROLE_CARD, 11, -1, -1, -1, -1, ""},
            {USB_ROLE_CAMERA, 14, -1, -1, -1, -1, ""},
        },
};

static bool matches(int wanted, int has)
{
    return wanted < 0 || wanted == has;
}

static bool class_matches(const struct usb_rule *r,
                          const struct usb_candidate *c)
{
    for (size_t i = 0; i < c->interfaces; i++) {
        const struct usb_interface_class *k = &c->interface[i];
        if (matches(r->class_code, k->class_code) &&
            matches(r->subclass, k->subclass) &&
            matches(r->protocol, k->protocol))
            return true;
    }
    /* A device whose interfaces are not known yet has none of a class. */
    return r->class_code < 0;
}

const struct usb_rule *usb_allow_find(const struct usb_allow *a,
                                      enum usb_role role,
                                      const struct usb_candidate *c)
{
    for (size_t i = 0; i < a->rules; i++) {
        const struct usb_rule *r = &a->rule[i];
        if (r->role == role && matches(r->vendor, c->vendor) &&
            matches(r->product, c->product) &&
            (r->port[0] == '\0' || strcmp(r->port, c->port) == 0) &&
            class_matches(r, c))
            return r;
    }
    return NULL;
}

/* --- rules as text --- */

/* Reads digits of `base` at *s into *ret: at least one, at most `max_digits`
 * (exactly so many in hex), no greater than `max`. */
static bool take_number(const char **s, int base, int max_digits, int max,
                        int *ret)
{
    const char *digits = base == 16 ? "0123456789abcdef" : "0123456789";
    int value = 0;
    int n = 0;
    for (; n < max_digits && **s != '\0'; n++, (*s)++) {
        const char *digit = strchr(digits, **s);
        if (!digit)
            break;
        value = value * base + (int)(digit - digits);
    }
    if (n == 0 || (base == 16 && n != max_digits) || value > max)
        return false;
    *ret = value;
    return true;
}

static bool take_char(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static bool parse_class(const char *s, struct usb_rule *r)
{
    if (r->class_code >= 0 || !take_number(&s, 10, 3, 255, &r->class_code))
        return false;
    if (take_char(&s, '/') && !take_number(&s, 10, 3, 255, &r->subclass))
        return false;
    if (r->subclass >= 0 && take_char(&s, '/') &&
        !take_number(&s, 10, 3, 255, &r->protocol))
        return false;
    return *s == '\0';
}

static bool parse_id(const char *s, struct usb_rule *r)
{
    if (r->vendor >= 0 || !take_number(&s, 16, 4, 0xffff, &r->vendor))
        return false;
    if (take_char(&s, ':') && !take_number(&s, 16, 4, 0xffff, &r->product))
        return false;
    return *s == '\0';
}

/* A bus, a dash, and the ports of hubs: digits with dots between. */
static bool parse_port(const char *s, struct usb_rule *r)
{
    size_t len = strlen(s);
    if (r->port[0] != '\0' || len == 0 || len >= sizeof(r->port) ||
        strspn(s, "0123456789-.") != len)
        return false;
    memcpy(r->port, s, len + 1);
    return true;
}

static bool parse_role(const char *s, struct usb_rule *r)
{
    static const char *const names[] = {
        [USB_ROLE_SCANNER] = "scanner",
        [USB_ROLE_CARD] = "card",
        [USB_ROLE_CAMERA] = "camera",
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        if (strcmp(s, names[i]) == 0) {
            r->role = (enum usb_role)i;
            return true;
        }
    }
    return false;
}

static bool parse_word(const char *s, struct usb_rule *r)
{
    if (strncmp(s, "class=", 6) == 0)
        return parse_class(s + 6, r);
    if (strncmp(s, "id=", 3) == 0)
        return parse_id(s + 3, r);
    if (strncmp(s, "port=", 5) == 0)
        return parse_port(s + 5, r);
    return false;
}

int usb_allow_add(struct usb_allow *a, const char *text)
{
    struct usb_rule r = {
        .class_code = -1, .subclass = -1, .protocol = -1, ANY_DEVICE};
    char copy[TEXT_MAX];
    size_t len = strlen(text);
    if (len >= sizeof(copy))
        return -EBADMSG;
    memcpy(copy, text, len + 1);
    char *rest = copy;
    char *word = strsep(&rest, " ");
    if (!parse_role(word, &r))
        return -EBADMSG;
    while ((word = strsep(&rest, " "))) {
        if (!parse_word(word, &r))
            return -EBADMSG;
    }
    if (r.class_code < 0 && r.vendor < 0)
        return -EBADMSG;
    if (a->rules == USB_RULES_MAX)
        return -ENOSPC;
    a->rule[a->rules++] = r;
    return 0;
}
