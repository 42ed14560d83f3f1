/* limits.h - every ceiling of the room.
 *
 * The whole program stays under 192 MB for any page: one page's pixels (105
 * MB at most) and its document (32 MB) or its decoder's tables, never all of
 * them at their most; page.h says who counts what.
 */
#ifndef LUUKKU_PAGES_LIMITS_H
#define LUUKKU_PAGES_LIMITS_H

#define PAGES_MEMORY_MAX 201326592L /* bytes, of the whole program */

/* JPEG */
#define PAGES_JPEG_PIXELS_MAX 210000000L /* before it is reduced */
#define PAGES_JPEG_SCANS_MAX 32          /* of a progressive picture */
#define PAGES_JPEG_TABLES_MAX 62914560L  /* bytes, of its coefficients */
#define PAGES_JPEG_COARSE_MAX 8          /* largest reduction */
#define PAGES_EXIF_ENTRIES_MAX 256

/* PDF */
#define PAGES_PDF_PAGES_MAX 200
#define PAGES_PDF_SIDE_MAX_PT 5000.0 /* A0 is 3370 points long */
#define PAGES_PDF_SIDE_MIN_PT 20.0
#define PAGES_PDF_DRAWN_MAX 9000000L /* pixels of a drawn page: A4, 300 dpi */
#define PAGES_PDF_DPI 200            /* of a drawn page, unless wished */
#define PAGES_PDF_OBJECTS_MAX 4096
#define PAGES_PDF_DEPTH_MAX 8
#define PAGES_PDF_CONTENT_MAX 4096 /* bytes of a page that is one picture */
#define PAGES_PDF_DIGITS_MAX 12

/* What is made of a page */
#define PAGES_PREVIEW_SIDE_PX 1280
#define PAGES_EARLY_MAX                                     \
    41943040L /* bytes of a page whose JPEG may grow beside \
                 the decoder's tables: A4, 300 dpi has 26 M */
#define PAGES_SHEET_PIXELS_MAX 20000000L /* of a camera's picture */
#define PAGES_LOOK_SIDE_PX 1024          /* of the reduced picture looked at */
#define PAGES_JPEG_QUALITY 85

#endif
