#include "app/super_post.h"

#include "app/super_desk.h"
#include "base/log.h"
#include "store/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct super_post {
    struct super *super;
    struct store_outbox *outbox;
};

int super_post_new(const char *path, struct super_post **ret)
{
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (dir < 0)
        return -errno;
    struct super_post *p = calloc(1, sizeof(*p));
    if (!p) {
        (void)lk_fd_close(dir);
        return -ENOMEM;
    }
    int r = store_outbox_open(dir, &p->outbox);
    if (r < 0) {
        free(p);
        return r;
    }
    *ret = p;
    return 0;
}

struct super_post *super_post_free(struct super_post *p)
{
    if (p) {
        store_outbox_free(p->outbox);
        free(p);
    }
    return NULL;
}

void super_post_attach(struct super_post *p, struct super *s)
{
    p->super = s;
}

/* Not sent: the program does not run, or does not read. It gets what waits when
 * it is started anew. */
static void post_send(struct super_post *p, size_t program,
                      const struct supermsg *m, int fd)
{
    int r = super_post(p->super, program, m, fd);
    if (r < 0 && r != -ENOTCONN)
        LK_LOG(WARN, "super", "post not passed on type=%d err=%s", (int)m->type,
               strerrorname_np(-r));
}

static void give_letter(struct super_post *p, const char *name)
{
    LK_AUTO_FD fd = store_outbox_get(p->outbox, name);
    const struct supermsg m = {.type = SUPERMSG_LETTER, .text = name};
    if (fd < 0)
        LK_LOG(ERROR, "super", "letter cannot be opened err=%s",
               strerrorname_np(-fd));
    else
        post_send(p, SUPER_FETCH, &m, fd);
}

/* Nothing but a name and a file from luukkud, which is told whether it is on
 * the disk: what is in it is not looked at. false: no name of a letter. */
static bool take_letter(struct super_post *p, const struct supermsg *m, int fd)
{
    if (!store_outbox_name_valid(m->text))
        return false;
    int r = store_outbox_put(p->outbox, m->text, fd);
    const struct supermsg held = {
        .type = SUPERMSG_HELD, .ok = r == 0 || r == -EEXIST, .text = m->text};
    if (held.ok)
        give_letter(p, m->text);
    else
        LK_LOG(ERROR, "super", "letter not kept err=%s", strerrorname_np(-r));
    post_send(p, SUPER_LUUKKUD, &held, -1);
    return true;
}

static void letter_posted(struct super_post *p, const struct supermsg *m)
{
    int r = store_outbox_remove(p->outbox, m->text);
    if (r < 0 && r != -ENOENT)
        LK_LOG(ERROR, "super", "letter not removed err=%s",
               strerrorname_np(-r));
    LK_LOG(INFO, "super", "letter delivered waiting=%zu",
           store_outbox_count(p->outbox));
    post_send(p, SUPER_LUUKKUD, m, -1);
}

bool super_post_message(struct super_post *p, size_t program,
                        const struct supermsg *m, int fd)
{
    const bool luukkud = program == SUPER_LUUKKUD;
    const bool fetch = program == SUPER_FETCH;
    switch ((unsigned)m->type) {
    case SUPERMSG_LETTER:
        return luukkud && take_letter(p, m, fd);
    case SUPERMSG_ASK:
        if (luukkud)
            post_send(p, SUPER_FETCH, m, -1);
        return luukkud;
    case SUPERMSG_POSTED:
        if (fetch)
            letter_posted(p, m);
        return fetch;
    case SUPERMSG_TOLD:
        if (fetch && m->carries == SUPERMSG_NOTHING)
            post_send(p, SUPER_LUUKKUD, m, -1);
        return fetch && m->carries == SUPERMSG_NOTHING;
    default:
        return false;
    }
}

void super_post_ready(struct super_post *p, size_t program)
{
    if (program != SUPER_FETCH)
        return;
    for (size_t i = 0; i < store_outbox_count(p->outbox); i++)
        give_letter(p, store_outbox_name(p->outbox, i));
}
