/* config.h - the kiosk's configuration: JSON in, checked values out.
 *
 * Room: strict parsing. A member that is unknown, missing, given twice, of the
 * wrong type or out of range is refused with its line and a reason. Pure
 * besides store_config_read(): no file named in it is opened here.
 * Members and their meaning: README.md of this room.
 */
#ifndef LUUKKU_STORE_CONFIG_H
#define LUUKKU_STORE_CONFIG_H

#include "base/lang.h"
#include "base/text.h"
#include "usb/allow/allow.h"

#define STORE_CONFIG_LEN_MAX 65536 /* bytes of the JSON text */
#define STORE_CONFIG_AGENCIES_MAX 16
#define STORE_CONFIG_ICE_MAX 4      /* STUN servers, and as many TURN servers */
#define STORE_CONFIG_NOTICE_MAX 257 /* bytes of a notice, likewise */
#define STORE_CONFIG_TEXT_MAX 129   /* bytes of a text, the NUL included */
#define STORE_CONFIG_HOST_MAX 254   /* bytes of a host name, the NUL included */
#define STORE_CONFIG_PATH_MAX 1024  /* bytes of a path, the NUL included */
#define STORE_CONFIG_SOCKET_MAX 108 /* bytes of sun_path, the NUL included */
#define STORE_CONFIG_URL_MAX 512    /* bytes of an address, the NUL included */
#define STORE_CONFIG_TECHNICIANS_MAX 32
#define STORE_CONFIG_REASON_MAX 256

enum store_config_source {
    STORE_CONFIG_AUTO,      /* the device if there is one, else simulated */
    STORE_CONFIG_SIMULATED, /* always the simulated one */
    STORE_CONFIG_NONE,      /* none at all */
};

struct store_config_host {
    char host[STORE_CONFIG_HOST_MAX]; /* name or address, without brackets */
    uint16_t port;                    /* 1..65535 */
};

struct store_config_turn {
    struct store_config_host at;
    bool tcp;                             /* else UDP */
    char user[STORE_CONFIG_TEXT_MAX];     /* not empty */
    char password[STORE_CONFIG_TEXT_MAX]; /* not empty; never logged */
};

struct store_config_agency {
    char id[LK_NAME_MAX];
    char ca[STORE_CONFIG_PATH_MAX];  /* PEM */
    char crl[STORE_CONFIG_PATH_MAX]; /* PEM; "" when it has none */
    /* Its address for letters (https), the certificate they are encrypted to,
     * and the CA of the address; "" when it has none. */
    char post_url[STORE_CONFIG_URL_MAX];
    char post_cert[STORE_CONFIG_PATH_MAX]; /* PEM */
    char post_ca[STORE_CONFIG_PATH_MAX];   /* PEM */
};

/* The service that identifies citizens by their own telephones (RFC 8628,
 * OpenID Connect): its two addresses (https), and what it knows the kiosks by;
 * all "" when there is none. */
struct store_config_phone {
    char device_url[STORE_CONFIG_URL_MAX]; /* where a login begins */
    char token_url[STORE_CONFIG_URL_MAX];  /* where its end is asked for */
    char client[STORE_CONFIG_TEXT_MAX];
    char scope[STORE_CONFIG_TEXT_MAX]; /* default "openid profile" */
    char ca[STORE_CONFIG_PATH_MAX];    /* PEM */
};

/* Which technicians may open a console from afar; none: it is off. */
struct store_config_help {
    char technician[STORE_CONFIG_TECHNICIANS_MAX][LK_NAME_MAX];
    size_t technicians;
    bool pictures; /* they may have a picture of the camera, too */
    char ca[STORE_CONFIG_PATH_MAX];  /* PEM: who certifies technicians */
    char crl[STORE_CONFIG_PATH_MAX]; /* PEM: whom not any more */
};

/* The device of one role: USB devices that are allowed, or an emulated one;
 * with neither the kiosk has none. A rule is written "VVVV:PPPP", either may be
 * "*", and "@PORT" behind it, as sysfs names ports ("1-1.4"). */
struct store_config_device {
    struct usb_rule usb[USB_RULES_MAX];
    size_t usbs;
    char
        usbip[STORE_CONFIG_SOCKET_MAX]; /* a USB/IP server's socket; "": none */
    char busid[USB_PORT_MAX];           /* of the device there */
    char emulator[STORE_CONFIG_SOCKET_MAX]; /* its control socket; "": none */
};

