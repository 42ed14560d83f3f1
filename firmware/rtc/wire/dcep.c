#include "rtc/wire/dcep.h"

#include "base/bytes.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* Channel types: the low bits are the reliability, 0x80 means unordered. */
#define DCEP_UNORDERED 0x80u

static int take_text(struct lk_reader *r, size_t len, char *ret)
{
    const uint8_t *s = lk_read_bytes(r, len);
    if (!s || !lk_utf8_valid(s, len) || memchr(s, 0, len))
        return -EBADMSG;
    memcpy(ret, s, len);
    ret[len] = '\0';
    return 0;
}

static int parse_open(struct lk_reader *r, struct rtc_dcep_open *ret)
{
    struct rtc_dcep_open o = {0};
    uint8_t type = lk_read_u8(r);
    o.priority = lk_read_u16(r);
    o.parameter = lk_read_u32(r);
    size_t label_len = lk_read_u16(r);
    size_t protocol_len = lk_read_u16(r);
    if (r->bad || r->left != label_len + protocol_len)
        return -EBADMSG;
    if (label_len >= RTC_DCEP_LABEL_MAX ||
        protocol_len >= RTC_DCEP_PROTOCOL_MAX)
        return -EMSGSIZE;
    unsigned reliability = type & ~DCEP_UNORDERED;
    if (reliability > RTC_DCEP_LIFETIME)
        return -EPROTONOSUPPORT;
    o.reliability = (enum rtc_dcep_reliability)reliability;
    o.unordered = (type & DCEP_UNORDERED) != 0;
    if (o.reliability == RTC_DCEP_RELIABLE)
        o.parameter = 0; /* section 5.1: ignored */
    if (take_text(r, label_len, o.label) < 0 ||
        take_text(r, protocol_len, o.protocol) < 0)
        return -EBADMSG;
    *ret = o;
    return RTC_DCEP_OPEN;
}

int rtc_dcep_parse(const uint8_t *data, size_t len, struct rtc_dcep_open *ret)
{
    struct lk_reader r = lk_reader(data, len);
    uint8_t kind = lk_read_u8(&r);
    if (r.bad)
        return -EBADMSG;
    if (kind == RTC_DCEP_OPEN)
        return parse_open(&r, ret);
    if (kind != RTC_DCEP_ACK)
        return -EPROTONOSUPPORT;
    return r.left == 0 ? RTC_DCEP_ACK : -EBADMSG;
}

int rtc_dcep_write_open(const struct rtc_dcep_open *open, uint8_t *ret,
                        size_t cap)
{
    size_t label_len = strnlen(open->label, sizeof(open->label));
    size_t protocol_len = strnlen(open->protocol, sizeof(open->protocol));
    if (label_len == sizeof(open->label) ||
        protocol_len == sizeof(open->protocol) ||
        !lk_utf8_valid(open->label, label_len) ||
        !lk_utf8_valid(open->protocol, protocol_len))
        return -EINVAL;
    struct lk_writer w = lk_writer(ret, cap);
    unsigned type = (unsigned)open->reliability;
    if (open->unordered)
        type |= DCEP_UNORDERED;
    lk_write_u8(&w, RTC_DCEP_OPEN);
    lk_write_u8(&w, (uint8_t)type);
    lk_write_u16(&w, open->priority);
    lk_write_u32(&w,
                 open->reliability == RTC_DCEP_RELIABLE ? 0 : open->parameter);
    lk_write_u16(&w, (uint16_t)label_len);
    lk_write_u16(&w, (uint16_t)protocol_len);
    lk_write_bytes(&w, open->label, label_len);
    lk_write_bytes(&w, open->protocol, protocol_len);
    return lk_writer_end(&w);
}

int rtc_dcep_write_ack(uint8_t *ret, size_t cap)
{
    if (cap < 1)
        return -EMSGSIZE;
    ret[0] = RTC_DCEP_ACK;
    return 1;
}
