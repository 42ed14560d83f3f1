#include "bench.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void bench_intent(void *arg, const struct session_intent *intent)
{
    struct bench *b = arg;
    pthread_mutex_lock(&b->lock);
    b->alive += intent->kind == SESSION_INTENT_ALIVE;
    if (intent->kind != SESSION_INTENT_ALIVE && b->intents < INTENTS_MAX)
        b->intent[b->intents++] = *intent;
    pthread_mutex_unlock(&b->lock);
}

void bench_reply(void *arg, struct kiosk_reply *reply)
{
    struct bench *b = arg;
    pthread_mutex_lock(&b->lock);
    b->reply = reply;
    b->has_reply = true;
    pthread_cond_signal(&b->answered);
    pthread_mutex_unlock(&b->lock);
}

struct kiosk_reply *bench_ask(struct bench *b, enum kiosk_request_kind kind,
                              const char *arg)
{
    struct kiosk_request q = {
        .kind = kind, .reply = bench_reply, .reply_arg = b};
    snprintf(q.arg, sizeof(q.arg), "%s", arg);
    b->has_reply = false;
    assert_int_equal(kiosk_ui_request(b->ui, &q), 0);
    pthread_mutex_lock(&b->lock);
    while (!b->has_reply)
        pthread_cond_wait(&b->answered, &b->lock);
    pthread_mutex_unlock(&b->lock);
    assert_non_null(b->reply);
    return b->reply;
}

int bench_error(struct bench *b, enum kiosk_request_kind kind, const char *arg)
{
    struct kiosk_reply *r = bench_ask(b, kind, arg);
    int error = r->error;
    if (error)
        assert_true(r->text_len > 0);
    kiosk_reply_free(r);
    return error;
}

bool bench_says(struct bench *b, const char *what)
{
    struct kiosk_reply *r = bench_ask(b, KIOSK_REQUEST_TREE, "");
    assert_int_equal(r->error, 0);
    assert_int_equal(strlen(r->text), r->text_len);
    bool found = strstr(r->text, what) != NULL;
    kiosk_reply_free(r);
    return found;
}

struct kiosk_rect bench_rect(struct bench *b, const char *id)
{
    char key[64];
    int r[4];
    struct kiosk_reply *reply = bench_ask(b, KIOSK_REQUEST_TREE, "");
    snprintf(key, sizeof(key), "\"id\": \"%s\"", id);
    const char *at = strstr(reply->text, key);
    assert_non_null(at);
    at = strstr(at, "\"rect\": [");
    assert_non_null(at);
    at += strlen("\"rect\": [");
    for (int i = 0; i < 4; i++) {
        char *end;
        r[i] = (int)strtol(at, &end, 10);
        at = end + 1;
    }
    kiosk_reply_free(reply);
    return (struct kiosk_rect){r[0], r[1], r[2], r[3]};
}

void bench_show(struct bench *b, enum session_screen screen)
{
    struct session_view v = {.screen = screen,
                             .lang = "fi",
                             .site = "Kuopio",
                             .card = "tax-card",
                             .place = 2,
                             .expert_name = "Maija Virtanen",
                             .agency_name = "Verohallinto",
                             .line = SESSION_LINE_GOOD,
                             .mic_on = true,
                             .camera_on = true,
                             .volume = 5,
                             .waiting_since_us = lk_clock_us()};
    kiosk_ui_set_view(b->ui, &v);
}

void bench_expect(struct bench *b, enum session_intent_kind kind,
                  const char *arg)
{
    pthread_mutex_lock(&b->lock);
    assert_int_equal(b->intents, 1);
    assert_int_equal(b->intent[0].kind, kind);
    assert_string_equal(b->intent[0].arg, arg);
    b->intents = 0;
    pthread_mutex_unlock(&b->lock);
}

static void *script_main(void *arg)
{
    struct bench *b = arg;
    b->script(b);
    kiosk_ui_quit(b->ui);
    return NULL;
}

void bench_run(void (*script)(struct bench *b))
{
    struct bench b = {.lock = PTHREAD_MUTEX_INITIALIZER,
                      .answered = PTHREAD_COND_INITIALIZER,
                      .script = script};
    struct kiosk_config config = {.width_px = 1080,
                                  .height_px = 1920,
                                  .width_mm = 268,
                                  .headless = true,
                                  .intent = bench_intent,
                                  .arg = &b};
    pthread_t core;
    assert_int_equal(kiosk_ui_new(&config, &b.ui), 0);
    assert_int_equal(pthread_create(&core, NULL, script_main, &b), 0);
    assert_int_equal(kiosk_ui_run(b.ui), 0);
    pthread_join(core, NULL);
    kiosk_ui_free(b.ui);
}
