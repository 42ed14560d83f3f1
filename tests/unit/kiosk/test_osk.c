/* The on-screen keyboard: its layers, and its keys on every panel. */
#include "kiosk/cluster.h"
#include "kiosk/keyboard.h"
#include "kiosk/layout.h"
#include "kiosk/sizes.h"

#include "base/text.h"
#include "testing.h"

#include <errno.h>
#include <math.h>

static int keys_of(enum kiosk_osk_layer layer, bool narrow,
                   struct kiosk_osk_key *ret)
{
    struct kiosk_osk k = {.shown = true, .layer = layer, .letters = layer};
    if (layer >= KIOSK_OSK_SYMBOLS)
        k.letters = KIOSK_OSK_FI;
    return kiosk_osk_keys(&k, narrow, ret);
}

static const struct kiosk_osk_key *key_find(const struct kiosk_osk_key *keys,
                                            int n, const char *key)
{
    for (int i = 0; i < n; i++)
        if (strcmp(keys[i].key, key) == 0)
            return &keys[i];
    return NULL;
}

/* Rows are full, keys are there once, each types one character. */
static void check_layer(enum kiosk_osk_layer layer, bool narrow)
{
    struct kiosk_osk_key keys[KIOSK_OSK_KEYS_MAX];
    struct kiosk_osk k = {.layer = layer};
    int cols = kiosk_osk_cols(&k, narrow);
    int n = keys_of(layer, narrow, keys);
    int used = 0;
    assert_in_range(n, 5, KIOSK_OSK_KEYS_MAX - 1);
    for (int i = 0; i < n; i++) {
        used += keys[i].units;
        bool last = i + 1 == n || keys[i + 1].row != keys[i].row;
        if (last && used != cols)
            fail_msg("layer %d row %d: %d columns", layer, keys[i].row, used);
        used = last ? 0 : used;
        assert_true(key_find(keys, n, keys[i].key) == &keys[i]);
        assert_true(keys[i].row < KIOSK_OSK_ROWS_MAX);
        size_t len = strlen(keys[i].text);
        assert_true(lk_utf8_valid(keys[i].text, len));
        assert_int_equal(kiosk_cluster_next(keys[i].text, len, 0), len);
        assert_true(len > 0 || keys[i].name >= 0 || *keys[i].label);
    }
    assert_non_null(key_find(keys, n, "hide"));
    if (layer == KIOSK_OSK_LANGS)
        return;
    assert_non_null(key_find(keys, n, "enter"));
    assert_non_null(key_find(keys, n, "delete"));
}

static void layers_are_whole(void **state)
{
    (void)state;
    for (int i = 0; i < KIOSK_OSK_LAYERS; i++) {
        check_layer((enum kiosk_osk_layer)i, false);
        check_layer((enum kiosk_osk_layer)i, true);
    }
}

/* What each language must be able to write without changing the layer. */
static const struct {
    enum kiosk_osk_layer layer;
    const char *letters;
} alphabets[] = {
    {KIOSK_OSK_FI, "abcdefghijklmnopqrstuvwxyzåäö,.-"},
    {KIOSK_OSK_SE, "aábcčdđefghijklmnŋoprsštŧuvzžåäö"},
    {KIOSK_OSK_ET, "abcdefghijklmnopqrsšzžtuvwõäöüxy"},
    {KIOSK_OSK_RU, "абвгдеёжзийклмнопрстуфхцчшщъыьэюя,."},
    {KIOSK_OSK_UK, "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя’."},
    {KIOSK_OSK_AR, "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآؤئةى"},
    {KIOSK_OSK_SYMBOLS, "0123456789@#%&/()=+-*.,?!:;'\"€_"},
    {KIOSK_OSK_DATE, "0123456789."},
    {KIOSK_OSK_PHONE, "0123456789+- "},
};

static void layers_have_their_letters(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(alphabets); i++) {
        const char *all = alphabets[i].letters;
        size_t len = strlen(all);
        for (int narrow = 0; narrow < 2; narrow++) {
            struct kiosk_osk_key keys[KIOSK_OSK_KEYS_MAX];
            int n = keys_of(alphabets[i].layer, narrow, keys);
            for (size_t at = 0, end; at < len; at = end) {
                char letter[KIOSK_OSK_TEXT_MAX];
                end = kiosk_cluster_next(all, len, at);
                snprintf(letter, sizeof(letter), "%.*s", (int)(end - at),
                         all + at);
                const char *key = *letter == ' ' ? "space" : letter;
                bool sign = strchr(",-.", *letter) && narrow;
                if (!key_find(keys, n, key) && !sign)
                    fail_msg("no %s in layer %d", letter, alphabets[i].layer);
            }
        }
    }
}

