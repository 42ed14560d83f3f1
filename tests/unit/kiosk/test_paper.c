/* Papers on the screen: what each button and finger sends, in each mode; what
 * is spoken of them. */
#include "testing.h"

#include "kiosk/paper.h"
#include "kiosk/screens.h"
#include "kiosk/speak.h"
#include "samples_paper.h"
#include "touch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <SDL.h>

static struct session_view paper_view(void)
{
    return (struct session_view){.screen = SESSION_PAPER,
                                 .lang = "en",
                                 .line = SESSION_LINE_GOOD,
                                 .expert_name = "Maija Virtanen",
                                 .agency_name = "Kela",
                                 .has_papers = true};
}

/* Posts papers, and the screen that shows them. */
static void show(struct bench *b, struct papers_view *papers)
{
    struct session_view v = paper_view();
    kiosk_ui_set_papers(b->ui, papers);
    kiosk_ui_set_view(b->ui, &v);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_ALIVE, ""), 0);
    b->intents = 0;
}

static void show_sample(struct bench *b, enum sample_paper which)
{
    show(b, sample_paper_new(which));
}

/* What one tap sends. */
struct tap {
    const char *id;
    enum session_intent_kind kind;
    uint32_t at, remove, version;
    uint16_t box[4];
};

static void tap(struct bench *b, const struct tap *t)
{
    b->intents = 0;
    int r = bench_error(b, KIOSK_REQUEST_TAP, t->id);
    for (int page = 0; r == -ENXIO && page < 4; page++) {
        const char *more = bench_says(b, "\"paper-more\", \"role\": \"button\"")
                               ? "paper-more"
                               : "page-more";
        assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, more), 0);
        r = bench_error(b, KIOSK_REQUEST_TAP, t->id);
    }
    if (r != 0)
        print_message("tap %s\n", t->id);
    assert_int_equal(r, 0);
    assert_int_equal(b->intents, 1);
    const struct session_intent *i = &b->intent[0];
    assert_int_equal(i->kind, t->kind);
    assert_int_equal(i->at, t->at);
    assert_int_equal(i->remove, t->remove);
    assert_int_equal(i->version, t->version);
    assert_memory_equal(i->box, t->box, sizeof(i->box));
    b->intents = 0;
}

static void taps(struct bench *b, const struct tap *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tap(b, &t[i]);
}

static void script_tray(struct bench *b)
{
    static const struct tap all[] = {
        {.id = "page-1", .kind = SESSION_INTENT_PAGE, .at = 11},
        {.id = "page-1-look",
         .kind = SESSION_INTENT_LOOK,
         .at = 11,
         .version = 100,
         .box = {5000, 5000}},
        {.id = "page-3-share",
         .kind = SESSION_INTENT_PAGE_SHARE,
         .at = 13,
         .version = 100,
         .box = {5000, 5000}},
        {.id = "source-feeder",
         .kind = SESSION_INTENT_SCAN_SOURCE,
         .remove = 2},
        {.id = "scan-blank", .kind = SESSION_INTENT_SCAN_BLANK},
        {.id = "scan", .kind = SESSION_INTENT_SCAN},
        {.id = "scan-camera", .kind = SESSION_INTENT_SCAN, .remove = 1},
        {.id = "back", .kind = SESSION_INTENT_BACK},
    };
    show_sample(b, SAMPLE_PAPER_TRAY);
    taps(b, all, LK_ARRAY_LEN(all));
    /* One alone needs no button for all. */
    assert_false(bench_says(b, "\"share-all\""));
    show_sample(b, SAMPLE_PAPER_EMPTY);
    assert_true(bench_says(b, "The expert asks for: Payslip: Viimeisin "
                              "palkkakuitti, kiitos. Scan both sides"));
    tap(b, &(struct tap){.id = "paper-decline",
                         .kind = SESSION_INTENT_ASK_DECLINE});
    struct papers_view *kind = sample_paper_new(SAMPLE_PAPER_EMPTY);
    kind->ask.text[0] = '\0';
    show(b, kind);
    assert_true(bench_says(b, "asks for: Payslip. Scan both sides"));
    kind = sample_paper_new(SAMPLE_PAPER_EMPTY);
    (void)snprintf(kind->ask.kind, sizeof(kind->ask.kind), "strange");
    show(b, kind);
    assert_true(bench_says(b, "asks for: Viimeisin"));
    show_sample(b, SAMPLE_PAPER_AIM);
    tap(b,
        &(struct tap){.id = "take", .kind = SESSION_INTENT_SCAN, .remove = 2});
    assert_true(bench_says(b, "The paper was found"));
    show_sample(b, SAMPLE_PAPER_LOST);
    assert_true(bench_says(b, "No paper is found"));
    tap(b,
        &(struct tap){.id = "scan-cancel", .kind = SESSION_INTENT_SCAN_CANCEL});
    show_sample(b, SAMPLE_PAPER_SCANNING);
    tap(b,
        &(struct tap){.id = "scan-cancel", .kind = SESSION_INTENT_SCAN_CANCEL});
    /* They have gone, and the screen is a moment behind. */
    show(b, NULL);
    tap(b, &(struct tap){.id = "back", .kind = SESSION_INTENT_BACK});
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "scan"), -EACCES);
}

