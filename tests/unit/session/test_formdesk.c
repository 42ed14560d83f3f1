/* The desk between session, channel, seal and screen, with a form that does as
 * it is told. */
#include "oom.h"

#include "session/formdesk.h"
#include "session/identdesk.h"

#include <errno.h>

#include "fake_form.h"

static struct formdesk *d;
static struct session_event told; /* the newest SESSION_EVENT_FORM */
static unsigned tells, lefts, notes, seals, posts;
static struct formdesk_job job;
static int seal_answer;
static int papers_answer;  /* how many, or why not */
static uint32_t signed_by; /* of the newest job */
static char posted[FORM_CODE_MAX];
static int outbox_answer;
static char code[FORM_CODE_MAX]; /* as last told */

static void on_event(void *arg, const struct session_event *e)
{
    (void)arg;
    if (e->kind == SESSION_EVENT_FORM_LEFT) {
        lefts++;
        return;
    }
    assert_int_equal(e->kind, SESSION_EVENT_FORM);
    told = *e;
    snprintf(code, sizeof(code), "%s", e->code ? e->code : "");
    tells++;
}

static int on_seal(void *arg, const struct formdesk_job *j)
{
    (void)arg;
    assert_string_equal(j->json, "{\"v\":1}");
    assert_string_equal(j->agency, "kela");
    job = *j;
    signed_by = j->signer ? j->signer->id : 0;
    for (size_t i = 0; i < j->papers; i++)
        assert_int_equal(j->paper[i].fd, 50 + (int)i);
    seals++;
    return seal_answer;
}

static int on_papers(void *arg, struct formdesk_paper ret[FORMDESK_PAPERS_MAX])
{
    (void)arg;
    for (int i = 0; i < papers_answer; i++)
        ret[i] = (struct formdesk_paper){.fd = 50 + i};
    return papers_answer;
}

static int on_outbox(void *arg, const struct formdesk_package *p)
{
    (void)arg;
    posts++;
    snprintf(posted, sizeof(posted), "%s", p->code);
    return outbox_answer;
}

static void on_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    assert_true(what[0] && why[0]);
    notes++;
}

static const struct formdesk_output output = {.event = on_event,
                                              .seal = on_seal,
                                              .papers = on_papers,
                                              .outbox = on_outbox,
                                              .note = on_note};

static int begin(const char *form)
{
    struct formdesk_call c = {.form = form,
                              .lang = "sv",
                              .expert_user = "anna",
                              .expert_name = "Anna Virtanen",
                              .today = {2026, 11, 22}};
    return formdesk_begin(d, &c, 1);
}

static int setup(void **state)
{
    (void)state;
    fake = (struct fake_state){.next_us = INT64_MAX};
    tells = lefts = notes = seals = posts = 0;
    posted[0] = '\0';
    outbox_answer = papers_answer = seal_answer = 0;
    return formdesk_new("kiosk-1", &output, &d);
}

static int setup_begun(void **state)
{
    int r = setup(state);
    return r < 0 ? r : begin("parental-allowance");
}

static int teardown(void **state)
{
    (void)state;
    d = formdesk_free(d);
    assert_int_equal(fake.made, fake.freed);
    return 0;
}

static void intent(enum session_intent_kind kind, const char *path,
                   const char *arg)
{
    struct session_intent i = {
        .kind = kind, .version = 3, .at = 5, .remove = 1};
    snprintf(i.path, sizeof(i.path), "%s", path);
    snprintf(i.arg, sizeof(i.arg), "%s", arg);
    formdesk_intent(d, &i, 2);
}

/* Takes the view that there must be. */
static void take_view(void)
{
    struct form_view *v = NULL;
    assert_true(formdesk_take_view(d, &v));
    assert_non_null(v);
    form_view_free(v);
}

static void expect_no_view(void)
{
    struct form_view *v = NULL;
    assert_false(formdesk_take_view(d, &v));
}

static void test_begin(void **state)
{
    uint8_t first[FORM_ID_LEN];
    (void)state;
    assert_string_equal(fake_done(), "new:svanna ");
    assert_int_equal(tells, 1);
    assert_true(told.up && told.phase == FORM_FILLING && !told.code);
    take_view();
    expect_no_view();
    memcpy(first, fake.id, sizeof(first));
    assert_int_equal(begin("parental-allowance"), 0);
    assert_memory_not_equal(first, fake.id, sizeof(first));
}

static void test_cannot_begin(void **state)
{
    (void)state;
    assert_int_equal(begin("none"), -ENOENT);
    fake.answer = -EBADMSG;
    assert_int_equal(begin("parental-allowance"), -EBADMSG);
    assert_int_equal(notes, 1);
    fake.answer = 0;
    assert_int_equal(formdesk_next_us(d), INT64_MAX);
    assert_int_equal(tells, 0);
    expect_no_view();
    intent(SESSION_INTENT_EDIT, "name", "x"); /* is for nobody */
    formdesk_tick(d, 3);
    assert_string_equal(fake_done(), "");
}

