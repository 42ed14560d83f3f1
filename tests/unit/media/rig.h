/* rig.h - one struct media whose packets come back to itself, through a line
 * that can lose and spoil them.
 */
#ifndef LUUKKU_TESTS_MEDIA_RIG_H
#define LUUKKU_TESTS_MEDIA_RIG_H

#include "testing.h"

#include "loop/loop.h"
#include "media/media.h"

#include <stdatomic.h>

#define RIG_VIDEO_PT 96
#define RIG_AUDIO_PT 111
#define RIG_VIDEO_SSRC 0x11223344U
#define RIG_AUDIO_SSRC 0x55667788U

struct rig {
    struct lk_loop *loop;
    struct media *media;
    struct media_stats stats; /* of the last look */
    atomic_int loss_percent;
    atomic_int spoil_percent; /* of packets that get random bytes */
    atomic_bool no_opus;      /* sound that no decoder takes */
    atomic_bool cut;          /* nothing gets through */
    atomic_bool pad;          /* an empty packet after each picture */
    uint16_t padded;          /* so many so far */
    atomic_int keyframes_wanted;
    atomic_int order_errors; /* identity, sequence or size wrong */
    atomic_int events[MEDIA_EVENT_FAILED + 1];
    atomic_bool first_is_key; /* the first frame after open was one */
    atomic_bool seen_video;
    uint16_t next_seq[MEDIA_KINDS];
    bool seq_known[MEDIA_KINDS];
    uint64_t seed[MEDIA_KINDS];
};

/* The usual one: VGA, simulated camera and sound, with stamps. */
struct media_config rig_config(void);

/* At rest; rig_start() lets camera and microphone run at once. */
void rig_rest(struct rig *r, const struct media_config *config);
void rig_start(struct rig *r, const struct media_config *config);
void rig_stop(struct rig *r);

/* Runs the loop until `done` says so, with fresh statistics; fails the test
 * after 20 s. */
void rig_until(struct rig *r, bool (*done)(struct rig *r));

/* Runs the loop this long. */
void rig_run(struct rig *r, int ms);

/* Mean brightness, and dots lighter than 200, of the newest far-end picture. */
void rig_look(struct rig *r, double *ret_mean, size_t *ret_light);

/* Entries of a directory, for counting descriptors and threads. */
int rig_count(const char *dir);

#endif
