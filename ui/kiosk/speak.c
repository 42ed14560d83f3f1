/* What is spoken, and when. */
#include "kiosk/speak.h"

#include "kiosk/strings.h"
#include "kiosk/typing_form.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* --- remembering -------------------------------------------------------- */

#define SUM_BEGIN 14695981039346656037ULL

/* FNV-1a; only tells whether something is as it was. */
static uint64_t sum_text(uint64_t sum, const char *s)
{
    for (; *s; s++)
        sum = (sum ^ (uint8_t)*s) * 1099511628211ULL;
    return (sum ^ 0xff) * 1099511628211ULL;
}

static uint64_t node_sum(const struct kiosk_node *n)
{
    uint64_t sum = sum_text(SUM_BEGIN, n->id);
    sum = sum_text(sum, n->name);
    return sum_text(sum, n->value);
}

static uint64_t focus_sum(const struct kiosk_node *n)
{
    uint64_t sum = sum_text(SUM_BEGIN, n->name);
    return sum ^ (n->state & (KIOSK_CHECKED | KIOSK_DISABLED));
}

static const char *overlay_id(const struct kiosk_tree *t)
{
    int top = kiosk_tree_top(t);
    if (top == 0)
        return "";
    return *t->node[top].id ? t->node[top].id : "-";
}

static int focused(const struct kiosk_tree *t)
{
    for (int i = 0; i < t->n; i++)
        if (t->node[i].state & KIOSK_FOCUSED)
            return i;
    return -1;
}

/* --- statuses ----------------------------------------------------------- */

/* The clock runs, the wait lasts, and the conversation has rules of its own:
 * all that would be chatter. */
static bool status_counts(const struct kiosk_tree *t, int i)
{
    const struct kiosk_node *n = &t->node[i];
    bool gone = kiosk_words_turns(t, i) ? kiosk_tree_hidden(t, i)
                                        : kiosk_words_hidden(t, i);
    return n->role == KIOSK_STATUS && !gone && !kiosk_tree_covered(t, i) &&
           strcmp(n->id, "clock") != 0 && strcmp(n->id, "wait-time") != 0 &&
           !kiosk_words_within(t, i, "text-log");
}

static bool status_known(const struct kiosk_speak *s, uint64_t sum)
{
    for (size_t i = 0; i < s->statuses; i++)
        if (s->status[i] == sum)
            return true;
    return false;
}

/* Speaks those that were not so before, and remembers all. */
static void speak_statuses(struct kiosk_speak *s, const struct kiosk_tree *t,
                           bool aloud, struct kiosk_words *w)
{
    uint64_t now[KIOSK_SPEAK_STATUSES_MAX];
    size_t n = 0;
    for (int i = 0; i < t->n; i++) {
        if (!status_counts(t, i))
            continue;
        uint64_t sum = node_sum(&t->node[i]);
        if (n == KIOSK_SPEAK_STATUSES_MAX)
            break; /* those beyond could not be known the next time */
        now[n++] = sum;
        if (aloud && !status_known(s, sum))
            kiosk_words_text(w, &t->node[i]);
    }
    memcpy(s->status, now, n * sizeof(now[0]));
    s->statuses = n;
}

/* --- how the screen is used --------------------------------------------- */

static void speak_manner(const struct kiosk_speak *s,
                         const struct session_manner *m, struct kiosk_words *w)
{
    static const enum kiosk_str sizes[] = {
        [SESSION_TEXT_NORMAL] = KIOSK_STR_SPEAK_TEXT_NORMAL,
        [SESSION_TEXT_LARGE] = KIOSK_STR_SPEAK_TEXT_LARGE,
        [SESSION_TEXT_LARGEST] = KIOSK_STR_SPEAK_TEXT_LARGEST,
    };
    if (m->text_size != s->manner.text_size)
        kiosk_words_str(w, sizes[m->text_size % SESSION_TEXT_SIZES]);
    if (m->contrast != s->manner.contrast)
        kiosk_words_str(w, m->contrast ? KIOSK_STR_SPEAK_CONTRAST_ON
                                       : KIOSK_STR_SPEAK_CONTRAST_OFF);
    if (m->pace != s->manner.pace)
        kiosk_words_str(w, m->pace > s->manner.pace ? KIOSK_STR_SPEAK_FASTER
                                                    : KIOSK_STR_SPEAK_SLOWER);
    if (m->headset != s->manner.headset)
        kiosk_words_str(w, m->headset ? KIOSK_STR_SPEAK_HEADSET_IN
                                      : KIOSK_STR_SPEAK_HEADSET_OUT);
}

