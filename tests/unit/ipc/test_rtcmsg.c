#include "testing.h"

#include "ipc/rtcmsg.h"

#include <errno.h>

static const struct rtcmsg samples[] = {
    {.type = RTCMSG_PUBLISH,
     .topic = "call/kela/kiosk-1",
     .bytes = (const uint8_t *)"{}",
     .len = 2},
    {.type = RTCMSG_PREPARE, .call = 3, .session = 1ULL << 62, .version = 9},
    {.type = RTCMSG_OPEN, .call = 3},
    {.type = RTCMSG_ANSWER,
     .call = 3,
     .bytes = (const uint8_t *)"v=0\r\n",
     .len = 5},
    {.type = RTCMSG_CANDIDATE, .call = 3, .text = "candidate:1 1 udp"},
    {.type = RTCMSG_RESTART, .call = 3, .version = 10},
    {.type = RTCMSG_CLOSE, .call = 3},
    {.type = RTCMSG_CONTROLS,
     .mic = true,
     .camera = false,
     .volume = 10,
     .lang = "fi"},
    {.type = RTCMSG_SEND,
     .call = 3,
     .channel = 1,
     .binary = true,
     .bytes = (const uint8_t *)"x",
     .len = 1},
    {.type = RTCMSG_LINK, .up = true, .why = "ok"},
    {.type = RTCMSG_MESSAGE,
     .topic = "k/kiosk-1/down/anna",
     .bytes = (const uint8_t *)"{}",
     .len = 2},
    {.type = RTCMSG_OFFER, .call = 3, .version = 9},
    {.type = RTCMSG_PEER,
     .call = 3,
     .peer = RTCMSG_PEER_FAILED,
     .why = "fingerprint"},
    {.type = RTCMSG_CHANNEL,
     .call = 3,
     .channel = 4,
     .open = true,
     .text = "ctl"},
    {.type = RTCMSG_DATA, .call = 3, .channel = 4},
    {.type = RTCMSG_RINGS},
    {.type = RTCMSG_DEVICES,
     .camera_device = RTCMSG_DEVICE_SIMULATED,
     .sound_device = RTCMSG_DEVICE_REAL},
    {.type = RTCMSG_SAY,
     .id = 7,
     .lang = "se",
     .pace = RTCMSG_PACE_MAX,
     .closed = true,
     .interrupt = true,
     .text = "start_title start_lead",
     .bytes = (const uint8_t *)"Bures",
     .len = 5},
    {.type = RTCMSG_HUSH},
    {.type = RTCMSG_CAPTURE, .up = true},
    {.type = RTCMSG_WATCH, .text = "kela"},
    {.type = RTCMSG_WATCH},
    {.type = RTCMSG_SPOKEN, .id = 7, .how = RTCMSG_SPOKEN_NO_VOICE},
    {.type = RTCMSG_HEADSET, .up = true},
    {.type = RTCMSG_SHUT, .call = 3, .channel = 4},
    {.type = RTCMSG_ROOM, .call = 3, .channel = 4, .room = 1ULL << 40},
    {.type = RTCMSG_VOICE, .call = 3, .up = true},
    {.type = RTCMSG_PHOTO},
    {.type = RTCMSG_DOCUMENT, .up = true},
    {.type = RTCMSG_PHOTOED, .why = "ENODEV"},
    {.type = RTCMSG_TRY, .id = 9, .up = true, .text = "loop 10 turn"},
    {.type = RTCMSG_TRIED,
     .id = 9,
     .up = true,
     .bytes = (const uint8_t *)"[]",
     .len = 2},
};

static void check_equal(const struct rtcmsg *m, const struct rtcmsg *d)
{
    assert_int_equal(d->type, m->type);
    assert_int_equal(d->call, m->call);
    assert_true(d->session == m->session && d->version == m->version);
    assert_int_equal(d->channel, m->channel);
    assert_true(d->room == m->room);
    assert_int_equal(d->volume, m->volume);
    assert_int_equal(d->mic, m->mic);
    assert_int_equal(d->camera, m->camera);
    assert_int_equal(d->up, m->up);
    assert_int_equal(d->open, m->open);
    assert_int_equal(d->binary, m->binary);
    assert_int_equal(d->id, m->id);
    assert_int_equal(d->pace, m->pace);
    assert_int_equal(d->closed, m->closed);
    assert_int_equal(d->interrupt, m->interrupt);
    assert_int_equal(d->how, m->how);
    assert_int_equal(d->peer, m->peer);
    assert_int_equal(d->camera_device, m->camera_device);
    assert_int_equal(d->sound_device, m->sound_device);
    assert_string_equal(d->topic, m->topic);
    assert_string_equal(d->text, m->text);
    assert_string_equal(d->why, m->why);
    assert_string_equal(d->lang, m->lang);
    assert_int_equal(d->len, m->len);
    if (m->len > 0)
        assert_memory_equal(d->bytes, m->bytes, m->len);
}

