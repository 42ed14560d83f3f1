/* A page that lies, and a policy as a form has: client 2 may write into "notes"
 * and "f" only, and no formatting. Whatever it says: it is refused by name, and
 * what it may not write stays as it was. */
#include "support.h"

#define PAGE 2

static struct coedit *d;
static struct coedit_ref notes, mine, form;
static struct wire w;
static int questions, nowhere;

static int judge(void *arg, const struct coedit_ask *ask)
{
    (void)arg;
    questions++;
    if (ask->kind == COEDIT_ASK_SKIP || ask->content == 6)
        return -ENOTSUP;
    if (ask->kind != COEDIT_ASK_DELETE && ask->client != PAGE)
        return -EPERM; /* forged */
    if (ask->where == COEDIT_WHERE_UNKNOWN)
        return 0;
    nowhere += ask->where == COEDIT_WHERE_NOWHERE;
    if (ask->where == COEDIT_WHERE_NOWHERE)
        return 0;
    if (ask->into_root && (ask->into.clock == notes.clock ||
                           (ask->into.clock == form.clock && ask->key)))
        return 0;
    return -EACCES;
}

static const struct coedit_policy policy = {judge, NULL};

/* notes: "Hei", clocks 0 to 2 of client 1; mine: an emoji between two letters,
 * clocks 3 to 6; a row that is gone, clocks 7 and 8; notes also "ab" of the
 * page, clocks 0 and 1. */
static int setup(void **state)
{
    struct coedit_ref row;
    (void)state;
    assert_int_equal(coedit_new(1, &coedit_limits_form, &d), 0);
    notes = root_of(d, "notes");
    mine = root_of(d, "mine");
    form = root_of(d, "f");
    insert(d, notes, 0, "Hei");
    insert(d, mine, 0,
           "p\xf0\x9f\x98\x80"
           "q");
    coedit_begin(d);
    assert_int_equal(
        coedit_array_insert_type(d, root_of(d, "rows"), 0, COEDIT_MAP, &row),
        0);
    assert_int_equal(coedit_map_set(d, row, "k", "\x7e", 1), 0);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    coedit_begin(d);
    assert_int_equal(coedit_array_delete(d, root_of(d, "rows"), 0, 1), 0);
    assert_int_equal(coedit_commit(d, NULL, NULL), 0);
    w.len = 0;
    wire_uint(&w, 1);
    wire_run(&w, PAGE, 1, 0);
    wire_after(&w, 1, 2, "ab");
    wire_uint(&w, 0);
    assert_int_equal(coedit_apply_checked(d, w.at, w.len, &policy), 0);
    questions = nowhere = 0;
    w.len = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    d = coedit_free(d);
    return 0;
}

static void all_is_well(const char *what, const char *want)
{
    char *text;
    size_t len;
    assert_int_equal(coedit_text(d, notes, &text, &len), 0);
    if (strcmp(text, want) != 0)
        fail_msg("%s: the notes are %s", what, text);
    free(text);
    text_is(d, mine,
            "p\xf0\x9f\x98\x80"
            "q");
    assert_int_equal(coedit_length(d, mine), 4);
    assert_false(coedit_pending(d));
}

static void refused(const char *what, int error)
{
    struct coedit_figures before;
    struct coedit_figures after;
    coedit_figures(d, &before);
    int r = coedit_apply_checked(d, w.at, w.len, &policy);
    if (r != error)
        fail_msg("%s: %d, wanted %d", what, r, error);
    all_is_well(what, "Heiab");
    coedit_figures(d, &after);
    assert_int_equal(after.clients, before.clients);
    assert_int_equal(after.structs, before.structs);
    w.len = 0;
}

static void run(uint64_t client, uint64_t clock)
{
    wire_uint(&w, 1);
    wire_run(&w, client, 1, clock);
}

static void byte(uint8_t v)
{
    w.at[w.len++] = v;
}

/* An item with both origins. */
static void between(uint64_t client, uint64_t clock, uint64_t right_client,
                    uint64_t right_clock, const char *text)
{
    byte(0xc4);
    wire_uint(&w, client);
    wire_uint(&w, clock);
    wire_uint(&w, right_client);
    wire_uint(&w, right_clock);
    wire_text(&w, text);
}

static void range(uint64_t client, uint64_t clock, uint64_t len)
{
    wire_uint(&w, client);
    wire_uint(&w, 1);
    wire_uint(&w, clock);
    wire_uint(&w, len);
}

