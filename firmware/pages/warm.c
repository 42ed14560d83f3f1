#include "pages/warm.h"

#include "pages/look.h"
#include "pages/pdf.h"
#include "pages/reduce.h"

#include <errno.h>

/* Without a table of objects: poppler finds them itself. */
static const char page[] =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 60]/Contents 4 0 R"
    "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    ">>endobj\n"
    "4 0 obj<</Length 39>>stream\n"
    "BT /F 20 Tf 20 20 Td (Luukku, luukut) Tj ET\n"
    "endstream endobj\n"
    "trailer<</Root 1 0 R>>\n";

int pages_warm(void)
{
    LK_AUTO(pages_pdf) pdf = NULL;
    LK_AUTO(scanpage_draft) drawn = NULL;
    LK_AUTO(scanpage_draft) gray = NULL;
    unsigned turn = 0;
    unsigned traits = 0;
    double skew = 0;
    int r = pages_pdf_open((const uint8_t *)page, sizeof(page) - 1, &pdf);
    if (r == 0)
        r = pages_pdf_page(pdf, 0, 0, &drawn, &turn, &traits);
    if (r == 0)
        r = pages_reduce(&drawn->info, drawn->rows, 1000, true, &gray);
    return r < 0 ? r : pages_look_skew(gray, &skew);
}
