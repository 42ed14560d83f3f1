/* superlink.h - a program's side of its channel to luukku-super.
 *
 * Room: says hello and ready, answers pings, hands over commands and channels
 * to the sibling program. Everything on the loop's thread.
 *
 * A main in order: inherit_init(); read the configuration and keys
 * (inherit_read); load libraries, plug-ins, fonts, open display and devices;
 * confine_apply(); lk_loop_new(), superlink_new(); start threads;
 * superlink_ready(); lk_loop_run().
 */
#ifndef LUUKKU_APP_SUPERLINK_H
#define LUUKKU_APP_SUPERLINK_H

#include "ipc/supermsg.h"
#include "loop/loop.h"

struct superlink;

struct superlink_config {
    const char *program; /* "luukkud" or "luukku-rtc"; static */
    /* A new channel to a sibling, by its program's name, which was started or
     * started anew: close the old one, lk_chan_new() on this one. The callee
     * owns `fd`; `name` dies on return. May be NULL where it has none. */
    void (*peer)(void *arg, const char *name, int fd);
    /* A command, such as {"ui", "tap", "next"}. Answer with
     * superlink_reply(), now or within 5 s. `argv` dies on return. */
    void (*control)(void *arg, uint32_t id, size_t argc,
                    const char *const *argv);
    /* Stop now: within 2 s, then comes SIGKILL. Also called when super has
     * gone, and for SIGTERM's sake call it yourself from a signalfd. */
    void (*shutdown)(void *arg);
    /* The session has ended, and the programs go on (--keep-programs). May be
     * NULL. */
    void (*kept)(void *arg);
    /* Asked before each answer to a ping, about every 0.5 s; false withholds
     * the answer, and after 1.5 s without one the program is killed and
     * started anew. So a program can say that one of its other threads hangs.
     * May be NULL. */
    bool (*alive)(void *arg);
    /* The device to drive, in place of any earlier one (SUPERMSG_DEVICE). The
     * callee owns `fd`; `how` dies on return. May be NULL: it drives none. */
    void (*device)(void *arg, uint32_t id, const char *how, int fd);
    /* A camera came (camera_id_line()'s words; the callee owns `fd`), or, with
     * a negative fd, the node of that name is gone. May be NULL. */
    void (*camera)(void *arg, const char *line, int fd);
    /* SUPERMSG_HEALTH; `facts` dies on return. May be NULL where none is
     * sent. */
    void (*health)(void *arg, const char *facts);
    /* SUPERMSG_LETTER and those behind it. The callee owns `fd` (-1: none);
     * `m` dies on return. May be NULL where none is sent. */
    void (*post)(void *arg, const struct supermsg *m, int fd);
    void *arg;
};

/* Takes over `fd` (inherit_take(in, "super")), also when it fails, and says
 * hello.
 *
 * Owner   caller, superlink_free()
 * Errors  lk_chan_new()'s and lk_chan_send()'s
 */
int superlink_new(struct lk_loop *l, int fd,
                  const struct superlink_config *config,
                  struct superlink **ret) LK_MUST_CHECK;

/* Not from inside one of its callbacks. NULL is fine. Returns NULL. */
struct superlink *superlink_free(struct superlink *s);
LK_AUTO_DEFINE(superlink);

/* Says that the program runs behind its walls (struct confine_report's text).
 * Pings are answered from superlink_new() on, but super waits 15 s for this.
 * Errors: lk_chan_send()'s. */
int superlink_ready(struct superlink *s, const char *walls) LK_MUST_CHECK;

/* Says that a citizen's session has ended. With the usual options shutdown()
 * follows, and all programs are started anew; otherwise kept().
 * Errors: lk_chan_send()'s. */
int superlink_session_ended(struct superlink *s);

/* Sends a SUPERMSG_LETTER or one of those behind it; fd is borrowed, -1: none.
 * Errors: lk_chan_send()'s, supermsg_encode()'s. */
int superlink_post(struct superlink *s, const struct supermsg *m, int fd);

/* Says what became of device `id`: SUPERMSG_DEVICE_STATE has the meaning of
 * `works` and `why` (UTF-8, shorter than SUPERMSG_TEXT_MAX).
 * Errors: lk_chan_send()'s, supermsg_encode()'s. */
int superlink_device_state(struct superlink *s, uint32_t id, bool works,
                           const char *why) LK_MUST_CHECK;

/* Says what super keeps for technicians; `text` as app/super_news.h has it.
 * Errors: lk_chan_send()'s, supermsg_encode()'s. */
int superlink_news(struct superlink *s, const char *text) LK_MUST_CHECK;

/* A sealed memfd with a copy of `len` bytes, for a letter. Owner: caller.
 * Errors: memfd_create(2)'s, write(2)'s. */
int superlink_memfd(const void *data, size_t len) LK_MUST_CHECK;

/* Answers a command with a result: JSON text of any value. What is too large
 * for a message crosses as a sealed memfd.
 * Errors: lk_chan_send()'s, memfd_create(2)'s, -EMSGSIZE over 4 MiB. */
int superlink_reply(struct superlink *s, uint32_t id, const char *json);

#define SUPERLINK_PNG_MAX (16UL * 1024 * 1024) /* bytes */

/* Answers with a result and a PNG of `len` bytes (at most SUPERLINK_PNG_MAX).
 * Errors: as superlink_reply(). */
int superlink_reply_png(struct superlink *s, uint32_t id, const char *json,
                        const void *png, size_t len);

/* Answers that the command was refused or failed; `why` is a sentence for the
 * technician. superlink_fail(s, id, "no node called \"%s\"", name)
 * Errors: lk_chan_send()'s. */
int superlink_fail(struct superlink *s, uint32_t id, const char *why, ...)
    LK_PRINTF(3, 4);

#endif
