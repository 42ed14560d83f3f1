#include "apdu/pkcs15.h"

#include "apdu/pkcs15_impl.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define DIR_APP 0x61
#define DIR_AID 0x4f
#define DIR_LABEL 0x50
#define DIR_PATH 0x51
#define CONTEXT_0 0x80
#define CONTEXT_0_CONSTRUCTED 0xa0
#define CONTEXT_2_CONSTRUCTED 0xa2

void p15_label(const struct tlv *t, char ret[P15_LABEL_MAX])
{
    ret[0] = 0;
    if (!lk_utf8_valid(t->value, t->len) || memchr(t->value, 0, t->len))
        return;
    size_t n = lk_utf8_cut((const char *)t->value, t->len, P15_LABEL_MAX - 1);
    for (size_t i = 0; i < n; i++)
        ret[i] =
            (char)(t->value[i] < 0x20 || t->value[i] == 0x7f ? ' '
                                                             : t->value[i]);
    ret[n] = 0;
}

void p15_path(const struct tlv *t, struct p15_path *ret)
{
    struct tlv_reader r = tlv_inside(t);
    struct tlv v;
    struct p15_path p = {.len = 0};
    if (!tlv_next_if(&r, TLV_OCTET_STRING, &v) || v.len > P15_PATH_MAX ||
        v.len % 2 != 0)
        return;
    memcpy(p.bytes, v.value, v.len);
    p.len = v.len;
    if (tlv_next_if(&r, TLV_INTEGER, &v) && tlv_number(&v, &p.index) < 0)
        return;
    if (tlv_next_if(&r, CONTEXT_0, &v) && tlv_number(&v, &p.length) < 0)
        return;
    if (p.index > P15_FILE_MAX || p.length > P15_FILE_MAX)
        return;
    *ret = p;
}

void p15_id(const struct tlv *t, struct p15_id *ret)
{
    if (t->len > P15_ID_MAX)
        return;
    memcpy(ret->bytes, t->value, t->len);
    ret->len = t->len;
}

bool p15_id_equal(const struct p15_id *a, const struct p15_id *b)
{
    return a->len > 0 && a->len == b->len &&
           memcmp(a->bytes, b->bytes, a->len) == 0;
}

const struct p15_file *p15_files_find(const struct p15_files *f, unsigned kind,
                                      size_t from)
{
    for (size_t i = from; i < f->count; i++)
        if (f->file[i].kind == kind)
            return &f->file[i];
    return NULL;
}

/* --- EF.DIR -------------------------------------------------------------- */

static bool app_decode(const struct tlv *t, struct p15_app *ret)
{
    struct tlv_reader r = tlv_inside(t);
    struct tlv v;
    struct p15_app a = {.aid_len = 0};
    if (!tlv_find(&r, DIR_AID, &v) || v.len == 0 || v.len > P15_AID_MAX)
        return false;
    memcpy(a.aid, v.value, v.len);
    a.aid_len = v.len;
    if (tlv_find(&r, DIR_LABEL, &v))
        p15_label(&v, a.label);
    if (tlv_find(&r, DIR_PATH, &v) && v.len <= P15_PATH_MAX && v.len % 2 == 0) {
        memcpy(a.path.bytes, v.value, v.len);
        a.path.len = v.len;
    }
    *ret = a;
    return true;
}

int p15_dir_decode(const void *data, size_t len, struct p15_apps *ret)
{
    struct tlv_reader r = tlv_reader(data, len);
    struct p15_apps apps = {.count = 0};
    struct tlv t;
    while (apps.count < P15_APPS_MAX && tlv_next_filled(&r, &t))
        if (t.tag == DIR_APP && app_decode(&t, &apps.app[apps.count]))
            apps.count++;
    if (apps.count == 0)
        return -EBADMSG;
    *ret = apps;
    return 0;
}

/* --- ODF ----------------------------------------------------------------- */

/* PKCS15Objects: [n] { path } for each kind n (ISO/IEC 7816-15, 8.3). */
int p15_odf_decode(const void *data, size_t len, struct p15_files *ret)
{
    struct tlv_reader r = tlv_reader(data, len);
    struct p15_files files = {.count = 0};
    struct tlv t;
    struct tlv path;
    while (files.count < P15_FILES_MAX && tlv_next_filled(&r, &t)) {
        struct tlv_reader in = tlv_inside(&t);
        struct p15_file *f = &files.file[files.count];
        *f = (struct p15_file){.kind = t.tag - CONTEXT_0_CONSTRUCTED};
        if (t.tag < CONTEXT_0_CONSTRUCTED ||
            t.tag > CONTEXT_0_CONSTRUCTED + 0xf ||
            !tlv_next_if(&in, TLV_SEQUENCE, &path))
            continue;
        p15_path(&path, &f->path);
        if (f->path.len > 0)
            files.count++;
    }
    if (files.count == 0)
        return -EBADMSG;
    *ret = files;
    return 0;
}

/* --- TokenInfo ----------------------------------------------------------- */

/* AlgorithmInfo: reference, algorithm, parameters, supportedOperations, objId
 * OPTIONAL, algRef OPTIONAL. */
static bool algorithm_decode(const struct tlv *t, struct p15_algorithm *ret)
{
    struct tlv_reader r = tlv_inside(t);
    struct tlv v;
    uint32_t n;
    struct p15_algorithm a = {.reference = -1};
    if (!tlv_next_if(&r, TLV_INTEGER, &v))
        return false;
    if (!tlv_next_if(&r, TLV_INTEGER, &v) || tlv_number(&v, &a.mechanism) < 0 ||
        !tlv_next(&r, &v)) /* the parameters, of any type */
        return false;
    if (!tlv_next_if(&r, TLV_BIT_STRING, &v) || tlv_bits(&v, &a.operations) < 0)
        return false;
    if (tlv_next_if(&r, TLV_OID, &v) && r.bad)
        return false;
    if (tlv_next_if(&r, TLV_INTEGER, &v) && tlv_number(&v, &n) == 0 && n < 256)
        a.reference = (int)n;
    *ret = a;
    return true;
}

static void algorithms_decode(const struct tlv *t, struct p15_token *ret)
{
    struct tlv_reader r = tlv_inside(t);
    struct tlv v;
    while (ret->algorithms < P15_ALGORITHMS_MAX && tlv_next(&r, &v))
        if (v.tag == TLV_SEQUENCE &&
            algorithm_decode(&v, &ret->algorithm[ret->algorithms]))
            ret->algorithms++;
}

int p15_token_decode(const void *data, size_t len, struct p15_token *ret)
{
    struct tlv_reader r = tlv_reader(data, len);
    struct p15_token token = {.serial_len = 0};
    struct tlv t;
    if (!tlv_next_if(&r, TLV_SEQUENCE, &t))
        return -EBADMSG;
    struct tlv_reader in = tlv_inside(&t);
    if (!tlv_next_if(&in, TLV_INTEGER, &t))
        return -EBADMSG;
    if (tlv_next_if(&in, TLV_OCTET_STRING, &t) && t.len <= P15_ID_MAX) {
        memcpy(token.serial, t.value, t.len);
        token.serial_len = t.len;
    }
    if (tlv_next_if(&in, TLV_UTF8, &t))
        p15_label(&t, token.maker);
    if (tlv_next_if(&in, CONTEXT_0, &t))
        p15_label(&t, token.label);
    if (tlv_find(&in, CONTEXT_2_CONSTRUCTED, &t))
        algorithms_decode(&t, &token);
    *ret = token;
    return 0;
}
