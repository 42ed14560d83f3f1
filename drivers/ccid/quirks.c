#include "ccid/quirks.h"

#include <string.h>

#define ANY 0x0000, 0xFFFF /* every firmware */
#define BELOW(v) 0x0000, (v)-1

/* Sources, short; libccid as of June 2026 (5de6a96). The facts are theirs, the
 * words ours. */
#define LIBCCID "LudovicRousseau/CCID, src/ccid.c: "
#define LIBCCID_USB "LudovicRousseau/CCID, src/ccid_usb.c: "
#define LIBCCID_CMD "LudovicRousseau/CCID, src/commands.c: "

#define LIBCCID_LIST "LudovicRousseau/CCID, readers/"

enum { FULL_APDU_MESSAGE = 271, PLAIN_RATE = 9600, ALCOR_RATE = 200000 };

static const struct ccid_quirk table[] = {
    /* Pads that are not there, or that give the PIN away. */
    {0x03F0, 0x1024, ANY, CCID_QUIRK_NO_PAD, 0, 0, 0, 0,
     LIBCCID "HP keyboard: the PIN typed on the 'pad' also reaches the host"},
    {0x03F0, 0x0036, ANY, CCID_QUIRK_NO_PAD, 0, 0, 0, 0,
     LIBCCID "HP CCID keyboard: as the other HP keyboard"},
    {0x0BF8, 0x1017, ANY, CCID_QUIRK_NO_PAD, 0, 0, 0, 0,
     LIBCCID "Fujitsu keyboard: as the HP keyboards"},
    {0x04F2, 0x1469, ANY, CCID_QUIRK_NO_PAD, 0, 0, 0, 0,
     "LudovicRousseau/CCID, pull request 65: Chicony HP Skylab keyboard "
     "claims a pad that it has not"},
    {0x0783, 0x0006, ANY, CCID_QUIRK_NO_PAD, 0, 0, 0, 0,
     LIBCCID "C3PO LTC31 v2: claims a pad"},
    {0x25DD, 0x3111, ANY, CCID_QUIRK_NO_PAD, 0, 0, 0, 0,
     "OpenSC/OpenSC (2313) and libccid: Bit4id miniLector EVO, firmware "
     "1.11, claims a pad"},
    {0x076B, 0x3A21, ANY, CCID_QUIRK_NO_PAD | CCID_QUIRK_EXTENDED, 0, 0, 0, 0,
     "LudovicRousseau/CCID, pull request 16: HID chip without a pad that "
     "claims one, and chains at short APDU level"},
    {0x076B, 0x3031, ANY, CCID_QUIRK_NO_PAD | CCID_QUIRK_EXTENDED, 0, 0, 0, 0,
     "OpenSC/OpenSC, pull request 1438: OMNIKEY 3x21 is no pad reader; chains "
     "(libccid)"},
    {0x076B, 0x6632, ANY, CCID_QUIRK_NO_PAD | CCID_QUIRK_EXTENDED, 0, 0, 0, 0,
     "OpenSC/OpenSC, pull request 1438: OMNIKEY 6121 is no pad reader; chains "
     "(libccid)"},
    {0x046A, 0x00A7, ANY, CCID_QUIRK_NO_PAD | CCID_QUIRK_EXTENDED, 0, 0, 0, 0,
     LIBCCID "Cherry Smart Terminal xx44: no pad; chains"},
    {0x0BF8, 0x1024, ANY, CCID_QUIRK_NO_PAD | CCID_QUIRK_EXTENDED, 0, 0, 0, 0,
     LIBCCID "Fujitsu D323: no pad; chains"},

    /* Another level than they say. */
    {0x2F7C, 0x6007, ANY, CCID_QUIRK_EXTENDED, 0, 0, 0, 0,
     "LudovicRousseau/CCID, pull request 181: Diebold Nixdorf PN7362au chains "
     "answers above 256 bytes, though it says short APDU level"},
    {0x046A, 0x00A1, 0x0100, 0x0100, CCID_QUIRK_EXTENDED, 0, 0, 0, 0,
     LIBCCID "Cherry KC 1000 SC, firmware 1.00: chains answers above 128 "
             "bytes at short APDU level"},
    {0x0D46, 0x3010, ANY, CCID_QUIRK_SHORT, 0, 0, 0, 0,
     LIBCCID "Kobil TriBank: no extended APDU, though it says so"},

    /* Lengths and speeds. */
    {0x09C3, 0x0008, ANY, CCID_QUIRK_FULL_APDU, 0, 0, 0, 0,
     LIBCCID_CMD "and readers/ActivCardV2.txt: ActivCard V2 says 263 bytes, "
                 "takes a full short APDU"},
    {0x04E6, 0x511C, ANY, CCID_QUIRK_FULL_APDU, 0, 0, 0, 0,
     LIBCCID_CMD "and readers/AxaltoV3.txt: Axalto Reflex v3 says 263 bytes, "
                 "takes a full short APDU"},
    {0x03F0, 0x1024, ANY, CCID_QUIRK_FULL_APDU, 0, 0, 0, 0,
     LIBCCID_CMD "and readers/HPUSBSmartCardKeyboard.txt: HP keyboard says 263 "
                 "bytes, takes a full short APDU"},
    {0x03F0, 0x0824, ANY, CCID_QUIRK_FULL_APDU, 0, 0, 0, 0,
     LIBCCID_CMD "and readers/HPUSBSmartCardReader.txt: HP reader says 263 "
                 "bytes, takes a full short APDU"},
    {0x04E6, 0x5120, ANY, CCID_QUIRK_FULL_APDU, 0, 0, 0, 0,
     LIBCCID_CMD "and readers/SCR331-DI-NTTCom.txt: SCM SCR331-DI NTTCom says "
                 "263 bytes, takes a full short APDU"},
    {0x04E6, 0x5111, ANY, CCID_QUIRK_FULL_APDU, 0, 0, 0, 0,
     LIBCCID_CMD "and readers/SCR331-DI.txt: SCM SCR331-DI says 263 bytes, "
                 "takes a full short APDU"},
    {0x04E6, 0x511F, ANY, CCID_QUIRK_FULL_APDU, 0, 0, 0, 0,
     LIBCCID_CMD "and readers/SCR3310_2.txt: SCM SCR3310 with 5.22 says 263 "
                 "bytes, takes a full short APDU"},
    {0x0B97, 0x7762, ANY, 0, PLAIN_RATE, 0, 0, 0,
     LIBCCID "O2Micro Oz776: no faster than 9600 bit/s"},
    {0x0B97, 0x7772, ANY, 0, PLAIN_RATE, 0, 0, 0,
     LIBCCID "O2Micro Oz776 (7772): no faster than 9600 bit/s"},
    {0x058F, 0x9540, ANY, 0, ALCOR_RATE, 0, 0, 0,
     LIBCCID "Alcor AU9540: not stable above 200000 bit/s"},
    {0x09BE, 0x0002, ANY, 0, 0, 254, 0, 0,
     LIBCCID "MySmartPad: takes blocks of 254 bytes, whatever it says"},
    {0x0529, 0x0620, 0x0012, 0x0013, CCID_QUIRK_NO_IFSD, 0, 0, 0, 0,
     LIBCCID "SafeNet eToken 5100, firmware 0.12 and 0.13: IFSD negotiation "
             "makes it fail"},

    /* USB. */
    {0x046A, 0x003E, ANY, CCID_QUIRK_VENDOR_CLASS, 0, 0, 0, 0,
     LIBCCID_LIST
     "CherrySmartTerminalST2XXX.txt: Cherry ST-2000 has interface class 0xFF"},
    {0x413C, 0x2100, ANY, CCID_QUIRK_VENDOR_CLASS, 0, 0, 0, 0,
     LIBCCID_LIST "DellSK-3106.txt: Dell SK-3106 has interface class 0xFF"},
    {0x1DB2, 0x0600, ANY, CCID_QUIRK_VENDOR_CLASS, 0, 0, 0, 0,
     LIBCCID_LIST
     "DUALi_DE-ABCM6.txt: DUALi DE-ABCM6 has interface class 0xFF"},
    {0x1DB2, 0x0604, ANY, CCID_QUIRK_VENDOR_CLASS, 0, 0, 0, 0,
     LIBCCID_LIST
     "DUALi_DRAGON_BT.txt: DUALi DRAGON BT has interface class 0xFF"},
    {0x08E6, 0x2202, ANY, CCID_QUIRK_VENDOR_CLASS, 0, 0, 0, 0,
     LIBCCID_LIST
     "Gem_e-SealPro.txt: Gemplus e-Seal Pro has interface class 0xFF"},
    {0x09BE, 0x0002, ANY, CCID_QUIRK_VENDOR_CLASS, 0, 0, 0, 0,
     LIBCCID_LIST "MySmartPad.txt: MySmartPad has interface class 0xFF"},
    {0x08E6, 0x3437, 0x0200, 0x0200, CCID_QUIRK_EMPTY_PACKET, 0, 0, 0, 0,
     LIBCCID "GemPC Twin, firmware 2.00: empty packets on a USB 3 port"},
    {0x08E6, 0x3438, 0x0200, 0x0200, CCID_QUIRK_EMPTY_PACKET, 0, 0, 0, 0,
     LIBCCID "GemPC Key, firmware 2.00: empty packets on a USB 3 port"},
    {0x413C, 0x2101, 0x0200, 0x0200, CCID_QUIRK_EMPTY_PACKET, 0, 0, 0, 0,
     LIBCCID "Dell keyboard, firmware 2.00: empty packets on a USB 3 port"},

    /* Time. */
    {0x04E6, 0x5293, ANY, 0, 0, 0, 400, 0,
     LIBCCID "SCM SCL011: takes 350 ms to answer a status"},
    {0x04E6, 0x5790, ANY, 0, 0, 0, 800, 0,
     "LudovicRousseau/PCSC (66): Identiv uTrust 3700 F takes 727 ms to "
     "answer the first status"},
    {0x04E6, 0x5791, ANY, 0, 0, 0, 400, 0,
     LIBCCID "Identiv uTrust 3701 F: as the 3700 F"},
    {0x04E6, 0x5724, ANY, 0, 0, 0, 400, 0,
     LIBCCID "Identiv uTrust 4701 F: as the 3700 F"},
    {0x072F, 0x2200, ANY, 0, 0, 0, 1000, 0,
     LIBCCID "ACS ACR122U: up to 1 s for a status without a tag"},
    {0x09D8, 0x0427, ANY, 0, 0, 0, 1000, 0,
     LIBCCID "Elatec TWN4: up to 1 s for a status without a tag"},
    {0x09D8, 0x0428, ANY, 0, 0, 0, 1000, 0,
     LIBCCID "Elatec TWN4 (CCID alone): up to 1 s for a status without a tag"},
    {0x0B81, 0x0200, ANY, 0, 0, 0, 1000, 0,
     LIBCCID "id3 CL1356D: slow to begin with"},
    {0x0D46, 0x301D, ANY, CCID_QUIRK_OFF_FIRST, 0, 0, 0, 0,
     "LudovicRousseau/CCID, src/ifdhandler.c: Kobil IDToken: the card "
     "inside wants power off before power on"},

    /* Pads with ideas of their own. */
    {0x04E6, 0xE003, ANY, CCID_QUIRK_NO_MESSAGE | CCID_QUIRK_ALL_MESSAGES, 0, 0,
     0, 0,
     LIBCCID_CMD "SCM SPR 532: no display, yet wants three message indices"},
    {0x046A, 0x003E, ANY, CCID_QUIRK_NO_MESSAGE | CCID_QUIRK_ALL_MESSAGES, 0, 0,
     0, 0,
     LIBCCID_CMD "Cherry ST-2000: no display, yet wants three message indices"},
    {0x046A, 0x0010, ANY, CCID_QUIRK_ALL_MESSAGES, 0, 0, 0, 0,
     LIBCCID_CMD "Cherry xx44: wants three message indices"},
    {0x413C, 0x2101, ANY, CCID_QUIRK_NO_MESSAGE, 0, 0, 0, 0,
     LIBCCID_CMD "Dell keyboard: takes only 'no message'"},
    {0x413C, 0x2100, ANY, CCID_QUIRK_NO_MESSAGE | CCID_QUIRK_DIGITS_SWAPPED, 0,
     0, 0, 0,
     LIBCCID_CMD "Dell SK-3106: takes only 'no message'; PIN lengths swapped"},

    /* Firmware that its makers replaced because it did not work. */
    {0x04E6, 0x5111, BELOW(0x0620), CCID_QUIRK_OLD_FIRMWARE, 0, 0, 0, 0,
     LIBCCID_USB "SCM SCR331-DI below 6.20"},
    {0x04E6, 0xE001, BELOW(0x0516), CCID_QUIRK_OLD_FIRMWARE, 0, 0, 0, 0,
     LIBCCID_USB "SCM SCR331 below 5.16"},
    {0x04E6, 0xE003, BELOW(0x0510), CCID_QUIRK_OLD_FIRMWARE, 0, 0, 0, 0,
     LIBCCID_USB "SCM SPR 532 below 5.10"},
    {0x058F, 0x9520, BELOW(0x0102), CCID_QUIRK_OLD_FIRMWARE, 0, 0, 0, 0,
     LIBCCID_USB "Alcor AU9520-G below 1.02"},
    {0x0D46, 0x3001, BELOW(0x0037), CCID_QUIRK_OLD_FIRMWARE, 0, 0, 0, 0,
     LIBCCID_USB "KAAN Base below 0.37"},
    {0x0D46, 0x3002, BELOW(0x0037), CCID_QUIRK_OLD_FIRMWARE, 0, 0, 0, 0,
     LIBCCID_USB "KAAN Advanced below 0.37"},
};

