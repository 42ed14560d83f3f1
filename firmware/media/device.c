/* device.c - what sound devices there are, without GStreamer. */
#include "media/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CARDS_MAX 8
#define PCMS_MAX 8
/* ALSA's nodes are pcmC<card>D<device>, then c(apture) or p(layback). */
static bool alsa_has(char direction)
{
    for (int card = 0; card < CARDS_MAX; card++) {
        for (int device = 0; device < PCMS_MAX; device++) {
            char path[48];
            snprintf(path, sizeof(path), "/dev/snd/pcmC%dD%d%c", card, device,
                     direction);
            if (access(path, F_OK) == 0)
                return true;
        }
    }
    return false;
}

static const char *environment(const char *name)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets the environment */
    return getenv(name);
}

static bool pulse_runs(void)
{
    const char *server = environment("PULSE_SERVER");
    const char *dir = environment("XDG_RUNTIME_DIR");
    char path[256];
    struct stat st;
    if (server && *server)
        return true;
    int n = dir ? snprintf(path, sizeof(path), "%s/pulse/native", dir) : -1;
    return n > 0 && (size_t)n < sizeof(path) && stat(path, &st) == 0 &&
           S_ISSOCK(st.st_mode);
}

void media_probe(struct media_probe *ret)
{
    ret->source = ret->sink = MEDIA_SOUND_PULSE;
    if (pulse_runs())
        return;
    ret->source = alsa_has('c') ? MEDIA_SOUND_ALSA : MEDIA_SOUND_NONE;
    ret->sink = alsa_has('p') ? MEDIA_SOUND_ALSA : MEDIA_SOUND_NONE;
}
