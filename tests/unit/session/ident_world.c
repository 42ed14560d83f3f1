#include "ident_world.h"

#include <errno.h>

/* --- luukku-card ------------------------------------------------------- */

/* Room for an answer; its bytes live with it. */
static struct cardmsg *post(struct fake_card *c, enum cardmsg_type type)
{
    assert_true(c->mails < WORLD_MAIL);
    size_t i = c->mails++;
    c->mail[i] = (struct cardmsg){.type = type, .id = c->id};
    c->mail[i].bytes = c->bytes[i];
    c->mail[i].certificate = c->cert[i];
    return &c->mail[i];
}

static void post_state(struct fake_card *c)
{
    struct cardmsg *m = post(c, CARDMSG_STATE);
    bool known = c->card >= CARDMSG_CARD_BLOCKED;
    m->reader = c->reader;
    m->card = c->card;
    m->pad = c->pad;
    m->chain = c->chain;
    m->tries = CARDMSG_TRIES_UNKNOWN;
    if (known)
        memcpy(m->name, "Maija Ääkkönen", sizeof("Maija Ääkkönen"));
}

static void post_failed(struct fake_card *c, enum cardmsg_why why,
                        uint8_t tries)
{
    struct cardmsg *m = post(c, CARDMSG_FAILED);
    m->why = why;
    m->tries = tries;
    c->id = 0;
}

/* The certificates of one card differ, and those of two. */
static size_t certificate(const struct fake_card *c, uint8_t *ret)
{
    memset(ret, c->type == CARDMSG_IDENTIFY ? 1 : 2, 20);
    ret[0] = c->who;
    return 20;
}

static void fake_begin(struct fake_card *c, const struct cardmsg *m)
{
    uint8_t tries = c->tries[m->type == CARDMSG_IDENTIFY ? 0 : 1];
    if (c->id) {
        uint32_t id = c->id;
        c->id = m->id;
        post_failed(c, CARDMSG_BUSY, CARDMSG_TRIES_UNKNOWN);
        c->id = id;
        return;
    }
    c->id = m->id;
    c->type = m->type;
    c->working = false;
    c->digits = 0;
    c->challenge_len = m->len;
    if (m->len > 0)
        memcpy(c->challenge, m->bytes, m->len);
    if (c->card < CARDMSG_CARD_BLOCKED) {
        post_failed(c, CARDMSG_NO_CARD, CARDMSG_TRIES_UNKNOWN);
    } else if (tries < 2) {
        post_failed(c, tries ? CARDMSG_LAST_TRY : CARDMSG_BLOCKED, tries);
    } else if (m->type == CARDMSG_WHO) {
        struct cardmsg *s = post(c, CARDMSG_SIGNER);
        s->hash = CARDMSG_SHA384;
        s->chain = CARDMSG_CHAIN_GOOD;
        s->len = certificate(c, c->bytes[c->mails - 1]);
        c->id = 0;
    } else {
        struct cardmsg *s = post(c, CARDMSG_PIN_WANTED);
        s->pin = m->type == CARDMSG_IDENTIFY ? 1 : 2;
        s->where = c->pad ? CARDMSG_ON_PAD : CARDMSG_ON_SCREEN;
        s->least = s->pin == 1 ? 4 : 6;
        s->most = 12;
        s->tries = tries;
    }
}

/* The card's answer: the challenge itself stands for its signature. */
static void fake_ok(struct fake_card *c)
{
    bool first = c->type == CARDMSG_IDENTIFY;
    uint8_t *tries = &c->tries[first ? 0 : 1];
    c->typed[c->digits] = '\0';
    c->verifies++;
    (void)post(c, CARDMSG_WORKING);
    if (strcmp(c->typed, first ? "1234" : "654321") != 0) {
        --*tries;
        post_failed(c, CARDMSG_WRONG_PIN, *tries);
        return;
    }
    *tries = 5;
    struct cardmsg *m = post(c, CARDMSG_RESULT);
    m->algorithm = c->algorithm;
    m->chain = CARDMSG_CHAIN_GOOD;
    memcpy(c->bytes[c->mails - 1], c->challenge, sizeof(c->challenge));
    m->len = c->challenge_len;
    m->certificate_len = certificate(c, c->cert[c->mails - 1]);
    c->id = 0;
}

static void fake_typed(struct fake_card *c, const struct cardmsg *m)
{
    if (!c->id || m->id != c->id)
        return;
    if (m->type == CARDMSG_PIN_OK) {
        fake_ok(c);
        return;
    }
    if (m->type == CARDMSG_CANCEL) {
        if (!c->working)
            post_failed(c, CARDMSG_CANCELLED, CARDMSG_TRIES_UNKNOWN);
        return;
    }
    if (m->type == CARDMSG_DIGIT && c->digits < 12)
        c->typed[c->digits++] = (char)('0' + m->digit);
    else if (m->type == CARDMSG_PIN_BACK && c->digits > 0)
        c->digits--;
    post(c, CARDMSG_PIN_COUNT)->count = c->digits;
}

