/* Any bytes as data objects: every one lies inside what it was read from, and
 * reading ends. Then as APDUs: what decodes must encode to the same, where its
 * lengths are as short as can be. */
#include "apdu/apdu.h"
#include "apdu/history.h"
#include "apdu/tlv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const uint8_t *data, size_t size, unsigned depth)
{
    struct tlv_reader r = tlv_reader(data, size);
    struct tlv t;
    uint32_t n;
    while (tlv_next_filled(&r, &t)) {
        if (t.value < data || t.len > size ||
            (size_t)(t.value - data) > size - t.len)
            abort();
        if (tlv_number(&t, &n) == 0 && n > INT32_MAX)
            abort();
        if (tlv_bits(&t, &n) == 0 && t.len == 1 && n != 0)
            abort();
        if (depth < 4)
            walk(t.value, t.len, depth + 1);
    }
}

static void command(const uint8_t *data, size_t size)
{
    static uint8_t back[66000];
    struct apdu_command c;
    struct apdu_command again;
    if (apdu_command_decode(data, size, &c) < 0)
        return;
    int n = apdu_command_encode(&c, back, sizeof(back));
    if (n < 0 || (size_t)n > size ||
        apdu_command_decode(back, (size_t)n, &again) < 0)
        abort();
    if (again.len != c.len || again.le != c.le ||
        (c.len > 0 && memcmp(again.data, c.data, c.len) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t whole;
    struct apdu_response r;
    walk(data, size, 0);
    if (tlv_whole(data, size, 8192, &whole) == 0 && whole > 8192)
        abort();
    command(data, size);
    if (apdu_response_decode(data, size, &r) == 0 && apdu_tries(r.sw) > 15)
        abort();
    (void)card_history_read(data, size < 15 ? size : 15);
    return 0;
}
