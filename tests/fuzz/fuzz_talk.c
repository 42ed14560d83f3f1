/* The conversation in writing, as a hostile far end may use it while somebody
 * types. Each piece of the input is a byte that says what happens, a length,
 * and as many bytes. Whatever is shown or sent must be valid UTF-8. */
#include "session/talk.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct talk talk;
static int64_t now_us;

static void check(bool good)
{
    if (!good)
        abort();
}

static void flow(void)
{
    static char message[TALK_MESSAGE_MAX];
    struct session_talk shown;
    size_t n;
    while ((n = talk_send(&talk, now_us, message)) > 0)
        check(n <= sizeof(message) && lk_utf8_valid(message, n));
    if (!talk_show(&talk, now_us, &shown))
        return;
    check(shown.n <= SESSION_SAID_TURNS);
    for (size_t i = 0; i < shown.n; i++) {
        const char *text = shown.said[i].text;
        size_t len = strnlen(text, SESSION_SAID_MAX);
        check(len > 0 && len < SESSION_SAID_MAX && lk_utf8_valid(text, len));
    }
}

static void write_text(const uint8_t *data, size_t len)
{
    char text[SESSION_ARG_MAX];
    memcpy(text, data, len);
    text[len] = '\0';
    if (lk_utf8_valid(text, strlen(text)))
        talk_write(&talk, text);
}

static void happen(uint8_t what, const uint8_t *data, size_t len)
{
    switch (what % 6) {
    case 0:
    case 1:
        talk_receive(&talk, data, len, now_us);
        break;
    case 2:
        write_text(data, len);
        break;
    case 3:
        talk_say(&talk);
        break;
    case 4:
        talk_channel(&talk, len % 2 == 1, now_us);
        break;
    default:
        now_us += (int64_t)len * 50000;
        break;
    }
    flow();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    now_us = 1000000;
    talk_begin(&talk, 1, now_us);
    talk_channel(&talk, true, now_us);
    while (size >= 2) {
        size_t len = data[1] < size - 2 ? data[1] : size - 2;
        happen(data[0], data + 2, len);
        data += 2 + len;
        size -= 2 + len;
    }
    check(talk_next_us(&talk) >= 0);
    return 0;
}
