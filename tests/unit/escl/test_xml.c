#include "oom.h"
#include "testing.h"

#include "escl/ability.h"
#include "escl/limits.h"
#include "escl/quirks.h"
#include "escl/settings.h"
#include "escl/status.h"
#include "escl/xml.h"

#include <errno.h>

#define NS                                                          \
    " xmlns:scan=\"http://schemas.hp.com/imaging/escl/2011/05/03\"" \
    " xmlns:pwg=\"http://www.pwg.org/schemas/2010/12/sm\""

#define PROFILE                                                          \
    "<scan:SettingProfiles><scan:SettingProfile>"                        \
    "<scan:ColorModes><scan:ColorMode>RGB24</scan:ColorMode>"            \
    "<scan:ColorMode>Grayscale8</scan:ColorMode>"                        \
    "<scan:ColorMode>BlackAndWhite1</scan:ColorMode></scan:ColorModes>"  \
    "<scan:DocumentFormats><pwg:DocumentFormat>image/jpeg"               \
    "</pwg:DocumentFormat><scan:DocumentFormatExt>application/pdf"       \
    "</scan:DocumentFormatExt></scan:DocumentFormats>"                   \
    "<scan:SupportedResolutions><scan:DiscreteResolutions>"              \
    "<scan:DiscreteResolution><scan:XResolution>600</scan:XResolution>"  \
    "<scan:YResolution>600</scan:YResolution></scan:DiscreteResolution>" \
    "<scan:DiscreteResolution><scan:XResolution>300</scan:XResolution>"  \
    "<scan:YResolution>300</scan:YResolution></scan:DiscreteResolution>" \
    "<scan:DiscreteResolution><scan:XResolution>300</scan:XResolution>"  \
    "<scan:YResolution>600</scan:YResolution></scan:DiscreteResolution>" \
    "</scan:DiscreteResolutions></scan:SupportedResolutions>"            \
    "</scan:SettingProfile></scan:SettingProfiles>"

#define SIZE                                                               \
    "<scan:MinWidth>16</scan:MinWidth><scan:MinHeight>16</scan:MinHeight>" \
    "<scan:MaxWidth>2550</scan:MaxWidth><scan:MaxHeight>3508</scan:MaxHeight>"

