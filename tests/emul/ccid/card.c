#include "card.h"

#include "testing.h"

#include <errno.h>

#define PART 0xF0

static int expect(struct bench *b, int status)
{
    if (status < 0)
        return status;
    return bench_sw(b) == 0x9000 || bench_sw(b) == 0x6282 ? 0 : -EILSEQ;
}

static int read_all(struct bench *b, uint8_t slot, struct card_file *f)
{
    size_t total = 4;
    for (f->len = 0; f->len < total;) {
        uint8_t apdu[] = {0x00, 0xB0, (uint8_t)(f->len >> 8), (uint8_t)f->len,
                          PART};
        int e = expect(b, bench_apdu_bytes(b, slot, apdu, sizeof(apdu)));
        if (e < 0)
            return e;
        size_t got = b->len - 2;
        if (got == 0 || f->len + got > sizeof(f->bytes))
            return -EILSEQ;
        memcpy(f->bytes + f->len, b->answer, got);
        f->len += got;
        if (f->bytes[0] != 0x30 || f->bytes[1] != 0x82)
            return -EILSEQ;
        total = 4 + ((size_t)f->bytes[2] << 8 | f->bytes[3]);
    }
    return f->len == total ? 0 : -EILSEQ;
}

int card_read(struct bench *b, uint8_t slot, struct card_file *ret)
{
    int e = bench_power_on(b, slot);
    if (e == 0)
        e = expect(b,
                   bench_apdu(b, slot, "00A4040C0CA000000063504B43532D3135"));
    if (e == 0)
        e = expect(b, bench_apdu(b, slot, "00A40800024331"));
    return e < 0 ? e : read_all(b, slot, ret);
}

int card_tries(struct bench *b)
{
    const char *said = emulator_try(b->emulator, "tries");
    const char *pin1 = strstr(said, "pin1:");
    return pin1 ? (int)strtol(pin1 + 5, NULL, 10) : -1;
}
