#include "provision/reset.h"

#include "provision/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 4 /* folders in folders; a kiosk has one */

int provision_reset_begin(int dir)
{
    LK_AUTO_FD fd =
        openat(dir, PROVISION_RESET, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || fsync(fd) < 0 || fsync(dir) < 0)
        return -errno;
    return 0;
}

int provision_reset_due(int dir)
{
    struct stat st;
    if (fstatat(dir, PROVISION_RESET, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return 1;
    return errno == ENOENT ? 0 : -errno;
}

/* Letters, the only large files, are encrypted. */
static int overwrite(int dir, const char *name, size_t len)
{
    static const char zeros[4096];
    LK_AUTO_FD fd = openat(dir, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    for (size_t at = 0; at < len && len <= PROVISION_TEXT_MAX;) {
        ssize_t n = write(fd, zeros, LK_MIN(len - at, sizeof(zeros)));
        if (n < 0 && errno != EINTR)
            return -errno;
        at += n > 0 ? (size_t)n : 0;
    }
    return fsync(fd) < 0 ? -errno : 0;
}

static int wipe_folder(int dir, const char *keep, int depth);

static int wipe_entry(int dir, const char *name, int depth)
{
    struct stat st;
    int r = 0;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    bool folder = S_ISDIR(st.st_mode);
    if (folder) {
        LK_AUTO_FD in =
            openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        r = in < 0 ? -errno : wipe_folder(in, "", depth + 1);
    } else if (S_ISREG(st.st_mode)) {
        r = overwrite(dir, name, (size_t)st.st_size);
    }
    if (r == 0 && unlinkat(dir, name, folder ? AT_REMOVEDIR : 0) < 0)
        r = -errno;
    return r;
}

/* All but the entry `keep`. As deep as DEPTH_MAX says. */
static int wipe_folder(int dir, const char *keep, int depth)
{
    struct dirent **entry = NULL;
    int r = 0;
    if (depth > DEPTH_MAX)
        return -ELOOP;
    int n = scandirat(dir, ".", &entry, NULL, alphasort);
    if (n < 0)
        return -errno;
    for (int i = 0; i < n; i++) {
        const char *name = entry[i]->d_name;
        if (r == 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
            strcmp(name, keep) != 0)
            r = wipe_entry(dir, name, depth);
        free(entry[i]);
    }
    free((void *)entry);
    return r;
}

int provision_reset_finish(int dir)
{
    int r = wipe_folder(dir, PROVISION_RESET, 0);
    if (r < 0)
        return r;
    if (fsync(dir) < 0 || unlinkat(dir, PROVISION_RESET, 0) < 0 ||
        fsync(dir) < 0)
        return -errno;
    return 0;
}
