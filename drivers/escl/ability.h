/* ability.h - what an eSCL scanner can do: its capabilities, decoded.
 *
 * Spec: Mopria eSCL Technical Specification 2.97, 6.2 (ScannerCapabilities).
 * Pure: no I/O, any thread. Total: any bytes give an ability or an error.
 */
#ifndef LUUKKU_ESCL_ABILITY_H
#define LUUKKU_ESCL_ABILITY_H

#include "base/defs.h"

#include <stdbool.h>

#define ESCL_RESOLUTIONS_MAX 16 /* kept of one source */
#define ESCL_NAME_MAX 128       /* bytes, UTF-8, the NUL included */

enum escl_source {
    ESCL_PLATEN,        /* flatbed, one page */
    ESCL_FEEDER,        /* one side of each sheet */
    ESCL_FEEDER_DUPLEX, /* both sides */
    ESCL_SOURCES,
};

enum escl_mode {
    ESCL_COLOUR, /* RGB24 */
    ESCL_GREY,   /* Grayscale8 */
    ESCL_BLACK,  /* BlackAndWhite1 */
    ESCL_MODES,
};

enum escl_format {
    ESCL_JPEG,
    ESCL_PDF,
    ESCL_PNG, /* may come although it was not asked for */
    ESCL_FORMATS,
};

/* A rectangle in hundredths of a millimetre, from the source's top left. */
struct escl_area {
    uint32_t x, y;
    uint32_t width, height;
};

/* One source. Lengths in hundredths of a millimetre. */
struct escl_source_ability {
    bool present;
    uint32_t min_width, min_height;
    uint32_t max_width, max_height;
    unsigned modes;   /* bit 1u << enum escl_mode */
    unsigned formats; /* bit 1u << enum escl_format */
    size_t resolutions;
    uint16_t dpi[ESCL_RESOLUTIONS_MAX]; /* rising, x and y alike */
};

struct escl_ability {
    char version[16];          /* of eSCL, "2.63"; "" not said */
    char model[ESCL_NAME_MAX]; /* make and model; "" not said */
    char serial[ESCL_NAME_MAX];
    struct escl_source_ability source[ESCL_SOURCES];
};

/* Decodes a ScannerCapabilities document of `len` bytes.
 *
 * ret     filled on success only
 * Errors  -EBADMSG no well-formed document of that kind, or one with a DTD;
 *         -EMSGSIZE too large, too deep or too many elements; -ENOENT no source
 *         that can be used; -ENOMEM
 */
int escl_ability_decode(const void *xml, size_t len,
                        struct escl_ability *ret) LK_MUST_CHECK;

#endif
