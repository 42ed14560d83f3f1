/* Messages from the broker, through everything that a call does with them.
 *
 * First byte: how the input is given. Even: as the payload to a topic chosen
 * by its upper bits. Odd: as the body of an envelope that the holder of the
 * call has signed, its type chosen by the upper bits; so bodies are reached
 * behind a signature, too. The key is fixed, the holder holds the call already.
 */
#include "fuzz_signal.h"

#include "signal/call_state.h"

static struct signal_key *key;

static struct signal_call *make_call(const struct signal_time *t)
{
    static struct signal_trust *trust;
    struct signal_call *c = NULL;
    if (!key && (signal_key_load_pem(fuzz_key_pem, sizeof(fuzz_key_pem) - 1,
                                     &key) < 0 ||
                 signal_trust_new(0, &trust) < 0))
        abort();
    struct signal_call_config config = {
        .kiosk = "kuopio-02", .site = "Kuopio", .key = key, .trust = trust};
    const struct signal_wait wait = {.agency = "kela",
                                     .card = "card",
                                     .lang = "fi",
                                     .title_fi = "fi",
                                     .title_sv = "sv",
                                     .title_en = "en"};
    struct signal_offer_ids ids;
    if (signal_call_new(&config, &c) < 0)
        abort();
    signal_call_link(c, true, t);
    if (signal_call_wait(c, &wait, t) < 0 ||
        signal_call_next_offer(c, true, &ids) < 0)
        abort();
    return c;
}

/* As if the expert had claimed: a claim's certificate has a target of its own.
 */
static void hold(struct signal_call *c)
{
    (void)signal_claim_take(&c->claim, "maija-virtanen",
                            "29OknQ2Qa07ZIWtzMw0vsA", "");
    c->holder_key = key; /* lent: taken back before the call is freed */
    c->offer_sent = true;
}

static void drain(struct signal_call *c)
{
    struct signal_action a;
    while (signal_call_poll(c, &a))
        if (a.kind == SIGNAL_ACT_PUBLISH && strlen(a.data) != a.len)
            abort();
}

static void give_raw(struct signal_call *c, unsigned how, const uint8_t *data,
                     size_t size, const struct signal_time *t)
{
    static const char *const topics[] = {
        "k/kuopio-02/down/maija-virtanen", "k/kuopio-02/down/juha-niemi",
        "call/kela/iisalmi-01", "here/kela/juha-niemi"};
    struct signal_message m = {
        .topic = topics[how % 4], .payload = data, .len = size, .t = t};
    (void)signal_call_receive(c, &m);
}

static void give_signed(struct signal_call *c, unsigned how,
                        const uint8_t *data, size_t size,
                        const struct signal_time *t)
{
    static const enum signal_type types[] = {
        SIGNAL_CLAIM, SIGNAL_ANSWER, SIGNAL_CANDIDATE, SIGNAL_BYE, SIGNAL_ACK};
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    char *body = malloc(size + 1);
    if (!body)
        return;
    memcpy(body, data, size);
    body[size] = '\0';
    struct signal_draft d = {.type = types[how % 5],
                             .kiosk = "kuopio-02",
                             .expert = "maija-virtanen",
                             .call = c->call,
                             .kn = c->kn,
                             .en = c->claim.en,
                             .body = body};
    if (signal_envelope_seal(&d, key, sig, &payload) == 0)
        give_raw(c, 0, (const uint8_t *)payload, strlen(payload), t);
    free(payload);
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct signal_time t = {.now_us = 1000000, .wall_s = 1795262400};
    if (size == 0)
        return 0;
    struct signal_call *c = make_call(&t);
    unsigned how = data[0] >> 1;
    drain(c);
    if ((data[0] & 0x80) == 0)
        hold(c);
    if (data[0] & 1)
        give_signed(c, how & 0x3f, data + 1, size - 1, &t);
    else
        give_raw(c, how & 0x3f, data + 1, size - 1, &t);
    drain(c);
    t.now_us += 10 * INT64_C(1000000);
    (void)signal_call_tick(c, &t);
    drain(c);
    if (c->holder_key == key)
        c->holder_key = NULL;
    (void)signal_call_free(c);
    return 0;
}
