#include "kiosk/screen_parts.h"

#include "kiosk/pager.h"

#include <stdio.h>
#include <string.h>

const char *kiosk_page_str(const struct kiosk_page *p, enum kiosk_str key)
{
    return kiosk_str(p->lang, key);
}

const char *kiosk_page_own(struct kiosk_page *p, const char *text)
{
    return *text ? kiosk_tree_printf(p->t, "%s", text) : "";
}

#define FILL_MAX 1024 /* bytes of a string with its placeholder filled in */

const char *kiosk_page_fill(struct kiosk_page *p, enum kiosk_str str,
                            const char *key, const char *value)
{
    char text[FILL_MAX];
    kiosk_str_fill(kiosk_page_str(p, str), key, value, sizeof(text), text);
    const char *own = kiosk_page_own(p, text);
    explicit_bzero(text, sizeof(text));
    return own;
}

static const char *page_clock(struct kiosk_page *p)
{
    char hour[8];
    char minute[8];
    char with_hour[32];
    char text[32];
    snprintf(hour, sizeof(hour), "%d", p->env->hour);
    snprintf(minute, sizeof(minute), "%02d", p->env->minute);
    kiosk_str_fill(kiosk_page_str(p, KIOSK_STR_CLOCK), "h", hour,
                   sizeof(with_hour), with_hour);
    kiosk_str_fill(with_hour, "m", minute, sizeof(text), text);
    return kiosk_tree_printf(p->t, "%s", text);
}

static void page_bar(struct kiosk_page *p)
{
    const char *site = p->view->site;
    if (!*site)
        site = kiosk_page_str(p, KIOSK_STR_SITE);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_BAR,
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_CENTER,
                                      .gap = 5,
                                      .pad_x = KIOSK_MARGIN_MM,
                                      .pad_y = 4,
                                      .min_h = p->low ? 17 : 21},
                          });
    kiosk_tree_leaf(
        p->t,
        &(struct kiosk_node){
            .role = KIOSK_IMAGE,
            .look = KIOSK_LOOK_LOGO,
            .icon = KIOSK_ICON_LANDMARK,
            .ink = KIOSK_INK_BRAND,
            .icon_mm = 6.6f,
            .box = {.along = KIOSK_CENTER, .min_w = 10.2f, .min_h = 10.2f},
        });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "site",
                              .role = KIOSK_TEXT,
                              .name = kiosk_tree_printf(p->t, "%s", site),
                              .font = KIOSK_FONT_LABEL,
                              .ink = KIOSK_INK_LIGHT,
                              .box = {.grow = true},
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "clock",
                              .role = KIOSK_TEXT,
                              .name = page_clock(p),
                              .font = KIOSK_FONT_LABEL,
                              .ink = KIOSK_INK_LIGHT,
                          });
    kiosk_tree_close(p->t);
}

void kiosk_page_begin(struct kiosk_page *p)
{
    /* Help lies over the screen, which is not even built: nothing beneath it
     * could be seen. */
    bool help = p->view->help;
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .id = help ? "help-page" : "",
                        .overlay = help,
                        .look = KIOSK_LOOK_PAGE,
                        .box = {.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH},
                    });
    if (!p->bare)
        page_bar(p);
    kiosk_pager_open(p->t, &(struct kiosk_node){
                               .id = "page",
                               .box = {.align = KIOSK_STRETCH,
                                       .grow = true,
                                       .gap = p->low ? 4.5f : KIOSK_GAP_MM,
                                       .pad_x = KIOSK_MARGIN_MM,
                                       .pad_y = p->bare  ? 3.0f
                                                : p->low ? 5.0f
                                                         : 9.0f},
                           });
    p->body = true;
}

void kiosk_page_end(struct kiosk_page *p)
{
    if (p->body)
        kiosk_pager_close(p->t);
    p->body = false;
}

void kiosk_page_footer(struct kiosk_page *p)
{
    kiosk_page_end(p);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_FOOTER,
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_CENTER,
                                      .gap = 4,
                                      .pad_x = KIOSK_MARGIN_MM,
                                      .pad_y = p->low ? 3 : 4},
                          });
}