static const char full_xml[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scan:ScannerCapabilities" NS
    "><pwg:Version>2.63</pwg:Version>"
    "<pwg:MakeAndModel> Maker Model\n 7 </pwg:MakeAndModel>"
    "<pwg:SerialNumber>S1</pwg:SerialNumber>"
    "<scan:Platen><scan:PlatenInputCaps>" SIZE PROFILE
    "</scan:PlatenInputCaps></scan:Platen>"
    "<scan:Adf><scan:AdfSimplexInputCaps>" SIZE PROFILE
    "</scan:AdfSimplexInputCaps><scan:FeederCapacity>50</scan:FeederCapacity>"
    "<scan:AdfOptions><scan:AdfOption>Duplex</scan:AdfOption>"
    "</scan:AdfOptions></scan:Adf></scan:ScannerCapabilities>";

static int decode(const char *xml, struct escl_ability *ret)
{
    return escl_ability_decode(xml, strlen(xml), ret);
}

static void test_ability(void **state)
{
    (void)state;
    struct escl_ability a;
    int r = 0;
    OOM_SWEEP(r, decode(full_xml, &a));
    assert_string_equal(a.version, "2.63");
    assert_string_equal(a.model, "Maker Model 7");
    assert_string_equal(a.serial, "S1");
    for (size_t i = 0; i < ESCL_SOURCES; i++) {
        const struct escl_source_ability *s = &a.source[i];
        assert_true(s->present);
        assert_int_equal(s->modes, 7);
        assert_int_equal(s->formats, 1U << ESCL_JPEG | 1U << ESCL_PDF);
        assert_int_equal(s->resolutions, 2);
        assert_int_equal(s->dpi[0], 300);
        assert_int_equal(s->dpi[1], 600);
        assert_int_equal(s->max_width, 21590);
        assert_int_equal(s->max_height, 29701);
    }
}

static void test_ability_odd(void **state)
{
    (void)state;
    struct escl_ability a;
    /* Another prefix, only a feeder, no words of modes; a range. */
    assert_int_equal(
        decode("\r\n <?xml version='1.0'?><q:ScannerCapabilities xmlns:q='x'>"
               "<q:Adf><q:AdfDuplexInputCaps>"
               "<q:MinWidth>9999</q:MinWidth><q:MaxWidth>2480</q:MaxWidth>"
               "<q:ResolutionRange><q:XResolutionRange><q:Min>100</q:Min>"
               "<q:Max>400</q:Max><q:Step>100</q:Step></q:XResolutionRange>"
               "<q:YResolutionRange><q:Min>600</q:Min></q:YResolutionRange>"
               "</q:ResolutionRange></q:AdfDuplexInputCaps></q:Adf>"
               "</q:ScannerCapabilities>",
               &a),
        0);
    assert_false(a.source[ESCL_PLATEN].present);
    assert_true(a.source[ESCL_FEEDER].present);
    const struct escl_source_ability *s = &a.source[ESCL_FEEDER_DUPLEX];
    assert_int_equal(s->min_width, 0);
    assert_int_equal(s->resolutions, 4);
    assert_int_equal(s->dpi[3], 400);
    assert_int_equal(s->formats, 1U << ESCL_JPEG);
    assert_true(s->modes & 1U << ESCL_COLOUR);
    /* Numbers that are none. */
    assert_int_equal(
        decode("<ScannerCapabilities><Platen><PlatenInputCaps>"
               "<MaxWidth>-5</MaxWidth><MaxHeight>1e9</MaxHeight>"
               "<XResolution>0x10</XResolution></PlatenInputCaps></Platen>"
               "</ScannerCapabilities>",
               &a),
        0);
    assert_int_equal(a.source[ESCL_PLATEN].max_width, 21590);
    assert_int_equal(a.source[ESCL_PLATEN].dpi[0], 300);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *xml;
        int error;
    } rows[] = {
        {"", -EBADMSG},
        {"<html></html>", -EBADMSG},
        {"<ScannerStatus/>", -EBADMSG},
        {"<ScannerCapabilities/>", -ENOENT},
        {"<ScannerCapabilities>", -EBADMSG},
        {"<a><ScannerCapabilities/></a>", -EBADMSG},
        {"<ScannerCapabilities/>x", -EBADMSG},
        {"<!DOCTYPE a><ScannerCapabilities/>", -EBADMSG},
        {"<!DOCTYPE a [<!ENTITY b \"c\">]><ScannerCapabilities>&b;"
         "</ScannerCapabilities>",
         -EBADMSG},
        {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><ScannerCapabilities/>",
         -EBADMSG},
        {"<ScannerCapabilities>&b;</ScannerCapabilities>", -EBADMSG},
        {"<ScannerCapabilities>\xff</ScannerCapabilities>", -EBADMSG},
    };
    struct escl_ability a;
    struct escl_status st;
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        memset(&a, 0x5a, sizeof(a));
        assert_int_equal(decode(rows[i].xml, &a), rows[i].error);
        assert_int_equal(((uint8_t *)&a)[0], 0x5a);
        if (!strstr(rows[i].xml, "<ScannerStatus"))
            assert_int_equal(
                escl_status_decode(rows[i].xml, strlen(rows[i].xml), &st),
                -EBADMSG);
    }
}

static void test_ceilings(void **state)
{
    (void)state;
    static char xml[ESCL_XML_BYTES_MAX + 2];
    struct escl_status st;
    size_t n = 0;
    for (int i = 0; i <= ESCL_XML_DEPTH_MAX; i++)
        n += (size_t)snprintf(xml + n, sizeof(xml) - n, "<ScannerStatus>");
    assert_int_equal(escl_status_decode(xml, n, &st), -EMSGSIZE);
    n = (size_t)snprintf(xml, sizeof(xml), "<ScannerStatus>");
    for (int i = 0; i <= ESCL_XML_ELEMENTS_MAX; i++)
        n += (size_t)snprintf(xml + n, sizeof(xml) - n, "<a/>");
    assert_int_equal(escl_status_decode(xml, n, &st), -EMSGSIZE);
    assert_int_equal(escl_status_decode(xml, sizeof(xml), &st), -EMSGSIZE);
    /* Text without end is cut. */
    n = (size_t)snprintf(xml, sizeof(xml), "<ScannerStatus><State>");
    memset(xml + n, 'x', 200000);
    n += 200000;
    n += (size_t)snprintf(xml + n, sizeof(xml) - n, "</State></ScannerStatus>");
    assert_int_equal(escl_status_decode(xml, n, &st), 0);
    assert_int_equal(st.device, ESCL_DEVICE_UNKNOWN);
}

