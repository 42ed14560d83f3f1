#include "app/super_test_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(struct super_judge *j);
} tests[SUPER_TESTS] = {
    [SUPER_TEST_STORAGE] = {"storage", super_test_storage},
    [SUPER_TEST_CLOCK] = {"clock", super_test_clock},
    [SUPER_TEST_CERTS] = {"certs", super_test_certs},
    [SUPER_TEST_PROGRAMS] = {"programs", super_test_programs},
    [SUPER_TEST_DISPLAY] = {"display", super_test_display},
    [SUPER_TEST_TOUCH] = {"touch", super_test_touch},
    [SUPER_TEST_KEYPAD] = {"keypad", super_test_keypad},
    [SUPER_TEST_CAMERA] = {"camera", super_test_camera},
    [SUPER_TEST_MICROPHONE] = {"microphone", super_test_microphone},
    [SUPER_TEST_SPEAKER] = {"speaker", super_test_speaker},
    [SUPER_TEST_SCANNER] = {"scanner", super_test_scanner},
    [SUPER_TEST_CARD] = {"card", super_test_card},
    [SUPER_TEST_NETWORK] = {"network", super_test_network},
    [SUPER_TEST_BROKER] = {"broker", super_test_broker},
    [SUPER_TEST_STUN] = {"stun", super_test_stun},
    [SUPER_TEST_TURN] = {"turn", super_test_turn},
};

const char *super_test_name(unsigned test)
{
    return tests[test].name;
}

unsigned super_test_mask(const char *name)
{
    if (strcmp(name, "all") == 0)
        return (1U << SUPER_TESTS) - 1;
    for (unsigned i = 0; i < SUPER_TESTS; i++)
        if (strcmp(name, tests[i].name) == 0)
            return 1U << i;
    return 0;
}

bool super_test_wants_certs(unsigned mask)
{
    return mask & (1U << SUPER_TEST_CLOCK | 1U << SUPER_TEST_CERTS);
}

bool super_test_wants_net(unsigned mask)
{
    return mask & (1U << SUPER_TEST_NETWORK | 1U << SUPER_TEST_BROKER |
                   1U << SUPER_TEST_STUN | 1U << SUPER_TEST_TURN);
}

void super_judge_add(const struct super_judge *j, const char *result,
                     const char *reason, const char *next)
{
    (void)json_array_append_new(
        j->checks, json_pack("{s:s,s:s,s:s,s:s}", "test", tests[j->test].name,
                             "result", result, "reason", reason, "next", next));
}

void super_judge_fail(const struct super_judge *j, const char *next,
                      const char *format, ...)
{
    char why[SUPER_TEST_SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    super_judge_add(j, "FAIL", why, next);
}

void super_judge_pass(const struct super_judge *j)
{
    super_judge_add(j, "PASS", "", "");
}

const char *super_judge_text(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? s : "";
}

static bool runs(const struct super_judge *j, size_t program)
{
    struct super_info info;
    if (!super_has(j->own->super, program))
        return false;
    super_info(j->own->super, program, &info);
    return info.state == SUPER_RUNNING;
}

bool super_judge_skips_without(const struct super_judge *j, size_t program)
{
    char why[96];
    struct super_info info;
    if (runs(j, program))
        return false;
    super_info(j->own->super, program, &info);
    (void)snprintf(why, sizeof(why),
                   "%s, which would know, does not run: test programs",
                   info.name ? info.name : "its program");
    super_judge_add(j, "SKIP", why, "");
    return true;
}

const json_t *super_judge_said(const struct super_judge *j, const char *test)
{
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(j->facts->said, i, one)
    {
        if (strcmp(super_judge_text(one, "test"), test) == 0)
            return one;
    }
    return NULL;
}

/* What a kiosk has from its site alone. */
static const unsigned of_site =
    1U << SUPER_TEST_KEYPAD | SUPER_TEST_OPENED | 1U << SUPER_TEST_SCANNER |
    1U << SUPER_TEST_CARD | 1U << SUPER_TEST_BROKER | 1U << SUPER_TEST_STUN |
    1U << SUPER_TEST_TURN;

/* A kiosk that nobody has set up lacks one thing, and that is said once. */
static bool not_set_up(struct super_judge *j)
{
    if (!*j->facts->setup)
        return false;
    if (j->test == SUPER_TEST_CERTS)
        super_judge_add(j, "FAIL", "this kiosk is not set up", j->facts->setup);
    else if (of_site & 1U << j->test)
        super_judge_add(j, "SKIP",
                        "its site says whether it has that: this "
                        "kiosk is not set up",
                        "");
    else
        return false;
    return true;
}

json_t *super_test_judge(const struct super_own *own, unsigned mask,
                         const struct super_test_facts *facts)
{
    struct super_judge j = {.own = own, .facts = facts, .checks = json_array()};
    for (unsigned i = 0; j.checks && i < SUPER_TESTS; i++) {
        j.test = (enum super_test)i;
        if (mask & 1U << i && !not_set_up(&j))
            tests[i].run(&j);
    }
    return j.checks;
}