static void test_forged_clients(void **state)
{
    (void)state;
    run(1, 9); /* as if the kiosk had written it */
    wire_after(&w, PAGE, 1, "x");
    wire_uint(&w, 0);
    refused("the kiosk's own id", -EPERM);
    run(3, 0);
    wire_into(&w, "notes", NULL, "x");
    wire_uint(&w, 0);
    refused("a stranger's id", -EPERM);
    run(3, 0);
    byte(0);
    wire_uint(&w, 5);
    wire_uint(&w, 0);
    refused("a stranger's hole", -EPERM);
    run(1, 9);
    byte(0);
    wire_uint(&w, 1000);
    wire_uint(&w, 0);
    refused("burning the kiosk's clocks", -EPERM);
}

static void test_places(void **state)
{
    (void)state;
    run(PAGE, 2);
    wire_into(&w, "mine", NULL, "x");
    wire_uint(&w, 0);
    refused("a root that is not its", -EACCES);
    run(PAGE, 2);
    wire_after(&w, 1, 3, "x");
    wire_uint(&w, 0);
    refused("beside an origin that is not its", -EACCES);
    run(PAGE, 2);
    wire_into(&w, "f", NULL, "x");
    wire_uint(&w, 0);
    refused("a list in a map", -EACCES);
    run(PAGE, 2);
    wire_into(&w, "new", NULL, "x");
    wire_uint(&w, 0);
    refused("a root of its own", -EACCES);
    wire_uint(&w, 1);
    wire_run(&w, PAGE, 2, 2);
    wire_after(&w, PAGE, 1, "x");
    wire_after(&w, 1, 6, "x");
    wire_uint(&w, 0);
    refused("half of it allowed", -EACCES);
    wire_uint(&w, 0);
    wire_uint(&w, 1);
    range(1, 2, 2);
    refused("deleting across two fields", -EACCES);
    run(PAGE, 2);
    byte(0x86); /* formatting */
    wire_uint(&w, 1);
    wire_uint(&w, 0);
    wire_text(&w, "bold");
    wire_text(&w, "true");
    wire_uint(&w, 0);
    refused("formatting", -ENOTSUP);
}

/* Clocks that are held already, with more behind them that would go elsewhere:
 * the place that is named is not where the first part is. */
static void test_overlap(void **state)
{
    (void)state;
    run(PAGE, 0);
    wire_after(&w, 1, 6, "abXY");
    wire_uint(&w, 0);
    refused("going on in another field", -EBADMSG);
    run(PAGE, 0);
    wire_into(&w, "mine", NULL, "abXY");
    wire_uint(&w, 0);
    refused("going on in another root", -EBADMSG);
    run(PAGE, 0);
    wire_into(&w, "notes", "k", "abXY");
    wire_uint(&w, 0);
    refused("going on at a key", -EBADMSG);
    run(PAGE, 0);
    wire_after(&w, 1, 2, "abXY");
    wire_uint(&w, 0);
    questions = 0;
    assert_int_equal(coedit_apply_checked(d, w.at, w.len, &policy), 0);
    assert_int_equal(questions, 1);
    all_is_well("an honest overlap", "HeiabXY");
}

/* Neighbours from two fields: it goes behind the left one, as far as it may. */
static void test_two_fields(void **state)
{
    (void)state;
    run(PAGE, 2);
    between(1, 0, 1, 3, "x");
    wire_uint(&w, 0);
    assert_int_equal(coedit_apply_checked(d, w.at, w.len, &policy), 0);
    all_is_well("a right neighbour elsewhere", "Heiabx");
    w.len = 0;
    run(PAGE, 3);
    between(1, 3, 1, 0, "y");
    wire_uint(&w, 0);
    assert_int_equal(coedit_apply_checked(d, w.at, w.len, &policy), -EACCES);
    all_is_well("a left neighbour elsewhere", "Heiabx");
}

/* Splitting alone damages a pair of surrogates, wherever that is. */
static void test_pairs(void **state)
{
    (void)state;
    run(PAGE, 0);
    wire_after(&w, 1, 4, "ab");
    wire_uint(&w, 0);
    refused("a held struct with an origin in a pair", -EILSEQ);
    run(PAGE, 2);
    between(PAGE, 1, 1, 5, "x");
    wire_uint(&w, 0);
    refused("a right neighbour in a pair", -EILSEQ);
    wire_uint(&w, 0);
    wire_uint(&w, 1);
    range(1, 3, 2);
    refused("a deletion up to the middle of a pair", -EILSEQ);
    wire_uint(&w, 0);
    wire_uint(&w, 1);
    range(1, 5, 1);
    refused("a deletion from the middle of a pair", -EILSEQ);
}

