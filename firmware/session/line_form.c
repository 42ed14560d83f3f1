/* line_form.c - the channel of the form, and how much of it luukku-rtc has room
 * for. */
#include "session/line_impl.h"

void line_form_close(struct line *l)
{
    if (l->form < 0)
        return;
    l->form = -1;
    l->out.form_channel(l->out.arg, false);
}

void line_form_channel(struct line *l, const struct rtcmsg *m)
{
    line_form_close(l);
    if (!m->open || !l->granted || !l->out.form_channel)
        return;
    l->form = m->channel;
    l->form_room = l->form_sent = 0;
    l->out.form_channel(l->out.arg, true);
}

void line_form_room(struct line *l, const struct rtcmsg *m)
{
    if (m->channel == l->form)
        l->form_room = LK_MAX(m->room, l->form_room);
}

void line_form_data(struct line *l, const struct rtcmsg *m)
{
    if (m->channel == l->form)
        l->out.form_data(l->out.arg, m->bytes, m->binary ? m->len : 0);
}

/* How long a message is shows only when it has been taken: there has to be
 * room for the longest. */
static bool line_form_fits(const struct line *l)
{
    return l->form >= 0 && l->transport &&
           l->form_room >= l->form_sent + LINE_FORM_MAX;
}

void line_form(struct line *l)
{
    struct rtcmsg m = {.type = RTCMSG_SEND, .call = l->number, .binary = true};
    const void *bytes;
    while (line_form_fits(l) && l->out.form_poll(l->out.arg, &bytes, &m.len)) {
        m.channel = (uint16_t)l->form;
        m.bytes = bytes;
        l->form_sent += rtcmsg_room_cost(m.len);
        l->out.send(l->out.arg, &m);
    }
}
