/* media.h - picture and sound of the call: capture, encode, decode, play.
 *
 * Room: everything that GStreamer does. RTP packets go out through a callback
 * and come in through media_receive_rtp(); pictures go to two rings
 * (ipc/ring.h). One `struct media` per program, kept warm from the start;
 * camera and microphone run only between media_capture() on and off. Not here:
 * SRTP, RTCP, NACK, pacing, rate control (rtc/flow), consent.
 *
 * Codecs: VP8 (RFC 6386, RFC 7741), Opus (RFC 6716, RFC 7587).
 * Threads: "control" is the thread of the loop given to media_new(); "any" may
 * be the transport's real-time thread: such a call only sets an atomic or
 * hands bytes over, and never changes a GStreamer state or property.
 */
#ifndef LUUKKU_MEDIA_MEDIA_H
#define LUUKKU_MEDIA_MEDIA_H

#include "ipc/ring.h"
#include "loop/loop.h"

#include <stdbool.h>

enum media_kind { MEDIA_VIDEO = 0, MEDIA_AUDIO = 1, MEDIA_KINDS = 2 };

#define MEDIA_WIDTH_MAX 1280 /* of what we send; pixels */
#define MEDIA_HEIGHT_MAX 720
#define MEDIA_FPS_MAX 30
#define MEDIA_RECEIVE_SIDE_MAX 1920 /* larger pictures are not decoded */
#define MEDIA_RTP_MAX 1200          /* longest packet sent; bytes */
#define MEDIA_RTP_IN_MAX 1500       /* longest packet taken; bytes */
#define MEDIA_NAME_MAX 80           /* of a device; the NUL included */
#define MEDIA_CAPTION_MAX 128       /* UTF-8 bytes, the NUL included */
#define MEDIA_VIDEO_CLOCK_HZ 90000  /* RTP clocks */
#define MEDIA_AUDIO_CLOCK_HZ 48000

/* Loads GStreamer and the plug-ins that are used, all of them now: no scanner
 * is forked, and no plug-in is opened later. Call it once, before the program
 * confines itself and before other threads start.
 *
 * Errors  -ENOENT a plug-in is missing (its name is logged), -EIO
 * Thread  main
 */
int media_init(void) LK_MUST_CHECK;

/* What stands behind a camera, microphone or loudspeaker. */
enum media_device {
    MEDIA_DEVICE_NONE,      /* there is none, or it was lost */
    MEDIA_DEVICE_SIMULATED, /* a picture that says so, a tone, no loudspeaker */
    MEDIA_DEVICE_REAL,
};

enum media_sound {
    MEDIA_SOUND_NONE,
    MEDIA_SOUND_ALSA,
    MEDIA_SOUND_PULSE, /* PulseAudio, or PipeWire in its place */
};

struct media_probe {
    enum media_sound source; /* microphone */
    enum media_sound sink;   /* loudspeaker */
};

/* Looks which sound devices exist, without opening them. Errors: none; what
 * cannot be looked at does not exist. Thread: any. */
void media_probe(struct media_probe *ret);

enum media_caption {
    MEDIA_CAPTION_SIMULATED,  /* in the simulated picture */
    MEDIA_CAPTION_CAMERA_OFF, /* the whole picture while the camera is off */
    MEDIA_CAPTION_NO_CAMERA,  /* the whole picture while it is lost */
    MEDIA_CAPTION_SHUT, /* the whole picture while its shutter is closed */
    MEDIA_CAPTIONS
};

/* RTP packets of one frame (video) or 20 ms (audio), plain, payload type and
 * SSRC as configured, no header extension, one SSRC and one run of sequence
 * numbers per kind. One allocation, made once per frame. */
struct media_packets {
    enum media_kind kind;
    bool keyframe; /* video: decodable alone */
    uint32_t rtp_timestamp;
    int64_t captured_us; /* CLOCK_MONOTONIC, when the content was captured */
    size_t count;        /* 1 or more */
    struct {
        const uint8_t *data;
        size_t len; /* 13..MEDIA_RTP_MAX */
    } packet[];
};

