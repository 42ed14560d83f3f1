/* sim.h - two flows back to back over a simulated line, with model codecs.
 *
 * Everything is deterministic for a seed; time is simulated.
 */
#ifndef LUUKKU_TEST_SIM_H
#define LUUKKU_TEST_SIM_H

#include "rtc/flow/flow.h"

#define SIM_PACKETS 4096u /* in flight per direction */
#define SIM_FRAMES 8192u
#define SIM_STEP_US 500

struct sim_line { /* one direction */
    int bps;      /* 0: no limit */
    int queue_us; /* of the bottleneck; what would wait longer is lost */
    int delay_us;
    int jitter_us; /* uniform, on top */
    bool reorder;  /* jitter may change the order */
    int loss_permille;
    bool down;
    int64_t free_us; /* the bottleneck is busy until then */
    int64_t last_us;
    size_t head, tail; /* packets ever put in, and out */
    struct sim_packet {
        int64_t due_us;
        bool rtcp, used;
        size_t len;
        uint8_t data[1400];
    } packets[SIM_PACKETS];
    uint64_t bytes_in, lost, rtx_bytes;
};

struct sim_frame {
    uint32_t number; /* + 1; 0: unused */
    uint16_t have, count;
    bool key;
    int64_t capture_us, first_us;
};

struct sim_end {
    struct flow *flow;
    struct flow_config cfg;
    struct sim_line *out; /* what it sends on */
    /* model encoder */
    int fps;
    int source_bps; /* ceiling of what the picture needs */
    int overshoot_percent;
    int told_bps;
    bool key;
    uint32_t frame;
    uint16_t seq, audio_seq;
    int64_t next_frame_us, next_audio_us;
    uint32_t encoded;
    /* model decoder */
    struct sim_frame frames[SIM_FRAMES];
    uint32_t next; /* number of the next frame to show */
    bool broken, any;
    uint32_t newest;
    uint32_t shown, audio_received;
    int64_t last_shown_us, worst_gap_us;
    int64_t latencies[SIM_FRAMES];
    /* observed */
    int64_t silent_us;
    uint32_t silences;
    uint32_t keys;
    int64_t worst_pacer_us;
};

struct sim {
    int64_t now_us;
    uint32_t random;
    struct sim_line lines[2];
    struct sim_end ends[2];
};

/* A call over two equal lines; started, at rest. The seed is printed. */
struct sim *sim_new(uint32_t seed, const struct sim_line *line);
void sim_free(struct sim *s);

/* Lets time pass. Checks invariants all the while. */
void sim_run(struct sim *s, int64_t us);

/* Forgets what was counted, so that a phase can be looked at alone. */
void sim_mark(struct sim *s);

/* p-th percentile of the latency of the frames shown since the mark. */
int64_t sim_latency_us(struct sim_end *e, int percent);

uint32_t sim_random(struct sim *s, uint32_t below);

#endif
