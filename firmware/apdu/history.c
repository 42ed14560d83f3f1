#include "apdu/history.h"

#define CAPABILITIES 7
#define CHAINING 0x80 /* of the third byte of the capabilities */
#define EXTENDED 0x40

struct card_history card_history_read(const uint8_t *bytes, size_t len)
{
    struct card_history h = {.compact = false};
    /* Category 00 ends in three bytes of status, 80 has only objects. */
    if (len == 0 || (bytes[0] != 0x00 && bytes[0] != 0x80))
        return h;
    size_t end = bytes[0] == 0x00 && len >= 4 ? len - 3 : len;
    h.compact = true;
    for (size_t at = 1; at < end;) {
        unsigned tag = bytes[at] >> 4;
        size_t n = bytes[at] & 0xf;
        at++;
        if (n > end - at)
            break;
        if (tag == CAPABILITIES && n >= 3) {
            h.chaining = (bytes[at + 2] & CHAINING) != 0;
            h.extended = (bytes[at + 2] & EXTENDED) != 0;
        }
        at += n;
    }
    return h;
}
