#include "kiosk/speech.h"

#include "kiosk/tree.h"

#include "kiosk/ui_priv.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- the log ------------------------------------------------------------ */

static void entry_free(struct kiosk_speech_entry *e)
{
    if (e->text)
        explicit_bzero(e->text, strlen(e->text));
    free(e->text);
    e->text = NULL;
}

static void log_drop(struct kiosk_speech *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        entry_free(&s->log[i]);
    s->n -= n;
    memmove(&s->log[0], &s->log[n], s->n * sizeof(s->log[0]));
}

void kiosk_speech_note(struct kiosk_speech *s, const struct kiosk_utterance *u)
{
    char *text = strdup(u->secret ? "" : u->text);
    if (!text)
        return;
    if (s->n == KIOSK_SPEECH_LOG_MAX)
        log_drop(s, 1);
    struct kiosk_speech_entry *e = &s->log[s->n++];
    *e = (struct kiosk_speech_entry){.id = u->id,
                                     .closed = u->closed,
                                     .interrupt = u->interrupt,
                                     .text = text};
    memcpy(e->lang, u->lang, sizeof(e->lang));
}

void kiosk_speech_outcome(struct kiosk_speech *s, uint32_t id,
                          enum kiosk_spoken how)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->log[i].id == id)
            s->log[i].how = how;
}

static int json_entry(struct lk_buf *b, const struct kiosk_speech_entry *e)
{
    static const char *const names[] = {
        [KIOSK_SPOKEN_PENDING] = "pending",
        [KIOSK_SPOKEN_DONE] = "done",
        [KIOSK_SPOKEN_CUT] = "cut",
        [KIOSK_SPOKEN_NO_VOICE] = "no-voice",
        [KIOSK_SPOKEN_REFUSED] = "refused",
        [KIOSK_SPOKEN_FAILED] = "failed",
    };
    int r = lk_buf_printf(b, "{\"id\": %u, \"text\": ", (unsigned)e->id);
    if (r >= 0)
        r = kiosk_json_string(b, e->text);
    if (r < 0)
        return r;
    return lk_buf_printf(b,
                         ", \"lang\": \"%s\", \"private\": %s, "
                         "\"interrupt\": %s, \"outcome\": \"%s\"}",
                         e->lang, e->closed ? "true" : "false",
                         e->interrupt ? "true" : "false", names[e->how]);
}

static int log_write(const struct kiosk_speech *s, size_t first, size_t max,
                     char **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(max, &b);
    if (r >= 0)
        r = lk_buf_append(b, "[", 1);
    for (size_t i = first; r >= 0 && i < s->n; i++) {
        if (i > first)
            r = lk_buf_append(b, ", ", 2);
        if (r >= 0)
            r = json_entry(b, &s->log[i]);
    }
    if (r >= 0)
        r = lk_buf_append(b, "]", 1);
    if (r < 0)
        return r;
    char *text = strdup(lk_buf_str(b));
    if (!text)
        return -ENOMEM;
    *ret = text;
    return 0;
}

int kiosk_speech_json(struct kiosk_speech *s, size_t max, bool empty,
                      char **ret)
{
    int r = -EMSGSIZE;
    for (size_t first = 0; r < 0 && r != -ENOMEM && first <= s->n; first++)
        r = log_write(s, first, max, ret);
    if (r >= 0 && empty)
        log_drop(s, s->n);
    return r < 0 ? -ENOMEM : 0;
}

void kiosk_speech_clear(struct kiosk_speech *s)
{
    log_drop(s, s->n);
    explicit_bzero(s, sizeof(*s));
}

/* --- the screen's ------------------------------------------------------- */

static void say(struct kiosk_ui *ui, struct kiosk_utterance *u, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        u[i].id = ++ui->speech.id;
        if (ui->config.listen)
            kiosk_speech_note(&ui->speech, &u[i]);
        if (ui->config.speak)
            ui->config.speak(ui->config.arg, &u[i]);
        else
            kiosk_speech_outcome(&ui->speech, u[i].id, KIOSK_SPOKEN_NO_VOICE);
    }
    explicit_bzero(u, n * sizeof(u[0]));
}

void kiosk_speech_update(struct kiosk_ui *ui)
{
    struct kiosk_utterance u[KIOSK_SPEAK_MAX];
    say(ui, u,
        kiosk_speak_update(&ui->speech.speak, kiosk_ui_tree(ui), &ui->view, u));
}

/* Between two calls, the words included. */
#define ALARM_US (7 * INT64_C(1000000))

void kiosk_speech_alarm(struct kiosk_ui *ui)
{
    struct kiosk_utterance u;
    int64_t now = lk_clock_us();
    bool first = ui->alarm_us == 0;
    if (!kiosk_speak_alarm(&ui->view, &u)) {
        ui->alarm_us = 0;
        return;
    }
    if (now < ui->alarm_us)
        return;
    ui->alarm_us = now + ALARM_US;
    /* Where speech is on, the new screen is being read. */
    if (!first || !ui->view.manner.speech)
        say(ui, &u, 1);
}

void kiosk_speech_again(struct kiosk_ui *ui)
{
    struct kiosk_utterance u[KIOSK_SPEAK_MAX];
    say(ui, u, kiosk_speak_again(&ui->speech.speak, u));
}
