/* A hostile card behind a reader at any level: blocks of T=1, answers of T=0,
 * chained answers. However it answers, an exchange ends within its bounds. */
#include "ccid/exchange.h"

#include "ccid/reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *at;
    size_t left;
};

static uint8_t next(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

/* Writes a block of T=1 with right check bytes, so that most get in. */
static size_t block(struct input *in, bool crc, uint8_t *ret)
{
    size_t n = 3;
    ret[0] = 0;
    ret[1] = next(in);
    size_t len = next(in);
    ret[2] = (uint8_t)LK_MIN(len, (size_t)254);
    for (size_t i = 0; i < ret[2]; i++)
        ret[n++] = i < 8 ? next(in) : (uint8_t)i;
    if (crc) {
        unsigned reg = 0xFFFF;
        for (size_t bit = 0; bit < n * 8; bit++) {
            unsigned x = reg ^ ret[bit / 8] >> bit % 8;
            reg = reg >> 1 ^ (x & 1 ? 0x8408u : 0);
        }
        ret[n++] = (uint8_t)(~reg >> 8);
        ret[n++] = (uint8_t)~reg;
        return n;
    }
    ret[n] = 0;
    for (size_t i = 0; i < n; i++)
        ret[n] ^= ret[i];
    return n + 1;
}

static size_t raw(struct input *in, uint8_t *ret)
{
    size_t len = next(in);
    for (size_t i = 0; i < len; i++)
        ret[i] = next(in);
    return len;
}

static void judge(const struct ccid_exchange *x, int r)
{
    if (r == 1 && x->out_len > x->room)
        abort();
    if (r == 1 && x->carrier != CCID_CARRIER_EXTENDED && x->out_len == 0 &&
        x->level != CCID_CHAIN_NEXT)
        abort();
    if (r == 0 && (x->whole->len < 2 || x->whole->len > CCID_RESPONSE_MAX))
        abort();
}

static void play(struct ccid_exchange *x, struct input *in, bool t1, bool crc)
{
    uint8_t answer[300];
    int r = 1;
    /* Once the input is used up the card answers with zeros for ever. */
    for (unsigned n = 0; r == 1; n++) {
        uint8_t how = next(in);
        size_t len = t1 && how & 3 ? block(in, crc, answer) : raw(in, answer);
        r = ccid_exchange_feed(x, how == 0x80 ? NULL : answer, len,
                               how >> 2 & 0x13);
        judge(x, r);
        if (n > CCID_EXCHANGE_BLOCKS_MAX)
            abort();
        if (in->left == 0 && n > 3000)
            break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t short4[] = {0, 0xA4, 4, 0, 2, 0x3F, 0, 0};
    static const uint8_t read[] = {0, 0xB0, 0, 0, 0};
    static uint8_t extended[1007] = {0, 0x2A, 0, 0xAE, 0, 3, 0xE6};
    static const size_t rooms[] = {54, 261, 253, 65526};
    struct input in = {.at = data, .left = size};
    struct ccid_t1 t1;
    struct ccid_exchange x;
    uint8_t prologue[3];
    uint8_t how = next(&in);
    bool crc = (how & 0x40) != 0;
    struct ccid_exchange_config config = {
        .carrier = (enum ccid_carrier)(how & 3), .room = rooms[how >> 2 & 3]};
    bool is_t1 = config.carrier == CCID_CARRIER_TPDU1;
    int r = 0;
    uint8_t command = next(&in);
    ccid_t1_init(&t1, (uint8_t)(1 + command / 2 % 40), crc);
    t1.ifsd = 254;
    if (is_t1)
        config.t1 = &t1;
    switch (how >> 4 & 3) {
    case 0:
        r = ccid_exchange_start(&x, &config, short4, sizeof(short4));
        break;
    case 1:
        r = ccid_exchange_start(&x, &config, read, sizeof(read));
        break;
    case 2:
        r = ccid_exchange_start(&x, &config, extended,
                                command & 1 ? 1005 : 1007);
        break;
    default:
        r = ccid_exchange_start_foreign(&x, &config, 17, prologue);
        break;
    }
    if (r < 0)
        return 0;
    play(&x, &in, is_t1, crc);
    ccid_exchange_clear(&x);
    return 0;
}
