/* What is spoken: screens, changes, focus, private words, interrupts. */
#include "testing.h"

#include "kiosk/screens.h"
#include "kiosk/speak.h"
#include "kiosk/speech.h"
#include "kiosk/strings.h"

/* A small screen of each kind of node. */
struct scene {
    enum kiosk_lang lang;
    enum session_screen screen;
    const char *title, *status, *value, *focus, *typed;
    bool checked, overlay, private;
};

static struct kiosk_tree tree;
static struct session_view view;
static struct kiosk_speak speak;
static struct kiosk_utterance said[KIOSK_SPEAK_MAX];

static uint32_t focus_of(const struct scene *s, const char *id)
{
    return s->focus && strcmp(s->focus, id) == 0 ? KIOSK_FOCUSED : 0;
}

static void button(const struct scene *s, const char *id, const char *name,
                   uint32_t state, enum session_intent_kind kind)
{
    struct kiosk_node n = {.id = id,
                           .role = KIOSK_BUTTON,
                           .name = name,
                           .state = state | focus_of(s, id),
                           .act = KIOSK_ACT_INTENT,
                           .intent = kind};
    kiosk_tree_leaf(&tree, &n);
}

static void scene_body(const struct scene *s)
{
    kiosk_tree_leaf(&tree, &(struct kiosk_node){.id = "clock",
                                                .role = KIOSK_TEXT,
                                                .name = "12:34"});
    kiosk_tree_leaf(
        &tree, &(struct kiosk_node){.role = KIOSK_HEADING, .name = s->title});
    if (s->status)
        kiosk_tree_leaf(&tree, &(struct kiosk_node){.id = "wait-position",
                                                    .role = KIOSK_STATUS,
                                                    .name = s->status,
                                                    .value = s->value});
    button(s, "next", "Aloita", 0, SESSION_INTENT_NEXT);
    button(s, "back", "Takaisin", s->checked ? KIOSK_CHECKED : 0,
           SESSION_INTENT_BACK);
    button(s, "off", "Soita", KIOSK_DISABLED, SESSION_INTENT_CALL);
    button(s, "contrast", "Kontrasti", 0, SESSION_INTENT_CONTRAST);
    if (s->typed)
        kiosk_tree_leaf(
            &tree, &(struct kiosk_node){.id = "text-input",
                                        .role = KIOSK_FIELD,
                                        .name = "Viesti",
                                        .value = s->typed,
                                        .private = s->private,
                                        .state = focus_of(s, "text-input")});
}

static void scene_build(const struct scene *s)
{
    kiosk_tree_begin(&tree, s->screen, s->lang);
    kiosk_tree_open(&tree, &(struct kiosk_node){.id = ""});
    scene_body(s);
    if (s->overlay) {
        kiosk_tree_open(
            &tree, &(struct kiosk_node){.id = "help-page", .overlay = true});
        kiosk_tree_leaf(
            &tree, &(struct kiosk_node){.role = KIOSK_HEADING, .name = "Apua"});
        button(s, "close", "Sulje", 0, SESSION_INTENT_HELP);
        kiosk_tree_close(&tree);
    }
    kiosk_tree_close(&tree);
    assert_int_equal(tree.error, 0);
}

static size_t show(const struct scene *s)
{
    scene_build(s);
    return kiosk_speak_update(&speak, &tree, &view, said);
}

/* Exactly this, or nothing when `text` is NULL. */
static void expect(const struct scene *s, const char *text, bool interrupt)
{
    size_t n = show(s);
    if (!text) {
        if (n > 0)
            print_message("spoken: %s\n", said[0].text);
        assert_int_equal(n, 0);
        return;
    }
    assert_int_equal(n, 1);
    assert_string_equal(said[0].text, text);
    assert_int_equal(said[0].interrupt, interrupt);
    assert_false(said[0].closed);
}

static void begin(struct scene *s)
{
    memset(&speak, 0, sizeof(speak));
    memset(&view, 0, sizeof(view));
    view.manner.pace = SESSION_PACE_DEFAULT;
    *s = (struct scene){.lang = KIOSK_LANG_FI, .title = "Tervetuloa"};
}

/* Speech on, and its first words over. */
static void begin_on(struct scene *s)
{
    begin(s);
    view.manner.speech = true;
    (void)show(s);
}

