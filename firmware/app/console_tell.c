#include "app/console_tell.h"

#include "base/log.h"
#include "control/client.h"

#include <stdio.h>
#include <string.h>

#define WHO_MAX 32
#define TEXT_MAX 200

static void make_plain(char *s)
{
    for (; *s; s++) {
        if (*s == '"')
            *s = '\'';
        else if (*s == '\\')
            *s = '/';
        else if (*s < ' ' || *s > '~')
            *s = '?';
    }
}

void console_tell_by(struct control_client *client, const char *line,
                     const char *who, const char *what, const char *text)
{
    char name[WHO_MAX + 1];
    char said[TEXT_MAX + 1];
    const char *const words[] = {"audit", name, said};
    LK_AUTO(control_answer) a = NULL;
    if (strcmp(what, "noise") == 0)
        return;
    (void)snprintf(name, sizeof(name), "%s", who);
    (void)snprintf(said, sizeof(said), "%s %s%s%s", line, what,
                   *text ? " " : "", text);
    make_plain(said);
    int r = control_client_call(client, words, LK_ARRAY_LEN(words),
                                CONSOLE_TELL_US, &a);
    if (r < 0)
        LK_LOG(DEBUG, "console", "trail told err=%s", strerrorname_np(-r));
}

void console_tell(const char *socket, const char *line, const char *who,
                  const char *what, const char *text)
{
    LK_AUTO(control_client) client = NULL;
    int r = control_client_open(socket, &client);
    if (r < 0)
        LK_LOG(DEBUG, "console", "trail told err=%s", strerrorname_np(-r));
    else
        console_tell_by(client, line, who, what, text);
}
