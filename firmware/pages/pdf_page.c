/* A page that is one picture and nothing else. */
#include "pages/pdf_impl.h"

#include "ipc/scanmsg.h"
#include "pages/jpeg.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

#define NUMBERS_MAX 6
#define STATES_MAX 4 /* of nested q and Q */
#define MARGIN 0.01  /* of a side: by so much the picture may miss its page */

struct matrix {
    double m[6];
};

/* What a page's content draws. */
struct drawing {
    struct matrix now;
    struct matrix saved[STATES_MAX];
    size_t states;
    double number[NUMBERS_MAX];
    size_t numbers;
    struct pdf_span name; /* before Do */
    struct pdf_span picture;
    struct matrix at; /* where it is drawn */
};

/* a, then b (8.3.4). */
static struct matrix matrix_of(const double *a, const double *b)
{
    return (struct matrix){
        {a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
         a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3],
         a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5]}};
}

static int draw_operator(struct drawing *d, struct pdf_span word)
{
    struct pdf_span w = word;
    if (pdf_word(&w, "q") && d->states < STATES_MAX) {
        d->saved[d->states++] = d->now;
    } else if (pdf_word(&w, "Q") && d->states > 0) {
        d->now = d->saved[--d->states];
    } else if (pdf_word(&w, "cm") && d->numbers == NUMBERS_MAX) {
        d->now = matrix_of(d->number, d->now.m);
    } else if (pdf_word(&w, "Do") && d->name.at && !d->picture.at) {
        d->picture = d->name;
        d->at = d->now;
    } else {
        return -EBADMSG;
    }
    d->numbers = 0;
    d->name.at = NULL;
    return 0;
}

static int draw_all(struct pdf_span s, struct drawing *d)
{
    for (pdf_space(&s); s.at < s.end; pdf_space(&s)) {
        struct pdf_span v;
        double number;
        int r = pdf_value(&s, &v);
        if (r < 0)
            return r;
        if (*v.at == '/') {
            d->name = v;
        } else if (pdf_number(v, &number) == 0) {
            if (d->numbers >= NUMBERS_MAX)
                return -EBADMSG;
            d->number[d->numbers++] = number;
        } else {
            r = draw_operator(d, v);
        }
        if (r < 0)
            return r;
    }
    return d->picture.at ? 0 : -EBADMSG;
}

/* Unpacks a short stream. Returns its length or -EBADMSG. */
static int unpack(struct pdf_span in, uint8_t *out, size_t cap)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.at,
                  .avail_in = (uInt)(in.end - in.at),
                  .next_out = out,
                  .avail_out = (uInt)cap};
    if (inflateInit(&z) != Z_OK)
        return -EBADMSG;
    int r = inflate(&z, Z_FINISH);
    int len = (int)z.total_out;
    (void)inflateEnd(&z);
    return r == Z_STREAM_END ? len : -EBADMSG;
}

/* The one filter of a stream: its name, alone or in an array.
 * Errors: -ENOENT none, -EBADMSG several, or with parameters. */
static int filter_of(const struct pdf_file *f, struct pdf_span dict,
                     struct pdf_span *ret)
{
    static const char *const foreign[] = {"DecodeParms", "F", NULL};
    struct pdf_span in;
    int r = pdf_get(f, dict, "Filter", ret);
    if (!pdf_lacks(dict, foreign))
        return -EBADMSG;
    if (r < 0 || pdf_array(*ret, &in) < 0)
        return r;
    r = pdf_value(&in, ret);
    pdf_space(&in);
    return r < 0 || in.at < in.end ? -EBADMSG : 0;
}

static int content_read(const struct pdf_file *f, struct pdf_span page,
                        struct drawing *d, uint8_t *buf)
{
    struct pdf_span ref;
    struct pdf_span dict;
    struct pdf_span bytes;
    struct pdf_span filter;
    int r = pdf_lookup(page, "Contents", &ref);
    if (r == 0 && pdf_array(ref, &bytes) == 0)
        r = pdf_value(&bytes, &ref); /* what follows must be nothing */
    else if (r == 0)
        bytes.at = bytes.end = NULL;
    if (r < 0)
        return -EBADMSG;
    pdf_space(&bytes);
    if (bytes.at < bytes.end)
        return -EBADMSG;
    r = pdf_stream(f, ref, &dict, &bytes);
    if (r < 0)
        return r;
    r = filter_of(f, dict, &filter);
    if (r == 0 && pdf_is_name(filter, "FlateDecode")) {
        int n = unpack(bytes, buf, PAGES_PDF_CONTENT_MAX);
        if (n < 0)
            return n;
        bytes = (struct pdf_span){buf, buf + n};
    } else if (r != -ENOENT) {
        return -EBADMSG;
    }
    return bytes.end - bytes.at > PAGES_PDF_CONTENT_MAX ? -EBADMSG
                                                        : draw_all(bytes, d);
}

/* Components that the colours have: 1, 3, or -EBADMSG for others. */
static int colours_of(const struct pdf_file *f, struct pdf_span dict)
{
    struct pdf_span v;
    struct pdf_span in;
    struct pdf_span profile;
    int64_t n = 0;
    int r = pdf_get(f, dict, "ColorSpace", &v);
    if (r == 0 && pdf_array(v, &in) == 0)
        r = pdf_value(&in, &v);
    if (r < 0)
        return -EBADMSG;
    if (pdf_is_name(v, "DeviceRGB") || pdf_is_name(v, "CalRGB"))
        return 3;
    if (pdf_is_name(v, "DeviceGray") || pdf_is_name(v, "CalGray"))
        return 1;
    if (!pdf_is_name(v, "ICCBased") || pdf_value(&in, &profile) < 0 ||
        pdf_resolve(f, &profile) < 0 || pdf_get(f, profile, "N", &v) < 0 ||
        pdf_integer(v, &n) < 0 || (n != 1 && n != 3))
        return -EBADMSG;
    return (int)n;
}

