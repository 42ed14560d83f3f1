/* line_talk.c - the conversation in writing, between its channel and the
 * session. */
#include "session/line_impl.h"

#include <string.h>

static void tell_talk(struct line *l, bool up)
{
    struct session_event e = {.kind = SESSION_EVENT_TALK, .up = up};
    l->out.event(l->out.arg, &e);
}

void line_talk_close(struct line *l)
{
    if (l->text < 0)
        return;
    l->text = -1;
    talk_channel(&l->talk, false, 0);
    tell_talk(l, false);
}

void line_talk_flow(struct line *l, int64_t now_us)
{
    char message[TALK_MESSAGE_MAX];
    struct session_talk shown;
    size_t n;
    if (!l->granted)
        return;
    while ((n = talk_send(&l->talk, now_us, message)) > 0)
        line_send_on(l, l->text, message, (int)n);
    if (talk_show(&l->talk, now_us, &shown)) {
        struct session_event e = {.kind = SESSION_EVENT_SAID, .talk = &shown};
        l->out.event(l->out.arg, &e);
        explicit_bzero(&shown, sizeof(shown));
    }
    explicit_bzero(message, sizeof(message));
}

void line_talk_begin(struct line *l, int64_t now_us)
{
    uint64_t id = 0;
    while (id == 0)
        lk_random_bytes(&id, sizeof(id));
    talk_begin(&l->talk, id, now_us);
}

void line_talk_channel(struct line *l, const struct rtcmsg *m, int64_t now_us)
{
    line_talk_close(l);
    if (!m->open || !l->granted)
        return;
    l->text = m->channel;
    talk_channel(&l->talk, true, now_us);
    tell_talk(l, true);
}

void line_write(struct line *l, const char *text, int64_t now_us)
{
    if (!l->granted)
        return;
    talk_write(&l->talk, text);
    line_talk_flow(l, now_us);
}

void line_say(struct line *l, int64_t now_us)
{
    if (!l->granted)
        return;
    talk_say(&l->talk);
    line_talk_flow(l, now_us);
}
