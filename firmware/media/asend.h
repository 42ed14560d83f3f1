/* asend.h - the sound that is sent: microphone or tone, echo cancelled, Opus.
 *
 * Room, private. A pipeline whose thread is the source's. It has no thread of
 * ours; a microphone that is lost is freed and made anew by the owner.
 */
#ifndef LUUKKU_MEDIA_ASEND_H
#define LUUKKU_MEDIA_ASEND_H

#include "media/look.h"
#include "media/packets.h"

struct media_asend;

struct media_asend_config {
    enum media_sound source;
    bool simulated;
    int tone_hz;
    bool cancel_echo;        /* there is a probe on what is played */
    const atomic_bool *tone; /* send the tone, whatever is heard; borrowed */
    struct media_looker *looker; /* hears all, before any of it is cancelled;
                                    borrowed */
};

/* `out` and the switch are borrowed and outlive it.
 * Errors: -ENOMEM, -EIO the device cannot be opened. Thread: control. */
int media_asend_new(const struct media_asend_config *config,
                    struct media_out *out, const atomic_bool *microphone_on,
                    struct media_asend **ret) LK_MUST_CHECK;
struct media_asend *media_asend_free(struct media_asend *a);

/* True once the device is gone. Any thread. */
bool media_asend_broken(struct media_asend *a);

#endif
