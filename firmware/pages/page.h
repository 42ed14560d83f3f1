/* page.h - a document's pages, made ready for luukkud.
 *
 * Room: what a document is (by its bytes, never by what somebody says), its
 * pages one after another, and what is done with each: turned, straightened or
 * flattened, judged blank or not, reduced to a preview, coded as JPEG, sealed.
 * Memory: the page's pixels, a second page while it is turned, a strip while it
 * is straightened; -E2BIG instead of more than PAGES_MEMORY_MAX.
 */
#ifndef LUUKKU_PAGES_PAGE_H
#define LUUKKU_PAGES_PAGE_H

#include "ipc/scanmsg.h"
#include "ipc/scanpage.h"
#include "pages/inflow.h"

#include <stdbool.h>

enum pages_kind {
    PAGES_UNKNOWN,
    PAGES_JPEG,
    PAGES_PDF,
    PAGES_OURS, /* of scanpage.h: a page that was given before */
};

/* What the bytes are, by their beginning. */
enum pages_kind pages_sniff(const uint8_t *data, size_t len);

struct pages_wish {
    uint16_t dpi; /* what the scanner was told, or for drawing; 0 not known */
    uint8_t turn; /* quarter turns clockwise */
    uint8_t prep; /* enum scanmsg_prep */
    bool upright; /* turn a photograph as its camera says */
    uint16_t crop[4]; /* struct scanmsg's */
};

/* A page that is ready. Descriptors are sealed memfds. */
struct pages_page {
    struct scanpage_info info;
    unsigned traits; /* enum scanmsg_traits */
    int page_fd;
    int preview_fd;
    int jpeg_fd;  /* of the page; -1: not wished */
    int small_fd; /* of the preview, likewise */
};

/* Closes what it has; fine after a failure, and twice. */
void pages_page_close(struct pages_page *p);

struct pages_document;

/* Opens what a sealed memfd holds; `fd` is taken over, also when it fails.
 *
 * Owner   caller; pages_document_free()
 * Errors  -EPROTONOSUPPORT neither JPEG, PDF nor a page of ours; -EBADMSG
 *         broken, or not sealed; -EMSGSIZE more than SCANMSG_DOCUMENT_MAX, or
 *         too many pages; -EACCES wants a password; -ENOMEM; mmap(2)'s
 * Thread  one for all of a document
 */
int pages_document_open(int fd, struct pages_document **ret) LK_MUST_CHECK;
struct pages_document *pages_document_free(struct pages_document *d);
LK_AUTO_DEFINE(pages_document);

/* Pages, 1 or more. */
size_t pages_document_count(const struct pages_document *d);

/* Makes page `index` (from 0) ready.
 *
 * Owner   caller; pages_page_close()
 * Errors  -EBADMSG broken, -EMSGSIZE too large, -E2BIG built to cost time or
 *         memory, or too large to be turned; -ENOMEM; memfd_create(2)'s
 */
int pages_document_page(struct pages_document *d, size_t index,
                        const struct pages_wish *wish,
                        struct pages_page *ret) LK_MUST_CHECK;

/* As pages_document_page(), of a JPEG that is still coming in: its rows are
 * decoded, reduced and coded as they come. `wish->upright` is not heeded, for
 * scanners hold nothing aslant. Errors: those, and `in`'s. */
int pages_inflow_page(const struct pages_inflow *in,
                      const struct pages_wish *wish,
                      struct pages_page *ret) LK_MUST_CHECK;

/* An error of this room as the end of a job. */
enum scanmsg_reason pages_reason(int error);

#endif
