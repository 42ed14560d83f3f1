#include "find_secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536UL
#define OVERLAP 64UL
#define MAPPING_MAX (64UL << 20) /* beyond: a sanitizer's shadow */

struct search {
    const char *hidden;
    size_t n;
    int found;
    int mem;
    uint8_t chunk[CHUNK + OVERLAP];
};

static unsigned digit(const struct search *s, size_t i)
{
    return (unsigned)(s->hidden[i] ^ FIND_HIDE) - '0';
}

/* `step` bytes from one digit to the next, each with `plus` added. */
static bool is_spaced(const struct search *s, const uint8_t *at, size_t left,
                      size_t step, unsigned plus)
{
    if (left < s->n * step)
        return false;
    for (size_t i = 0; i < s->n; i++)
        if (at[i * step] != digit(s, i) + plus ||
            (step == 2 && at[i * step + 1] != 0))
            return false;
    return true;
}

static bool is_bcd(const struct search *s, const uint8_t *at, size_t left)
{
    if (left < s->n / 2)
        return false;
    for (size_t i = 0; i + 1 < s->n; i += 2)
        if (at[i / 2] != (digit(s, i) << 4 | digit(s, i + 1)))
            return false;
    return true;
}

static void look_at(struct search *s, uintptr_t base, size_t len, size_t until)
{
    for (size_t i = 0; i < until; i++) {
        const uint8_t *at = s->chunk + i;
        size_t left = len - i;
        const char *how = NULL;
        if (*at != digit(s, 0) && *at != digit(s, 0) + '0' &&
            *at >> 4 != digit(s, 0))
            continue; /* nothing begins here */
        if (is_spaced(s, at, left, 1, '0'))
            how = "characters";
        else if (is_spaced(s, at, left, 2, '0'))
            how = "UTF-16";
        else if (is_spaced(s, at, left, 1, 0))
            how = "values";
        else if (is_bcd(s, at, left))
            how = "BCD";
        if (!how)
            continue;
        s->found++;
        (void)fprintf(stderr, "found as %s at %lx\n", how,
                      (unsigned long)(base + i));
    }
}

static void search_mapping(struct search *s, uintptr_t from, uintptr_t to)
{
    uintptr_t own = (uintptr_t)s->chunk;
    for (uintptr_t at = from; at < to; at += CHUNK) {
        size_t want = to - at < CHUNK + OVERLAP ? to - at : CHUNK + OVERLAP;
        if (at < own + sizeof(s->chunk) && at + want > own && s->mem >= 0)
            continue; /* the window that looks at itself */
        ssize_t got = pread(s->mem, s->chunk, want, (off_t)at);
        if (got > 0)
            look_at(s, at, (size_t)got,
                    (size_t)got < CHUNK ? (size_t)got : CHUNK);
    }
}

int find_secret(pid_t pid, const char *hidden, size_t n)
{
    char path[64];
    char line[512];
    struct search *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    pid_t of = pid ? pid : getpid();
    s->hidden = hidden;
    s->n = n;
    (void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)of);
    s->mem = open(path, O_RDONLY | O_CLOEXEC);
    (void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)of);
    FILE *maps = fopen(path, "re");
    int r = s->mem < 0 || !maps ? -EACCES : 0;
    while (r == 0 && fgets(line, sizeof(line), maps)) {
        char *at;
        unsigned long from = strtoul(line, &at, 16);
        unsigned long to = *at == '-' ? strtoul(at + 1, &at, 16) : 0;
        if (strncmp(at, " rw", 3) == 0 && to > from && to - from <= MAPPING_MAX)
            search_mapping(s, from, to);
    }
    if (maps)
        (void)fclose(maps);
    if (s->mem >= 0)
        (void)close(s->mem);
    r = r < 0 ? r : s->found;
    explicit_bzero(s, sizeof(*s));
    free(s);
    return r;
}
