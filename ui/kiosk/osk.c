#include "kiosk/osk.h"

#include <stdio.h>
#include <string.h>

/* Keys that do not just type what their word says. */
struct special {
    const char *word;
    enum kiosk_osk_act act;
    enum kiosk_icon icon;
    int name; /* enum kiosk_str, or -1 */
    const char *text;
    const char *label;
};

static const struct special specials[] = {
    {"shift", KIOSK_OSK_TURN, KIOSK_ICON_ARROW_BIG_UP, KIOSK_STR_KEY_SHIFT, "",
     ""},
    {"delete", KIOSK_OSK_ERASE, KIOSK_ICON_DELETE, KIOSK_STR_KEY_DELETE, "",
     ""},
    {"space", KIOSK_OSK_TYPE, KIOSK_ICON_SPACE, KIOSK_STR_KEY_SPACE, " ", ""},
    {"enter", KIOSK_OSK_ENTER, KIOSK_ICON_CORNER_DOWN_LEFT, KIOSK_STR_KEY_ENTER,
     "", ""},
    {"layer", KIOSK_OSK_TURN, KIOSK_ICON_NONE, KIOSK_STR_KEY_SYMBOLS, "",
     "123"},
    {"lang", KIOSK_OSK_TURN, KIOSK_ICON_GLOBE, KIOSK_STR_KEY_LANG, "", ""},
    {"hide", KIOSK_OSK_HIDE, KIOSK_ICON_KEYBOARD_OFF, KIOSK_STR_KEY_HIDE, "",
     ""},
    {"left", KIOSK_OSK_LEFT, KIOSK_ICON_ARROW_LEFT, KIOSK_STR_KEY_LEFT, "", ""},
    {"right", KIOSK_OSK_RIGHT, KIOSK_ICON_ARROW_RIGHT, KIOSK_STR_KEY_RIGHT, "",
     ""},
    {"lang-fi", KIOSK_OSK_TURN, KIOSK_ICON_NONE, -1, "", "Suomi, svenska"},
    {"lang-se", KIOSK_OSK_TURN, KIOSK_ICON_NONE, -1, "", "Davvisámegiella"},
    {"lang-et", KIOSK_OSK_TURN, KIOSK_ICON_NONE, -1, "", "Eesti"},
    {"lang-ru", KIOSK_OSK_TURN, KIOSK_ICON_NONE, -1, "", "Русский"},
    {"lang-uk", KIOSK_OSK_TURN, KIOSK_ICON_NONE, -1, "", "Українська"},
    {"lang-ar", KIOSK_OSK_TURN, KIOSK_ICON_NONE, -1, "", "العربية"},
};

/* Rows of words with spaces between them, each with the columns that it takes
 * when they are more than one. `narrow`: the letters in the same order, for
 * panels where they flow into shorter rows; NULL: the rows as they are. */
struct layer {
    const char *code; /* of a layer of letters: its language */
    const char *abc;  /* what the key says that leads to these letters */
    uint8_t cols;
    bool shift, rtl;
    const char *rows[KIOSK_OSK_ROWS_MAX];
    const char *narrow;
    const char *tail; /* the last row there; NULL: as letters have it */
};

/* The last row where the letters flow. */
#define TAIL "layer lang space:3 delete enter hide"
#define TAIL_SHIFT "shift layer lang space:2 delete enter hide"
#define TAIL_RTL "hide enter delete space:3 lang layer"

