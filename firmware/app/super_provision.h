/* super_provision.h - what this kiosk is: its keys, certificates and site.
 *
 * Room: the directory that luukku-super was started with (--home), and the
 * requests `provision ...` of firmware/control/PROTOCOL.md. What is checked is
 * firmware/provision's; a new set of files stands at once or not at all.
 * Thread: the loop's.
 */
#ifndef LUUKKU_APP_SUPER_PROVISION_H
#define LUUKKU_APP_SUPER_PROVISION_H

#include "app/super_files.h"
#include "base/text.h"
#include "control/message.h"
#include "provision/key.h"
#include "provision/renew.h"
#include "provision/site.h"
#include "store/config.h"

#include <jansson.h>

struct super_provision;

struct super_provision_config {
    const char *home;    /* the directory; absolute; borrowed */
    const char *control; /* the control socket's path; absolute; borrowed */
    int64_t floor_s;     /* no right clock shows less: when this was built */
};

/* Opens the directory, making it and the kiosk's keys where they are missing.
 * What is wrong is logged.
 * Owner: caller. Errors: provision_state_load()'s and those of its keys. */
int super_provision_new(const struct super_provision_config *config,
                        struct super_provision **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct super_provision *super_provision_free(struct super_provision *p);
LK_AUTO_DEFINE(super_provision);

/* super_provision_new(), and what the programs get then. A kiosk that has not
 * everything yet, or that cannot be begun with what it has, gets a
 * configuration that leads nowhere and a request to show: luukkud alone is to
 * be started. Owner: caller, also super_files_close(). Errors:
 * super_provision_new()'s, super_files_none()'s; *ret may be set then, too. */
int super_provision_begin(const struct super_provision_config *config,
                          struct super_provision **ret,
                          struct store_config **ret_config,
                          struct super_files *ret_files) LK_MUST_CHECK;

/* Whether the kiosk has certificates and a site, and was begun with them. */
bool super_provision_in_use(const struct super_provision *p);

/* The set that stands, borrowed until it is replaced. */
const struct provision_files *super_provision_files(
    const struct super_provision *p);

/* What is the kiosk's own, whatever its site; borrows from `p` and `name`. */
struct provision_own super_provision_own(const struct super_provision *p,
                                         char name[LK_NAME_MAX]);

/* Makes `files` the set that stands and takes them over, with success alone.
 * Errors: provision_state_save()'s. */
int super_provision_replace(struct super_provision *p,
                            struct provision_files *files) LK_MUST_CHECK;

/* The directory that it was begun with. */
const char *super_provision_home(const struct super_provision *p);

/* Keeps a sentence until the next call. Returns the copy. */
const char *super_provision_refuse(struct super_provision *p, const char *why);

/* How the renewal of the certificates is: "idle", "due", "asked" or "trial",
 * and why it, or the one before, failed; "": it did not. */
void super_provision_renewal(const struct super_provision *p,
                             const char **ret_state,
                             char ret_why[PROVISION_RENEW_WHY_MAX]);

/* What is to be done before the kiosk can be used, a sentence; "": nothing. */
const char *super_provision_next(const struct super_provision *p);

/* What no right clock shows less than, in seconds since 1970: the latest time
 * that was noted, or when this firmware was made. */
int64_t super_provision_floor(const struct super_provision *p);

/* Keeps the time, if the clock can be trusted and an hour has passed since:
 * only to be called while the broker, judged by this clock, lets the kiosk in.
 * now_us: CLOCK_MONOTONIC. */
void super_provision_note_time(struct super_provision *p, int64_t now_us);

/* Answers `provision ...`.
 *
 * somebody     a visit is going on: nothing is applied unless `now` is said
 * ret_restart  the programs are to begin anew, with what was applied
 * ret_why      a sentence that lives until the next call; only without a result
 */
json_t *super_provision_answer(struct super_provision *p,
                               const struct control_request *req, bool somebody,
                               bool *ret_restart, const char **ret_why);

#endif
