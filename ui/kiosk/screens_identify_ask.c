/* What the citizen is asked before anything is told, and how it ended. */
#include "kiosk/screens_expert.h"
#include "kiosk/screens_identify.h"

#include "kiosk/strings.h"

/* Name and agency, as one. */
static const char *who(struct kiosk_page *p)
{
    const struct session_view *v = p->view;
    if (!*v->agency_name)
        return kiosk_page_own(p, v->expert_name);
    return kiosk_tree_printf(p->t, "%s (%s)", v->expert_name, v->agency_name);
}

static const struct kiosk_button back_button = {
    .id = "back",
    .text = KIOSK_STR_BACK,
    .icon = KIOSK_ICON_ARROW_LEFT,
    .escape = true,
    .intent = SESSION_INTENT_BACK,
};

void kiosk_identify_none(struct kiosk_page *p)
{
    kiosk_identify_open(p, KIOSK_STR_IDENTIFY_TITLE);
    kiosk_identify_line(p, KIOSK_ICON_INFO,
                        kiosk_page_str(p, KIOSK_STR_IDENTIFY_NONE));
    kiosk_identify_role(p);
    kiosk_identify_close(p, &back_button, NULL);
}

/* Who asks, what is told, and to whom. */
struct asked {
    enum kiosk_str asks, tells, whom;
    enum kiosk_icon icon;
};

static const struct asked *asked_of(enum session_identity_how how)
{
    static const struct asked all[] = {
        [SESSION_BY_CARD] = {KIOSK_STR_ASK_CARD, KIOSK_STR_TELLS_CARD,
                             KIOSK_STR_TELLS_WHOM, KIOSK_ICON_ID_CARD},
        [SESSION_BY_PHONE] = {KIOSK_STR_ASK_PHONE, KIOSK_STR_TELLS_PHONE,
                              KIOSK_STR_TELLS_WHOM, KIOSK_ICON_SMARTPHONE},
        [SESSION_BY_DOCUMENT] = {KIOSK_STR_ASK_DOCUMENT,
                                 KIOSK_STR_TELLS_DOCUMENT, KIOSK_STRS,
                                 KIOSK_ICON_ID_CARD},
        [SESSION_BY_SIGNATURE] = {KIOSK_STR_ASK_SIGN, KIOSK_STR_TELLS_SIGN,
                                  KIOSK_STRS, KIOSK_ICON_SIGNATURE},
    };
    return &all[(size_t)how < LK_ARRAY_LEN(all) ? how : SESSION_BY_CARD];
}

void kiosk_identify_asked(struct kiosk_page *p)
{
    static const struct kiosk_button no = {
        .id = "consent-no",
        .text = KIOSK_STR_CONSENT_NO,
        .icon = KIOSK_ICON_X,
        .escape = true,
        .intent = SESSION_INTENT_IDENTIFY_NO,
    };
    static const struct kiosk_button yes = {
        .id = "consent-yes",
        .text = KIOSK_STR_CONSENT_YES,
        .icon = KIOSK_ICON_CHECK,
        .look = KIOSK_LOOK_PRIMARY,
        .intent = SESSION_INTENT_IDENTIFY_YES,
    };
    const struct asked *a = asked_of(p->view->identity.how);
    kiosk_identify_open(p, KIOSK_STR_IDENTIFY_TITLE);
    kiosk_identify_line(p, KIOSK_ICON_USER,
                        kiosk_page_fill(p, a->asks, "who", who(p)));
    kiosk_identify_line(p, a->icon, kiosk_page_str(p, a->tells));
    if (a->whom != KIOSK_STRS)
        kiosk_identify_line(p, KIOSK_ICON_LOCK, kiosk_page_str(p, a->whom));
    kiosk_identify_role(p);
    kiosk_identify_close(p, &no, &yes);
}

/* ---- done ---- */

