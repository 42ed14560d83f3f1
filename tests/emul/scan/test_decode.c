/* luukku-scan as the reader of documents from elsewhere, hostile ones too, with
 * no scanner at all. */
#include "bench.h"
#include "draw.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void check_peak(struct bench *b, const char *what)
{
    long kb = bench_peak_kb(b);
    printf("peak after %s: %ld MB\n", what, kb / 1024);
#ifndef LUUKKU_SANITIZED
    assert_true(kb < 192 * 1024);
#endif
}

static void decode_paper(struct bench *b, const char *words, struct scanmsg m)
{
    size_t len;
    uint8_t *data = bench_paper(words, &len);
    bench_decode(b, m, draw_memfd(data, len));
    free(data);
}

/* The largest pages that are allowed, with everything that can be wished. */
static void test_worst_pages(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        uint8_t prep;
        uint32_t width_px;
    } table[] = {
        {"--dpi 600", 0, 4960},
        {"--dpi 600 --skew 2", SCANMSG_STRAIGHTEN | SCANMSG_WITH_JPEG, 4960},
        {"--dpi 300 --size 297x420", SCANMSG_STRAIGHTEN | SCANMSG_WITH_JPEG,
         3508},
        {"--dpi 300 --progressive", SCANMSG_STRAIGHTEN, 2480},
        {"--dpi 600 --mode gray", SCANMSG_STRAIGHTEN | SCANMSG_WITH_JPEG, 4960},
        {"--dpi 600 --cmyk", 0, 4960},
        {"--dpi 600 --format pdf", SCANMSG_WITH_JPEG, 4960},
        {"--format pdf-vector", SCANMSG_WITH_JPEG, 0},
    };
    struct bench b;
    bench_open(&b, false, NULL);
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        const struct scanmsg m = {.prep = table[i].prep};
        decode_paper(&b, table[i].words, m);
        assert_int_equal(bench_end(&b), SCANMSG_DONE);
        assert_int_equal(b.pages, 1);
        if (table[i].width_px)
            assert_in_range(b.page[0].m.width_px, table[i].width_px - 2,
                            table[i].width_px + 2);
        check_peak(&b, table[i].words);
    }
    bench_close(&b);
}

/* The document camera's picture becomes the sheet; and the page again, turned.
 */
static void test_flatten(void **state)
{
    (void)state;
    struct bench b;
    struct scanmsg m = {.prep = SCANMSG_FLATTEN | SCANMSG_WITH_JPEG};
    bench_open(&b, false, NULL);
    b.keep = true;
    decode_paper(&b, "--photo --pixels 1920x1080", m);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.pages, 1);
    assert_true(b.page[0].m.traits & SCANMSG_FLATTENED);
    uint16_t h = b.page[0].m.height_px;
    m = (struct scanmsg){.turn = 1};
    bench_decode(&b, m, dup(b.page[0].fd));
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.page[0].m.width_px, h);
    m = (struct scanmsg){.prep = SCANMSG_FLATTEN};
    decode_paper(&b, "--photo --pixels 4096x3072", m);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_true(b.page[0].m.traits & SCANMSG_FLATTENED);
    check_peak(&b, "a photograph of 12 megapixels");
    bench_close(&b);
}

/* A sheet of text by cairo, fonts embedded; and one that has none. */
static void test_pdf(void **state)
{
    (void)state;
    static const char no_font[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/"
        "Times-BoldItalic>>>>>>>>endobj\n"
        "4 0 obj<</Length 43>>stream\nBT /F 90 Tf 20 400 Td (Hakemus "
        "Ans\\366kan) "
        "Tj ET \nendstream endobj\ntrailer<</Root 1 0 R>>\n";
    struct bench b;
    const struct scanmsg m = {.pages = 2, .dpi = 100};
    size_t len;
    bench_open(&b, false, NULL);
    uint8_t *pdf = draw_text_pdf(595, 842, 3, &len);
    bench_decode(&b, m, draw_memfd(pdf, len));
    free(pdf);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.pages, 2);
    assert_int_equal(b.page[0].m.width_px, 826);
    assert_int_equal(b.page[0].m.traits, 0);
    bench_decode(&b, m, draw_memfd(no_font, sizeof(no_font) - 1));
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.pages, 1);
    assert_int_equal(b.page[0].m.traits, 0); /* not blank */
    bench_close(&b);
}

