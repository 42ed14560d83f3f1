/* What comes from a server of STUN or TURN, or as an echo: first byte, how the
 * echo is read. */
#include "app/probe_stun.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t token[PROBE_TOKEN_LEN] = "8 bytes";
static const uint8_t id[12] = "id of a try";

static void inside(const struct probe_stun *m, const uint8_t *v, size_t len)
{
    if (v && (v < m->data || v + len > m->data + m->len))
        abort();
}

static void stun(const uint8_t *data, size_t size)
{
    struct probe_stun m = {.len = 0};
    struct probe_stun asked;
    struct probe_place p;
    size_t len = 0;
    if (size > sizeof(m.data))
        return;
    if (size)
        memcpy(m.data, data, size);
    m.len = size;
    probe_stun_begin(&asked, PROBE_STUN_ALLOCATE, id);
    for (unsigned type = 0; type < 0x40; type++) {
        const uint8_t *v = probe_stun_find(&m, type, &len);
        inside(&m, v, len);
        if (probe_stun_place(&m, type, &p) == 0) {
            struct probe_stun again = m;
            struct probe_place back;
            again.len = PROBE_STUN_HEADER;
            probe_stun_add_place(&again, type, &p);
            if (probe_stun_place(&again, type, &back) < 0 ||
                memcmp(back.address, p.address, p.v6 ? 16 : 4) != 0 ||
                back.port != p.port)
                abort();
        }
    }
    (void)probe_stun_error(&m);
    (void)probe_stun_answers(&m, &asked);
    if (m.len && probe_stun_whole(m.data, m.len) > PROBE_STUN_HEADER + 0xffff)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t len = 0;
    if (size == 0)
        return 0;
    const uint8_t *rest = data + 1;
    const uint8_t *v = probe_channel_read(rest, size - 1, 0x4000, &len);
    if (v && (v < rest || v + len > rest + size - 1))
        abort();
    if (probe_echo_answers(rest, size - 1, data[0] & 1, data[0], token) &&
        size - 1 < PROBE_ECHO_LEN)
        abort();
    stun(rest, size - 1);
    return 0;
}
