/* Draws everything that can come, before files can no longer be opened. */
#include "kiosk/ui_priv.h"

#include <malloc.h>
#include <stdio.h>

#define NOTICES_ALL 0x3f

static int warm_view(struct kiosk_ui *ui, const struct session_view *v)
{
    struct kiosk_tree *t = &ui->tree[!ui->shown];
    struct kiosk_env env = ui->env;
    kiosk_screen_build(v, &env, t);
    kiosk_layout(t, &ui->metrics, ui->canvas->size);
    if (t->error < 0)
        return t->error;
    struct kiosk_rect all = {0, 0, ui->canvas->size.w, ui->canvas->size.h};
    kiosk_paint(&ui->painter, ui->canvas, t, all);
    return 0;
}

/* One screen in its kinds: lines and ends run over the same numbers. */
static int warm_screen(struct kiosk_ui *ui, struct session_view *v)
{
    int kinds = 1;
    if (v->screen == SESSION_CALL)
        kinds = SESSION_LINE_RECONNECTING + 1;
    if (v->screen == SESSION_END)
        kinds = SESSION_END_FAILED + 1;
    for (int kind = 0; kind < kinds; kind++) {
        v->line = (enum session_line)kind;
        v->end = (enum session_end)kind;
        int r = warm_view(ui, v);
        if (r < 0)
            return r;
    }
    return 0;
}

int kiosk_ui_warm(struct kiosk_ui *ui)
{
    struct session_view v = {
        .site = "AÅÄÖ 0123456789 ·",
        .card = "tax-card",
        .expert_name = "Åsa Ääri-Öljy",
        .agency_name = "Verohallinto",
        .volume = 5,
        .notices = NOTICES_ALL,
        .identity = {.phase = SESSION_IDENTITY_PIN, .digits = 1, .least = 4},
    };
    kiosk_paint_warm(&ui->painter, ui->canvas);
    for (int lang = 0; lang < KIOSK_LANGS; lang++) {
        snprintf(v.lang, sizeof(v.lang), "%s", kiosk_lang_codes[lang]);
        for (int s = SESSION_START; s <= SESSION_OUT_OF_SERVICE; s++) {
            v.screen = (enum session_screen)s;
            int r = warm_screen(ui, &v);
            if (r < 0)
                return r;
        }
    }
    /* The canvas now holds what nobody may see: draw all anew. */
    ui->tree[!ui->shown].n = 0;
    ui->tree[ui->shown].n = 0;
    ui->stale = true;
    /* What was laid out for every language is not needed again, and the heap
     * gives its room back. */
    kiosk_text_forget(ui->text);
    (void)malloc_trim(0);
    return 0;
}