/* Frees. NULL is fine. Returns NULL. Thread: any. */
struct media_packets *media_packets_free(struct media_packets *p);
LK_AUTO_DEFINE(media_packets);

/* What changed, in media_callbacks.event. */
enum media_event {
    MEDIA_EVENT_DEVICES,       /* see media_devices() */
    MEDIA_EVENT_FIRST_PICTURE, /* first picture decoded since open */
    MEDIA_EVENT_FAILED,        /* a pipeline broke and could not be remade */
};

struct media_callbacks {
    /* Takes over `p`; post it to the transport thread. Thread: GStreamer's;
     * must not block. */
    void (*packets)(void *arg, struct media_packets *p);
    /* The decoder needs a key frame of the far end (to flow, as PLI). Comes
     * again while it still does; the receiver limits the rate. Thread:
     * GStreamer's; must not block. */
    void (*keyframe_wanted)(void *arg);
    /* Thread: control, from the loop. May be NULL. */
    void (*event)(void *arg, enum media_event event);
    void *arg;
};

struct speech;

struct media_config {
    int width_px, height_px; /* sent; even, 320x240..the maxima; 0: 640x480 */
    int fps;                 /* 10..MEDIA_FPS_MAX; 0: 30 */
    int start_bps;           /* of the video; 0: 800000 */
    uint8_t pt[MEDIA_KINDS]; /* payload types, both directions; by kind */
    uint32_t ssrc[MEDIA_KINDS]; /* ours */
    bool camera_simulated;      /* until media_use_camera() gives a real one */
    enum media_sound source;    /* NONE with sound_simulated: a tone */
    enum media_sound sink;      /* NONE: decoded, played to nobody */
    bool sound_simulated;
    int tone_hz;           /* of the simulated microphone; 0: 440 */
    bool stamps;           /* draw stamps into what is sent, read what comes */
    struct speech *speech; /* the firmware's own voice; borrowed, NULL: none */
    int self_view_px;      /* width of the self-view; 0: 320, negative: none */
};

struct media;

/* Makes and starts the pipelines. Nothing is captured before media_capture(),
 * nothing is encoded and no packet comes before media_open().
 *
 * loop, cb  the loop is borrowed and must outlive it; cb is copied
 * Owner     caller, media_free() on the control thread, not in a callback
 * Errors    -EINVAL, -ENOMEM, -EIO a pipeline cannot be made or started
 * Thread    control, after media_init()
 */
int media_new(const struct media_config *config,
              const struct media_callbacks *cb, struct lk_loop *loop,
              struct media **ret) LK_MUST_CHECK;

/* Stops all threads of its own, then frees. After it returns no callback
 * comes. NULL is fine. Returns NULL. Thread: control; no other thread may
 * still call in. */
struct media *media_free(struct media *m);
LK_AUTO_DEFINE(media);

/* The rings' descriptors for the reader, borrowed (lk_ring_fds()): the far
 * end's pictures, and the self-view (-1 each when there is none). Thread: any.
 */
void media_rings(const struct media *m, int *ret_remote_memory_fd,
                 int *ret_remote_wake_fd, int *ret_self_memory_fd,
                 int *ret_self_wake_fd);

/* Lets camera and microphone (or what stands for them) run, or closes them: at
 * first they are closed, nobody is seen or heard, and nothing of it costs time.
 * What cannot be opened is tried again every second while it is wanted; see
 * media_devices(). The loudspeaker does not depend on it.
 *
 * Thread  control; takes as long as the drivers take to open
 */
void media_capture(struct media *m, bool on);

/* Begins (true) or ends (false) sending and receiving. Sending begins at once
 * with a key frame; sequence numbers go on where they were. While closed,
 * incoming packets are dropped. Thread: any. */