/* Names stay in the document: nobody may bring them for nothing. */
static void test_names(void **state)
{
    struct coedit_figures before;
    struct coedit_figures after;
    (void)state;
    run(PAGE, 2);
    byte(0x24);
    wire_uint(&w, 1);
    wire_text(&w, "f");
    wire_uint(&w, 3);
    memcpy(w.at + w.len, "a\0b", 3);
    w.len += 3;
    wire_text(&w, "x");
    wire_uint(&w, 0);
    refused("a key with a NUL", -EBADMSG);
    run(PAGE, 0);
    wire_into(&w, "notes", "junk", "ab");
    wire_uint(&w, 0);
    refused("a held struct with a new key", -EBADMSG);
    run(PAGE, 0);
    wire_into(&w, "junk", NULL, "ab");
    wire_uint(&w, 0);
    refused("a held struct in a new root", -EBADMSG);
    wire_uint(&w, 0);
    wire_uint(&w, 1);
    wire_uint(&w, 77);
    wire_uint(&w, 0);
    refused("a stranger with nothing deleted", -EBADMSG);
    coedit_figures(d, &before);
    for (uint64_t i = 0; i < 1000; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "k%u", (unsigned)i);
        run(1000 + i, 0);
        wire_into(&w, name, name, "x");
        wire_uint(&w, 0);
        refused("ever new names", -EPERM);
    }
    coedit_figures(d, &after);
    assert_int_equal(after.clients, before.clients);
    /* Tables that grew stay so; the names are gone. */
    assert_true(after.memory < before.memory + 4096);
    assert_int_equal(coedit_clock(d, 1500), 0);
}

/* Into what was collected: it will hold nothing, on every end. */
static void test_nowhere(void **state)
{
    (void)state;
    run(PAGE, 2);
    byte(0x24); /* in the row that is gone */
    wire_uint(&w, 0);
    wire_uint(&w, 1);
    wire_uint(&w, 7);
    wire_text(&w, "k");
    wire_text(&w, "x");
    wire_uint(&w, 0);
    assert_int_equal(coedit_apply_checked(d, w.at, w.len, &policy), 0);
    assert_int_equal(nowhere, 1);
    assert_int_equal(coedit_clock(d, PAGE), 3);
    all_is_well("a row that is gone", "Heiab");
    w.len = 0; /* beside what was collected */
    run(PAGE, 3);
    wire_after(&w, 1, 8, "x");
    wire_uint(&w, 0);
    assert_int_equal(coedit_apply_checked(d, w.at, w.len, &policy), 0);
    assert_int_equal(nowhere, 2);
    all_is_well("beside what is gone", "Heiab");
}

/* Ranges that overlap are asked about once, and done once. */
static void test_ranges(void **state)
{
    (void)state;
    wire_uint(&w, 0);
    wire_uint(&w, 2);
    wire_uint(&w, 1);
    wire_uint(&w, 3);
    for (int i = 0; i < 3; i++) {
        wire_uint(&w, 0);
        wire_uint(&w, 2);
    }
    range(1, 1, 1);
    assert_int_equal(coedit_apply_checked(d, w.at, w.len, &policy), 0);
    assert_int_equal(questions, 1);
    all_is_well("ranges thrice", "iab");
}

/* What is deleted already, or is a hole, nobody is asked about. */
static void test_deleted_already(void **state)
{
    (void)state;
    delete (d, mine, 3, 1);
    insert(d, mine, 3, "q");
    wire_uint(&w, 0);
    wire_uint(&w, 1);
    wire_uint(&w, 1);
    wire_uint(&w, 2);
    wire_uint(&w, 6);
    wire_uint(&w, 1);
    wire_uint(&w, 7);
    wire_uint(&w, 2);
    assert_int_equal(coedit_apply_checked(d, w.at, w.len, &policy), 0);
    assert_int_equal(questions, 0);
    all_is_well("a whole delete set", "Heiab");
}

/* Clocks left out, although nothing is missing. */
static void test_skips(void **state)
{
    (void)state;
    run(PAGE, 2);
    byte(10);
    wire_uint(&w, 4);
    wire_uint(&w, 0);
    refused("a skip", -ENOTSUP);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_forged_clients),  CASE(test_places),
        CASE(test_overlap),         CASE(test_two_fields),
        CASE(test_pairs),           CASE(test_names),
        CASE(test_nowhere),         CASE(test_ranges),
        CASE(test_deleted_already), CASE(test_skips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