size_t ccid_quirks_count(void)
{
    return LK_ARRAY_LEN(table);
}

const struct ccid_quirk *ccid_quirks_line(size_t i)
{
    return i < LK_ARRAY_LEN(table) ? &table[i] : NULL;
}

static void merge(struct ccid_quirk *all, const struct ccid_quirk *q)
{
    all->flags |= q->flags;
    all->rate_max = q->rate_max ? q->rate_max : all->rate_max;
    all->ifsd_max = q->ifsd_max ? q->ifsd_max : all->ifsd_max;
    all->patience_ms = LK_MAX(all->patience_ms, q->patience_ms);
    all->settle_ms = LK_MAX(all->settle_ms, q->settle_ms);
    if (all->source[0] == '\0')
        all->source = q->source;
}

void ccid_quirks_find(uint16_t vendor, uint16_t product, uint16_t version,
                      struct ccid_quirk *ret)
{
    *ret = (struct ccid_quirk){.vendor = vendor,
                               .product = product,
                               .version_min = version,
                               .version_max = version,
                               .source = ""};
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        const struct ccid_quirk *q = &table[i];
        if (q->vendor == vendor && q->product == product &&
            version >= q->version_min && version <= q->version_max)
            merge(ret, q);
    }
}

void ccid_quirks_apply(const struct ccid_quirk *q, struct ccid_class *c)
{
    uint32_t levels = CCID_FEATURE_TPDU | CCID_FEATURE_SHORT_APDU |
                      CCID_FEATURE_EXTENDED_APDU;
    if (q->flags & CCID_QUIRK_NO_PAD)
        c->pad = 0;
    if (q->flags & CCID_QUIRK_EXTENDED)
        c->features = (c->features & ~levels) | CCID_FEATURE_EXTENDED_APDU;
    if (q->flags & CCID_QUIRK_SHORT)
        c->features = (c->features & ~levels) | CCID_FEATURE_SHORT_APDU;
    if (q->flags & CCID_QUIRK_NO_IFSD)
        c->features |= CCID_FEATURE_AUTO_IFSD;
    if (q->flags & CCID_QUIRK_FULL_APDU && c->message_max < FULL_APDU_MESSAGE)
        c->message_max = FULL_APDU_MESSAGE;
    if (q->rate_max != 0)
        c->rate_max = q->rate_max;
    if (q->ifsd_max != 0)
        c->ifsd_max = q->ifsd_max;
}
