/* Other ways than the card: the citizen's own telephone, and a document before
 * the camera. */
#include "session/identdesk_impl.h"

#include <errno.h>
#include <string.h>

static const struct identdesk_output *out(const struct identdesk *d)
{
    return &d->config.out;
}

static void fail(struct identdesk *d, enum identity_why why)
{
    identdesk_fail(d, why, IDENTITY_TRIES_UNKNOWN);
}

void identdesk_else_drop(struct identdesk *d)
{
    uint32_t phone = d->phone;
    bool camera = d->camera;
    d->phone = 0;
    d->camera = false;
    explicit_bzero(d->token, sizeof(d->token));
    d->token_len = 0;
    if (phone)
        (void)out(d)->phone(out(d)->arg, phone, false);
    if (camera)
        (void)out(d)->document(out(d)->arg, false);
}

/* --- telephone --------------------------------------------------------- */

void identdesk_phone_begin(struct identdesk *d)
{
    identdesk_else_drop(d);
    identdesk_enter(d, STAGE_CODE);
    int r = out(d)->phone(out(d)->arg, ++d->ids, true);
    if (r == 0) {
        d->phone = d->ids;
        return;
    }
    identdesk_note(d, "login by telephone", r);
    fail(d, IDENTITY_PHONE_FAILED);
}

/* Signs that this kiosk got this token in this call. */
static int prove(struct identdesk *d, const struct identity_binding *b)
{
    uint8_t sha256[IDENTITY_HASH_LEN];
    uint8_t sig[64];
    char lines[IDENTITY_LINES_MAX];
    struct identity_said s = {.token = d->token,
                              .token_len = d->token_len,
                              .sig = sig,
                              .sig_len = sizeof(sig)};
    int r = identity_digest(d->token, d->token_len, sha256);
    if (r == 0)
        r = identity_lines(IDENTITY_PHONE, b, &d->acting, sha256, lines);
    if (r > 0)
        r = out(d)->sign(out(d)->arg, lines, (size_t)r, sig);
    explicit_bzero(lines, sizeof(lines));
    return r < 0 ? r : identdesk_prove(d, &s);
}

void identdesk_phone_go(struct identdesk *d)
{
    struct identity_binding b;
    if (d->stage != STAGE_TOKEN || !identdesk_bind(d, &b))
        return;
    int r = prove(d, &b);
    explicit_bzero(d->token, sizeof(d->token));
    d->token_len = 0;
    if (r == 0)
        return;
    identdesk_note(d, "proof by telephone", r);
    fail(d, IDENTITY_PHONE_FAILED);
}

static void on_code(struct identdesk *d, const struct identdesk_phone_event *e)
{
    size_t url = strlen(e->url);
    size_t code = strlen(e->code);
    if (url == 0 || url >= sizeof(d->view.qr) || code >= sizeof(d->view.code) ||
        !lk_utf8_valid(e->url, url) || !lk_utf8_valid(e->code, code) ||
        e->lasts_us <= 0) {
        fail(d, IDENTITY_PHONE_FAILED);
        return;
    }
    d->code_us = LK_MIN(e->lasts_us, IDENTDESK_PHONE_US);
    identdesk_enter(d, STAGE_PHONE);
    memcpy(d->view.qr, e->url, url);
    memcpy(d->view.code, e->code, code);
}

static void on_token(struct identdesk *d, const struct identdesk_phone_event *e)
{
    d->phone = 0; /* it has ended */
    if (e->token_len == 0 || e->token_len > sizeof(d->token)) {
        fail(d, IDENTITY_PHONE_FAILED);
        return;
    }
    memcpy(d->token, e->token, e->token_len);
    d->token_len = e->token_len;
    identdesk_enter(d, STAGE_TOKEN);
    identdesk_phone_go(d);
}

static enum identity_why why_of(enum identdesk_phone_kind kind)
{
    if (kind == IDENTDESK_PHONE_LATE)
        return IDENTITY_TIMEOUT;
    return kind == IDENTDESK_PHONE_DENIED ? IDENTITY_PHONE_DENIED
                                          : IDENTITY_PHONE_FAILED;
}

void identdesk_phone(struct identdesk *d, const struct identdesk_phone_event *e,
                     int64_t now_us)
{
    d->now_us = now_us;
    if (e->id == 0 || e->id != d->phone)
        return;
    bool code = e->kind == IDENTDESK_PHONE_CODE;
    if (code && d->stage == STAGE_CODE) {
        on_code(d, e);
    } else if (e->kind == IDENTDESK_PHONE_TOKEN && d->stage == STAGE_PHONE) {
        on_token(d, e);
    } else {
        if (!code) /* a second one would begin the citizen's time anew: it is
                      stopped; the others have ended */
            d->phone = 0;
        fail(d, why_of(e->kind));
    }
    identdesk_flush(d);
}

/* --- document ---------------------------------------------------------- */

void identdesk_document_begin(struct identdesk *d)
{
    identdesk_else_drop(d);
    identdesk_enter(d, STAGE_CAMERA);
    int r = out(d)->document(out(d)->arg, true);
    d->camera = r == 0;
    if (r == 0)
        return;
    if (r != -ENODEV)
        identdesk_note(d, "document camera", r);
    fail(d, IDENTITY_NO_CAMERA);
}

void identdesk_document(struct identdesk *d, int how, int64_t now_us)
{
    d->now_us = now_us;
    if (d->camera && how < 0) {
        d->camera = false;
        fail(d, how == -ENODEV ? IDENTITY_NO_CAMERA : IDENTITY_OTHER);
    } else if (d->camera && d->stage == STAGE_CAMERA) {
        identdesk_enter(d, STAGE_DOCUMENT);
    }
    identdesk_flush(d);
}

void identdesk_document_seen(struct identdesk *d)
{
    const struct identity_said nothing = {.n = 0};
    identdesk_else_drop(d); /* gone from both sides before it is said */
    int r = identdesk_prove(d, &nothing);
    if (r == 0)
        return;
    identdesk_note(d, "proof by document", r);
    fail(d, IDENTITY_OTHER);
}
