/* What the card says of itself: PINs, keys and certificates by the files of
 * PKCS #15; and where FINEID has them when the files do not say. */
#include "apdu/card_impl.h"

#include <errno.h>
#include <string.h>

#define PLACE(...)                                                            \
    {                                                                         \
        .bytes = {__VA_ARGS__}, .len = sizeof((const uint8_t[]){__VA_ARGS__}) \
    }

/* FINEID S4-1: certificate #1 beside the application's files, certificate #2 in
 * directory 5016; v3.0 has the latter at 4335. */
static const struct p15_path odf = PLACE(0x50, 0x31);
static const struct p15_path identity_places[] = {
    PLACE(0x43, 0x31), PLACE(0x3f, 0x00, 0x43, 0x31)};
static const struct p15_path signing_places[] = {
    PLACE(0x3f, 0x00, 0x50, 0x16, 0x43, 0x32),
    PLACE(0x3f, 0x00, 0x50, 0x16, 0x43, 0x35)};
#define SIGNING_V3 1

static const struct p15_path signing_dir = PLACE(0x50, 0x16);

/* FINEID S1, 3.5: both PINs are ASCII digits filled up with zero bytes. */
static const struct card_pin fineid_pin[CARD_USES] = {
    [CARD_FOR_IDENTITY] = {.reference = 0x11,
                           .least = 4,
                           .most = 12,
                           .stored = 12,
                           .padded = true,
                           .coding = P15_ASCII},
    [CARD_FOR_SIGNING] = {.reference = 0x82,
                          .least = 6,
                          .most = 12,
                          .stored = 12,
                          .padded = true,
                          .coding = P15_ASCII}};
#define FINEID_KEY_IDENTITY 1
#define FINEID_KEY_SIGNING 2
#define FINEID_KEY_SIGNING_V3 3

/* --- which file next ----------------------------------------------------- */

static bool read_odf(struct card *c)
{
    if (c->odf_read)
        return false;
    c->odf_read = true;
    card_file_start(c, FILE_ODF, &odf);
    return true;
}

bool card_walk(struct card *c)
{
    if (read_odf(c))
        return true;
    while (c->file_next < c->files.count) {
        const struct p15_file *f = &c->files.file[c->file_next++];
        if (f->kind != P15_PINS && f->kind != P15_PRIVATE_KEYS)
            continue;
        card_file_start(c, f->kind == P15_PINS ? FILE_PINS : FILE_KEYS,
                        &f->path);
        return true;
    }
    return false;
}

static bool walk_certs(struct card *c)
{
    if (read_odf(c))
        return true;
    while (c->cert_file_next < c->files.count) {
        const struct p15_file *f = &c->files.file[c->cert_file_next++];
        if (f->kind != P15_CERTIFICATES)
            continue;
        card_file_start(c, FILE_CERTS, &f->path);
        return true;
    }
    return false;
}

/* Where FINEID has the certificate of this use; NULL after the last place. */
static const struct p15_path *fineid_place(const struct card *c, unsigned n)
{
    if (c->use == CARD_FOR_IDENTITY)
        return n < LK_ARRAY_LEN(identity_places) ? &identity_places[n] : NULL;
    if (!c->fineid || n >= LK_ARRAY_LEN(signing_places))
        return NULL;
    return &signing_places[n];
}

bool card_want_certificate(struct card *c)
{
    const struct p15_path *place = fineid_place(c, c->cert_attempt);
    unsigned fixed = 0;
    while (fineid_place(c, fixed))
        fixed++;
    if (place) {
        c->cert_attempt++;
        card_file_start(c, FILE_CERTIFICATE, place);
        return true;
    }
    if (walk_certs(c))
        return true;
    while (c->cert_attempt - fixed < c->certs.count) {
        const struct p15_cert *cert = &c->certs.cert[c->cert_attempt - fixed];
        c->cert_attempt++;
        if (cert->authority)
            continue;
        c->cert_id[c->use] = cert->id;
        card_file_start(c, FILE_CERTIFICATE, &cert->path);
        return true;
    }
    return false;
}

/* --- what was read ------------------------------------------------------- */

/* The first application of EF.DIR that is not the one tried before. */
static int dir_done(struct card *c)
{
    struct p15_apps apps;
    int r = p15_dir_decode(c->file.data, c->file.len, &apps);
    if (r < 0)
        return r;
    for (size_t i = 0; i < apps.count; i++) {
        const struct p15_app *a = &apps.app[i];
        if (a->aid_len == c->aid_len && memcmp(a->aid, c->aid, c->aid_len) == 0)
            continue;
        memcpy(c->aid, a->aid, a->aid_len);
        c->aid_len = a->aid_len;
        return 0;
    }
    return -ENOENT;
}

