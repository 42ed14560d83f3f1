/* judge.c - what counts as headphones. */
#include "headset/headset.h"

#include <string.h>
#include <strings.h>

int headset_judge(const struct headset_card cards[HEADSET_CARDS_MAX])
{
    for (int i = 0; i < HEADSET_CARDS_MAX; i++)
        if (cards[i].there && cards[i].usb && (cards[i].late || cards[i].named))
            return i;
    for (int i = 0; i < HEADSET_CARDS_MAX; i++)
        if (cards[i].there && cards[i].jack)
            return i;
    return -1;
}

bool headset_named(const char *name)
{
    return strcasestr(name, "headset") || strcasestr(name, "headphone") ||
           strcasestr(name, "earphone");
}

bool headset_is_jack(const char *control)
{
    size_t len = strlen(control);
    static const char end[] = " Jack";
    return len > strlen(end) && strcmp(control + len - strlen(end), end) == 0 &&
           !strstr(control, "Mic") && !strstr(control, "Line") &&
           (strstr(control, "Headphone") || strstr(control, "Headset"));
}
