#include "base/buf.h"
#include "store/config.h"

#include "oom.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char whole[] =
    "{\n"
    "  \"kiosk\": \"kiosk-1\",\n"
    "  \"site\": \"Yhteispalvelupiste, Kuopio\",\n"
    "  \"broker\": {\n"
    "    \"host\": \"127.0.0.1\",\n"
    "    \"port\": 8883\n"
    "  },\n"
    "  \"tls\": {\"ca\": \"ca.pem\", \"cert\": \"/etc/c.pem\", \"key\": "
    "\"k.pem\"},\n"
    "  \"device\": {\"cert\": \"d.pem\", \"key\": \"d.key\"},\n"
    "  \"agencies\": [\n"
    "    {\"id\": \"kela\", \"ca\": \"kela.pem\", \"crl\": \"kela.crl\"},\n"
    "    {\"id\": \"vero\", \"ca\": \"vero.pem\"}\n"
    "  ],\n"
    "  \"ice\": {\n"
    "    \"stun\": [\"stun:[::1]:3479\", \"stun:stun.example\"],\n"
    "    \"turn\": [\n"
    "      {\"url\": \"turn:t.example:99?transport=tcp\",\n"
    "       \"user\": \"u\",\n"
    "       \"password\": \"hush\"}\n"
    "    ]\n"
    "  },\n"
    "  \"panel\": {\"width_px\": 1080, \"height_px\": 1920, \"width_mm\": "
    "340, \"distance_mm\": 750},\n"
    "  \"video\": {\"width\": 1280, \"height\": 720, \"fps\": 25, "
    "\"max_kbps\": 1500},\n"
    "  \"camera\": \"simulated\",\n"
    "  \"sound\": \"none\",\n"
    "  \"stamps\": true,\n"
    "  \"control\": \"control.sock\", \"keypad\": \"pad.json\"\n"
    "}\n";

static void reads_everything(void **state)
{
    (void)state;
    struct store_config_error e;
    LK_AUTO(store_config) c = NULL;
    assert_int_equal(store_config_parse(whole, strlen(whole), "/srv/x", &c, &e),
                     0);
    assert_string_equal(c->kiosk, "kiosk-1");
    assert_string_equal(c->site, "Yhteispalvelupiste, Kuopio");
    assert_string_equal(c->broker.host, "127.0.0.1");
    assert_int_equal(c->broker.port, 8883);
    assert_string_equal(c->tls_ca, "/srv/x/ca.pem");
    assert_string_equal(c->tls_cert, "/etc/c.pem");
    assert_string_equal(c->tls_key, "/srv/x/k.pem");
    assert_string_equal(c->device_cert, "/srv/x/d.pem");
    assert_string_equal(c->device_key, "/srv/x/d.key");
    assert_int_equal(c->agencies, 2);
    assert_string_equal(c->agency[0].crl, "/srv/x/kela.crl");
    assert_string_equal(c->agency[1].id, "vero");
    assert_string_equal(c->agency[1].crl, "");
    assert_int_equal(c->stuns, 2);
    assert_string_equal(c->stun[0].host, "::1");
    assert_int_equal(c->stun[0].port, 3479);
    assert_int_equal(c->stun[1].port, 3478);
    assert_int_equal(c->turns, 1);
    assert_string_equal(c->turn[0].at.host, "t.example");
    assert_int_equal(c->turn[0].at.port, 99);
    assert_true(c->turn[0].tcp);
    assert_string_equal(c->turn[0].password, "hush");
    assert_int_equal(c->video_width_px, 1280);
    assert_int_equal(c->video_max_kbps, 1500);
    assert_int_equal(c->camera, STORE_CONFIG_SIMULATED);
    assert_int_equal(c->sound, STORE_CONFIG_NONE);
    assert_true(c->stamps);
    assert_string_equal(c->control, "/srv/x/control.sock");
    assert_string_equal(c->keypad, "/srv/x/pad.json");
}

