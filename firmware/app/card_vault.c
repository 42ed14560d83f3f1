#include "app/card_vault.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct card_vault {
    size_t count;
    uint8_t digits[CARD_PIN_DIGITS_MAX];
    uint8_t command[CARD_PIN_COMMAND_MAX];
};

static size_t page_len(void)
{
    long page = sysconf(_SC_PAGESIZE);
    return page > 0 ? (size_t)page : 4096;
}

int card_vault_new(struct card_vault **ret)
{
    size_t len = page_len();
    void *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return -errno;
    if (mlock(at, len) < 0 || madvise(at, len, MADV_DONTDUMP) < 0 ||
        madvise(at, len, MADV_WIPEONFORK) < 0) {
        int r = -errno;
        (void)munmap(at, len);
        return r;
    }
    *ret = at;
    return 0;
}

struct card_vault *card_vault_free(struct card_vault *v)
{
    if (v) {
        size_t len = page_len();
        explicit_bzero(v, len);
        (void)munmap(v, len);
    }
    return NULL;
}

int card_vault_add(struct card_vault *v, uint8_t digit)
{
    if (digit > 9)
        return -EINVAL;
    if (v->count == CARD_PIN_DIGITS_MAX)
        return -ENOSPC;
    v->digits[v->count++] = digit;
    return 0;
}

void card_vault_back(struct card_vault *v)
{
    if (v->count > 0)
        explicit_bzero(&v->digits[--v->count], 1);
}

size_t card_vault_count(const struct card_vault *v)
{
    return v->count;
}

int card_vault_command(struct card_vault *v, const struct card_pin *pin,
                       const uint8_t **ret)
{
    int n = card_pin_command(pin, v->digits, v->count, v->command);
    if (n >= 0)
        *ret = v->command;
    return n;
}

void card_vault_wipe(struct card_vault *v)
{
    explicit_bzero(v, sizeof(*v));
}
