#include "peer.h"
#include "testing.h"
#include "usb/usbip.h"

#include "base/bytes.h"

#include <errno.h>
#include <sys/socket.h>

#define DEVICE 312

struct listed {
    int times;
    int error;
    size_t n;
    struct usb_candidate first;
};

static void on_listed(void *arg, int error, const struct usb_candidate *list,
                      size_t n)
{
    struct listed *l = arg;
    l->times++;
    l->error = error;
    l->n = n;
    if (n > 0)
        l->first = list[0];
}

/* An answer with `n` devices of two interfaces each. Returns its length. */
static size_t answer(uint8_t *p, uint32_t n)
{
    static const uint8_t classes[8] = {7, 1, 2, 0, 7, 1, 4, 0};
    size_t at = 12;
    memset(p, 0, 12);
    lk_put_u16(p, 0x0111);
    lk_put_u16(p + 2, 0x0005);
    lk_put_u32(p + 8, n);
    for (uint32_t i = 0; i < n; i++, at += DEVICE + 8) {
        memset(p + at, 0, DEVICE + 8);
        memcpy(p + at + 256, "1-1", 4);
        lk_put_u16(p + at + 300, 0x1209);
        lk_put_u16(p + at + 302, (uint16_t)(2 + i));
        p[at + 311] = 2;
        memcpy(p + at + DEVICE, classes, sizeof(classes));
    }
    return at;
}

static uint8_t bytes[12 + (USB_IP_LIST_MAX + 1) * (DEVICE + 8)];
static struct usb_candidate list[USB_IP_LIST_MAX];

static void test_every_truncation(void **state)
{
    size_t len = answer(bytes, 3);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(usb_ip_list_decode(bytes, i, list, USB_IP_LIST_MAX),
                         -EAGAIN);
    assert_int_equal(usb_ip_list_decode(bytes, len, list, USB_IP_LIST_MAX), 3);
    assert_int_equal(list[2].vendor, 0x1209);
    assert_int_equal(list[2].product, 4);
    assert_string_equal(list[2].port, "1-1");
    assert_int_equal(list[2].interfaces, 2);
    assert_int_equal(list[2].interface[1].protocol, 4);
    assert_non_null(
        usb_allow_find(&usb_allow_usual, USB_ROLE_SCANNER, &list[2]));
    (void)state;
}

static void test_lies(void **state)
{
    size_t len = answer(bytes, USB_IP_LIST_MAX + 1);
    assert_int_equal(usb_ip_list_decode(bytes, len, list, USB_IP_LIST_MAX),
                     -EMSGSIZE);
    len = answer(bytes, 1);
    bytes[12 + 311] = 65;
    assert_int_equal(usb_ip_list_decode(bytes, len, list, USB_IP_LIST_MAX),
                     -EMSGSIZE);
    len = answer(bytes, 1);
    memset(bytes + 12 + 256, 'x', 32);
    assert_int_equal(usb_ip_list_decode(bytes, len, list, USB_IP_LIST_MAX),
                     -EBADMSG);
    len = answer(bytes, 1);
    bytes[7] = 1;
    assert_int_equal(usb_ip_list_decode(bytes, len, list, USB_IP_LIST_MAX),
                     -ENODEV);
    bytes[3] = 3;
    assert_int_equal(usb_ip_list_decode(bytes, len, list, USB_IP_LIST_MAX),
                     -EBADMSG);
    (void)state;
}

/* A server's answer in `pieces`, or its hanging up. */
static void ask(size_t len, size_t piece, struct listed *ret)
{
    int fds[2];
    struct lk_loop *loop = NULL;
    memset(ret, 0, sizeof(*ret));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
                     0);
    assert_int_equal(lk_loop_new(&loop), 0);
    assert_int_equal(usb_ip_list(loop, fds[1], on_listed, ret, NULL), 0);
    uint8_t question[9];
    assert_int_equal(recv(fds[0], question, sizeof(question), 0), 8);
    assert_memory_equal(question, "\x01\x11\x80\x05\0\0\0\0", 8);
    for (size_t at = 0; at < len; at += piece) {
        assert_int_equal(ret->times, 0);
        size_t n = LK_MIN(piece, len - at);
        assert_int_equal(send(fds[0], bytes + at, n, MSG_NOSIGNAL), n);
        assert_int_equal(lk_loop_step(loop, 0), 0);
    }
    lk_fd_close(fds[0]);
    for (int i = 0; i < 100 && ret->times == 0; i++)
        assert_int_equal(lk_loop_step(loop, 20000), 0);
    assert_int_equal(ret->times, 1);
    lk_loop_free(loop);
}

static void test_asks(void **state)
{
    struct listed l;
    size_t len = answer(bytes, 2);
    ask(len, len, &l);
    assert_int_equal(l.error, 0);
    assert_int_equal(l.n, 2);
    assert_int_equal(l.first.product, 2);
    ask(len, 7, &l);
    assert_int_equal(l.n, 2);
    ask(len - 1, 100, &l);
    assert_int_equal(l.error, -ENODEV);
    assert_int_equal(l.n, 0);
    ask(answer(bytes, 0), 12, &l);
    assert_int_equal(l.error, 0);
    assert_int_equal(l.n, 0);
    (void)state;
}

static void test_given_up(void **state)
{
    int fds[2];
    struct lk_loop *loop = NULL;
    struct listed l = {0};
    struct usb_ip_listing *listing = NULL;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
                     0);
    assert_int_equal(lk_loop_new(&loop), 0);
    assert_int_equal(usb_ip_list(loop, fds[1], on_listed, &l, &listing), 0);
    assert_null(usb_ip_listing_free(listing));
    assert_int_equal(lk_loop_step(loop, 0), 0);
    assert_int_equal(l.times, 0);
    lk_fd_close(fds[0]);
    lk_loop_free(loop);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_asks),
        cmocka_unit_test(test_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
