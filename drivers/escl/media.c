#include "escl/media.h"

#include <errno.h>
#include <string.h>

static const struct {
    enum escl_format format;
    uint8_t len;
    uint8_t bytes[ESCL_MEDIA_BYTES];
} signs[] = {
    {ESCL_JPEG, 3, {0xff, 0xd8, 0xff}},
    {ESCL_PDF, 5, {'%', 'P', 'D', 'F', '-'}},
    {ESCL_PNG, 8, {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}},
};

int escl_media_sniff(const uint8_t *data, size_t len, enum escl_format *ret)
{
    bool open = false;
    for (size_t i = 0; i < LK_ARRAY_LEN(signs); i++) {
        size_t n = LK_MIN(len, (size_t)signs[i].len);
        if (memcmp(data, signs[i].bytes, n) != 0)
            continue;
        if (n == signs[i].len) {
            *ret = signs[i].format;
            return 0;
        }
        open = true;
    }
    return open ? -EAGAIN : -EBADMSG;
}
