/* class.h - what a card reader says it can do: its class descriptor.
 *
 * Spec: CCID 1.1, section 5.1. Pure: no I/O, any thread.
 * Not here: what is wrong with what it says (quirks.h).
 */
#ifndef LUUKKU_CCID_CLASS_H
#define LUUKKU_CCID_CLASS_H

#include "base/defs.h"

#define CCID_CLASS_DESCRIPTOR 0x21     /* bDescriptorType */
#define CCID_CLASS_DESCRIPTOR_LEN 0x36 /* bytes */

/* dwFeatures */
#define CCID_FEATURE_AUTO_ATR 0x02u         /* parameters follow the ATR */
#define CCID_FEATURE_AUTO_ACTIVATE 0x04u    /* powers a card that comes */
#define CCID_FEATURE_AUTO_VOLTAGE 0x08u     /* chooses the voltage */
#define CCID_FEATURE_AUTO_CLOCK 0x10u       /* sets the clock */
#define CCID_FEATURE_AUTO_BAUD 0x20u        /* sets the speed by FI and DI */
#define CCID_FEATURE_AUTO_NEGOTIATE 0x40u   /* negotiates by itself */
#define CCID_FEATURE_AUTO_PPS 0x80u         /* PPS by the parameters set */
#define CCID_FEATURE_AUTO_IFSD 0x400u       /* IFSD exchange */
#define CCID_FEATURE_TPDU 0x10000u          /* one of these three, or none: */
#define CCID_FEATURE_SHORT_APDU 0x20000u    /* character level, which we do */
#define CCID_FEATURE_EXTENDED_APDU 0x40000u /* not speak */

/* bVoltageSupport */
#define CCID_VOLTAGE_5V 0x01
#define CCID_VOLTAGE_3V 0x02
#define CCID_VOLTAGE_1V8 0x04

/* bPINSupport */
#define CCID_PAD_VERIFY 0x01
#define CCID_PAD_MODIFY 0x02

struct ccid_class {
    uint16_t release;     /* bcdCCID */
    uint8_t slots;        /* bMaxSlotIndex + 1, at most 255 */
    uint8_t busy_slots;   /* that may be at work at once, 1.. */
    uint8_t voltages;     /* CCID_VOLTAGE_*, 0: not said */
    uint8_t pad;          /* CCID_PAD_* */
    uint32_t protocols;   /* bit n: T=n */
    uint32_t clock_khz;   /* default; CCID_CLOCK_KHZ when not sane */
    uint32_t rate_max;    /* bit/s, 0: not said */
    uint32_t ifsd_max;    /* bytes, T=1 */
    uint32_t features;    /* CCID_FEATURE_* */
    uint32_t message_max; /* bytes of a message, header included */
};

#define CCID_CLOCK_KHZ 4000 /* taken where the reader's word is not sane */

/* Reads it.
 *
 * ret     filled on success only
 * Errors  -EBADMSG too short, another type, or a message length in which
 *         nothing fits
 */
int ccid_class_decode(const uint8_t *bytes, size_t len,
                      struct ccid_class *ret) LK_MUST_CHECK;

#endif
