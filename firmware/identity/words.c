#include "identity/words.h"

#include <errno.h>
#include <string.h>

static const char *const hows[IDENTITY_HOWS] = {
    [IDENTITY_CARD] = "card",
    [IDENTITY_PHONE] = "phone",
    [IDENTITY_DOCUMENT] = "document",
};

static const char *const roles[IDENTITY_ROLES] = {
    [IDENTITY_SELF] = "self",
    [IDENTITY_PERSON] = "person",
    [IDENTITY_COMPANY] = "company",
};

static const char *const states[IDENTITY_STATES] = {
    [IDENTITY_ASKED] = "asked",       [IDENTITY_WANT_CARD] = "card",
    [IDENTITY_PIN] = "pin",           [IDENTITY_WORKING] = "working",
    [IDENTITY_SHOW_CODE] = "phone",   [IDENTITY_SHOW_DOCUMENT] = "document",
    [IDENTITY_DECLINED] = "declined", [IDENTITY_OFF] = "off",
    [IDENTITY_FAILED] = "failed",     [IDENTITY_PROOF] = "proof",
};

static const char *const whys[IDENTITY_WHYS] = {
    [IDENTITY_WRONG_PIN] = "wrong-pin",
    [IDENTITY_LAST_TRY] = "last-try",
    [IDENTITY_BLOCKED] = "blocked",
    [IDENTITY_NO_CARD] = "no-card",
    [IDENTITY_CARD_GONE] = "card-gone",
    [IDENTITY_NOT_EID] = "not-eid",
    [IDENTITY_UNREADABLE] = "unreadable",
    [IDENTITY_TIMEOUT] = "timeout",
    [IDENTITY_READER] = "reader",
    [IDENTITY_NO_READER] = "no-reader",
    [IDENTITY_BAD_SIGNATURE] = "bad-signature",
    [IDENTITY_EXPIRED] = "expired",
    [IDENTITY_PHONE_DENIED] = "phone-denied",
    [IDENTITY_PHONE_FAILED] = "phone-failed",
    [IDENTITY_NO_CAMERA] = "no-camera",
    [IDENTITY_OTHER] = "failed",
};

const char *identity_how_word(enum identity_how how)
{
    return how < IDENTITY_HOWS ? hows[how] : NULL;
}

const char *identity_role_word(enum identity_role role)
{
    return role < IDENTITY_ROLES ? roles[role] : NULL;
}

const char *identity_state_word(enum identity_state s)
{
    return s < IDENTITY_STATES ? states[s] : NULL;
}

const char *identity_why_word(enum identity_why w)
{
    return w < IDENTITY_WHYS ? whys[w] : NULL;
}

int identity_how_find(const char *word, enum identity_how *ret)
{
    for (size_t i = 0; i < IDENTITY_HOWS; i++) {
        if (strcmp(word, hows[i]) == 0) {
            *ret = (enum identity_how)i;
            return 0;
        }
    }
    return -EBADMSG;
}
