#include "ipc/cardmsg.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

/* Members of a message, in the order in which they are written. */
enum member {
    M_ID = 1 << 0,
    M_PURPOSE = 1 << 1,
    M_HASH = 1 << 2,
    M_DIGIT = 1 << 3,
    M_STATE = 1 << 4, /* reader, card, pad */
    M_PIN = 1 << 5,   /* pin, where, least, most */
    M_COUNT = 1 << 6,
    M_ALGORITHM = 1 << 7,
    M_CHAIN = 1 << 8,
    M_WHY = 1 << 9,
    M_TRIES = 1 << 10,
    M_HOLDER = 1 << 11, /* name, satu */
    M_BYTES = 1 << 12,
    M_CERTIFICATE = 1 << 13,
};

/* 0 for a type that does not exist. */
static unsigned members_of(unsigned type)
{
    static const unsigned members[] = {
        [CARDMSG_IDENTIFY] = M_ID | M_PURPOSE | M_BYTES,
        [CARDMSG_SIGN] = M_ID | M_HASH | M_BYTES,
        [CARDMSG_DIGIT] = M_ID | M_DIGIT,
        [CARDMSG_PIN_BACK] = M_ID,
        [CARDMSG_PIN_OK] = M_ID,
        [CARDMSG_CANCEL] = M_ID,
        [CARDMSG_WHO] = M_ID,
        [CARDMSG_STATE] = M_STATE | M_CHAIN | M_TRIES | M_HOLDER | M_BYTES,
        [CARDMSG_PIN_WANTED] = M_ID | M_PIN | M_TRIES,
        [CARDMSG_PIN_COUNT] = M_ID | M_COUNT,
        [CARDMSG_WORKING] = M_ID,
        [CARDMSG_RESULT] =
            M_ID | M_ALGORITHM | M_CHAIN | M_BYTES | M_CERTIFICATE,
        [CARDMSG_FAILED] = M_ID | M_WHY | M_TRIES,
        [CARDMSG_SIGNER] = M_ID | M_HASH | M_CHAIN | M_BYTES,
    };
    return type < LK_ARRAY_LEN(members) ? members[type] : 0;
}

/* The most that `bytes` may hold. */
static size_t bytes_max(unsigned type)
{
    switch (type) {
    case CARDMSG_IDENTIFY:
        return CARDMSG_CHALLENGE_MAX;
    case CARDMSG_SIGN:
        return CARDMSG_HASH_MAX;
    case CARDMSG_RESULT:
        return CARDMSG_SIGNATURE_MAX;
    default:
        return CARDMSG_CERTIFICATE_MAX;
    }
}

size_t cardmsg_hash_len(enum cardmsg_hash h)
{
    static const size_t len[CARDMSG_HASHES] = {32, 48, 64};
    return h < CARDMSG_HASHES ? len[h] : 0;
}

static void write_first(struct lk_writer *w, const struct cardmsg *m,
                        unsigned has)
{
    if (has & M_ID)
        lk_write_u32(w, m->id);
    if (has & M_PURPOSE)
        lk_write_str(w, m->purpose);
    if (has & M_HASH)
        lk_write_u8(w, (uint8_t)m->hash);
    if (has & M_DIGIT)
        lk_write_u8(w, m->digit);
    if (has & M_STATE) {
        lk_write_u8(w, (uint8_t)m->reader);
        lk_write_u8(w, (uint8_t)m->card);
        lk_write_u8(w, m->pad);
    }
    if (has & M_PIN) {
        lk_write_u8(w, m->pin);
        lk_write_u8(w, (uint8_t)m->where);
        lk_write_u8(w, m->least);
        lk_write_u8(w, m->most);
    }
}

int cardmsg_encode(const struct cardmsg *m, void *ret, size_t cap)
{
    struct lk_writer w = lk_writer(ret, cap);
    unsigned has = members_of(m->type);
    if (has == 0)
        return -EINVAL;
    if (m->len > bytes_max(m->type) ||
        m->certificate_len > CARDMSG_CERTIFICATE_MAX)
        return -EMSGSIZE;
    write_first(&w, m, has);
    if (has & M_COUNT)
        lk_write_u8(&w, m->count);
    if (has & M_ALGORITHM)
        lk_write_u8(&w, (uint8_t)m->algorithm);
    if (has & M_CHAIN)
        lk_write_u8(&w, (uint8_t)m->chain);
    if (has & M_WHY)
        lk_write_u8(&w, (uint8_t)m->why);
    if (has & M_TRIES)
        lk_write_u8(&w, m->tries);
    if (has & M_HOLDER) {
        lk_write_str(&w, m->name);
        lk_write_str(&w, m->satu);
    }
    if (has & M_BYTES)
        lk_write_blob(&w, m->bytes, m->len);
    if (has & M_CERTIFICATE)
        lk_write_blob(&w, m->certificate, m->certificate_len);
    return lk_writer_end(&w);
}

