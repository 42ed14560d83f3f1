#include "app/probe_stun.h"

#include <errno.h>
#include <string.h>

static const uint8_t cookie[4] = {0x21, 0x12, 0xa4, 0x42};

enum { ECHO4 = 8, ECHO4_REPLY = 0, ECHO6 = 128, ECHO6_REPLY = 129 };

static void put16(uint8_t *to, unsigned v)
{
    to[0] = (uint8_t)(v >> 8);
    to[1] = (uint8_t)v;
}

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

void probe_stun_begin(struct probe_stun *m, unsigned type, const uint8_t id[12])
{
    memset(m, 0, sizeof(*m));
    put16(m->data, type);
    memcpy(m->data + 4, cookie, sizeof(cookie));
    memcpy(m->data + 8, id, 12);
    m->len = PROBE_STUN_HEADER;
}

void probe_stun_add(struct probe_stun *m, unsigned type, const void *value,
                    size_t len)
{
    size_t padded = (len + 3) & ~(size_t)3;
    if (len > sizeof(m->data) || m->len + 4 + padded > sizeof(m->data))
        return;
    put16(m->data + m->len, type);
    put16(m->data + m->len + 2, (unsigned)len);
    memcpy(m->data + m->len + 4, value, len);
    m->len += 4 + padded;
    put16(m->data + 2, (unsigned)(m->len - PROBE_STUN_HEADER));
}

/* RFC 8489 section 14.2: cookie and id of the header hide an address from
 * whatever rewrites addresses on the way. */
static void mask(const struct probe_stun *m, struct probe_place *place)
{
    size_t len = place->v6 ? 16 : 4;
    for (size_t i = 0; i < len; i++)
        place->address[i] ^= m->data[4 + i];
    place->port ^= (uint16_t)get16(m->data + 4);
}

void probe_stun_add_place(struct probe_stun *m, unsigned type,
                          const struct probe_place *place)
{
    struct probe_place masked = *place;
    uint8_t value[20] = {0, place->v6 ? 2 : 1};
    size_t len = place->v6 ? 16 : 4;
    mask(m, &masked);
    put16(value + 2, masked.port);
    memcpy(value + 4, masked.address, len);
    probe_stun_add(m, type, value, 4 + len);
}

unsigned probe_stun_type(const struct probe_stun *m)
{
    return m->len >= PROBE_STUN_HEADER ? get16(m->data) : 0;
}

size_t probe_stun_whole(const uint8_t *data, size_t len)
{
    return len < PROBE_STUN_HEADER
               ? 0
               : PROBE_STUN_HEADER + (size_t)get16(data + 2);
}

const uint8_t *probe_stun_find(const struct probe_stun *m, unsigned type,
                               size_t *ret_len)
{
    for (size_t at = PROBE_STUN_HEADER; at + 4 <= m->len;) {
        size_t len = get16(m->data + at + 2);
        if (at + 4 + len > m->len)
            return NULL;
        if (get16(m->data + at) == type) {
            *ret_len = len;
            return m->data + at + 4;
        }
        at += 4 + ((len + 3) & ~(size_t)3);
    }
    return NULL;
}

int probe_stun_place(const struct probe_stun *m, unsigned type,
                     struct probe_place *ret)
{
    size_t len = 0;
    const uint8_t *v = probe_stun_find(m, type, &len);
    if (!v || len < 8 || (v[1] != 1 && v[1] != 2) || (v[1] == 2 && len < 20))
        return -ENOENT;
    struct probe_place p = {.v6 = v[1] == 2, .port = (uint16_t)get16(v + 2)};
    memcpy(p.address, v + 4, p.v6 ? 16 : 4);
    mask(m, &p);
    *ret = p;
    return 0;
}

unsigned probe_stun_error(const struct probe_stun *m)
{
    size_t len = 0;
    const uint8_t *v = probe_stun_find(m, PROBE_STUN_ERROR_CODE, &len);
    return v && len >= 4 ? (v[2] & 7U) * 100 + v[3] : 0;
}

bool probe_stun_answers(const struct probe_stun *m,
                        const struct probe_stun *asked)
{
    return m->len >= PROBE_STUN_HEADER &&
           memcmp(m->data + 4, asked->data + 4, 16) == 0 &&
           probe_stun_whole(m->data, m->len) <= m->len;
}

const uint8_t *probe_channel_read(const uint8_t *data, size_t len,
                                  unsigned number, size_t *ret_len)
{
    if (len < PROBE_CHANNEL_HEADER || get16(data) != number)
        return NULL;
    size_t inside = get16(data + 2);
    if (inside > len - PROBE_CHANNEL_HEADER)
        return NULL;
    *ret_len = inside;
    return data + PROBE_CHANNEL_HEADER;
}

void probe_channel_write(uint8_t *ret, unsigned number, size_t len)
{
    put16(ret, number);
    put16(ret + 2, (unsigned)len);
}

void probe_echo_write(uint8_t ret[PROBE_ECHO_LEN], bool v6, unsigned sequence,
                      const uint8_t token[PROBE_TOKEN_LEN])
{
    memset(ret, 0, PROBE_ECHO_LEN);
    ret[0] = v6 ? ECHO6 : ECHO4;
    put16(ret + 6, sequence);
    memcpy(ret + 8, token, PROBE_TOKEN_LEN);
}

bool probe_echo_answers(const uint8_t *data, size_t len, bool v6,
                        unsigned sequence, const uint8_t token[PROBE_TOKEN_LEN])
{
    return len >= PROBE_ECHO_LEN &&
           data[0] == (v6 ? ECHO6_REPLY : ECHO4_REPLY) && data[1] == 0 &&
           get16(data + 6) == (sequence & 0xffffU) &&
           memcmp(data + 8, token, PROBE_TOKEN_LEN) == 0;
}