static const char least[] =
    "{\"kiosk\":\"abc\",\"site\":\"S\",\"broker\":{\"host\":\"b\",\"port\":1},"
    "\"tls\":{\"ca\":\"a\",\"cert\":\"b\",\"key\":\"c\"},"
    "\"device\":{\"cert\":\"d\",\"key\":\"e\"},"
    "\"agencies\":[{\"id\":\"kela\",\"ca\":\"f\"}],\"control\":\"s\"}";

static void fills_defaults(void **state)
{
    (void)state;
    struct store_config_error e;
    LK_AUTO(store_config) c = NULL;
    assert_int_equal(store_config_parse(least, strlen(least), NULL, &c, &e), 0);
    assert_string_equal(c->tls_ca, "a");
    assert_string_equal(c->control, "s");
    assert_string_equal(c->keypad, "");
    assert_int_equal(c->panel_width_px, 1080);
    assert_int_equal(c->panel_height_px, 1920);
    assert_int_equal(c->video_width_px, 640);
    assert_int_equal(c->video_height_px, 480);
    assert_int_equal(c->video_fps, 30);
    assert_int_equal(c->camera, STORE_CONFIG_AUTO);
    assert_int_equal(c->stuns + c->turns, 0);
    assert_false(c->stamps);
}

/* `whole` with `find` replaced, and what is then said of it. */
static const struct mistake {
    const char *find;
    const char *put;
    int line;
    const char *reason;
} mistakes[] = {
    {"\"kiosk-1\"", "\"Kiosk 1\"", 2, "kiosk: is not a name, [a-z0-9-]{3,32}"},
    {"\"kiosk-1\"", "7", 2, "kiosk: is not a string"},
    {"  \"kiosk\": \"kiosk-1\",\n", "", 1, "kiosk: is missing"},
    {"\"kiosk\"", "\"kiosks\"", 2, "kiosks: is not a member that is known"},
    {"\"site\": \"", "\"site\": \"\",\"x\": \"", 3,
     "x: is not a member that is known"},
    {"Yhteispalvelupiste, Kuopio", "", 3, "site: is empty"},
    {"Kuopio", "\\n", 3, "site: has a control character"},
    {"Kuopio", "\\u0000", 3, "is not valid JSON"},
    {"Kuopio", "\xff", 3, "is not UTF-8"},
    {"8883", "0", 6, "broker.port: is not 1..65535"},
    {"8883", "65536", 6, "broker.port: is not 1..65535"},
    {"8883", "88.5", 6, "broker.port: is not a whole number"},
    {"8883", "\"8883\"", 6, "broker.port: is not a whole number"},
    {"\"127.0.0.1\"", "\"a b\"", 5,
     "broker.host: host has a character that no host has"},
    {"\"127.0.0.1\"", "\"\"", 5, "broker.host: has no host"},
    {"{\"cert\": \"d.pem\", \"key\": \"d.key\"}", "\"d.pem\"", 9,
     "device: is not an object"},
    {", \"key\": \"d.key\"", "", 9, "device.key: is missing"},
    {"\"d.key\"", "null", 9, "device.key: is not a string"},
    {"\"kela\"", "\"k\"", 11, "agencies[0].id: is not a name, [a-z0-9-]{3,32}"},
    {"\"vero\"", "\"kela\"", 12,
     "agencies[1].id: is that of an agency before it"},
    {"\"vero.pem\"", "\"vero.pem\", \"key\": 1", 12,
     "agencies[1].key: is not a member that is known"},
    {"\"vero.pem\"", "\"vero.pem\", \"post\": 1", 12,
     "agencies[1].post: is not an object"},
    {"\"vero.pem\"", "\"vero.pem\", \"post\": {\"url\": \"http://v.fi\"}", 12,
     "agencies[1].post.url: is not an https:// address"},
    {"\"vero.pem\"", "\"vero.pem\", \"post\": {\"url\": \"https://v.fi/\"}", 12,
     "agencies[1].post.url: has a character at its end or inside that no "
     "address of an agency has"},
    {"\"vero.pem\"",
     "\"vero.pem\", \"post\": {\"url\": \"https://v\u00e4.fi\"}", 12,
     "agencies[1].post.url: has a character that is not ASCII"},
    {"\"vero.pem\"", "\"vero.pem\", \"post\": {\"url\": \"https://v.fi\"}", 12,
     "agencies[1].post.cert: is missing"},
    {"\"vero.pem\"",
     "\"vero.pem\", \"post\": {\"url\": \"https://v.fi\", \"cert\": \"c\", "
     "\"ca\": \"a\"}",
     1, "outbox: is missing, and an agency has an address"},
    {"\"camera\":", "\"devices\": {\"mouse\": 1}, \"camera\":", 24,
     "devices.mouse: is not a member that is known"},
    {"\"camera\":", "\"devices\": {\"reader\": {}}, \"camera\":", 24,
     "devices.reader: has not one of allow and usbip"},
    {"\"camera\":",
     "\"devices\": {\"reader\": {\"allow\": [\"*:*\"], \"usbip\": \"s\"}}, "
     "\"camera\":",
     24, "devices.reader: has not one of allow and usbip"},
    {"\"camera\":",
     "\"devices\": {\"reader\": {\"allow\": [\"*:*\"], \"emulator\": \"s\"}}, "
     "\"camera\":",
     24, "devices.reader: has an emulator without usbip"},
    {"\"camera\":",
     "\"devices\": {\"scanner\": {\"allow\": [\"076b\"]}}, \"camera\":", 24,
     "devices.scanner.allow[0]: is not VVVV:PPPP or VVVV:PPPP@PORT"},
    {"\"camera\":",
     "\"devices\": {\"scanner\": {\"allow\": [\"*:3021\"]}}, \"camera\":", 24,
     "devices.scanner.allow[0]: has a product without its vendor"},
    {"\"camera\":",
     "\"devices\": {\"scanner\": {\"allow\": [\"076b:3021@1-1/..\"]}}, "
     "\"camera\":",
     24, "devices.scanner.allow[0]: has a port that is not like 1-1.4"},
    {"\"camera\":", "\"cards\": {}, \"camera\":", 24, "cards.ca: is missing"},
    {"\"camera\":", "\"phone\": {\"device\": \"https://x\"}, \"camera\":", 24,
     "phone.token: is missing"},
    {"{\"id\": \"vero\", \"ca\": \"vero.pem\"}", "[]", 12,
     "agencies[1]: is not an object"},
    {"stun:stun.example", "turn:stun.example", 15,
     "ice.stun[1]: does not start with stun:"},
    {"[::1]:3479", "[::1:3479", 15, "ice.stun[0]: has no ]"},
    {":3479", ":0", 15, "ice.stun[0]: port is not 1..65535"},
    {":3479", "3479", 15, "ice.stun[0]: is not stun:host:port"},
    {"transport=tcp", "transport=tls", 17,
     "ice.turn[0].url: is not turn:host:port?transport=udp or =tcp"},
    {"\"hush\"", "\"\"", 19, "ice.turn[0].password: is empty"},
    {"1080", "100", 22, "panel.width_px: is not 320..7680"},
    {"1280", "1279", 23, "video.width: is odd"},
    {"25", "200", 23, "video.fps: is not 10..30"},
    {"25", "5", 23, "video.fps: is not 10..30"},
    {"25", "-1", 23, "video.fps: is not 10..30"},
    {"\"simulated\"", "\"webcam\"", 24,
     "camera: is not auto, simulated or none"},
    {"true", "1", 26, "stamps: is not true or false"},
    {"true", "true, \"stamps\": true", 26, "a member is given twice"},
    {"\n}\n", "\n", 28, "the JSON ends too early"},
    {"\n}\n", "\n} x", 28, "something follows behind the JSON"},
    {"\"stamps\"", "\"\\u0007\"", 1, "?: is not a member that is known"},
};

