/* What a technician reads of the kiosk's answers. */
#include "testing.h"

#include "app/console_show.h"
#include "console/line.h"

#include <errno.h>
#include <string.h>

typedef int show_fn(const char *json, struct lk_buf *out);

static const struct {
    show_fn *show;
    const char *json;
    const char *said;
} answers[] = {
    {console_show_tests,
     "[{\"test\":\"camera\",\"result\":\"PASS\",\"simulated\":true,\"width\":"
     "640,\"height\":480,\"frames_per_s\":29.8,\"level_db\":-23,\"delay_ms\":"
     "12,\"loss_percent\":0.5,\"send_kbps\":900,\"sent_again\":3}]",
     "PASS  camera  640 x 480, 29.8 pictures a second, level -23 dB, delay 12 "
     "ms,\n"
     "              loss 0.5 %, send 900 kbit/s, sent again 3, simulated\n"},
    {console_show_tests,
     "[{\"test\":\"ping\",\"result\":\"PASS\",\"ms\":4},{\"test\":\"camera\","
     "\"result\":\"PASS\",\"device\":\"document camera\"}]",
     "PASS  ping    4 ms\nPASS  camera  document camera\n"},
    {console_show_tests,
     "[{\"test\":\"card\",\"result\":\"FAIL\",\"reason\":\"none\",\"next\":"
     "\"Look.\"}]",
     "FAIL  card  none\n            -> Look.\n\nIt failed.\n"},
    {console_show_hardware,
     "{\"machine\":\"m\",\"kernel\":\"6.1\",\"uptime_s\":9,\"clock\":{\"at\":"
     "\"now\",\"synchronised\":true,\"sane\":false},\"cpu\":{\"model\":\"c\","
     "\"cores\":4,\"load\":[0.31,0.28,0.25]},\"memory\":{\"total_kb\":3900000,"
     "\"available_kb\":2900000}}",
     "machine       m\nkernel        6.1\nup (seconds)  9\n\n"
     "time (UTC)          now\nset by the network  yes\n"
     "can be right        no\n\n"},
};

static void answers_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(answers); i++) {
        LK_AUTO(lk_buf) out = NULL;
        assert_int_equal(lk_buf_new(65536, &out), 0);
        assert_int_equal(answers[i].show(answers[i].json, out), 0);
        if (!strstr(lk_buf_str(out), answers[i].said))
            print_message("%s", lk_buf_str(out));
        assert_non_null(strstr(lk_buf_str(out), answers[i].said));
        for (const char *s = lk_buf_str(out); *s; s += strcspn(s, "\n") + 1)
            assert_true(strcspn(s, "\n") <= CONSOLE_COLUMNS);
    }
}

/* No answer of a broken kiosk is taken for one. */
static void rubbish_is_refused(void **state)
{
    static const char *const json[] = {"", "{", "[1", "nothing"};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(json); i++) {
        LK_AUTO(lk_buf) out = NULL;
        assert_int_equal(lk_buf_new(65536, &out), 0);
        assert_int_equal(console_show_tests(json[i], out), -EBADMSG);
        assert_int_equal(console_show_hardware(json[i], out), -EBADMSG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(rubbish_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