static void test_refused(void **state)
{
    (void)state;
    struct bench b;
    const struct scanmsg m = {.pages = 1};
    bench_open(&b, false, NULL);
    bench_decode(&b, m, draw_memfd("\x89PNG\r\n", 6));
    assert_int_equal(bench_end(&b), SCANMSG_UNKNOWN);
    bench_decode(&b, m, draw_memfd("%PDF-1.4 nothing", 16));
    assert_int_equal(bench_end(&b), SCANMSG_MALFORMED);
    bench_decode(&b, m, memfd_create("open", 0)); /* not sealed */
    assert_int_equal(bench_end(&b), SCANMSG_MALFORMED);
    /* a second job beside the first is refused; the first goes on */
    decode_paper(&b, "--dpi 600", m);
    struct scanmsg other = {.type = SCANMSG_START, .job = 999, .pages = 1};
    bench_send(&b, &other, -1);
    bench_until(&b, &b.ended);
    assert_int_equal(b.end.job, 999);
    assert_int_equal(b.end.reason, SCANMSG_BUSY);
    b.ended = false;
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    bench_close(&b);
}

/* While a large page is decoded, pings are answered. */
static void test_pings(void **state)
{
    (void)state;
    struct bench b;
    const struct scanmsg m = {.prep = SCANMSG_STRAIGHTEN | SCANMSG_WITH_JPEG};
    bench_open(&b, false, NULL);
    decode_paper(&b, "--dpi 600", m);
    for (int i = 0; i < 3; i++)
        bench_ping(&b);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.pongs_at_end, 3);
    bench_close(&b);
}

/* Forms that draw forms, ten each, nine deep: it would take years. The job ends
 * with its reason, and the program with it. */
static void test_time_bomb(void **state)
{
    (void)state;
    char *pdf = NULL;
    size_t len;
    struct bench b;
    const struct scanmsg m = {.pages = 1};
    FILE *f = open_memstream(&pdf, &len);
    (void)fprintf(f, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                     "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                     "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
                     "/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
                     "endobj\n4 0 obj<</Length 6>>stream\n/X Do \nendstream "
                     "endobj\n");
    for (int i = 5; i < 15; i++)
        (void)fprintf(f,
                      "%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 595 842]"
                      "/Resources<</XObject<</X %d 0 R>>>>/Length 60>>stream\n"
                      "/X Do /X Do /X Do /X Do /X Do /X Do /X Do /X Do /X Do "
                      "/X Do\nendstream endobj\n",
                      i, i + 1);
    (void)fprintf(f, "15 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 595 842]"
                     "/Length 22>>stream\n0 0 m 500 800 l 9 w S \nendstream "
                     "endobj\ntrailer<</Root 1 0 R>>\n");
    (void)fclose(f);
    bench_open(&b, false, NULL);
    bench_decode(&b, m, draw_memfd(pdf, len));
    assert_int_equal(bench_end(&b), SCANMSG_TOO_COMPLEX);
    bench_until(&b, &b.closed);
    int status = bench_reap(&b);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    bench_close(&b);
    free(pdf);
}

/* What kills the decoder (SIGSEGV, SIGXCPU) closes the channel in the middle of
 * the job: that is how luukkud knows. Nothing else is harmed. */
static void test_crash(void **state)
{
    (void)state;
    static const int signals[] = {SIGSEGV, SIGXCPU};
    for (size_t i = 0; i < LK_ARRAY_LEN(signals); i++) {
        struct bench b;
        const struct scanmsg m = {.prep = SCANMSG_STRAIGHTEN};
        bench_open(&b, false, NULL);
        decode_paper(&b, "--dpi 600", m);
        bench_ping(&b); /* it has read the order when this is answered */
        while (b.pongs == 0)
            assert_int_equal(lk_loop_step(b.loop, 20000), 0);
        assert_int_equal(kill(b.process.pid, signals[i]), 0);
        bench_until(&b, &b.closed);
        assert_false(b.ended);
        assert_true(WTERMSIG(bench_reap(&b)) == signals[i]);
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worst_pages), cmocka_unit_test(test_flatten),
        cmocka_unit_test(test_pdf),         cmocka_unit_test(test_refused),
        cmocka_unit_test(test_pings),       cmocka_unit_test(test_crash),
        cmocka_unit_test(test_time_bomb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