void media_open(struct media *m, bool open);

/* New stream identity for a new peer connection, in force from the next
 * packet; statistics of receiving begin anew. Call it while closed.
 * Thread: control. */
void media_identity(struct media *m, const uint8_t pt[MEDIA_KINDS],
                    const uint32_t ssrc[MEDIA_KINDS]);

/* The encoder's target for the video, 50000..8000000 (clamped). Far too little
 * for the size lowers the size first; the frame rate stays. Thread: any. */
void media_set_bitrate(struct media *m, int bps);

/* The next frame is a key frame, at most five a second. Thread: any. */
void media_request_keyframe(struct media *m);

/* Microphone on or off: off sends silence, whatever is heard. Thread: any. */
void media_set_microphone(struct media *m, bool on);

/* Camera on or off: off sends a still picture with the caption. The self-view
 * shows the same. Thread: any. */
void media_set_camera(struct media *m, bool on);

/* Takes pictures of this camera from now on (the one before is let go of), in
 * place of a simulated one too. When it breaks or is unplugged, the still
 * picture takes over and this one is tried again every second: give the new
 * descriptor when it comes back, and -1 when it is known to be gone.
 *
 * fd      of a V4L2 node, open for reading and writing, non-blocking; taken
 *         over. Nothing streams from it before media_capture(). Negative: none
 * name    for media_devices(); copied, cut. May be NULL with no descriptor
 * Thread  control
 */
void media_use_camera(struct media *m, int fd, const char *name);

/* Takes the simulated camera away, or gives it back, as if it were unplugged:
 * what is sent then says so. For tests and demonstrations.
 *
 * Errors  -ENODEV the camera is not a simulated one
 * Thread  control
 */
int media_emulate_camera(struct media *m, bool there) LK_MUST_CHECK;

/* Plays to that ALSA card (a headset's) from now on; -1: to the default device.
 *
 * Errors  -ENODEV sound is not ALSA's, -EIO the card cannot be opened: the
 *         default device plays
 * Thread  control
 */
int media_set_output(struct media *m, int card) LK_MUST_CHECK;

/* Loudness of the far end, 0..1. Thread: any. */
void media_set_volume(struct media *m, double volume);

/* Replaces a caption. Letters outside Latin upper case, digits and common
 * marks are drawn as boxes; what is too long is cut. Thread: any. */
void media_set_caption(struct media *m, enum media_caption which,
                       const char *text);

/* While a call to itself is tried: stamps are drawn into what is sent and read
 * in what comes, and config.tone_hz is sent in place of what the microphone
 * hears, so that nothing of it leaves; nothing of it is played. Off: as
 * configured. Thread: any. */
void media_set_trial(struct media *m, bool on);

/* What camera and microphone gave since media_look() began, and what the
 * loudspeaker took. Figures alone: no picture and no sound is kept. */
struct media_look {
    uint64_t pictures;       /* of the camera, or of a simulated one */
    uint64_t changed;        /* of them, other than the one before */
    int width_px, height_px; /* of the last, as the camera gave it */
    double brightness;       /* of the last: mean of its luma, 0..255 */
    double contrast;         /* likewise: standard deviation */
    double sharpness;    /* mean difference of neighbours in a row, 0..255 */
    uint64_t samples;    /* heard at 48 kHz, in blocks of 20 ms */
    uint64_t sounding;   /* of them, other than 0 */
    double sound_energy; /* sum of their squares, of full scale 1 */
    double tone_energy;  /* what of it lies at MEDIA_LOOK_TONE_HZ */
    uint64_t played;     /* samples of the test tone that were taken */
};

#define MEDIA_LOOK_TONE_HZ 1000

/* Begins (true) to look at what runs between media_capture() on and off, with
 * nothing seen yet, or ends. Thread: any. */
void media_look(struct media *m, bool on);