static int on_card(void *arg, const struct cardmsg *m)
{
    struct ident_world *w = arg;
    struct fake_card *c = &w->card;
    uint8_t bytes[CARDMSG_ENCODED_MAX];
    assert_true(cardmsg_encode(m, bytes, sizeof(bytes)) >= 0);
    if (!c->runs || c->stuck)
        return -EPIPE;
    if (c->mute)
        return 0;
    if (m->type == CARDMSG_IDENTIFY || m->type == CARDMSG_SIGN ||
        m->type == CARDMSG_WHO)
        fake_begin(c, m);
    else
        fake_typed(c, m);
    return 0;
}

void card_put(struct ident_world *w, enum cardmsg_card card)
{
    w->card.card = card;
    post_state(&w->card);
    world_run(w);
}

void card_pull(struct ident_world *w)
{
    struct fake_card *c = &w->card;
    if (c->id)
        post_failed(c, CARDMSG_CARD_GONE, CARDMSG_TRIES_UNKNOWN);
    card_put(w, CARDMSG_CARD_ABSENT);
}

void card_reader(struct ident_world *w, enum cardmsg_reader reader)
{
    struct fake_card *c = &w->card;
    c->reader = reader;
    if (reader != CARDMSG_READER_READY)
        c->card = CARDMSG_CARD_ABSENT;
    post_state(c);
    if (reader != CARDMSG_READER_READY && c->id)
        post_failed(c,
                    reader == CARDMSG_READER_NONE ? CARDMSG_CARD_GONE
                                                  : CARDMSG_READER_FAULT,
                    CARDMSG_TRIES_UNKNOWN);
    world_run(w);
}

void card_crash(struct ident_world *w)
{
    w->card.runs = false;
    w->card.mails = 0;
    w->card.id = 0;
    identdesk_card_gone(w->d, w->now_us);
    world_run(w);
}

void card_start(struct ident_world *w)
{
    w->card.runs = true;
    post_state(&w->card);
    world_run(w);
}

/* --- the others -------------------------------------------------------- */

static void on_event(void *arg, const struct session_event *e)
{
    struct ident_world *w = arg;
    assert_int_equal(e->kind, SESSION_EVENT_IDENTITY);
    w->view = *e->identity;
    w->events++;
    w->called += e->called;
}

static void on_page(void *arg, const char *text, size_t len)
{
    struct ident_world *w = arg;
    json_error_t error;
    assert_true(len <= IDENTITY_SAID_MAX);
    json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(o);
    assert_true(w->heard < WORLD_TEXTS);
    w->texts[w->heard++] = o;
}

static bool on_binding(void *arg, struct identity_binding *ret)
{
    struct ident_world *w = arg;
    if (w->bound)
        *ret = w->binding;
    return w->bound;
}

static int on_sign(void *arg, const void *data, size_t len, uint8_t ret[64])
{
    struct ident_world *w = arg;
    assert_true(len < sizeof(w->signed_text));
    memcpy(w->signed_text, data, len);
    w->signed_text[len] = '\0';
    memset(ret, 0x55, 64);
    return w->sign_fails ? -EIO : 0;
}

static int on_document(void *arg, bool on)
{
    struct ident_world *w = arg;
    assert_true(on != w->camera);
    w->camera = on && w->camera_error == 0;
    return on ? w->camera_error : 0;
}

static int on_phone(void *arg, uint32_t id, bool on)
{
    struct ident_world *w = arg;
    assert_true(on ? w->phone == 0 : w->phone == id);
    w->phone_begun += on;
    w->phone = on && w->phone_error == 0 ? id : 0;
    return on ? w->phone_error : 0;
}

static int on_prepare(void *arg, const struct identdesk_signer *s)
{
    struct ident_world *w = arg;
    assert_int_equal(w->signer.id, 0);
    assert_int_equal(s->cert[0], w->card.who);
    if (w->prepare_error == 0)
        w->signer = *s;
    return w->prepare_error;
}

static int on_signature(void *arg, const struct identdesk_signature *s)
{
    struct ident_world *w = arg;
    assert_int_equal(s->id, w->signer.id);
    if (!s->bytes) {
        w->given_up++;
        w->signer.id = 0;
        return 0;
    }
    if (w->signature_error == 0) {
        w->signatures++;
        memcpy(w->signature, s->bytes, s->len);
        w->signature_len = s->len;
    }
    return w->signature_error;
}

static void on_note(void *arg, const char *what, const char *why)
{
    struct ident_world *w = arg;
    assert_non_null(what);
    assert_non_null(why);
    w->notes++;
}

/* --- the world --------------------------------------------------------- */

