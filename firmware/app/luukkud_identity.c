#include "app/luukkud_identity.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct luukkud_identity {
    struct luukkud_identity_config config;
    struct identdesk *desk;
    uint32_t login; /* that luukku-fetch is at; 0 none */
    bool card_in;
};

static int64_t now_us(const struct luukkud_identity *i)
{
    return lk_loop_now_us(i->config.loop);
}

/* --- the desk's outputs ------------------------------------------------ */

static void desk_event(void *arg, const struct session_event *e)
{
    struct luukkud_identity *i = arg;
    i->card_in = e->identity->card_in;
    i->config.event(i->config.arg, e);
}

static int desk_card(void *arg, const struct cardmsg *m)
{
    struct luukkud_identity *i = arg;
    return luukkud_devices_send_card(i->config.devices, m);
}

static void desk_page(void *arg, const char *text, size_t len)
{
    struct luukkud_identity *i = arg;
    line_say_ctl(*i->config.line, text, len);
}

static void copy(char *ret, size_t cap, const char *s)
{
    (void)snprintf(ret, cap, "%s", s);
}

static bool desk_binding(void *arg, struct identity_binding *ret)
{
    struct luukkud_identity *i = arg;
    struct signal_binding b;
    if (!line_binding(*i->config.line, &b))
        return false;
    memset(ret, 0, sizeof(*ret));
    copy(ret->kiosk, sizeof(ret->kiosk), b.kiosk);
    copy(ret->expert, sizeof(ret->expert), b.expert);
    copy(ret->call, sizeof(ret->call), b.call);
    copy(ret->kn, sizeof(ret->kn), b.kn);
    copy(ret->en, sizeof(ret->en), b.en);
    memcpy(ret->kiosk_print, b.kiosk_print, sizeof(ret->kiosk_print));
    memcpy(ret->page_print, b.page_print, sizeof(ret->page_print));
    return true;
}

static int desk_sign(void *arg, const void *data, size_t len, uint8_t ret[64])
{
    struct luukkud_identity *i = arg;
    return signal_key_sign(i->config.key, data, len, ret);
}

static int desk_document(void *arg, bool on)
{
    struct luukkud_identity *i = arg;
    return i->config.document ? i->config.document(i->config.arg, on) : -ENODEV;
}

/* The nonce ties what the service signs to the line that stands now. */
static int login_begin(struct luukkud_identity *i, uint32_t id)
{
    struct loginmsg m = {.type = LOGINMSG_BEGIN, .id = id};
    struct identity_binding b;
    _Static_assert(sizeof(m.nonce) >= IDENTITY_LOGIN_NONCE_SIZE, "it fits");
    if (!i->config.config->phone.device_url[0])
        return -EOPNOTSUPP;
    if (!desk_binding(i, &b))
        return -ENOTCONN;
    int r = identity_login_nonce(&b, m.nonce);
    if (r == 0)
        r = luukkud_devices_send_login(i->config.devices, &m);
    if (r == 0)
        i->login = id;
    return r;
}

static int desk_phone(void *arg, uint32_t id, bool on)
{
    struct luukkud_identity *i = arg;
    const struct loginmsg m = {.type = LOGINMSG_CANCEL, .id = id};
    if (on)
        return login_begin(i, id);
    i->login = 0;
    return luukkud_devices_send_login(i->config.devices, &m);
}

static int desk_prepare(void *arg, const struct identdesk_signer *s)
{
    struct luukkud_identity *i = arg;
    return luukkud_form_prepare(i->config.form, s);
}

static int desk_signature(void *arg, const struct identdesk_signature *s)
{
    struct luukkud_identity *i = arg;
    return luukkud_form_signature(i->config.form, s);
}

static void desk_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    LK_LOG(WARN, "identity", "what=\"%s\" why=\"%s\"", what, why);
}

/* --- the form's seal --------------------------------------------------- */

static void form_prepared(void *arg, uint32_t id, const uint8_t *hash)
{
    struct luukkud_identity *i = arg;
    identdesk_prepared(i->desk, id, hash, now_us(i));
}

static void form_signed(void *arg, uint32_t id, int how)
{
    struct luukkud_identity *i = arg;
    identdesk_signed(i->desk, id, how, now_us(i));
}

/* --- luukku-card ------------------------------------------------------- */

static void card_message(void *arg, const struct cardmsg *m)
{
    struct luukkud_identity *i = arg;
    identdesk_card(i->desk, m, now_us(i));
    i->config.settle(i->config.arg);
}

static void card_gone(void *arg)
{
    struct luukkud_identity *i = arg;
    identdesk_card_gone(i->desk, now_us(i));
    i->config.settle(i->config.arg);
}

/* --- luukku-fetch ------------------------------------------------------ */

