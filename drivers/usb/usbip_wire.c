#include "usb/usbip_wire.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

#define VERSION 0x0111
#define PATH_LEN 256
#define DEVICE_AT (PATH_LEN + IP_BUSID_LEN) /* busnum */

/* URB_DIR_IN of Linux. The kernel sets it on its own; a server in user space
 * may go by it alone. */
#define FLAG_IN 0x200

/* Linux' numbers, which are the protocol's whatever machine this is. */
#define LINUX_ENOENT 2
#define LINUX_ENODEV 19
#define LINUX_EPIPE 32
#define LINUX_EOVERFLOW 75
#define LINUX_ECONNRESET 104
#define LINUX_ESHUTDOWN 108
#define LINUX_ETIMEDOUT 110
#define LINUX_ERRNO_MAX 4095

void ip_put_op(uint8_t ret[IP_OP_LEN], enum ip_op op)
{
    lk_put_u16(ret, VERSION);
    lk_put_u16(ret + 2, (uint16_t)op);
    lk_put_u32(ret + 4, 0);
}

void ip_put_import(uint8_t ret[IP_IMPORT_LEN], const char *busid)
{
    memset(ret, 0, IP_IMPORT_LEN);
    ip_put_op(ret, IP_OP_IMPORT);
    memcpy(ret + IP_OP_LEN, busid, strnlen(busid, IP_BUSID_LEN - 1));
}

int ip_check_op(const uint8_t head[IP_OP_LEN], enum ip_op op)
{
    if (lk_get_u16(head) != VERSION ||
        lk_get_u16(head + 2) != ((uint16_t)op & ~IP_OP_REPLY_BIT))
        return -EBADMSG;
    return lk_get_u32(head + 4) == 0 ? 0 : -ENODEV;
}

int ip_get_remote(const uint8_t raw[IP_DEVICE_LEN], struct ip_remote *ret)
{
    const uint8_t *busid = raw + PATH_LEN;
    if (!memchr(busid, 0, IP_BUSID_LEN))
        return -EBADMSG;
    const uint8_t *p = raw + DEVICE_AT;
    memcpy(ret->busid, busid, IP_BUSID_LEN);
    ret->devid = lk_get_u32(p) << 16 | lk_get_u32(p + 4);
    ret->vendor = lk_get_u16(p + 12);
    ret->product = lk_get_u16(p + 14);
    return 0;
}

static void put_basic(uint8_t *p, enum ip_command command, uint32_t seq,
                      uint32_t devid)
{
    memset(p, 0, IP_HEADER_LEN);
    lk_put_u32(p, command);
    lk_put_u32(p + 4, seq);
    lk_put_u32(p + 8, devid);
}

void ip_put_submit(uint8_t ret[IP_HEADER_LEN], const struct ip_submit *s)
{
    put_basic(ret, IP_CMD_SUBMIT, s->seq, s->devid);
    lk_put_u32(ret + 12, s->in ? 1 : 0);
    lk_put_u32(ret + 16, s->endpoint);
    lk_put_u32(ret + 20, s->in ? FLAG_IN : 0);
    lk_put_u32(ret + 24, s->length);
    /* start_frame and number_of_packets, for isochronous ones alone, stay 0 as
     * Linux' own client has them. */
    lk_put_u32(ret + 36, s->interval);
    if (s->setup)
        memcpy(ret + 40, s->setup, IP_SETUP_LEN);
}

void ip_put_unlink(uint8_t ret[IP_HEADER_LEN], uint32_t seq, uint32_t devid,
                   uint32_t victim)
{
    put_basic(ret, IP_CMD_UNLINK, seq, devid);
    lk_put_u32(ret + 20, victim);
}

int ip_get_answer(const uint8_t raw[IP_HEADER_LEN], struct ip_answer *ret)
{
    struct ip_answer a = {
        .command = lk_get_u32(raw),
        .seq = lk_get_u32(raw + 4),
        .status = (int32_t)lk_get_u32(raw + 20),
        .actual = lk_get_u32(raw + 24),
    };
    if (a.command != IP_RET_SUBMIT && a.command != IP_RET_UNLINK)
        return -EBADMSG;
    if (a.status > 0 || a.status < -LINUX_ERRNO_MAX)
        return -EBADMSG;
    *ret = a;
    return 0;
}

int ip_status(int32_t status)
{
    switch (-status) {
    case 0:
        return 0;
    case LINUX_EPIPE:
        return -EPIPE;
    case LINUX_ENODEV:
    case LINUX_ESHUTDOWN:
        return -ENODEV;
    case LINUX_EOVERFLOW:
        return -EOVERFLOW;
    case LINUX_ETIMEDOUT:
        return -ETIMEDOUT;
    case LINUX_ENOENT:
    case LINUX_ECONNRESET:
        return -ECANCELED;
    default:
        return -EIO;
    }
}
