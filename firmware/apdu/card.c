#include "apdu/card_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* RID of PKCS #15 and "PKCS-15": FINEID's too (S4-1). */
static const uint8_t fineid_aid[] = {0xa0, 0x00, 0x00, 0x00, 0x63, 0x50,
                                     0x4b, 0x43, 0x53, 0x2d, 0x31, 0x35};
#define FINEID_PIN1 0x11

int card_new(const struct card_config *config, struct card **ret)
{
    struct card *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->config = *config;
    c->tries = CARD_TRIES_UNKNOWN;
    memcpy(c->aid, fineid_aid, sizeof(fineid_aid));
    c->aid_len = sizeof(fineid_aid);
    *ret = c;
    return 0;
}

struct card *card_free(struct card *c)
{
    if (c) {
        for (size_t i = 0; i < CARD_USES; i++)
            c->cert[i] = card_cert_free(c->cert[i]);
        explicit_bzero(c, sizeof(*c));
        free(c);
    }
    return NULL;
}

void card_finish(struct card *c, enum card_end end)
{
    c->prepared = c->job == JOB_PREPARE && end == CARD_END_GOOD;
    c->job = JOB_NONE;
    c->state = STATE_IDLE;
    c->end = end;
    c->command_len = 0;
}

void card_send(struct card *c, enum card_state state,
               const struct apdu_command *command)
{
    int n = apdu_command_encode(command, c->command, sizeof(c->command));
    if (n < 0 || ++c->commands > CARD_COMMANDS_MAX) {
        card_finish(c, CARD_END_FAULT);
        return;
    }
    c->command_len = (size_t)n;
    c->state = state;
}

/* --- jobs ---------------------------------------------------------------- */

/* The tries of PIN 1 are looked at only where an empty VERIFY is known to be
 * harmless. */
static void look_go_on(struct card *c)
{
    if (!c->app)
        card_select_app(c);
    else if (!c->cert[CARD_FOR_IDENTITY] && card_want_certificate(c))
        return;
    else if (!c->cert[CARD_FOR_IDENTITY])
        card_finish(c, CARD_END_UNKNOWN);
    else if (c->fineid && !c->probed)
        card_probe_tries(c, FINEID_PIN1);
    else
        card_finish(c, CARD_END_GOOD);
}

/* The directory of the PIN is selected last: what follows happens there. */
static void prepare_way(struct card *c)
{
    struct card_way *w = &c->way[c->use];
    enum card_end end = w->known ? CARD_END_GOOD : card_find_way(c);
    if (end != CARD_END_GOOD)
        card_finish(c, end);
    else if (w->dir.len == 0 && !c->at_app)
        card_select_app(c);
    else if (w->dir.len > 0 && !card_dir_is(c, &w->dir))
        card_select_dir(c, &w->dir);
    else if (!c->probed)
        card_probe_tries(c, w->pin.reference);
    else if (c->tries == 0)
        card_finish(c, CARD_END_BLOCKED);
    else if (c->tries == 1)
        card_finish(c, CARD_END_LAST_TRY);
    else
        card_finish(c, CARD_END_GOOD);
}

static void prepare_go_on(struct card *c)
{
    if (!c->app)
        card_select_app(c);
    else if (card_walk(c) || (!c->cert[c->use] && card_want_certificate(c)))
        return; /* a file is on its way */
    else if (!c->cert[c->use])
        card_finish(c, CARD_END_NO_KEY);
    else
        prepare_way(c);
}

void card_go_on(struct card *c)
{
    if (c->job == JOB_LOOK)
        look_go_on(c);
    else if (c->job == JOB_PREPARE)
        prepare_go_on(c);
}

static int start(struct card *c, enum card_job job, enum card_usage u)
{
    if (c->job != JOB_NONE)
        return -EBUSY;
    c->job = job;
    c->use = u;
    c->commands = 0;
    c->probed = false;
    c->prepared = false;
    c->cert_attempt = 0;
    return 0;
}

