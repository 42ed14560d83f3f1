/* super_desk.h - what a technician's command means, and who answers it.
 *
 * Room: routing of control requests to super itself, to one program or to all,
 * waiting for the answers with a limit, putting them together. On the loop's
 * thread.
 */
#ifndef LUUKKU_APP_SUPER_DESK_H
#define LUUKKU_APP_SUPER_DESK_H

#include "app/super.h"
#include "app/super_device.h"
#include "app/super_news.h"
#include "control/server.h"

#define SUPER_DESK_PENDING_MAX 32

/* Places of the programs in struct super_config. */
enum super_desk_program {
    SUPER_LUUKKUD = 0,
    SUPER_RTC = 1,
    SUPER_FETCH = 2, /* where an agency has an address */
    SUPER_SCAN = 3,  /* where the kiosk has a scanner */
    SUPER_CARD = 4,  /* where it has a card reader */
    SUPER_HELP = 5,  /* where the site allows remote help */
    SUPER_DESK_PROGRAMS,
};

/* What a technician may ask the whole kiosk to do. */
enum super_desk_end {
    SUPER_DESK_RESTART, /* end every program, begin anew */
    SUPER_DESK_REBOOT,  /* likewise the machine */
};

struct super_desk;
struct super_provision;

struct super_desk_config {
    const char *kiosk;   /* its name; borrowed */
    const char *version; /* of the firmware; borrowed */
    bool allow_ui_control;
    bool headless;                    /* nothing is drawn on a display */
    int64_t floor_s;                  /* no right clock shows less */
    const struct store_config *store; /* borrowed */
    const struct super_files *files;  /* borrowed */
    const char *probe;                /* luukku-probe's path; NULL: none */
    struct super_log *log;            /* borrowed */
    const int *log_error; /* of its ring on the disk: 0, or -errno of the last
                             write; borrowed, NULL: there is none */
    struct super_news *news;           /* borrowed */
    struct super_provision *provision; /* borrowed; NULL: from a file */
    bool may_reboot;                   /* the machine is the kiosk's own */
    int64_t answer_us;                 /* a program has this long to answer */
    /* Asked to end. Later, please: the answer goes out after this returns. */
    void (*end)(void *arg, enum super_desk_end end);
    void *arg;
};

/* Owner: caller, super_desk_free(). Errors: -ENOMEM, -ENOSPC. */
int super_desk_new(struct lk_loop *l, const struct super_desk_config *config,
                   struct super_desk **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct super_desk *super_desk_free(struct super_desk *d);
LK_AUTO_DEFINE(super_desk);

/* Tells whom it works with, all borrowed; before the first request. */
void super_desk_attach(struct super_desk *d, struct super *s,
                       struct super_devices *devices,
                       struct control_server *server);

/* For struct control_server_config. arg: the desk. */
void super_desk_request(void *arg, uint64_t client,
                        const struct control_request *req);

/* For struct super_config. arg: the desk. */
void super_desk_reply(void *arg, size_t program, const struct supermsg *m,
                      int fd);
void super_desk_gone(void *arg, size_t program);

#endif
