/* probe_seal.h - a package is made of an approved form. */
#ifndef LUUKKU_TESTS_PROBE_SEAL_H
#define LUUKKU_TESTS_PROBE_SEAL_H

#include "probe.h"

int probe_seal(const struct probe_target *t);

#endif
