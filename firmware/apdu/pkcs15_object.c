/* PINs, private keys and certificates: files of objects, each
 *   { common, class, [0] sub-class OPTIONAL, [1] type }
 * (ISO/IEC 7816-15, 8.4). */
#include "apdu/pkcs15_impl.h"

#include <errno.h>
#include <string.h>

#define CONTEXT_0 0x80
#define CONTEXT_0_CONSTRUCTED 0xa0
#define CONTEXT_1_CONSTRUCTED 0xa1

#define PIN_LOCAL 1
#define PIN_INITIALIZED 4
#define PIN_NEEDS_PADDING 5
#define PIN_UNBLOCKING 6
#define PIN_OFFICER 7

/* The parts of one object. */
struct object {
    char label[P15_LABEL_MAX];
    struct p15_id auth_id;
    bool consent;
    struct tlv klass; /* CommonKeyAttributes and the like */
    struct tlv type;  /* what [1] holds */
};

/* CommonObjectAttributes: label, flags, authId, userConsent, all optional. */
static void common_decode(const struct tlv *t, struct object *o)
{
    struct tlv_reader r = tlv_inside(t);
    struct tlv v;
    uint32_t n;
    if (tlv_next_if(&r, TLV_UTF8, &v))
        p15_label(&v, o->label);
    (void)tlv_next_if(&r, TLV_BIT_STRING, &v);
    if (tlv_next_if(&r, TLV_OCTET_STRING, &v))
        p15_id(&v, &o->auth_id);
    if (tlv_next_if(&r, TLV_INTEGER, &v) && tlv_number(&v, &n) == 0)
        o->consent = n > 0;
}

static bool object_decode(const struct tlv *t, struct object *o)
{
    struct tlv_reader r = tlv_inside(t);
    struct tlv v;
    memset(o, 0, sizeof(*o));
    if (!tlv_next_if(&r, TLV_SEQUENCE, &v))
        return false;
    common_decode(&v, o);
    if (!tlv_next_if(&r, TLV_SEQUENCE, &o->klass))
        return false;
    (void)tlv_next_if(&r, CONTEXT_0_CONSTRUCTED, &v);
    if (!tlv_next_if(&r, CONTEXT_1_CONSTRUCTED, &v))
        return false;
    struct tlv_reader in = tlv_inside(&v);
    return tlv_next_if(&in, TLV_SEQUENCE, &o->type);
}

/* Calls `take` with each object, until it says that there is no more room.
 * -EBADMSG when not even one object is in it. */
static int objects_decode(const void *data, size_t len,
                          bool (*take)(void *list, unsigned tag,
                                       const struct object *o),
                          void *list)
{
    struct tlv_reader r = tlv_reader(data, len);
    struct tlv t;
    struct object o;
    bool any = false;
    bool room = true;
    while (room && tlv_next_filled(&r, &t)) {
        if (!object_decode(&t, &o))
            continue;
        any = true;
        room = take(list, t.tag, &o);
    }
    return any || (len == 0 && !r.bad) ? 0 : -EBADMSG;
}

/* --- PINs ---------------------------------------------------------------- */

static void pin_flags(uint32_t flags, struct p15_pin *p)
{
    p->local = tlv_bit(flags, PIN_LOCAL);
    p->initialized = tlv_bit(flags, PIN_INITIALIZED);
    p->padded = tlv_bit(flags, PIN_NEEDS_PADDING);
    p->puk = tlv_bit(flags, PIN_UNBLOCKING) || tlv_bit(flags, PIN_OFFICER);
}

/* PasswordAttributes: pwdFlags, pwdType, minLength, storedLength, maxLength
 * OPTIONAL, pwdReference [0] DEFAULT 0, padChar OPTIONAL, lastPwdChange
 * OPTIONAL, path OPTIONAL. */
static bool pin_type_decode(const struct tlv *t, struct p15_pin *p)
{
    struct tlv_reader r = tlv_inside(t);
    struct tlv v;
    uint32_t flags;
    uint32_t n = 0;
    if (!tlv_next_if(&r, TLV_BIT_STRING, &v) || tlv_bits(&v, &flags) < 0)
        return false;
    pin_flags(flags, p);
    if (!tlv_next_if(&r, TLV_ENUMERATED, &v) || tlv_number(&v, &p->coding) < 0)
        return false;
    if (!tlv_next_if(&r, TLV_INTEGER, &v) || tlv_number(&v, &p->least) < 0)
        return false;
    if (!tlv_next_if(&r, TLV_INTEGER, &v) || tlv_number(&v, &p->stored) < 0)
        return false;
    if (tlv_next_if(&r, TLV_INTEGER, &v) && tlv_number(&v, &p->most) < 0)
        return false;
    /* pwdReference may be written as a negative byte: 82 stands for 130. */
    if (tlv_next_if(&r, CONTEXT_0, &v)) {
        if (v.len == 1)
            n = v.value[0];
        else if (tlv_number(&v, &n) < 0 || n > 255)
            return false;
    }
    p->reference = (uint8_t)n;
    if (tlv_next_if(&r, TLV_OCTET_STRING, &v) && v.len == 1)
        p->pad = v.value[0];
    (void)tlv_next_if(&r, TLV_GENERALIZED_TIME, &v);
    if (tlv_next_if(&r, TLV_SEQUENCE, &v))
        p15_path(&v, &p->path);
    return !r.bad;
}

