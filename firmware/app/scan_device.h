/* scan_device.h - the scanner of luukku-scan: drivers/escl in scanmsg's words.
 *
 * Room: opening it on the device that super gave, its state and abilities for
 * luukkud, a job's pages to scan_job.h. Thread: the loop's.
 */
#ifndef LUUKKU_APP_SCAN_DEVICE_H
#define LUUKKU_APP_SCAN_DEVICE_H

#include "app/device_desk.h"
#include "app/scan_job.h"
#include "escl/scanner.h"

struct scan_device;

struct scan_device_config {
    struct lk_loop *loop;    /* borrowed */
    struct superlink *super; /* borrowed */
    /* Something that SCANMSG_SCANNER tells has changed. */
    void (*changed)(void *arg);
    void *arg;
};

/* Owner: caller, scan_device_free(). Errors: -ENOMEM, -ENOSPC. */
int scan_device_new(const struct scan_device_config *config,
                    struct scan_device **ret) LK_MUST_CHECK;
struct scan_device *scan_device_free(struct scan_device *d);
LK_AUTO_DEFINE(scan_device);

/* Who gets the pages; before anything is given. */
void scan_device_attach(struct scan_device *d, struct scan_job *job);

/* struct superlink_config's `device`. */
void scan_device_given(struct scan_device *d, uint32_t id, const char *how,
                       int fd);

/* SCANMSG_SCANNER as it is now. */
void scan_device_tell(const struct scan_device *d, struct scanmsg *ret);

/* How the device is, for `luukkuctl`: why it is not usable, "" when it is. */
const char *scan_device_why(const struct scan_device *d);

/* struct scan_job_config's calls. */
enum scanmsg_reason scan_device_start(struct scan_device *d,
                                      const struct scanmsg *m);
void scan_device_cancel(struct scan_device *d);
void scan_device_pause(struct scan_device *d, bool on);

#endif