static void done_name(struct kiosk_page *p)
{
    const char *name = kiosk_page_own(p, p->view->identity.name);
    enum kiosk_str what =
        kiosk_identify_signs(p) ? KIOSK_STR_DONE_SIGNER : KIOSK_STR_DONE_NAME;
    if (!*name)
        return;
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .id = "identity-name",
            .role = KIOSK_STATUS,
            .name = kiosk_page_str(p, what),
            .label = "",
            .value = name,
            .private = true,
            .box = {.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH, .gap = 1},
        });
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                    kiosk_page_str(p, what));
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = name,
                              .font = KIOSK_FONT_HEADING,
                              .foreign = true,
                          });
    kiosk_tree_close(p->t);
}

/* The picture beside the words. */
static void card_take(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .id = "card-take",
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_str(p, KIOSK_STR_CARD_TAKE),
                              .label = "",
                              .look = KIOSK_LOOK_ALARM,
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_CENTER,
                                      .gap = 5,
                                      .pad_x = 6,
                                      .pad_y = p->low ? 3 : 5},
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_IMAGE,
                              .icon = KIOSK_ICON_CARD_OUT,
                              .icon_mm = p->low ? 16 : 26,
                              .ink = KIOSK_INK_LIGHT,
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_page_str(p, KIOSK_STR_CARD_TAKE),
                              .font = KIOSK_FONT_NAME,
                              .ink = KIOSK_INK_LIGHT,
                              .box = {.grow = true},
                          });
    kiosk_tree_close(p->t);
}

void kiosk_identify_done(struct kiosk_page *p)
{
    static const enum kiosk_str titles[] = {
        [SESSION_BY_CARD] = KIOSK_STR_DONE_TITLE,
        [SESSION_BY_PHONE] = KIOSK_STR_DONE_TITLE,
        [SESSION_BY_DOCUMENT] = KIOSK_STR_DONE_DOCUMENT_TITLE,
        [SESSION_BY_SIGNATURE] = KIOSK_STR_DONE_SIGN_TITLE,
    };
    const struct session_identity *i = &p->view->identity;
    size_t how = (size_t)i->how % LK_ARRAY_LEN(titles);
    struct kiosk_button done = {
        .id = "done",
        .text = KIOSK_STR_DONE,
        .icon = KIOSK_ICON_CHECK,
        .look = i->card_in ? KIOSK_LOOK_PLAIN : KIOSK_LOOK_PRIMARY,
        .escape = true,
        .intent = SESSION_INTENT_DONE,
    };
    kiosk_identify_open(p, titles[how]);
    struct kiosk_node *title = &p->t->node[p->t->n - 1];
    title->icon = KIOSK_ICON_CIRCLE_CHECK;
    title->icon_mm = p->low ? 9 : 12;
    title->ink = KIOSK_INK_GOOD;
    if (i->card_in)
        card_take(p);
    done_name(p);
    if (i->how == SESSION_BY_DOCUMENT)
        kiosk_identify_line(p, KIOSK_ICON_INFO,
                            kiosk_page_str(p, KIOSK_STR_DONE_DOCUMENT));
    kiosk_identify_close(p, NULL, &done);
}

/* ---- failed ---- */

/* What happened; what to do next, KIOSK_STRS: it says so itself; whether it
 * can be tried again here. */
struct failure {
    enum kiosk_str why, next;
    bool again;
};

