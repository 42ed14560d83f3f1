#include "testing.h"

#include "ipc/scanmsg.h"

#include <errno.h>

static const struct {
    struct scanmsg m;
    size_t fds;
} samples[] = {
    {{.type = SCANMSG_START,
      .job = 7,
      .source = SCANMSG_DUPLEX,
      .mode = SCANMSG_GRAY,
      .paper = SCANMSG_LEGAL,
      .prep = SCANMSG_STRAIGHTEN | SCANMSG_WITH_JPEG,
      .turn = 3,
      .pages = SCANMSG_PAGES_MAX,
      .dpi = 300},
     0},
    {{.type = SCANMSG_DECODE,
      .job = 8,
      .prep = SCANMSG_PREP_ALL,
      .turn = 1,
      .pages = 1,
      .dpi = 0},
     1},
    {{.type = SCANMSG_DECODE, .job = 9, .pages = 1, .crop = {0, 1, 10000, 2}},
     1},
    {{.type = SCANMSG_CANCEL, .job = 0xffffffff}, 0},
    {{.type = SCANMSG_SCANNER,
      .state = SCANMSG_STATE_READY,
      .sources = 15,
      .modes = 3,
      .papers = 63,
      .dpis = 3,
      .dpi_list = {150, 300, 600},
      .name = "Säästö Skanneri 3"},
     0},
    {{.type = SCANMSG_SCANNER, .state = SCANMSG_STATE_NONE}, 0},
    {{.type = SCANMSG_PROGRESS, .job = 7, .page = 2, .percent = 100}, 0},
    {{.type = SCANMSG_PAGE,
      .job = 7,
      .mode = SCANMSG_COLOUR,
      .traits = SCANMSG_TRAITS_ALL,
      .page = 200,
      .dpi = 1200,
      .width_px = SCANMSG_SIDE_MAX,
      .height_px = 1},
     4},
    {{.type = SCANMSG_END,
      .job = 7,
      .reason = SCANMSG_JAMMED,
      .pages = 2,
      .why = "sheet 3"},
     0},
};

static void test_round_trip(void **state)
{
    (void)state;
    uint8_t b[SCANMSG_ENCODED_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        struct scanmsg d;
        int n = scanmsg_encode(&samples[i].m, b, sizeof(b));
        assert_true(n >= 0);
        assert_int_equal(scanmsg_decode((uint16_t)samples[i].m.type, b,
                                        (size_t)n, samples[i].fds, &d),
                         0);
        assert_memory_equal(&d, &samples[i].m, sizeof(d));
    }
}

/* Every cut, every lengthening and every wrong number of descriptors. */
static void test_wrong_lengths(void **state)
{
    (void)state;
    uint8_t b[SCANMSG_ENCODED_MAX + 1];
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        struct scanmsg d;
        uint16_t type = (uint16_t)samples[i].m.type;
        int n = scanmsg_encode(&samples[i].m, b, sizeof(b) - 1);
        for (int cut = 0; cut < n; cut++)
            assert_int_equal(
                scanmsg_decode(type, b, (size_t)cut, samples[i].fds, &d),
                -EBADMSG);
        b[n] = 0;
        assert_int_equal(
            scanmsg_decode(type, b, (size_t)n + 1, samples[i].fds, &d),
            -EBADMSG);
        assert_int_equal(scanmsg_decode(type, b, (size_t)n, 3, &d), -EBADMSG);
        assert_true(samples[i].fds == 0 ||
                    scanmsg_decode(type, b, (size_t)n, 0, &d) == -EBADMSG);
    }
}

