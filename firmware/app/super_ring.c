#include "app/super_ring.h"

#include "base/bytes.h"
#include "base/crc.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A slot: 8 magic, 8 number, 8 time, 24 program, 2 length, then the text, and a
 * checksum over all of it at the end; numbers are little-endian. */
static const uint8_t magic[8] = {'L', 'U', 'U', 'K', 'K', 'U', 'L', '1'};
#define AT_NUMBER 8
#define AT_TIME 16
#define AT_PROGRAM 24
#define AT_LENGTH (AT_PROGRAM + SUPER_RING_PROGRAM_MAX)
#define AT_TEXT (AT_LENGTH + 2)
#define AT_SUM (SUPER_RING_SLOT - 4)
#define TIME_MAX INT64_C(32503680000000000) /* the year 3000 */

_Static_assert(AT_TEXT + SUPER_LOG_TEXT_MAX <= AT_SUM, "a line fits");

struct super_ring {
    int fd;
};

void super_ring_encode(const struct super_log_line *line,
                       uint8_t ret[SUPER_RING_SLOT])
{
    size_t len = strnlen(line->text, SUPER_LOG_TEXT_MAX - 1);
    memset(ret, 0, SUPER_RING_SLOT);
    memcpy(ret, magic, sizeof(magic));
    lk_put_le(ret + AT_NUMBER, line->number, 8);
    lk_put_le(ret + AT_TIME, (uint64_t)line->wall_us, 8);
    (void)snprintf((char *)ret + AT_PROGRAM, SUPER_RING_PROGRAM_MAX, "%s",
                   line->program);
    lk_put_le(ret + AT_LENGTH, len, 2);
    memcpy(ret + AT_TEXT, line->text, len);
    lk_put_le(ret + AT_SUM, lk_crc32(0, ret, AT_SUM), 4);
}

static bool is_program(const uint8_t *name)
{
    size_t len = strnlen((const char *)name, SUPER_RING_PROGRAM_MAX);
    if (len == 0 || len == SUPER_RING_PROGRAM_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!(name[i] >= 'a' && name[i] <= 'z') && name[i] != '-')
            return false;
    return true;
}

int super_ring_decode(uint8_t slot[SUPER_RING_SLOT], struct super_log_line *ret)
{
    uint64_t len = lk_get_le(slot + AT_LENGTH, 2);
    uint64_t number = lk_get_le(slot + AT_NUMBER, 8);
    uint64_t time = lk_get_le(slot + AT_TIME, 8);
    if (memcmp(slot, magic, sizeof(magic)) != 0 || len >= SUPER_LOG_TEXT_MAX ||
        lk_get_le(slot + AT_SUM, 4) != lk_crc32(0, slot, AT_SUM))
        return -EBADMSG;
    char *text = (char *)slot + AT_TEXT;
    if (number < 1 || number >= SUPER_LOG_NUMBER_MAX || time > TIME_MAX ||
        !is_program(slot + AT_PROGRAM) || memchr(text, 0, len) ||
        !lk_utf8_valid(text, len))
        return -EBADMSG;
    text[len] = 0; /* before the checksum: there is room */
    *ret = (struct super_log_line){.number = number,
                                   .wall_us = (int64_t)time,
                                   .program = (char *)slot + AT_PROGRAM,
                                   .text = text};
    return 0;
}

int super_ring_open(const char *path, struct super_ring **ret)
{
    struct stat st;
    const off_t size = (off_t)SUPER_RING_SLOTS * SUPER_RING_SLOT;
    LK_AUTO_FD fd = open(
        path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK,
        0600);
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -EINVAL;
    if (st.st_size != size && (ftruncate(fd, 0) < 0 || ftruncate(fd, size) < 0))
        return -errno;
    /* Its room is taken now, where the file system can: another's full disk is
     * no reason to lose lines later. */
    (void)fallocate(fd, 0, 0, size);
    struct super_ring *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->fd = lk_fd_take(&fd);
    *ret = r;
    return 0;
}

struct super_ring *super_ring_free(struct super_ring *r)
{
    if (r) {
        (void)lk_fd_close(r->fd);
        free(r);
    }
    return NULL;
}

struct found {
    uint64_t number;
    size_t slot;
};

static int by_number(const void *a, const void *b)
{
    const struct found *x = a;
    const struct found *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* A slot's line, when it is one that belongs into this slot. */
static int read_slot(const struct super_ring *r, size_t slot,
                     uint8_t data[SUPER_RING_SLOT], struct super_log_line *ret)
{
    ssize_t n =
        pread(r->fd, data, SUPER_RING_SLOT, (off_t)(slot * SUPER_RING_SLOT));
    if (n != SUPER_RING_SLOT || super_ring_decode(data, ret) < 0)
        return -EBADMSG;
    return ret->number % SUPER_RING_SLOTS == slot ? 0 : -EBADMSG;
}

size_t super_ring_load(struct super_ring *r, struct super_log *log)
{
    uint8_t data[SUPER_RING_SLOT];
    struct super_log_line line;
    struct found found[SUPER_RING_SLOTS];
    size_t count = 0;
    size_t loaded = 0;
    for (size_t i = 0; i < SUPER_RING_SLOTS; i++)
        if (read_slot(r, i, data, &line) == 0)
            found[count++] = (struct found){.number = line.number, .slot = i};
    qsort(found, count, sizeof(*found), by_number);
    for (size_t i = 0; i < count; i++)
        if (read_slot(r, found[i].slot, data, &line) == 0)
            loaded += super_log_restore(log, &line);
    return loaded;
}

int super_ring_put(struct super_ring *r, const struct super_log_line *line,
                   bool urgent)
{
    uint8_t data[SUPER_RING_SLOT];
    off_t at = (off_t)(line->number % SUPER_RING_SLOTS * SUPER_RING_SLOT);
    super_ring_encode(line, data);
    ssize_t n = pwrite(r->fd, data, sizeof(data), at);
    if (n != (ssize_t)sizeof(data))
        return n < 0 ? -errno : -EIO;
    if (urgent) /* begins to write, does not wait; a hint, as fsync() would be
                   too slow here */
        (void)sync_file_range(r->fd, at, sizeof(data), SYNC_FILE_RANGE_WRITE);
    return 0;
}
