/* rtc_loop.h - a call of this kiosk to itself: two peers, joined as a browser
 * and a kiosk are.
 *
 * Room: wiring of luukku-rtc. Both peers are whole ones (ICE over real sockets,
 * DTLS, SRTP, rate control, data channels); each takes the other's offer as its
 * answer. Our encoder's packets leave by the near one; what reaches the far one
 * goes to our decoder. Thread: the transport's.
 */
#ifndef LUUKKU_APP_RTC_LOOP_H
#define LUUKKU_APP_RTC_LOOP_H

#include "media/media.h"
#include "rtc/peer/peer.h"

struct rtc_loop;

/* A relay is asked for over the network, perhaps over TCP. */
#define RTC_LOOP_GATHER_MS 3000

struct rtc_loop_config {
    struct lk_loop *loop; /* the transport's; borrowed, as `media` */
    void *glib_context;
    struct media *media;
    struct rtc_ice_config ice; /* copied */
    bool relay;                /* through the TURN servers and no other way */
    int start_bps;
    int min_bps;
    int max_bps;
};

struct rtc_loop_figures {
    char failed[64]; /* why it came to nothing; "" it did not */
    bool connected;  /* both ends, now */
    int64_t begun_us;
    int64_t joined_us;          /* both had an offer; 0: not yet */
    struct rtc_peer_stats near; /* the end that sends */
    struct rtc_peer_stats far;  /* the end that receives */
    int64_t echo_us;            /* a message there and back; -1: not yet */
    uint64_t echoes;
};

/* Begins at once; media_open() follows when both ends are connected.
 * Owner: caller, rtc_loop_free() outside of callbacks. Errors:
 * rtc_peer_new()'s.
 */
int rtc_loop_new(const struct rtc_loop_config *config,
                 struct rtc_loop **ret) LK_MUST_CHECK;

/* Closes media and both ends. NULL is fine. Returns NULL. */
struct rtc_loop *rtc_loop_free(struct rtc_loop *l);
LK_AUTO_DEFINE(rtc_loop);

/* Packets of our encoder, taken over. */
void rtc_loop_packets(struct rtc_loop *l, struct media_packets *p);

/* Our decoder needs a key frame. */
void rtc_loop_want_keyframe(struct rtc_loop *l);

/* How it stands; also sends a message there and back. */
void rtc_loop_look(struct rtc_loop *l, struct rtc_loop_figures *ret);

/* An offer of `len` bytes turned into the answer to the other end's first
 * offer: its DTLS role is chosen, and the offer answered is named. Pure.
 *
 * Returns the answer's length, in `ret` with a NUL
 * Errors  -EMSGSIZE it does not fit into `cap` bytes, -EBADMSG it is no offer
 */
int rtc_loop_answer(const char *offer, size_t len, bool active, char *ret,
                    size_t cap) LK_MUST_CHECK;

#endif
