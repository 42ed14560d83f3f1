#include "sdp_support.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[VECTOR_MAX];

static enum rtc_sdp_verdict parse(const char *s, size_t len)
{
    struct rtc_sdp *sdp = NULL;
    /* On the heap and of exact length: an overrun is caught. */
    char *exact = malloc(len > 0 ? len : 1);
    assert_non_null(exact);
    memcpy(exact, s, len);
    assert_int_equal(rtc_sdp_new(&sdp), 0);
    enum rtc_sdp_verdict v = rtc_sdp_parse(exact, len, sdp);
    free(exact);
    rtc_sdp_free(sdp);
    return v;
}

static void test_browser_offers(void **state)
{
    (void)state;
    static const char *const names[] = {"chromium-offer.sdp",
                                        "firefox-offer.sdp"};
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        vector_read(names[i], text);
        enum rtc_sdp_verdict v = parse(text, strlen(text));
        assert_string_equal(rtc_sdp_verdict_name(v), "ok");
    }
}

/* Every prefix is total, and no prefix that cuts the last section passes. */
static void test_prefixes(void **state)
{
    (void)state;
    vector_read("firefox-answer.sdp", text);
    size_t len = strlen(text);
    for (size_t n = 0; n < len; n++)
        (void)parse(text, n);
    assert_int_equal(parse(text, 0), RTC_SDP_NO_VERSION);
    assert_int_equal(parse(text, len), RTC_SDP_OK);
    text_replace(text, "\r\n", "\n", -1);
    assert_int_equal(parse(text, strlen(text)), RTC_SDP_OK);
}

/* Appends `line` `n` times to Firefox's answer. */
static enum rtc_sdp_verdict appended(const char *line, int n)
{
    vector_read("firefox-answer.sdp", text);
    size_t at = strlen(text);
    for (int i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s\r\n", line);
    return parse(text, strlen(text));
}

static void test_ceilings(void **state)
{
    (void)state;
    static const char cand[] = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host";
    assert_int_equal(appended(cand, RTC_SDP_CANDIDATES_MAX - 4), RTC_SDP_OK);
    assert_int_equal(appended(cand, RTC_SDP_CANDIDATES_MAX - 3),
                     RTC_SDP_OVERSIZED);
    assert_int_equal(appended("m=audio 0 x 0", RTC_SDP_SECTIONS_MAX),
                     RTC_SDP_OVERSIZED);
    char line[RTC_SDP_LINE_MAX + 2];
    memset(line, 'a', sizeof(line));
    line[1] = '=';
    line[RTC_SDP_LINE_MAX] = '\0';
    assert_int_equal(appended(line, 1), RTC_SDP_OK);
    line[RTC_SDP_LINE_MAX] = 'a';
    line[RTC_SDP_LINE_MAX + 1] = '\0';
    assert_int_equal(appended(line, 1), RTC_SDP_OVERSIZED);
    assert_int_equal(appended("a=x", RTC_SDP_TEXT_MAX / 5), RTC_SDP_OVERSIZED);
    char media[1024] = "m=audio 9 UDP/TLS/RTP/SAVPF";
    for (int i = 0; i <= RTC_SDP_CODECS_MAX; i++) {
        char pt[8];
        (void)snprintf(pt, sizeof(pt), " %d", i);
        memcpy(media + strlen(media), pt, strlen(pt) + 1);
    }
    assert_int_equal(appended(media, 1), RTC_SDP_OVERSIZED);
}

static void test_nul(void **state)
{
    (void)state;
    vector_read("firefox-answer.sdp", text);
    size_t len = strlen(text);
    char *at = strstr(text, "a=mid:0");
    at[6] = '\0';
    assert_int_equal(parse(text, len), RTC_SDP_MALFORMED);
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < RTC_SDP_VERDICTS; i++) {
        const char *a = rtc_sdp_verdict_name((enum rtc_sdp_verdict)i);
        assert_non_null(a);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(
                a, rtc_sdp_verdict_name((enum rtc_sdp_verdict)k));
    }
    assert_string_equal(rtc_sdp_verdict_name((enum rtc_sdp_verdict)99),
                        "unknown");
}

static void test_no_memory(void **state)
{
    (void)state;
    struct rtc_sdp *s = NULL;
    calloc_fail_next();
    assert_int_equal(rtc_sdp_new(&s), -ENOMEM);
    assert_null(s);
    assert_null(rtc_sdp_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_browser_offers), cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_ceilings),       cmocka_unit_test(test_nul),
        cmocka_unit_test(test_names),          cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