static void test_status(void **state)
{
    (void)state;
    static const char some_xml[] =
        "<?xml version=\"1.0\"?><scan:ScannerStatus" NS
        "><pwg:Version>2.5</pwg:Version><pwg:State>Processing</pwg:State>"
        "<scan:AdfState>ScannerAdfLoaded</scan:AdfState><scan:Jobs>"
        "<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/1</pwg:JobUri>"
        "<scan:Age>0</scan:Age><pwg:ImagesCompleted>2</pwg:ImagesCompleted>"
        "<pwg:ImagesToTransfer>1</pwg:ImagesToTransfer>"
        "<pwg:JobState>Processing</pwg:JobState></scan:JobInfo>"
        "<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/2</pwg:JobUri>"
        "<pwg:JobState>Aborted</pwg:JobState></scan:JobInfo>"
        "</scan:Jobs></scan:ScannerStatus>";
    struct escl_status st;
    int r = 0;
    OOM_SWEEP(r, escl_status_decode(some_xml, sizeof(some_xml) - 1, &st));
    assert_int_equal(st.device, ESCL_DEVICE_PROCESSING);
    assert_int_equal(st.adf, ESCL_ADF_LOADED);
    assert_int_equal(st.jobs, 2);
    assert_string_equal(st.job[0].uri, "/eSCL/ScanJobs/1");
    assert_int_equal(st.job[0].state, ESCL_JOB_ACTIVE);
    assert_int_equal(st.job[0].completed, 2);
    assert_int_equal(st.job[0].waiting, 1);
    assert_int_equal(st.job[1].state, ESCL_JOB_BROKEN);
    assert_int_equal(st.job[1].completed, -1);
}

static void test_status_words(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum escl_adf_state means;
    } rows[] = {
        {"ScannerAdfEmpty", ESCL_ADF_EMPTY},
        {"ScannerAdfLoaded", ESCL_ADF_LOADED},
        {"ScannerAdfProcessing", ESCL_ADF_WORKING},
        {"ScannerAdfJam", ESCL_ADF_JAM},
        {"ScannerAdfMispick", ESCL_ADF_JAM},
        {"ScannerAdfHatchOpen", ESCL_ADF_OPEN},
        {"Whatever", ESCL_ADF_UNKNOWN},
        {"", ESCL_ADF_UNKNOWN},
    };
    char xml[512];
    struct escl_status st;
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        int n = snprintf(xml, sizeof(xml),
                         "<ScannerStatus><State>Idle</State><AdfState>%s"
                         "</AdfState></ScannerStatus>",
                         rows[i].word);
        assert_int_equal(escl_status_decode(xml, (size_t)n, &st), 0);
        assert_int_equal(st.adf, rows[i].means);
        assert_int_equal(st.device, ESCL_DEVICE_IDLE);
    }
}

static void test_fit(void **state)
{
    (void)state;
    struct escl_ability a;
    assert_int_equal(decode(full_xml, &a), 0);
    struct escl_settings s = {.source = ESCL_PLATEN,
                              .mode = ESCL_COLOUR,
                              .format = ESCL_PDF,
                              .dpi = 450};
    assert_int_equal(escl_settings_fit(&a, &s), 0);
    assert_int_equal(s.dpi, 600); /* as near as 300: the higher one */
    assert_int_equal(s.format, ESCL_PDF);
    assert_int_equal(s.area.width, 21590);
    s = (struct escl_settings){.dpi = 75, .area = {20000, 0, 5000, 90000}};
    assert_int_equal(escl_settings_fit(&a, &s), 0);
    assert_int_equal(s.dpi, 300);
    assert_int_equal(s.area.x, 21590 - 5000);
    assert_int_equal(s.area.height, 29701);
    a.source[ESCL_FEEDER].formats = 1U << ESCL_JPEG;
    a.source[ESCL_FEEDER].modes = 1U << ESCL_GREY;
    s = (struct escl_settings){.source = ESCL_FEEDER,
                               .mode = ESCL_BLACK,
                               .format = ESCL_PDF,
                               .dpi = 300};
    assert_int_equal(escl_settings_fit(&a, &s), 0);
    assert_int_equal(s.format, ESCL_JPEG);
    assert_int_equal(s.mode, ESCL_GREY);
    a.source[ESCL_PLATEN].present = false;
    s = (struct escl_settings){.dpi = 300};
    assert_int_equal(escl_settings_fit(&a, &s), -ENOTSUP);
}