/* A certificate from FINEID's place is what it is; one from a list must be for
 * this use. */
static void certificate_done(struct card *c)
{
    unsigned n = c->cert_attempt - 1;
    bool fixed = fineid_place(c, n) != NULL;
    LK_AUTO(card_cert) cert = NULL;
    int r = card_cert_new(c->file.data, c->file.len, &cert);
    if (r == -ENOMEM) {
        card_finish(c, CARD_END_NO_MEMORY);
        return;
    }
    if (r < 0 || card_cert_key(cert, NULL) == CARD_KEY_OTHER)
        return;
    if (!fixed && !card_cert_may(cert, c->use))
        return;
    if (fixed) {
        c->cert_id[c->use].len = 0;
        c->fineid = true;
        c->way[c->use].key = c->use == CARD_FOR_IDENTITY ? FINEID_KEY_IDENTITY
                             : n == SIGNING_V3           ? FINEID_KEY_SIGNING_V3
                                                         : FINEID_KEY_SIGNING;
    }
    c->cert[c->use] = LK_TAKE(cert);
}

void card_file_done(struct card *c, int error)
{
    const struct card_file *f = &c->file;
    int r = error;
    if (r == 0 && f->use == FILE_DIR)
        r = dir_done(c);
    else if (r == 0 && f->use == FILE_ODF)
        r = p15_odf_decode(f->data, f->len, &c->files);
    else if (r == 0 && f->use == FILE_PINS)
        r = p15_pins_decode(f->data, f->len, &c->pins);
    else if (r == 0 && f->use == FILE_KEYS)
        r = p15_keys_decode(f->data, f->len, &c->keys);
    else if (r == 0 && f->use == FILE_CERTS)
        r = p15_certs_decode(f->data, f->len, &c->certs);
    else if (r == 0)
        certificate_done(c);
    /* A file that is missing or broken is as one that says nothing: what
     * matters is whether key, PIN and certificate are found in the end. */
    if (r < 0 && f->use == FILE_DIR)
        card_finish(c, CARD_END_UNKNOWN);
    if (c->job != JOB_NONE)
        card_go_on(c);
}

/* --- key and PIN --------------------------------------------------------- */

static bool key_fits(const struct card *c, const struct p15_key *k)
{
    const struct p15_id *id = &c->cert_id[c->use];
    bool ec = card_cert_key(c->cert[c->use], NULL) != CARD_KEY_RSA;
    if (k->ec != ec)
        return false;
    if (id->len > 0)
        return p15_id_equal(&k->id, id);
    bool signing = tlv_bit(k->usage, P15_NON_REPUDIATION);
    if (c->use == CARD_FOR_SIGNING)
        return signing;
    return !signing && tlv_bit(k->usage, P15_SIGN);
}

static const struct p15_key *find_key(const struct card *c)
{
    for (size_t i = 0; i < c->keys.count; i++)
        if (key_fits(c, &c->keys.key[i]))
            return &c->keys.key[i];
    return NULL;
}

static const struct p15_pin *find_pin(const struct card *c,
                                      const struct p15_key *k)
{
    for (size_t i = 0; i < c->pins.count; i++) {
        const struct p15_pin *p = &c->pins.pin[i];
        if (p->puk)
            continue;
        if (k && p15_id_equal(&p->id, &k->auth_id))
            return p;
        if (!k && c->fineid && p->reference == fineid_pin[c->use].reference)
            return p;
    }
    return NULL;
}

static void pin_dir(const struct card *c, const struct p15_pin *p,
                    struct card_way *w)
{
    if (p && p->local && p->path.len > 0)
        w->dir = p->path;
    else if (c->fineid && c->use == CARD_FOR_SIGNING)
        w->dir = signing_dir;
    /* The root alone: where FINEID's application is. */
    if (w->dir.len == 2 && w->dir.bytes[0] == 0x3f && w->dir.bytes[1] == 0)
        w->dir.len = 0;
}

enum card_end card_find_way(struct card *c)
{
    struct card_way w = {.known = true, .key = c->way[c->use].key};
    const struct p15_key *k = find_key(c);
    const struct p15_pin *p = find_pin(c, k);
    if (!c->fineid && (!k || !p))
        return CARD_END_NO_KEY;
    if (!p)
        w.pin = fineid_pin[c->use];
    else if (card_pin_from(p, &w.pin) < 0)
        return CARD_END_NOT_SUPPORTED;
    if (k && (k->reference >= 0 || !c->fineid))
        w.key = k->reference;
    pin_dir(c, p, &w);
    c->way[c->use] = w;
    return CARD_END_GOOD;
}
