/* config_impl.h - what the files of the configuration parser share.
 *
 * Room: checking single values.
 */
#ifndef LUUKKU_STORE_CONFIG_IMPL_H
#define LUUKKU_STORE_CONFIG_IMPL_H

#include "store/config.h"

/* Deepest place that a step list names: agencies, 1, id. */
#define CONFIG_DEPTH_MAX 4

/* Each checks a string and fills `ret`; NULL when it is right, otherwise what
 * is wrong with it, after "<member>: ". `ret` may be half filled then. */
const char *config_host(const char *s, char *ret, size_t cap);
const char *config_stun(const char *s, struct store_config_host *ret);
const char *config_turn(const char *s, struct store_config_turn *ret);
const char *config_path(const char *s, const char *dir, char *ret, size_t cap);
const char *config_url(const char *s, char *ret, size_t cap);
const char *config_usb(const char *s, struct usb_rule *ret);
const char *config_port(const char *s, char *ret, size_t cap);
const char *config_language(const char *s, char ret[LK_LANG_MAX]);
const char *config_text(const char *s, char *ret, size_t cap);

/* What holds where the text says nothing; NULL: no memory. */
struct store_config *config_defaults(void);

#endif
