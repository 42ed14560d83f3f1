/* device.h - what cameras and sound devices there are, without GStreamer.
 *
 * Room, private: V4L2's ioctls, ALSA's device nodes, PulseAudio's socket.
 */
#ifndef LUUKKU_MEDIA_DEVICE_H
#define LUUKKU_MEDIA_DEVICE_H

#include "base/defs.h"

#define MEDIA_DEVICE_CAPS_MAX 128

/* Looks which format the camera offers at this size and rate that is cheapest
 * to convert, and turns off the slowing down in low light.
 *
 * ret     GStreamer caps to ask of it
 * Errors  -ENODEV it cannot be opened, or captures nothing that we can take
 */
int media_device_prepare(const char *path, int width, int height, int fps,
                         char ret[MEDIA_DEVICE_CAPS_MAX]) LK_MUST_CHECK;

/* As media_probe(), of microphone and loudspeaker alone. */
struct media_probe;
void media_device_sound(struct media_probe *ret);

/* libyuv's code of a format that media_device_prepare() may choose, by its
 * caps; 0 when it is none. `format` may be NULL. */
uint32_t media_device_fourcc(const char *media_type, const char *format);

#endif
