#include "signal/link_watch.h"

#include <string.h>

/* "Client <id> received PUBLISH (d0, q0, r0, m0, '<topic>', ... (5 bytes))".
 * The id is ours and before all that a broker chooses, so the first match
 * counts. */
void link_watch_line(struct link_watch *w, const char *line, uint64_t read)
{
    static const char publish[] = "PUBLISH (d";
    const char *at = strstr(line, " received ");
    if (!at)
        return;
    w->whole_at = read;
    at += strlen(" received ");
    if (strncmp(at, publish, strlen(publish)) != 0)
        return;
    at += strlen(publish);
    /* A form that is not known is foul, too: better no link than no ceiling. */
    if (at[0] == '\0' || strncmp(at + 1, ", q0,", 5) != 0)
        w->foul = true;
}

bool link_watch_fits(const struct link_watch *w, uint64_t read)
{
    return !w->foul && read - w->whole_at <= LINK_UNFINISHED_MAX;
}