#define FI_CHOICES                          \
    "Voit valita: Aloita, Takaisin. Liiku " \
    "Seuraava-näppäimellä, valitse Valitse-näppäimellä."

static void test_on_and_off(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    expect(&s, NULL, false);
    view.manner.speech = true;
    expect(&s,
           "Puhe on päällä. Seuraava- ja Edellinen-näppäimillä liikut. "
           "Valitse-näppäin valitsee. Takaisin-näppäin palaa. "
           "Toista-näppäin sanoo tämän uudelleen. Tervetuloa. " FI_CHOICES,
           true);
    assert_string_equal(said[0].lang, "fi");
    expect(&s, NULL, false);
    view.manner.speech = false;
    expect(&s, "Puhe on pois päältä.", true);
    expect(&s, NULL, false);
}

/* A new screen, another language, help: spoken from the beginning. */
static void test_screens(void **state)
{
    (void)state;
    struct scene s;
    begin_on(&s);
    s.screen = SESSION_SERVICES;
    s.title = "Mitä asiaa sinulla on?";
    expect(&s, "Mitä asiaa sinulla on? " FI_CHOICES, true);
    s.lang = KIOSK_LANG_EN;
    s.title = "What do you need help with?";
    expect(&s,
           "What do you need help with? You can choose: Aloita, Takaisin. "
           "Move with the Next key, choose with the Select key.",
           true);
    assert_string_equal(said[0].lang, "en");
    s.lang = KIOSK_LANG_FI;
    (void)show(&s);
    s.overlay = true;
    expect(&s, "Apua.", true);
    s.overlay = false;
    s.title = "Palvelut";
    expect(&s, "Palvelut. " FI_CHOICES, true);
}

/* Changes are spoken behind what is being said, once, in whole words. */
static void test_changes(void **state)
{
    (void)state;
    struct scene s;
    begin_on(&s);
    s.status = "Paikkasi jonossa";
    s.value = "–";
    expect(&s, "Paikkasi jonossa: ei vielä tiedossa.", false);
    s.value = "3";
    expect(&s, "Paikkasi jonossa: 3.", false);
    expect(&s, NULL, false);
    s.value = "5 min";
    expect(&s, "Paikkasi jonossa: 5 minuuttia.", false);
    s.value = "1 min";
    expect(&s, "Paikkasi jonossa: yhden minuutin.", false);
    s.status = NULL;
    expect(&s, NULL, false);
    view.manner.contrast = true;
    expect(&s, "Suuri kontrasti on päällä.", true);
    view.manner.pace++;
    expect(&s, "Puhe on nopeampi.", true);
    assert_int_equal(said[0].pace, SESSION_PACE_DEFAULT + 1);
    view.manner.text_size = SESSION_TEXT_LARGE;
    expect(&s, "Teksti on suuri.", true);
    view.volume = 7; /* this screen does not show it */
    expect(&s, "Äänen voimakkuus 7.", true);
    expect(&s, NULL, false);
}

static void test_focus(void **state)
{
    (void)state;
    struct scene s;
    begin_on(&s);
    s.focus = "next";
    expect(&s, "Aloita, painike.", true);
    expect(&s, NULL, false);
    s.focus = "back";
    expect(&s, "Takaisin, painike.", true);
    s.checked = true;
    expect(&s, "Takaisin, painike, valittu.", true);
    s.focus = NULL;
    expect(&s, NULL, false);
    s.lang = KIOSK_LANG_EN;
    (void)show(&s);
    s.focus = "back";
    expect(&s, "Takaisin, button, chosen.", true);
}

/* What is typed is echoed; private words need headphones. */
static void test_private(void **state)
{
    (void)state;
    struct scene s;
    begin_on(&s);
    s.typed = "";
    s.private = true;
    s.focus = "text-input";
    expect(&s, "Viesti, tekstikenttä. tyhjä.", true);
    s.typed = "h";
    expect(&s, NULL, false);
    s.focus = NULL;
    expect(&s, NULL, false);
    s.focus = "text-input";
    expect(&s,
           "Viesti, tekstikenttä. Piilotettu. Kytke kuulokkeet, niin kuulet "
           "sen.",
           true);
    view.manner.headset = true;
    expect(&s, "Kuulokkeet ovat käytössä.", true);
    s.typed = "hö";
    assert_int_equal(show(&s), 1);
    assert_true(said[0].closed && said[0].interrupt);
    assert_string_equal(said[0].text, "ö.");
    s.typed = "h";
    assert_int_equal(show(&s), 1);
    assert_string_equal(said[0].text, "ö poistettu.");
    assert_true(said[0].closed);
    s.focus = NULL;
    (void)show(&s);
    s.focus = "text-input";
    assert_int_equal(show(&s), 2);
    assert_string_equal(said[0].text, "Viesti, tekstikenttä.");
    assert_string_equal(said[1].text, "h.");
    assert_true(!said[0].closed && said[1].closed && !said[1].interrupt);
}