static void test_tray(void **state)
{
    (void)state;
    bench_run(script_tray);
}

static void script_page(struct bench *b)
{
    static const struct tap own[] = {
        {.id = "share", .kind = SESSION_INTENT_PAGE_SHARE, .at = 13},
        {.id = "attach", .kind = SESSION_INTENT_PAGE_ATTACH, .at = 13},
        {.id = "turn", .kind = SESSION_INTENT_PAGE_TURN, .at = 13, .remove = 1},
        {.id = "straighten", .kind = SESSION_INTENT_PAGE_STRAIGHTEN, .at = 13},
        {.id = "crop", .kind = SESSION_INTENT_PAGE_CROP, .at = 13},
        {.id = "again", .kind = SESSION_INTENT_PAGE_AGAIN, .at = 13},
        {.id = "earlier", .kind = SESSION_INTENT_PAGE_EARLIER, .at = 13},
        {.id = "remove", .kind = SESSION_INTENT_PAGE_REMOVE, .at = 13},
    };
    static const struct tap shared[] = {
        {.id = "look",
         .kind = SESSION_INTENT_LOOK,
         .at = 11,
         .version = 100,
         .box = {5000, 5000}},
        {.id = "unshare", .kind = SESSION_INTENT_PAGE_UNSHARE, .at = 11},
        {.id = "later", .kind = SESSION_INTENT_PAGE_LATER, .at = 11},
    };
    static const struct tap consent[] = {
        {.id = "consent-yes", .kind = SESSION_INTENT_CONSENT_YES},
        {.id = "consent-no", .kind = SESSION_INTENT_CONSENT_NO},
    };
    show_sample(b, SAMPLE_PAPER_PAGE);
    taps(b, own, LK_ARRAY_LEN(own));
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "later"), -EACCES);
    show_sample(b, SAMPLE_PAPER_SHARED);
    taps(b, shared, LK_ARRAY_LEN(shared));
    show_sample(b, SAMPLE_PAPER_BUSY);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "turn"), -EACCES);
    show_sample(b, SAMPLE_PAPER_CONSENT);
    taps(b, consent, LK_ARRAY_LEN(consent));
    show_sample(b, SAMPLE_PAPER_CONSENT_ALL);
    taps(b, consent, LK_ARRAY_LEN(consent));
}

static void test_page(void **state)
{
    (void)state;
    bench_run(script_page);
}

static void script_crop(struct bench *b)
{
    static const struct tap all[] = {
        {.id = "crop-left-in",
         .kind = SESSION_INTENT_PAGE_CROP_EDGES,
         .box = {800, 1200, 9400, 6400}},
        {.id = "crop-top-out",
         .kind = SESSION_INTENT_PAGE_CROP_EDGES,
         .box = {600, 1000, 9400, 6400}},
        {.id = "crop-right-out",
         .kind = SESSION_INTENT_PAGE_CROP_EDGES,
         .box = {600, 1200, 9600, 6400}},
        {.id = "crop-bottom-in",
         .kind = SESSION_INTENT_PAGE_CROP_EDGES,
         .box = {600, 1200, 9400, 6200}},
        {.id = "crop-ok", .kind = SESSION_INTENT_PAGE_CROP_OK},
        {.id = "back", .kind = SESSION_INTENT_BACK},
    };
    show_sample(b, SAMPLE_PAPER_CROP);
    taps(b, all, LK_ARRAY_LEN(all));
}

static void test_crop(void **state)
{
    (void)state;
    bench_run(script_crop);
}

/* The mark that is pointed at, else the newest of one's own; a page that is
 * looked at can go with the form. */
static void unmarks(struct bench *b)
{
    static const struct {
        bool here;
        uint16_t x, y;
        uint32_t mark;
    } rows[] = {
        {false, 0, 0, 2},
        {true, 3000, 3900, 2},
        {true, 4000, 2000, 1},
        {true, 1200, 9000, 3},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        struct papers_view *v = sample_paper_new(SAMPLE_PAPER_LOOK);
        v->mine = (struct papers_point){rows[i].here, rows[i].x, rows[i].y};
        show(b, v);
        tap(b, &(struct tap){.id = "unmark",
                             .kind = SESSION_INTENT_UNMARK,
                             .at = 11,
                             .version = rows[i].mark});
    }
    struct papers_view *v = sample_paper_new(SAMPLE_PAPER_LOOK);
    v->can_attach = true;
    show(b, v);
    tap(b, &(struct tap){
               .id = "attach", .kind = SESSION_INTENT_PAGE_ATTACH, .at = 11});
}