static int64_t integer_of(const struct pdf_file *f, struct pdf_span dict,
                          const char *key)
{
    struct pdf_span v;
    int64_t n = 0;
    if (pdf_get(f, dict, key, &v) < 0 || pdf_integer(v, &n) < 0)
        return -EBADMSG;
    return n;
}

static int picture_read(const struct pdf_file *f, struct pdf_span ref,
                        struct pdf_span *ret, uint32_t *ret_width)
{
    static const char *const foreign[] = {"Decode",    "SMask", "Mask",
                                          "ImageMask", "OC",    NULL};
    struct pages_jpeg_info info;
    struct pdf_span dict;
    struct pdf_span v;
    int r = pdf_stream(f, ref, &dict, ret);
    if (r < 0 || pdf_get(f, dict, "Subtype", &v) < 0 ||
        !pdf_is_name(v, "Image") || !pdf_lacks(dict, foreign) ||
        filter_of(f, dict, &v) < 0 || !pdf_is_name(v, "DCTDecode"))
        return -EBADMSG;
    if (pages_jpeg_info(ret->at, (size_t)(ret->end - ret->at), &info) < 0 ||
        colours_of(f, dict) != (int)info.components ||
        integer_of(f, dict, "Width") != info.width_px ||
        integer_of(f, dict, "Height") != info.height_px)
        return -EBADMSG;
    *ret_width = info.width_px;
    return 0;
}

static int box_read(struct pdf_span box, double *ret)
{
    struct pdf_span in;
    int r = box.at ? pdf_array(box, &in) : -EBADMSG;
    for (size_t i = 0; i < 4 && r == 0; i++) {
        struct pdf_span v;
        r = pdf_value(&in, &v);
        if (r == 0)
            r = pdf_number(v, &ret[i]);
    }
    if (r < 0)
        return r;
    double w = ret[2] - ret[0];
    double h = ret[3] - ret[1];
    bool good = w >= PAGES_PDF_SIDE_MIN_PT && w <= PAGES_PDF_SIDE_MAX_PT &&
                h >= PAGES_PDF_SIDE_MIN_PT && h <= PAGES_PDF_SIDE_MAX_PT;
    return good ? 0 : -EBADMSG;
}

/* All of the page is shown. */
static bool crop_good(struct pdf_span crop, const double *box)
{
    double c[4] = {0};
    return !crop.at || (box_read(crop, c) == 0 && fabs(c[0] - box[0]) < 1 &&
                        fabs(c[1] - box[1]) < 1 && fabs(c[2] - box[2]) < 1 &&
                        fabs(c[3] - box[3]) < 1);
}

/* The picture stands upright and covers the page. */
static bool covers(const struct matrix *at, const double *box)
{
    double w = box[2] - box[0];
    double h = box[3] - box[1];
    const double *m = at->m;
    return m[1] == 0 && m[2] == 0 && fabs(m[0] - w) < w * MARGIN &&
           fabs(m[3] - h) < h * MARGIN && fabs(m[4] - box[0]) < w * MARGIN &&
           fabs(m[5] - box[1]) < h * MARGIN;
}

static int turn_of(struct pdf_span rotate)
{
    int64_t degrees = 0;
    if (rotate.at && pdf_integer(rotate, &degrees) < 0)
        return -EBADMSG;
    return degrees % 90 == 0 ? (int)(degrees / 90 % 4) : -EBADMSG;
}

static int picture_find(const struct pdf_file *f, struct pdf_span resources,
                        struct pdf_span name, struct pdf_span *ret)
{
    char key[64];
    struct pdf_span objects;
    size_t len = (size_t)(name.end - name.at) - 1;
    if (!resources.at || len >= sizeof(key) ||
        pdf_get(f, resources, "XObject", &objects) < 0)
        return -EBADMSG;
    memcpy(key, name.at + 1, len);
    key[len] = 0;
    return pdf_lookup(objects, key, ret);
}

int pdf_page_read(const struct pdf_file *f, struct pdf_span page,
                  const struct pdf_page_inherit *inherit,
                  struct pdf_plain_page *ret)
{
    static const char *const foreign[] = {"Annots", "UserUnit", NULL};
    struct drawing d = {.now = {{1, 0, 0, 1, 0, 0}}};
    uint8_t buf[PAGES_PDF_CONTENT_MAX];
    struct pdf_span ref;
    double box[4] = {0};
    uint32_t width_px = 0;
    int turn = turn_of(inherit->rotate);
    if (turn < 0 || !pdf_lacks(page, foreign) ||
        box_read(inherit->box, box) < 0 || !crop_good(inherit->crop, box) ||
        content_read(f, page, &d, buf) < 0 || !covers(&d.at, box) ||
        picture_find(f, inherit->resources, d.picture, &ref) < 0 ||
        picture_read(f, ref, &ret->jpeg, &width_px) < 0)
        return -EBADMSG;
    ret->turn = (uint8_t)turn;
    ret->dpi = (uint32_t)lround(width_px * 72 / (box[2] - box[0]));
    return ret->dpi <= SCANMSG_DPI_MAX ? 0 : -EBADMSG;
}
