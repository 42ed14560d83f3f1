/* Words for what is in the tree. */
#include "kiosk/speak.h"
#include "kiosk/strings.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- phrases ------------------------------------------------------------ */

/* A phrase in the making. */
struct phrase {
    size_t len;
    char text[KIOSK_SAY_MAX];
};

static void phrase_add(struct phrase *p, const char *between, const char *text)
{
    if (!*text)
        return;
    int n = snprintf(p->text + p->len, sizeof(p->text) - p->len, "%s%s",
                     p->len > 0 ? between : "", text);
    if (n > 0 && (size_t)n < sizeof(p->text) - p->len)
        p->len += (size_t)n;
    p->text[p->len] = '\0';
}

/* The name of the string, or NULL when the words are not one of ours. */
static const char *string_key(enum kiosk_lang lang, const char *text)
{
    for (int k = 0; k < KIOSK_STRS; k++)
        if (strcmp(kiosk_str(lang, (enum kiosk_str)k), text) == 0)
            return kiosk_str_keys[k];
    return NULL;
}

/* Once a phrase has no name, the whole utterance has none. */
static void keys_add(struct kiosk_utterance *u, const char *key)
{
    size_t len = strlen(u->keys);
    bool first = u->text[0] == '\0';
    if (!key || (!first && len == 0)) {
        u->keys[0] = '\0';
        return;
    }
    int n = snprintf(u->keys + len, sizeof(u->keys) - len, "%s%s",
                     first ? "" : " ", key);
    if (n < 0 || (size_t)n >= sizeof(u->keys) - len)
        u->keys[0] = '\0';
}

static bool ends_in_mark(const char *s, size_t len)
{
    static const char *const marks[] = {".", "!", "?", ":", "…", "؟"};
    for (size_t i = 0; i < LK_ARRAY_LEN(marks); i++) {
        size_t n = strlen(marks[i]);
        if (len >= n && memcmp(s + len - n, marks[i], n) == 0)
            return true;
    }
    return false;
}

void kiosk_words_add(struct kiosk_words *w, bool private, const char *phrase)
{
    if (private && !w->headset) {
        if (!w->hid)
            kiosk_words_str(w, KIOSK_STR_SPEAK_HIDDEN);
        w->hid = true;
        return;
    }
    struct kiosk_utterance *u = private ? &w->closed : &w->open;
    size_t len = strlen(u->text);
    size_t n = strlen(phrase);
    if (n == 0 || len + n + 3 > sizeof(u->text))
        return;
    keys_add(u, string_key(w->lang, phrase));
    const char *mark = ends_in_mark(phrase, n) ? "" : ".";
    (void)snprintf(u->text + len, sizeof(u->text) - len, "%s%s%s",
                   len > 0 ? " " : "", phrase, mark);
}

void kiosk_words_str(struct kiosk_words *w, enum kiosk_str key)
{
    kiosk_words_add(w, false, kiosk_str(w->lang, key));
}

/* --- figures ------------------------------------------------------------ */

/* The number in a text that is `pattern` with "{n}" filled in, or -1. */
static int filled_number(const char *text, const char *pattern)
{
    const char *hole = strstr(pattern, "{n}");
    size_t before = hole ? (size_t)(hole - pattern) : 0;
    char *end;
    if (!hole || strncmp(text, pattern, before) != 0 || text[before] < '0' ||
        text[before] > '9')
        return -1;
    long n = strtol(text + before, &end, 10);
    return strcmp(end, hole + 3) == 0 && n <= 9999 ? (int)n : -1;
}

/* Abbreviations and signs that are made for the eye. */
static const char *value_words(enum kiosk_lang lang, const char *value,
                               size_t cap, char *made)
{
    int minutes = filled_number(value, kiosk_str(lang, KIOSK_STR_WAIT_MINUTES));
    if (strcmp(value, "–") == 0)
        return kiosk_str(lang, KIOSK_STR_SPEAK_UNKNOWN);
    if (strcmp(value, kiosk_str(lang, KIOSK_STR_WAIT_UNDER_MINUTE)) == 0)
        return kiosk_str(lang, KIOSK_STR_SPEAK_UNDER_MINUTE);
    if (minutes < 0)
        return value;
    kiosk_str_count(lang, KIOSK_PLURAL_SPEAK_MINUTES, (uint64_t)minutes, cap,
                    made);
    return made;
}

/* --- nodes -------------------------------------------------------------- */

bool kiosk_words_hidden(const struct kiosk_tree *t, int i)
{
    for (; i >= 0; i = t->node[i].parent)
        if (t->node[i].state & KIOSK_HIDDEN)
            return true;
    return false;
}

bool kiosk_words_within(const struct kiosk_tree *t, int i, const char *id)
{
    for (; i >= 0; i = t->node[i].parent)
        if (strcmp(t->node[i].id, id) == 0)
            return true;
    return false;
}

bool kiosk_words_turns(const struct kiosk_tree *t, int i)
{
    for (; i >= 0; i = t->node[i].parent)
        if (t->node[i].turns)
            return true;
    return false;
}

