/* What technicians and tests ask of the screen. */
#include "kiosk/fields.h"
#include "kiosk/pin.h"
#include "kiosk/ui_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct kiosk_reply *kiosk_reply_free(struct kiosk_reply *r)
{
    if (!r)
        return NULL;
    lk_fd_close(r->fd);
    free(r->text);
    free(r);
    return NULL;
}

int kiosk_request_kind(const char *name)
{
    static const char *const names[] = {
        [KIOSK_REQUEST_TREE] = "tree",
        [KIOSK_REQUEST_TAP] = "tap",
        [KIOSK_REQUEST_TYPE] = "type",
        [KIOSK_REQUEST_KEY] = "key",
        [KIOSK_REQUEST_SCREENSHOT] = "screenshot",
        [KIOSK_REQUEST_SPEECH] = "speech",
        [KIOSK_REQUEST_STATS] = "stats",
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return -EINVAL;
}

/* An answer under construction; what is not taken is freed. */
struct answer {
    int error;
    const char *why;
    char *text;
    int fd;
    size_t fd_len;
};

static void answer_send(const struct kiosk_request *q, struct answer *a)
{
    struct kiosk_reply *r = calloc(1, sizeof(*r));
    char *text = a->text ? a->text : strdup(a->why ? a->why : "");
    if (!r || !text) {
        free(r);
        free(text);
        lk_fd_close(a->fd);
        q->reply(q->reply_arg, NULL);
        return;
    }
    r->error = a->error;
    r->text = text;
    r->text_len = strlen(text);
    r->fd = a->fd;
    r->fd_len = a->fd_len;
    q->reply(q->reply_arg, r);
}

static void answer_fail(struct answer *a, int error, const char *why)
{
    a->error = error;
    a->why = why;
}

void kiosk_request_refuse(const struct kiosk_request *request, int error,
                          const char *why)
{
    struct answer a = {.error = error, .why = why, .fd = -1};
    answer_send(request, &a);
}

static void run_tree(struct kiosk_ui *ui, struct answer *a)
{
    int r = kiosk_tree_json(kiosk_ui_tree(ui), KIOSK_TREE_MAX, &a->text);
    if (r < 0)
        answer_fail(a, r, "the tree cannot be written");
}

static const char *tap_why(int error)
{
    switch (error) {
    case -ENOENT:
        return "no node with that id is on the screen";
    case -ENXIO:
        return "the node is hidden";
    case -EACCES:
        return "the node is disabled";
    case -EBUSY:
        return "the node is covered by another one";
    default:
        return "SDL does not take events";
    }
}

static void run_tap(struct kiosk_ui *ui, const char *id, struct answer *a)
{
    int x;
    int y;
    int r = kiosk_tree_tap(kiosk_ui_tree(ui), id, &x, &y);
    if (r >= 0 && ui->press.down) {
        answer_fail(a, -EBUSY, "a finger is on the screen");
        return;
    }
    if (r >= 0)
        r = kiosk_window_push_tap(ui->window, x, y);
    if (r < 0) {
        answer_fail(a, r, tap_why(r));
        return;
    }
    kiosk_input_run(ui);
}

static void run_key(struct kiosk_ui *ui, const char *name, struct answer *a)
{
    int r = kiosk_window_push_key(ui->window, name);
    if (r < 0)
        answer_fail(a, r,
                    r == -ENOENT ? "no key has that name"
                                 : "SDL does not take events");
    kiosk_input_run(ui);
}

/* With "peek" it can be asked for again. */
static void run_speech(struct kiosk_ui *ui, const char *arg, struct answer *a)
{
    bool peek = strcmp(arg, "peek") == 0;
    int r = 0;
    if (!ui->config.listen)
        answer_fail(a, -EOPNOTSUPP, "what is spoken is not kept");
    else
        r = kiosk_speech_json(&ui->speech, KIOSK_SPEECH_MAX, !peek, &a->text);
    if (r < 0)
        answer_fail(a, r, "no memory");
}

static void run_type(struct kiosk_ui *ui, const char *text, struct answer *a)
{
    if (kiosk_pin_type(ui, text))
        return;
    if (kiosk_fields_active(ui) < 0) {
        answer_fail(a, -EINVAL, "no text field has the focus");
        return;
    }
    int r = kiosk_fields_type(ui, text, strlen(text));
    if (r == -EMSGSIZE)
        answer_fail(a, r, "the text is too long for the field");
    else if (r < 0)
        answer_fail(a, r, "the field does not take that text");
}

static void run_stats(const struct kiosk_ui *ui, struct answer *a)
{
    int r = kiosk_stats_json(&ui->stats, &a->text);
    if (r < 0)
        answer_fail(a, r, "there is no memory");
}

static void run_screenshot(struct kiosk_ui *ui, struct answer *a)
{
    kiosk_ui_draw(ui);
    int r = kiosk_canvas_png(ui->canvas, KIOSK_PNG_MAX, &a->fd, &a->fd_len);
    if (r < 0)
        answer_fail(a, r, "the picture cannot be written");
}

void kiosk_request_run(struct kiosk_ui *ui, const struct kiosk_request *q)
{
    struct answer a = {.fd = -1};
    /* What was touched before comes before. */
    kiosk_ui_refresh(ui);
    kiosk_input_run(ui);
    kiosk_ui_refresh(ui);
    switch (q->kind) {
    case KIOSK_REQUEST_TREE:
        run_tree(ui, &a);
        break;
    case KIOSK_REQUEST_TAP:
        run_tap(ui, q->arg, &a);
        break;
    case KIOSK_REQUEST_TYPE:
        run_type(ui, q->arg, &a);
        break;
    case KIOSK_REQUEST_KEY:
        run_key(ui, q->arg, &a);
        break;
    case KIOSK_REQUEST_SCREENSHOT:
        run_screenshot(ui, &a);
        break;
    case KIOSK_REQUEST_SPEECH:
        run_speech(ui, q->arg, &a);
        break;
    case KIOSK_REQUEST_STATS:
        run_stats(ui, &a);
        break;
    case KIOSK_REQUEST_ALIVE:
        break;
    }
    answer_send(q, &a);
}