static const struct failure *failure_of(enum session_identity_why why)
{
    static const struct failure all[SESSION_WHYS] = {
        [SESSION_WHY_NONE] = {KIOSK_STR_WHY_FAILED, KIOSK_STRS, true},
        [SESSION_WHY_WRONG_PIN] = {KIOSK_STR_WHY_WRONG_PIN, KIOSK_STRS, true},
        [SESSION_WHY_LAST_TRY] = {KIOSK_STR_WHY_LAST_TRY, KIOSK_STR_WHY_UNLOCK,
                                  false},
        [SESSION_WHY_BLOCKED] = {KIOSK_STR_WHY_BLOCKED, KIOSK_STR_WHY_UNLOCK,
                                 false},
        [SESSION_WHY_NO_CARD] = {KIOSK_STR_WHY_NO_CARD, KIOSK_STRS, true},
        [SESSION_WHY_CARD_GONE] = {KIOSK_STR_WHY_CARD_GONE, KIOSK_STRS, true},
        [SESSION_WHY_NOT_EID] = {KIOSK_STR_WHY_NOT_EID, KIOSK_STRS, true},
        [SESSION_WHY_UNREADABLE] = {KIOSK_STR_WHY_UNREADABLE, KIOSK_STRS, true},
        [SESSION_WHY_TIMEOUT] = {KIOSK_STR_WHY_TIMEOUT, KIOSK_STRS, true},
        [SESSION_WHY_READER] = {KIOSK_STR_WHY_READER, KIOSK_STR_WHY_OTHER_WAY,
                                true},
        [SESSION_WHY_EXPIRED] = {KIOSK_STR_WHY_EXPIRED, KIOSK_STR_WHY_OTHER_WAY,
                                 false},
        [SESSION_WHY_PHONE_DENIED] = {KIOSK_STR_WHY_PHONE_DENIED, KIOSK_STRS,
                                      true},
        [SESSION_WHY_PHONE_FAILED] = {KIOSK_STR_WHY_PHONE_FAILED, KIOSK_STRS,
                                      true},
        [SESSION_WHY_NO_CAMERA] = {KIOSK_STR_WHY_NO_CAMERA,
                                   KIOSK_STR_WHY_OTHER_WAY, true},
        [SESSION_WHY_FAILED] = {KIOSK_STR_WHY_FAILED, KIOSK_STRS, true},
    };
    return &all[(size_t)why < SESSION_WHYS ? why : SESSION_WHY_FAILED];
}

/* Whether the card stays where it is for another try. */
static bool wants_card(enum session_identity_why why)
{
    return failure_of(why)->again && why != SESSION_WHY_NOT_EID &&
           why != SESSION_WHY_UNREADABLE;
}

static void failed_tries(struct kiosk_page *p)
{
    char text[96];
    const struct session_identity *i = &p->view->identity;
    if (i->why != SESSION_WHY_WRONG_PIN || i->tries == SESSION_TRIES_UNKNOWN)
        return;
    kiosk_str_count(p->lang, KIOSK_PLURAL_PIN_TRIES, i->tries, sizeof(text),
                    text);
    kiosk_identify_line(p, KIOSK_ICON_INFO, kiosk_page_own(p, text));
}

static void failed_next(struct kiosk_page *p, const struct failure *f)
{
    if (f->next != KIOSK_STRS)
        kiosk_identify_line(p, KIOSK_ICON_LIGHTBULB,
                            kiosk_page_fill(p, f->next, "puk", "PUK"));
    kiosk_identify_line(p, KIOSK_ICON_LOCK,
                        kiosk_page_str(p, kiosk_identify_signs(p)
                                              ? KIOSK_STR_FAILED_SIGN
                                              : KIOSK_STR_FAILED_TOLD));
}

void kiosk_identify_failed(struct kiosk_page *p)
{
    static const struct kiosk_button again = {
        .id = "again",
        .text = KIOSK_STR_AGAIN,
        .icon = KIOSK_ICON_ROTATE_CCW,
        .look = KIOSK_LOOK_PRIMARY,
        .intent = SESSION_INTENT_IDENTIFY_AGAIN,
    };
    const struct session_identity *i = &p->view->identity;
    const struct failure *f = failure_of(i->why);
    kiosk_identify_open(p, kiosk_identify_signs(p) ? KIOSK_STR_FAILED_SIGN_TITLE
                                                   : KIOSK_STR_FAILED_TITLE);
    if (i->card_in && !wants_card(i->why))
        card_take(p);
    kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_OCTAGON_ALERT, f->why);
    p->t->node[p->t->n - 1].id = "identify-why";
    p->t->node[p->t->n - 1].font = KIOSK_FONT_LEAD;
    failed_tries(p);
    failed_next(p, f);
    kiosk_identify_close(p, &back_button, f->again ? &again : NULL);
}
