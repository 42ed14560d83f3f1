/* link_watch.h - private to this room: what no honest broker does.
 *
 * libmosquitto has no ceilings: it takes a packet of 256 MB, and keeps messages
 * of QoS 2 for as long as the broker does not release them. It tells of packets
 * only in its log, so that is read here. Pure; one thread.
 */
#ifndef LUUKKU_SIGNAL_LINK_WATCH_H
#define LUUKKU_SIGNAL_LINK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes read from the socket, TLS and all, without a packet coming to its end:
 * some times the longest of ours, as what is read may hold several. */
#define LINK_UNFINISHED_MAX (128UL * 1024)

struct link_watch {
    uint64_t whole_at; /* bytes read when a packet was last complete */
    bool foul;         /* a message of a QoS that was never asked for */
};

/* A line of libmosquitto's log; `read` bytes have been read so far. */
void link_watch_line(struct link_watch *w, const char *line, uint64_t read);

/* Whether the connection may go on. */
bool link_watch_fits(const struct link_watch *w, uint64_t read);

#endif
