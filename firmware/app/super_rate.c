#include "app/super_rate.h"

#include <stddef.h>
#include <string.h>

/* Level, room and first word: "warn luukkud link what=refused". */
#define KEY_WORDS 4

static void make_key(const char *line, size_t len, char ret[SUPER_RATE_KEY_MAX])
{
    size_t n = 0;
    unsigned words = 1;
    while (n < len && n + 1 < SUPER_RATE_KEY_MAX) {
        if (line[n] == ' ' && words++ == KEY_WORDS)
            break;
        ret[n] = line[n];
        n++;
    }
    ret[n] = 0;
}

/* The bucket of this key, or a fresh one in place of the one whose window began
 * first. */
static struct super_rate_bucket *find(struct super_rate_bucket *list, size_t n,
                                      const char *program, const char *key,
                                      int64_t now_us)
{
    struct super_rate_bucket *oldest = &list[0];
    for (size_t i = 0; i < n; i++) {
        struct super_rate_bucket *b = &list[i];
        if (b->program && strcmp(b->program, program) == 0 &&
            strcmp(b->key, key) == 0)
            return b;
        if (!b->program || (oldest->program && b->since_us < oldest->since_us))
            oldest = b;
    }
    *oldest =
        (struct super_rate_bucket){.program = program, .since_us = now_us};
    (void)strncpy(oldest->key, key, sizeof(oldest->key) - 1);
    return oldest;
}

static bool admit(struct super_rate_bucket *b, unsigned most, int64_t now_us)
{
    if (now_us - b->since_us >= SUPER_RATE_US) {
        b->since_us = now_us;
        b->lines = 0;
    }
    return b->lines < most;
}

bool super_rate_admit(struct super_rate *r, const char *program,
                      const char *line, size_t len, int64_t now_us,
                      unsigned *ret_dropped)
{
    char key[SUPER_RATE_KEY_MAX];
    make_key(line, len, key);
    struct super_rate_bucket *k =
        find(r->key, SUPER_RATE_KEYS, program, key, now_us);
    struct super_rate_bucket *p =
        find(r->program, SUPER_RATE_PROGRAMS, program, "", now_us);
    bool may_key = admit(k, SUPER_RATE_KEY_LINES, now_us);
    bool may = admit(p, SUPER_RATE_PROGRAM_LINES, now_us) && may_key;
    if (!may) {
        k->dropped++;
        return false;
    }
    k->lines++;
    p->lines++;
    *ret_dropped = k->dropped;
    k->dropped = 0;
    return true;
}