/* Where the screen itself does not show it. */
static void speak_volume(const struct kiosk_speak *s,
                         const struct kiosk_tree *t, uint32_t volume,
                         struct kiosk_words *w)
{
    char number[16];
    char text[96];
    if (volume == s->volume || kiosk_tree_find(t, "volume") >= 0)
        return;
    (void)snprintf(number, sizeof(number), "%u", volume);
    kiosk_str_fill(kiosk_str(w->lang, KIOSK_STR_SPEAK_VOLUME), "n", number,
                   sizeof(text), text);
    kiosk_words_add(w, false, text);
}

/* --- the focus and what is typed ---------------------------------------- */

/* The one character that `longer` has somewhere beyond `shorter`, or "". */
static const char *one_more(const char *shorter, const char *longer,
                            char ret[8])
{
    struct kiosk_splice s = kiosk_splice_of(shorter, longer);
    bool one = s.remove == 0 && s.len > 0 && s.len < 8 &&
               lk_utf8_cut(s.insert, s.len, s.len - 1) == 0;
    (void)snprintf(ret, 8, "%.*s", one ? (int)s.len : 0, s.insert);
    return ret;
}

/* Says each character as it is typed or taken back. Other edits are heard when
 * one goes through the text. */
static void speak_typed(struct kiosk_speak *s, const struct kiosk_node *n,
                        struct kiosk_words *w)
{
    char one[8];
    char other[8];
    const char *added = one_more(s->typed, n->value, one);
    const char *taken = one_more(n->value, s->typed, other);
    char text[128];
    if (n->field.secret || (n->private && !w->headset))
        return;
    if (strcmp(added, " ") == 0 || strcmp(added, "\n") == 0)
        added = kiosk_str(w->lang, KIOSK_STR_SPEAK_SPACE);
    kiosk_words_add(w, n->private, added);
    if (!*taken)
        return;
    kiosk_str_fill(kiosk_str(w->lang, KIOSK_STR_SPEAK_DELETED), "c", taken,
                   sizeof(text), text);
    kiosk_words_add(w, n->private, text);
}

static bool said_nothing(const struct kiosk_words *w)
{
    return !w->open.text[0] && !w->closed.text[0];
}

/* The field that keys type into, or -1. The focus may be on a key. */
static int typed_into(const struct kiosk_tree *t)
{
    for (int i = 0; i < t->n; i++)
        if (t->node[i].field.active && !kiosk_tree_covered(t, i))
            return i;
    int i = focused(t);
    return i >= 0 && t->node[i].role == KIOSK_FIELD ? i : -1;
}

/* Within a question: what it is about, on coming to it. */
static void speak_control(struct kiosk_speak *s, const struct kiosk_tree *t,
                          int i, struct kiosk_words *w)
{
    int q = kiosk_words_question(t, i);
    bool enters = q >= 0 && strcmp(s->question, t->node[q].id) != 0;
    if (enters && t->node[i].role != KIOSK_FIELD)
        kiosk_words_add(w, false, t->node[q].name);
    kiosk_words_control(w, t, i);
    if (enters)
        kiosk_words_about(w, t, q);
    /* Keys of the keyboard are not another question. */
    if (t->node[i].act != KIOSK_ACT_KEY)
        (void)snprintf(s->question, sizeof(s->question), "%s",
                       q >= 0 ? t->node[q].id : "");
}

/* Returns whether the person did something that is answered at once. */
static bool speak_focus(struct kiosk_speak *s, const struct kiosk_tree *t,
                        bool anew, struct kiosk_words *w)
{
    int i = focused(t);
    const struct kiosk_node *n = i >= 0 ? &t->node[i] : NULL;
    int field = typed_into(t);
    const char *typed = "";
    if (field >= 0 && !t->node[field].field.secret)
        typed = t->node[field].value;
    bool moved = n && (anew || strcmp(n->id, s->focus) != 0);
    bool spoken = false;
    if (!n)
        s->focus[0] = '\0';
    if (!n)
        return false;
    bool changed = !moved && focus_sum(n) != s->focus_sum;
    bool edited = !moved && sum_text(SUM_BEGIN, n->value) != s->value_sum;
    bool wrote = !moved && strncmp(s->typed, typed, sizeof(s->typed) - 1) != 0;
    if (wrote && field >= 0) {
        speak_typed(s, &t->node[field], w);
        spoken = true;
    } else if (moved || changed) {
        speak_control(s, t, i, w);
        spoken = true;
    } else if (edited && n->role != KIOSK_FIELD && said_nothing(w)) {
        kiosk_words_add(w, n->private, n->value);
        spoken = true;
    }
    (void)snprintf(s->focus, sizeof(s->focus), "%s", n->id);
    s->focus_sum = focus_sum(n);
    s->value_sum = sum_text(SUM_BEGIN, n->value);
    (void)snprintf(s->typed, sizeof(s->typed), "%s", typed);
    return spoken;
}

