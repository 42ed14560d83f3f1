/* The first byte says which file it is; what comes out is within its bounds,
 * and a PIN of it makes a VERIFY command that fits. */
#include "apdu/pin.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static void check_label(const char *s)
{
    check(strlen(s) < P15_LABEL_MAX && lk_utf8_valid(s, strlen(s)));
}

static void check_path(const struct p15_path *p)
{
    check(p->len <= P15_PATH_MAX && p->len % 2 == 0);
    check(p->index <= P15_FILE_MAX && p->length <= P15_FILE_MAX);
}

static void check_pin(const struct p15_pin *p)
{
    static const uint8_t digits[CARD_PIN_DIGITS_MAX] = {1, 2, 3, 4, 5, 6};
    uint8_t out[CARD_PIN_COMMAND_MAX];
    struct card_pin pin;
    check_label(p->label);
    check_path(&p->path);
    check(p->id.len <= P15_ID_MAX);
    if (card_pin_from(p, &pin) < 0)
        return;
    check(pin.least >= 1 && pin.least <= pin.most);
    check(pin.most <= CARD_PIN_DIGITS_MAX && pin.stored <= CARD_PIN_BLOCK_MAX);
    for (size_t n = 0; n <= CARD_PIN_DIGITS_MAX; n++) {
        int len = card_pin_command(&pin, digits, n, out);
        check((len >= 0) == (n >= pin.least && n <= pin.most));
        check(len < 0 ||
              (len == CARD_PIN_HEADER + out[4] && len <= CARD_PIN_COMMAND_MAX));
    }
    check(card_pin_template(&pin, out) <= CARD_PIN_COMMAND_MAX);
}

static void objects(unsigned which, const uint8_t *data, size_t size)
{
    struct p15_pins pins = {.count = 0};
    struct p15_keys keys = {.count = 0};
    struct p15_certs certs = {.count = 0};
    /* Twice: a second file adds to the first. */
    for (int i = 0; i < 2; i++) {
        if (which == 0 && p15_pins_decode(data, size, &pins) < 0)
            return;
        if (which == 1 && p15_keys_decode(data, size, &keys) < 0)
            return;
        if (which == 2 && p15_certs_decode(data, size, &certs) < 0)
            return;
    }
    check(pins.count <= P15_PINS_MAX && keys.count <= P15_KEYS_MAX &&
          certs.count <= P15_CERTS_MAX);
    for (size_t i = 0; i < pins.count; i++)
        check_pin(&pins.pin[i]);
    for (size_t i = 0; i < keys.count; i++) {
        check(keys.key[i].reference >= -1 && keys.key[i].reference < 256);
        check_path(&keys.key[i].path);
    }
    for (size_t i = 0; i < certs.count; i++)
        check_path(&certs.cert[i].path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct p15_apps apps;
    struct p15_files files;
    struct p15_token token;
    if (size < 1)
        return 0;
    unsigned which = data[0] % 6;
    data++;
    size--;
    objects(which, data, size);
    if (which == 3 && p15_dir_decode(data, size, &apps) == 0)
        for (size_t i = 0; i < apps.count; i++) {
            check(apps.app[i].aid_len >= 1);
            check_path(&apps.app[i].path);
        }
    if (which == 4 && p15_odf_decode(data, size, &files) == 0)
        for (size_t i = 0; i < files.count; i++)
            check_path(&files.file[i].path);
    if (which == 5 && p15_token_decode(data, size, &token) == 0) {
        check_label(token.label);
        check(token.algorithms <= P15_ALGORITHMS_MAX);
    }
    return 0;
}
