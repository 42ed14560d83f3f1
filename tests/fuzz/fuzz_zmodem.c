/* fuzz_zmodem.c - what a receiver of ZMODEM may say. The first byte is the
 * file's length in 64 bytes. Then: 0xfe lets time pass, 0xfd takes output, 0xfc
 * makes a header of the next five bytes, the rest comes as it is. Whatever
 * comes, the sender stays within its file and its limits, and once nothing more
 * comes it ends. */
#include "console/zmodem.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PASS 0xfe
#define TAKE 0xfd
#define HEADER 0xfc
#define END_TICKS 2000 /* of 100 ms: more than all waits */

static void check(const struct zmodem *z)
{
    if (z->at > z->file->len || z->acked > z->at || z->best > z->file->len ||
        z->block > ZMODEM_BLOCK_MAX ||
        z->at - z->acked > LK_MAX(z->window, (size_t)1))
        abort();
}

static void take(struct zmodem *z, int64_t now_us)
{
    uint8_t out[ZMODEM_OUT_MAX];
    if (zmodem_output(z, out, now_us) > sizeof(out))
        abort();
}

static void say(struct zmodem *z, const uint8_t *b, int64_t now_us)
{
    uint8_t header[ZMODEM_HEADER_MAX];
    struct lk_writer w = lk_writer(header, sizeof(header));
    uint32_t value = (uint32_t)lk_get_le(b + 1, 4);
    zmodem_write_hex(&w, (struct zmodem_header){b[0], value});
    if (w.bad)
        abort();
    zmodem_input(z, header, w.len, now_us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t content[256 * 64];
    struct zmodem_file file = {.data = content, .name = "a.log"};
    struct zmodem z;
    int64_t now_us = 1;
    if (size == 0)
        return 0;
    file.len = (size_t)data[0] * 64;
    zmodem_begin(&z, &file, now_us);
    for (size_t i = 1; i < size; i++) {
        if (data[i] == PASS) {
            zmodem_tick(&z, now_us += 3000000);
        } else if (data[i] == TAKE) {
            take(&z, now_us);
        } else if (data[i] == HEADER && size - i > 5) {
            say(&z, data + i + 1, now_us);
            i += 5;
        } else {
            zmodem_input(&z, data + i, 1, now_us);
        }
        check(&z);
    }
    for (int i = 0; i < END_TICKS && !zmodem_over(&z); i++) {
        zmodem_tick(&z, now_us += 100000);
        take(&z, now_us);
        check(&z);
    }
    if (!zmodem_over(&z) || zmodem_result(&z) == ZMODEM_UNDER_WAY)
        abort();
    return 0;
}