static struct ident_world *world_new(bool shuffle)
{
    struct ident_world *w = calloc(1, sizeof(*w));
    const struct identdesk_config config = {.out = {.event = on_event,
                                                    .card = on_card,
                                                    .page = on_page,
                                                    .binding = on_binding,
                                                    .sign = on_sign,
                                                    .document = on_document,
                                                    .phone = on_phone,
                                                    .prepare = on_prepare,
                                                    .signature = on_signature,
                                                    .note = on_note,
                                                    .arg = w},
                                            .shuffle = shuffle};
    assert_non_null(w);
    w->now_us = 1000 * SEC;
    w->card = (struct fake_card){.reader = CARDMSG_READER_READY,
                                 .tries = {5, 5},
                                 .who = 7,
                                 .algorithm = CARDMSG_ES384};
    w->binding = (struct identity_binding){.kiosk = "kuopio-02",
                                           .expert = "maija-virtanen",
                                           .call = "0123",
                                           .kn = "kn",
                                           .en = "en"};
    assert_int_equal(identdesk_new(&config, &w->d), 0);
    card_start(w);
    w->bound = true;
    identdesk_begin(w->d, w->now_us);
    identdesk_channel(w->d, true, w->now_us);
    return w;
}

static void world_free(struct ident_world *w)
{
    for (size_t i = 0; i < w->heard; i++)
        json_decref(w->texts[i]);
    identdesk_free(w->d);
    free(w);
}

static struct ident_world *present;

struct ident_world *ident_world(void)
{
    return present;
}

int world_setup(void **state)
{
    (void)state;
    present = world_new(false);
    return 0;
}

int world_teardown(void **state)
{
    (void)state;
    world_free(present);
    return 0;
}

void world_again(bool shuffle)
{
    world_free(present);
    present = world_new(shuffle);
}

void world_run(struct ident_world *w)
{
    struct fake_card *c = &w->card;
    for (size_t i = 0; i < c->mails; i++) /* more may come meanwhile */
        identdesk_card(w->d, &c->mail[i], w->now_us);
    c->mails = 0;
}

void world_wait(struct ident_world *w, int64_t for_us)
{
    int64_t until_us = w->now_us + for_us;
    int turns = 0;
    while (identdesk_next_us(w->d) <= until_us) {
        assert_true(++turns < 100); /* every deadline passes */
        w->now_us = LK_MAX(w->now_us, identdesk_next_us(w->d));
        identdesk_tick(w->d, w->now_us);
        world_run(w);
    }
    w->now_us = until_us;
}

void world_intent(struct ident_world *w, enum session_intent_kind kind)
{
    struct session_intent i = {.kind = kind};
    identdesk_intent(w->d, &i, w->now_us);
    world_run(w);
}

void world_type(struct ident_world *w, const char *digits)
{
    struct session_intent i = {.kind = SESSION_INTENT_PIN_DIGIT};
    for (; *digits; digits++) {
        i.at = (uint32_t)(*digits - '0');
        identdesk_intent(w->d, &i, w->now_us);
        world_run(w);
    }
    world_intent(w, SESSION_INTENT_PIN_OK);
}

void world_role(struct ident_world *w, enum session_role role, const char *name,
                const char *id)
{
    struct session_intent i = {.kind = SESSION_INTENT_ROLE, .remove = role};
    (void)snprintf(i.arg, sizeof(i.arg), "%s", name);
    (void)snprintf(i.path, sizeof(i.path), "%s", id);
    identdesk_intent(w->d, &i, w->now_us);
    world_run(w);
}

void world_page(struct ident_world *w, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    identdesk_receive(w->d, text, (size_t)n, w->now_us);
    world_run(w);
}

void world_ask(struct ident_world *w, uint32_t n, const char *how)
{
    world_page(w, "{\"type\":\"identify\",\"n\":%u,\"how\":\"%s\"}", n, how);
}

void world_reconnect(struct ident_world *w)
{
    w->bound = false;
    identdesk_channel(w->d, false, w->now_us);
    world_run(w);
    w->bound = true;
    w->binding.page_print[0]++;
    identdesk_channel(w->d, true, w->now_us);
    world_run(w);
}

const json_t *world_last(const struct ident_world *w, const char *type)
{
    for (size_t i = w->heard; i > 0; i--) {
        const json_t *o = w->texts[i - 1];
        if (strcmp(json_string_value(json_object_get(o, "type")), type) == 0)
            return o;
    }
    return NULL;
}

const char *world_word(const struct ident_world *w, const char *member)
{
    const json_t *o = world_last(w, "identity");
    const char *s = json_string_value(json_object_get(o, member));
    return s ? s : "";
}

int world_states(const struct ident_world *w, const char *state)
{
    int n = 0;
    for (size_t i = 0; i < w->heard; i++) {
        const char *s =
            json_string_value(json_object_get(w->texts[i], "state"));
        n += s && strcmp(s, state) == 0;
    }
    return n;
}

void assert_said(const char *state)
{
    assert_string_equal(world_word(present, "state"), state);
}

void assert_failed(enum session_identity_why why, const char *word)
{
    const struct session_identity *v = &present->view;
    assert_int_equal(v->phase, SESSION_IDENTITY_FAILED);
    assert_int_equal(v->why, why);
    if (v->how == SESSION_BY_SIGNATURE)
        return;
    assert_said("failed");
    assert_string_equal(world_word(present, "why"), word);
    const json_t *said = world_last(present, "identity");
    assert_int_equal(json_integer_value(json_object_get(said, "tries")),
                     v->tries == SESSION_TRIES_UNKNOWN ? -1 : v->tries);
}