static enum identdesk_phone_kind kind_of(const struct loginmsg *m)
{
    static const enum identdesk_phone_kind why[LOGINMSG_WHYS] = {
        [LOGINMSG_DENIED] = IDENTDESK_PHONE_DENIED,
        [LOGINMSG_EXPIRED] = IDENTDESK_PHONE_LATE,
        [LOGINMSG_SERVICE] = IDENTDESK_PHONE_FAILED,
    };
    if (m->type == LOGINMSG_CODE)
        return IDENTDESK_PHONE_CODE;
    return m->type == LOGINMSG_TOKEN ? IDENTDESK_PHONE_TOKEN : why[m->why];
}

static void login_message(void *arg, const struct loginmsg *m)
{
    struct luukkud_identity *i = arg;
    const struct identdesk_phone_event e = {.id = m->id,
                                            .kind = kind_of(m),
                                            .url = m->url,
                                            .code = m->code,
                                            .lasts_us =
                                                m->lasts_ms * INT64_C(1000),
                                            .token = m->token,
                                            .token_len = m->token_len};
    if (m->type != LOGINMSG_CODE && m->id == i->login)
        i->login = 0;
    identdesk_phone(i->desk, &e, now_us(i));
    i->config.settle(i->config.arg);
}

/* What it was at has failed: the citizen may try once more. */
static void login_gone(void *arg)
{
    struct luukkud_identity *i = arg;
    const struct identdesk_phone_event e = {.id = i->login,
                                            .kind = IDENTDESK_PHONE_FAILED};
    i->login = 0;
    if (e.id == 0)
        return;
    identdesk_phone(i->desk, &e, now_us(i));
    i->config.settle(i->config.arg);
}

/* --- what goes in ------------------------------------------------------ */

void luukkud_identity_event(struct luukkud_identity *i,
                            const struct session_event *e)
{
    if (e->kind == SESSION_EVENT_GRANTED)
        identdesk_begin(i->desk, now_us(i));
    else if (e->kind == SESSION_EVENT_OVER)
        identdesk_end(i->desk, now_us(i));
}

void luukkud_identity_act(struct luukkud_identity *i,
                          const struct session_action *a)
{
    if (a->kind == SESSION_DO_IDENTITY)
        identdesk_intent(i->desk, &a->intent, now_us(i));
    if (a->kind != SESSION_DO_FINISH)
        return;
    identdesk_end(i->desk, now_us(i));
    if (i->card_in)
        LK_LOG(WARN, "identity", "what=\"a card was left in the reader\"");
}

void luukkud_identity_channel(struct luukkud_identity *i, bool open)
{
    identdesk_channel(i->desk, open, now_us(i));
}

void luukkud_identity_text(struct luukkud_identity *i, const char *text,
                           size_t len)
{
    identdesk_receive(i->desk, text, len, now_us(i));
}

void luukkud_identity_document(struct luukkud_identity *i, int how)
{
    identdesk_document(i->desk, how, now_us(i));
}

void luukkud_identity_tick(struct luukkud_identity *i)
{
    identdesk_tick(i->desk, now_us(i));
}

int64_t luukkud_identity_next_us(const struct luukkud_identity *i)
{
    return identdesk_next_us(i->desk);
}

/* --- life -------------------------------------------------------------- */

int luukkud_identity_new(const struct luukkud_identity_config *config,
                         struct luukkud_identity **ret)
{
    struct luukkud_identity *i = calloc(1, sizeof(*i));
    if (!i)
        return -ENOMEM;
    i->config = *config;
    const struct identdesk_config desk = {.out = {.event = desk_event,
                                                  .card = desk_card,
                                                  .page = desk_page,
                                                  .binding = desk_binding,
                                                  .sign = desk_sign,
                                                  .document = desk_document,
                                                  .phone = desk_phone,
                                                  .prepare = desk_prepare,
                                                  .signature = desk_signature,
                                                  .note = desk_note,
                                                  .arg = i},
                                          .shuffle =
                                              config->config->card_shuffle};
    int r = identdesk_new(&desk, &i->desk);
    if (r < 0) {
        free(i);
        return r;
    }
    const struct luukkud_devices_card card = {
        .message = card_message, .gone = card_gone, .arg = i};
    const struct luukkud_form_signing signing = {
        .prepared = form_prepared, .signed_ = form_signed, .arg = i};
    const struct luukkud_devices_login login = {
        .message = login_message, .gone = login_gone, .arg = i};
    luukkud_devices_listen_card(config->devices, &card);
    luukkud_devices_listen_login(config->devices, &login);
    luukkud_form_set_signing(config->form, &signing);
    *ret = i;
    return 0;
}

struct luukkud_identity *luukkud_identity_free(struct luukkud_identity *i)
{
    if (i) {
        const struct luukkud_devices_card nobody = {.arg = NULL};
        const struct luukkud_form_signing nothing = {.arg = NULL};
        const struct luukkud_devices_login silence = {.arg = NULL};
        luukkud_devices_listen_card(i->config.devices, &nobody);
        luukkud_devices_listen_login(i->config.devices, &silence);
        luukkud_form_set_signing(i->config.form, &nothing);
        identdesk_free(i->desk);
        free(i);
    }
    return NULL;
}