static void turn(uint32_t id, bool open, bool mine, const char *text)
{
    struct session_said *t = &view.talk.said[0];
    view.talk.n = 1;
    *t = (struct session_said){.id = id, .open = open, .mine = mine};
    (void)snprintf(t->text, sizeof(t->text), "%s", text);
}

/* Sentences of the other end as they are complete; never one's own. */
static void test_talk(void **state)
{
    (void)state;
    struct scene s;
    begin_on(&s);
    turn(1, true, false, "Hei. Mi");
    expect(&s,
           "Asiantuntija kirjoitti sinulle. Kytke kuulokkeet, niin kuulet "
           "sen.",
           false);
    turn(1, true, false, "Hei. Mit");
    expect(&s, NULL, false); /* told of once */
    /* What was hidden is heard as soon as it can be. */
    view.manner.headset = true;
    assert_int_equal(show(&s), 2);
    assert_string_equal(said[1].text, "Asiantuntija kirjoitti: Hei.");
    assert_true(said[1].closed);
    turn(1, true, false, "Hei. Mitä ku");
    expect(&s, NULL, false);
    turn(1, true, false, "Hei. Mitä kuuluu?");
    assert_int_equal(show(&s), 1);
    assert_string_equal(said[0].text, "Asiantuntija kirjoitti: Mitä kuuluu?");
    assert_true(said[0].closed);
    turn(1, false, false, "Hei. Mitä kuuluu?");
    expect(&s, NULL, false);
    turn(2, false, true, "Hyvää.");
    expect(&s, NULL, false);
    turn(3, false, false, "Selvä");
    assert_int_equal(show(&s), 1);
    assert_string_equal(said[0].text, "Asiantuntija kirjoitti: Selvä.");
}

/* Who hears the expert need not be told that the expert speaks. */
static void test_expert_speaks(void **state)
{
    static const struct kiosk_env env = {.width_mm = 268, .height_mm = 476};
    (void)state;
    memset(&speak, 0, sizeof(speak));
    view = (struct session_view){.screen = SESSION_CALL,
                                 .lang = "fi",
                                 .line = SESSION_LINE_GOOD,
                                 .expert_name = "Maija",
                                 .speaks = true,
                                 .manner = {.speech = true}};
    for (int i = 0; i < 4; i++) {
        kiosk_screen_build(&view, &env, &tree);
        size_t n = kiosk_speak_update(&speak, &tree, &view, said);
        assert_true(i == 0 ? n > 0 : n == 0);
        for (size_t k = 0; k < n; k++)
            assert_null(strstr(said[k].text, "Puhuu"));
        view.speaks = !view.speaks;
    }
}

/* A turn that begins does not bring the one before it back. */
static void test_turns(void **state)
{
    (void)state;
    struct scene s;
    begin_on(&s);
    view.manner.headset = true;
    turn(1, false, false, "Hei.");
    (void)show(&s);
    view.talk.n = 2;
    view.talk.said[1] =
        (struct session_said){.id = 2, .open = true, .text = "Mitä"};
    expect(&s, NULL, false);
    expect(&s, NULL, false);
    view.talk.said[1].open = false;
    assert_int_equal(show(&s), 1);
    assert_string_equal(said[0].text, "Asiantuntija kirjoitti: Mitä.");
}

/* A call begins by itself, which is the first thing to know; one's switches
 * say how they are. */