struct kiosk_node kiosk_button_node(const struct kiosk_page *p,
                                    const struct kiosk_button *b)
{
    enum kiosk_look look = b->checked ? KIOSK_LOOK_PRIMARY : b->look;
    if (look == KIOSK_LOOK_NONE)
        look = KIOSK_LOOK_PLAIN;
    bool filled = look == KIOSK_LOOK_PRIMARY || look == KIOSK_LOOK_DANGER;
    uint32_t state = b->disabled ? KIOSK_DISABLED : 0;
    return (struct kiosk_node){
        .id = b->id,
        .role = KIOSK_BUTTON,
        .name = kiosk_page_str(p, b->text),
        .value = b->value,
        .look = look,
        .icon = b->icon,
        .font = KIOSK_FONT_LABEL,
        .ink = filled ? KIOSK_INK_LIGHT : KIOSK_INK_BRAND,
        .state = state | (b->checked ? KIOSK_CHECKED : 0),
        .box = {.along = KIOSK_CENTER,
                .pad_x = 7,
                .min_w = KIOSK_TARGET_MM,
                .min_h = KIOSK_TARGET_MM},
        .act = KIOSK_ACT_INTENT,
        .escape = b->escape,
        .intent = b->intent,
    };
}

int kiosk_page_button(struct kiosk_page *p, const struct kiosk_button *b)
{
    struct kiosk_node n = kiosk_button_node(p, b);
    return kiosk_tree_leaf(p->t, &n);
}

void kiosk_page_text(struct kiosk_page *p, enum kiosk_font font,
                     enum kiosk_ink ink, const char *text)
{
    bool heading = font == KIOSK_FONT_NAME || font == KIOSK_FONT_HEADING ||
                   font == KIOSK_FONT_TITLE;
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = heading ? KIOSK_HEADING : KIOSK_TEXT,
                              .name = text,
                              .font = font,
                              .ink = ink,
                          });
}

void kiosk_page_title(struct kiosk_page *p, enum kiosk_str title,
                      enum kiosk_str lead)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN, .gap = 1.5f},
                          });
    kiosk_page_text(p, KIOSK_FONT_TITLE, KIOSK_INK_TEXT,
                    kiosk_page_str(p, title));
    kiosk_page_text(p, KIOSK_FONT_LEAD, KIOSK_INK_MUTED,
                    kiosk_page_str(p, lead));
    kiosk_tree_close(p->t);
}

void kiosk_page_step(struct kiosk_page *p, int number, enum kiosk_str text)
{
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 4},
              });
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .role = KIOSK_IMAGE,
                  .label = kiosk_tree_printf(p->t, "%d", number),
                  .look = KIOSK_LOOK_BADGE,
                  .font = KIOSK_FONT_LABEL,
                  .ink = KIOSK_INK_BRAND,
                  .box = {.along = KIOSK_CENTER, .min_w = 11, .min_h = 11},
              });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_page_str(p, text),
                              .font = KIOSK_FONT_LEAD,
                              .box = {.grow = true},
                          });
    kiosk_tree_close(p->t);
}

void kiosk_page_notice(struct kiosk_page *p, enum kiosk_look look,
                       enum kiosk_icon icon, enum kiosk_str text)
{
    enum kiosk_ink ink = KIOSK_INK_BRAND;
    if (look == KIOSK_LOOK_WARN)
        ink = KIOSK_INK_WARN;
    if (look == KIOSK_LOOK_GOOD)
        ink = KIOSK_INK_GOOD;
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_str(p, text),
                              .look = look,
                              .icon = icon,
                              .icon_mm = 6.2f,
                              .font = KIOSK_FONT_BODY,
                              .ink = ink,
                              .box = {.pad_x = 5, .pad_y = 3, .min_h = 13},
                          });
}

void kiosk_page_notices(struct kiosk_page *p, uint32_t which, int columns)
{
    static const struct {
        uint32_t bit;
        enum kiosk_look look;
        enum kiosk_icon icon;
        enum kiosk_str text;
    } all[] = {
        {SESSION_NOTICE_NO_BROKER, KIOSK_LOOK_WARN, KIOSK_ICON_WIFI_OFF,
         KIOSK_STR_NOTICE_NO_BROKER},
        {SESSION_NOTICE_NO_CAMERA, KIOSK_LOOK_WARN, KIOSK_ICON_VIDEO_OFF,
         KIOSK_STR_NOTICE_NO_CAMERA},
        {SESSION_NOTICE_NO_SOUND, KIOSK_LOOK_WARN, KIOSK_ICON_TRIANGLE_ALERT,
         KIOSK_STR_NOTICE_NO_SOUND},
        {SESSION_NOTICE_EXPERT_MUTED, KIOSK_LOOK_INFO, KIOSK_ICON_MIC_OFF,
         KIOSK_STR_NOTICE_EXPERT_MUTED},
        {SESSION_NOTICE_SIMULATED, KIOSK_LOOK_INFO, KIOSK_ICON_INFO,
         KIOSK_STR_NOTICE_SIMULATED},
    };
    uint32_t shown = p->view->notices & which;
    bool one = (shown & (shown - 1)) == 0;
    if (!shown)
        return;
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_GRID,
                                      .cols = (uint8_t)(one ? 1 : columns),
                                      .gap = 3},
                          });
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++)
        if (shown & all[i].bit)
            kiosk_page_notice(p, all[i].look, all[i].icon, all[i].text);
    kiosk_tree_close(p->t);
}