/* One byte of `least` up to, not including, `end`. */
static uint8_t read_between(struct lk_reader *r, unsigned least, unsigned end)
{
    uint8_t v = lk_read_u8(r);
    if (v < least || v >= end) {
        r->bad = true;
        return 0;
    }
    return v;
}

static uint8_t read_tries(struct lk_reader *r)
{
    uint8_t v = lk_read_u8(r);
    if (v > 15 && v != CARDMSG_TRIES_UNKNOWN)
        r->bad = true;
    return v;
}

static void read_text(struct lk_reader *r, char *ret, size_t cap)
{
    lk_read_str(r, ret, cap);
    if (!lk_utf8_valid(ret, strlen(ret)))
        r->bad = true;
}

/* [a-z0-9-]{3,63}: it goes into what the card signs. */
static void read_purpose(struct lk_reader *r, char *ret)
{
    lk_read_str(r, ret, CARDMSG_PURPOSE_MAX);
    size_t len = strlen(ret);
    if (len < 3 || strspn(ret, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
        r->bad = true;
}

static void read_pin(struct lk_reader *r, struct cardmsg *m)
{
    m->pin = read_between(r, 1, 3);
    m->where = (enum cardmsg_where)read_between(r, 0, CARDMSG_WHERES);
    m->least = read_between(r, 1, CARDMSG_PIN_DIGITS_MAX + 1);
    m->most = read_between(r, m->least, CARDMSG_PIN_DIGITS_MAX + 1);
}

static void read_first(struct lk_reader *r, struct cardmsg *m, unsigned has)
{
    if (has & M_ID)
        m->id = lk_read_u32(r);
    if (has & M_PURPOSE)
        read_purpose(r, m->purpose);
    if (has & M_HASH)
        m->hash = (enum cardmsg_hash)read_between(r, 0, CARDMSG_HASHES);
    if (has & M_DIGIT)
        m->digit = read_between(r, 0, 10);
    if (has & M_STATE) {
        m->reader = (enum cardmsg_reader)read_between(r, 0, CARDMSG_READERS);
        m->card = (enum cardmsg_card)read_between(r, 0, CARDMSG_CARDS);
        m->pad = read_between(r, 0, 2) == 1;
    }
    if (has & M_PIN)
        read_pin(r, m);
}

static void read_numbers(struct lk_reader *r, struct cardmsg *m, unsigned has)
{
    if (has & M_COUNT)
        m->count = read_between(r, 0, CARDMSG_PIN_DIGITS_MAX + 1);
    if (has & M_ALGORITHM)
        m->algorithm =
            (enum cardmsg_algorithm)read_between(r, 0, CARDMSG_ALGORITHMS);
    if (has & M_CHAIN)
        m->chain = (enum cardmsg_chain)read_between(r, 0, CARDMSG_CHAINS);
    if (has & M_WHY)
        m->why = (enum cardmsg_why)read_between(r, 0, CARDMSG_WHYS);
    if (has & M_TRIES)
        m->tries = read_tries(r);
}

/* Lengths that the type asks for beyond its ceiling. */
static bool lengths_good(const struct cardmsg *m)
{
    if (m->type == CARDMSG_IDENTIFY)
        return m->len >= CARDMSG_CHALLENGE_LEAST;
    if (m->type == CARDMSG_SIGN)
        return m->len == cardmsg_hash_len(m->hash);
    if (m->type == CARDMSG_RESULT)
        return m->len > 0 && m->certificate_len > 0;
    if (m->type == CARDMSG_SIGNER)
        return m->len > 0;
    return true;
}

int cardmsg_decode(uint16_t type, const void *payload, size_t len,
                   struct cardmsg *ret)
{
    struct lk_reader r = lk_reader(payload, len);
    struct cardmsg m = {.type = (enum cardmsg_type)type};
    unsigned has = members_of(type);
    if (has == 0)
        return -EBADMSG;
    read_first(&r, &m, has);
    read_numbers(&r, &m, has);
    if (has & M_HOLDER) {
        read_text(&r, m.name, sizeof(m.name));
        read_text(&r, m.satu, sizeof(m.satu));
    }
    if (has & M_BYTES)
        m.bytes = lk_read_blob(&r, bytes_max(type), &m.len);
    if (has & M_CERTIFICATE)
        m.certificate =
            lk_read_blob(&r, CARDMSG_CERTIFICATE_MAX, &m.certificate_len);
    int end = lk_reader_end(&r);
    if (end == 0 && !lengths_good(&m))
        end = -EBADMSG;
    if (end < 0) {
        explicit_bzero(&m, sizeof(m));
        return end;
    }
    *ret = m;
    return 0;
}