static void test_round_trip(void **state)
{
    (void)state;
    uint8_t b[RTCMSG_ENCODED_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        struct rtcmsg d;
        int n = rtcmsg_encode(&samples[i], b, sizeof(b));
        assert_true(n >= 0);
        assert_int_equal(
            rtcmsg_decode((uint16_t)samples[i].type, b, (size_t)n, &d), 0);
        check_equal(&samples[i], &d);
    }
}

/* Every cut and every lengthening is refused. */
static void test_wrong_lengths(void **state)
{
    (void)state;
    uint8_t b[RTCMSG_ENCODED_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        struct rtcmsg d;
        int n = rtcmsg_encode(&samples[i], b, sizeof(b) - 1);
        for (int cut = 0; cut < n; cut++)
            assert_int_equal(
                rtcmsg_decode((uint16_t)samples[i].type, b, (size_t)cut, &d),
                -EBADMSG);
        b[n] = 0;
        assert_int_equal(
            rtcmsg_decode((uint16_t)samples[i].type, b, (size_t)n + 1, &d),
            -EBADMSG);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static uint8_t big[RTCMSG_BYTES_MAX + 1];
    uint8_t b[RTCMSG_ENCODED_MAX];
    struct rtcmsg d;
    struct rtcmsg m = {
        .type = RTCMSG_MESSAGE, .bytes = big, .len = sizeof(big)};
    assert_int_equal(rtcmsg_encode(&m, b, sizeof(b)), -EMSGSIZE);
    m.len = RTCMSG_BYTES_MAX;
    assert_true(rtcmsg_encode(&m, b, sizeof(b)) > 0);
    assert_int_equal(rtcmsg_encode(&m, b, 100), -EMSGSIZE);
    m.type = (enum rtcmsg_type)99;
    assert_int_equal(rtcmsg_encode(&m, b, sizeof(b)), -EINVAL);
    assert_int_equal(rtcmsg_decode(0, NULL, 0, &d), -EBADMSG);
    assert_int_equal(rtcmsg_decode(99, NULL, 0, &d), -EBADMSG);
    /* volume 11, a third state of a boolean, text that is no UTF-8 */
    assert_int_equal(rtcmsg_decode(RTCMSG_CONTROLS, "\1\1\13\0\0", 5, &d),
                     -EBADMSG);
    assert_int_equal(rtcmsg_decode(RTCMSG_CONTROLS, "\2\1\12\0\0", 5, &d),
                     -EBADMSG);
    assert_int_equal(rtcmsg_decode(RTCMSG_LINK, "\1\0\1\xff", 4, &d), -EBADMSG);
    assert_int_equal(rtcmsg_decode(RTCMSG_VOICE, "\0\0\0\3\2", 5, &d),
                     -EBADMSG);
}

/* What is spoken is text, of a bounded length, at a pace that exists. */
static void test_say(void **state)
{
    (void)state;
    static uint8_t big[RTCMSG_SAY_MAX + 1];
    static const struct {
        const char *text;
        size_t len;
        uint8_t pace;
        int expect;
    } table[] = {
        {"a", 1, 0, 0},
        {"", 0, 0, -EBADMSG},
        {"a\0b", 3, 0, -EBADMSG},
        {"\xc3", 1, 0, -EBADMSG},
        {"a", 1, RTCMSG_PACE_MAX + 1, -EBADMSG},
    };
    uint8_t b[RTCMSG_ENCODED_MAX];
    struct rtcmsg d;
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct rtcmsg m = {.type = RTCMSG_SAY,
                           .lang = "fi",
                           .pace = table[i].pace,
                           .bytes = (const uint8_t *)table[i].text,
                           .len = table[i].len};
        int n = rtcmsg_encode(&m, b, sizeof(b));
        assert_true(n > 0);
        assert_int_equal(rtcmsg_decode(RTCMSG_SAY, b, (size_t)n, &d),
                         table[i].expect);
    }
    struct rtcmsg m = {.type = RTCMSG_SAY, .bytes = big, .len = sizeof(big)};
    memset(big, 'a', sizeof(big));
    assert_int_equal(rtcmsg_encode(&m, b, sizeof(b)), -EMSGSIZE);
    m.len = RTCMSG_SAY_MAX;
    int n = rtcmsg_encode(&m, b, sizeof(b));
    assert_int_equal(rtcmsg_decode(RTCMSG_SAY, b, (size_t)n, &d), 0);
    assert_int_equal(rtcmsg_decode(RTCMSG_SPOKEN, "\0\0\0\0\5", 5, &d),
                     -EBADMSG);
}

/* Many short messages are no cheaper than a few long ones. */
static void test_room_cost(void **state)
{
    (void)state;
    assert_int_equal(rtcmsg_room_cost(0), RTCMSG_ROOM_LEAST);
    assert_int_equal(rtcmsg_room_cost(RTCMSG_ROOM_LEAST + 1),
                     RTCMSG_ROOM_LEAST + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_say),       cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_room_cost), cmocka_unit_test(test_wrong_lengths),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
