#include "ccid/pin.h"

#include <string.h>

enum {
    HEAD_LEN = 5,
    DIGITS_MAX = 15,
    TIMEOUT_MAX_S = 30,
    VERIFY = 0,
    MODIFY = 1,
    UNITS_BYTES = 0x80,  /* bmFormatString b8: positions are in bytes */
    WHEN_ENTER = 0x02,   /* bEntryValidationCondition: the key "OK" */
    MESSAGE_DEFAULT = 1, /* bNumberMessage: one message */
    CONFIRM_NEW = 1,
    CONFIRM_OLD = 2,
};

static bool offset_sane(const struct ccid_pin *p, uint8_t offset)
{
    return HEAD_LEN + (size_t)offset + p->block_len <= p->len;
}

bool ccid_pin_sane(const struct ccid_pin *p, bool modify)
{
    if (!p->apdu || p->len < HEAD_LEN || p->len > CCID_PIN_TEMPLATE_MAX ||
        p->apdu[4] != p->len - HEAD_LEN)
        return false;
    if (p->coding > CCID_PIN_ASCII || p->block_len < 1 ||
        p->block_len > DIGITS_MAX)
        return false;
    if (p->digits_min < 1 || p->digits_min > p->digits_max ||
        p->digits_max > DIGITS_MAX)
        return false;
    if (p->timeout_s < 1 || p->timeout_s > TIMEOUT_MAX_S)
        return false;
    if (!offset_sane(p, p->new_offset) || (!modify && p->new_offset != 0))
        return false;
    return !modify || !p->ask_old || offset_sane(p, p->old_offset);
}

/* Messages for the pad to show: one to verify; to modify one for each PIN. */
static uint8_t messages(const struct ccid_pin *p, bool modify,
                        const struct ccid_quirk *q)
{
    if (q->flags & CCID_QUIRK_NO_MESSAGE)
        return 0;
    if (!modify)
        return MESSAGE_DEFAULT;
    return (uint8_t)(1 + (p->ask_old ? 1 : 0) + (p->confirm ? 1 : 0));
}

/* wPINMaxExtraDigit: longest PIN in the first byte, shortest in the second,
 * little-endian as a word (6.1.11.4). */
static void digits(uint8_t *b, const struct ccid_pin *p,
                   const struct ccid_quirk *q)
{
    bool swapped = (q->flags & CCID_QUIRK_DIGITS_SWAPPED) != 0;
    b[0] = swapped ? p->digits_min : p->digits_max;
    b[1] = swapped ? p->digits_max : p->digits_min;
}

size_t ccid_pin_block(const struct ccid_pin *p, bool modify,
                      const struct ccid_quirk *q, const uint8_t prologue[3],
                      uint8_t ret[CCID_PIN_BLOCK_MAX])
{
    size_t n = 0;
    uint8_t count = messages(p, modify, q);
    ret[n++] = modify ? MODIFY : VERIFY;
    ret[n++] = p->timeout_s;
    ret[n++] = (uint8_t)(UNITS_BYTES | p->coding); /* left justified, at 0 */
    ret[n++] = p->block_len; /* bmPINBlockString: no length field */
    ret[n++] = 0;            /* bmPINLengthFormat */
    if (modify) {
        ret[n++] = p->ask_old ? p->old_offset : 0;
        ret[n++] = p->new_offset;
    }
    digits(ret + n, p, q);
    n += 2;
    if (modify)
        ret[n++] = (uint8_t)((p->confirm ? CONFIRM_NEW : 0) |
                             (p->ask_old ? CONFIRM_OLD : 0));
    ret[n++] = WHEN_ENTER;
    ret[n++] = count;
    ret[n++] = (uint8_t)p->language;
    ret[n++] = (uint8_t)(p->language >> 8);
    /* 6.1.11.7: as many indices as messages; some firmware wants all three. */
    uint8_t indices = count;
    if (!modify || indices == 0)
        indices = 1;
    if (modify && q->flags & CCID_QUIRK_ALL_MESSAGES)
        indices = 3;
    for (uint8_t i = 0; i < indices; i++)
        ret[n++] = (uint8_t)(count ? p->message + i : 0);
    memcpy(ret + n, prologue, 3);
    n += 3;
    memcpy(ret + n, p->apdu, p->len);
    return n + p->len;
}
