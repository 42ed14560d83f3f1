/* ctl_provision.h - texts of provisioning, from files to the kiosk and back.
 *
 * Room: `luukkuctl provision certificate|site FILE [check|now]` puts a text in
 * pieces and has it applied; `provision csr` writes the request as it is.
 */
#ifndef LUUKKU_APP_CTL_PROVISION_H
#define LUUKKU_APP_CTL_PROVISION_H

#include "control/client.h"

/* Puts the text of `len` bytes in pieces that a word can hold.
 *
 * Owner   caller: the last answer, which is not ok when a piece was refused
 * Errors  control_client_call()'s, -EINVAL the text is empty
 */
int ctl_provision_put(struct control_client *client, const char *text,
                      size_t len, int64_t timeout_us,
                      struct control_answer **ret) LK_MUST_CHECK;

/* Reads a file, "-" is standard input. Owner: caller. Errors: -EMSGSIZE more
 * than 64 KiB, -ENOMEM, open(2)'s, read(2)'s. */
int ctl_provision_read(const char *path, struct lk_buf **ret) LK_MUST_CHECK;

/* The member "pem" of an answer, as it is; false: there is none. */
bool ctl_provision_print(const char *json);

#endif