static void letters_have_capitals(void **state)
{
    static const char *const pairs[][2] = {
        {"a", "A"}, {"z", "Z"}, {"å", "Å"}, {"ö", "Ö"}, {"ü", "Ü"}, {"õ", "Õ"},
        {"á", "Á"}, {"č", "Č"}, {"đ", "Đ"}, {"ŋ", "Ŋ"}, {"š", "Š"}, {"ŧ", "Ŧ"},
        {"ž", "Ž"}, {"я", "Я"}, {"а", "А"}, {"ё", "Ё"}, {"ї", "Ї"}, {"є", "Є"},
        {"і", "І"}, {"ґ", "Ґ"}, {"÷", "÷"}, {"1", "1"}, {".", "."}, {"ß", "ß"},
        {"ع", "ع"}, {"€", "€"}, {"’", "’"}, {"Ä", "Ä"}, {"", ""},
    };
    char ret[KIOSK_OSK_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(pairs); i++) {
        kiosk_osk_capital(pairs[i][0], ret);
        assert_string_equal(ret, pairs[i][1]);
    }
}

static void expect(struct kiosk_osk *k, const char *key, enum kiosk_osk_act act,
                   const char *text)
{
    char ret[KIOSK_OSK_TEXT_MAX];
    assert_int_equal(kiosk_osk_press(k, key, ret), act);
    assert_string_equal(ret, text);
}

static void shift_goes_around(void **state)
{
    (void)state;
    struct kiosk_osk k = {0};
    kiosk_osk_open(&k, KIOSK_KEYS_TEXT, KIOSK_LANG_SV);
    assert_int_equal(k.layer, KIOSK_OSK_FI);
    expect(&k, "å", KIOSK_OSK_TYPE, "å");
    expect(&k, "shift", KIOSK_OSK_TURN, "");
    expect(&k, "å", KIOSK_OSK_TYPE, "Å");
    expect(&k, "å", KIOSK_OSK_TYPE, "å");
    expect(&k, "shift", KIOSK_OSK_TURN, "");
    expect(&k, "shift", KIOSK_OSK_TURN, "");
    expect(&k, "a", KIOSK_OSK_TYPE, "A");
    expect(&k, "b", KIOSK_OSK_TYPE, "B");
    expect(&k, "shift", KIOSK_OSK_TURN, "");
    expect(&k, "b", KIOSK_OSK_TYPE, "b");
    expect(&k, "space", KIOSK_OSK_TYPE, " ");
    expect(&k, "delete", KIOSK_OSK_ERASE, "");
    expect(&k, "enter", KIOSK_OSK_ENTER, "");
    expect(&k, "far too long for a key", KIOSK_OSK_TYPE, "");
    expect(&k, "hide", KIOSK_OSK_HIDE, "");
    assert_false(k.shown);
}

static void layers_go_back(void **state)
{
    (void)state;
    struct kiosk_osk k = {0};
    kiosk_osk_open(&k, KIOSK_KEYS_TEXT, KIOSK_LANG_FI);
    expect(&k, "lang", KIOSK_OSK_TURN, "");
    assert_int_equal(k.layer, KIOSK_OSK_LANGS);
    expect(&k, "layer", KIOSK_OSK_TURN, "");
    assert_int_equal(k.layer, KIOSK_OSK_FI);
    expect(&k, "lang", KIOSK_OSK_TURN, "");
    expect(&k, "lang-ar", KIOSK_OSK_TURN, "");
    assert_int_equal(k.layer, KIOSK_OSK_AR);
    assert_true(kiosk_osk_rtl(&k));
    expect(&k, "layer", KIOSK_OSK_TURN, "");
    assert_int_equal(k.layer, KIOSK_OSK_SYMBOLS);
    expect(&k, "?", KIOSK_OSK_TYPE, "؟");
    expect(&k, "layer", KIOSK_OSK_TURN, "");
    assert_int_equal(k.layer, KIOSK_OSK_AR);
    kiosk_osk_open(&k, KIOSK_KEYS_DATE, KIOSK_LANG_FI);
    assert_int_equal(k.layer, KIOSK_OSK_DATE);
    kiosk_osk_open(&k, KIOSK_KEYS_PHONE, KIOSK_LANG_FI);
    assert_int_equal(k.layer, KIOSK_OSK_PHONE);
}

/* Every character as wide as high, whatever the fonts. */
static int measure(void *arg, const struct kiosk_type *type, const char *text,
                   int width_px, struct kiosk_size *ret)
{
    (void)type;
    (void)width_px;
    size_t len = strlen(text);
    ret->w = 0;
    for (size_t at = 0; at < len; at = kiosk_cluster_next(text, len, at))
        ret->w += *(int *)arg;
    ret->h = *(int *)arg;
    return 0;
}

struct panel {
    struct kiosk_size size;
    float width_mm;
    int rows; /* of Finnish letters */
};

