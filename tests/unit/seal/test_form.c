#include "testing.h"

#include "oom.h"
#include "seal/form.h"
#include "seal/seal.h"
#include "seal/words.h"

#include <pthread.h>

#define HEAD                                                              \
    "{\"v\":1,\"form\":{\"id\":\"move\",\"version\":2,\"sha256\":\"00\"," \
    "\"agency\":\"dvv\"},\"lang\":\"fi\",\"title\":\"Muutto\",\"kiosk\":" \
    "\"k-1\",\"expert\":{\"user\":\"\",\"name\":\"\"},\"record\":{},"     \
    "\"sections\":"
#define FIELD(label, shown)                              \
    "{\"id\":\"a\",\"type\":\"text\",\"label\":\"" label \
    "\",\"value\":\"\",\"shown\":\"" shown "\",\"by\":\"citizen\"}"
#define GONE \
    "{\"id\":\"a\",\"type\":\"text\",\"label\":\"x\",\"applies\":false}"
#define SECTION(fields) "{\"id\":\"s\",\"title\":\"S\",\"fields\":[" fields "]}"
#define ROWS                                                             \
    "{\"id\":\"r\",\"type\":\"rows\",\"label\":\"R\",\"rows\":[[" FIELD( \
        "c", "1") "," GONE "],[]]}"

static int parse(const char *json, struct seal_form **ret)
{
    return seal_form_parse(json, strlen(json), ret);
}

static void test_items(void **state)
{
    static const enum seal_item_kind kinds[] = {
        SEAL_ITEM_SECTION, SEAL_ITEM_ANSWER, SEAL_ITEM_GROUP,   SEAL_ITEM_ROW,
        SEAL_ITEM_ANSWER,  SEAL_ITEM_ROW,    SEAL_ITEM_ROWS_END};
    LK_AUTO(seal_form) f = NULL;
    (void)state;
    assert_int_equal(
        parse(HEAD "[" SECTION(GONE) "," SECTION(FIELD("l", "v") "," ROWS) "]}",
              &f),
        0);
    assert_string_equal(f->agency, "dvv");
    assert_int_equal(f->version, 2);
    assert_int_equal(f->items, LK_ARRAY_LEN(kinds));
    for (size_t i = 0; i < f->items; i++)
        assert_int_equal(f->item[i].kind, kinds[i]);
    assert_string_equal(f->item[1].label, "l");
    assert_string_equal(f->item[1].value, "v");
    assert_string_equal(f->item[1].by, "citizen");
    assert_int_equal(f->item[5].row, 2);
}

#define ROLE(name, id) \
    HEAD "[],\"role\":{\"role\":\"person\",\"name\":" name ",\"id\":" id "}}"

static void test_role(void **state)
{
    LK_AUTO(seal_form) none = NULL;
    LK_AUTO(seal_form) f = NULL;
    (void)state;
    assert_int_equal(parse(HEAD "[]}", &none), 0);
    assert_string_equal(none->role_name, "");
    assert_int_equal(parse(ROLE("\"Aino\"", "\"\""), &f), 0);
    assert_string_equal(f->role_name, "Aino");
    assert_string_equal(f->role_id, "");
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        ROLE("\"\"", "\"1\""),
        ROLE("1", "\"1\""),
        ROLE("\"Aino\"", "null"),
        "",
        "{}",
        "[]",
        HEAD "{}}",
        HEAD "[{}]}",
        HEAD "[" SECTION("1") "]}",
        HEAD "[" SECTION("{\"type\":\"text\",\"label\":\"x\"}") "]}",
        HEAD "[],\"v\":1}",
        HEAD "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}",
    };
    struct seal_form *f = NULL;
    struct lk_buf *pdf = NULL;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        assert_int_equal(parse(bad[i], &f), -EBADMSG);
        assert_int_equal(seal_pdf(bad[i], strlen(bad[i]), 0, &pdf), -EBADMSG);
    }
    assert_null(f);
    assert_null(pdf);
}

#define PAPER(name, sha) "{\"name\":\"" name "\",\"sha256\":\"" sha "\"}"
#define PAPERS(papers)                                              \
    "{\"id\":\"p\",\"type\":\"attachment\",\"label\":\"P\",\"by\":" \
    "\"citizen\",\"shown\":\"a.jpg\",\"value\":" papers "}"
#define SHA_ONE \
    "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
#define SHA_TWO \
    "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"

static int check(const char *json, const struct seal_file *paper, size_t papers)
{
    return seal_papers_check(json, strlen(json), paper, papers);
}

