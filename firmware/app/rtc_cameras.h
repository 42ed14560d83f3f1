/* rtc_cameras.h - the cameras that luukku-super gave, and what each is for.
 *
 * Room: which one films the call, which one looks at papers. Nodes that do not
 * capture are left out. Thread: the control loop's.
 */
#ifndef LUUKKU_APP_RTC_CAMERAS_H
#define LUUKKU_APP_RTC_CAMERAS_H

#include "app/rtc_stills.h"
#include "camera/snapshot.h"
#include "media/media.h"
#include "store/config.h"

struct rtc_cameras;

/* media   borrowed: gets the call's camera
 * config  borrowed
 * Owner   caller, rtc_cameras_free()
 * Errors  -ENOMEM
 */
int rtc_cameras_new(struct lk_loop *l, const struct store_config *config,
                    struct media *media,
                    struct rtc_cameras **ret) LK_MUST_CHECK;
struct rtc_cameras *rtc_cameras_free(struct rtc_cameras *c);

/* For superlink: a camera came (camera_id_line()'s words; `fd` is the callee's)
 * or, with a negative fd, the node of that name is gone. */
void rtc_cameras_heard(void *arg, const char *line, int fd);

/* What stands for the document camera while there is none; borrowed. */
void rtc_cameras_stand_in(struct rtc_cameras *c, struct rtc_stills *s);

/* Takes one picture of the document camera; see camera/snapshot.h. One at a
 * time. Errors: -ENODEV there is none, -EBUSY one is being taken, and
 * camera_snapshot_new()'s. */
int rtc_cameras_snapshot(struct rtc_cameras *c, camera_snapshot_fn *fn,
                         void *arg) LK_MUST_CHECK;

/* Whether there is a document camera. */
bool rtc_cameras_document(const struct rtc_cameras *c);

/* What stands for camera and sound when the configuration says "auto": what the
 * machine has. Cameras come later (rtc_cameras_heard()). */
void rtc_cameras_choose(const struct store_config *s, struct media_config *m);

#endif
