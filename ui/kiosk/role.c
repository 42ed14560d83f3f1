#include "kiosk/role.h"

#include "kiosk/ui_priv.h"

#include <stdio.h>
#include <string.h>

/* What was said before is there to be changed. */
static void prefill(struct kiosk_ui *ui, const char *id, const char *text,
                    size_t max)
{
    struct kiosk_edit *e;
    if (!*text || kiosk_typing_open(&ui->typing, id, max, &e) < 0)
        return;
    /* What is too long, which the session does not do, is typed anew. */
    if (kiosk_edit_insert(e, text, strlen(text)) < 0)
        kiosk_edit_clear(e);
}

static void role_open(struct kiosk_ui *ui)
{
    kiosk_input_reset(ui);
    ui->acting = (struct kiosk_acting){.open = true, .role = ui->view.role};
    prefill(ui, KIOSK_ROLE_NAME, ui->view.role_name,
            sizeof(ui->view.role_name) - 1);
    prefill(ui, KIOSK_ROLE_ID, ui->view.role_id, sizeof(ui->view.role_id) - 1);
}

static void typed(const struct kiosk_ui *ui, const char *id, size_t cap,
                  char *ret)
{
    const struct kiosk_edit *e = kiosk_typing_find(&ui->typing, id);
    snprintf(ret, cap, "%s", e ? kiosk_edit_text(e) : "");
}

static void role_save(struct kiosk_ui *ui)
{
    struct session_intent i = {.kind = SESSION_INTENT_ROLE,
                               .remove = ui->acting.role};
    if (ui->acting.role != SESSION_SELF) {
        typed(ui, KIOSK_ROLE_NAME, SESSION_TEXT_MAX, i.arg);
        typed(ui, KIOSK_ROLE_ID, sizeof(ui->view.role_id), i.path);
    }
    kiosk_input_reset(ui);
    ui->config.intent(ui->config.arg, &i);
    explicit_bzero(&i, sizeof(i));
}

void kiosk_role_act(struct kiosk_ui *ui, const char *what)
{
    ui->stale = true;
    if (strcmp(what, "open") == 0)
        role_open(ui);
    else if (strcmp(what, "save") == 0)
        role_save(ui);
    else if (strcmp(what, "person") == 0)
        ui->acting.role = SESSION_PERSON;
    else if (strcmp(what, "company") == 0)
        ui->acting.role = SESSION_COMPANY;
    else if (strcmp(what, "self") == 0)
        ui->acting.role = SESSION_SELF;
    else
        kiosk_input_reset(ui);
}
