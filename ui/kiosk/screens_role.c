/* On whose behalf one acts: oneself, another person, a company. */
#include "kiosk/keyboard.h"
#include "kiosk/pager.h"
#include "kiosk/role.h"
#include "kiosk/screens_expert.h"
#include "kiosk/screens_identify.h"

#include <string.h>

/* Of the tree, so that it is read as a screen of its own. */
#define PART_ROLE 0x1000

static struct kiosk_node role_button(const struct kiosk_page *p,
                                     const struct kiosk_button *b,
                                     const char *what)
{
    struct kiosk_node n = kiosk_button_node(p, b);
    n.act = KIOSK_ACT_ROLE;
    n.arg = what;
    return n;
}

/* ---- as it stands ---- */

static const char *role_words(struct kiosk_page *p)
{
    const struct session_view *v = p->view;
    switch (v->role) {
    case SESSION_PERSON:
        return kiosk_page_fill(p, KIOSK_STR_ROLE_IS_PERSON, "who",
                               v->role_name);
    case SESSION_COMPANY:
        return kiosk_page_fill(p, KIOSK_STR_ROLE_IS_COMPANY, "who",
                               v->role_name);
    case SESSION_SELF:
        break;
    }
    return kiosk_page_str(p, KIOSK_STR_ROLE_IS_SELF);
}

static enum kiosk_icon role_icon(enum session_role role)
{
    if (role == SESSION_COMPANY)
        return KIOSK_ICON_BUILDING_2;
    return role == SESSION_PERSON ? KIOSK_ICON_USERS : KIOSK_ICON_USER;
}

void kiosk_identify_role(struct kiosk_page *p)
{
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 4},
              });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "role-now",
                              .role = KIOSK_STATUS,
                              .name = role_words(p),
                              .private = p->view->role != SESSION_SELF,
                              .icon = role_icon(p->view->role),
                              .icon_mm = 7.4f,
                              .font = KIOSK_FONT_LEAD,
                              .foreign = true,
                              .box = {.grow = true},
                          });
    struct kiosk_node n = role_button(
        p, &(struct kiosk_button){.id = "role", .text = KIOSK_STR_FORM_CHANGE},
        "open");
    kiosk_tree_leaf(p->t, &n);
    kiosk_tree_close(p->t);
}

void kiosk_page_role(struct kiosk_page *p)
{
    struct kiosk_node n =
        role_button(p,
                    &(struct kiosk_button){.id = "role",
                                           .text = KIOSK_STR_ROLE_OPEN,
                                           .icon = role_icon(p->view->role)},
                    "open");
    const struct session_view *v = p->view;
    bool called = v->identity_called || v->form_called || v->paper_called;
    bool tight = kiosk_page_tight(p);
    /* What the expert asks for comes first where there is little room. */
    if (kiosk_page_typing(p) || (tight && called))
        return;
    kiosk_tree_leaf(p->t, &n);
}

/* ---- the question ---- */

static const char *typed(struct kiosk_page *p, const char *id)
{
    const struct kiosk_edit *e =
        p->env->typing ? kiosk_typing_find(p->env->typing, id) : NULL;
    return e ? kiosk_edit_text(e) : "";
}

/* While one types there may be room for that field alone. */
static bool is_narrowed(const struct kiosk_page *p)
{
    return kiosk_page_typing(p) &&
           (p->wide || p->view->manner.text_size == SESSION_TEXT_LARGEST);
}

static bool is_shown(const struct kiosk_page *p, const char *id)
{
    return !is_narrowed(p) || strcmp(p->env->typing->field, id) == 0;
}

static void role_options(struct kiosk_page *p)
{
    static const struct {
        enum session_role role;
        const char *id, *what;
        enum kiosk_str text;
    } all[] = {
        {SESSION_SELF, "role-self", "self", KIOSK_STR_ROLE_SELF},
        {SESSION_PERSON, "role-person", "person", KIOSK_STR_ROLE_PERSON},
        {SESSION_COMPANY, "role-company", "company", KIOSK_STR_ROLE_COMPANY},
    };
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_GRID,
                                      .cols = 3,
                                      .cell_w = 44,
                                      .gap = p->low ? 3 : 4},
                          });
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++) {
        bool chosen = p->env->acting.role == all[i].role;
        struct kiosk_node n =
            role_button(p,
                        &(struct kiosk_button){.id = all[i].id,
                                               .text = all[i].text,
                                               .icon = role_icon(all[i].role),
                                               .checked = chosen},
                        all[i].what);
        n.box.pad_x = 4;
        kiosk_tree_leaf(p->t, &n);
    }
    kiosk_tree_close(p->t);
}

