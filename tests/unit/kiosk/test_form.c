/* Forms on the screen: what is shown, what each button sends, typing, pages. */
#include "testing.h"

#include "bench.h"
#include "samples_form.h"

#include <errno.h>

/* Posts a form, and the screen that shows it. */
static void show(struct bench *b, enum session_screen screen,
                 struct form_view *form)
{
    struct session_view v = {.screen = screen,
                             .lang = "en",
                             .line = SESSION_LINE_GOOD,
                             .expert_name = "Maija Virtanen",
                             .agency_name = "Kela",
                             .has_form = true};
    kiosk_ui_set_form(b->ui, form);
    kiosk_ui_set_view(b->ui, &v);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_ALIVE, ""), 0);
    b->intents = 0;
}

static void tap(struct bench *b, const char *id)
{
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, id), 0);
}

static void type(struct bench *b, const char *text)
{
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, text), 0);
}

/* Intent k, and what it is about. */
static const struct session_intent *sent(const struct bench *b, int k,
                                         enum session_intent_kind kind,
                                         const char *path, const char *arg)
{
    assert_true(k < b->intents);
    assert_int_equal(b->intent[k].kind, kind);
    assert_string_equal(b->intent[k].path, path);
    assert_string_equal(b->intent[k].arg, arg);
    return &b->intent[k];
}

static void script_typing(struct bench *b)
{
    struct form_view *f = sample_form_new(SAMPLE_FORM_PLAIN, "fi");
    show(b, SESSION_FORM, f);
    tap(b, "field-name");
    sent(b, 0, SESSION_INTENT_FOCUS, "name", "");
    type(b, "x");
    const struct session_intent *i =
        sent(b, 1, SESSION_INTENT_EDIT, "name", "x");
    assert_int_equal(i->at, strlen("Aino Kaarina Korhonen"));
    assert_int_equal(i->remove, 0);
    assert_int_equal(i->version, 0);
    /* The expert typed before it, and does not know of the x yet. */
    f = sample_form_new(SAMPLE_FORM_PLAIN, "fi");
    ((struct form_item *)f->item)[0].value = "Dr Aino Kaarina Korhonen";
    ((struct form_item *)f->item)[0].version = 7;
    show(b, SESSION_FORM, f);
    assert_true(bench_says(b, "\"value\": \"Aino Kaarina Korhonenx\""));
    f = sample_form_new(SAMPLE_FORM_PLAIN, "fi");
    ((struct form_item *)f->item)[0].value = "Dr Aino Kaarina Korhonenx";
    ((struct form_item *)f->item)[0].version = 8;
    ((struct form_item *)f->item)[0].edits = 1;
    show(b, SESSION_FORM, f);
    assert_true(bench_says(b, "\"value\": \"Dr Aino Kaarina Korhonenx\""));
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Backspace"), 0);
    i = sent(b, 0, SESSION_INTENT_EDIT, "name", "");
    assert_int_equal(i->at, strlen("Dr Aino Kaarina Korhonen"));
    assert_int_equal(i->remove, 1);
    assert_int_equal(i->version, 8);
    tap(b, "key-left");
    assert_int_equal(sent(b, 1, SESSION_INTENT_FOCUS, "name", "")->at,
                     strlen("Dr Aino Kaarina Korhone"));
    tap(b, "key-hide");
    sent(b, 2, SESSION_INTENT_FOCUS, "", "");
    assert_false(bench_says(b, "\"keyboard\""));
}

static void test_typing(void **state)
{
    (void)state;
    bench_run(script_typing);
}

static void script_answers(struct bench *b)
{
    show(b, SESSION_FORM, sample_form_new(SAMPLE_FORM_CHOICES, "fi"));
    tap(b, "field-work-student");
    sent(b, 0, SESSION_INTENT_FOCUS, "work", "");
    sent(b, 1, SESSION_INTENT_SET, "work", "student");
    tap(b, "field-abroad-yes");
    sent(b, 3, SESSION_INTENT_SET, "abroad", "yes");
    tap(b, "field-income-jobseeker");
    sent(b, 5, SESSION_INTENT_TOGGLE, "income", "jobseeker");
    /* What only the expert fills in is there to be read. */
    assert_true(bench_says(b, "\"id\": \"field-decision\", \"role\": "
                              "\"status\""));
    tap(b, "undo");
    sent(b, 6, SESSION_INTENT_UNDO, "", "");
    tap(b, "next");
    sent(b, 7, SESSION_INTENT_NEXT, "", "");
    tap(b, "back");
    sent(b, 8, SESSION_INTENT_BACK, "", "");
    tap(b, "call-view");
    sent(b, 9, SESSION_INTENT_CALL_VIEW, "", "");
    show(b, SESSION_FORM, sample_form_new(SAMPLE_FORM_ROWS, "fi"));
    tap(b, "row-add-child");
    sent(b, 1, SESSION_INTENT_ROW_ADD, "child", "");
    tap(b, "row-remove-child-2");
    sent(b, 3, SESSION_INTENT_ROW_REMOVE, "child-2", "");
    show(b, SESSION_FORM, sample_form_new(SAMPLE_FORM_PRESENCE, "fi"));
    tap(b, "suggest-title-accept");
    sent(b, 1, SESSION_INTENT_ACCEPT, "title", "");
    tap(b, "suggest-title-decline");
    sent(b, 2, SESSION_INTENT_DECLINE, "title", "");
    assert_true(bench_says(b, "Maija Virtanen"));
}

