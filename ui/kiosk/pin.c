#include "kiosk/pin.h"

#include "kiosk/ui_priv.h"

#include <stdio.h>
#include <string.h>

/* A button of the pad, or -1. */
static int pad_find(const struct kiosk_ui *ui, const char *id)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int i = kiosk_tree_find(t, id);
    return i >= 0 && !kiosk_tree_covered(t, i) ? i : -1;
}

bool kiosk_pin_type(struct kiosk_ui *ui, const char *text)
{
    char id[16];
    if (pad_find(ui, "pin-pad") < 0)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            continue;
        snprintf(id, sizeof(id), "pin-%c", *text);
        int i = pad_find(ui, id);
        if (i >= 0)
            kiosk_input_activate(ui, i);
    }
    explicit_bzero(id, sizeof(id));
    return true;
}

bool kiosk_pin_key(struct kiosk_ui *ui, enum kiosk_key key, bool focused)
{
    const char *id = NULL;
    if (key == KIOSK_KEY_BACKSPACE || key == KIOSK_KEY_DELETE)
        id = "pin-back";
    else if (key == KIOSK_KEY_ENTER && !focused)
        id = "pin-ok";
    int i = id && pad_find(ui, "pin-pad") >= 0 ? pad_find(ui, id) : -1;
    if (i < 0)
        return false;
    kiosk_input_activate(ui, i);
    return true;
}

bool kiosk_pin_over(const struct session_view *was,
                    const struct session_view *is)
{
    return is->screen == SESSION_IDENTIFY &&
           was->identity.phase != is->identity.phase;
}
