#include "sdp_support.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static void test_bytes(void **state)
{
    (void)state;
    static char want[VECTOR_MAX];
    static char got[RTC_SDP_TEXT_MAX];
    static struct rtc_sdp_offer offer;
    vector_read("luukku-offer.sdp", want);
    offer_fill(&offer);
    int n = rtc_sdp_write_offer(&offer, got, sizeof(got));
    assert_string_equal(got, want);
    assert_int_equal(n, (int)strlen(want));
}

static void test_parses(void **state)
{
    (void)state;
    static char text[VECTOR_MAX];
    struct rtc_sdp *s = NULL;
    vector_read("luukku-offer.sdp", text);
    assert_int_equal(rtc_sdp_new(&s), 0);
    assert_int_equal(rtc_sdp_parse(text, strlen(text), s), RTC_SDP_OK);
    assert_int_equal(s->section_count, 3);
    assert_int_equal(s->version, 3);
    assert_int_equal(s->candidate_count, 1);
    assert_int_equal(s->sections[0].fid[1], 2222222);
    assert_int_equal(s->sections[2].max_message_size, 262144);
    assert_string_equal(s->sections[0].stream, s->sections[1].stream);
    rtc_sdp_free(s);
}

static void test_every_size(void **state)
{
    (void)state;
    static char got[RTC_SDP_TEXT_MAX];
    static struct rtc_sdp_offer offer;
    offer_fill(&offer);
    int n = rtc_sdp_write_offer(&offer, got, sizeof(got));
    for (size_t cap = 0; cap <= (size_t)n; cap++)
        assert_int_equal(rtc_sdp_write_offer(&offer, got, cap), -EMSGSIZE);
    assert_int_equal(rtc_sdp_write_offer(&offer, got, (size_t)n + 1), n);
}

static void test_longest(void **state)
{
    (void)state;
    static char got[RTC_SDP_TEXT_MAX];
    static struct rtc_sdp_offer o;
    offer_fill(&o);
    memset(o.ufrag, 'u', sizeof(o.ufrag) - 1);
    memset(o.pwd, 'p', sizeof(o.pwd) - 1);
    memset(o.cname, 'c', sizeof(o.cname) - 1);
    o.candidate_count = RTC_SDP_OFFER_CANDIDATES_MAX;
    o.split_streams = true;
    o.end_of_candidates = true;
    for (size_t i = 0; i < o.candidate_count; i++) {
        o.candidates[i] = o.candidates[0];
        memcpy(o.candidates[i].ufrag, o.ufrag, sizeof(o.ufrag));
    }
    assert_true(rtc_sdp_write_offer(&o, got, sizeof(got)) > 10000);
}

static void test_refuses(void **state)
{
    (void)state;
    static char got[RTC_SDP_TEXT_MAX];
    static struct rtc_sdp_offer good;
    static struct rtc_sdp_offer o[8];
    offer_fill(&good);
    for (size_t i = 0; i < LK_ARRAY_LEN(o); i++)
        o[i] = good;
    o[0].session_id = 0;
    o[1].ufrag[1] = ' ';
    o[2].pwd[5] = '\0';
    o[3].rtx_ssrc = o[3].video_ssrc;
    o[4].audio_ssrc = 0;
    o[5].cname[0] = '\r';
    o[6].candidate_count = RTC_SDP_OFFER_CANDIDATES_MAX + 1;
    memset(o[7].ufrag, 'u', sizeof(o[7].ufrag));
    for (size_t i = 0; i < LK_ARRAY_LEN(o); i++)
        assert_int_equal(rtc_sdp_write_offer(&o[i], got, sizeof(got)), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),      cmocka_unit_test(test_parses),
        cmocka_unit_test(test_every_size), cmocka_unit_test(test_longest),
        cmocka_unit_test(test_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