static void role_field(struct kiosk_page *p, const char *id,
                       enum kiosk_str label, enum kiosk_keys keys, uint16_t max)
{
    if (!is_shown(p, id))
        return;
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .name = kiosk_page_str(p, label),
            .label = "",
            .question = true,
            .box = {.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH, .gap = 1},
        });
    kiosk_page_text(p, KIOSK_FONT_LABEL, KIOSK_INK_TEXT,
                    kiosk_page_str(p, label));
    struct kiosk_node n = {
        .id = id,
        .role = KIOSK_FIELD,
        .name = kiosk_page_str(p, label),
        .label = "",
        .look = KIOSK_LOOK_FIELD,
        .font = KIOSK_FONT_BODY,
        .box = {.pad_x = 4, .pad_y = 2, .min_h = KIOSK_TARGET_MM},
        .field = {.keys = keys, .max = max},
        .foreign = true,
    };
    kiosk_page_field_node(p, &n);
    kiosk_tree_close(p->t);
}

static void role_fields(struct kiosk_page *p)
{
    bool company = p->env->acting.role == SESSION_COMPANY;
    if (p->env->acting.role == SESSION_SELF)
        return;
    role_field(p, KIOSK_ROLE_NAME,
               company ? KIOSK_STR_ROLE_NAME_COMPANY
                       : KIOSK_STR_ROLE_NAME_PERSON,
               KIOSK_KEYS_TEXT, sizeof(p->view->role_name) - 1);
    role_field(p, KIOSK_ROLE_ID,
               company ? KIOSK_STR_ROLE_ID_COMPANY : KIOSK_STR_ROLE_ID_PERSON,
               company ? KIOSK_KEYS_CODE : KIOSK_KEYS_PERSON_ID,
               sizeof(p->view->role_id) - 1);
    if (!is_narrowed(p))
        kiosk_identify_line(p, KIOSK_ICON_INFO,
                            kiosk_page_str(p, KIOSK_STR_ROLE_NOTE));
}

/* A name must be there: nobody acts for somebody unnamed. */
static void role_buttons(struct kiosk_page *p)
{
    bool ready = p->env->acting.role == SESSION_SELF ||
                 *typed(p, KIOSK_ROLE_NAME) != '\0';
    struct kiosk_node back =
        role_button(p,
                    &(struct kiosk_button){.id = "role-back",
                                           .text = KIOSK_STR_BACK,
                                           .icon = KIOSK_ICON_ARROW_LEFT,
                                           .escape = true},
                    "close");
    struct kiosk_node save =
        role_button(p,
                    &(struct kiosk_button){.id = "role-save",
                                           .text = KIOSK_STR_DONE,
                                           .icon = KIOSK_ICON_CHECK,
                                           .look = KIOSK_LOOK_PRIMARY,
                                           .disabled = !ready},
                    "save");
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_CENTER,
                                      .gap = p->low ? 3 : 4},
                          });
    kiosk_tree_leaf(p->t, &back);
    kiosk_page_spring(p);
    kiosk_tree_leaf(p->t, &save);
    kiosk_tree_close(p->t);
}

void kiosk_screen_role(struct kiosk_page *p)
{
    bool narrowed = is_narrowed(p);
    p->t->part = PART_ROLE;
    kiosk_frame_open(p);
    if (!narrowed) {
        kiosk_identify_open(p, KIOSK_STR_ROLE_TITLE);
        role_options(p);
    }
    role_fields(p);
    if (!narrowed) {
        kiosk_pager_close(p->t);
        role_buttons(p);
    }
    kiosk_frame_close(p);
    kiosk_page_end(p);
    kiosk_page_keyboard(p);
    kiosk_strip_call(p, NULL);
}
