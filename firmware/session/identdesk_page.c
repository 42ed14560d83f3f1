/* What is said to the page, and what it asks. */
#include "session/identdesk_impl.h"

#include <errno.h>
#include <string.h>

/* --- what is said to the page ------------------------------------------ */

static void send_text(struct identdesk *d, const char *text, int len)
{
    if (len < 0)
        identdesk_note(d, "words for the page", len);
    else if (d->open && len > 0)
        d->config.out.page(d->config.out.arg, text, (size_t)len);
}

/* Says it, and keeps it for a page that comes back. */
int identdesk_say_all(struct identdesk *d, const struct identity_said *s)
{
    char text[IDENTITY_SAID_MAX + 1];
    int n = identity_write(s, text, sizeof(text));
    if (n < 0)
        return n;
    explicit_bzero(d->said, sizeof(d->said));
    memcpy(d->said, text, (size_t)n);
    explicit_bzero(text, sizeof(text));
    d->said_len = (size_t)n;
    d->state = s->state;
    send_text(d, d->said, n);
    return 0;
}

void identdesk_say(struct identdesk *d, enum identity_state state)
{
    struct identity_said s = {.n = d->ask.n, .how = d->ask.how, .state = state};
    if (state == IDENTITY_SHOW_CODE)
        s.left_s = (uint32_t)((d->until_us - d->now_us + 999999) / 1000000);
    if (d->said_len > 0 && d->state == state)
        return;
    int r = identdesk_say_all(d, &s);
    if (r < 0)
        identdesk_note(d, "state", r);
}

void identdesk_say_failed(struct identdesk *d, enum identity_why why,
                          uint8_t tries)
{
    struct identity_said s = {.n = d->ask.n,
                              .how = d->ask.how,
                              .state = IDENTITY_FAILED,
                              .why = why,
                              .tries = tries};
    int r = identdesk_say_all(d, &s);
    if (r < 0)
        identdesk_note(d, "failure", r);
}

void identdesk_say_role(struct identdesk *d)
{
    char text[1024];
    send_text(d, text, identity_write_role(&d->acting, text, sizeof(text)));
    explicit_bzero(text, sizeof(text));
}

/* --- the page ---------------------------------------------------------- */

/* Whether one more is taken: a page must not keep the citizen busy. */
static bool ask_taken(struct identdesk *d)
{
    if (d->now_us >= d->asks_us) {
        int64_t more = 1 + (d->now_us - d->asks_us) / IDENTDESK_ASK_US;
        d->asks = (uint32_t)LK_MIN(d->asks + more, IDENTDESK_ASKS);
        d->asks_us += more * IDENTDESK_ASK_US;
    }
    if (d->asks == 0)
        return false;
    d->asks--;
    return true;
}

static void refuse_ask(struct identdesk *d, const struct identity_ask *a)
{
    struct identity_said s = {.n = a->n, .how = a->how, .state = IDENTITY_OFF};
    char text[256];
    send_text(d, text, identity_write(&s, text, sizeof(text)));
    d->config.out.note(d->config.out.arg, "request of the page", "too many");
}

static void on_ask(struct identdesk *d, const struct identity_ask *a)
{
    if (a->n <= d->ask.n)
        return; /* a repeat */
    if (!ask_taken(d)) {
        refuse_ask(d, a);
        return;
    }
    if (!d->signing)
        identdesk_drop(d);
    d->ask =
        (struct identdesk_request){.n = a->n,
                                   .live = true,
                                   .how = a->how,
                                   .until_us = d->now_us + IDENTDESK_ASKED_US};
    d->said_len = 0;
    if (!d->signing)
        identdesk_idle(d);
    else
        identdesk_say(d, IDENTITY_ASKED);
}

static void on_off(struct identdesk *d, const struct identity_ask *a)
{
    if (a->n != d->ask.n || !d->ask.live)
        return;
    identdesk_say(d, IDENTITY_OFF);
    identdesk_ask_ends(d);
}

void identdesk_receive(struct identdesk *d, const char *text, size_t len,
                       int64_t now_us)
{
    struct identity_ask a;
    d->now_us = now_us;
    if (!d->call)
        return;
    int r = identity_read(text, len, &a);
    if (r == -ENOENT)
        return; /* something that a newer page knows */
    if (r < 0) {
        identdesk_note(d, "message of the page", r);
        return;
    }
    if (a.kind == IDENTITY_ASK)
        on_ask(d, &a);
    else if (a.kind == IDENTITY_ASK_OFF)
        on_off(d, &a);
    else if (a.n == d->ask.n && d->stage == STAGE_DOCUMENT)
        identdesk_document_seen(d);
    identdesk_flush(d);
}

/* What was said last; of a code how long it can still be used. */
static void say_again(struct identdesk *d)
{
    if (d->stage != STAGE_PHONE) {
        send_text(d, d->said, (int)d->said_len);
        return;
    }
    d->said_len = 0;
    identdesk_say(d, IDENTITY_SHOW_CODE);
}

void identdesk_channel(struct identdesk *d, bool open, int64_t now_us)
{
    d->now_us = now_us;
    d->open = open;
    /* What was being signed ties to the connection that is gone. */
    if (!d->signing && d->stage >= STAGE_CARD && d->stage <= STAGE_WORK) {
        identdesk_card_drop(d);
        identdesk_enter(d, STAGE_LINE);
    }
    if (open && d->call) {
        identdesk_say_role(d);
        say_again(d);
        identdesk_card_go(d);
        identdesk_phone_go(d);
    }
    identdesk_flush(d);
}
