/* cluster.h - characters as people see them: grapheme clusters.
 *
 * Spec: UAX #29, extended grapheme clusters, with the marks of the scripts
 * that names in this part of the world are written in (Latin, Greek, Cyrillic,
 * Hebrew, Arabic, Devanagari, Thai, Hangul) and emoji. A mark of another script
 * counts as a character of its own. Pure; any thread.
 */
#ifndef LUUKKU_KIOSK_CLUSTER_H
#define LUUKKU_KIOSK_CLUSTER_H

#include <stddef.h>

/* Where the cluster that begins at byte `at` ends; `len` when at >= len. `s`
 * is valid UTF-8 and `at` a cluster's beginning. */
size_t kiosk_cluster_next(const char *s, size_t len, size_t at);

/* Where the cluster that ends at byte `at`, or that `at` lies in, begins; 0 at
 * the beginning. */
size_t kiosk_cluster_previous(const char *s, size_t len, size_t at);

/* The nearest cluster boundary at or behind byte `at`. */
size_t kiosk_cluster_snap(const char *s, size_t len, size_t at);

#endif