static const struct layer layers[KIOSK_OSK_LAYERS] = {
    [KIOSK_OSK_FI] = {.code = "fi",
                      .abc = "abc",
                      .cols = KIOSK_OSK_WIDE,
                      .shift = true,
                      .rows = {"q w e r t y u i o p å", "a s d f g h j k l ö ä",
                               "shift z x c v b n m , . delete",
                               "layer lang - space:4 ? enter:2 hide"},
                      .narrow = "q w e r t y u i o p å a s d f g h j k l ö ä "
                                "z x c v b n m , . -"},
    [KIOSK_OSK_SE] = {.code = "se",
                      .abc = "abc",
                      .cols = KIOSK_OSK_WIDE,
                      .shift = true,
                      .rows = {"á š e r t y u i o p ŋ", "a s d f g h j k l đ ŧ",
                               "shift ž z č c v b n m . delete",
                               "layer lang å ä ö space:3 enter:2 hide"},
                      .narrow = "á š e r t y u i o p ŋ a s d f g h j k l đ ŧ "
                                "ž z č c v b n m å ä ö . , - ? ! : '"},
    [KIOSK_OSK_ET] = {.code = "et",
                      .abc = "abc",
                      .cols = KIOSK_OSK_WIDE,
                      .shift = true,
                      .rows = {"q w e r t y u i o p ü", "a s d f g h j k l ö ä",
                               "shift z x c v b n m õ . delete",
                               "layer lang š ž , space:3 enter:2 hide"},
                      .narrow = "q w e r t y u i o p ü a s d f g h j k l ö ä "
                                "z x c v b n m õ š ž"},
    [KIOSK_OSK_RU] = {.code = "ru",
                      .abc = "абв",
                      .cols = KIOSK_OSK_WIDE,
                      .shift = true,
                      .rows = {"й ц у к е н г ш щ з х", "ф ы в а п р о л д ж э",
                               "shift я ч с м и т ь б ю delete",
                               "layer lang ё ъ space:3 , . enter hide"},
                      .narrow = "й ц у к е н г ш щ з х ф ы в а п р о л д ж э "
                                "я ч с м и т ь б ю ъ ё . , - ? ! : ;"},
    [KIOSK_OSK_UK] = {.code = "uk",
                      .abc = "абв",
                      .cols = KIOSK_OSK_WIDE,
                      .shift = true,
                      .rows = {"й ц у к е н г ш щ з х", "ф і в а п р о л д ж є",
                               "shift я ч с м и т ь б ю delete",
                               "layer lang ї ґ ’ space:3 . enter hide"},
                      .narrow = "й ц у к е н г ш щ з х ф і в а п р о л д ж є "
                                "я ч с м и т ь б ю ї ґ ’ . , - ? ! :"},
    /* From right to left, as it is read. */
    [KIOSK_OSK_AR] = {.code = "ar",
                      .abc = "أبج",
                      .cols = KIOSK_OSK_WIDE,
                      .rtl = true,
                      .rows = {"ج ح خ ه ع غ ف ق ث ص ض", "ط ك م ن ت ا ل ب ي س ش",
                               "delete د ظ ز و ة ى ر ؤ ء ئ",
                               "hide enter space:3 آ إ أ ذ lang layer"},
                      .narrow = "ج ح خ ه ع غ ف ق ث ص ض ط ك م ن ت ا ل ب ي س ش "
                                "د ظ ز و ة ى ر ؤ ء ئ آ إ أ ذ ، ؟ . -"},
    [KIOSK_OSK_SYMBOLS] = {.cols = KIOSK_OSK_WIDE,
                           .rows = {"1 2 3 4 5 6 7 8 9 0 +",
                                    "@ # % & / ( ) = _ * §",
                                    ". , ? ! : ; ' \" € - delete",
                                    "layer lang space:6 enter:2 hide"},
                           .narrow = "1 2 3 4 5 6 7 8 9 0 + @ # % & / ( ) = _ "
                                     "* § . , ? ! : ; ' \" € -"},
    [KIOSK_OSK_LANGS] = {.cols = 2,
                         .rows = {"lang-fi lang-se", "lang-et lang-ru",
                                  "lang-uk lang-ar", "layer hide"}},
    [KIOSK_OSK_DATE] = {.cols = 4,
                        .rows = {"1 2 3 delete", "4 5 6 .", "7 8 9 /",
                                 "hide 0 enter:2"}},
    [KIOSK_OSK_PHONE] = {.cols = 4,
                         .rows = {"1 2 3 delete", "4 5 6 +", "7 8 9 -",
                                  "hide 0 space enter"}},
    [KIOSK_OSK_NUMBER] = {.cols = 4,
                          .rows = {"1 2 3 delete", "4 5 6 ,", "7 8 9 -",
                                   "hide 0 enter:2"}},
    [KIOSK_OSK_DIGITS] = {.cols = 4,
                          .rows = {"1 2 3 delete", "4 5 6 space", "7 8 9 enter",
                                   "hide 0:3"}},
    [KIOSK_OSK_EMAIL] = {.cols = KIOSK_OSK_WIDE,
                         .rows = {"1 2 3 4 5 6 7 8 9 0 -",
                                  "q w e r t y u i o p _",
                                  "a s d f g h j k l . delete",
                                  "z x c v b n m @ + enter hide"},
                         .narrow = "1 2 3 4 5 6 7 8 9 0 q w e r t y u i o p a "
                                   "s d f g h j k l z x c v b n m @ . _ -",
                         .tail = "delete space:3 enter:2 hide:2"},
    [KIOSK_OSK_CODES] =
        {.cols = KIOSK_OSK_WIDE,
         .rows = {"1 2 3 4 5 6 7 8 9 0 -", "Q W E R T Y U I O P delete",
                  "A S D F G H J K L space:2", "Z X C V B N M enter:2 hide:2"},
         .narrow = "1 2 3 4 5 6 7 8 9 0 Q W E R T Y U I O P A "
                   "S D F G H J K L Z X C V B N M - delete enter "
                   "hide",
         .tail = ""},
    /* Century signs and check characters: no G, I, O, Q, Z. */
    [KIOSK_OSK_PERSON_ID] = {.cols = KIOSK_OSK_WIDE,
                             .rows = {"1 2 3 4 5 6 7 8 9 0 delete",
                                      "- + A B C D E F H J K",
                                      "L M N P R S T U V W X",
                                      "Y enter:6 hide:4"},
                             .narrow = "1 2 3 4 5 6 7 8 9 0 - + A B C D E F H "
                                       "J K L M N P R S T U V W X Y delete:2 "
                                       "enter:3 hide:2",
                             .tail = ""},
};

