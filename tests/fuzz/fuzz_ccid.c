/* Everything that a reader says: class descriptor, answers, interrupts. */
#include "ccid/class.h"
#include "ccid/message.h"
#include "ccid/quirks.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void class_take(const uint8_t *data, size_t size)
{
    struct ccid_class c;
    struct ccid_quirk q;
    if (size < 6 || ccid_class_decode(data, size, &c) < 0)
        return;
    ccid_quirks_find((uint16_t)(data[2] << 8 | data[3]),
                     (uint16_t)(data[4] << 8 | data[5]), 0x0100, &q);
    ccid_quirks_apply(&q, &c);
    if (c.message_max > CCID_MESSAGE_MAX || c.busy_slots == 0 || c.slots == 0 ||
        c.clock_khz < 1000 || c.clock_khz > 20000)
        abort();
}

static void reply_take(const uint8_t *data, size_t size)
{
    struct ccid_reply r;
    size_t total = 0;
    int known = ccid_message_len(data, size, &total);
    if (ccid_reply_decode(data, size, &r) < 0)
        return;
    if (known < 0 || total > size || r.data != data + CCID_HEADER_LEN ||
        r.len != total - CCID_HEADER_LEN || r.icc > CCID_ICC_NONE ||
        r.verdict > CCID_MORE_TIME || strlen(ccid_error_words(r.error)) == 0)
        abort();
    for (unsigned t = 0x60; t < 0x80; t++)
        (void)ccid_reply_fits((uint8_t)t, &r);
}

static void command_take(const uint8_t *data, size_t size)
{
    static uint8_t back[CCID_MESSAGE_MAX];
    struct ccid_command c;
    if (ccid_command_decode(data, size, &c) < 0)
        return;
    int n = ccid_command_encode(&c, back, sizeof(back));
    if (n < 0 || (size_t)n != size || memcmp(back, data, size) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ccid_notice n;
    class_take(data, size);
    reply_take(data, size);
    command_take(data, size);
    if (ccid_notice_decode(data, size, &n) == 0 && n.hardware && n.changed)
        abort();
    return 0;
}