static const struct panel panels[] = {
    {{1080, 1920}, 268, 4}, {{1920, 1080}, 476, 4}, {{2160, 3840}, 268, 4},
    {{1280, 800}, 330, 4},  {{800, 1280}, 206, 5},  {{1280, 1024}, 376, 4},
};

static void build(struct kiosk_tree *t, const struct kiosk_typing *typing,
                  const struct panel *p, enum kiosk_lang lang, bool rtl)
{
    struct kiosk_env env = {.width_mm = p->width_mm,
                            .height_mm = p->width_mm * (float)p->size.h /
                                         (float)p->size.w,
                            .typing = typing};
    struct kiosk_page page = {.t = t, .env = &env, .lang = lang};
    float density = (float)p->size.w / p->width_mm;
    int em = (int)(5 * density);
    struct kiosk_metrics m = {
        .px_per_mm = density, .measure = measure, .arg = &em};
    kiosk_tree_begin(t, SESSION_CALL, lang);
    t->rtl = rtl;
    kiosk_tree_open(t,
                    &(struct kiosk_node){
                        .box = {.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH},
                    });
    kiosk_page_spring(&page);
    kiosk_page_keyboard(&page);
    kiosk_tree_close(t);
    kiosk_layout(t, &m, p->size);
    assert_int_equal(t->error, 0);
    /* Lengths are rounded one by one. */
    int at = kiosk_tree_find(t, "keyboard");
    assert_true(at > 0 && fabsf(kiosk_page_keyboard_mm(&page) -
                                (float)t->node[at].rect.h / density) < 2);
}

/* Targets of 20 mm with 3 mm between them, all on the panel. */
static void check_keys(const struct kiosk_tree *t, const struct panel *p)
{
    float px = (float)p->size.w / p->width_mm;
    assert_false(t->spills);
    for (int i = 0; i < t->n; i++) {
        const struct kiosk_rect *a = &t->node[i].rect;
        if (t->node[i].act != KIOSK_ACT_KEY)
            continue;
        assert_true((float)LK_MIN(a->w, a->h) >= 20 * px - 1);
        assert_true(a->x >= 0 && a->x + a->w <= p->size.w);
        assert_true(a->y >= 0 && a->y + a->h <= p->size.h);
        for (int k = i + 1; k < t->n; k++) {
            const struct kiosk_rect *b = &t->node[k].rect;
            if (t->node[k].act != KIOSK_ACT_KEY)
                continue;
            int dx = LK_MAX(b->x - (a->x + a->w), a->x - (b->x + b->w));
            int dy = LK_MAX(b->y - (a->y + a->h), a->y - (b->y + b->h));
            assert_true((float)LK_MAX(dx, dy) >= 3 * px - 1);
        }
    }
}

static void keys_fit_every_panel(void **state)
{
    (void)state;
    static struct kiosk_tree t;
    struct kiosk_typing typing = {.osk = {.shown = true}};
    for (size_t i = 0; i < LK_ARRAY_LEN(panels); i++) {
        for (int layer = 0; layer < KIOSK_OSK_LAYERS; layer++) {
            typing.osk.layer = (enum kiosk_osk_layer)layer;
            build(&t, &typing, &panels[i], KIOSK_LANG_FI, false);
            check_keys(&t, &panels[i]);
            build(&t, &typing, &panels[i], KIOSK_LANG_FI, true);
            check_keys(&t, &panels[i]);
        }
    }
}

static int x_of(const struct kiosk_tree *t, const char *id)
{
    int i = kiosk_tree_find(t, id);
    assert_true(i >= 0);
    return t->node[i].rect.x;
}

/* Letters stand where people know them, in whichever language the screen is;
 * the focus goes as one reads. */
static void keys_are_where_they_belong(void **state)
{
    (void)state;
    static struct kiosk_tree t;
    struct kiosk_typing typing = {.osk = {.shown = true}};
    for (size_t i = 0; i < LK_ARRAY_LEN(panels); i++) {
        for (int rtl = 0; rtl < 2; rtl++) {
            typing.osk.layer = KIOSK_OSK_FI;
            build(&t, &typing, &panels[i], KIOSK_LANG_FI, rtl);
            assert_true(x_of(&t, "key-q") < x_of(&t, "key-w"));
            assert_int_equal(t.node[kiosk_tree_find(&t, "keyboard")].last,
                             t.n - 1);
            typing.osk.layer = KIOSK_OSK_AR;
            build(&t, &typing, &panels[i], KIOSK_LANG_FI, rtl);
            assert_true(x_of(&t, "key-ج") > x_of(&t, "key-ح"));
            int first = kiosk_tree_next(&t, -1, 1);
            bool mirrored = strcmp(t.node[first].id, "key-ج") == 0;
            assert_int_equal(mirrored, rtl);
        }
    }
}

