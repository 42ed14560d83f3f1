/* packets.c - the packets of one frame, handed to the transport. */
#include "media/media.h"

#include <stdlib.h>

struct media_packets *media_packets_free(struct media_packets *p)
{
    free(p);
    return NULL;
}
