/* inflow.h - a document that is still coming in.
 *
 * Room: what a decoder needs to begin before the last byte is there.
 */
#ifndef LUUKKU_PAGES_INFLOW_H
#define LUUKKU_PAGES_INFLOW_H

#include <stddef.h>
#include <stdint.h>

struct pages_inflow {
    int fd; /* a memfd that grows at its end; borrowed, read by pread(2) */
    /* Waits until more than `have` bytes are there, or no more will come.
     * Returns how many there are, `have` or less: these are all; or -ECANCELED:
     * nobody wants them any more.
     * Thread: the decoder's */
    int64_t (*await)(void *arg, size_t have);
    void *arg;
};

#endif
