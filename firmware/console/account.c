#include "console/account.h"

#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct account {
    char name[LK_NAME_MAX];
    char hash[CONSOLE_HASH_MAX];
};

struct console_accounts {
    size_t n;
    struct account account[CONSOLE_ACCOUNTS_MAX];
};

#define SETTING "$y$" /* yescrypt, at libcrypt's usual cost */

/* For a name that nobody has: nothing hashes to it. */
static const char nobody[] = "$y$j9T$AAAAAAAAAAAAAAAAAAAAA.$";

static bool copy_part(const char *from, size_t len, char *ret, size_t cap)
{
    if (len >= cap)
        return false;
    memcpy(ret, from, len);
    ret[len] = 0;
    return strlen(ret) == len;
}

static const struct account *find(const struct console_accounts *a,
                                  const char *name)
{
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->account[i].name, name) == 0)
            return &a->account[i];
    return NULL;
}

static int take_line(struct console_accounts *a, const char *line, size_t len)
{
    struct account one;
    const char *colon = memchr(line, ':', len);
    if (len == 0 || *line == '#')
        return 0;
    if (!colon || a->n == CONSOLE_ACCOUNTS_MAX)
        return -EBADMSG;
    size_t name = (size_t)(colon - line);
    if (!copy_part(line, name, one.name, sizeof(one.name)) ||
        !copy_part(colon + 1, len - name - 1, one.hash, sizeof(one.hash)))
        return -EBADMSG;
    if (!lk_name_valid(one.name) || find(a, one.name) ||
        crypt_checksalt(one.hash) != CRYPT_SALT_OK)
        return -EBADMSG;
    a->account[a->n++] = one;
    return 0;
}

int console_accounts_parse(const char *text, size_t len,
                           struct console_accounts **ret, unsigned *ret_line)
{
    LK_AUTO(console_accounts) a = calloc(1, sizeof(*a));
    unsigned number = 1;
    if (!a)
        return -ENOMEM;
    if (len > CONSOLE_ACCOUNTS_BYTES_MAX) {
        *ret_line = 0;
        return -EBADMSG;
    }
    for (size_t at = 0; at < len; number++) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t n = end ? (size_t)(end - text) - at : len - at;
        if (take_line(a, text + at, n) < 0) {
            *ret_line = number;
            return -EBADMSG;
        }
        at += n + 1;
    }
    *ret = LK_TAKE(a);
    return 0;
}

struct console_accounts *console_accounts_free(struct console_accounts *a)
{
    if (a)
        explicit_bzero(a, sizeof(*a));
    free(a);
    return NULL;
}

size_t console_accounts_count(const struct console_accounts *a)
{
    return a->n;
}

bool console_accounts_known(const struct console_accounts *a, const char *name)
{
    return find(a, name) != NULL;
}

/* Whether they are the same; takes no longer where they are. */
static bool same(const char *a, const char *b)
{
    size_t len = strlen(a);
    unsigned char differs = 0;
    if (strlen(b) != len)
        return false;
    for (size_t i = 0; i < len; i++)
        differs |= (unsigned char)(a[i] ^ b[i]);
    return differs == 0;
}

bool console_accounts_check(const struct console_accounts *a, const char *name,
                            const char *password)
{
    const struct account *one = find(a, name);
    const char *hash = one ? one->hash : nobody;
    struct crypt_data *work = calloc(1, sizeof(*work));
    bool fits = false;
    if (!work)
        return false;
    const char *made = crypt_r(password, hash, work);
    fits = made && *made != '*' && same(made, hash) && one && *password;
    explicit_bzero(work, sizeof(*work));
    free(work);
    return fits;
}

int console_account_hash(const char *password, char *ret)
{
    char salt[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data *work = calloc(1, sizeof(*work));
    int r = *password ? 0 : -EINVAL;
    if (!work)
        return -ENOMEM;
    if (r == 0 &&
        !crypt_gensalt_rn(SETTING, 0, NULL, 0, salt, (int)sizeof(salt)))
        r = -EIO;
    const char *made = r == 0 ? crypt_r(password, salt, work) : NULL;
    if (r == 0 && (!made || *made == '*' || strlen(made) >= CONSOLE_HASH_MAX))
        r = -EIO;
    if (r == 0)
        memcpy(ret, made, strlen(made) + 1);
    explicit_bzero(work, sizeof(*work));
    free(work);
    return r;
}