/* --- the conversation in writing ---------------------------------------- */

/* Bytes up to the end of the last sentence, or of all when it is complete. */
static size_t said_whole(const struct session_said *said)
{
    size_t len = strlen(said->text);
    if (!said->open)
        return len;
    while (len > 0 && !strchr(".!?", said->text[len - 1]))
        len--;
    return len;
}

/* What is whole of a turn and was not spoken: bytes *from to the returned end,
 * which is *from when there is nothing. Then it counts as spoken. */
static size_t said_news(struct kiosk_speak *s, const struct session_said *said,
                        size_t *from)
{
    size_t len = strlen(said->text);
    size_t end = said_whole(said);
    bool same = said->id == s->said;
    /* Corrections may have made it shorter. */
    size_t begin = same ? lk_utf8_cut(said->text, len, s->said_bytes) : 0;
    *from = begin;
    while (*from < end && said->text[*from] == ' ')
        (*from)++;
    if (same || end > *from) {
        s->said = said->id;
        s->said_bytes = LK_MAX(begin, end);
    }
    return LK_MAX(*from, end);
}

static void speak_said(struct kiosk_speak *s, const struct session_said *said,
                       struct kiosk_words *w)
{
    char piece[SESSION_SAID_MAX];
    char text[KIOSK_SAY_MAX];
    size_t from;
    size_t end = said_news(s, said, &from);
    if (end == from)
        return;
    (void)snprintf(piece, sizeof(piece), "%.*s", (int)(end - from),
                   said->text + from);
    kiosk_str_fill(kiosk_str(w->lang, KIOSK_STR_SPEAK_SAID), "text", piece,
                   sizeof(text), text);
    kiosk_words_add(w, true, text);
}

/* What was written while no headset was there is spoken once one is; until
 * then one is told of each turn, once. */
static void speak_talk(struct kiosk_speak *s, const struct session_talk *talk,
                       bool aloud, struct kiosk_words *w)
{
    size_t n = LK_MIN(talk->n, (uint32_t)SESSION_SAID_TURNS);
    size_t from;
    if (n == 0)
        s->said = s->told = 0;
    for (size_t i = 0; i < n; i++) {
        const struct session_said *said = &talk->said[i];
        if (said->mine || said->id < s->said || said_whole(said) == 0)
            continue;
        bool told = said->id <= s->told;
        s->told = LK_MAX(s->told, said->id);
        if (!aloud)
            (void)said_news(s, said, &from);
        else if (w->headset)
            speak_said(s, said, w);
        else if (!told)
            kiosk_words_str(w, KIOSK_STR_SPEAK_SAID_HIDDEN);
    }
}

/* --- the call ----------------------------------------------------------- */

/* The call that begins by itself, and one's own switches: what is off is a
 * status where it can be seen, too. */
static void speak_call(const struct kiosk_speak *s,
                       const struct session_view *v, struct kiosk_words *w)
{
    if (v->screen != SESSION_CALL)
        return;
    if (s->screen == SESSION_WAITING)
        kiosk_words_str(w, KIOSK_STR_SPEAK_CALL_BEGINS);
    if (s->screen != SESSION_CALL)
        return;
    if (v->mic_on && !s->mic_on)
        kiosk_words_str(w, KIOSK_STR_SPEAK_MIC_ON);
    if (v->camera_on != s->camera_on)
        kiosk_words_str(w, v->camera_on ? KIOSK_STR_SPEAK_CAMERA_ON
                                        : KIOSK_STR_SELF_OFF);
}

/* --- all together ------------------------------------------------------- */

static size_t words_end(struct kiosk_words *w, const struct session_manner *m,
                        bool interrupt,
                        struct kiosk_utterance ret[KIOSK_SPEAK_MAX])
{
    struct kiosk_utterance *both[] = {&w->open, &w->closed};
    size_t n = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(both); i++) {
        struct kiosk_utterance *u = both[i];
        if (!u->text[0])
            continue;
        (void)snprintf(u->lang, sizeof(u->lang), "%s",
                       kiosk_lang_codes[w->lang]);
        u->pace = m->pace;
        u->closed = u == &w->closed;
        u->secret = u->closed && w->secret;
        u->interrupt = interrupt && n == 0;
        ret[n++] = *u;
    }
    return n;
}

