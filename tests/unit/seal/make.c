/* make.c - the room as a command, for tests that let other programs judge.
 *
 *   seal-make container KEY CERT TIME OUT NAME TYPE FILE [NAME TYPE FILE]...
 *   seal-make letter CERT IN OUT
 *   seal-make pdf TIME IN OUT
 *   seal-make code MARK | read TYPED
 */
#include "seal/seal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIPLE 3

static int read_file(const char *path, struct lk_buf **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    char chunk[65536];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f)
        return -errno;
    int r = lk_buf_new(SEAL_FILE_LEN_MAX, &b);
    while (r == 0 && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        r = lk_buf_append(b, chunk, n);
    (void)fclose(f);
    if (r == 0)
        *ret = LK_TAKE(b);
    return r;
}

static int write_file(const char *path, const struct lk_buf *b)
{
    FILE *f = b ? fopen(path, "wb") : NULL;
    if (!f)
        return b ? -errno : -EINVAL;
    size_t n = fwrite(b->data, 1, b->len, f);
    return fclose(f) == 0 && n == b->len ? 0 : -EIO;
}

static int load_key(char **argv, struct seal_key **ret)
{
    LK_AUTO(lk_buf) key = NULL;
    LK_AUTO(lk_buf) cert = NULL;
    int r = read_file(argv[0], &key);
    if (r == 0)
        r = read_file(argv[1], &cert);
    if (r == 0 && key && cert)
        r = seal_key_load(key->data, key->len, cert->data, cert->len, ret);
    return r;
}

static int make_container(int argc, char **argv)
{
    struct seal_file file[SEAL_FILES_MAX];
    struct lk_buf *data[SEAL_FILES_MAX] = {0};
    LK_AUTO(seal_key) key = NULL;
    LK_AUTO(lk_buf) out = NULL;
    size_t n = 0;
    int r = argc < 4 ? -EINVAL : load_key(argv, &key);
    for (int i = 4; r == 0 && i + 2 < argc && n < SEAL_FILES_MAX; i += TRIPLE) {
        r = read_file(argv[i + 2], &data[n]);
        if (r < 0)
            break;
        file[n] = (struct seal_file){argv[i], argv[i + 1], data[n]->data,
                                     data[n]->len};
        n++;
    }
    if (r == 0)
        r = seal_container(file, n, key, strtoll(argv[2], NULL, 10), &out);
    if (r == 0)
        r = write_file(argv[3], out);
    for (size_t i = 0; i < n; i++)
        lk_buf_free(data[i]);
    return r;
}

static int make_letter(int argc, char **argv)
{
    LK_AUTO(lk_buf) cert = NULL;
    LK_AUTO(lk_buf) in = NULL;
    LK_AUTO(lk_buf) out = NULL;
    int r = argc == 3 ? read_file(argv[0], &cert) : -EINVAL;
    if (r == 0)
        r = read_file(argv[1], &in);
    if (r == 0 && in && cert)
        r = seal_letter(in->data, in->len, cert->data, cert->len, &out);
    return r < 0 ? r : write_file(argv[2], out);
}

static int make_pdf(int argc, char **argv)
{
    LK_AUTO(lk_buf) in = NULL;
    LK_AUTO(lk_buf) out = NULL;
    int r = argc == 3 ? read_file(argv[1], &in) : -EINVAL;
    if (r == 0)
        r = seal_pdf(lk_buf_str(in), in->len, strtoll(argv[0], NULL, 10), &out);
    return r < 0 ? r : write_file(argv[2], out);
}

static int make_code(int argc, char **argv)
{
    char code[SEAL_CODE_MAX];
    int r = argc == 1 ? seal_code_new(argv[0], code) : -EINVAL;
    if (r == 0)
        (void)puts(code);
    return r;
}

static int read_code(int argc, char **argv)
{
    char code[SEAL_CODE_MAX];
    int r = argc == 1 ? seal_code_read(argv[0], code) : -EINVAL;
    if (r == 0)
        (void)puts(code);
    return r;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {{"container", make_container},
                    {"letter", make_letter},
                    {"pdf", make_pdf},
                    {"code", make_code},
                    {"read", read_code}};
    int r = -EINVAL;
    for (size_t i = 0; argc > 1 && i < LK_ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            r = commands[i].run(argc - 2, argv + 2);
    if (r < 0)
        (void)fprintf(stderr, "seal-make: %s\n", strerror(-r));
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
