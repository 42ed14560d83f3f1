/* Any bytes as a PDF: taken apart here, or drawn by poppler. */
#include "pages/pdf.h"
#include "pages/pdf_plain.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is found lies in the file. */
static void check_plain(const uint8_t *data, size_t size)
{
    static struct pdf_plain plain;
    if (pdf_plain_read(data, size, &plain) < 0)
        return;
    if (plain.pages < 1 || plain.pages > PAGES_PDF_PAGES_MAX)
        abort();
    for (size_t i = 0; i < plain.pages; i++) {
        const struct pdf_plain_page *p = &plain.page[i];
        if (p->jpeg.at < data || p->jpeg.end > data + size ||
            p->jpeg.at > p->jpeg.end || p->turn > 3)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pages_pdf *pdf = NULL;
    check_plain(data, size);
    if (pages_pdf_open(data, size, &pdf) < 0)
        return 0;
    for (size_t i = 0; i < 2 && i < pages_pdf_count(pdf); i++) {
        struct scanpage_draft *page = NULL;
        unsigned turn = 0;
        unsigned traits = 0;
        if (pages_pdf_page(pdf, i, 20, &page, &turn, &traits) == 0 &&
            scanpage_check(&page->info) < 0)
            abort();
        (void)scanpage_draft_free(page);
    }
    (void)pages_pdf_free(pdf);
    return 0;
}