static void test_call(void **state)
{
    (void)state;
    struct scene s;
    begin_on(&s);
    view.screen = s.screen = SESSION_WAITING;
    (void)show(&s);
    view.screen = s.screen = SESSION_CALL;
    view.mic_on = view.camera_on = true;
    assert_int_equal(show(&s), 1);
    assert_memory_equal(said[0].text, "Puhelu alkaa. ", 14);
    expect(&s, NULL, false);
    view.mic_on = view.camera_on = false;
    expect(&s, "Kamerasi on pois päältä.", true);
    view.mic_on = view.camera_on = true;
    expect(&s, "Mikrofonisi on päällä. Kamerasi on päällä.", true);
}

static void test_again(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    assert_int_equal(kiosk_speak_again(&speak, said), 0);
    begin_on(&s);
    s.focus = "next";
    (void)show(&s);
    expect(&s, NULL, false);
    assert_int_equal(kiosk_speak_again(&speak, said), 1);
    assert_string_equal(said[0].text, "Aloita, painike.");
    assert_true(said[0].interrupt);
    /* What was private is not said again once the headset is gone. */
    view.manner.headset = true;
    (void)show(&s);
    s.typed = "salaisuus";
    s.private = true;
    s.focus = "text-input";
    assert_int_equal(show(&s), 2);
    assert_int_equal(kiosk_speak_again(&speak, said), 2);
    speak.manner.headset = false;
    assert_int_equal(kiosk_speak_again(&speak, said), 1);
    view.manner.speech = false;
    (void)show(&s);
    assert_int_equal(kiosk_speak_again(&speak, said), 0);
}

/* Recordings can be found only where every phrase is a string of ours. */
static void test_keys(void **state)
{
    (void)state;
    struct scene s;
    begin_on(&s);
    view.manner.contrast = true;
    (void)show(&s);
    assert_string_equal(said[0].keys, "speak_contrast_on");
    view.manner.contrast = false;
    view.manner.pace++;
    (void)show(&s);
    assert_string_equal(said[0].keys, "speak_contrast_off speak_faster");
    s.screen = SESSION_SERVICES;
    s.title = "Ei mikään meidän teksteistä";
    (void)show(&s);
    assert_string_equal(said[0].keys, "");
}

static void test_log(void **state)
{
    (void)state;
    static struct kiosk_speech log;
    struct kiosk_utterance u = {.lang = "fi", .closed = true};
    char *json = NULL;
    (void)snprintf(u.text, sizeof(u.text), "sano \"se\"");
    u.id = 7;
    kiosk_speech_note(&log, &u);
    kiosk_speech_outcome(&log, 7, KIOSK_SPOKEN_REFUSED);
    assert_int_equal(kiosk_speech_json(&log, 4096, false, &json), 0);
    assert_string_equal(json, "[{\"id\": 7, \"text\": \"sano \\\"se\\\"\", "
                              "\"lang\": \"fi\", \"private\": true, "
                              "\"interrupt\": false, \"outcome\": "
                              "\"refused\"}]");
    free(json);
    for (uint32_t i = 0; i < KIOSK_SPEECH_LOG_MAX + 3; i++) {
        u.id = 8 + i;
        kiosk_speech_note(&log, &u);
    }
    assert_int_equal(log.n, KIOSK_SPEECH_LOG_MAX);
    assert_int_equal(log.log[0].id, 11);
    assert_int_equal(kiosk_speech_json(&log, 400, true, &json), 0);
    assert_true(strlen(json) <= 400 && strstr(json, "\"id\": 74"));
    free(json);
    assert_int_equal(kiosk_speech_json(&log, 400, true, &json), 0);
    assert_string_equal(json, "[]");
    free(json);
    kiosk_speech_note(&log, &u);
    kiosk_speech_clear(&log);
    assert_int_equal(log.n, 0);
}

/* ---- forms ---- */

