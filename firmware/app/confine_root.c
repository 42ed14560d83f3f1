#include "app/confine_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the new root is put together; hidden by it only in this namespace. No
 * profile names anything below it. */
#define NEW_ROOT "/mnt"

static int make_parents(char *path)
{
    for (char *at = strchr(path + strlen(NEW_ROOT) + 1, '/'); at;
         at = strchr(at + 1, '/')) {
        *at = 0;
        int r = mkdir(path, 0755);
        *at = '/';
        if (r < 0 && errno != EEXIST)
            return -errno;
    }
    return 0;
}

/* An empty directory or file to mount on. Existing ones are fine: a path may
 * lie below another of the profile's. */
static int make_place(char *path, bool directory)
{
    int r = make_parents(path);
    if (r < 0)
        return r;
    if (directory)
        return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
    LK_AUTO_FD fd = open(path, O_CREAT | O_RDONLY | O_CLOEXEC, 0444);
    return fd < 0 ? -errno : 0;
}

/* Debian's /lib and the like are links into /usr: make the same link. */
static int copy_link(const char *from, char *to)
{
    char target[CONFINE_PATH_MAX];
    ssize_t n = readlink(from, target, sizeof(target) - 1);
    if (n < 0)
        return -errno;
    target[n] = 0;
    int r = make_parents(to);
    if (r < 0)
        return r;
    return symlink(target, to) < 0 && errno != EEXIST ? -errno : 0;
}

static bool is_top_link(const char *path)
{
    struct stat st;
    return !strchr(path + 1, '/') && lstat(path, &st) == 0 &&
           S_ISLNK(st.st_mode);
}

static int bind_path(void *arg, const char *path, unsigned access)
{
    char to[CONFINE_PATH_MAX + sizeof(NEW_ROOT)];
    struct stat st;
    (void)arg;
    (void)snprintf(to, sizeof(to), NEW_ROOT "%s", path);
    if (is_top_link(path))
        return copy_link(path, to);
    if (stat(path, &st) < 0)
        return -errno;
    int r = make_place(to, S_ISDIR(st.st_mode));
    if (r < 0)
        return r;
    if (mount(path, to, NULL, MS_BIND | MS_REC, NULL) < 0)
        return -errno;
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_NOSUID};
    if (!(access & CONFINE_DEVICE))
        attr.attr_set |= MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY;
    if (mount_setattr(AT_FDCWD, to, AT_RECURSIVE, &attr, sizeof(attr)) < 0)
        return -errno;
    return 0;
}

/* Binds everything; its directories are for the program's own user too. */
static int fill_root(const struct confine_profile *p,
                     const struct confine_options *o)
{
    mode_t before = umask(022);
    int r = confine_each_path(p, o, bind_path, NULL);
    (void)umask(before);
    return r;
}

int confine_make_root(const struct confine_profile *p,
                      const struct confine_options *o)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return -errno;
    if (mount("luukku", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
              "mode=755,size=1m,nr_inodes=1024") < 0)
        return -errno;
    int r = fill_root(p, o);
    if (r < 0)
        return r;
    if (chdir(NEW_ROOT) < 0)
        return -errno;
    /* pivot_root(2), "pivot_root(".", ".")": the old root lies on top of the
     * new one, and is then taken off. */
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        return -errno;
    if (umount2(".", MNT_DETACH) < 0)
        return -errno;
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    if (mount_setattr(AT_FDCWD, "/", 0, &attr, sizeof(attr)) < 0)
        return -errno;
    return chdir("/") < 0 ? -errno : 0;
}
