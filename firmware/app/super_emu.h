/* super_emu.h - a word to an emulated device, and its answer.
 *
 * Room: one line to the emulator's control socket, one line back, with a limit.
 * Only where the kiosk was started with --allow-ui-control.
 * Thread: the loop's.
 */
#ifndef LUUKKU_APP_SUPER_EMU_H
#define LUUKKU_APP_SUPER_EMU_H

#include "loop/loop.h"

#include <stdbool.h>

#define SUPER_EMU_ANSWER_US 4000000
#define SUPER_EMU_LINE_MAX 1024 /* bytes, either way, the end included */
#define SUPER_EMU_ASKED_MAX 8   /* at a time */

struct super_emu;

/* The answer, once: `ok`, and its words, or why not; it dies on return. */
struct super_emu_done {
    void (*fn)(void *arg, uint64_t tag, bool ok, const char *text);
    void *arg;
    uint64_t tag;
};

/* Owner: caller, super_emu_free(). Errors: -ENOMEM, -ENOSPC. */
int super_emu_new(struct lk_loop *l, struct super_emu **ret) LK_MUST_CHECK;
/* What is under way ends without an answer. NULL is fine. Returns NULL. */
struct super_emu *super_emu_free(struct super_emu *e);
LK_AUTO_DEFINE(super_emu);

/* What a technician's words "emu ..." mean. */
struct super_emu_words {
    const char *role; /* the device that is asked; static */
    const char *then; /* the one that is asked when that refuses; NULL: none */
    bool plug;        /* the device is plugged in: it is no longer set aside */
    char line[SUPER_EMU_LINE_MAX]; /* for its emulator, without the end */
};

/* emu scanner|reader|document WORDS, emu card WORDS, emu pages WORDS, emu fault
 * WORDS. Pure. Errors: -EINVAL not of that form, -EMSGSIZE. */
int super_emu_parse(const char *const *argv, size_t argc,
                    struct super_emu_words *ret) LK_MUST_CHECK;

/* Sends `line` to the emulator behind `path`, and when that refuses to the one
 * behind `then` (NULL: none); both are borrowed until the answer, which never
 * comes inside this call.
 * Errors: -EMSGSIZE, -ENOSPC too many at a time, -ENODEV nobody listens, and
 * socket(2)'s */
int super_emu_ask(struct super_emu *e, const char *path, const char *then,
                  const char *line, struct super_emu_done done) LK_MUST_CHECK;

#endif
