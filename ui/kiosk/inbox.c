#include "kiosk/inbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct kiosk_inbox {
    pthread_mutex_t lock;
    int wake_fd;
    struct kiosk_post post;
};

static const struct kiosk_ring_fds no_ring = {-1, -1};

static void post_clear(struct kiosk_post *p)
{
    *p = (struct kiosk_post){.remote = no_ring, .self = no_ring};
}

static void post_close_rings(struct kiosk_post *p)
{
    lk_fd_close(p->remote.memory_fd);
    lk_fd_close(p->remote.wake_fd);
    lk_fd_close(p->self.memory_fd);
    lk_fd_close(p->self.wake_fd);
}

int kiosk_inbox_new(struct kiosk_inbox **ret)
{
    LK_AUTO(kiosk_inbox) b = calloc(1, sizeof(*b));
    if (!b)
        return -ENOMEM;
    pthread_mutex_init(&b->lock, NULL);
    post_clear(&b->post);
    b->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (b->wake_fd < 0)
        return -errno;
    *ret = LK_TAKE(b);
    return 0;
}

struct kiosk_inbox *kiosk_inbox_free(struct kiosk_inbox *b)
{
    if (!b)
        return NULL;
    post_close_rings(&b->post);
    form_view_free(b->post.form);
    papers_view_free(b->post.papers);
    lk_fd_close(b->wake_fd);
    pthread_mutex_destroy(&b->lock);
    explicit_bzero(b, sizeof(*b)); /* a view holds the conversation */
    free(b);
    return NULL;
}

int kiosk_inbox_fd(const struct kiosk_inbox *b)
{
    return b->wake_fd;
}

void kiosk_inbox_take(struct kiosk_inbox *b, struct kiosk_post *ret)
{
    uint64_t count;
    /* Cleared first: what is posted from here on wakes again. */
    if (read(b->wake_fd, &count, sizeof(count)) < 0)
        count = 0;
    pthread_mutex_lock(&b->lock);
    *ret = b->post;
    post_clear(&b->post);
    pthread_mutex_unlock(&b->lock);
}

static void inbox_unlock_and_wake(struct kiosk_inbox *b)
{
    pthread_mutex_unlock(&b->lock);
    uint64_t one = 1;
    /* Fails only when the count is full, and then the screen wakes anyway. */
    if (write(b->wake_fd, &one, sizeof(one)) < 0)
        return;
}

void kiosk_inbox_quit(struct kiosk_inbox *b)
{
    pthread_mutex_lock(&b->lock);
    b->post.quit = true;
    inbox_unlock_and_wake(b);
}

void kiosk_inbox_view(struct kiosk_inbox *b, const struct session_view *view)
{
    pthread_mutex_lock(&b->lock);
    b->post.view = *view;
    b->post.has_view = true;
    inbox_unlock_and_wake(b);
}

void kiosk_inbox_form(struct kiosk_inbox *b, struct form_view *form)
{
    pthread_mutex_lock(&b->lock);
    struct form_view *old = b->post.form;
    b->post.form = form;
    b->post.has_form = true;
    inbox_unlock_and_wake(b);
    form_view_free(old);
}

void kiosk_inbox_papers(struct kiosk_inbox *b, struct papers_view *papers)
{
    pthread_mutex_lock(&b->lock);
    struct papers_view *old = b->post.papers;
    b->post.papers = papers;
    b->post.has_papers = true;
    inbox_unlock_and_wake(b);
    papers_view_free(old);
}

void kiosk_inbox_rings(struct kiosk_inbox *b, struct kiosk_ring_fds remote,
                       struct kiosk_ring_fds self)
{
    pthread_mutex_lock(&b->lock);
    post_close_rings(&b->post);
    b->post.remote = remote;
    b->post.self = self;
    b->post.has_rings = true;
    inbox_unlock_and_wake(b);
}

void kiosk_inbox_spoken(struct kiosk_inbox *b, uint32_t id,
                        enum kiosk_spoken how)
{
    pthread_mutex_lock(&b->lock);
    struct kiosk_post *p = &b->post;
    if (p->spokens == KIOSK_SPOKENS_MAX)
        memmove(&p->spoken[0], &p->spoken[1],
                --p->spokens * sizeof(p->spoken[0]));
    p->spoken[p->spokens].id = id;
    p->spoken[p->spokens++].how = how;
    inbox_unlock_and_wake(b);
}

int kiosk_inbox_request(struct kiosk_inbox *b,
                        const struct kiosk_request *request)
{
    pthread_mutex_lock(&b->lock);
    if (b->post.requests == KIOSK_REQUESTS_MAX) {
        pthread_mutex_unlock(&b->lock);
        return -ENOSPC;
    }
    b->post.request[b->post.requests++] = *request;
    inbox_unlock_and_wake(b);
    return 0;
}
