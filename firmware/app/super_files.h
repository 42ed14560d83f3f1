/* super_files.h - the files that the programs get as descriptors.
 *
 * Room: opens what the configuration names, for each start of a program.
 */
#ifndef LUUKKU_APP_SUPER_FILES_H
#define LUUKKU_APP_SUPER_FILES_H

#include "app/inherit.h"
#include "store/config.h"

#include <stdbool.h>

struct super_files {
    const struct store_config *config; /* borrowed */
    int text; /* a sealed memfd with the configuration's text */
    /* Likewise what luukkud shows of a kiosk that is not in use; -1: it is. */
    int request;
};

/* Reads and checks the configuration file at `path`, and that every file it
 * names can be opened. What is wrong is logged.
 *
 * Owner   caller: store_config_free(), and closing ret_files->text
 * Errors  -EBADMSG the configuration is wrong, and those of open(2)
 */
int super_files_load(const char *path, struct store_config **ret_config,
                     struct super_files *ret_files) LK_MUST_CHECK;

/* The same for a kiosk that is not in use: the configuration in the memfd
 * `text` names files that are not there, and luukkud gets `request` in their
 * place. Takes both descriptors over with success.
 *
 * Owner, Errors  as super_files_load()
 */
int super_files_none(int text, int request, struct store_config **ret_config,
                     struct super_files *ret_files) LK_MUST_CHECK;

/* Closes the descriptors. */
void super_files_close(struct super_files *f);

/* Whether luukku-fetch has anything to do. */
bool super_files_have_fetch(const struct store_config *c);

/* Whether an agency has an address for letters. */
bool super_files_have_post(const struct store_config *c);

/* Whether the kiosk has a device of this role. */
bool super_files_have_device(const struct store_config_device *d);

/* For struct super_program: what each program inherits. arg: super_files. */
int super_files_open_luukkud(void *arg, struct inherit *in);
int super_files_open_rtc(void *arg, struct inherit *in);
int super_files_open_fetch(void *arg, struct inherit *in);
int super_files_open_scan(void *arg, struct inherit *in);
int super_files_open_card(void *arg, struct inherit *in);

/* For luukku-probe: the net half gets the configuration and the broker's CA;
 * the other half every certificate with the keys, and no configuration. A file
 * that cannot be opened is left out: that is what it looks for. */
int super_files_open_probe(void *arg, struct inherit *in);
int super_files_open_probe_certs(void *arg, struct inherit *in);

#endif
