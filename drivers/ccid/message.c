#include "ccid/message.h"

#include <errno.h>
#include <string.h>

enum {
    NOTICE_SLOTS = 0x50,
    NOTICE_HARDWARE = 0x51,
    NOTICE_SLOTS_MAX = 8, /* of those that fit in struct ccid_notice */
};

static uint32_t le32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

int ccid_command_encode(const struct ccid_command *c, uint8_t *ret, size_t cap)
{
    size_t total = CCID_HEADER_LEN + c->len;
    if (c->len > CCID_MESSAGE_MAX - CCID_HEADER_LEN || total > cap)
        return -EMSGSIZE;
    ret[0] = c->type;
    for (unsigned i = 0; i < 4; i++)
        ret[1 + i] = (uint8_t)(c->len >> 8 * i);
    ret[5] = c->slot;
    ret[6] = c->seq;
    memcpy(ret + 7, c->special, sizeof(c->special));
    if (c->len > 0)
        memcpy(ret + CCID_HEADER_LEN, c->data, c->len);
    return (int)total;
}

int ccid_message_len(const uint8_t *bytes, size_t len, size_t *ret)
{
    if (len < CCID_HEADER_LEN)
        return -EAGAIN;
    uint32_t data = le32(bytes + 1);
    if (data > CCID_MESSAGE_MAX - CCID_HEADER_LEN)
        return -EMSGSIZE;
    *ret = CCID_HEADER_LEN + (size_t)data;
    return 0;
}

int ccid_command_decode(const uint8_t *bytes, size_t len,
                        struct ccid_command *ret)
{
    size_t total = 0;
    if (ccid_message_len(bytes, len, &total) < 0 || total != len)
        return -EBADMSG;
    *ret = (struct ccid_command){
        .type = bytes[0],
        .slot = bytes[5],
        .seq = bytes[6],
        .special = {bytes[7], bytes[8], bytes[9]},
        .data = bytes + CCID_HEADER_LEN,
        .len = total - CCID_HEADER_LEN,
    };
    return 0;
}

int ccid_reply_decode(const uint8_t *bytes, size_t len, struct ccid_reply *ret)
{
    size_t total = 0;
    if (ccid_message_len(bytes, len, &total) < 0 || total > len)
        return -EBADMSG;
    uint8_t type = bytes[0];
    uint8_t status = bytes[7];
    /* Bits 2..5 of bStatus are reserved, and some firmware sets them. */
    if (type < CCID_RDR_DATA_BLOCK || type > CCID_RDR_RATE ||
        (status & 3) == 3 || status >> 6 == 3)
        return -EBADMSG;
    *ret = (struct ccid_reply){
        .type = type,
        .slot = bytes[5],
        .seq = bytes[6],
        .icc = (enum ccid_icc)(status & 3),
        .verdict = (enum ccid_verdict)(status >> 6),
        .error = bytes[8],
        .last = bytes[9],
        .data = bytes + CCID_HEADER_LEN,
        .len = total - CCID_HEADER_LEN,
    };
    return 0;
}

/* The answer that belongs to a command (6.1, table 6.1-1). */
static uint8_t reply_type(uint8_t command)
{
    switch (command) {
    case CCID_PC_POWER_ON:
    case CCID_PC_XFR_BLOCK:
    case CCID_PC_SECURE:
        return CCID_RDR_DATA_BLOCK;
    case CCID_PC_GET_PARAMETERS:
    case CCID_PC_SET_PARAMETERS:
        return CCID_RDR_PARAMETERS;
    case CCID_PC_ESCAPE:
        return CCID_RDR_ESCAPE;
    case CCID_PC_SET_RATE:
        return CCID_RDR_RATE;
    default:
        return CCID_RDR_SLOT_STATUS;
    }
}

bool ccid_reply_fits(uint8_t command, const struct ccid_reply *reply)
{
    if (reply->type == reply_type(command))
        return true;
    return reply->type == CCID_RDR_SLOT_STATUS && reply->verdict == CCID_FAILED;
}

int ccid_notice_decode(const uint8_t *bytes, size_t len,
                       struct ccid_notice *ret)
{
    if (len >= 4 && bytes[0] == NOTICE_HARDWARE) {
        *ret = (struct ccid_notice){
            .hardware = true, .slot = bytes[1], .error = bytes[3]};
        return 0;
    }
    if (len < 2 || bytes[0] != NOTICE_SLOTS)
        return -EBADMSG;
    struct ccid_notice n = {0};
    for (unsigned slot = 0; slot < NOTICE_SLOTS_MAX; slot++) {
        size_t at = 1 + slot / 4;
        if (at >= len)
            break;
        unsigned bits = bytes[at] >> 2 * (slot % 4) & 3;
        n.present |= (uint8_t)((bits & 1) << slot);
        n.changed |= (uint8_t)(bits >> 1 << slot);
    }
    *ret = n;
    return 0;
}

const char *ccid_error_words(uint8_t error)
{
    static const struct {
        uint8_t error;
        const char *words;
    } table[] = {
        {0x00, "command not supported"},
        {0x01, "wrong length of a command"},
        {0x05, "no such slot"},
        {0xE0, "slot busy"},
        {0xEF, "PIN entry cancelled on the pad"},
        {0xF0, "no PIN typed in time"},
        {0xF2, "busy with an automatic sequence"},
        {0xF3, "protocol deactivated"},
        {0xF4, "procedure byte conflict"},
        {0xF5, "card class not supported"},
        {0xF6, "card protocol not supported"},
        {0xF7, "wrong check byte of the answer to reset"},
        {0xF8, "wrong first byte of the answer to reset"},
        {0xFB, "hardware error"},
        {0xFC, "overrun while talking to the card"},
        {0xFD, "parity error while talking to the card"},
        {0xFE, "card mute"},
        {0xFF, "command aborted"},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        if (table[i].error == error)
            return table[i].words;
    return error < 0x80 ? "wrong parameter in a command" : "maker's own error";
}
