#include "usb/allow/allow.h"

#include <stdbool.h>
#include <string.h>

#define CLASS_HUB 9 /* USB 2.0, section 11.23.1 */

static bool has_class(const struct usb_candidate *c, uint8_t class_code)
{
    for (size_t i = 0; i < c->interfaces; i++)
        if (c->interface_class[i] == class_code)
            return true;
    return false;
}

static bool rule_fits(const struct usb_rule *r, const struct usb_candidate *c)
{
    return (r->vendor < 0 || r->vendor == c->vendor) &&
           (r->product < 0 || r->product == c->product) &&
           (r->port[0] == 0 || strcmp(r->port, c->port) == 0);
}

size_t usb_allow_find(const struct usb_allow *a, const struct usb_candidate *c)
{
    if (c->class_code == CLASS_HUB)
        return a->rules;
    bool of_class = has_class(c, a->class_code);
    size_t i = 0;
    while (i < a->rules && !(rule_fits(&a->rule[i], c) &&
                             (of_class || a->rule[i].product >= 0)))
        i++;
    return i;
}