static bool pin_take(void *list, unsigned tag, const struct object *o)
{
    struct p15_pins *pins = list;
    struct tlv_reader r = tlv_inside(&o->klass);
    struct tlv v;
    struct p15_pin p = {.reference = 0};
    if (pins->count == P15_PINS_MAX)
        return false;
    if (tag != TLV_SEQUENCE || !pin_type_decode(&o->type, &p))
        return true;
    memcpy(p.label, o->label, sizeof(p.label));
    if (tlv_next_if(&r, TLV_OCTET_STRING, &v))
        p15_id(&v, &p.id);
    pins->pin[pins->count++] = p;
    return true;
}

int p15_pins_decode(const void *data, size_t len, struct p15_pins *ret)
{
    return objects_decode(data, len, pin_take, ret);
}

/* --- private keys -------------------------------------------------------- */

/* CommonKeyAttributes: iD, usage, native DEFAULT TRUE, accessFlags OPTIONAL,
 * keyReference OPTIONAL... */
static bool key_class_decode(const struct tlv *t, struct p15_key *k)
{
    struct tlv_reader r = tlv_inside(t);
    struct tlv v;
    uint32_t n;
    if (!tlv_next_if(&r, TLV_OCTET_STRING, &v))
        return false;
    p15_id(&v, &k->id);
    if (!tlv_next_if(&r, TLV_BIT_STRING, &v) || tlv_bits(&v, &k->usage) < 0)
        return false;
    (void)tlv_next_if(&r, TLV_BOOLEAN, &v);
    (void)tlv_next_if(&r, TLV_BIT_STRING, &v);
    if (tlv_next_if(&r, TLV_INTEGER, &v)) {
        if (v.len == 1)
            k->reference = v.value[0];
        else if (tlv_number(&v, &n) == 0 && n < 256)
            k->reference = (int)n;
    }
    return !r.bad;
}

static bool key_take(void *list, unsigned tag, const struct object *o)
{
    struct p15_keys *keys = list;
    struct tlv_reader r = tlv_inside(&o->type);
    struct tlv v;
    struct p15_key k = {.reference = -1, .consent = o->consent};
    if (keys->count == P15_KEYS_MAX)
        return false;
    k.ec = tag == CONTEXT_0_CONSTRUCTED;
    if ((!k.ec && tag != TLV_SEQUENCE) || !key_class_decode(&o->klass, &k))
        return true;
    memcpy(k.label, o->label, sizeof(k.label));
    k.auth_id = o->auth_id;
    if (tlv_next_if(&r, TLV_SEQUENCE, &v))
        p15_path(&v, &k.path);
    if (!k.ec && tlv_next_if(&r, TLV_INTEGER, &v) &&
        tlv_number(&v, &k.bits) < 0)
        k.bits = 0;
    keys->key[keys->count++] = k;
    return true;
}

int p15_keys_decode(const void *data, size_t len, struct p15_keys *ret)
{
    return objects_decode(data, len, key_take, ret);
}

/* --- certificates -------------------------------------------------------- */

/* CommonCertificateAttributes: iD, authority DEFAULT FALSE... */
static bool cert_take(void *list, unsigned tag, const struct object *o)
{
    struct p15_certs *certs = list;
    struct tlv_reader r = tlv_inside(&o->klass);
    struct tlv_reader type = tlv_inside(&o->type);
    struct tlv v;
    struct p15_cert c = {.authority = false};
    if (certs->count == P15_CERTS_MAX)
        return false;
    if (tag != TLV_SEQUENCE || !tlv_next_if(&r, TLV_OCTET_STRING, &v))
        return true;
    p15_id(&v, &c.id);
    if (tlv_next_if(&r, TLV_BOOLEAN, &v))
        c.authority = v.len == 1 && v.value[0] != 0;
    if (tlv_next_if(&type, TLV_SEQUENCE, &v))
        p15_path(&v, &c.path);
    if (c.path.len == 0)
        return true;
    memcpy(c.label, o->label, sizeof(c.label));
    certs->cert[certs->count++] = c;
    return true;
}

int p15_certs_decode(const void *data, size_t len, struct p15_certs *ret)
{
    return objects_decode(data, len, cert_take, ret);
}
