/* super_desk_impl.h - requests under way at the desk.
 *
 * Room: shared by super_desk.c (routing, programs, emulators) and
 * super_desk_look.c (luukku-probe and tests).
 */
#ifndef LUUKKU_APP_SUPER_DESK_IMPL_H
#define LUUKKU_APP_SUPER_DESK_IMPL_H

#include "app/super_desk.h"
#include "app/super_emu.h"
#include "app/super_own.h"
#include "app/super_probe.h"
#include "app/super_test.h"

/* In struct pending's `waiting`, beside the programs: luukku-probe; what
 * luukku-rtc sees and hears when luukkud lets it open its devices. */
#define SUPER_DESK_LOOK (1U << 31)
#define SUPER_DESK_DEVICES (1U << 30)

/* The screen says so for 3 s, and looking takes 7 at most; luukkud gives up
 * before. */
#define SUPER_DESK_DEVICES_US (20 * INT64_C(1000000))

enum answer {
    ANSWER_AS_IT_IS,
    ANSWER_STATUS,   /* the programs' members beside super's own */
    ANSWER_LIST,     /* the programs' lists joined, after super's own */
    ANSWER_SELFTEST, /* likewise, after super's own checks */
    ANSWER_TEST,     /* super_test.h's verdict on what was heard and found */
    ANSWER_FOUND,    /* luukku-probe's findings */
};

/* A request that programs, luukku-probe or an emulator are still to answer. */
struct pending {
    uint32_t id; /* ours; 0: a free place */
    uint64_t client;
    uint32_t client_id;
    unsigned waiting; /* programs, as bits, and SUPER_DESK_LOOK */
    enum answer answer;
    unsigned mask; /* ANSWER_TEST: of super_test.h */
    int64_t until_us;
    uint32_t devices_id; /* SUPER_DESK_DEVICES: ours of that question */
    int64_t devices_until_us;
    json_t *result; /* of ANSWER_STATUS and so on */
};

/* What luukku-probe looks for, and for whom. */
struct super_desk_looking {
    uint32_t id;   /* of the pending request; 0: it does not run */
    unsigned mask; /* of super_test.h, when that is a test */
    bool net_too;  /* certificates first, the network after them */
    bool at_net;
};

struct super_desk {
    struct lk_loop *loop;
    struct super_desk_config config;
    struct super *super;
    struct super_devices *devices;
    struct super_emu *emu;
    struct control_server *server;
    struct super_probe *probe; /* NULL: none is installed here */
    struct super_desk_looking looking;
    struct lk_timer *timer;
    int64_t since_us;
    uint32_t last_id;
    struct pending pending[SUPER_DESK_PENDING_MAX];
};

/* super_desk.c */
void super_desk_fail(struct super_desk *d, uint64_t client, uint32_t id,
                     const char *why);
/* A place for a request whose answer begins as `answer` says; NULL: too many,
 * which has been told. */
struct pending *super_desk_open(struct super_desk *d, uint64_t client,
                                const struct control_request *req,
                                enum answer answer);
struct pending *super_desk_pending(struct super_desk *d, uint32_t id);
/* Asks the programs of `mask`, and waits for what else is in it. */
void super_desk_ask(struct super_desk *d, struct pending *p, unsigned mask,
                    const struct control_request *req);
void super_desk_finish(struct super_desk *d, struct pending *p);
void super_desk_refuse(struct super_desk *d, struct pending *p,
                       const char *why);
struct super_own super_desk_own(const struct super_desk *d);
/* A number of our own for the next request. */
uint32_t super_desk_id(struct super_desk *d);
/* Lets the timer know of another limit. */
void super_desk_wake(struct super_desk *d);

/* super_desk_look.c */
bool super_desk_looks(const struct control_request *req);
void super_desk_look(struct super_desk *d, uint64_t client,
                     const struct control_request *req);
/* luukku-probe's look under way ends soon, and nothing is looked at after it.
 */
void super_desk_stop(struct super_desk *d);
/* What luukkud says of devices that were to be looked at. False: it is another
 * answer. */
bool super_desk_devices_came(struct super_desk *d, const struct supermsg *m);
/* They are not looked at after all: why. */
void super_desk_devices_missing(struct super_desk *d, struct pending *p,
                                const char *why);
/* The value of a request that everybody has answered; NULL: no memory. */
json_t *super_desk_verdict(struct super_desk *d, const struct pending *p);

#endif
