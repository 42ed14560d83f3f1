#include "loop/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ITEM_MAX 1024
#define CAPACITY_MAX 4096

struct lk_mailbox {
    struct lk_mailbox_config config;
    struct lk_watch *watch;
    pthread_mutex_t lock; /* over first, count, woken, lost and items */
    size_t first;
    size_t count;
    bool woken; /* the eventfd is set already */
    uint64_t lost;
    int fd;
    uint8_t items[]; /* capacity * item_len bytes */
};

static uint8_t *mailbox_slot(struct lk_mailbox *m, size_t i)
{
    return m->items + (m->first + i) % m->config.capacity * m->config.item_len;
}

/* Takes the oldest item into `item`; false when there is none. */
static bool mailbox_pop(struct lk_mailbox *m, void *item)
{
    bool got = m->count > 0;
    if (got) {
        memcpy(item, mailbox_slot(m, 0), m->config.item_len);
        explicit_bzero(mailbox_slot(m, 0), m->config.item_len);
        m->first = (m->first + 1) % m->config.capacity;
        m->count--;
    }
    return got;
}

static void mailbox_drain(void *arg, int fd, short events)
{
    struct lk_mailbox *m = arg;
    uint8_t item[ITEM_MAX] __attribute__((aligned(16)));
    uint64_t n;
    (void)events;
    if (read(fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
        return; /* an eventfd of ours fails in no other way */
    pthread_mutex_lock(&m->lock);
    m->woken = false;
    size_t burst = m->count; /* later posts wake us again */
    pthread_mutex_unlock(&m->lock);
    while (burst-- > 0) {
        pthread_mutex_lock(&m->lock);
        bool got = mailbox_pop(m, item);
        pthread_mutex_unlock(&m->lock);
        if (!got)
            break;
        m->config.receive(m->config.arg, item);
        explicit_bzero(item, m->config.item_len);
    }
}

int lk_mailbox_new(struct lk_loop *l, const struct lk_mailbox_config *config,
                   struct lk_mailbox **ret)
{
    if (config->item_len == 0 || config->item_len > ITEM_MAX ||
        config->capacity == 0 || config->capacity > CAPACITY_MAX)
        return -EINVAL;
    struct lk_mailbox *m =
        calloc(1, sizeof(*m) + config->item_len * config->capacity);
    if (!m)
        return -ENOMEM;
    m->config = *config;
    m->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int r = m->fd < 0 ? -errno : 0;
    if (r == 0)
        r = lk_watch_new(l, m->fd, POLLIN, mailbox_drain, m, &m->watch);
    if (r == 0)
        r = -pthread_mutex_init(&m->lock, NULL);
    if (r < 0) {
        lk_watch_free(m->watch);
        lk_fd_close(m->fd);
        free(m);
        return r;
    }
    *ret = m;
    return 0;
}

struct lk_mailbox *lk_mailbox_free(struct lk_mailbox *m)
{
    uint8_t item[ITEM_MAX] __attribute__((aligned(16)));
    if (!m)
        return NULL;
    lk_watch_free(m->watch);
    while (mailbox_pop(m, item))
        if (m->config.drop)
            m->config.drop(m->config.arg, item);
    explicit_bzero(item, m->config.item_len);
    pthread_mutex_destroy(&m->lock);
    lk_fd_close(m->fd);
    free(m);
    return NULL;
}

int lk_mailbox_post(struct lk_mailbox *m, const void *item)
{
    uint8_t old[ITEM_MAX] __attribute__((aligned(16)));
    bool evicted = false;
    pthread_mutex_lock(&m->lock);
    if (m->count == m->config.capacity) {
        m->lost++;
        if (m->config.full == LK_MAILBOX_REFUSE) {
            pthread_mutex_unlock(&m->lock);
            return -ENOSPC;
        }
        evicted = mailbox_pop(m, old);
    }
    memcpy(mailbox_slot(m, m->count++), item, m->config.item_len);
    bool wake = !m->woken;
    m->woken = true;
    pthread_mutex_unlock(&m->lock);
    if (wake) {
        uint64_t one = 1;
        /* cannot fail: the counter is far from its end */
        ssize_t n = write(m->fd, &one, sizeof(one));
        (void)n;
    }
    if (evicted && m->config.drop)
        m->config.drop(m->config.arg, old);
    if (evicted)
        explicit_bzero(old, m->config.item_len);
    return 0;
}

uint64_t lk_mailbox_lost(struct lk_mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    uint64_t lost = m->lost;
    pthread_mutex_unlock(&m->lock);
    return lost;
}
