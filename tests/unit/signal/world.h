/* world.h - a kiosk's call, experts and a network between them, in made-up
 * time. The network loses, doubles, delays and replays as it is told. */
#ifndef LUUKKU_TEST_SIGNAL_WORLD_H
#define LUUKKU_TEST_SIGNAL_WORLD_H

#include "expert.h"
#include "testing.h"

#define WORLD_EXPERTS 5
#define WORLD_MAIL_MAX 4096
#define MS INT64_C(1000)
#define SEC (1000 * MS)

struct world_mail {
    char topic[SIGNAL_TOPIC_MAX];
    char *payload;
    int64_t at_us;
    bool up; /* from the kiosk */
};

/* What the kiosk did, counted. */
struct world_did {
    int granted, reconnect, answers, candidates, left, over, refused, gave_up;
    int published;
    enum signal_reason last_refused;
    enum signal_bye why;
    bool remote;
    uint32_t place, free_experts;
    uint64_t answer_version;
    struct signal_identity who;
    char last_payload[SIGNAL_PAYLOAD_MAX + 1];
    char last_topic[SIGNAL_TOPIC_MAX];
};

struct world {
    struct signal_key *key;
    struct signal_trust *trust;
    struct signal_call *call;
    struct signal_time t;
    struct signal_offer_ids ids;
    struct expert experts[WORLD_EXPERTS];
    size_t expert_count;
    struct world_did did;
    size_t mail_count;
    struct world_mail mail[WORLD_MAIL_MAX];
    uint64_t seed;
    unsigned loss_pct, double_pct, replay_pct;
    int64_t delay_us; /* at most */
    bool media_early; /* media was allowed before a grant was told */
};

/* A kiosk "kuopio-02", link up, and experts of kela. */
struct world *world_new(size_t experts);
void world_free(struct world *w);

/* Joins the queue of kela and offers. */
void world_wait(struct world *w);

/* Draws names and offers. */
void world_offer(struct world *w, bool fresh);

/* Takes the kiosk's actions. */
void world_poll(struct world *w);

/* Lets time and mail flow. */
void world_run(struct world *w, int64_t for_us);

/* Hands the kiosk one message now. */
void world_inject(struct world *w, const char *topic, const void *payload,
                  size_t len);

#endif
