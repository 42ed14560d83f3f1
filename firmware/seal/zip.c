#include "seal/seal_impl.h"

#include <minizip/zip.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* minizip writes a header, then the bytes, then goes back to the header. */
struct seal_zip {
    zipFile file;
    struct lk_buf *out;
    size_t at; /* where the next bytes go */
    int error; /* the first; 0 none */
    zip_fileinfo info;
};

static voidpf zip_open(voidpf arg, const void *name, int mode)
{
    (void)name;
    (void)mode;
    return arg;
}

static uLong zip_read(voidpf arg, voidpf stream, void *to, uLong len)
{
    (void)arg;
    (void)stream;
    (void)to;
    (void)len;
    return 0; /* a new file is only written */
}

static uLong zip_write(voidpf arg, voidpf stream, const void *from, uLong len)
{
    struct seal_zip *z = arg;
    (void)stream;
    size_t over = z->at < z->out->len ? LK_MIN(z->out->len - z->at, len) : 0;
    if (z->error == 0)
        z->error = lk_buf_append(z->out, (const char *)from + over, len - over);
    if (z->error < 0)
        return 0;
    memcpy(z->out->data + z->at, from, over);
    z->at += len;
    return len;
}

static ZPOS64_T zip_tell(voidpf arg, voidpf stream)
{
    const struct seal_zip *z = arg;
    (void)stream;
    return z->at;
}

static long zip_seek(voidpf arg, voidpf stream, ZPOS64_T offset, int origin)
{
    struct seal_zip *z = arg;
    (void)stream;
    ZPOS64_T base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                    : origin == ZLIB_FILEFUNC_SEEK_CUR ? z->at
                                                       : z->out->len;
    if (base + offset > z->out->len)
        return -1;
    z->at = (size_t)(base + offset);
    return 0;
}

static int zip_nothing(voidpf arg, voidpf stream)
{
    (void)arg;
    (void)stream;
    return 0;
}

static void zip_set_time(struct seal_zip *z, int64_t now_s)
{
    time_t t = (time_t)now_s;
    struct tm tm = {0};
    (void)gmtime_r(&t, &tm);
    z->info.tmz_date = (tm_zip){.tm_sec = (uInt)tm.tm_sec,
                                .tm_min = (uInt)tm.tm_min,
                                .tm_hour = (uInt)tm.tm_hour,
                                .tm_mday = (uInt)tm.tm_mday,
                                .tm_mon = (uInt)tm.tm_mon,
                                .tm_year = (uInt)tm.tm_year + 1900};
}

int seal_zip_new(size_t limit, size_t expect, int64_t now_s,
                 struct seal_zip **ret)
{
    LK_AUTO(seal_zip) z = calloc(1, sizeof(*z));
    if (!z)
        return -ENOMEM;
    int r = lk_buf_new(limit, &z->out);
    if (r == 0)
        r = lk_buf_reserve(z->out, expect);
    if (r < 0)
        return r;
    zip_set_time(z, now_s);
    zlib_filefunc64_def io = {.zopen64_file = zip_open,
                              .zread_file = zip_read,
                              .zwrite_file = zip_write,
                              .ztell64_file = zip_tell,
                              .zseek64_file = zip_seek,
                              .zclose_file = zip_nothing,
                              .zerror_file = zip_nothing,
                              .opaque = z};
    z->file = zipOpen2_64("container", APPEND_STATUS_CREATE, NULL, &io);
    if (!z->file)
        return -ENOMEM;
    *ret = LK_TAKE(z);
    return 0;
}

static int zip_result(const struct seal_zip *z, int code)
{
    if (z->error < 0)
        return z->error;
    return code == ZIP_OK ? 0 : -EIO;
}

int seal_zip_add(struct seal_zip *z, const char *name, const void *data,
                 size_t len)
{
    if (len > UINT32_MAX)
        return -EMSGSIZE;
    int code = zipOpenNewFileInZip(z->file, name, &z->info, NULL, 0, NULL, 0,
                                   NULL, 0, 0);
    if (code == ZIP_OK)
        code = zipWriteInFileInZip(z->file, data, (unsigned)len);
    if (code == ZIP_OK)
        code = zipCloseFileInZip(z->file);
    return zip_result(z, code);
}

int seal_zip_end(struct seal_zip *z, struct lk_buf **ret)
{
    int r = zip_result(z, zipClose(z->file, NULL));
    z->file = NULL; /* gone, well or not */
    if (r == 0)
        *ret = LK_TAKE(z->out);
    return r;
}

struct seal_zip *seal_zip_free(struct seal_zip *z)
{
    if (!z)
        return NULL;
    if (z->file)
        (void)zipClose(z->file, NULL); /* there is no other way to free it */
    if (z->out)
        lk_buf_wipe(z->out);
    lk_buf_free(z->out);
    free(z);
    return NULL;
}
