/* pkcs15.h - the files in which a card says what it holds.
 *
 * Spec: ISO/IEC 7816-15:2016 (formerly PKCS #15), section 8 and annex A.
 * Pure: no I/O, no allocation, any thread. Bounded and total: what is longer
 * or more than the ceilings below is cut off or left out, what is malformed is
 * skipped; a file that is no file of its kind at all is -EBADMSG.
 * Room: EF.DIR, ODF, TokenInfo, and the objects that we use: PINs, private
 * keys, certificates. Not here: reading the files (card.h).
 */
#ifndef LUUKKU_APDU_PKCS15_H
#define LUUKKU_APDU_PKCS15_H

#include "base/defs.h"

#include <stdbool.h>

#define P15_AID_MAX 16
#define P15_PATH_MAX 16 /* bytes; longer ones are not used */
#define P15_ID_MAX 32   /* bytes; likewise */
#define P15_LABEL_MAX 64
#define P15_APPS_MAX 8
#define P15_FILES_MAX 16
#define P15_PINS_MAX 8
#define P15_KEYS_MAX 8
#define P15_CERTS_MAX 16
#define P15_ALGORITHMS_MAX 16
#define P15_FILE_MAX 8192 /* bytes of a file that is looked at */

struct p15_path {
    uint8_t bytes[P15_PATH_MAX]; /* file identifiers, two bytes each */
    size_t len;                  /* 0: none */
    uint32_t index;              /* offset of the object in the file */
    uint32_t length;             /* bytes of the object; 0: not said */
};

struct p15_id {
    uint8_t bytes[P15_ID_MAX];
    size_t len; /* 0: none */
};

struct p15_app {
    uint8_t aid[P15_AID_MAX];
    size_t aid_len; /* 1..P15_AID_MAX */
    char label[P15_LABEL_MAX];
    struct p15_path path;
};

struct p15_apps {
    struct p15_app app[P15_APPS_MAX];
    size_t count;
};

/* Kinds of objects, by their tag in the ODF. */
enum p15_kind {
    P15_PRIVATE_KEYS = 0,
    P15_PUBLIC_KEYS = 1,
    P15_CERTIFICATES = 4,
    P15_TRUSTED_CERTIFICATES = 5,
    P15_USEFUL_CERTIFICATES = 6,
    P15_DATA = 7,
    P15_PINS = 8,
};

struct p15_files {
    struct p15_file {
        unsigned kind; /* enum p15_kind, or another */
        struct p15_path path;
    } file[P15_FILES_MAX];
    size_t count;
};

enum p15_coding {
    P15_BCD = 0,   /* two digits a byte */
    P15_ASCII = 1, /* a digit a byte */
    P15_UTF8 = 2,  /* likewise, for digits */
    P15_NIBBLE_BCD = 3,
    P15_ISO9564 = 4,
};

struct p15_pin {
    char label[P15_LABEL_MAX];
    struct p15_id id; /* that keys name */
    struct p15_path path;
    uint32_t coding;   /* enum p15_coding, or another */
    uint32_t least;    /* digits */
    uint32_t stored;   /* bytes */
    uint32_t most;     /* digits; 0 not said */
    uint8_t reference; /* for VERIFY */
    uint8_t pad;       /* byte that fills up */
    bool padded;       /* the card wants it filled up to `stored` */
    bool local;        /* to the application or directory at `path` */
    bool puk;          /* an unblocking or security officer's one */
    bool initialized;
};

struct p15_pins {
    struct p15_pin pin[P15_PINS_MAX];
    size_t count;
};

/* Usage of a key, as tlv_bit() numbers. */
enum p15_usage { P15_SIGN = 2, P15_NON_REPUDIATION = 9 };

struct p15_key {
    char label[P15_LABEL_MAX];
    struct p15_id id;      /* shared with its certificate */
    struct p15_id auth_id; /* of its PIN */
    struct p15_path path;
    uint32_t usage; /* bits */
    uint32_t bits;  /* of the modulus; 0: not said, or not RSA */
    int reference;  /* for MSE SET, 0..255; -1 not said */
    bool ec;
    bool consent; /* its PIN is asked for before each use */
};

struct p15_keys {
    struct p15_key key[P15_KEYS_MAX];
    size_t count;
};

struct p15_cert {
    char label[P15_LABEL_MAX];
    struct p15_id id;
    struct p15_path path;
    bool authority;
};

struct p15_certs {
    struct p15_cert cert[P15_CERTS_MAX];
    size_t count;
};

struct p15_token {
    char label[P15_LABEL_MAX];
    char maker[P15_LABEL_MAX];
    uint8_t serial[P15_ID_MAX];
    size_t serial_len;
    struct p15_algorithm {
        uint32_t mechanism;  /* PKCS #11's number */
        uint32_t operations; /* bits */
        int reference;       /* for MSE SET; -1 not said */
    } algorithm[P15_ALGORITHMS_MAX];
    size_t algorithms;
};

/* Each decodes the content of a file, `len` bytes. ret is filled on success
 * only and holds no pointers. Errors: -EBADMSG. */
int p15_dir_decode(const void *data, size_t len,
                   struct p15_apps *ret) LK_MUST_CHECK;
int p15_odf_decode(const void *data, size_t len,
                   struct p15_files *ret) LK_MUST_CHECK;
int p15_token_decode(const void *data, size_t len,
                     struct p15_token *ret) LK_MUST_CHECK;

/* As above; the objects are added to those in *ret, so that several files can
 * be read one after the other. */
int p15_pins_decode(const void *data, size_t len,
                    struct p15_pins *ret) LK_MUST_CHECK;
int p15_keys_decode(const void *data, size_t len,
                    struct p15_keys *ret) LK_MUST_CHECK;
int p15_certs_decode(const void *data, size_t len,
                     struct p15_certs *ret) LK_MUST_CHECK;

/* Whether two ids are there and the same. */
bool p15_id_equal(const struct p15_id *a, const struct p15_id *b);

/* The first file of a kind from number `from` on; NULL none. */
const struct p15_file *p15_files_find(const struct p15_files *f, unsigned kind,
                                      size_t from);

#endif
