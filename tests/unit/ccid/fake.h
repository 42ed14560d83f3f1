/* fake.h - a card reader as a USB device without any USB: in the test's own
 * process, message by message.
 */
#ifndef LUUKKU_TESTS_CCID_FAKE_H
#define LUUKKU_TESTS_CCID_FAKE_H

#include "fake_card.h"
#include "usb/backend.h"

#define FAKE_SLOTS_MAX 4
#define FAKE_LOG_MAX 4096
#define FAKE_QUEUE_MAX 64

struct fake_config {
    uint16_t vendor;
    uint16_t product;
    uint16_t version;
    uint8_t interface_class; /* 0: 0x0B */
    uint8_t slots;           /* 0: 1 */
    uint8_t busy;
    uint8_t voltages;
    uint8_t pad;
    bool two_endpoints;
    uint32_t features;
    uint32_t message_max; /* 0: 271 */
    uint32_t clock_khz;
    int claim_error;
};

/* What the reader does with the next command instead of doing it. */
enum fake_deed {
    FAKE_GOOD,
    FAKE_SILENT,
    FAKE_FOREIGN, /* answers `raw` */
};

struct fake {
    struct usb_device base;
    struct fake_config config;
    struct fake_card card[FAKE_SLOTS_MAX];
    bool present[FAKE_SLOTS_MAX];
    bool active[FAKE_SLOTS_MAX];
    uint8_t voltage_needed; /* bPowerSelect that works; 0: any */
    uint8_t error_of[256];  /* by command: bError that it fails with */
    bool fails[256];        /* by command: whether it does */
    enum fake_deed deed[256];
    uint8_t raw[64];
    size_t raw_len;
    unsigned raw_times;  /* how often `raw` is said before silence */
    unsigned hold;       /* commands that are answered by fake_release() */
    unsigned extend;     /* time extensions before each answer */
    unsigned empties;    /* empty packets before each answer */
    uint8_t left;        /* bError of every command until an ABORT; 0: none */
    const uint8_t *rest; /* said before the answer to an ABORT; NULL: nothing */
    size_t rest_len;

    uint8_t log[FAKE_LOG_MAX]; /* types of the commands, in order */
    size_t log_len;
    uint8_t last[70000]; /* the last command */
    size_t last_len;
    unsigned most_held;

    struct {
        uint8_t *bytes;
        size_t len;
        size_t at;
    } queue[FAKE_QUEUE_MAX];
    size_t queued;
    struct {
        uint8_t *bytes;
        size_t len;
    } held[FAKE_QUEUE_MAX];
    size_t held_n;
    struct usb_transfer *in;
    struct usb_transfer *notify;
    uint8_t note[8];
    size_t note_len;
    bool *closed;
};

struct fake *fake_new(struct lk_loop *l, const struct fake_config *c);

/* Says something on the interrupt endpoint. */
void fake_notify(struct fake *f, const uint8_t *bytes, size_t len);

/* Puts a card in, or takes it out, and says so where it can. */
void fake_insert(struct fake *f, uint8_t slot, bool present);

/* Answers what was held, latest first. */
void fake_release(struct fake *f);

/* Whether the commands came in that order and no others: "62 6f .." */
void fake_log_check(const struct fake *f, const char *types);

#endif