/* A service without a form says so to each page that asks. */
static void test_no_form(void **state)
{
    const void *bytes;
    size_t len;
    (void)state;
    assert_int_equal(begin(NULL), 0);
    for (int i = 0; i < 2; i++) {
        formdesk_channel(d, true, 2);
        assert_false(formdesk_poll(d, &bytes, &len));
        formdesk_receive(d, "\1\0\0\0\2{}", 7, 3);
        assert_true(formdesk_poll(d, &bytes, &len));
        assert_int_equal(len, 19);
        assert_memory_equal(bytes, "\x0b\0\0\0\x0e{\"why\":\"none\"}", len);
        assert_false(formdesk_poll(d, &bytes, &len));
        formdesk_receive(d, "\1\0\0\0\2{}", 7, 4);
        formdesk_channel(d, false, 5);
        assert_false(formdesk_poll(d, &bytes, &len));
    }
}

static const struct {
    enum session_intent_kind kind;
    const char *path;
    const char *arg;
    const char *done;
} deeds[] = {
    {SESSION_INTENT_EDIT, "name", "a", "edit:name@3,5,1=a "},
    {SESSION_INTENT_SET, "date", "2026-01-01", "set:date2026-01-01 "},
    {SESSION_INTENT_TOGGLE, "why", "ill", "toggle:whyill "},
    {SESSION_INTENT_FOCUS, "why", "", "focus:why "},
    {SESSION_INTENT_ROW_ADD, "child", "", "row-add:child "},
    {SESSION_INTENT_ROW_REMOVE, "child-1", "", "row-remove:child-1 "},
    {SESSION_INTENT_UNDO, "", "", "undo "},
    {SESSION_INTENT_ROLE, "1-2", "Aino",
     "role:person:Aino:1-2 "}, /* remove: 1 */
    {SESSION_INTENT_NEXT, "", "", "next "},
    {SESSION_INTENT_BACK, "", "", "back "},
    {SESSION_INTENT_CALL_VIEW, "", "", "focus: "},
    {SESSION_INTENT_ACCEPT, "name", "", "accept:name "},
    {SESSION_INTENT_DECLINE, "name", "", "decline:name "},
    {SESSION_INTENT_DECLINE, "", "", ""}, /* nothing is being read through */
    {SESSION_INTENT_APPROVE, "", "", ""}, /* likewise */
    {SESSION_INTENT_MUTE, "", "", ""},
    {SESSION_INTENT_REVIEW, "", "", "review "},
};

static void test_deeds(void **state)
{
    (void)state;
    (void)fake_done();
    take_view();
    for (size_t i = 0; i < LK_ARRAY_LEN(deeds); i++) {
        intent(deeds[i].kind, deeds[i].path, deeds[i].arg);
        assert_string_equal(fake_done(), deeds[i].done);
        if (deeds[i].done[0])
            take_view();
        else
            expect_no_view();
    }
    assert_int_equal(notes, 0);
}

/* A view is made after a refusal, too: it may count the edit. */
static void test_refused(void **state)
{
    (void)state;
    take_view();
    fake.answer = -EACCES;
    intent(SESSION_INTENT_EDIT, "name", "a");
    take_view();
    assert_int_equal(notes, 0);
    fake.answer = -ENOMEM;
    intent(SESSION_INTENT_EDIT, "name", "a");
    assert_int_equal(notes, 1);
}

static void test_ends_of_steps(void **state)
{
    (void)state;
    (void)fake_done();
    fake.answer = -ERANGE;
    intent(SESSION_INTENT_BACK, "", "");
    assert_string_equal(fake_done(), "back focus: ");
    assert_int_equal(lefts, 1);
    fake.answer = -EBADMSG; /* something is missing: stays */
    intent(SESSION_INTENT_NEXT, "", "");
    assert_string_equal(fake_done(), "next ");
    fake.answer = -ERANGE;
    intent(SESSION_INTENT_NEXT, "", "");
    assert_string_equal(fake_done(), "next review ");
    assert_int_equal(told.phase, FORM_REVIEW);
    intent(SESSION_INTENT_BACK, "", "");
    assert_string_equal(fake_done(), "reopen ");
    assert_int_equal(told.phase, FORM_FILLING);
    assert_int_equal(lefts, 1);
}

static void to_sealing(void)
{
    intent(SESSION_INTENT_REVIEW, "", "");
    intent(SESSION_INTENT_APPROVE, "", "");
    assert_int_equal(told.phase, FORM_SEALING);
    (void)fake_done();
}