struct store_config {
    char kiosk[LK_NAME_MAX];
    char site[STORE_CONFIG_TEXT_MAX];     /* shown to people; not empty */
    char notice[STORE_CONFIG_NOTICE_MAX]; /* likewise; "": none */
    char language[LK_LANG_MAX];           /* of every visit's begin, "fi" */
    uint32_t volume;     /* of every visit's begin, 1..10, default 7 */
    uint32_t brightness; /* of the display's light, 10..100 %; 0: as it is */
    struct store_config_host broker;
    char tls_ca[STORE_CONFIG_PATH_MAX]; /* for the broker's connection */
    char tls_cert[STORE_CONFIG_PATH_MAX];
    char tls_key[STORE_CONFIG_PATH_MAX];
    char device_cert[STORE_CONFIG_PATH_MAX]; /* for signing envelopes */
    char device_key[STORE_CONFIG_PATH_MAX];
    struct store_config_agency agency[STORE_CONFIG_AGENCIES_MAX];
    size_t agencies; /* 1 or more */
    struct store_config_host stun[STORE_CONFIG_ICE_MAX];
    size_t stuns;
    struct store_config_turn turn[STORE_CONFIG_ICE_MAX];
    size_t turns;
    uint32_t panel_width_px;         /* 320..7680, default 1080 */
    uint32_t panel_height_px;        /* 320..7680, default 1920 */
    uint32_t panel_width_mm;         /* 50..3000, default 340 */
    uint32_t panel_distance_mm;      /* 300..1000, default 600 */
    uint32_t video_width_px;         /* even, 320..1280, default 640 */
    uint32_t video_height_px;        /* even, 240..720, default 480 */
    uint32_t video_fps;              /* 10..30, default 30 */
    uint32_t video_max_kbps;         /* 100..20000, default 2000 */
    enum store_config_source camera; /* default auto */
    /* Which cameras are meant, as camera/id.h says it; "": any, none. */
    char camera_call[STORE_CONFIG_TEXT_MAX];
    char camera_document[STORE_CONFIG_TEXT_MAX];
    enum store_config_source sound; /* default auto */
    bool stamps; /* draw time stamps into what is sent, for tests */
    char keypad[STORE_CONFIG_PATH_MAX]; /* the keypad's keys; "": the usual */
    char outbox[STORE_CONFIG_PATH_MAX]; /* letters that wait, a directory; "":
                                           no agency has an address */
    struct store_config_device scanner;
    struct store_config_device reader; /* of cards */
    /* A simulated document camera: `usbip` is its socket (app/rtc_stills.h). */
    struct store_config_device document;
    char card_ca[STORE_CONFIG_PATH_MAX];  /* PEM: issuers of cards; "": none */
    char card_crl[STORE_CONFIG_PATH_MAX]; /* PEM: their CRLs; "": none */
    bool card_shuffle; /* a PIN's digits change places on the screen's keys */
    struct store_config_phone phone;
    struct store_config_help help;
    char control[STORE_CONFIG_SOCKET_MAX]; /* the control socket's path */
};

struct store_config_error {
    int line;                             /* from 1; 0 when it has none */
    char reason[STORE_CONFIG_REASON_MAX]; /* "broker.port: not 1..65535" */
};

/* Parses `len` bytes of JSON at `text` (need not end in NUL).
 *
 * dir     put before relative paths (with a '/'); "" or NULL leaves them
 * Owner   caller, store_config_free(), which also overwrites passwords
 * Errors  -EBADMSG (why is in *ret_error, which is written only then),
 *         -ENOMEM
 * Thread  any
 */
int store_config_parse(const char *text, size_t len, const char *dir,
                       struct store_config **ret,
                       struct store_config_error *ret_error) LK_MUST_CHECK;

/* The same for a text that was made of another one with the same members:
 * lines are those of `made_of` (valid JSON of `made_len` bytes). Relative paths
 * stay as they are.
 *
 * Errors, Thread  as store_config_parse()
 */
int store_config_parse_made(const char *text, size_t len, const char *made_of,
                            size_t made_len, struct store_config **ret,
                            struct store_config_error *ret_error) LK_MUST_CHECK;

/* Parses what the regular file or memfd `fd` (borrowed) holds from its start;
 * the file offset is neither used nor moved.
 *
 * Errors  as store_config_parse(), and pread(2)'s
 * Thread  any
 */
int store_config_read(int fd, const char *dir, struct store_config **ret,
                      struct store_config_error *ret_error) LK_MUST_CHECK;

/* Overwrites and frees; NULL is fine. Returns NULL. */
struct store_config *store_config_free(struct store_config *c);
LK_AUTO_DEFINE(store_config);

#endif
