/* camera_fake.h - a camera that is not there: plays the kernel's side of V4L2
 * for drivers/camera, by struct camera_io.
 */
#ifndef LUUKKU_TESTS_CAMERA_FAKE_H
#define LUUKKU_TESTS_CAMERA_FAKE_H

#include "camera/device.h"

#define CAMERA_FAKE_MODES 300
#define CAMERA_FAKE_EVENTS 4

struct camera_fake {
    struct camera_io io; /* to hand over; its arg is this */
    int fd;              /* to hand over a copy of: readable at each picture */
    const char *card;
    uint32_t capabilities; /* 0: a usual camera's */
    struct camera_mode modes[CAMERA_FAKE_MODES];
    size_t mode_count;
    bool stepwise; /* modes[0] is the largest of a range from 16 by 8 */
    struct {
        bool there, read_only, menu;
        int32_t min, max, step, normal, value;
        int error; /* of setting it; 0: none */
    } control[CAMERA_CONTROLS];
    int32_t shutter[CAMERA_FAKE_EVENTS]; /* its next movements */
    size_t shutters;

    const uint8_t *picture; /* what every picture holds */
    size_t picture_len;
    size_t claimed_len; /* what the driver says of it; 0: the same */
    int pictures;       /* so many, then it is gone; negative: for ever */
    uint32_t buffer_len;
    uint32_t flags, index_off; /* of each buffer; added to its index */
    unsigned long refuse;      /* this request fails, */
    int refuse_error;          /* so */
    struct camera_mode set;    /* by VIDIOC_S_FMT */
    uint32_t stride_off, rate; /* added to YUYV's; by VIDIOC_S_PARM */
    bool on, gone;
    int maps; /* buffers mapped now */
    unsigned queued;
};

/* A camera with no modes and controls, that gives a picture every 10 ms.
 * camera_fake_finish() closes its descriptor. */
void camera_fake_init(struct camera_fake *f);
void camera_fake_finish(struct camera_fake *f);

/* Adds a mode: `fps` pictures a second, 0: does not say. */
void camera_fake_mode(struct camera_fake *f, uint32_t format, uint32_t width,
                      uint32_t height, uint32_t fps);

#endif