static void sealed(uint32_t id, const void *data, size_t len)
{
    struct formdesk_package p = {.id = id,
                                 .data = data,
                                 .len = len,
                                 .agency = "kela",
                                 .code = "KE4F-7Q9W-2MXT-8ZK"};
    formdesk_sealed(d, &p);
}

static void test_no_address(void **state)
{
    (void)state;
    to_sealing();
    outbox_answer = -ENOENT;
    sealed(job.id, "package", 7);
    assert_string_equal(fake_done(), "sealed:KE4F-7Q9W-2MXT-8ZK ");
    assert_int_equal(told.phase, FORM_SENT);
}

static void test_sealed(void **state)
{
    (void)state;
    to_sealing();
    assert_int_equal(seals, 1);
    assert_int_equal(job.sha256[0], 9);
    sealed(job.id + 1, "other", 5); /* nobody asked for that */
    assert_string_equal(fake_done(), "");
    sealed(job.id, "package", 7);
    assert_string_equal(fake_done(), "sealed:KE4F-7Q9W-2MXT-8ZK posting ");
    assert_int_equal(told.phase, FORM_SENT);
    assert_string_equal(code, "KE4F-7Q9W-2MXT-8ZK");
    assert_string_equal(posted, "KE4F-7Q9W-2MXT-8ZK");
    sealed(job.id, "again", 5);
    assert_string_equal(fake_done(), "");
    assert_int_equal(posts, 1);
    formdesk_posted(d, "KE00-0000-0000-000");
    assert_string_equal(fake_done(), "");
    formdesk_posted(d, "KE4F-7Q9W-2MXT-8ZK");
    assert_string_equal(fake_done(), "posted ");
}

static void test_not_sealed(void **state)
{
    (void)state;
    to_sealing();
    sealed(job.id, NULL, 0);
    assert_int_equal(told.phase, FORM_FAILED);
    assert_int_equal(posts, 0);
    assert_null(told.code);
    to_sealing();
    assert_int_equal(job.id, 2);
    (void)fake_done();
    fake.answer = -ENOMEM; /* the package cannot be kept */
    sealed(job.id, "package", 7);
    assert_int_equal(told.phase, FORM_FAILED);
    assert_int_equal(posts, 0);
}

/* It cannot even be tried. */
static void test_cannot_seal(void **state)
{
    (void)state;
    intent(SESSION_INTENT_REVIEW, "", "");
    seal_answer = -EBUSY;
    intent(SESSION_INTENT_APPROVE, "", "");
    seal_answer = 0;
    assert_int_equal(told.phase, FORM_FAILED);
    assert_int_equal(notes, 1);
    sealed(job.id, "package", 7);
    assert_int_equal(told.phase, FORM_FAILED);
}

static int sign(void)
{
    const struct identdesk_signer signer = {.id = 70};
    return formdesk_sign(d, &signer, 5);
}

/* The citizen signs what was read. */
static void test_signed(void **state)
{
    (void)state;
    assert_int_equal(sign(), -EPERM); /* it was not read */
    intent(SESSION_INTENT_REVIEW, "", "");
    (void)fake_done();
    papers_answer = 3;
    assert_int_equal(sign(), 0);
    assert_string_equal(fake_done(), "approve snapshot ");
    assert_int_equal(signed_by, 70);
    assert_int_equal(job.papers, 3);
    assert_int_equal(told.phase, FORM_SEALING);
    assert_int_equal(sign(), -EPERM);
    intent(SESSION_INTENT_DECLINE, "", ""); /* the form stays as it is */
    assert_int_equal(told.phase, FORM_SEALING);
    sealed(job.id, "package", 7);
    assert_int_equal(told.phase, FORM_SENT);
    assert_int_equal(posts, 1);
    formdesk_unsign(d, 6); /* too late */
    assert_int_equal(told.phase, FORM_SENT);
}

/* Given up, or it cannot be: what was read stands, and nothing was sent. */
static void test_not_signed(void **state)
{
    (void)state;
    intent(SESSION_INTENT_REVIEW, "", "");
    assert_int_equal(sign(), 0);
    formdesk_unsign(d, 6);
    assert_int_equal(told.phase, FORM_REVIEW);
    sealed(job.id, "package", 7); /* nobody's any more */
    assert_int_equal(told.phase, FORM_REVIEW);
    assert_int_equal(sign(), 0);
    sealed(job.id, NULL, 0);
    assert_int_equal(told.phase, FORM_REVIEW);
    seal_answer = -EBUSY;
    assert_int_equal(sign(), -EBUSY);
    seal_answer = 0;
    papers_answer = -EMSGSIZE;
    assert_int_equal(sign(), -EMSGSIZE);
    assert_int_equal(told.phase, FORM_REVIEW);
    assert_int_equal(posts, 0);
    papers_answer = 0;
    intent(SESSION_INTENT_APPROVE, "", ""); /* the kiosk alone */
    assert_int_equal(signed_by, 0);
    formdesk_unsign(d, 7);
    assert_int_equal(told.phase, FORM_SEALING);
    sealed(job.id, "package", 7);
    assert_int_equal(told.phase, FORM_SENT);
}

