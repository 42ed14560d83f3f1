/* settings.h - what is asked of a scanner: ScanSettings, fitted and encoded.
 *
 * Spec: Mopria eSCL Technical Specification 2.97, 7 (ScanSettings). Pure: any
 * thread.
 */
#ifndef LUUKKU_ESCL_SETTINGS_H
#define LUUKKU_ESCL_SETTINGS_H

#include "escl/ability.h"

#include "base/buf.h"

/* All of it within what the source can do. */
struct escl_settings {
    enum escl_source source;
    enum escl_mode mode;
    enum escl_format format; /* ESCL_JPEG or ESCL_PDF */
    unsigned dpi;
    struct escl_area area;
    char version[16];
};

/* Fits a wish (`area.width` 0: all of the source) to what there is: nearest
 * resolution (the higher of two as near), a mode that shows no less, JPEG where
 * there is no PDF, the area moved and clipped into the source.
 * Errors  -ENOTSUP no such source */
int escl_settings_fit(const struct escl_ability *a,
                      struct escl_settings *io) LK_MUST_CHECK;

/* Appends the document. Errors: -ENOMEM, -EMSGSIZE. */
int escl_settings_encode(struct lk_buf *b,
                         const struct escl_settings *s) LK_MUST_CHECK;

#endif