void kiosk_page_self(struct kiosk_page *p, struct kiosk_box box)
{
    bool off = !p->view->camera_on;
    bool lost = p->view->notices & SESSION_NOTICE_NO_CAMERA;
    bool shown = !off && !lost && p->env->self_live;
    enum kiosk_str words =
        off && !lost ? KIOSK_STR_SELF_OFF : KIOSK_STR_SELF_NONE;
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .id = "self-video",
                  .role = KIOSK_VIDEO,
                  .name = kiosk_page_str(p, KIOSK_STR_SELF),
                  .value = shown ? "" : kiosk_page_str(p, words),
                  .label = shown ? "" : kiosk_page_str(p, words),
                  .look = KIOSK_LOOK_VIDEO,
                  .source = shown ? KIOSK_SOURCE_SELF : KIOSK_SOURCE_NONE,
                  .icon = off || lost ? KIOSK_ICON_VIDEO_OFF : KIOSK_ICON_USER,
                  .font = KIOSK_FONT_SMALL,
                  .ink = KIOSK_INK_LIGHT,
                  .box = box,
              });
}

static void page_lang(struct kiosk_page *p, int lang, bool large)
{
    bool chosen = lang == (int)p->lang;
    struct kiosk_node n = {
        .id = kiosk_tree_printf(p->t, "lang-%s", kiosk_lang_codes[lang]),
        .role = KIOSK_BUTTON,
        .name = kiosk_str((enum kiosk_lang)lang, KIOSK_STR_LANGUAGE_NAME),
        .look = chosen ? KIOSK_LOOK_PRIMARY : KIOSK_LOOK_PLAIN,
        .icon = large && chosen ? KIOSK_ICON_CHECK : KIOSK_ICON_NONE,
        .font = large ? KIOSK_FONT_NAME : KIOSK_FONT_LABEL,
        .ink = chosen ? KIOSK_INK_LIGHT : KIOSK_INK_BRAND,
        .state = chosen ? KIOSK_CHECKED : 0,
        .box = {.along = KIOSK_CENTER,
                .pad_x = 6,
                .min_w = large ? 40 : KIOSK_TARGET_MM,
                .min_h = large && !p->low ? 26 : KIOSK_TARGET_MM},
        .act = KIOSK_ACT_INTENT,
        .intent = SESSION_INTENT_LANG,
        .arg = kiosk_lang_codes[lang],
    };
    kiosk_tree_leaf(p->t, &n);
}

void kiosk_page_langs(struct kiosk_page *p, bool large)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = large ? KIOSK_GRID : KIOSK_WRAP,
                                      .cols = p->wide ? 4 : 2,
                                      .cell_w = 40,
                                      .gap = large ? 5 : 3.5f},
                          });
    for (int i = 0; i < KIOSK_LANGS; i++)
        page_lang(p, i, large);
    kiosk_tree_close(p->t);
}

bool kiosk_page_tight(const struct kiosk_page *p)
{
    return p->low && p->view->manner.text_size != SESSION_TEXT_NORMAL;
}

void kiosk_page_sides_open(struct kiosk_page *p)
{
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = p->wide ? KIOSK_ROW : KIOSK_COLUMN,
                                .align = KIOSK_STRETCH,
                                .grow = true,
                                .gap = KIOSK_GAP_MM},
                    });
}

void kiosk_page_spring(struct kiosk_page *p)
{
    kiosk_tree_leaf(p->t, &(struct kiosk_node){.box = {.grow = true}});
}

uint8_t kiosk_agency_accent(const char *agency)
{
    static const char *const agencies[] = {"kela", "vero", "tyo", "dvv"};
    for (size_t i = 0; i < LK_ARRAY_LEN(agencies); i++)
        if (strcmp(agencies[i], agency) == 0)
            return (uint8_t)(i + 1);
    return 0;
}