static void script_look(struct bench *b)
{
    static const struct tap all[] = {
        {.id = "look-in",
         .kind = SESSION_INTENT_LOOK,
         .at = 11,
         .version = 150,
         .box = {5000, 5000}},
        {.id = "look-turn",
         .kind = SESSION_INTENT_LOOK,
         .at = 11,
         .remove = 1,
         .version = 100,
         .box = {5000, 5000}},
        {.id = "look-next",
         .kind = SESSION_INTENT_LOOK,
         .at = 12,
         .version = 100,
         .box = {5000, 5000}},
        {.id = "unmark", .kind = SESSION_INTENT_UNMARK, .at = 11, .version = 3},
        {.id = "unshare", .kind = SESSION_INTENT_PAGE_UNSHARE, .at = 11},
    };
    show_sample(b, SAMPLE_PAPER_LOOK);
    taps(b, all, LK_ARRAY_LEN(all));
    unmarks(b);
    show_sample(b, SAMPLE_PAPER_LOOK);
    /* The whole page is seen: it cannot be moved, a pointer can. */
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "look-left"), -EACCES);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "tool-point"), 0);
    tap(b, &(struct tap){.id = "look-right",
                         .kind = SESSION_INTENT_POINT,
                         .at = 11,
                         .version = 100,
                         .box = {3400, 7400}});
    /* A frame by buttons: from where one's pointer is to where it is then. */
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "tool-box"), 0);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "mark-set"), 0);
    assert_int_equal(b->intents, 0);
    struct papers_view *v = sample_paper_new(SAMPLE_PAPER_LOOK);
    v->mine = (struct papers_point){true, 6000, 8800};
    kiosk_ui_set_papers(b->ui, v);
    tap(b, &(struct tap){.id = "mark-set",
                         .kind = SESSION_INTENT_MARK,
                         .at = 11,
                         .remove = PAPERS_BOX,
                         .box = {3000, 7400, 6000, 8800}});
    assert_true(bench_says(b, "\"name\": \"Begin here\""));
    /* The pointer is put away with the hand. */
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "tool-move"), 0);
    assert_int_equal(b->intents, 1);
    assert_int_equal(b->intent[0].kind, SESSION_INTENT_POINT);
    assert_int_equal(b->intent[0].at, 0);
}

static void test_look(void **state)
{
    (void)state;
    bench_run(script_look);
}

static void script_words(struct bench *b)
{
    show_sample(b, SAMPLE_PAPER_LOOK);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "tool-text"), 0);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "mark-text"), 0);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "tämä"), 0);
    assert_int_equal(b->intents, 0);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Return"), 0);
    assert_int_equal(b->intents, 1);
    const struct session_intent *i = &b->intent[0];
    assert_int_equal(i->kind, SESSION_INTENT_MARK);
    assert_string_equal(i->arg, "tämä");
    assert_int_equal(i->at, 11);
    assert_int_equal(i->remove, PAPERS_TEXT);
    assert_int_equal(i->box[0], 3000);
    assert_int_equal(i->box[1], 7400);
    /* It is empty again. */
    assert_false(bench_says(b, "tämä"));
}

static void test_words(void **state)
{
    (void)state;
    bench_run(script_words);
}

/* ---- fingers ---- */

static void finger(struct bench *b, uint32_t type, double x, double y)
{
    touch_finger(type, 1, x, y);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_ALIVE, ""), 0);
}

/* From the middle, so far to the right and down, px. */
static void drag(struct bench *b, double dx, double dy)
{
    struct kiosk_rect r = bench_rect(b, "paper-view");
    double x = r.x + r.w / 2.0;
    double y = r.y + r.h / 2.0;
    b->intents = 0;
    finger(b, SDL_FINGERDOWN, x, y);
    finger(b, SDL_FINGERMOTION, x + dx / 2, y + dy / 2);
    finger(b, SDL_FINGERUP, x + dx, y + dy);
    assert_true(b->intents > 0);
}

static const struct session_intent *last(const struct bench *b)
{
    return &b->intent[b->intents - 1];
}

