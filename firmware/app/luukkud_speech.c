#include "app/luukkud_speech.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(KIOSK_SAY_MAX <= RTCMSG_SAY_MAX, "utterances fit");
_Static_assert(KIOSK_SAY_KEYS_MAX <= RTCMSG_CANDIDATE_MAX, "so do their names");
_Static_assert(SESSION_PACE_MAX == RTCMSG_PACE_MAX, "one scale");

struct kiosk_utterance *luukkud_speech_copy(const struct kiosk_utterance *u)
{
    struct kiosk_utterance *copy = malloc(sizeof(*copy));
    if (copy)
        *copy = *u;
    return copy;
}

void luukkud_speech_free(struct kiosk_utterance *u)
{
    if (u)
        explicit_bzero(u, sizeof(*u));
    free(u);
}

void luukkud_speech_message(const struct kiosk_utterance *u, struct rtcmsg *ret)
{
    *ret = (struct rtcmsg){.type = RTCMSG_SAY,
                           .id = u->id,
                           .pace = u->pace,
                           .closed = u->closed,
                           .interrupt = u->interrupt,
                           .bytes = (const uint8_t *)u->text,
                           .len = strlen(u->text)};
    memcpy(ret->lang, u->lang, sizeof(ret->lang));
    (void)snprintf(ret->text, sizeof(ret->text), "%s", u->keys);
}

enum kiosk_spoken luukkud_speech_outcome(enum rtcmsg_spoken how)
{
    static const enum kiosk_spoken map[] = {
        [RTCMSG_SPOKEN_DONE] = KIOSK_SPOKEN_DONE,
        [RTCMSG_SPOKEN_CUT] = KIOSK_SPOKEN_CUT,
        [RTCMSG_SPOKEN_NO_VOICE] = KIOSK_SPOKEN_NO_VOICE,
        [RTCMSG_SPOKEN_REFUSED] = KIOSK_SPOKEN_REFUSED,
        [RTCMSG_SPOKEN_FAILED] = KIOSK_SPOKEN_FAILED,
    };
    return map[how % RTCMSG_SPOKEN_STATES];
}
