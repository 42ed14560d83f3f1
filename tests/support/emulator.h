/* emulator.h - an emulated device for a test, on whatever USB stack is there.
 *
 * Room: starts tools/emulator/luukku-emulator, commands it, opens its device.
 * The same test program runs on the host, over USB/IP with no kernel, and in a
 * guest whose kernel has attached the emulator. Environment:
 *   LUUKKU_TEST_DEVICE   usbip:unix:PATH, usbip:tcp:HOST:PORT (address of
 * IPv4), usbfs:VVVV:PPPP; then no emulator is started, and LUUKKU_TEST_CONTROL
 * unix:PATH or tcp:HOST:PORT reaches the one there is LUUKKU_TEST_BUSID default
 * 1-1 Waits, with limits: this is for tests. Failures end the test (cmocka).
 */
#ifndef LUUKKU_TESTS_EMULATOR_H
#define LUUKKU_TESTS_EMULATOR_H

#include "usb/usb.h"

#include <stdbool.h>

#define EMULATOR_ANSWER_MAX 16384 /* bytes, NUL included */

struct emulator;

/* Starts an emulator, or finds the one that the environment names.
 *
 * kind  "reader", "scanner" or "camera"
 * args  further words of its command line, ending with NULL; NULL for none. An
 *       emulator that runs already was started with what it was started with.
 */
struct emulator *emulator_start(const char *kind, const char *const *args);

/* Ends what emulator_start() has started. NULL is fine. Returns NULL. */
struct emulator *emulator_free(struct emulator *e);

/* Whether a kernel has the device (usbfs). */
bool emulator_on_kernel(const struct emulator *e);

/* Sends one command; it must be answered "ok". Returns the words behind it,
 * which stay until the next command. */
const char *emulator_command(struct emulator *e, const char *command);

/* The answer as it is: for commands that may fail. */
const char *emulator_try(struct emulator *e, const char *command);

/* A descriptor for usb_ip_open() or usb_fs_open(); -1 while the device is not
 * there (-1 at once over USB/IP, after ten seconds on a kernel). */
int emulator_connect(struct emulator *e);

/* Opens the device, running `l`; NULL when it cannot be, with *ret_error. */
struct usb_device *emulator_open(struct emulator *e, struct lk_loop *l,
                                 int *ret_error);

#endif
