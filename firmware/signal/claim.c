#include "signal/claim.h"

#include <string.h>

static bool claim_held(const struct signal_claim *c)
{
    return c->state == SIGNAL_CLAIM_HELD || c->state == SIGNAL_CLAIM_LEFT;
}

/* Copies a name or nonce whose length was checked long before. */
static void claim_copy(char *to, size_t cap, const char *from)
{
    size_t len = strnlen(from, cap - 1);
    memcpy(to, from, len);
    to[len] = '\0';
}

void signal_claim_open(struct signal_claim *c)
{
    *c = (struct signal_claim){.state = SIGNAL_CLAIM_OPEN};
}

enum signal_claim_answer signal_claim_take(struct signal_claim *c,
                                           const char *expert, const char *en,
                                           const char *resume)
{
    if (c->state == SIGNAL_CLAIM_OPEN) {
        c->state = SIGNAL_CLAIM_HELD;
        c->grants++;
        claim_copy(c->holder, sizeof(c->holder), expert);
        claim_copy(c->en, sizeof(c->en), en);
        return SIGNAL_CLAIM_GRANTED;
    }
    if (!claim_held(c))
        return SIGNAL_CLAIM_NONE;
    if (strcmp(c->holder, expert) != 0)
        return SIGNAL_CLAIM_TAKEN;
    if (strcmp(c->en, en) == 0)
        return SIGNAL_CLAIM_REPEATED;
    /* An old claim of this page, played again, names an older nonce. */
    if (strcmp(c->en, resume) != 0)
        return SIGNAL_CLAIM_TAKEN;
    c->state = SIGNAL_CLAIM_HELD;
    claim_copy(c->en, sizeof(c->en), en);
    return SIGNAL_CLAIM_RESUMED;
}

bool signal_claim_leave(struct signal_claim *c, const char *en, int64_t now_us)
{
    if (c->state != SIGNAL_CLAIM_HELD || strcmp(c->en, en) != 0)
        return false;
    c->state = SIGNAL_CLAIM_LEFT;
    c->left_until_us = now_us + SIGNAL_LEFT_US;
    return true;
}

bool signal_claim_expire(struct signal_claim *c, int64_t now_us)
{
    if (c->state != SIGNAL_CLAIM_LEFT || now_us < c->left_until_us)
        return false;
    c->state = SIGNAL_CLAIM_OVER;
    return true;
}

void signal_claim_close(struct signal_claim *c)
{
    if (c->state != SIGNAL_CLAIM_IDLE)
        c->state = SIGNAL_CLAIM_OVER;
}

bool signal_claim_media_allowed(const struct signal_claim *c)
{
    return c->state == SIGNAL_CLAIM_HELD;
}