/* A question with a field, and one with options, the focus on `id`. */
static void build_form(const char *id, bool wrong)
{
    struct form_item item[] = {
        {.kind = FORM_ITEM_CELL,
         .type = FORMS_IBAN,
         .path = "account",
         .label = "Tilinumero",
         .value = "FI21",
         .is_private = true,
         .help = "Raha maksetaan tälle tilille."},
        {.kind = FORM_ITEM_CELL,
         .type = FORMS_YESNO,
         .path = "abroad",
         .label = "Asutko ulkomailla?",
         .value = "no"},
    };
    struct form_view f = {.title = "Hakemus",
                          .section = "Tietosi",
                          .step = 1,
                          .steps = 2,
                          .lost = "",
                          .shared = true,
                          .item = item,
                          .items = LK_ARRAY_LEN(item)};
    for (size_t i = 0; i < LK_ARRAY_LEN(item); i++) {
        item[i].help = item[i].help ? item[i].help : "";
        item[i].hint = item[i].error_text = item[i].error_bound = "";
        item[i].suggestion = "";
        item[i].required = true;
    }
    item[0].error = wrong ? FORMS_IBAN_CHECK : FORMS_OK;
    view.screen = SESSION_FORM;
    snprintf(view.lang, sizeof(view.lang), "fi");
    struct kiosk_env env = {.width_mm = 268, .height_mm = 476, .form = &f};
    kiosk_screen_build(&view, &env, &tree);
    int i = kiosk_tree_find(&tree, id);
    if (i >= 0)
        tree.node[i].state |= KIOSK_FOCUSED;
}

static size_t update(void)
{
    memset(said, 0, sizeof(said));
    return kiosk_speak_update(&speak, &tree, &view, said);
}

/* A question is read when one comes to it: what it asks, its answer, help; its
 * answer to headphones alone when it is private. */
static void test_questions(void **state)
{
    (void)state;
    memset(&speak, 0, sizeof(speak));
    view = (struct session_view){.manner = {.speech = true, .headset = true}};
    build_form("", false);
    assert_true(update() > 0);
    assert_non_null(strstr(said[0].text, "Tietosi"));
    assert_non_null(strstr(said[0].text, "Tilinumero, Asutko ulkomailla?"));
    assert_null(strstr(said[0].text, "Raha maksetaan"));
    assert_null(strstr(said[0].text, "FI21"));
    build_form("field-account", false);
    assert_int_equal(update(), 2);
    assert_string_equal(said[0].text, "Tilinumero, tekstikenttä. Raha "
                                      "maksetaan tälle tilille.");
    assert_true(said[1].closed);
    assert_string_equal(said[1].text, "FI21.");
    build_form("field-abroad-no", false);
    assert_int_equal(update(), 1);
    assert_string_equal(said[0].text,
                        "Asutko ulkomailla? Ei, painike, valittu.");
    build_form("field-abroad-yes", false);
    assert_int_equal(update(), 1);
    assert_string_equal(said[0].text, "Kyllä, painike.");
    /* What is wrong is heard wherever one is. */
    build_form("field-abroad-yes", true);
    assert_int_equal(update(), 1);
    assert_non_null(strstr(said[0].text, "Tilinumero: Tilinumerossa on"));
}

/* A tracking code is spelled, and private. */
static void test_codes_are_spelled(void **state)
{
    (void)state;
    memset(&speak, 0, sizeof(speak));
    view = (struct session_view){.screen = SESSION_END,
                                 .lang = "fi",
                                 .code = "7K-3",
                                 .manner = {.speech = true, .headset = true}};
    struct kiosk_env env = {.width_mm = 268, .height_mm = 476};
    kiosk_screen_build(&view, &env, &tree);
    assert_int_equal(update(), 2);
    assert_true(said[1].closed);
    assert_string_equal(said[1].text, "Seurantakoodi: 7, K, -, 3.");
    memset(&speak, 0, sizeof(speak));
    view.manner.headset = false;
    assert_int_equal(update(), 1);
    assert_null(strstr(said[0].text, "7"));
}

/* A digit of a PIN is not in the log, only that something was said. */
static void test_secret_log(void **state)
{
    (void)state;
    static struct kiosk_speech speech;
    struct kiosk_utterance u = {
        .id = 1, .lang = "fi", .closed = true, .secret = true, .text = "8."};
    char *json = NULL;
    kiosk_speech_note(&speech, &u);
    assert_int_equal(kiosk_speech_json(&speech, 4096, true, &json), 0);
    assert_non_null(strstr(json, "\"text\": \"\""));
    assert_null(strchr(json, '8'));
    free(json);
    kiosk_speech_clear(&speech);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_and_off),
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_focus),
        cmocka_unit_test(test_private),
        cmocka_unit_test(test_talk),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_call),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_expert_speaks),
        cmocka_unit_test(test_questions),
        cmocka_unit_test(test_codes_are_spelled),
        cmocka_unit_test(test_secret_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
