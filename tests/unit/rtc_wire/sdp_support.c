#include "sdp_support.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fail_next;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
    bool fail = fail_next;
    fail_next = false;
    return fail ? NULL : __real_calloc(n, size);
}

void calloc_fail_next(void)
{
    fail_next = true;
}

void vector_read(const char *name, char ret[VECTOR_MAX])
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", LUUKKU_VECTORS, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(ret, 1, VECTOR_MAX - 1, f);
    (void)fclose(f);
    assert_true(n > 0);
    ret[n] = '\0';
}

void text_replace(char text[VECTOR_MAX], const char *from, const char *to,
                  int n)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    char *out = text;
    int found = 0;
    int done = 0;
    const char *at = copy;
    for (;;) {
        const char *hit = strstr(at, from);
        if (!hit)
            break;
        memcpy(out, at, (size_t)(hit - at));
        out += hit - at;
        bool now = n < 0 || found == n;
        size_t len = strlen(now ? to : from);
        memcpy(out, now ? to : from, len);
        out += len;
        at = hit + strlen(from);
        found++;
        done += now;
    }
    memcpy(out, at, strlen(at) + 1);
    free(copy);
    assert_true(done > 0);
}

void offer_fill(struct rtc_sdp_offer *ret)
{
    static const char c[] =
        "candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host";
    *ret = (struct rtc_sdp_offer){.session_id = 7301234567890123456,
                                  .version = 3,
                                  .ufrag = "Lk0a",
                                  .pwd = "luukkuluukkuluukkuluukku",
                                  .video_ssrc = 1111111,
                                  .rtx_ssrc = 2222222,
                                  .audio_ssrc = 3333333,
                                  .cname = "q1w2e3r4",
                                  .candidate_count = 1};
    for (size_t i = 0; i < sizeof(ret->fingerprint); i++)
        ret->fingerprint[i] = (uint8_t)(i * 7);
    assert_int_equal(rtc_candidate_parse(c, sizeof(c) - 1, &ret->candidates[0]),
                     0);
}

enum rtc_sdp_verdict answer_verdict(const char *text,
                                    struct rtc_sdp_agreed *ret)
{
    static struct rtc_sdp_offer offer;
    struct rtc_sdp *sdp = NULL;
    offer_fill(&offer);
    assert_int_equal(rtc_sdp_new(&sdp), 0);
    enum rtc_sdp_verdict v = rtc_sdp_parse(text, strlen(text), sdp);
    if (v == RTC_SDP_OK)
        v = rtc_sdp_check_answer(&offer, sdp, ret);
    rtc_sdp_free(sdp);
    return v;
}
