/* expert.h - a test double of an expert's page: claims, answers, acknowledges.
 * It shares envelope.h with the kiosk; the vectors check that one. */
#ifndef LUUKKU_TEST_SIGNAL_EXPERT_H
#define LUUKKU_TEST_SIGNAL_EXPERT_H

#include "support.h"

#define EXPERT_SENT_MAX 32

struct expert_sent {
    char *payload;
    char sig[SIGNAL_SIG_TEXT_SIZE];
    int64_t due_us;
    int tries;
};

struct expert {
    struct signal_key *key;
    uint8_t cert[SIGNAL_CERT_MAX];
    size_t cert_len;
    char user[LK_NAME_MAX];
    char kiosk[LK_NAME_MAX];
    const struct signal_key *kiosk_key; /* verifies the kiosk's */
    char call[SIGNAL_CALL_SIZE];
    char kn[SIGNAL_NONCE_SIZE];
    char en[SIGNAL_NONCE_SIZE]; /* "": has not claimed */
    uint32_t n;
    bool granted;
    bool refused;
    char refused_why[32];
    bool over;
    uint64_t offer;      /* newest version met */
    uint64_t session_id; /* of it */
    uint32_t candidates; /* the kiosk's, met */
    uint32_t acks;       /* met */
    bool mute_acks;      /* acknowledges nothing */
    size_t sent_count;   /* unacknowledged */
    struct expert_sent sent[EXPERT_SENT_MAX];
    /* Carries a payload to the kiosk; `expert`'s topic. */
    void (*post)(struct expert *x, const char *payload);
    void *arg;
};

/* Makes an expert of kela with a certificate of the vectors' CA. */
void expert_init(struct expert *x, const char *user, const char *name);
void expert_clear(struct expert *x);

/* Sends a claim with a new nonce; `resume` may be NULL. */
void expert_claim(struct expert *x, const char *resume);

/* Seals and sends; `kept`: until it is acknowledged. */
void expert_send(struct expert *x, enum signal_type type, const char *body,
                 bool kept);
void expert_answer(struct expert *x, uint64_t version);
void expert_candidate(struct expert *x, uint64_t version, const char *line);
void expert_bye(struct expert *x, const char *why);

/* Something that the kiosk published; what is not for it is ignored. */
void expert_hear(struct expert *x, const char *topic, const char *payload);

/* Sends again what is due. */
void expert_tick(struct expert *x, int64_t now_us);

/* Byte `i` of the fingerprint of a connection; the pages' sessions are 7. */
uint8_t expert_print(uint64_t session, int i);

/* A description with two media; `extra` stands at session level. */
void expert_sdp(uint64_t session, uint64_t version, const char *extra,
                char *ret, size_t cap);

#endif
