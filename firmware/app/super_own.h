/* super_own.h - what luukku-super answers by itself.
 *
 * Room: the requests of firmware/control/PROTOCOL.md that no program has to be
 * alive for. Thread: the loop's.
 */
#ifndef LUUKKU_APP_SUPER_OWN_H
#define LUUKKU_APP_SUPER_OWN_H

#include "app/super_desk.h"

#include <jansson.h>

/* Whom the answers come from; all borrowed. */
struct super_own {
    const struct super_desk_config *config;
    struct super *super;
    struct super_devices *devices;
    int64_t since_us; /* when super started */
    int64_t now_us;
};

/* Whether super alone answers a request that begins so. */
bool super_own_has(const struct control_request *req);

/* The answer. NULL, and a static sentence in *ret_why: refused. */
json_t *super_own_answer(const struct super_own *o,
                         const struct control_request *req,
                         const char **ret_why);

/* super's part of `status`; NULL: no memory. */
json_t *super_own_status(const struct super_own *o);

#endif
