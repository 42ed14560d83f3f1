/* What the citizen does, and what is shown of it. */
#include "world.h"

#include <errno.h>

#define LOAD "00112233445566778899aabbccddeeff"

static struct world w;

static int setup(void **state)
{
    (void)state;
    world_open(&w);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static void test_typing(void **state)
{
    (void)state;
    assert_int_equal(world_edit(&w, "name", 0, 0, "Mtti"), 0);
    assert_int_equal(world_edit(&w, "name", 1, 0, "a"), 0);
    assert_value(&w, "name", "Matti");
    assert_int_equal(world_edit(&w, "name", 5, 0, " \xc3\x84ij\xc3\xa4"), 0);
    assert_int_equal(world_edit(&w, "name", 0, 5, "Ville"), 0);
    assert_value(&w, "name", "Ville \xc3\x84ij\xc3\xa4");
    assert_int_equal(world_edit(&w, "born", 0, 0, "14.2.1999"), 0);
    assert_value(&w, "born", "14.2.1999");
}

static void test_typing_refused(void **state)
{
    static const struct {
        const char *path;
        uint32_t at, remove;
        const char *insert;
        int error;
    } t[] = {
        {"nothing", 0, 0, "x", -ENOENT},
        {"note", 0, 0, "x", -EACCES},
        {"work", 0, 0, "x", -EINVAL},
        {"name", 9, 0, "x", -EINVAL},
        {"name", 0, 9, "x", -EINVAL},
        {"name", 1, 0, "x", -EINVAL},
        {"name", 0, 1, "x", -EINVAL},
        {"name", 0, 0, "a\nb", -EINVAL},
        {"name", 0, 0, "\xff", -EINVAL},
        {"child", 0, 0, "x", -EINVAL},
        {"name", 0, 0, "0123456789012345678901234567890123456789", -ENOSPC},
    };
    (void)state;
    assert_int_equal(world_edit(&w, "name", 0, 0, "\xc3\x84"), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        int r = world_edit(&w, t[i].path, t[i].at, t[i].remove, t[i].insert);
        if (r != t[i].error)
            fail_msg("%zu: %d", i, r);
    }
    assert_value(&w, "name", "\xc3\x84");
}

static void test_conditions(void **state)
{
    (void)state;
    LK_AUTO(form_view) v = world_view(&w);
    assert_null(view_item(v, "employer"));
    assert_int_equal(v->step, 1);
    assert_int_equal(v->steps, 3);
    assert_int_equal(form_set(w.form, "work", "yes"), 0);
    assert_int_equal(world_edit(&w, "employer", 0, 0, "Oy"), 0);
    assert_int_equal(form_set(w.form, "work", "no"), 0);
    LK_AUTO(form_view) hidden = world_view(&w);
    assert_null(view_item(hidden, "employer"));
    assert_int_equal(form_set(w.form, "work", "yes"), 0);
    assert_value(&w, "employer", "Oy");
}

static void test_errors_are_told_in_time(void **state)
{
    (void)state;
    assert_int_equal(world_edit(&w, "born", 0, 0, "31.2.1999"), 0);
    form_focus(w.form, "born", 9);
    LK_AUTO(form_view) v = world_view(&w);
    assert_int_equal(view_item(v, "born")->error, FORMS_OK);
    form_focus(w.form, "name", 0);
    LK_AUTO(form_view) left = world_view(&w);
    assert_int_equal(view_item(left, "born")->error, FORMS_NOT_DATE);
    assert_int_equal(left->errors, 1);
    form_focus(w.form, "", 0);
    LK_AUTO(form_view) empty = world_view(&w);
    assert_int_equal(view_item(empty, "name")->error, FORMS_OK);
    assert_int_equal(form_next(w.form), -EBADMSG);
    LK_AUTO(form_view) asked = world_view(&w);
    assert_int_equal(view_item(asked, "name")->error, FORMS_MISSING);
    assert_int_equal(asked->errors, 3);
    assert_int_equal(form_review(w.form), -EBADMSG);
}

static void test_steps(void **state)
{
    (void)state;
    world_fill(&w);
    assert_int_equal(form_back(w.form), -ERANGE);
    assert_int_equal(form_next(w.form), 0);
    assert_int_equal(form_next(w.form), 0);
    assert_int_equal(form_next(w.form), -ERANGE);
    LK_AUTO(form_view) v = world_view(&w);
    assert_int_equal(v->step, 3);
    assert_string_equal(v->section, "Pay");
    assert_true(view_item(v, "note")->locked);
    assert_true(view_item(v, "account")->is_private);
    assert_int_equal(form_back(w.form), 0);
}

static void test_choosing(void **state)
{
    (void)state;
    world_fill(&w);
    assert_int_equal(form_next(w.form), 0);
    assert_int_equal(form_toggle(w.form, "also", "b"), 0);
    assert_int_equal(form_toggle(w.form, "also", "a"), 0);
    assert_value(&w, "also", "a b");
    assert_int_equal(form_toggle(w.form, "also", "b"), 0);
    assert_value(&w, "also", "a");
    assert_int_equal(form_toggle(w.form, "also", "c"), -EINVAL);
    assert_int_equal(form_set(w.form, "kind", "z"), -EINVAL);
    assert_int_equal(form_set(w.form, "work", "maybe"), -EINVAL);
    assert_int_equal(form_set(w.form, "born", "1.13.2000"), -EINVAL);
    assert_int_equal(form_set(w.form, "kind", "y"), 0);
    assert_int_equal(form_set(w.form, "kind", ""), 0);
}

static void test_rows(void **state)
{
    (void)state;
    world_fill(&w);
    assert_int_equal(form_next(w.form), 0);
    assert_int_equal(form_row_add(w.form, "child"), 0);
    assert_int_equal(form_row_add(w.form, "child"), 0);
    assert_int_equal(world_edit(&w, "child-2-first", 0, 0, "Aino"), 0);
    assert_int_equal(form_row_remove(w.form, "child-1"), 0);
    assert_int_equal(form_row_remove(w.form, "child-1"), -ENOENT);
    assert_value(&w, "child-2-first", "Aino");
    for (int i = 0; i < 3; i++)
        assert_int_equal(form_row_add(w.form, "child"), 0);
    LK_AUTO(form_view) v = world_view(&w);
    assert_non_null(view_item(v, "child-5-age"));
    assert_int_equal(form_row_add(w.form, "child"), -ENOSPC);
    assert_int_equal(form_row_add(w.form, "name"), -EINVAL);
    assert_int_equal(form_next(w.form), -EBADMSG); /* names are missing */
}

static void test_papers(void **state)
{
    uint8_t sha[32] = {7};
    (void)state;
    world_fill(&w);
    for (int i = 0; i < 20; i++)
        assert_int_equal(form_attach(w.form, "paper", "todistus.pdf", sha), 0);
    assert_int_equal(form_attach(w.form, "paper", "x", sha), -ENOSPC);
    assert_int_equal(form_attach(w.form, "name", "x", sha), -EINVAL);
    assert_int_equal(form_detach(w.form, "name", sha), -EINVAL);
    assert_int_equal(form_detach(w.form, "paper", sha), 0);
    assert_int_equal(form_attach(w.form, "paper", "x", sha), 0);
}

/* --- approval ----------------------------------------------------------- */

static void test_approval(void **state)
{
    struct form_snapshot s;
    (void)state;
    assert_int_equal(form_snapshot(w.form, &s), -ENOENT);
    assert_int_equal(form_approve(w.form), -EPERM);
    world_fill(&w);
    assert_int_equal(form_review(w.form), 0);
    assert_int_equal(form_snapshot(w.form, &s), 0);
    assert_int_equal(s.json_len, strlen(s.json));
    LK_AUTO(form_view) v = world_view(&w);
    assert_int_equal(v->phase, FORM_REVIEW);
    assert_int_equal(view_item(v, "name")->kind, FORM_ITEM_ANSWER);
    assert_string_equal(view_item(v, "work")->value, "No");
    assert_int_equal(form_approve(w.form), 0);
    assert_int_equal(form_set(w.form, "work", "yes"), -EACCES);
    assert_int_equal(form_sealed(w.form, "zip", 3, "KE4F-7Q9W"), 0);
    form_posting(w.form);
    form_posted(w.form);
    LK_AUTO(form_view) sent = world_view(&w);
    assert_int_equal(sent->phase, FORM_SENT);
    assert_string_equal(sent->code, "KE4F-7Q9W");
    assert_true(sent->posting && sent->posted);
    assert_false(sent->delivered);
}

/* On whose behalf it is filled in is part of what is approved. */
static void test_role(void **state)
{
    struct form_snapshot s;
    char longer[FORM_ROLE_NAME_MAX + 1];
    (void)state;
    memset(longer, 'a', sizeof(longer));
    longer[FORM_ROLE_NAME_MAX] = '\0';
    world_fill(&w);
    assert_int_equal(form_review(w.form), 0);
    assert_int_equal(form_snapshot(w.form, &s), 0);
    assert_null(strstr(s.json, "\"role\""));
    assert_int_equal(form_act_for(w.form, "friend", "a", ""), -EINVAL);
    assert_int_equal(form_act_for(w.form, "person", longer, ""), -EINVAL);
    assert_int_equal(form_act_for(w.form, "person", "a", longer), -EINVAL);
    assert_int_equal(form_act_for(w.form, "person", "\xff", ""), -EINVAL);
    assert_int_equal(form_snapshot(w.form, &s), 0); /* nothing has changed */
    assert_int_equal(
        form_act_for(w.form, "company", "\"Valo\" Oy", "1234567-1"), 0);
    LK_AUTO(form_view) v = world_view(&w);
    assert_int_equal(v->phase, FORM_FILLING);
    assert_true(v->voided); /* is to be read anew */
    assert_int_equal(form_review(w.form), 0);
    assert_int_equal(form_snapshot(w.form, &s), 0);
    assert_non_null(strstr(s.json, "},\"role\":{\"id\":\"1234567-1\",\"name\":"
                                   "\"\\\"Valo\\\" Oy\",\"role\":\"company\"},"
                                   "\"sections\":"));
    assert_int_equal(form_act_for(w.form, "", "x", "y"), 0);
    assert_int_equal(form_review(w.form), 0);
    assert_int_equal(form_snapshot(w.form, &s), 0);
    assert_null(strstr(s.json, "\"role\""));
    assert_int_equal(form_approve(w.form), 0);
    assert_int_equal(form_act_for(w.form, "person", "a", ""), -EACCES);
}

/* The citizen was to sign, too, and gave it up: the same stands to be read. */
static void test_unapproved(void **state)
{
    struct form_snapshot before;
    struct form_snapshot s;
    (void)state;
    world_fill(&w);
    assert_int_equal(form_unapprove(w.form), -EPERM);
    assert_int_equal(form_review(w.form), 0);
    assert_int_equal(form_unapprove(w.form), -EPERM);
    assert_int_equal(form_snapshot(w.form, &before), 0);
    assert_int_equal(form_approve(w.form), 0);
    assert_int_equal(form_unapprove(w.form), 0);
    LK_AUTO(form_view) v = world_view(&w);
    assert_int_equal(v->phase, FORM_REVIEW);
    assert_int_equal(form_snapshot(w.form, &s), 0);
    assert_memory_equal(before.sha256, s.sha256, sizeof(s.sha256));
    assert_int_equal(form_sealed(w.form, "zip", 3, "KE4F-7Q9W"), -EPERM);
    assert_int_equal(form_approve(w.form), 0);
    assert_int_equal(form_sealed(w.form, "zip", 3, "KE4F-7Q9W"), 0);
    assert_int_equal(form_unapprove(w.form), -EPERM);
}

/* An edit at the kiosk while it is being read through voids it. */
static void test_voided(void **state)
{
    struct form_snapshot s;
    (void)state;
    world_fill(&w);
    assert_int_equal(form_review(w.form), 0);
    struct form_edit e = {
        .path = "name", .version = 1, .at = 5, .insert = "as"};
    e.version = 2;
    assert_int_equal(form_edit(w.form, &e), 0);
    LK_AUTO(form_view) v = world_view(&w);
    assert_int_equal(v->phase, FORM_FILLING);
    assert_true(v->voided);
    assert_int_equal(form_snapshot(w.form, &s), -ENOENT);
    assert_int_equal(form_approve(w.form), -EPERM);
    assert_int_equal(form_review(w.form), 0);
    assert_int_equal(form_approve(w.form), 0);
    assert_int_equal(form_sealed(w.form, NULL, 0, NULL), 0);
    LK_AUTO(form_view) failed = world_view(&w);
    assert_int_equal(failed->phase, FORM_FAILED);
    assert_int_equal(form_set(w.form, "work", "yes"), 0);
}

/* --- with a page -------------------------------------------------------- */

static void test_both_type(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    assert_string_equal(w.page.over, "");
    assert_int_equal(w.page.client, 2);
    assert_int_equal(w.page.definitions, 1);
    assert_int_equal(world_edit(&w, "name", 0, 0, "Mati"), 0);
    world_settle(&w);
    page_type(&w, "name", 2, "t", 0);
    page_set(&w, "born", "2.3.2001");
    assert_value(&w, "name", "Matti");
    assert_value(&w, "born", "2.3.2001");
    LK_AUTO(form_view) v = world_view(&w);
    assert_true(v->shared);
    assert_int_equal(view_item(v, "name")->by, FORM_BY_BOTH);
    assert_int_equal(view_item(v, "born")->by, FORM_BY_EXPERT);
    world_settle(&w);
    assert_int_equal(w.page.acked, 2);
    assert_non_null(strstr(w.page.state, "\"born\":\"expert\""));
}

/* The screen types at places of the text that it last showed. */
static void test_screen_is_behind(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    assert_int_equal(world_edit(&w, "name", 0, 0, "abc"), 0);
    world_settle(&w);
    LK_AUTO(form_view) v = world_view(&w);
    struct form_edit e = {.path = "name",
                          .version = view_item(v, "name")->version,
                          .at = 3,
                          .insert = "1"};
    page_type(&w, "name", 0, "X", 0);           /* Xabc */
    assert_int_equal(form_edit(w.form, &e), 0); /* Xabc1 */
    page_type(&w, "name", 2, "Y", 1); /* its own Xabc is XaYc: XaYc1 */
    e.at = 4;
    e.insert = "2"; /* the screen has abc1 */
    assert_int_equal(form_edit(w.form, &e), 0);
    assert_value(&w, "name", "XaYc12");
    e.at = 0;
    e.remove = 5;
    e.insert = "!";
    assert_int_equal(form_edit(w.form, &e), 0);
    assert_value(&w, "name", "!XY");
    /* What is refused is counted, too: the screen goes on from the view. */
    uint64_t version = form_version(w.form);
    e.insert = "\t";
    assert_int_equal(form_edit(w.form, &e), -EINVAL);
    assert_true(form_version(w.form) > version);
    LK_AUTO(form_view) after = world_view(&w);
    assert_int_equal(view_item(after, "name")->edits, 5);
    assert_string_equal(view_item(after, "name")->value, "!XY");
}

static void test_suggestions(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    world_do(&w, "{\"do\":\"suggest\",\"field\":\"name\",\"value\":\"Maija\"}");
    world_do(&w, "{\"do\":\"suggest\",\"field\":\"kind\",\"value\":\"y\"}");
    world_do(&w, "{\"do\":\"suggest\",\"field\":\"gone-1-x\",\"value\":\"\"}");
    LK_AUTO(form_view) v = world_view(&w);
    assert_string_equal(view_item(v, "name")->suggestion, "Maija");
    assert_int_equal(world_edit(&w, "name", 0, 0, "Matti"), 0);
    assert_int_equal(form_accept(w.form, "name"), 0);
    assert_int_equal(form_accept(w.form, "name"), -ENOENT);
    assert_value(&w, "name", "Maija");
    LK_AUTO(form_view) done = world_view(&w);
    assert_int_equal(view_item(done, "name")->by, FORM_BY_ACCEPTED);
    assert_int_equal(world_edit(&w, "name", 5, 0, "-Liisa"), 0);
    LK_AUTO(form_view) more = world_view(&w);
    assert_int_equal(view_item(more, "name")->by, FORM_BY_BOTH);
    assert_int_equal(form_decline(w.form, "kind"), 0);
    world_settle(&w);
    assert_string_equal(w.page.over, "");
    char *s = page_value(&w, "name");
    assert_string_equal(s, "Maija-Liisa");
    free(s);
}

static void test_undo(void **state)
{
    (void)state;
    world_join(&w, LOAD);
    assert_int_equal(form_undo(w.form), -ENOENT);
    assert_int_equal(world_edit(&w, "name", 0, 0, "M"), 0);
    assert_int_equal(world_edit(&w, "name", 1, 0, "aa"), 0);
    assert_int_equal(form_set(w.form, "work", "yes"), 0);
    world_settle(&w);
    page_type(&w, "name", 0, "X", 0);
    LK_AUTO(form_view) v = world_view(&w);
    assert_true(v->can_undo);
    assert_int_equal(form_undo(w.form), 0);
    assert_value(&w, "work", "");
    assert_int_equal(form_undo(w.form), 0);
    assert_value(&w, "name", "X");
    assert_int_equal(form_undo(w.form), -ENOENT);
    /* The screen had XMaa, and types behind it. */
    struct form_edit e = {.path = "name",
                          .version = view_item(v, "name")->version,
                          .at = 4,
                          .insert = "!"};
    assert_int_equal(form_edit(w.form, &e), 0);
    assert_value(&w, "name", "X!");
    world_settle(&w);
    char *s = page_value(&w, "name");
    assert_string_equal(s, "X!");
    free(s);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_typing),      CASE(test_typing_refused),
        CASE(test_conditions),  CASE(test_errors_are_told_in_time),
        CASE(test_steps),       CASE(test_choosing),
        CASE(test_rows),        CASE(test_papers),
        CASE(test_approval),    CASE(test_role),
        CASE(test_unapproved),  CASE(test_voided),
        CASE(test_both_type),   CASE(test_screen_is_behind),
        CASE(test_suggestions), CASE(test_undo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