int card_start_look(struct card *c)
{
    int r = start(c, JOB_LOOK, CARD_FOR_IDENTITY);
    if (r == 0)
        card_go_on(c);
    return r;
}

int card_start_prepare(struct card *c, enum card_usage u)
{
    if (!c->cert[CARD_FOR_IDENTITY])
        return c->job != JOB_NONE ? -EBUSY : -EINVAL;
    int r = start(c, JOB_PREPARE, u);
    if (r == 0)
        card_go_on(c);
    return r;
}

int card_start_sign(struct card *c, enum card_usage u, enum card_hash h,
                    const uint8_t *hash)
{
    if (c->job != JOB_NONE)
        return -EBUSY;
    if (!c->prepared || c->use != u || card_hash_len(h) == 0)
        return -EINVAL;
    int r = start(c, JOB_SIGN, u);
    if (r < 0)
        return r;
    bool rsa = card_cert_key(c->cert[u], NULL) == CARD_KEY_RSA;
    memcpy(c->hash, hash, card_hash_len(h));
    memset(&c->signature, 0, sizeof(c->signature));
    c->signature.hash = h;
    c->signature.scheme = rsa ? CARD_RSA_PSS : CARD_ECDSA;
    c->state = STATE_PIN;
    return 0;
}

/* --- commands and answers ------------------------------------------------ */

void card_next(const struct card *c, struct card_want *ret)
{
    struct card_want w = {.ask = CARD_ASK_END, .end = c->end};
    if (c->state == STATE_PIN) {
        w.ask = CARD_ASK_PIN;
        w.pin = &c->way[c->use].pin;
    } else if (c->state != STATE_IDLE) {
        w.ask = CARD_ASK_COMMAND;
        w.command = c->command;
        w.len = c->command_len;
    }
    *ret = w;
}

void card_answer(struct card *c, const uint8_t *bytes, size_t len)
{
    static void (*const got[])(struct card *, const struct apdu_response *) = {
        [STATE_SELECT_APP] = card_app_selected,
        [STATE_FILE_SELECT] = card_file_selected,
        [STATE_FILE_READ] = card_file_got,
        [STATE_SELECT_DIR] = card_dir_selected,
        [STATE_TRIES] = card_tries_got,
        [STATE_TRIES_DATA] = card_tries_data_got,
        [STATE_PIN] = card_pin_got,
        [STATE_MSE] = card_sign_got,
        [STATE_HASH] = card_sign_got,
        [STATE_SIGN] = card_sign_got,
        [STATE_SIGN_DIRECT] = card_sign_got,
        [STATE_MSE_AUTH] = card_sign_got,
        [STATE_AUTH] = card_sign_got,
    };
    struct apdu_response r;
    if (c->state == STATE_IDLE)
        return;
    if (apdu_response_decode(bytes, len, &r) < 0)
        card_finish(c, CARD_END_FAULT);
    else
        got[c->state](c, &r);
}

void card_give_up(struct card *c)
{
    if (c->state == STATE_PIN)
        card_finish(c, CARD_END_FAULT);
}

/* --- what is known ------------------------------------------------------- */

bool card_is_fineid(const struct card *c)
{
    return c->fineid;
}

const struct card_cert *card_certificate(const struct card *c,
                                         enum card_usage u)
{
    return c->cert[u];
}

const struct card_pin *card_pin_of(const struct card *c)
{
    return &c->way[c->use].pin;
}

uint8_t card_tries(const struct card *c)
{
    return c->tries;
}

const struct card_signature *card_signature_of(const struct card *c)
{
    return &c->signature;
}

const char *card_end_word(enum card_end e)
{
    static const char *const word[CARD_ENDS] = {
        "good",    "unknown",   "no-key",        "not-supported", "last-try",
        "blocked", "wrong-pin", "bad-signature", "fault",         "no-memory"};
    return e < CARD_ENDS ? word[e] : "fault";
}
