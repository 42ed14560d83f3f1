#include "remote/door.h"

#include "base/json_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CERT_TEXT_MAX (SIGNAL_CERT_MAX / 3 * 4 + 8)

static const char *const names[REMOTE_REFUSALS] = {
    [REMOTE_WELCOME] = "welcome",
    [REMOTE_OFF] = "off",
    [REMOTE_IN_USE] = "in-use",
    [REMOTE_BUSY] = "busy",
    [REMOTE_CERTIFICATE] = "certificate",
    [REMOTE_REVOKED] = "revoked",
    [REMOTE_NO_ROLE] = "role",
    [REMOTE_NOT_HERE] = "not-here",
    [REMOTE_BROKEN] = "broken",
};

const char *remote_refusal_name(enum remote_refusal why)
{
    return (unsigned)why < REMOTE_REFUSALS ? names[why] : "?";
}

struct body {
    size_t cert_len;
    uint8_t cert[SIGNAL_CERT_MAX];
    uint8_t point[REMOTE_PUBLIC_LEN];
};

static int body_read(const struct signal_envelope *e, struct body *ret)
{
    char cert[CERT_TEXT_MAX] = "";
    char key[REMOTE_PUBLIC_LEN * 2] = "";
    struct lk_json_want want[] = {
        {.name = "cert", .text = cert, .cap = sizeof(cert)},
        {.name = "key", .text = key, .cap = sizeof(key)},
    };
    if (lk_json_read(e->body, e->body_len, want, LK_ARRAY_LEN(want)) < 0 ||
        !want[0].seen || !want[1].seen)
        return -EBADMSG;
    int n = lk_b64u_decode(cert, strlen(cert), ret->cert, sizeof(ret->cert));
    int k = lk_b64u_decode(key, strlen(key), ret->point, sizeof(ret->point));
    if (n <= 0 || k != REMOTE_PUBLIC_LEN)
        return -EBADMSG;
    ret->cert_len = (size_t)n;
    return 0;
}

static bool was_here(const struct remote_door *d, const char *call)
{
    for (size_t i = 0; i < REMOTE_SEEN_MAX; i++)
        if (strcmp(d->seen[i], call) == 0)
            return true;
    return false;
}

/* Those that were welcome alone: a stranger's would push them out. */
static void remember(struct remote_door *d, const char *call)
{
    memcpy(d->seen[d->next], call, SIGNAL_CALL_SIZE);
    d->next = (d->next + 1) % REMOTE_SEEN_MAX;
}

static bool on_list(const struct remote_door *d, const char *user)
{
    for (size_t i = 0; i < d->count; i++)
        if (strcmp(d->names[i], user) == 0)
            return true;
    return false;
}

/* Who signed it, by the certificate. */
static int judge_certificate(const struct remote_door *d, const struct body *b,
                             int64_t wall_s, struct remote_open *o)
{
    struct signal_identity who;
    char role[SIGNAL_SHOWN_MAX];
    const struct signal_cert_query query = {
        .agency = REMOTE_CA, .user = o->user, .wall_s = wall_s};
    if (!d->trust)
        return REMOTE_OFF;
    int r = signal_trust_check(d->trust, &query, b->cert, b->cert_len, &who);
    if (r < 0)
        return r;
    if (r != SIGNAL_OK)
        return r == SIGNAL_REVOKED ? REMOTE_REVOKED : REMOTE_CERTIFICATE;
    if (signal_cert_subject(b->cert, b->cert_len, "OU", role, sizeof(role)) <
            0 ||
        strcmp(role, REMOTE_ROLE) != 0)
        return REMOTE_NO_ROLE;
    if (!on_list(d, o->user))
        return REMOTE_NOT_HERE;
    r = signal_cert_subject(b->cert, b->cert_len, "name", o->name,
                            sizeof(o->name));
    if (r < 0) /* none was given: what the broker calls them */
        memcpy(o->name, who.name, sizeof(o->name));
    return REMOTE_WELCOME;
}

/* That the envelope is signed with the key of the certificate it brings. */
static int check_signature(const struct signal_envelope *e,
                           const struct body *b)
{
    LK_AUTO(signal_key) key = NULL;
    int r = signal_cert_key(b->cert, b->cert_len, &key);
    return r == SIGNAL_OK ? signal_envelope_verify(e, key) : r;
}

static void open_fill(const struct signal_envelope *e, const struct body *b,
                      struct remote_open *ret)
{
    *ret = (struct remote_open){.name = ""};
    (void)snprintf(ret->user, sizeof(ret->user), "%s", e->expert);
    memcpy(ret->call, e->call, sizeof(ret->call));
    memcpy(ret->en, e->en, sizeof(ret->en));
    memcpy(ret->digest, e->digest, sizeof(ret->digest));
    memcpy(ret->point, b->point, sizeof(ret->point));
}

/* All that needs no authority: shape, signature, not here before. Returns
 * SIGNAL_OK, a reason, or -ENOMEM. */
static int read_open(const struct remote_door *d, struct signal_envelope *e,
                     struct body *ret)
{
    if (body_read(e, ret) < 0)
        return SIGNAL_MALFORMED;
    int r = check_signature(e, ret);
    if (r != SIGNAL_OK)
        return r;
    return was_here(d, e->call) ? SIGNAL_ORDER : SIGNAL_OK;
}

int remote_door_judge(struct remote_door *d, const struct remote_knock *knock,
                      struct remote_open *ret, const char **ret_why)
{
    static const struct signal_held held = {.call = NULL};
    LK_AUTO(signal_envelope) e = NULL;
    struct remote_open o;
    struct body b;
    int r = signal_envelope_open(knock->payload, knock->len, knock->topic,
                                 &held, &e);
    if (r == SIGNAL_OK)
        r = read_open(d, e, &b);
    if (r < 0)
        return r;
    if (r != SIGNAL_OK) {
        *ret_why = signal_reason_name((enum signal_reason)r);
        return -EBADMSG;
    }
    open_fill(e, &b, &o);
    r = judge_certificate(d, &b, knock->wall_s, &o);
    if (r == REMOTE_WELCOME)
        remember(d, o.call);
    if (r >= 0)
        *ret = o;
    return r;
}

void remote_body_accept(const uint8_t point[REMOTE_PUBLIC_LEN], char *ret)
{
    char text[LK_B64U_SIZE(REMOTE_PUBLIC_LEN)];
    lk_b64u_encode(point, REMOTE_PUBLIC_LEN, text);
    (void)snprintf(ret, REMOTE_BODY_MAX, "{\"key\":\"%s\"}", text);
}

void remote_body_refuse(enum remote_refusal why, char *ret)
{
    (void)snprintf(ret, REMOTE_BODY_MAX, "{\"why\":\"%s\"}",
                   remote_refusal_name(why));
}
