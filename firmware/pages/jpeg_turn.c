/* The orientation that a telephone or camera left in its picture. */
#include "pages/jpeg.h"

#include "base/bytes.h"
#include "pages/limits.h"

#include <string.h>

#define MARKER_SOS 0xda
#define MARKER_APP1 0xe1
#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define MARKERS_MAX 64

static uint32_t number(const uint8_t *p, size_t bytes, bool little)
{
    uint32_t v = 0;
    for (size_t i = 0; i < bytes; i++)
        v |= (uint32_t)p[i] << 8 * (little ? i : bytes - 1 - i);
    return v;
}

static unsigned turn_of(uint32_t orientation)
{
    switch (orientation) { /* Exif 2.32, 4.6.4 */
    case 3:
    case 4:
        return 2;
    case 5:
    case 6:
        return 1;
    case 7:
    case 8:
        return 3;
    default:
        return 0;
    }
}

/* `at` begins with the TIFF header. */
static unsigned tiff_turn(const uint8_t *at, size_t len)
{
    if (len < 14 ||
        (memcmp(at, "II*\0", 4) != 0 && memcmp(at, "MM\0*", 4) != 0))
        return 0;
    bool little = at[0] == 'I';
    size_t dir = number(at + 4, 4, little);
    if (dir > len - 2)
        return 0;
    size_t n = number(at + dir, 2, little);
    n = LK_MIN(n, (len - dir - 2) / 12);
    for (size_t i = 0; i < LK_MIN(n, (size_t)PAGES_EXIF_ENTRIES_MAX); i++) {
        const uint8_t *entry = at + dir + 2 + i * 12;
        if (number(entry, 2, little) == TAG_ORIENTATION &&
            number(entry + 2, 2, little) == TYPE_SHORT)
            return turn_of(number(entry + 8, 2, little));
    }
    return 0;
}

unsigned pages_jpeg_turn(const uint8_t *data, size_t len)
{
    struct lk_reader r = lk_reader(data, len);
    if (lk_read_u16(&r) != 0xffd8)
        return 0;
    for (int i = 0; i < MARKERS_MAX; i++) {
        uint8_t ff = lk_read_u8(&r);
        uint8_t marker = lk_read_u8(&r);
        uint16_t size = lk_read_u16(&r);
        if (r.bad || ff != 0xff || marker == MARKER_SOS || size < 2)
            return 0;
        const uint8_t *body = lk_read_bytes(&r, size - 2U);
        if (!body || r.bad)
            return 0;
        if (marker == MARKER_APP1 && size >= 8 &&
            memcmp(body, "Exif\0", 6) == 0)
            return tiff_turn(body + 6, size - 8U);
    }
    return 0;
}
