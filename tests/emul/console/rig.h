/* rig.h - a console on a pseudo-terminal, and the kiosk that it asks.
 *
 * Room: for the tests beside it: luukku-super with fakes for programs, a
 * technician's end of the line. One console at a time.
 */
#ifndef LUUKKU_TESTS_CONSOLE_RIG_H
#define LUUKKU_TESTS_CONSOLE_RIG_H

#include "testing.h"

#include <sys/types.h>

#define RIG_LIMIT_US 30000000
#define RIG_HEARD_MAX (1 << 20)
#define RIG_PASSWORD "kissa kala"

struct rig_line {
    int fd;   /* the technician's end */
    int keep; /* the console's, that it stays while nobody has it open */
    pid_t pid;
    char path[64];
    size_t len;
    char heard[RIG_HEARD_MAX + 1];
};

struct rig_line *rig_line(void);

/* cmocka's, for a group: a folder with all there is, luukku-super begins. */
int rig_setup(void **state);
int rig_teardown(void **state);
/* What rig_setup() does: the folder; luukku-super, whose log's ring is "ring".
 */
void rig_folder(void);
void rig_start_super(void);
void rig_stop_super(void);

/* For each test: a line and the console on it. */
int rig_open(void **state);
int rig_close(void **state);
void rig_start(void);

/* A path in the folder; lent for the next three calls. */
const char *rig_path(const char *name);
void rig_write(const char *name, const char *text, mode_t mode);

pid_t rig_spawn(const char *const *argv);
void rig_stop(pid_t *pid);
int rig_shell_status(const char *command);
void rig_shell(const char *command);

/* Reads what is there within `ms`, at most `most` bytes. */
void rig_listen(int ms, size_t most);
void rig_forget(void);

/* Waits for a text; what came up to its end is taken off. */
void rig_expect(const char *text);
void rig_type(const void *bytes, size_t len);
void rig_say(const char *text);
void rig_log_in(const char *end);

#endif
