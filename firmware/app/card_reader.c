#include "app/card_reader.h"

#include "base/log.h"
#include "ccid/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NO_SLOT CCID_SLOTS_MAX
#define PAD_TIMEOUT_S 30
#define PAD_LANGUAGE                                          \
    0x040b /* Finnish; pads that do not know it use their own \
            */

struct card_reader {
    struct card_reader_config config;
    struct card_work *work;
    struct ccid_reader *ccid;
    const struct ccid_info *info; /* NULL before it is ready */
    uint8_t slot;                 /* that is used; NO_SLOT: none has a card */
};

/* --- what the reader tells ----------------------------------------------- */

static void on_ready(void *arg, const struct ccid_info *info)
{
    struct card_reader *r = arg;
    r->info = info;
    card_work_reader(r->work, CARDMSG_READER_READY, info->pad_verify);
    r->config.works(r->config.arg);
}

static void on_slot(void *arg, uint8_t slot, bool present)
{
    struct card_reader *r = arg;
    if (present && r->slot == NO_SLOT) {
        r->slot = slot;
        card_work_card(r->work, true);
    } else if (!present && slot == r->slot) {
        r->slot = NO_SLOT;
        card_work_card(r->work, false);
    }
}

static void on_broken(void *arg, const char *reason)
{
    struct card_reader *r = arg;
    bool gone = strcmp(reason, CCID_GONE) == 0;
    r->slot = NO_SLOT;
    card_work_reader(r->work,
                     gone ? CARDMSG_READER_NONE : CARDMSG_READER_BROKEN, false);
    r->config.broken(r->config.arg, gone ? NULL : reason);
}

/* --- the slot ------------------------------------------------------------ */

/* Extended lengths: T=1 alone carries them without ENVELOPE. */
static bool carries_extended(const struct card_reader *r,
                             const struct ccid_card *card)
{
    return r->info && r->info->level != CCID_LEVEL_SHORT_APDU &&
           card->protocol == 1;
}

/* For the technician: what went wrong on the wire, and nothing of what crossed
 * it. */
static void note(const struct card_reader *r, const char *what, int status)
{
    if (status < 0 && status != -ENODEV && r->slot != NO_SLOT)
        LK_LOG(INFO, "card", "what=%s err=%s why=\"%s\"", what,
               strerrorname_np(-status), ccid_reader_why(r->ccid, r->slot));
}

static void on_powered(void *arg, int status, const uint8_t *data, size_t len)
{
    struct card_reader *r = arg;
    const struct ccid_card *card = status == 0 && r->slot != NO_SLOT
                                       ? ccid_reader_card(r->ccid, r->slot)
                                       : NULL;
    (void)data;
    (void)len;
    note(r, "power", status);
    if (!card) {
        card_work_powered(r->work, status < 0 ? status : -EIO, NULL, 0, false);
        return;
    }
    struct atr atr = card->atr;
    card_work_powered(r->work, 0, atr.history, atr.history_len,
                      carries_extended(r, card));
}

static void on_answer(void *arg, int status, const uint8_t *data, size_t len)
{
    struct card_reader *r = arg;
    note(r, "apdu", status);
    card_work_answered(r->work, status, data, len);
}

static int slot_power(void *arg)
{
    struct card_reader *r = arg;
    const struct ccid_done done = {.fn = on_powered, .arg = r};
    return r->slot == NO_SLOT ? -ENOMEDIUM
                              : ccid_power_on(r->ccid, r->slot, done);
}

static int slot_send(void *arg, const uint8_t *apdu, size_t len)
{
    struct card_reader *r = arg;
    const struct ccid_done done = {.fn = on_answer, .arg = r};
    return r->slot == NO_SLOT
               ? -ENOMEDIUM
               : ccid_transceive(r->ccid, r->slot, apdu, len, done);
}

static int coding_of(enum p15_coding c)
{
    switch (c) {
    case P15_BCD:
        return CCID_PIN_BCD;
    case P15_ASCII:
    case P15_UTF8:
        return CCID_PIN_ASCII;
    case P15_NIBBLE_BCD:
    case P15_ISO9564:
        break;
    }
    return -EOPNOTSUPP; /* pads take these in ways of their own: the screen */
}

static int slot_pad(void *arg, const struct card_pin *pin)
{
    struct card_reader *r = arg;
    uint8_t apdu[CARD_PIN_COMMAND_MAX];
    const struct ccid_done done = {.fn = on_answer, .arg = r};
    int coding = coding_of(pin->coding);
    if (r->slot == NO_SLOT)
        return -ENOMEDIUM;
    if (coding < 0)
        return coding;
    const struct ccid_pin p = {.apdu = apdu,
                               .len = (size_t)card_pin_template(pin, apdu),
                               .coding = (enum ccid_pin_coding)coding,
                               .block_len = pin->stored,
                               .digits_min = pin->least,
                               .digits_max = pin->most,
                               .timeout_s = PAD_TIMEOUT_S,
                               .language = PAD_LANGUAGE};
    return ccid_pin_verify(r->ccid, r->slot, &p, done);
}

static void slot_cancel(void *arg)
{
    struct card_reader *r = arg;
    if (r->slot != NO_SLOT)
        ccid_cancel(r->ccid, r->slot);
}

const struct card_slot_ops card_reader_ops = {.power = slot_power,
                                              .send = slot_send,
                                              .pad = slot_pad,
                                              .cancel = slot_cancel};

/* --- life ---------------------------------------------------------------- */

int card_reader_new(const struct card_reader_config *config,
                    struct card_reader **ret)
{
    struct card_reader *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->config = *config;
    r->slot = NO_SLOT;
    *ret = r;
    return 0;
}

struct card_reader *card_reader_free(struct card_reader *r)
{
    if (r) {
        r->ccid = ccid_reader_free(r->ccid);
        free(r);
    }
    return NULL;
}

void card_reader_serve(struct card_reader *r, struct card_work *work)
{
    r->work = work;
}

int card_reader_open(struct card_reader *r, struct usb_device *device)
{
    const struct ccid_events events = {
        .ready = on_ready, .slot = on_slot, .broken = on_broken, .arg = r};
    int result = ccid_reader_open(r->config.loop, device, &events, &r->ccid);
    if (result < 0)
        (void)usb_free(device);
    return result;
}

void card_reader_close(struct card_reader *r)
{
    bool was = r->info != NULL;
    r->ccid = ccid_reader_free(r->ccid);
    r->info = NULL;
    r->slot = NO_SLOT;
    if (was)
        card_work_reader(r->work, CARDMSG_READER_NONE, false);
}

const char *card_reader_name(const struct card_reader *r)
{
    return r->info ? r->info->name : "";
}

const char *card_reader_level(const struct card_reader *r)
{
    static const char *const word[] = {[CCID_LEVEL_TPDU] = "tpdu",
                                       [CCID_LEVEL_SHORT_APDU] = "short-apdu",
                                       [CCID_LEVEL_EXTENDED_APDU] =
                                           "extended-apdu"};
    return r->info ? word[r->info->level] : "";
}