static bool is_letters(enum kiosk_osk_layer layer)
{
    return layers[layer].code != NULL;
}

static enum kiosk_osk_layer layer_of(const char *code)
{
    for (int i = 0; i < KIOSK_OSK_LAYERS; i++) {
        enum kiosk_osk_layer layer = (enum kiosk_osk_layer)i;
        if (is_letters(layer) && strcmp(layers[i].code, code) == 0)
            return layer;
    }
    return KIOSK_OSK_FI;
}

void kiosk_osk_open(struct kiosk_osk *k, enum kiosk_keys keys,
                    enum kiosk_lang lang)
{
    k->shown = true;
    k->shift = KIOSK_OSK_SMALL;
    k->letters = layer_of(kiosk_lang_codes[lang]);
    switch (keys) {
    case KIOSK_KEYS_TEXT:
        k->layer = k->letters;
        break;
    case KIOSK_KEYS_DATE:
        k->layer = KIOSK_OSK_DATE;
        break;
    case KIOSK_KEYS_PHONE:
        k->layer = KIOSK_OSK_PHONE;
        break;
    case KIOSK_KEYS_NUMBER:
        k->layer = KIOSK_OSK_NUMBER;
        break;
    case KIOSK_KEYS_DIGITS:
        k->layer = KIOSK_OSK_DIGITS;
        break;
    case KIOSK_KEYS_EMAIL:
        k->layer = KIOSK_OSK_EMAIL;
        break;
    case KIOSK_KEYS_IBAN:
    case KIOSK_KEYS_CODE:
        k->layer = KIOSK_OSK_CODES;
        break;
    case KIOSK_KEYS_PERSON_ID:
        k->layer = KIOSK_OSK_PERSON_ID;
        break;
    }
}

int kiosk_osk_cols(const struct kiosk_osk *k, bool narrow)
{
    const struct layer *l = &layers[k->layer];
    return narrow && l->narrow ? KIOSK_OSK_NARROW : l->cols;
}

bool kiosk_osk_rtl(const struct kiosk_osk *k)
{
    return layers[k->layer].rtl;
}

static const struct special *special_find(const char *word)
{
    for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
        if (strcmp(specials[i].word, word) == 0)
            return &specials[i];
    return NULL;
}

/* Signs that Arabic writes in its own way. */
static const char *sign_for(const struct kiosk_osk *k, const char *sign)
{
    static const char *const arabic[][2] = {{"?", "؟"}, {",", "،"}, {";", "؛"}};
    bool other = k->layer == KIOSK_OSK_SYMBOLS && k->letters == KIOSK_OSK_AR;
    for (size_t i = 0; other && i < sizeof(arabic) / sizeof(arabic[0]); i++)
        if (strcmp(arabic[i][0], sign) == 0)
            return arabic[i][1];
    return sign;
}

static void key_text(const struct kiosk_osk *k, const char *word, char *ret)
{
    if (k->shift != KIOSK_OSK_SMALL && is_letters(k->layer))
        kiosk_osk_capital(word, ret);
    else
        snprintf(ret, KIOSK_OSK_TEXT_MAX, "%s", sign_for(k, word));
}

static void key_fill(const struct kiosk_osk *k, struct kiosk_osk_key *key)
{
    const struct special *s = special_find(key->key);
    key->name = -1;
    key->label = "";
    if (!s) {
        key_text(k, key->key, key->text);
        return;
    }
    snprintf(key->text, sizeof(key->text), "%s", s->text);
    key->icon = s->icon;
    key->name = s->name;
    key->label = s->label;
    if (strcmp(s->word, "layer") == 0 && !is_letters(k->layer)) {
        key->label = layers[k->letters].abc;
        key->name = KIOSK_STR_KEY_LETTERS;
    }
    if (strcmp(s->word, "shift") == 0)
        key->on = k->shift != KIOSK_OSK_SMALL;
    else if (strncmp(s->word, "lang-", 5) == 0)
        key->on = strcmp(s->word + 5, layers[k->letters].code) == 0;
    if (k->shift == KIOSK_OSK_CAPITALS && key->on)
        key->icon = KIOSK_ICON_ARROW_BIG_UP_DASH;
}

