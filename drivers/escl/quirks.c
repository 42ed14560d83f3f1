#include "escl/quirks.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* One scanner or family: its names contain these words (case aside). Every row
 * has its source. */
struct row {
    const char *maker; /* "" any */
    const char *model;
    unsigned quirks;
};

static const struct row table[] = {
    /* eSCL requests hang when both interfaces are in use.
     * ipp-usb, ipp-usb-quirks/HP.conf. */
    {"HP", "ScanJet Pro 4500 fn1", ESCL_QUIRK_ONE_INTERFACE},
    /* Hangs for good some minutes after more than one interface was used.
     * ipp-usb, ipp-usb-quirks/Brother.conf. */
    {"Brother", "QL-810W", ESCL_QUIRK_ONE_INTERFACE},
    /* Does not answer at first after a long time without power.
     * github.com/OpenPrinting/ipp-usb/issues/75. */
    {"HP", "OfficeJet Pro 8710", ESCL_QUIRK_SOFT_RESET},
    {"HP", "OfficeJet Pro 8730", ESCL_QUIRK_SOFT_RESET},
    /* Start of many seconds, answers 503 or 404 or nothing meanwhile.
     * github.com/OpenPrinting/ipp-usb/issues/32 and /64. */
    {"HP", "Color LaserJet Flow", ESCL_QUIRK_SLOW_WAKE},
    {"HP", "MFP M578", ESCL_QUIRK_SLOW_WAKE},
    /* Needs long to warm up after a restart. ipp-usb,
     * ipp-usb-quirks/HP.conf. */
    {"HP", "LaserJet M406", ESCL_QUIRK_SLOW_WAKE},
    /* In its sleep it cannot tell its own name. ipp-usb,
     * ipp-usb-quirks/Xerox.conf. */
    {"Xerox", "B210", ESCL_QUIRK_SLOW_WAKE},
    /* Says 404 when the next page is asked for without a pause.
     * github.com/alexpevzner/sane-airscan/issues/39. */
    {"Brother", "MFC-L2710DW", ESCL_QUIRK_NEXT_DELAY},
    /* A gateway: says "feeder empty" whenever no scan runs.
     * github.com/SimulPiscator/AirSane/issues/136. */
    {"", "fi-6130dj", ESCL_QUIRK_EMPTY_LIES},
};

/* USB says "Hewlett-Packard" as often as "HP". */
static bool made_by(const char *maker, const char *manufacturer,
                    const char *model)
{
    return strcasestr(manufacturer, maker) || strcasestr(model, maker) ||
           (strcmp(maker, "HP") == 0 &&
            strcasestr(manufacturer, "Hewlett-Packard"));
}

unsigned escl_quirks(const char *manufacturer, const char *model)
{
    unsigned quirks = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        if (made_by(table[i].maker, manufacturer, model) &&
            strcasestr(model, table[i].model))
            quirks |= table[i].quirks;
    return quirks;
}