/* The package cannot be kept; there is no form. */
static void test_signed_in_vain(void **state)
{
    const struct identdesk_signer signer = {.id = 70};
    struct formdesk_package p = {.data = "package", .len = 7, .code = "c"};
    (void)state;
    intent(SESSION_INTENT_REVIEW, "", "");
    assert_int_equal(sign(), 0);
    p.id = job.id;
    fake.answer = -ENOMEM;
    assert_int_equal(formdesk_sealed(d, &p), -ENOMEM);
    fake.answer = 0;
    assert_int_equal(told.phase, FORM_FAILED);
    assert_int_equal(posts, 0);
    formdesk_wipe(d);
    assert_int_equal(formdesk_sign(d, &signer, 8), -ENOENT);
    formdesk_unsign(d, 9);
    assert_int_equal(formdesk_sealed(d, &p), -ENOENT);
}

/* What is sealed after the visit ended is for nobody. */
static void test_wiped(void **state)
{
    struct form_view *v = NULL;
    (void)state;
    to_sealing();
    formdesk_wipe(d);
    assert_int_equal(fake.freed, 1);
    sealed(job.id, "package", 7);
    assert_int_equal(posts, 0);
    assert_true(formdesk_take_view(d, &v));
    assert_null(v);
    expect_no_view();
    formdesk_wipe(d);
    expect_no_view();
    assert_int_equal(begin("parental-allowance"), 0);
}

/* The channel comes and goes; the form stays. */
static void test_channel(void **state)
{
    const void *bytes;
    size_t len;
    (void)state;
    (void)fake_done();
    formdesk_channel(d, true, 2);
    formdesk_receive(d, "hello", 5, 3);
    formdesk_channel(d, false, 4);
    formdesk_channel(d, true, 5);
    assert_string_equal(fake_done(), "open receive:hello closed open ");
    assert_int_equal(fake.freed, 0);
    fake.polls = 2;
    assert_true(formdesk_poll(d, &bytes, &len));
    assert_int_equal(len, FORM_CHUNK_MAX);
    assert_true(formdesk_poll(d, &bytes, &len));
    assert_false(formdesk_poll(d, &bytes, &len));
}

/* The channel may be open before the form is there. */
static void test_open_before(void **state)
{
    (void)state;
    formdesk_channel(d, true, 2);
    assert_int_equal(begin("parental-allowance"), 0);
    assert_true(fake.open);
}

static void test_called(void **state)
{
    (void)state;
    unsigned before = tells;
    fake.called = true;
    formdesk_receive(d, "do", 2, 3);
    assert_int_equal(tells, before + 1);
    assert_true(told.called);
    formdesk_receive(d, "do", 2, 4);
    assert_int_equal(tells, before + 1);
}

static void test_no_memory_for_a_view(void **state)
{
    (void)state;
    take_view();
    fake.no_view = true;
    intent(SESSION_INTENT_SET, "a", "b");
    assert_int_equal(notes, 1);
    expect_no_view();
    assert_true(formdesk_next_us(d) < INT64_MAX);
    fake.no_view = false;
    formdesk_tick(d, formdesk_next_us(d));
    take_view();
}

static void test_construction(void **state)
{
    char long_name[LK_NAME_MAX + 1];
    (void)state;
    memset(long_name, 'a', LK_NAME_MAX);
    long_name[LK_NAME_MAX] = '\0';
    struct formdesk *other = NULL;
    assert_int_equal(formdesk_new(long_name, &output, &other), -EINVAL);
    oom_left = 0;
    int r = formdesk_new("kiosk-1", &output, &other);
    oom_left = -1;
    assert_int_equal(r, -ENOMEM);
    assert_null(other);
    assert_null(formdesk_free(NULL));
}

int main(void)
{
#define DESK(test) cmocka_unit_test_setup_teardown(test, setup_begun, teardown)
    const struct CMUnitTest tests[] = {
        DESK(test_begin),
        cmocka_unit_test_setup_teardown(test_cannot_begin, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_form, setup, teardown),
        DESK(test_deeds),
        DESK(test_refused),
        DESK(test_ends_of_steps),
        DESK(test_no_address),
        DESK(test_sealed),
        DESK(test_not_sealed),
        DESK(test_cannot_seal),
        DESK(test_signed),
        DESK(test_not_signed),
        DESK(test_signed_in_vain),
        DESK(test_wiped),
        DESK(test_channel),
        cmocka_unit_test_setup_teardown(test_open_before, setup, teardown),
        DESK(test_called),
        DESK(test_no_memory_for_a_view),
        cmocka_unit_test_setup_teardown(test_construction, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