int kiosk_words_question(const struct kiosk_tree *t, int i)
{
    while (i >= 0 && !t->node[i].question)
        i = t->node[i].parent;
    return i;
}

/* Letter by letter, each for itself: "7, K, 3". */
static void phrase_spell(struct phrase *p, const char *value)
{
    char letter[8];
    const char *between = ": ";
    for (size_t n; *value; value += n, between = ", ") {
        for (n = 1; ((unsigned char)value[n] & 0xC0) == 0x80; n++)
            ;
        (void)snprintf(letter, sizeof(letter), "%.*s", (int)n, value);
        phrase_add(p, between, letter);
    }
}

/* Most bytes of a value that are spoken; of longer ones the beginning. */
#define VALUE_SPOKEN_MAX 1500

static void phrase_value(struct phrase *p, const char *value)
{
    char part[VALUE_SPOKEN_MAX + 8];
    size_t len = strlen(value);
    if (len <= VALUE_SPOKEN_MAX) {
        phrase_add(p, ": ", value);
        return;
    }
    size_t cut = lk_utf8_cut(value, len, VALUE_SPOKEN_MAX);
    (void)snprintf(part, sizeof(part), "%.*s…", (int)cut, value);
    phrase_add(p, ": ", part);
    explicit_bzero(part, sizeof(part));
}

void kiosk_words_text(struct kiosk_words *w, const struct kiosk_node *n)
{
    struct phrase p = {0};
    char made[64];
    if (n->role != KIOSK_VIDEO)
        phrase_add(&p, "", n->name);
    if (n->spelled)
        phrase_spell(&p, n->value);
    else
        phrase_value(&p, value_words(w->lang, n->value, sizeof(made), made));
    kiosk_words_add(w, n->private, p.text);
}

static const char *field_value(const struct kiosk_words *w,
                               const struct kiosk_node *n)
{
    if (!*n->value)
        return kiosk_str(w->lang, KIOSK_STR_SPEAK_EMPTY);
    return n->field.secret ? "" : n->value;
}

/* "Turn microphone on" says how it is by what it would do. */
static bool names_other_state(const struct kiosk_node *n)
{
    return n->act == KIOSK_ACT_INTENT && (n->intent == SESSION_INTENT_MUTE ||
                                          n->intent == SESSION_INTENT_CAMERA);
}

/* A button that shows a choice or a switch says so; what a field holds comes
 * last, so that a long text does not keep one from hearing what it is. */
void kiosk_words_control(struct kiosk_words *w, const struct kiosk_tree *t,
                         int i)
{
    const struct kiosk_node *n = &t->node[i];
    bool field = n->role == KIOSK_FIELD;
    struct phrase p = {0};
    if (*n->closed && w->headset) {
        w->secret = true;
        kiosk_words_add(w, true, n->closed);
        return;
    }
    phrase_add(&p, "", n->name);
    if (!field)
        phrase_add(&p, ", ", n->value);
    if (n->act != KIOSK_ACT_KEY)
        phrase_add(&p, ", ",
                   kiosk_str(w->lang, field ? KIOSK_STR_SPEAK_FIELD
                                            : KIOSK_STR_SPEAK_BUTTON));
    if (n->state & KIOSK_CHECKED && !names_other_state(n))
        phrase_add(&p, ", ", kiosk_str(w->lang, KIOSK_STR_SPEAK_CHOSEN));
    if (n->state & KIOSK_DISABLED)
        phrase_add(&p, ", ", kiosk_str(w->lang, KIOSK_STR_SPEAK_DISABLED));
    kiosk_words_add(w, !field && n->private, p.text);
    if (field)
        kiosk_words_add(w, n->private && *n->value, field_value(w, n));
}

void kiosk_words_about(struct kiosk_words *w, const struct kiosk_tree *t, int q)
{
    for (int i = q + 1; i <= t->node[q].last; i++) {
        const struct kiosk_node *n = &t->node[i];
        bool words = n->role == KIOSK_TEXT || n->role == KIOSK_STATUS;
        if (!words || kiosk_tree_inner(t, i) || n->state & KIOSK_HIDDEN ||
            strcmp(n->name, t->node[q].name) == 0)
            continue;
        /* What is wrong has the question's name, which was just said. */
        if (*n->value && n->icon == KIOSK_ICON_TRIANGLE_ALERT)
            kiosk_words_add(w, n->private, n->value);
        else
            kiosk_words_text(w, n);
    }
}

/* --- screens ------------------------------------------------------------ */

/* Whether it is a screen that one came to out of the call's own. What stands on
 * all of them was told there: told with each it would bury what the screen is
 * about. The focus finds it, and what changes of it is told. */
static bool is_beside_call(const struct kiosk_tree *t)
{
    return t->screen == SESSION_FORM || t->screen == SESSION_APPROVE ||
           t->screen == SESSION_PAPER || t->screen == SESSION_IDENTIFY ||
           t->screen == SESSION_RECEIPT;
}

