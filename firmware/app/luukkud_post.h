/* luukkud_post.h - luukkud's end of the post: letters to agencies that have an
 * address, and what becomes of them; matters that are asked for.
 *
 * Room: encrypts a package to its agency and gives it to luukku-super, which
 * keeps it until luukku-fetch has delivered it. Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_POST_H
#define LUUKKU_APP_LUUKKUD_POST_H

#include "app/superlink.h"
#include "base/buf.h"
#include "session/formdesk.h"
#include "store/config.h"

/* A matter that was asked for is given up after so long. */
#define LUUKKUD_POST_ASK_US (25 * INT64_C(1000000))

struct luukkud_post;

struct luukkud_post_config {
    struct lk_loop *loop;              /* borrowed, as are the next two */
    const struct store_config *config; /* its agencies */
    struct lk_buf *const *cert; /* of each, what letters are encrypted to; NULL:
                                   it has no address */
};

struct luukkud_post_output {
    /* The agency's address has the package with this code. */
    void (*posted)(void *arg, const char *code);
    /* What is known of the matter that was asked for; dies on return. */
    void (*told)(void *arg, const struct session_matter *m);
    void *arg;
};

/* Errors: -ENOMEM, -ENOSPC. */
int luukkud_post_new(const struct luukkud_post_config *config,
                     struct luukkud_post **ret) LK_MUST_CHECK;
struct luukkud_post *luukkud_post_free(struct luukkud_post *p);

/* The channel, borrowed; without one nothing leaves. */
void luukkud_post_attach(struct luukkud_post *p, struct superlink *super);
/* Who is told; copied. */
void luukkud_post_listen(struct luukkud_post *p,
                         const struct luukkud_post_output *out);

/* Sends a package to its agency. Errors: -ENOENT it has no address, and those
 * of seal_letter(), superlink_memfd(), superlink_post(). */
int luukkud_post_letter(struct luukkud_post *p,
                        const struct formdesk_package *package) LK_MUST_CHECK;

/* Asks for the matter of a code as seal_code_read() gives it; told() follows.
 * An earlier question is forgotten. Errors: -ENOENT no agency with an address
 * has such codes, superlink_post()'s. */
int luukkud_post_ask(struct luukkud_post *p, const char *code) LK_MUST_CHECK;

/* Sends an answer to what the agency asks for in the matter that was told last.
 * told() follows: FOUND and answered when it is on the disk, else FAILED.
 * text    UTF-8 of 1 to SESSION_ARG_MAX - 1 bytes
 * Errors  -EINVAL the text, -ENOENT no matter was told since the last question,
 *         -EALREADY one is under way, -EMSGSIZE, and those of
 *         luukkud_post_letter() */
int luukkud_post_answer(struct luukkud_post *p, const char *text) LK_MUST_CHECK;

/* struct superlink_config's. */
void luukkud_post_message(struct luukkud_post *p, const struct supermsg *m,
                          int fd);

#endif
