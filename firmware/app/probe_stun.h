/* probe_stun.h - messages of STUN and TURN, and echoes of ICMP, as bytes.
 *
 * Spec: RFC 8489 sections 5, 14; RFC 8656 sections 11, 12, 18; RFC 792, RFC
 * 4443. Room: what luukku-probe sends and how it reads what comes; who sends it
 * where stands in probe_turn.c, probe_ping.c and probe_speed.c. Pure: no I/O,
 * any thread.
 */
#ifndef LUUKKU_APP_PROBE_STUN_H
#define LUUKKU_APP_PROBE_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBE_STUN_MAX 1200 /* bytes of a message */
#define PROBE_STUN_HEADER 20
#define PROBE_CHANNEL_HEADER 4
#define PROBE_ECHO_LEN 16 /* bytes of an echo: header, then a token */
#define PROBE_TOKEN_LEN 8

enum probe_stun_type {
    PROBE_STUN_BINDING = 0x0001,
    PROBE_STUN_ALLOCATE = 0x0003,
    PROBE_STUN_REFRESH = 0x0004,
    PROBE_STUN_CHANNEL = 0x0009,
    PROBE_STUN_SUCCESS = 0x0100, /* added to one of the above */
    PROBE_STUN_ERROR = 0x0110,
};

enum probe_stun_attribute {
    PROBE_STUN_USERNAME = 0x0006,
    PROBE_STUN_INTEGRITY = 0x0008,
    PROBE_STUN_ERROR_CODE = 0x0009,
    PROBE_STUN_CHANNEL_NUMBER = 0x000c,
    PROBE_STUN_LIFETIME = 0x000d,
    PROBE_STUN_XOR_PEER = 0x0012,
    PROBE_STUN_REALM = 0x0014,
    PROBE_STUN_NONCE = 0x0015,
    PROBE_STUN_XOR_RELAYED = 0x0016,
    PROBE_STUN_TRANSPORT = 0x0019,
    PROBE_STUN_XOR_MAPPED = 0x0020,
};

struct probe_stun {
    uint8_t data[PROBE_STUN_MAX];
    size_t len;
};

/* An address of the wire: 4 or 16 bytes, and a port. */
struct probe_place {
    uint8_t address[16];
    bool v6;
    uint16_t port;
};

/* Begins a message of `type`; `id` is 12 random bytes. */
void probe_stun_begin(struct probe_stun *m, unsigned type,
                      const uint8_t id[12]);

/* Adds an attribute; what does not fit is left out. */
void probe_stun_add(struct probe_stun *m, unsigned type, const void *value,
                    size_t len);

/* Adds an address of IPv4 or IPv6, masked by the message's own header. */
void probe_stun_add_place(struct probe_stun *m, unsigned type,
                          const struct probe_place *place);

/* Type of a message of at least PROBE_STUN_HEADER bytes; else 0. */
unsigned probe_stun_type(const struct probe_stun *m);

/* How long the message is that begins so: header and what it announces; 0:
 * more bytes have to come first. */
size_t probe_stun_whole(const uint8_t *data, size_t len);

/* The value of an attribute, inside `m`; NULL: none, or it is cut off. */
const uint8_t *probe_stun_find(const struct probe_stun *m, unsigned type,
                               size_t *ret_len);

/* The address in an attribute. Errors: -ENOENT none, or it is malformed. */
int probe_stun_place(const struct probe_stun *m, unsigned type,
                     struct probe_place *ret);

/* Code of an error, 300 to 799; 0: there is none. */
unsigned probe_stun_error(const struct probe_stun *m);

/* Whether `m`, which came, answers `asked`. */
bool probe_stun_answers(const struct probe_stun *m,
                        const struct probe_stun *asked);

/* What came on channel `number`: a pointer into the `len` bytes at `data` and
 * its length; NULL: something else came, or it is cut off. */
const uint8_t *probe_channel_read(const uint8_t *data, size_t len,
                                  unsigned number, size_t *ret_len);

/* Writes the header for `len` bytes on channel `number`. */
void probe_channel_write(uint8_t *ret, unsigned number, size_t len);

/* An echo request with this token. The kernel sums it up and marks whose it
 * is. */
void probe_echo_write(uint8_t ret[PROBE_ECHO_LEN], bool v6, unsigned sequence,
                      const uint8_t token[PROBE_TOKEN_LEN]);

/* Whether what came is the reply to that. */
bool probe_echo_answers(const uint8_t *data, size_t len, bool v6,
                        unsigned sequence,
                        const uint8_t token[PROBE_TOKEN_LEN]);

#endif
