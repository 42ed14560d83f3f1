#include "store/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".letter"
#define UNFINISHED "unfinished" /* there is one at a time */
#define FILE_MAX (STORE_OUTBOX_NAME_MAX + sizeof(SUFFIX))
#define CHUNK 65536

struct letter {
    char name[STORE_OUTBOX_NAME_MAX];
    size_t len;
    struct timespec written;
};

struct store_outbox {
    int dir;
    struct letter letter[STORE_OUTBOX_LETTERS_MAX];
    size_t letters;
    size_t bytes;
};

static bool is_letter_or_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '-';
}

bool store_outbox_name_valid(const char *name)
{
    size_t n = strlen(name);
    size_t dots = 0;
    if (n == 0 || n >= STORE_OUTBOX_NAME_MAX || name[0] == '.' ||
        name[n - 1] == '.')
        return false;
    for (size_t i = 0; i < n; i++) {
        dots += name[i] == '.';
        if (name[i] != '.' && !is_letter_or_digit(name[i]))
            return false;
    }
    return dots <= 1;
}

static void letter_file(const char *name, char ret[FILE_MAX])
{
    (void)snprintf(ret, FILE_MAX, "%s" SUFFIX, name);
}

/* The letter's place among those that wait, or their number. */
static size_t outbox_find(const struct store_outbox *o, const char *name)
{
    size_t i = 0;
    while (i < o->letters && strcmp(o->letter[i].name, name) != 0)
        i++;
    return i;
}

static bool is_older(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec < b->tv_sec ||
           (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/* In the order of writing. */
static int outbox_note(struct store_outbox *o, const char *name,
                       const struct stat *st)
{
    size_t at = o->letters;
    if (o->letters == STORE_OUTBOX_LETTERS_MAX)
        return -ENOSPC;
    while (at > 0 && is_older(&st->st_mtim, &o->letter[at - 1].written)) {
        o->letter[at] = o->letter[at - 1];
        at--;
    }
    struct letter *l = &o->letter[at];
    (void)snprintf(l->name, sizeof(l->name), "%s", name);
    l->len = (size_t)st->st_size;
    l->written = st->st_mtim;
    o->letters++;
    o->bytes += l->len;
    return 0;
}

/* A file of the directory: a letter, or none of ours. */
static int outbox_look(struct store_outbox *o, const char *file)
{
    char name[STORE_OUTBOX_NAME_MAX];
    struct stat st = {0};
    size_t n = strlen(file);
    const size_t suffix = sizeof(SUFFIX) - 1;
    if (n <= suffix || n - suffix >= sizeof(name) ||
        strcmp(file + n - suffix, SUFFIX) != 0)
        return 0;
    (void)snprintf(name, sizeof(name), "%.*s", (int)(n - suffix), file);
    if (!store_outbox_name_valid(name))
        return 0;
    if (fstatat(o->dir, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    return S_ISREG(st.st_mode) ? outbox_note(o, name, &st) : 0;
}

static int outbox_scan(struct store_outbox *o)
{
    int r = 0;
    int fd = openat(o->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d) {
        r = -errno;
        (void)lk_fd_close(fd);
        return r;
    }
    for (;;) {
        errno = 0;
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of our own */
        const struct dirent *e = readdir(d);
        if (!e || r < 0)
            break;
        r = outbox_look(o, e->d_name);
    }
    if (r == 0 && errno)
        r = -errno;
    (void)closedir(d);
    return r;
}

int store_outbox_open(int dir, struct store_outbox **ret)
{
    struct store_outbox *o = calloc(1, sizeof(*o));
    if (!o) {
        (void)lk_fd_close(dir);
        return -ENOMEM;
    }
    o->dir = dir;
    int r = 0;
    if (unlinkat(dir, UNFINISHED, 0) < 0 && errno != ENOENT)
        r = -errno;
    if (r == 0)
        r = outbox_scan(o);
    /* A rename whose directory was not written out yet is made to last now. */
    if (r == 0 && fsync(dir) < 0)
        r = -errno;
    if (r < 0) {
        store_outbox_free(o);
        return r;
    }
    *ret = o;
    return 0;
}

struct store_outbox *store_outbox_free(struct store_outbox *o)
{
    if (o) {
        (void)lk_fd_close(o->dir);
        free(o);
    }
    return NULL;
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

/* Copies from the start of `from`, at most `room` bytes. */
static int copy_all(int from, int to, size_t room)
{
    char chunk[CHUNK];
    size_t at = 0;
    for (;;) {
        ssize_t n = pread(from, chunk, sizeof(chunk), (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            return at > 0 ? 0 : -EINVAL;
        at += (size_t)n;
        if (at > room)
            return -ENOSPC;
        int r = write_all(to, chunk, (size_t)n);
        if (r < 0)
            return r;
    }
}

/* The whole letter under the name of the unfinished one, on the disk. */
static int outbox_write(struct store_outbox *o, int from, struct stat *ret)
{
    LK_AUTO_FD to =
        openat(o->dir, UNFINISHED,
               O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (to < 0)
        return -errno;
    int r = copy_all(from, to, STORE_OUTBOX_BYTES_MAX - o->bytes);
    if (r == 0 && fsync(to) < 0)
        r = -errno;
    if (r == 0 && fstat(to, ret) < 0)
        r = -errno;
    return r;
}

int store_outbox_put(struct store_outbox *o, const char *name, int fd)
{
    char file[FILE_MAX];
    struct stat st = {0};
    if (!store_outbox_name_valid(name))
        return -EINVAL;
    if (outbox_find(o, name) < o->letters)
        return -EEXIST;
    if (o->letters == STORE_OUTBOX_LETTERS_MAX ||
        o->bytes >= STORE_OUTBOX_BYTES_MAX)
        return -ENOSPC;
    letter_file(name, file);
    int r = outbox_write(o, fd, &st);
    if (r == 0 &&
        renameat2(o->dir, UNFINISHED, o->dir, file, RENAME_NOREPLACE) < 0)
        r = -errno;
    if (r < 0) {
        (void)unlinkat(o->dir, UNFINISHED, 0); /* else at the next open */
        return r;
    }
    if (fsync(o->dir) < 0) {
        r = -errno;
        (void)unlinkat(o->dir, file, 0); /* whoever asked is told it failed */
        return r;
    }
    return outbox_note(o, name, &st);
}

size_t store_outbox_count(const struct store_outbox *o)
{
    return o->letters;
}

const char *store_outbox_name(const struct store_outbox *o, size_t at)
{
    return at < o->letters ? o->letter[at].name : NULL;
}

int store_outbox_get(const struct store_outbox *o, const char *name)
{
    char file[FILE_MAX];
    if (outbox_find(o, name) == o->letters)
        return -ENOENT;
    letter_file(name, file);
    int fd = openat(o->dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

int store_outbox_remove(struct store_outbox *o, const char *name)
{
    char file[FILE_MAX];
    size_t at = outbox_find(o, name);
    if (at == o->letters)
        return -ENOENT;
    letter_file(name, file);
    if (unlinkat(o->dir, file, 0) < 0 && errno != ENOENT)
        return -errno;
    o->bytes -= o->letter[at].len;
    o->letters--;
    memmove(&o->letter[at], &o->letter[at + 1],
            (o->letters - at) * sizeof(o->letter[0]));
    return fsync(o->dir) < 0 ? -errno : 0;
}
