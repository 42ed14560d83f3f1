/* The conversation in writing beside a call: what was written, and the field
 * to write in. */
#include "kiosk/keyboard.h"

#include <string.h>

/* U+FFFD stands where text was lost. */
#define LOST "\xef\xbf\xbd"

/* Height that the conversation keeps, however little room there is, mm. */
#define LOG_LEAST_MM 30.0f

/* The end of a text that is too long for its place, from a word on. What went
 * before was on the screen already. */
static const char *turn_end(struct kiosk_page *p, const char *text)
{
    static const size_t most[SESSION_TEXT_SIZES][2] = {
        [SESSION_TEXT_NORMAL] = {SESSION_SAID_MAX, 200},
        [SESSION_TEXT_LARGE] = {320, 120},
        [SESSION_TEXT_LARGEST] = {180, 60},
    };
    size_t len = strlen(text);
    size_t room = most[p->view->manner.text_size % SESSION_TEXT_SIZES]
                      [kiosk_page_typing(p) && p->wide];
    if (len <= room)
        return text;
    const char *from = text + len - room;
    const char *word = strchr(from, ' ');
    while (((unsigned char)*from & 0xc0) == 0x80)
        from++;
    return kiosk_tree_printf(p->t, "… %s", word ? word + 1 : from);
}

static const char *turn_who(const struct kiosk_page *p,
                            const struct session_said *said)
{
    if (said->mine)
        return kiosk_page_str(p, KIOSK_STR_TEXT_MINE);
    if (*p->view->expert_name)
        return kiosk_tree_printf(p->t, "%s", p->view->expert_name);
    return kiosk_page_str(p, KIOSK_STR_TEXT_THEIRS);
}

/* Who wrote it; of a turn that is still growing, that it is. */
static const char *turn_label(const struct kiosk_page *p,
                              const struct session_said *said)
{
    const char *who = turn_who(p, said);
    if (!said->open)
        return who;
    return kiosk_tree_printf(p->t, "%s · %s", who,
                             kiosk_page_str(p, KIOSK_STR_TEXT_OPEN));
}

static void turn_words(struct kiosk_page *p, const struct session_said *said,
                       const char *label)
{
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .role = KIOSK_TEXT,
                  .name = label,
                  .icon = said->open ? KIOSK_ICON_PEN_LINE : KIOSK_ICON_NONE,
                  .icon_mm = 5,
                  .font = KIOSK_FONT_SMALL,
                  .ink = said->mine ? KIOSK_INK_BRAND : KIOSK_INK_GOOD,
                  .foreign = true,
              });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_tree_printf(p->t, "%s%s",
                                                        turn_end(p, said->text),
                                                        said->open ? "|" : ""),
                              .font = KIOSK_FONT_LEAD,
                              .foreign = true,
                          });
    if (strstr(said->text, LOST))
        kiosk_tree_leaf(p->t,
                        &(struct kiosk_node){
                            .role = KIOSK_TEXT,
                            .name = kiosk_page_str(p, KIOSK_STR_TEXT_LOST),
                            .icon = KIOSK_ICON_TRIANGLE_ALERT,
                            .icon_mm = 5,
                            .font = KIOSK_FONT_SMALL,
                            .ink = KIOSK_INK_WARN,
                        });
}

/* One's own turns stand at the line's end, the expert's at its beginning. */
static void turn(struct kiosk_page *p, const struct session_said *said)
{
    const char *label = turn_label(p, said);
    bool lost = strstr(said->text, LOST) != NULL;
    kiosk_tree_open(p->t, &(struct kiosk_node){.box = {.flow = KIOSK_ROW}});
    if (said->mine)
        kiosk_page_spring(p);
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .id = kiosk_tree_printf(p->t, "text-turn-%u", said->id),
            .role = KIOSK_STATUS,
            .name = label,
            .label = "",
            .value =
                lost ? kiosk_tree_printf(p->t, "%s (%s)", said->text,
                                         kiosk_page_str(p, KIOSK_STR_TEXT_LOST))
                     : kiosk_tree_printf(p->t, "%s", said->text),
            .look = said->mine ? KIOSK_LOOK_MINE : KIOSK_LOOK_THEIRS,
            .private = true,
            .foreign = true,
            .box = {.flow = KIOSK_COLUMN, .gap = 0.5f, .pad_x = 5, .pad_y = 2},
        });
    turn_words(p, said, label);
    kiosk_tree_close(p->t);
    if (!said->mine)
        kiosk_page_spring(p);
    kiosk_tree_close(p->t);
}

/* What one types just now stands in the field below. */
static bool turn_shown(const struct session_said *said)
{
    return *said->text && !(said->mine && said->open);
}

static void talk_log(struct kiosk_page *p)
{
    const struct session_talk *talk = &p->view->talk;
    int shown = 0;
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .id = "text-log",
                              .role = KIOSK_GROUP,
                              .name = kiosk_page_str(p, KIOSK_STR_TEXT_LOG),
                              .private = true,
                              .box = {.flow = KIOSK_PAGER,
                                      .align = KIOSK_STRETCH,
                                      .along = KIOSK_END,
                                      .min_h = LOG_LEAST_MM,
                                      .grow = true,
                                      .gap = 2.5f},
                          });
    for (uint32_t i = 0; i < talk->n && i < SESSION_SAID_TURNS; i++) {
        if (!turn_shown(&talk->said[i]))
            continue;
        turn(p, &talk->said[i]);
        shown++;
    }
    if (shown == 0)
        kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                        kiosk_page_str(p, KIOSK_STR_TEXT_EMPTY));
    kiosk_tree_close(p->t);
}

/* Who opened the conversation gets the keyboard at once; who is written to
 * sees the words first. */
static void talk_field(struct kiosk_page *p)
{
    kiosk_page_field(p, &(struct kiosk_entry){
                            .id = "text-input",
                            .name = KIOSK_STR_TEXT_INPUT,
                            .hint = KIOSK_STR_TEXT_INPUT,
                            .has_hint = true,
                            .how = {.eager = p->view->talk.n == 0,
                                    .submits = true,
                                    .submit = SESSION_INTENT_SAY},
                            .intent = SESSION_INTENT_WRITE,
                        });
}

/* Where room is short the words themselves come first. */
static bool talk_is_titled(const struct kiosk_page *p)
{
    enum session_text_size size = p->view->manner.text_size;
    bool short_of_room = p->low && size != SESSION_TEXT_NORMAL;
    bool typing = kiosk_page_typing(p);
    return !short_of_room &&
           !(typing && (p->wide || size == SESSION_TEXT_LARGEST));
}

void kiosk_page_talk(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .gap = p->low ? 2.5f : 4,
                                      .pad_x = p->low ? 4 : 6,
                                      .pad_y = p->low ? 3 : 5},
                          });
    if (talk_is_titled(p))
        kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                        kiosk_page_str(p, KIOSK_STR_TEXT_LOG));
    talk_log(p);
    if (!p->view->talk.up)
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_WIFI_OFF,
                          KIOSK_STR_TEXT_DOWN);
    talk_field(p);
    kiosk_tree_close(p->t);
}