static void narrow_panels_have_more_rows(void **state)
{
    (void)state;
    static struct kiosk_tree t;
    struct kiosk_typing typing = {.osk = {.shown = true}};
    for (size_t i = 0; i < LK_ARRAY_LEN(panels); i++) {
        int rows = 0;
        build(&t, &typing, &panels[i], KIOSK_LANG_FI, false);
        for (int k = 1; k < t.n; k++)
            rows += t.node[k].box.flow == KIOSK_ROW;
        assert_int_equal(rows, panels[i].rows);
        int last = t.n - 1;
        assert_string_equal(t.node[last].id, "key-hide");
    }
}

static void hidden_keyboards_take_no_room(void **state)
{
    (void)state;
    static struct kiosk_tree t;
    struct kiosk_typing typing = {0};
    struct kiosk_env env = {.width_mm = 300, .height_mm = 200};
    struct kiosk_page page = {.t = &t, .env = &env};
    kiosk_tree_begin(&t, SESSION_CALL, KIOSK_LANG_FI);
    for (int i = 0; i < 2; i++) {
        kiosk_page_keyboard(&page);
        assert_false(kiosk_page_typing(&page));
        assert_true(kiosk_page_keyboard_mm(&page) == 0);
        env.typing = &typing;
    }
    assert_int_equal(t.n, 0);
}

static const struct kiosk_node *field(struct kiosk_tree *t,
                                      const struct kiosk_typing *typing,
                                      bool secret)
{
    struct kiosk_env env = {.width_mm = 300, .typing = typing};
    struct kiosk_page page = {.t = t, .env = &env};
    kiosk_tree_begin(t, SESSION_CALL, KIOSK_LANG_FI);
    kiosk_page_field(&page, &(struct kiosk_entry){.id = "field-x",
                                                  .how = {.secret = secret}});
    return &t->node[0];
}

static void fields_show_what_was_typed(void **state)
{
    (void)state;
    static struct kiosk_tree t;
    struct kiosk_typing typing = {.field = "field-x"};
    struct kiosk_edit *e;
    assert_string_equal(field(&t, NULL, false)->value, "");
    const struct kiosk_node *n = field(&t, &typing, false);
    assert_true(n->field.active && !n->private);
    assert_int_equal(kiosk_typing_open(&typing, "field-x", 100, &e), 0);
    assert_int_equal(kiosk_edit_insert(e, "äe\u0301b", 6), 0);
    kiosk_edit_select(e, 2, 5);
    n = field(&t, &typing, false);
    assert_string_equal(n->value, "äe\u0301b");
    assert_int_equal(n->field.caret, 5);
    assert_int_equal(n->field.anchor, 2);
    assert_true(n->private);
    /* Of a secret its length is all that is seen. */
    n = field(&t, &typing, true);
    assert_string_equal(n->value, "•••");
    assert_int_equal(n->field.caret, 6);
    assert_int_equal(n->field.anchor, 3);
    kiosk_typing_clear(&typing);
    assert_null(kiosk_typing_find(&typing, "field-x"));
}

static void fields_have_a_ceiling(void **state)
{
    (void)state;
    struct kiosk_typing typing = {0};
    struct kiosk_edit *e;
    struct kiosk_edit *same;
    char id[KIOSK_ID_MAX + 1];
    memset(id, 'x', sizeof(id));
    id[KIOSK_ID_MAX] = '\0';
    assert_int_equal(kiosk_typing_open(&typing, id, 9, &e), -EINVAL);
    assert_int_equal(kiosk_typing_open(&typing, "", 9, &e), -EINVAL);
    assert_int_equal(kiosk_typing_open(&typing, "a", 0, &e), -EINVAL);
    for (int i = 0; i < KIOSK_FIELDS_MAX; i++) {
        snprintf(id, sizeof(id), "field-%d", i);
        assert_int_equal(kiosk_typing_open(&typing, id, 9, &e), 0);
        assert_int_equal(kiosk_typing_open(&typing, id, 9, &same), 0);
        assert_ptr_equal(e, same);
    }
    assert_int_equal(kiosk_typing_open(&typing, "more", 9, &e), -ENOSPC);
    kiosk_typing_clear(&typing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_whole),
        cmocka_unit_test(layers_have_their_letters),
        cmocka_unit_test(letters_have_capitals),
        cmocka_unit_test(shift_goes_around),
        cmocka_unit_test(layers_go_back),
        cmocka_unit_test(keys_fit_every_panel),
        cmocka_unit_test(keys_are_where_they_belong),
        cmocka_unit_test(narrow_panels_have_more_rows),
        cmocka_unit_test(hidden_keyboards_take_no_room),
        cmocka_unit_test(fields_show_what_was_typed),
        cmocka_unit_test(fields_have_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