/* The papers are the very ones that the form names. */
static void test_papers(void **state)
{
    static const char both[] = HEAD "[" SECTION(PAPERS(
        "[" PAPER("a.jpg", SHA_ONE) "," PAPER("b.jpg", SHA_TWO) "]")) "]}";
    static const char none[] = HEAD "[" SECTION(FIELD("l", "v")) "]}";
    static const char *const bad[] = {
        HEAD "[" SECTION(PAPERS("1")) "]}",
        HEAD "[" SECTION(PAPERS("[1]")) "]}",
        HEAD "[" SECTION(PAPERS("[{\"name\":\"a\"}]")) "]}",
    };
    const struct seal_file one = {SEAL_PAPERS "a.jpg", "image/jpeg", "one", 3};
    const struct seal_file two = {SEAL_PAPERS "b.jpg", "image/jpeg", "two", 3};
    const struct seal_file other = {SEAL_PAPERS "a.jpg", "image/jpeg", "x", 1};
    const struct seal_file place = {"a.jpg", "image/jpeg", "one", 3};
    struct lk_buf *pdf = NULL;
    int r;
    (void)state;
    assert_int_equal(check(both, (struct seal_file[]){one, two}, 2), 0);
    assert_int_equal(check(both, (struct seal_file[]){two, one}, 2), 0);
    assert_int_equal(check(both, &one, 1), -EBADMSG);
    assert_int_equal(check(both, (struct seal_file[]){other, two}, 2),
                     -EBADMSG);
    assert_int_equal(check(both, (struct seal_file[]){place, two}, 2),
                     -EBADMSG);
    assert_int_equal(check(both, (struct seal_file[]){one, two, place}, 3),
                     -EBADMSG);
    assert_int_equal(check(none, NULL, 0), 0);
    assert_int_equal(check(none, &one, 1), -EBADMSG);
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        assert_int_equal(check(bad[i], NULL, 0), -EBADMSG);
        assert_int_equal(seal_pdf(bad[i], strlen(bad[i]), 0, &pdf), -EBADMSG);
    }
    OOM_SWEEP(r, check(both, (struct seal_file[]){one, two}, 2));
}

/* A JSON of as many answers as fit, and one more. */
static void test_ceiling(void **state)
{
    const char *field = FIELD("l", "v") ",";
    const size_t n = strlen(field);
    const size_t most = SEAL_FORM_ITEMS_MAX - 1; /* the section */
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        LK_AUTO(seal_form) f = NULL;
        char *json = malloc(n * (most + more) + 1000);
        assert_non_null(json);
        size_t at = (size_t)snprintf(
            json, 1000, "%s",
            HEAD "[{\"id\":\"s\",\"title\":\"S\",\"fields\":[");
        for (size_t i = 0; i < most + more; i++, at += n)
            memcpy(json + at, field, n + 1);
        memcpy(json + at - 1, "]}]}", 5);
        assert_int_equal(parse(json, &f), more ? -EBADMSG : 0);
        free(json);
    }
}

static void test_no_memory(void **state)
{
    static const char json[] = HEAD "[" SECTION(FIELD("l", "v") "," ROWS) "]}";
    struct seal_form *f = NULL;
    struct lk_buf *pdf = NULL;
    int r;
    (void)state;
    OOM_SWEEP(r, parse(json, &f));
    seal_form_free(f);
    OOM_SWEEP(r, seal_pdf(json, strlen(json), 0, &pdf));
    lk_buf_free(pdf);
}

static void *draw(void *arg)
{
    static const char json[] = HEAD
        "[" SECTION(FIELD("l", "Matti \xd9\x85\xd8\xad\xd9\x85\xd8\xaf")) "]}";
    for (int i = 0; i < 4; i++) {
        struct lk_buf **out = arg;
        *out = lk_buf_free(*out);
        assert_int_equal(seal_pdf(json, strlen(json), 1, out), 0);
    }
    return NULL;
}

/* Each call has fonts of its own. */
static void test_threads(void **state)
{
    pthread_t thread[3];
    struct lk_buf *out[3] = {0};
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, draw, &out[i]), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    for (int i = 1; i < 3; i++) {
        assert_int_equal(out[i]->len, out[0]->len);
        assert_memory_equal(out[i]->data, out[0]->data, out[0]->len);
    }
    for (int i = 0; i < 3; i++)
        lk_buf_free(out[i]);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(seal_words("sv")->lang, "sv");
    assert_string_equal(seal_words("ar")->lang, "en");
    assert_string_equal(seal_words_by(seal_words("fi"), "both"),
                        "asiakas ja asiantuntija");
    assert_string_equal(seal_words_by(seal_words("fi"), "?"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_role),      cmocka_unit_test(test_items),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_words),     cmocka_unit_test(test_papers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