static void test_answers(void **state)
{
    (void)state;
    bench_run(script_answers);
}

/* "Next" turns the pages, and leads on from the last; what the expert points
 * at, and what is wrong, is turned to. */
static void script_pages(struct bench *b)
{
    struct form_view *f = sample_form_new(SAMPLE_FORM_ERRORS, "fi");
    show(b, SESSION_FORM, f);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "field-cell-e20"),
                     -ENXIO);
    for (int i = 0; i < 3; i++)
        tap(b, "next");
    assert_int_equal(b->intents, 0);
    tap(b, "field-cell-e20");
    tap(b, "key-hide");
    b->intents = 0;
    tap(b, "next");
    sent(b, 0, SESSION_INTENT_NEXT, "", "");
    show(b, SESSION_FORM, sample_form_new(SAMPLE_FORM_ERRORS, "fi"));
    tap(b, "field-cell-e1"); /* the first that is wrong */
    tap(b, "key-hide");
    f = sample_form_new(SAMPLE_FORM_ERRORS, "fi");
    ((struct form_item *)f->item)[19].pointed = true;
    show(b, SESSION_FORM, f);
    tap(b, "field-cell-e20");
    tap(b, "key-hide");
    for (int i = 0; i < 3; i++)
        tap(b, "back");
    tap(b, "field-cell-e1");
    f = sample_form_new(SAMPLE_FORM_LAST, "fi");
    show(b, SESSION_FORM, f);
    tap(b, "review");
    sent(b, 0, SESSION_INTENT_REVIEW, "", "");
}

static void test_pages(void **state)
{
    (void)state;
    bench_run(script_pages);
}

static void script_approval(struct bench *b)
{
    show(b, SESSION_APPROVE, sample_form_new(SAMPLE_FORM_REVIEW, "fi"));
    assert_true(bench_says(b, "Nothing has been sent yet"));
    /* There is no reader. */
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "sign-card"), -ENOENT);
    assert_true(bench_says(b, "\"value\": \"Kuopion leipomo Oy. The expert "
                              "wrote this.\""));
    /* As many answers as a view may have. */
    show(b, SESSION_APPROVE, sample_form_new(SAMPLE_FORM_LONG, "fi"));
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "approve"), -ENXIO);
    int pages = 0;
    while (bench_error(b, KIOSK_REQUEST_TAP, "next") == 0)
        pages++;
    assert_true(pages > 10);
    assert_int_equal(b->intents, 0);
    tap(b, "approve");
    sent(b, 0, SESSION_INTENT_APPROVE, "", "");
    tap(b, "decline");
    sent(b, 1, SESSION_INTENT_DECLINE, "", "");
    show(b, SESSION_APPROVE, sample_form_new(SAMPLE_FORM_SEALING, "fi"));
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "approve"), -ENOENT);
    show(b, SESSION_RECEIPT, sample_form_new(SAMPLE_FORM_SENT, "fi"));
    assert_true(bench_says(b, "\"id\": \"tracking-code\", \"role\": \"text\", "
                              "\"name\": \"Tracking code\", \"value\": "
                              "\"7K3M-Q9XF-2HTC\""));
    tap(b, "done");
    sent(b, 0, SESSION_INTENT_DONE, "", "");
}

static void test_approval(void **state)
{
    (void)state;
    bench_run(script_approval);
}

static void script_track(struct bench *b)
{
    show(b, SESSION_START, NULL);
    tap(b, "track");
    sent(b, 0, SESSION_INTENT_TRACK, "", "");
    show(b, SESSION_TRACK, NULL);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "track-ask"), -EACCES);
    type(b, "7k3m");
    assert_int_equal(b->intents, 0);
    tap(b, "track-ask");
    sent(b, 0, SESSION_INTENT_TRACK_CODE, "", "7k3m");
    tap(b, "key-enter");
    sent(b, 1, SESSION_INTENT_TRACK_CODE, "", "7k3m");
}

static void test_track(void **state)
{
    (void)state;
    bench_run(script_track);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing), cmocka_unit_test(test_answers),
        cmocka_unit_test(test_pages),  cmocka_unit_test(test_approval),
        cmocka_unit_test(test_track),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