static bool is_one_of(const char *id, const char *const *ids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(id, ids[i]) == 0)
            return true;
    return false;
}

/* Title bar's clock; the name of the place, which one knows; and the call's own
 * words elsewhere. */
static bool is_furniture(const struct kiosk_tree *t, int i)
{
    static const char *const always[] = {"clock", "site"};
    static const char *const call[] = {"expert", "expert-verified", "line",
                                       "volume"};
    const char *id = t->node[i].id;
    return is_one_of(id, always, LK_ARRAY_LEN(always)) ||
           (is_beside_call(t) && is_one_of(id, call, LK_ARRAY_LEN(call))) ||
           kiosk_words_turns(t, i);
}

/* What stands in for a picture, unless the line's state says the same. */
static bool is_missing_picture(const struct kiosk_tree *t, int i)
{
    const struct kiosk_node *n = &t->node[i];
    int line = kiosk_tree_find(t, "line");
    return n->role == KIOSK_VIDEO && *n->value &&
           (line < 0 || strcmp(t->node[line].name, n->value) != 0);
}

/* What belongs to a question is read when the focus comes to it; a form is
 * read page by page. */
static bool is_for_later(const struct kiosk_tree *t, int i)
{
    bool form = t->screen == SESSION_FORM || t->screen == SESSION_APPROVE;
    return (t->node[i].role == KIOSK_TEXT && kiosk_words_question(t, i) >= 0) ||
           (form && kiosk_tree_hidden(t, i));
}

static bool is_read(const struct kiosk_tree *t, int i)
{
    const struct kiosk_node *n = &t->node[i];
    bool words = n->role == KIOSK_HEADING || n->role == KIOSK_TEXT ||
                 n->role == KIOSK_STATUS || is_missing_picture(t, i);
    return words && !is_for_later(t, i) && !kiosk_tree_inner(t, i) &&
           !kiosk_words_hidden(t, i) && !is_furniture(t, i) &&
           !kiosk_words_within(t, i, "text-log");
}

/* How the screen is used can be found by the focus, on every screen alike;
 * named each time it would bury what the screen is about. */
static bool is_tool(enum session_intent_kind kind)
{
    return kind == SESSION_INTENT_HELP || kind == SESSION_INTENT_TEXT_SIZE ||
           kind == SESSION_INTENT_CONTRAST || kind == SESSION_INTENT_SPEECH ||
           kind == SESSION_INTENT_FASTER || kind == SESSION_INTENT_SLOWER;
}

/* The call's own switches, and its end. */
static bool is_of_call(enum session_intent_kind kind)
{
    return kind == SESSION_INTENT_MUTE || kind == SESSION_INTENT_CAMERA ||
           kind == SESSION_INTENT_VOLUME_UP ||
           kind == SESSION_INTENT_VOLUME_DOWN ||
           kind == SESSION_INTENT_END_CALL;
}

static bool is_choice(const struct kiosk_tree *t, int i)
{
    const struct kiosk_node *n = &t->node[i];
    bool onward = n->act == KIOSK_ACT_PAGE && n->turn != KIOSK_TURN_ENDS;
    if (is_for_later(t, i) ||
        (is_beside_call(t) && n->role == KIOSK_BUTTON && is_of_call(n->intent)))
        return false;
    if (n->role == KIOSK_FIELD)
        return !kiosk_words_hidden(t, i);
    if (n->role != KIOSK_BUTTON || (n->act != KIOSK_ACT_INTENT && !onward) ||
        n->state & KIOSK_DISABLED || kiosk_words_hidden(t, i))
        return false;
    bool lang = n->intent == SESSION_INTENT_LANG;
    return !is_tool(n->intent) && (!lang || t->screen == SESSION_START);
}

static void screen_choices(struct kiosk_words *w, const struct kiosk_tree *t,
                           int top)
{
    struct phrase list = {0};
    char text[KIOSK_SAY_MAX];
    int count = 0;
    int said = -1; /* the question that was named */
    for (int i = top; i <= t->node[top].last; i++) {
        int q = kiosk_words_question(t, i);
        if (!is_choice(t, i) || (q >= 0 && q == said) ||
            ++count > KIOSK_SPEAK_CHOICES_MAX)
            continue;
        phrase_add(&list, ", ", t->node[q >= 0 ? q : i].name);
        said = q;
    }
    if (list.len == 0)
        return;
    kiosk_str_fill(kiosk_str(w->lang, KIOSK_STR_SPEAK_CHOICES), "list",
                   list.text, sizeof(text), text);
    kiosk_words_add(w, false, text);
    kiosk_words_str(w, KIOSK_STR_SPEAK_HOW);
}

void kiosk_words_screen(struct kiosk_words *w, const struct kiosk_tree *t)
{
    if (t->n == 0)
        return;
    int top = kiosk_tree_top(t);
    /* Beneath an overlay are other overlays, behind it nothing of its own. */
    for (int i = top; i <= t->node[top].last; i++)
        if (is_read(t, i))
            kiosk_words_text(w, &t->node[i]);
    screen_choices(w, t, top);
}
