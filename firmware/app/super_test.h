/* super_test.h - self-tests, in words for a technician in a cold hallway.
 *
 * Room: what super, the programs and luukku-probe know becomes checks with a
 * reason and what to do next; the order puts causes first. Spec:
 * firmware/control/PROTOCOL.md. Pure besides memory and super_machine.h.
 */
#ifndef LUUKKU_APP_SUPER_TEST_H
#define LUUKKU_APP_SUPER_TEST_H

#include "app/super_machine.h"
#include "app/super_own.h"

/* The tests, in their order, as bits. */
enum super_test {
    SUPER_TEST_STORAGE,
    SUPER_TEST_CLOCK,
    SUPER_TEST_CERTS,
    SUPER_TEST_PROGRAMS,
    SUPER_TEST_DISPLAY,
    SUPER_TEST_TOUCH,
    SUPER_TEST_KEYPAD,
    SUPER_TEST_CAMERA,
    SUPER_TEST_MICROPHONE,
    SUPER_TEST_SPEAKER,
    SUPER_TEST_SCANNER,
    SUPER_TEST_CARD,
    SUPER_TEST_NETWORK,
    SUPER_TEST_BROKER,
    SUPER_TEST_STUN,
    SUPER_TEST_TURN,
    SUPER_TESTS,
};

/* Of those, the ones that open devices of luukku-rtc's: as long as luukkud says
 * that nobody is at the kiosk. */
#define SUPER_TEST_OPENED                                    \
    (1U << SUPER_TEST_CAMERA | 1U << SUPER_TEST_MICROPHONE | \
     1U << SUPER_TEST_SPEAKER)

/* A test's name. */
const char *super_test_name(unsigned test);

/* Bits of "all" or of one name; 0: there is no such test. */
unsigned super_test_mask(const char *name);

/* Whether luukku-probe has to look for these: at certificates, at the net. */
bool super_test_wants_certs(unsigned mask);
bool super_test_wants_net(unsigned mask);

/* What there is to judge by; each list may be empty, none is NULL. */
struct super_test_facts {
    json_t *said;         /* of the programs: {"test", "result", "why"} */
    json_t *looked;       /* of luukku-rtc, which opened its devices: checks */
    const char *unlooked; /* why it did not; "": it did */
    json_t *certs;        /* of luukku-probe */
    json_t *net;          /* likewise */
    const char *setup; /* a kiosk that is not set up: what to do; "": it is */
    const struct super_machine *machine;
    int64_t wall_us; /* what the clock says */
    bool clock_set;  /* something outside keeps it right */
    int64_t floor_s; /* the latest time that was seen; 0: no better than when
                        this firmware was made */
};

/* The checks; NULL: no memory. */
json_t *super_test_judge(const struct super_own *own, unsigned mask,
                         const struct super_test_facts *facts);

#endif
