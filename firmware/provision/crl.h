/* crl.h - newer lists of withdrawn certificates, without a new site file.
 *
 * Room: finding where a list belongs (by its issuer and its signature, held to
 * the CAs of the site file), and putting it there in place of that issuer's
 * list. Pure. Any thread. Source: RFC 5280, section 5.
 */
#ifndef LUUKKU_PROVISION_CRL_H
#define LUUKKU_PROVISION_CRL_H

#include "provision/cert.h"
#include "provision/site.h"

#define PROVISION_CRL_AHEAD_S 300 /* a list's beginning may be so far ahead */

/* Takes 1..16 lists, `len` bytes of PEM, each into every part of the site file
 * whose CA signed it (agencies[], cards, help), and makes the configuration
 * anew as provision_site_put() does. The lists of other issuers stay; one that
 * is there already is passed over. All of them or none: with an error the set
 * is as it was. What was taken stands in PROVISION_SITE from then on.
 *
 * time    holds each list's own times; where nobody vouches for the clock, the
 *         floor alone does, and no list is too early
 * Errors  -EBADMSG (why is in *ret_error, which is written only then; its line
 *         is 0), -ENOSPC, -ENOMEM
 */
int provision_crl_put(struct provision_files *f, const char *text, size_t len,
                      const struct provision_own *own,
                      const struct provision_time *time,
                      struct store_config_error *ret_error) LK_MUST_CHECK;

/* After a new site file: a list of the set before that is newer than the new
 * site file's of the same issuer takes its place, so that nobody is trusted
 * again by a site file from a drawer. Its times are not looked at: the older
 * one's are no better.
 *
 * f       has the new site file: provision_site_put()
 * before  the set that it was made of
 * Errors  -EBADMSG the site file becomes too long, -ENOSPC, -ENOMEM; with an
 *         error the set is not to be used
 */
int provision_crl_keep(struct provision_files *f,
                       const struct provision_files *before,
                       const struct provision_own *own,
                       struct store_config_error *ret_error) LK_MUST_CHECK;

#endif
