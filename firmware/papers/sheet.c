#include "papers/sheet.h"

#include "ipc/scanmsg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

void papers_given_close(struct papers_given *g)
{
    g->preview_fd = lk_fd_close(g->preview_fd);
    g->detail_fd = lk_fd_close(g->detail_fd);
    g->small_fd = lk_fd_close(g->small_fd);
}

/* A JPEG that nobody changes any more; of more than its beginning nothing is
 * believed. Returns its length. */
static int64_t jpeg_len(int fd, size_t max)
{
    uint8_t head[3];
    int64_t len = scanpage_sealed_len(fd, (int64_t)max);
    if (len < 0)
        return len;
    ssize_t n = pread(fd, head, sizeof(head), 0);
    if (n < 0)
        return -errno;
    bool good = n == sizeof(head) && memcmp(head, "\xff\xd8\xff", 3) == 0;
    return good ? len : -EBADMSG;
}

static int hash_bytes(EVP_MD_CTX *h, int fd, size_t len)
{
    uint8_t block[16384];
    for (size_t at = 0; at < len;) {
        ssize_t n =
            pread(fd, block, LK_MIN(len - at, sizeof(block)), (off_t)at);
        if (n < 0)
            return -errno;
        if (n == 0)
            return -EBADMSG;
        if (EVP_DigestUpdate(h, block, (size_t)n) != 1)
            return -ENOMEM;
        at += (size_t)n;
    }
    explicit_bzero(block, sizeof(block));
    return 0;
}

static int hash(int fd, size_t len, uint8_t ret[32])
{
    EVP_MD_CTX *h = EVP_MD_CTX_new();
    int r = h && EVP_DigestInit_ex(h, EVP_sha256(), NULL) == 1 ? 0 : -ENOMEM;
    if (r == 0)
        r = hash_bytes(h, fd, len);
    if (r == 0 && EVP_DigestFinal_ex(h, ret, NULL) != 1)
        r = -ENOMEM;
    EVP_MD_CTX_free(h);
    return r;
}

/* Takes the descriptors over. */
static int fill(struct papers_sheet *s, struct papers_given *g)
{
    int64_t detail = jpeg_len(g->detail_fd, PAPERS_DETAIL_MAX);
    int64_t small = jpeg_len(g->small_fd, PAPERS_SMALL_MAX);
    if (detail < 0 || small < 0) {
        int r = (int)LK_MIN(detail, small);
        return r == -EMSGSIZE ? -ENOSPC : r;
    }
    int r = hash(g->detail_fd, (size_t)detail, s->sha256);
    if (r == 0)
        r = papers_picture_new(lk_fd_take(&g->preview_fd), &s->show.preview);
    if (r < 0)
        return r;
    s->detail_len = (uint32_t)detail;
    s->small_len = (uint32_t)small;
    s->detail_fd = lk_fd_take(&g->detail_fd);
    s->small_fd = lk_fd_take(&g->small_fd);
    return 0;
}

static struct papers_sheet sheet_of(const struct papers_given *g)
{
    return (struct papers_sheet){
        .first_fd = -1,
        .detail_fd = -1,
        .small_fd = -1,
        .fleeting = g->fleeting,
        .document = g->document,
        .traits = g->traits,
        .edit = PAPERS_EDIT_NONE,
        .show = {.from = g->from,
                 .keep = !g->fleeting,
                 .blank = (g->traits & SCANMSG_BLANK) != 0,
                 .cut = (g->traits & (SCANMSG_CUT | SCANMSG_DAMAGED)) != 0,
                 .dpi = g->dpi,
                 .width_px = g->width_px,
                 .height_px = g->height_px}};
}

int papers_sheet_new(struct papers_given *g, struct papers_sheet **ret)
{
    struct papers_sheet *s = calloc(1, sizeof(*s));
    int r = -ENOMEM;
    if (s) {
        *s = sheet_of(g);
        r = fill(s, g);
    }
    papers_given_close(g);
    if (r < 0)
        papers_sheet_free(s);
    else
        *ret = s;
    return r;
}

struct papers_sheet *papers_sheet_free(struct papers_sheet *s)
{
    if (!s)
        return NULL;
    papers_picture_free(s->show.preview);
    (void)lk_fd_close(s->first_fd);
    (void)lk_fd_close(s->detail_fd);
    (void)lk_fd_close(s->small_fd);
    explicit_bzero(s, sizeof(*s));
    free(s);
    return NULL;
}

size_t papers_sheet_bytes(const struct papers_sheet *s)
{
    return (size_t)s->first_len + s->detail_len + s->small_len;
}

/* --- edits -------------------------------------------------------------- */

static void crop_in(const uint16_t outer[4], uint16_t inner[4])
{
    for (int i = 0; i < 4; i++) {
        uint32_t from = outer[i & 1];
        uint32_t size = (uint32_t)outer[2 + (i & 1)] - from;
        inner[i] = (uint16_t)(from + size * inner[i] / PAPERS_WHOLE);
    }
}

/* By a quarter, clockwise: what was at the bottom is at the left. */
static void crop_turn(uint16_t crop[4])
{
    uint16_t left = (uint16_t)(PAPERS_WHOLE - crop[3]);
    uint16_t right = (uint16_t)(PAPERS_WHOLE - crop[1]);
    crop[1] = crop[0];
    crop[3] = crop[2];
    crop[0] = left;
    crop[2] = right;
}

struct papers_edit papers_edit_add(const struct papers_edit *now,
                                   const struct papers_edit *more)
{
    struct papers_edit e = *more;
    crop_in(now->crop, e.crop);
    for (unsigned i = 0; i < more->turn; i++)
        crop_turn(e.crop);
    e.turn = (uint8_t)((now->turn + more->turn) & 3);
    e.straighten = now->straighten || more->straighten;
    return e;
}

bool papers_edit_fits(const struct papers_edit *e)
{
    return e->turn <= 3 && e->crop[2] <= PAPERS_WHOLE &&
           e->crop[3] <= PAPERS_WHOLE &&
           e->crop[0] + PAPERS_EDGE_MIN <= e->crop[2] &&
           e->crop[1] + PAPERS_EDGE_MIN <= e->crop[3];
}