/* A soft tone from the loudspeaker, until told otherwise; at the volume of
 * speech. Thread: any. */
void media_look_tone(struct media *m, bool on);

/* Thread: any. */
void media_looked(struct media *m, struct media_look *ret);

/* One picture, as it is sent: rows of width_px * 3 bytes, red, green, blue. */
struct media_shot {
    int width_px, height_px;
    uint8_t rgb[];
};

/* Overwrites and frees. NULL is fine. Returns NULL. */
struct media_shot *media_shot_free(struct media_shot *s);
LK_AUTO_DEFINE(media_shot);

/* The next picture of the camera, or of a simulated one, is kept once for
 * media_look_take(), as long as media_look() is on. Thread: any. */
void media_look_want(struct media *m);

/* Owner: caller. Errors: -EAGAIN there is none yet, or none was wanted; -ENOMEM
 * there was no room for it. Thread: any. */
int media_look_take(struct media *m, struct media_shot **ret) LK_MUST_CHECK;

/* Takes one plain RTP packet of the far end; it is copied. Header extensions,
 * CSRCs and padding are fine. Follows a change of SSRC.
 *
 * Errors  -EBADMSG malformed or another payload type, -EMSGSIZE too long,
 *         -ENOSPC too much undecoded already, -ESHUTDOWN not open
 * Thread  any, but only one at a time; never blocks on decoding
 */
int media_receive_rtp(struct media *m, enum media_kind kind,
                      const uint8_t *data, size_t len);

/* A sender report of the far end, for lip-sync: its NTP time (32.32) belongs
 * to `rtp_timestamp`. Thread: as media_receive_rtp(). */
void media_sender_report(struct media *m, enum media_kind kind, uint64_t ntp,
                         uint32_t rtp_timestamp);

struct media_devices {
    enum media_device camera, microphone, loudspeaker;
    char camera_name[MEDIA_NAME_MAX]; /* "" unless real */
    bool camera_shut;                 /* its privacy shutter is closed */
};

/* What captures and plays just now; at rest, what would. Thread: any. */
void media_devices(struct media *m, struct media_devices *ret);

struct media_stats {
    uint64_t frames_captured; /* pictures made or got from the camera */
    uint64_t frames_sent;     /* encoded and handed out */
    uint64_t keyframes_sent;
    uint64_t audio_packets_sent;     /* DTX leaves some out */
    uint64_t frames_decoded;         /* since media_identity() */
    uint64_t keyframes_wanted;       /* of the far end */
    uint64_t video_packets_received; /* taken by media_receive_rtp() */
    uint64_t audio_packets_received;
    uint64_t packets_refused; /* by media_receive_rtp(), when open */
    int width_px, height_px;  /* of the last picture decoded; 0: none */
    int sent_width_px, sent_height_px;
    int bitrate_bps;         /* the encoder's target */
    double tone_hz;          /* in what was received, last 0.3 s; 0: silence */
    double level;            /* its root mean square, 0..1 */
    int audio_latency_ms;    /* of the jitter buffer, now */
    int video_delay_ms;      /* added to the picture for lip-sync */
    int skew_ms;             /* sound behind the picture, before that delay */
    int64_t last_picture_us; /* CLOCK_MONOTONIC; 0: none */
    /* With config.stamps or media_set_trial(): stamps in received pictures.
     * Latency is from the stamp to the picture decoded, on the wall clock. */
    uint64_t stamps_good, stamps_bad;
    double latency_p50_ms, latency_p95_ms; /* of the last 1024 good; 0: none */
};

/* Thread: any; not the real-time one, because percentiles are sorted here. */
void media_stats(struct media *m, struct media_stats *ret);

/* Names of all element factories that media makes, NULL-terminated, static.
 * There is no webrtcbin, rtpbin, nice* or dtls* among them, and no other way
 * to make an element. Thread: any. */
const char *const *media_factories(void);

#endif