static void refuses_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(mistakes); i++) {
        const struct mistake *m = &mistakes[i];
        LK_AUTO(lk_buf) b = NULL;
        const char *at = strstr(whole, m->find);
        assert_non_null(at);
        assert_int_equal(lk_buf_new(65536, &b), 0);
        assert_int_equal(lk_buf_append(b, whole, (size_t)(at - whole)), 0);
        assert_int_equal(lk_buf_printf(b, "%s%s", m->put, at + strlen(m->find)),
                         0);
        struct store_config_error e = {.line = -1};
        struct store_config *c = NULL;
        assert_int_equal(store_config_parse(lk_buf_str(b), b->len, "", &c, &e),
                         -EBADMSG);
        assert_null(c);
        assert_string_equal(e.reason, m->reason);
        assert_int_equal(e.line, m->line);
    }
}

static void refuses_too_long_values(void **state)
{
    (void)state;
    struct store_config_error e;
    struct store_config *c = NULL;
    char dir[STORE_CONFIG_PATH_MAX];
    memset(dir, 'd', sizeof(dir) - 1);
    dir[sizeof(dir) - 1] = 0;
    assert_int_equal(store_config_parse(least, strlen(least), dir, &c, &e),
                     -EBADMSG);
    assert_string_equal(e.reason, "tls.ca: is too long");
    dir[150] = 0; /* fits a path, not a socket's address */
    assert_int_equal(store_config_parse(least, strlen(least), dir, &c, &e),
                     -EBADMSG);
    assert_string_equal(e.reason, "control: is too long");
    static char big[STORE_CONFIG_LEN_MAX + 1];
    memset(big, ' ', sizeof(big));
    assert_int_equal(store_config_parse(big, sizeof(big), "", &c, &e),
                     -EBADMSG);
    assert_string_equal(e.reason, "the file is too long");
    assert_null(c);
}

