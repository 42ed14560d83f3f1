/* forms-check FILE...: names every mistake in definitions of forms, with line,
 * path and reason. */
#include "base/buf.h"
#include "forms/def.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define MISTAKES_MAX 100

/* The whole file, up to one byte more than a definition may have. */
static int read_file(const char *path, struct lk_buf **ret)
{
    char part[4096];
    LK_AUTO(lk_buf) b = NULL;
    FILE *f = fopen(path, "rbe");
    if (!f)
        return -errno;
    int r = lk_buf_new(FORMS_DEF_LEN_MAX + sizeof(part), &b);
    size_t n = 1;
    while (r == 0 && n > 0 && b->len <= FORMS_DEF_LEN_MAX) {
        n = fread(part, 1, sizeof(part), f);
        r = lk_buf_append(b, part, n);
    }
    if (r == 0 && ferror(f))
        r = -EIO;
    (void)fclose(f);
    if (r == 0)
        *ret = LK_TAKE(b);
    return r;
}

/* By line; of one line as they were met. */
static void print_mistakes(const char *path, const struct forms_def_error *e,
                           size_t n)
{
    int line = -1;
    for (size_t printed = 0; printed < n;) {
        int next = INT_MAX;
        for (size_t i = 0; i < n; i++)
            if (e[i].line > line && e[i].line < next)
                next = e[i].line;
        line = next;
        for (size_t i = 0; i < n; i++) {
            if (e[i].line != line)
                continue;
            printf("%s:%d: %s\n", path, line, e[i].reason);
            printed++;
        }
    }
}

/* 0 when the file is right, 1 when it has mistakes, or negative errno. */
static int check_file(const char *path)
{
    static struct forms_def_error e[MISTAKES_MAX];
    size_t n = MISTAKES_MAX;
    LK_AUTO(lk_buf) b = NULL;
    LK_AUTO(forms_def) d = NULL;
    int r = read_file(path, &b);
    if (r == 0 && b)
        r = forms_def_check(lk_buf_str(b), b->len, &d, e, &n);
    if (r != -EBADMSG)
        return r;
    print_mistakes(path, e, n);
    return 1;
}

int main(int argc, char **argv)
{
    int wrong = 0;
    if (argc < 2) {
        (void)fprintf(stderr, "usage: forms-check FILE...\n");
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        int r = check_file(argv[i]);
        if (r < 0)
            (void)fprintf(stderr, "%s: %s\n", argv[i], strerrordesc_np(-r));
        wrong |= r != 0;
    }
    return wrong;
}