static int encode(const struct escl_settings *s, char *ret, size_t cap)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(4096, &b);
    if (r == 0)
        r = escl_settings_encode(b, s);
    if (r == 0)
        (void)snprintf(ret, cap, "%s", lk_buf_str(b));
    return r;
}

static void test_encode(void **state)
{
    (void)state;
    char xml[4096];
    struct escl_ability a;
    assert_int_equal(decode(full_xml, &a), 0);
    struct escl_settings s = {.source = ESCL_FEEDER_DUPLEX, .dpi = 300};
    assert_int_equal(escl_settings_fit(&a, &s), 0);
    int r = 0;
    OOM_SWEEP(r, encode(&s, xml, sizeof(xml)));
    static const char *const expected[] = {
        "<pwg:Version>2.63</pwg:Version>",
        "<pwg:Width>2550</pwg:Width>",
        "<pwg:Height>3508</pwg:Height>",
        "<pwg:InputSource>Feeder</pwg:InputSource>",
        "<scan:Duplex>true</scan:Duplex>",
        "<scan:ColorMode>RGB24</scan:ColorMode>",
        "<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>",
        "<scan:XResolution>300</scan:XResolution>",
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(expected); i++)
        assert_non_null(strstr(xml, expected[i]));
    /* Nothing of a hostile version gets in. */
    (void)snprintf(s.version, sizeof(s.version), "2.6<x/>");
    assert_int_equal(encode(&s, xml, sizeof(xml)), 0);
    assert_non_null(strstr(xml, "<pwg:Version>2.0</pwg:Version>"));
}

/* Every size that a scanner may say comes back as that size. */
static void test_units(void **state)
{
    (void)state;
    char xml[4096];
    char want[64];
    for (unsigned n = 300; n < 5200; n += 7) {
        int len = snprintf(xml, sizeof(xml),
                           "<ScannerCapabilities><Platen><PlatenInputCaps>"
                           "<MaxWidth>%u</MaxWidth></PlatenInputCaps></Platen>"
                           "</ScannerCapabilities>",
                           n);
        struct escl_ability a;
        assert_int_equal(escl_ability_decode(xml, (size_t)len, &a), 0);
        struct escl_settings s = {.dpi = 300};
        assert_int_equal(escl_settings_fit(&a, &s), 0);
        assert_int_equal(encode(&s, xml, sizeof(xml)), 0);
        (void)snprintf(want, sizeof(want), "<pwg:Width>%u</pwg:Width>", n);
        assert_non_null(strstr(xml, want));
    }
}

static void test_quirks(void **state)
{
    (void)state;
    assert_int_equal(escl_quirks("HP", "HP ScanJet Pro 4500 fn1"),
                     ESCL_QUIRK_ONE_INTERFACE);
    assert_int_equal(escl_quirks("Hewlett-Packard", "OfficeJet Pro 8710"),
                     ESCL_QUIRK_SOFT_RESET);
    assert_int_equal(escl_quirks("", "HP Color LaserJet Flow X677"),
                     ESCL_QUIRK_SLOW_WAKE);
    assert_int_equal(escl_quirks("Brother", "MFC-L2710DW series"),
                     ESCL_QUIRK_NEXT_DELAY);
    assert_int_equal(escl_quirks("Other", "OfficeJet Pro 8710"), 0);
    assert_int_equal(escl_quirks("", ""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ability), cmocka_unit_test(test_ability_odd),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_status),  cmocka_unit_test(test_status_words),
        cmocka_unit_test(test_fit),     cmocka_unit_test(test_encode),
        cmocka_unit_test(test_units),   cmocka_unit_test(test_quirks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
