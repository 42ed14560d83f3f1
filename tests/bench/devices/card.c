/* card.c - drivers/ccid and firmware/apdu alone, for benches and guests: reads
 * the card's certificate, or signs with its PIN 1, once.
 *
 * Usage: bench-card NODE certificate FILE.der
 *        bench-card NODE sign PIN HEX-OF-SHA256 FILE
 *
 * NODE lies in /dev/bus/usb; or is unix:PATH, an emulator's socket, to profile
 * it where there is no kernel's USB. Exit code 0 when it worked.
 */
#include "node.h"

#include "apdu/card.h"
#include "base/log.h"
#include "ccid/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum step { LOOK, PREPARE, SIGN };

struct run {
    struct lk_loop *loop;
    struct ccid_reader *reader;
    const struct ccid_info *info;
    struct card *card;
    uint8_t slot;
    enum step step;
    bool sign;
    const char *pin;
    uint8_t hash[32];
    const char *file;
};

static int fail(const char *what, int r)
{
    (void)fprintf(stderr, "bench-card: %s: %s\n", what,
                  r < 0 ? strerrorname_np(-r) : "no");
    _Exit(EXIT_FAILURE);
}

static void write_file(struct run *t, const uint8_t *bytes, size_t len)
{
    LK_AUTO_FD fd =
        open(t->file, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
        fail(t->file, -errno);
    lk_loop_stop(t->loop, 0);
}

static void answered(void *arg, int status, const uint8_t *data, size_t len);

static void send_pin(struct run *t, const struct card_pin *pin)
{
    uint8_t digits[CARD_PIN_DIGITS_MAX], command[CARD_PIN_COMMAND_MAX];
    size_t n = strnlen(t->pin, sizeof(digits));
    const struct ccid_done done = {.fn = answered, .arg = t};
    for (size_t i = 0; i < n; i++)
        digits[i] = (uint8_t)(t->pin[i] - '0');
    int len = card_pin_command(pin, digits, n, command);
    int r = len < 0 ? len
                    : ccid_transceive(t->reader, t->slot, command, (size_t)len,
                                      done);
    if (r < 0)
        fail("PIN", r);
}

static int job_end(struct run *t)
{
    const struct card_cert *cert = card_certificate(t->card, CARD_FOR_IDENTITY);
    if (t->step == LOOK && !t->sign) {
        size_t len;
        const uint8_t *der = card_cert_der(cert, &len);
        write_file(t, der, len);
        return 0;
    }
    if (t->step == SIGN) {
        const struct card_signature *s = card_signature_of(t->card);
        write_file(t, s->bytes, s->len);
        return 0;
    }
    t->step++;
    return t->step == PREPARE ? card_start_prepare(t->card, CARD_FOR_IDENTITY)
                              : card_start_sign(t->card, CARD_FOR_IDENTITY,
                                                CARD_SHA256, t->hash);
}

/* Goes on until something has to be waited for. */
static void go_on(struct run *t)
{
    const struct ccid_done done = {.fn = answered, .arg = t};
    struct card_want want;
    card_next(t->card, &want);
    if (want.ask == CARD_ASK_END) {
        if (want.end != CARD_END_GOOD)
            fail(card_end_word(want.end), 0);
        int r = job_end(t);
        if (r < 0)
            fail("job", r);
        card_next(t->card, &want);
    }
    if (want.ask == CARD_ASK_PIN)
        send_pin(t, want.pin);
    else if (want.ask == CARD_ASK_COMMAND &&
             ccid_transceive(t->reader, t->slot, want.command, want.len, done) <
                 0)
        fail("command", -EIO);
}

static void answered(void *arg, int status, const uint8_t *data, size_t len)
{
    struct run *t = arg;
    if (status < 0)
        fail("answer", status);
    card_answer(t->card, data, len);
    go_on(t);
}

static void powered(void *arg, int status, const uint8_t *data, size_t len)
{
    struct run *t = arg;
    (void)data;
    (void)len;
    if (status < 0) {
        (void)fprintf(stderr, "bench-card: %s\n",
                      ccid_reader_why(t->reader, t->slot));
        fail("power", status);
    }
    const struct ccid_card *c = ccid_reader_card(t->reader, t->slot);
    const struct card_config config = {.extended = t->info->level !=
                                                       CCID_LEVEL_SHORT_APDU &&
                                                   c->protocol == 1};
    int r = card_new(&config, &t->card);
    if (r == 0)
        r = card_start_look(t->card);
    if (r < 0)
        fail("card", r);
    go_on(t);
}

static void on_ready(void *arg, const struct ccid_info *info)
{
    struct run *t = arg;
    t->info = info;
}

static void on_slot(void *arg, uint8_t slot, bool present)
{
    struct run *t = arg;
    const struct ccid_done done = {.fn = powered, .arg = t};
    if (!present || t->card)
        return;
    t->slot = slot;
    int r = ccid_power_on(t->reader, slot, done);
    if (r < 0)
        fail("power", r);
}

static void on_broken(void *arg, const char *reason)
{
    (void)arg;
    fail(reason, 0);
}

static void opened(void *arg, int error, struct usb_device *d)
{
    struct run *t = arg;
    const struct ccid_events events = {
        .ready = on_ready, .slot = on_slot, .broken = on_broken, .arg = t};
    int r =
        error < 0 ? error : ccid_reader_open(t->loop, d, &events, &t->reader);
    if (r < 0)
        fail("open", r);
}

static bool arguments(struct run *t, int argc, char **argv)
{
    t->sign = argc == 6 && strcmp(argv[2], "sign") == 0;
    t->file = argv[argc - 1];
    if (!t->sign)
        return argc == 4 && strcmp(argv[2], "certificate") == 0;
    t->pin = argv[3];
    for (size_t i = 0; i < sizeof(t->hash); i++) {
        char two[3] = {argv[4][2 * i], 0, 0}, *end;
        if (two[0])
            two[1] = argv[4][2 * i + 1];
        t->hash[i] = (uint8_t)strtoul(two, &end, 16);
        if (end != two + 2)
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct run t = {.step = LOOK};
    lk_log_init("bench-card", LK_LOG_INFO);
    if (argc < 2 || !arguments(&t, argc, argv))
        return EXIT_FAILURE;
    int r = lk_loop_new(&t.loop);
    if (r == 0)
        r = node_open(t.loop, argv[1], opened, &t);
    if (r < 0)
        return fail(argv[1], r);
    r = lk_loop_run(t.loop);
    card_free(t.card);
    ccid_reader_free(t.reader);
    lk_loop_free(t.loop);
    return r;
}