static void test_out_of_range(void **state)
{
    (void)state;
    static const struct scanmsg bad[] = {
        {.type = SCANMSG_START, .pages = 0},
        {.type = SCANMSG_START, .pages = SCANMSG_PAGES_MAX + 1},
        {.type = SCANMSG_START, .pages = 1, .turn = 4},
        {.type = SCANMSG_START, .pages = 1, .prep = 16},
        {.type = SCANMSG_START, .pages = 1, .dpi = SCANMSG_DPI_MAX + 1},
        {.type = SCANMSG_DECODE, .pages = 1, .crop = {1, 0, 1, 1}},
        {.type = SCANMSG_DECODE, .pages = 1, .crop = {0, 2, 1, 1}},
        {.type = SCANMSG_DECODE, .pages = 1, .crop = {0, 0, 10001, 1}},
        {.type = SCANMSG_DECODE, .pages = 1, .crop = {0, 0, 1, 10001}},
        {.type = SCANMSG_START, .pages = 1, .source = SCANMSG_SOURCES},
        {.type = SCANMSG_START, .pages = 1, .mode = SCANMSG_MODES},
        {.type = SCANMSG_START, .pages = 1, .paper = SCANMSG_PAPERS},
        {.type = SCANMSG_SCANNER, .state = SCANMSG_STATES},
        {.type = SCANMSG_SCANNER, .sources = 16},
        {.type = SCANMSG_SCANNER, .modes = 4},
        {.type = SCANMSG_SCANNER, .papers = 64},
        {.type = SCANMSG_SCANNER, .dpis = SCANMSG_DPIS_MAX + 1},
        {.type = SCANMSG_SCANNER, .dpis = 1, .dpi_list = {0}},
        {.type = SCANMSG_SCANNER, .name = "\xff"},
        {.type = SCANMSG_PROGRESS, .page = 1, .percent = 101},
        {.type = SCANMSG_PROGRESS, .page = 0},
        {.type = SCANMSG_PAGE, .page = 1, .width_px = 0, .height_px = 1},
        {.type = SCANMSG_PAGE,
         .page = 1,
         .width_px = 1,
         .height_px = SCANMSG_SIDE_MAX + 1},
        {.type = SCANMSG_END, .reason = SCANMSG_REASONS},
        {.type = (enum scanmsg_type)99},
    };
    uint8_t b[SCANMSG_ENCODED_MAX];
    struct scanmsg d;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(scanmsg_encode(&bad[i], b, sizeof(b)), -EINVAL);
    assert_int_equal(scanmsg_encode(&samples[0].m, b, 3), -EMSGSIZE);
    assert_int_equal(scanmsg_decode(0, b, 0, 0, &d), -EBADMSG);
    assert_int_equal(scanmsg_decode(99, b, 0, 0, &d), -EBADMSG);
}

/* Each byte of each sample set to each value: refused, or the same again. */
static void test_every_byte(void **state)
{
    (void)state;
    uint8_t b[SCANMSG_ENCODED_MAX];
    uint8_t back[SCANMSG_ENCODED_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        int n = scanmsg_encode(&samples[i].m, b, sizeof(b));
        for (int at = 0; at < n * 256; at++) {
            uint8_t keep = b[at / 256];
            struct scanmsg d;
            b[at / 256] = (uint8_t)at;
            if (scanmsg_decode((uint16_t)samples[i].m.type, b, (size_t)n,
                               samples[i].fds, &d) == 0) {
                assert_int_equal(scanmsg_encode(&d, back, sizeof(back)), n);
                assert_memory_equal(back, b, (size_t)n);
            }
            b[at / 256] = keep;
        }
    }
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < SCANMSG_REASONS; i++)
        assert_string_not_equal(scanmsg_reason_name((enum scanmsg_reason)i),
                                "?");
    for (int i = 0; i < SCANMSG_STATES; i++)
        assert_string_not_equal(scanmsg_state_name((enum scanmsg_state)i), "?");
    assert_string_equal(scanmsg_reason_name(SCANMSG_REASONS), "?");
    assert_string_equal(scanmsg_state_name(SCANMSG_STATES), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_wrong_lengths),
        cmocka_unit_test(test_out_of_range),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