static void script_fingers(struct bench *b)
{
    show_sample(b, SAMPLE_PAPER_ZOOM);
    /* The page is turned to the right: down is on along its width. */
    drag(b, 0, 60);
    assert_int_equal(last(b)->kind, SESSION_INTENT_LOOK);
    assert_int_equal(last(b)->version, 200);
    assert_int_equal(last(b)->remove, 1);
    assert_true(last(b)->box[0] < 4000);
    assert_in_range(last(b)->box[1], 2990, 3010);
    show_sample(b, SAMPLE_PAPER_LOOK);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "tool-line"), 0);
    drag(b, 100, 0);
    assert_int_equal(b->intents, 1); /* drawn here, told when it is done */
    assert_int_equal(last(b)->kind, SESSION_INTENT_MARK);
    assert_int_equal(last(b)->remove, PAPERS_LINE);
    assert_in_range(last(b)->box[0], 4950, 5050);
    assert_true(last(b)->box[2] > last(b)->box[0]);
    assert_in_range(last(b)->box[3], 4950, 5050);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "tool-point"), 0);
    drag(b, 0, 100);
    assert_int_equal(last(b)->kind, SESSION_INTENT_POINT);
    assert_int_equal(last(b)->at, 11);
    assert_true(last(b)->box[1] > 5000);
    /* The nearest edge follows, and stays apart from the other. */
    show_sample(b, SAMPLE_PAPER_CROP);
    drag(b, 0, -2000);
    assert_int_equal(last(b)->kind, SESSION_INTENT_PAGE_CROP_EDGES);
    assert_int_equal(last(b)->box[3], 1200 + KIOSK_CROP_LEAST);
    assert_int_equal(last(b)->box[1], 1200);
}

static void test_fingers(void **state)
{
    (void)state;
    bench_run(script_fingers);
}

/* ---- what is spoken ---- */

static struct kiosk_tree tree;
static struct kiosk_speak speak;
static struct kiosk_utterance said[KIOSK_SPEAK_MAX];

static bool headset;

/* Speaks the papers as they are now; what was said aloud. */
static const char *heard(const struct papers_view *papers)
{
    struct session_view v = paper_view();
    struct kiosk_env env = {
        .width_mm = 268, .height_mm = 476, .papers = papers};
    v.manner.speech = true;
    v.manner.headset = headset;
    kiosk_screen_build(&v, &env, &tree);
    assert_int_equal(tree.error, 0);
    memset(said, 0, sizeof(said));
    size_t n = kiosk_speak_update(&speak, &tree, &v, said);
    return n > 0 ? said[0].text : "";
}

static void assert_heard(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_message("heard: %s\nnot: %s\n", text, part);
    assert_non_null(strstr(text, part));
}

static void test_spoken(void **state)
{
    (void)state;
    struct papers_view *v = sample_paper_new(SAMPLE_PAPER_LOOK);
    speak = (struct kiosk_speak){0};
    const char *text = heard(v);
    assert_heard(text, "Page 1 of 3: The expert has saved it");
    assert_heard(text, "Maija Virtanen points at the upper part of page 1.");
    assert_heard(text, "Maija Virtanen framed a place. 47 % from the left, 22 "
                       "% from above.");
    /* What the expert writes is not for all ears. */
    assert_null(strstr(text, "puuttuu"));
    /* Within the same part nothing is said anew. */
    v->theirs.x += 900;
    assert_string_equal(heard(v), "");
    v->theirs.y = 9000;
    assert_string_equal(heard(v),
                        "Maija Virtanen points at the lower part of page 1.");
    speak = (struct kiosk_speak){0};
    headset = true;
    assert_null(strstr(heard(v), "puuttuu"));
    assert_true(said[1].closed);
    assert_heard(said[1].text, "wrote on the page: Tämä luku puuttuu. 12 % "
                               "from the left, 52 % from above.");
    headset = false;
    papers_view_free(v);
    v = sample_paper_new(SAMPLE_PAPER_SCANNING);
    assert_heard(heard(v), "Scanning page 2: 50 %");
    v->scan_percent = 74;
    assert_string_equal(heard(v), "");
    v->scan_percent = 80;
    assert_heard(heard(v), "75 %");
    papers_view_free(v);
    v = sample_paper_new(SAMPLE_PAPER_TROUBLE);
    text = heard(v);
    assert_heard(text, "The paper is stuck.");
    assert_heard(text, "2 blank pages were left out.");
    papers_view_free(v);
}

/* What stands on all screens of a call was told with the call itself. */
static void test_spoken_beside_the_call(void **state)
{
    static const char *const elsewhere[] = {"Maija Virtanen:", "Verified",
                                            "Volume", "microphone", "End call"};
    (void)state;
    struct papers_view *v = sample_paper_new(SAMPLE_PAPER_TRAY);
    speak = (struct kiosk_speak){0};
    const char *text = heard(v);
    assert_heard(text, "Page 1 of 3");
    for (size_t i = 0; i < LK_ARRAY_LEN(elsewhere); i++)
        assert_null(strcasestr(text, elsewhere[i]));
    papers_view_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tray),
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_crop),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_fingers),
        cmocka_unit_test(test_spoken),
        cmocka_unit_test(test_spoken_beside_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