static void reads_addresses(void **state)
{
    static const char text[] =
        "{\"kiosk\":\"k-1\",\"site\":\"s\",\"broker\":{\"host\":\"h\","
        "\"port\":1},\"tls\":{\"ca\":\"f\",\"cert\":\"f\",\"key\":\"f\"},"
        "\"device\":{\"cert\":\"f\",\"key\":\"f\"},\"agencies\":[{\"id\":"
        "\"kela\",\"ca\":\"f\",\"post\":{\"url\":\"https://k.fi:8443/a\","
        "\"cert\":\"p.crt\",\"ca\":\"/ca\"}}],\"outbox\":\"out\","
        "\"devices\":{\"scanner\":{\"usbip\":\"s.sock\",\"emulator\":\"c\"},"
        "\"reader\":{\"allow\":[\"*:*\",\"076b:3021@1-1.4\"]}},"
        "\"cards\":{\"ca\":\"card.pem\",\"shuffle\":true},"
        "\"phone\":{\"device\":\"https://id.fi/d\",\"token\":"
        "\"https://id.fi/t\",\"client\":\"kiosk\",\"ca\":\"id.crt\"},"
        "\"control\":\"s\"}";
    struct store_config_error e;
    LK_AUTO(store_config) c = NULL;
    (void)state;
    assert_int_equal(store_config_parse(text, strlen(text), "/x", &c, &e), 0);
    assert_string_equal(c->agency[0].post_url, "https://k.fi:8443/a");
    assert_string_equal(c->agency[0].post_cert, "/x/p.crt");
    assert_string_equal(c->agency[0].post_ca, "/ca");
    assert_string_equal(c->outbox, "/x/out");
    assert_string_equal(c->phone.device_url, "https://id.fi/d");
    assert_string_equal(c->phone.token_url, "https://id.fi/t");
    assert_string_equal(c->phone.client, "kiosk");
    assert_string_equal(c->phone.scope, "openid profile");
    assert_string_equal(c->phone.ca, "/x/id.crt");
    assert_string_equal(c->scanner.usbip, "/x/s.sock");
    assert_string_equal(c->scanner.busid, "1-1");
    assert_string_equal(c->scanner.emulator, "/x/c");
    assert_int_equal(c->reader.usbs, 2);
    assert_int_equal(c->reader.usb[0].vendor, -1);
    assert_int_equal(c->reader.usb[1].vendor, 0x076b);
    assert_int_equal(c->reader.usb[1].product, 0x3021);
    assert_string_equal(c->reader.usb[1].port, "1-1.4");
    assert_string_equal(c->card_ca, "/x/card.pem");
    assert_string_equal(c->card_crl, "");
    assert_true(c->card_shuffle);
}

