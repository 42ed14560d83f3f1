#include "ccid/class.h"

#include "ccid/message.h"

#include <errno.h>

enum {
    CLOCK_MIN_KHZ = 1000, /* ISO/IEC 7816-3, 5.2.3: 1 MHz and more */
    CLOCK_MAX_KHZ = 20000,
    DATA_MIN = 32, /* bytes: an ATR has to fit in a message */
};

static uint32_t le32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

int ccid_class_decode(const uint8_t *b, size_t len, struct ccid_class *ret)
{
    if (len < CCID_CLASS_DESCRIPTOR_LEN || b[0] < CCID_CLASS_DESCRIPTOR_LEN ||
        b[1] != CCID_CLASS_DESCRIPTOR)
        return -EBADMSG;
    struct ccid_class c = {
        .release = (uint16_t)(b[2] | b[3] << 8),
        .slots = b[4] == 255 ? 255 : (uint8_t)(b[4] + 1),
        .busy_slots = b[53] == 0 ? 1 : b[53],
        .voltages = b[5] & 7,
        .pad = b[52] & (CCID_PAD_VERIFY | CCID_PAD_MODIFY),
        .protocols = le32(b + 6),
        .clock_khz = le32(b + 10),
        .rate_max = le32(b + 23),
        .ifsd_max = le32(b + 28),
        .features = le32(b + 40),
        .message_max = le32(b + 44),
    };
    if (c.message_max < CCID_HEADER_LEN + DATA_MIN)
        return -EBADMSG;
    c.message_max = LK_MIN(c.message_max, (uint32_t)CCID_MESSAGE_MAX);
    if (c.clock_khz < CLOCK_MIN_KHZ || c.clock_khz > CLOCK_MAX_KHZ)
        c.clock_khz = CCID_CLOCK_KHZ;
    *ret = c;
    return 0;
}
