#include "testing.h"

#include "app/card_vault.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct card_pin pin = {.reference = 0x11,
                                    .least = 4,
                                    .most = 12,
                                    .stored = 12,
                                    .padded = true,
                                    .coding = P15_ASCII};

static void test_digits(void **state)
{
    (void)state;
    LK_AUTO(card_vault) v = NULL;
    const uint8_t *command = NULL;
    assert_int_equal(card_vault_new(&v), 0);
    assert_int_equal(card_vault_add(v, 10), -EINVAL);
    card_vault_back(v);
    for (uint8_t i = 0; i < CARD_PIN_DIGITS_MAX; i++)
        assert_int_equal(card_vault_add(v, i % 10), 0);
    assert_int_equal(card_vault_add(v, 1), -ENOSPC);
    card_vault_back(v);
    assert_int_equal(card_vault_count(v), CARD_PIN_DIGITS_MAX - 1);
    assert_int_equal(card_vault_command(v, &pin, &command), 17);
    assert_memory_equal(command + 5, "01234567890\0", 12);
    card_vault_wipe(v);
    assert_int_equal(card_vault_count(v), 0);
    assert_int_equal(command[5], 0);
    assert_int_equal(card_vault_command(v, &pin, &command), -EINVAL);
}

/* Locked, not dumped, and empty in a copy of the process. */
static void test_page(void **state)
{
    (void)state;
    LK_AUTO(card_vault) v = NULL;
    char line[256];
    unsigned long from = 0;
    bool good = false;
    int status = 0;
    assert_int_equal(card_vault_new(&v), 0);
    assert_int_equal(card_vault_add(v, 7), 0);
    FILE *maps = fopen("/proc/self/smaps", "re");
    assert_non_null(maps);
    while (fgets(line, sizeof(line), maps)) {
        char *end;
        unsigned long at = strtoul(line, &end, 16);
        if (end > line && *end == '-')
            from = at;
        if (from == (unsigned long)(uintptr_t)v &&
            strncmp(line, "VmFlags:", 8) == 0)
            good = strstr(line, " dd") && strstr(line, " wf");
    }
    (void)fclose(maps);
    assert_true(good);
    pid_t pid = fork();
    if (pid == 0)
        _exit((int)card_vault_count(v));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(card_vault_count(v), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_digits),
                                       cmocka_unit_test(test_page)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