static void counts_agencies(void **state)
{
    (void)state;
    for (int n = 0; n <= STORE_CONFIG_AGENCIES_MAX + 1; n++) {
        LK_AUTO(lk_buf) b = NULL;
        const char *at = strstr(least, "{\"id\"");
        assert_int_equal(lk_buf_new(65536, &b), 0);
        assert_int_equal(lk_buf_append(b, least, (size_t)(at - least)), 0);
        for (int i = 0; i < n; i++)
            assert_int_equal(lk_buf_printf(b,
                                           "%s{\"id\":\"a-%d\",\"ca\":\"f\"}",
                                           i ? "," : "", i),
                             0);
        assert_int_equal(lk_buf_printf(b, "],\"control\":\"s\"}"), 0);
        struct store_config_error e;
        LK_AUTO(store_config) c = NULL;
        int r = store_config_parse(lk_buf_str(b), b->len, "", &c, &e);
        bool right = n >= 1 && n <= STORE_CONFIG_AGENCIES_MAX;
        assert_int_equal(r, right ? 0 : -EBADMSG);
        if (right)
            assert_int_equal(c->agencies, n);
        else
            assert_string_equal(e.reason,
                                "agencies: does not have 1..16 elements");
    }
}

static void reads_a_descriptor_from_its_start(void **state)
{
    (void)state;
    LK_AUTO_FD fd = memfd_create("config", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, least, strlen(least)), strlen(least));
    for (int i = 0; i < 2; i++) {
        struct store_config_error e;
        LK_AUTO(store_config) c = NULL;
        assert_int_equal(store_config_read(fd, "", &c, &e), 0);
        assert_string_equal(c->kiosk, "abc");
    }
    struct store_config_error e;
    struct store_config *c = NULL;
    assert_int_equal(store_config_read(-1, "", &c, &e), -EBADF);
    assert_int_equal(ftruncate(fd, 1 << 20), 0);
    assert_int_equal(store_config_read(fd, "", &c, &e), -EBADMSG);
}

static void survives_lack_of_memory(void **state)
{
    (void)state;
    LK_AUTO_FD fd = memfd_create("config", MFD_CLOEXEC);
    assert_int_equal(write(fd, least, strlen(least)), strlen(least));
    struct store_config_error e;
    LK_AUTO(store_config) c = NULL;
    int r = -1;
    OOM_SWEEP(r, store_config_read(fd, "", &c, &e));
    assert_int_equal(r, 0);
    assert_string_equal(c->kiosk, "abc");
}

/* The example that a municipality starts from. */
static void reads_the_example(void **state)
{
    struct store_config_error why = {0};
    LK_AUTO(store_config) c = NULL;
    LK_AUTO_FD fd = open(EXAMPLE, O_RDONLY | O_CLOEXEC);
    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(store_config_read(fd, "", &c, &why), 0);
    assert_int_equal(c->agencies, 2);
    assert_true(c->turn[0].tcp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_everything),
        cmocka_unit_test(fills_defaults),
        cmocka_unit_test(refuses_mistakes),
        cmocka_unit_test(refuses_too_long_values),
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(counts_agencies),
        cmocka_unit_test(reads_the_example),
        cmocka_unit_test(reads_a_descriptor_from_its_start),
        cmocka_unit_test(survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
