/* probe_turn.h - a relay of a TURN server, for as long as somebody looks.
 *
 * Spec: RFC 8489 section 9.2, RFC 8656. Room: asked for with the kiosk's
 * password, and given back. Blocking, each answer within PROBE_WAIT_MS.
 */
#ifndef LUUKKU_APP_PROBE_TURN_H
#define LUUKKU_APP_PROBE_TURN_H

#include "app/probe.h"
#include "app/probe_stun.h"

struct probe_talk {
    int fd; /* connected to the server; -1: none */
    bool tcp;
    bool relay; /* there is one, to be given back */
    const char *test;
    const struct store_config_turn *turn;
    uint8_t key[16]; /* MD5 of user, realm and password */
    bool has_key;
    uint8_t realm[256];
    size_t realm_len;
    uint8_t nonce[256];
    size_t nonce_len;
};

/* Asks for a relay; `answer` has its address. 0, or -EIO, having told why as a
 * failed check of `test`. In either case probe_turn_close() is called later;
 * before the call `ret` is {.fd = -1}. `test` and `turn` are borrowed. */
int probe_turn_open(const char *test, const struct store_config_turn *turn,
                    struct probe_talk *ret,
                    struct probe_stun *answer) LK_MUST_CHECK;

/* What is sent on channel `number` (0x4000 to 0x4fff) goes to `to`, and what
 * comes from there comes on it. 0, or -EIO, having told why. */
int probe_turn_channel(const struct probe_talk *t, unsigned number,
                       const struct probe_place *to) LK_MUST_CHECK;

/* Gives the relay back and forgets the key. */
void probe_turn_close(struct probe_talk *t);

#endif