/* Takes the next word of a row: "word" or "word:columns". */
static bool word_next(const char **row, struct kiosk_osk_key *ret)
{
    size_t len = strcspn(*row, " ");
    if (len == 0)
        return false;
    *ret = (struct kiosk_osk_key){.units = 1};
    size_t cut = len > 2 && (*row)[len - 2] == ':' ? len - 2 : len;
    if (cut < len)
        ret->units = (uint8_t)((*row)[len - 1] - '0');
    snprintf(ret->key, sizeof(ret->key), "%.*s", (int)cut, *row);
    *row += len;
    *row += **row == ' ';
    return true;
}

/* Adds a row's keys from key n on, in rows of at most `cols` columns when it
 * is not 0. Returns how many there are then; *row is the next one's number. */
static int row_add(const struct kiosk_osk *k, const char *words, int cols,
                   uint8_t *row, int n, struct kiosk_osk_key *ret)
{
    int used = 0;
    while (n < KIOSK_OSK_KEYS_MAX && word_next(&words, &ret[n])) {
        if (cols > 0 && used + ret[n].units > cols) {
            used = 0;
            (*row)++;
        }
        used += ret[n].units;
        ret[n].row = *row;
        key_fill(k, &ret[n]);
        n++;
    }
    (*row)++;
    return n;
}

int kiosk_osk_keys(const struct kiosk_osk *k, bool narrow,
                   struct kiosk_osk_key *ret)
{
    const struct layer *l = &layers[k->layer];
    uint8_t row = 0;
    int n = 0;
    if (narrow && l->narrow) {
        const char *tail = l->shift ? TAIL_SHIFT : TAIL;
        tail = l->rtl ? TAIL_RTL : tail;
        tail = l->tail ? l->tail : tail;
        n = row_add(k, l->narrow, KIOSK_OSK_NARROW, &row, n, ret);
        return row_add(k, tail, 0, &row, n, ret);
    }
    for (int i = 0; i < KIOSK_OSK_ROWS_MAX && l->rows[i]; i++)
        n = row_add(k, l->rows[i], 0, &row, n, ret);
    return n;
}

static void turn_layer(struct kiosk_osk *k, enum kiosk_osk_layer layer)
{
    k->layer = layer;
    k->shift = KIOSK_OSK_SMALL;
}

static void turn(struct kiosk_osk *k, const char *word)
{
    if (strcmp(word, "shift") == 0) {
        k->shift = (enum kiosk_osk_shift)((k->shift + 1) % 3);
    } else if (strcmp(word, "layer") == 0) {
        turn_layer(k, is_letters(k->layer) ? KIOSK_OSK_SYMBOLS : k->letters);
    } else if (strcmp(word, "lang") == 0) {
        turn_layer(k, KIOSK_OSK_LANGS);
    } else {
        k->letters = layer_of(word + strlen("lang-"));
        turn_layer(k, k->letters);
    }
}

enum kiosk_osk_act kiosk_osk_press(struct kiosk_osk *k, const char *key,
                                   char *ret)
{
    const struct special *s = special_find(key);
    ret[0] = '\0';
    if (s && s->act == KIOSK_OSK_TURN)
        turn(k, key);
    else if (s && s->act == KIOSK_OSK_HIDE)
        k->shown = false;
    if (s) {
        snprintf(ret, KIOSK_OSK_TEXT_MAX, "%s", s->text);
        return s->act;
    }
    if (strlen(key) < KIOSK_OSK_TEXT_MAX)
        key_text(k, key, ret);
    if (k->shift == KIOSK_OSK_CAPITAL)
        k->shift = KIOSK_OSK_SMALL;
    return KIOSK_OSK_TYPE;
}

/* The capital of a letter below U+0800, or the letter. */
static unsigned capital_of(unsigned c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7) ||
        (c >= 0x430 && c <= 0x44F))
        return c - 0x20;
    if (c >= 0x450 && c <= 0x45F)
        return c - 0x50;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
        return c - (c % 2 == 0); /* ž: the capital is the odd one before it */
    if ((c >= 0x100 && c <= 0x177 && c != 0x131 && c != 0x138 && c != 0x149) ||
        (c >= 0x48A && c <= 0x4BF))
        return c - c % 2;
    return c;
}

void kiosk_osk_capital(const char *letter, char *ret)
{
    unsigned lead = (unsigned char)letter[0];
    unsigned next = lead ? (unsigned char)letter[1] : 0;
    snprintf(ret, KIOSK_OSK_TEXT_MAX, "%s", letter);
    if (lead < 0x80 && next == 0)
        ret[0] = (char)capital_of(lead);
    if (lead < 0xC0 || lead >= 0xE0 || next == 0 || letter[2])
        return;
    unsigned c = capital_of((lead & 0x1F) << 6 | (next & 0x3F));
    ret[0] = (char)(0xC0 | c >> 6);
    ret[1] = (char)(0x80 | (c & 0x3F));
}