/* The part of the screen's matter, and its page. */
static uint32_t part_of(const struct kiosk_speak *s, const struct kiosk_tree *t)
{
    int pager = kiosk_tree_find(t, "form-items");
    /* While one types the screen is narrowed, but the same. */
    if (pager < 0 && kiosk_tree_find(t, "form-typing") >= 0)
        return s->part;
    return t->part << 8 | (pager < 0 ? 0 : t->node[pager].page);
}

/* Whether another screen has come. */
static bool is_anew(const struct kiosk_speak *s, const struct kiosk_tree *t)
{
    return !s->on || s->screen != t->screen || s->lang != t->lang ||
           s->part != part_of(s, t) || strcmp(s->overlay, overlay_id(t)) != 0;
}

static void remember(struct kiosk_speak *s, const struct kiosk_tree *t,
                     const struct session_view *v)
{
    s->on = true;
    s->screen = t->screen;
    s->lang = t->lang;
    s->part = part_of(s, t);
    s->manner = v->manner;
    s->volume = v->volume;
    s->mic_on = v->mic_on;
    s->camera_on = v->camera_on;
    (void)snprintf(s->overlay, sizeof(s->overlay), "%s", overlay_id(t));
}

static size_t speak_off(struct kiosk_speak *s, const struct session_view *v,
                        struct kiosk_words *w,
                        struct kiosk_utterance ret[KIOSK_SPEAK_MAX])
{
    bool was = s->on;
    explicit_bzero(s, sizeof(*s));
    if (!was)
        return 0;
    kiosk_words_str(w, KIOSK_STR_SPEAK_OFF);
    return words_end(w, &v->manner, true, ret);
}

size_t kiosk_speak_update(struct kiosk_speak *s, const struct kiosk_tree *t,
                          const struct session_view *view,
                          struct kiosk_utterance ret[KIOSK_SPEAK_MAX])
{
    struct kiosk_words w = {.lang = t->lang, .headset = view->manner.headset};
    if (!view->manner.speech)
        return speak_off(s, view, &w, ret);
    bool anew = is_anew(s, t);
    bool acted = anew;
    if (!s->on) {
        s->manner = view->manner;
        s->volume = view->volume;
        kiosk_words_str(&w, KIOSK_STR_SPEAK_ON);
        kiosk_words_str(&w, KIOSK_STR_SPEAK_KEYS);
    }
    speak_manner(s, &view->manner, &w);
    speak_volume(s, t, view->volume, &w);
    if (s->on)
        speak_call(s, view, &w);
    acted |= !said_nothing(&w);
    if (anew)
        kiosk_words_screen(&w, t);
    speak_statuses(s, t, !anew, &w);
    acted |= speak_focus(s, t, anew, &w);
    speak_talk(s, &view->talk, s->on, &w);
    remember(s, t, view);
    size_t n = words_end(&w, &view->manner, acted, ret);
    if (n > 0 && !w.secret) {
        explicit_bzero(s->again, sizeof(s->again));
        s->again_n = n;
        memcpy(s->again, ret, n * sizeof(ret[0]));
    }
    explicit_bzero(&w.closed, sizeof(w.closed));
    return n;
}

bool kiosk_speak_alarm(const struct session_view *view,
                       struct kiosk_utterance *ret)
{
    struct kiosk_words w = {.lang = kiosk_lang_find(view->lang)};
    struct kiosk_utterance all[KIOSK_SPEAK_MAX];
    if (view->screen != SESSION_END || !view->card_left)
        return false;
    kiosk_words_str(&w, KIOSK_STR_CARD_LEFT);
    kiosk_words_str(&w, KIOSK_STR_CARD_LEFT_TAKE);
    (void)words_end(&w, &view->manner, false, all);
    *ret = all[0];
    return true;
}

size_t kiosk_speak_again(const struct kiosk_speak *s,
                         struct kiosk_utterance ret[KIOSK_SPEAK_MAX])
{
    size_t n = 0;
    if (!s->on)
        return 0;
    for (size_t i = 0; i < s->again_n; i++) {
        if (s->again[i].closed && !s->manner.headset)
            continue;
        ret[n] = s->again[i];
        ret[n].pace = s->manner.pace;
        ret[n].interrupt = n == 0;
        n++;
    }
    return n;
}
