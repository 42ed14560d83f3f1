#include "provision/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "gen-"
#define NAME_LEN (sizeof(PREFIX) - 1 + 8)
#define GENERATION_MAX 99999999U
#define FRESH_LINK "current.new"
#define ENTRIES_MAX 1024 /* of a directory that are looked at */

static void generation_name(unsigned generation, char ret[NAME_LEN + 1])
{
    (void)snprintf(ret, NAME_LEN + 1, PREFIX "%08u",
                   generation % (GENERATION_MAX + 1));
}

/* The number in a generation's name; 0: it is none. */
static unsigned generation_number(const char *name)
{
    if (strlen(name) != NAME_LEN || strncmp(name, PREFIX, 4) != 0 ||
        strspn(name + 4, "0123456789") != 8)
        return 0;
    return (unsigned)strtoul(name + 4, NULL, 10);
}

int provision_state_open(const char *dir)
{
    struct stat st;
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return -errno;
    LK_AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    if (st.st_uid != geteuid() || st.st_mode & (S_IRWXG | S_IRWXO))
        return -EPERM;
    return lk_fd_take(&fd);
}

/* --- reading -------------------------------------------------------------- */

static int read_file(int dir, const char *name, struct provision_files *f)
{
    LK_AUTO(lk_buf) text = NULL;
    LK_AUTO_FD fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    int r = lk_buf_new(PROVISION_TEXT_MAX + 1, &text);
    if (r == 0)
        r = lk_buf_reserve(text, PROVISION_TEXT_MAX + 1);
    while (r == 0) {
        ssize_t n = read(fd, text->data + text->len,
                         PROVISION_TEXT_MAX + 1 - text->len);
        if (n < 0 && errno != EINTR)
            r = -errno;
        if (n == 0)
            break;
        text->len += n > 0 ? (size_t)n : 0;
        if (text->len > PROVISION_TEXT_MAX)
            r = -EBADMSG;
    }
    if (r == 0)
        r = provision_files_put(f, name, text->data, text->len);
    if (text)
        lk_buf_wipe(text);
    return r == -EINVAL || r == -ENOSPC ? -EBADMSG : r;
}

/* Calls `each` for every name in the directory but "." and "..". */
static int each_name(int dir, int (*each)(int dir, const char *name, void *arg),
                     void *arg)
{
    int r = 0;
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d) {
        r = -errno;
        (void)lk_fd_close(fd);
        return r;
    }
    for (int n = 0; n < ENTRIES_MAX && r == 0; n++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): its own stream */
        const struct dirent *e = readdir(d);
        if (!e)
            break;
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            r = each(dir, e->d_name, arg);
    }
    (void)closedir(d);
    return r;
}

static int read_one(int dir, const char *name, void *arg)
{
    return read_file(dir, name, arg);
}

/* The generation that the link names; 0: there is none. */
static int read_link(int dir, unsigned *ret)
{
    char name[NAME_LEN + 2] = "";
    ssize_t n = readlinkat(dir, PROVISION_CURRENT, name, sizeof(name) - 1);
    if (n < 0 && errno != ENOENT)
        return -errno;
    *ret = n < 0 ? 0 : generation_number(name);
    return n >= 0 && *ret == 0 ? -EBADMSG : 0;
}

int provision_state_load(int dir, struct provision_files **ret,
                         unsigned *ret_generation)
{
    LK_AUTO(provision_files) f = NULL;
    char name[NAME_LEN + 1];
    unsigned generation = 0;
    int r = read_link(dir, &generation);
    if (r == 0)
        r = provision_files_new(&f);
    if (r == 0 && generation > 0) {
        generation_name(generation, name);
        LK_AUTO_FD in = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        r = in < 0 ? -errno : each_name(in, read_one, f);
    }
    if (r < 0)
        return r;
    *ret = LK_TAKE(f);
    *ret_generation = generation;
    return 0;
}

/* --- writing -------------------------------------------------------------- */

static int write_file(int dir, const char *name, const struct lk_buf *text)
{
    LK_AUTO_FD fd =
        openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    for (size_t at = 0; at < text->len;) {
        ssize_t n = write(fd, text->data + at, text->len - at);
        if (n < 0 && errno != EINTR)
            return -errno;
        at += n > 0 ? (size_t)n : 0;
    }
    return fsync(fd) < 0 ? -errno : 0;
}

static int unlink_one(int dir, const char *name, void *arg)
{
    (void)arg;
    return unlinkat(dir, name, 0) < 0 ? -errno : 0;
}

/* Takes a generation away, if it is there. */
static int remove_generation(int dir, const char *name)
{
    LK_AUTO_FD in = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (in < 0)
        return errno == ENOENT ? 0 : -errno;
    int r = each_name(in, unlink_one, NULL);
    if (r == 0 && unlinkat(dir, name, AT_REMOVEDIR) < 0)
        r = -errno;
    return r;
}

static int write_generation(int dir, const char *name,
                            const struct provision_files *f)
{
    int r = remove_generation(dir, name); /* what a power failure left */
    if (r < 0)
        return r;
    if (mkdirat(dir, name, 0700) < 0)
        return -errno;
    LK_AUTO_FD in = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (in < 0)
        return -errno;
    for (size_t i = 0; i < f->files && r == 0; i++)
        r = write_file(in, f->file[i].name, f->file[i].text);
    if (r == 0 && fsync(in) < 0)
        r = -errno;
    return r;
}

static int turn_link(int dir, const char *name)
{
    if (unlinkat(dir, FRESH_LINK, 0) < 0 && errno != ENOENT)
        return -errno;
    if (symlinkat(name, dir, FRESH_LINK) < 0 || fsync(dir) < 0 ||
        renameat(dir, FRESH_LINK, dir, PROVISION_CURRENT) < 0)
        return -errno;
    return 0;
}

/* All but the present generation and the one before; keys are among them. */
static int drop_old(int dir, const char *name, void *arg)
{
    unsigned number = generation_number(name);
    const unsigned *keep = arg;
    if (number == 0 || number == keep[0] || number == keep[1])
        return 0;
    return remove_generation(dir, name);
}

int provision_state_save(int dir, const struct provision_files *f,
                         unsigned generation, unsigned *ret_generation)
{
    char name[NAME_LEN + 1];
    unsigned keep[2] = {generation + 1, generation};
    if (generation >= GENERATION_MAX)
        return -EOVERFLOW;
    generation_name(generation + 1, name);
    int r = write_generation(dir, name, f);
    if (r == 0)
        r = turn_link(dir, name);
    if (r < 0)
        return r;
    *ret_generation = generation + 1;
    if (fsync(dir) < 0)
        return -errno;
    return each_name(dir, drop_old, keep);
}

static int find_before(int dir, const char *name, void *arg)
{
    unsigned *at = arg; /* [0]: the present one, [1]: the newest before it */
    unsigned number = generation_number(name);
    (void)dir;
    if (number < at[0] && number > at[1])
        at[1] = number;
    return 0;
}

int provision_state_back(int dir, unsigned generation, unsigned *ret_generation)
{
    char name[NAME_LEN + 1];
    unsigned at[2] = {generation, 0};
    int r = each_name(dir, find_before, at);
    if (r == 0 && at[1] == 0)
        r = -ENOENT;
    if (r < 0)
        return r;
    generation_name(at[1], name);
    r = turn_link(dir, name);
    if (r < 0)
        return r;
    *ret_generation = at[1];
    return fsync(dir) < 0 ? -errno : 0;
}
