/* bench.h - the screen without a display, and a core thread that drives it. */
#ifndef LUUKKU_TESTS_KIOSK_BENCH_H
#define LUUKKU_TESTS_KIOSK_BENCH_H

#include "kiosk/kiosk.h"
#include "kiosk/sheet.h"

#include <pthread.h>

#define INTENTS_MAX 32

/* The core's part: a thread that asks and waits for the answer. */
struct bench {
    struct kiosk_ui *ui;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    struct kiosk_reply *reply;
    bool has_reply;
    struct session_intent intent[INTENTS_MAX];
    int intents; /* SESSION_INTENT_ALIVE not among them */
    int alive;   /* how often that came */
    void (*script)(struct bench *b);
};

/* Callbacks for a kiosk_config and a kiosk_request; arg is the bench. */
void bench_intent(void *arg, const struct session_intent *intent);
void bench_reply(void *arg, struct kiosk_reply *reply);

/* Asks and waits for the reply; the caller frees it. */
struct kiosk_reply *bench_ask(struct bench *b, enum kiosk_request_kind kind,
                              const char *arg);

/* Asks; the reply's error, which must come with words. */
int bench_error(struct bench *b, enum kiosk_request_kind kind, const char *arg);

/* Whether the tree's JSON holds a text. */
bool bench_says(struct bench *b, const char *what);

/* Where a node is, from the tree, which must have it. */
struct kiosk_rect bench_rect(struct bench *b, const char *id);

/* Posts a usual view of a screen. */
void bench_show(struct bench *b, enum session_screen screen);

/* Exactly this intent has come since the last time. */
void bench_expect(struct bench *b, enum session_intent_kind kind,
                  const char *arg);

/* Runs the screen on this thread and the script on another one. */
void bench_run(void (*script)(struct bench *b));

#endif
