/* super_test_impl.h - one run of tests, inside.
 *
 * Room: shared by super_test.c (which tests there are), super_test_base.c (what
 * everything stands on), super_test_device.c and super_test_net.c.
 */
#ifndef LUUKKU_APP_SUPER_TEST_IMPL_H
#define LUUKKU_APP_SUPER_TEST_IMPL_H

#include "app/super_machine.h"
#include "app/super_test.h"

#define SUPER_TEST_SENTENCE_MAX 256 /* bytes, the NUL included */

struct super_judge {
    const struct super_own *own;
    const struct super_test_facts *facts;
    json_t *checks;
    enum super_test test;
};

/* A check of the present test. */
void super_judge_add(const struct super_judge *j, const char *result,
                     const char *reason, const char *next);
void super_judge_fail(const struct super_judge *j, const char *next,
                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void super_judge_pass(const struct super_judge *j);

/* A member that is text; "" when it is not there. */
const char *super_judge_text(const json_t *o, const char *name);

/* Says that a program is not there to be asked, if that is so. */
bool super_judge_skips_without(const struct super_judge *j, size_t program);

/* The first of what programs said under this name; NULL: nothing. */
const json_t *super_judge_said(const struct super_judge *j, const char *test);

void super_test_storage(struct super_judge *j);
void super_test_clock(struct super_judge *j);
void super_test_programs(struct super_judge *j);
void super_test_certs(struct super_judge *j);
void super_test_display(struct super_judge *j);
void super_test_touch(struct super_judge *j);
void super_test_keypad(struct super_judge *j);
void super_test_camera(struct super_judge *j);
void super_test_microphone(struct super_judge *j);
void super_test_speaker(struct super_judge *j);
void super_test_scanner(struct super_judge *j);
void super_test_card(struct super_judge *j);
void super_test_network(struct super_judge *j);
void super_test_broker(struct super_judge *j);
void super_test_stun(struct super_judge *j);
void super_test_turn(struct super_judge *j);

#endif
