/* card_slot.h - a reader's slot in a test: test_card.h answers, or a fault
 * does.
 */
#ifndef LUUKKU_TESTS_CARD_SLOT_H
#define LUUKKU_TESTS_CARD_SLOT_H

#include "test_card.h"
#include "testing.h"

#include "app/card_work.h"

#include <errno.h>

/* What a call of the slot ends with, `at` calls from now. */
struct fault {
    unsigned at; /* 0 none */
    int status;
    bool always; /* and every one after it */
    bool pull;   /* the card is pulled instead */
    bool close;  /* the reader is */
};

static struct lk_loop *loop;
static struct test_card *card; /* in the slot */
static struct card_work *work;
static bool present;
static struct fault fault;

/* the slot's call under way */
static bool busy;
static bool powering;
static uint8_t command[512];
static size_t command_len;
static bool pad_lies;
static bool pad_waits; /* for somebody to type */
static int pad_status;
static const char *pad_digits;

/* --- the slot --------------------------------------------------------------
 */

static void end_call(void *arg)
{
    static const uint8_t history[] = {0x80, 0x73, 0x00, 0x00, 0xc0};
    (void)arg;
    if (!busy)
        return;
    busy = false;
    if (fault.at > 0 && --fault.at == 0) {
        fault.at = fault.always;
        explicit_bzero(command, sizeof(command));
        if (fault.close) {
            present = false;
            card_work_reader(work, CARDMSG_READER_NONE, false);
            return;
        }
        if (fault.pull) {
            present = false;
            busy = true; /* its end comes after the word of the card */
            card_work_card(work, false);
            busy = false;
        }
        int status = fault.pull ? -ENOMEDIUM : fault.status;
        if (powering)
            card_work_powered(work, status, NULL, 0, false);
        else
            card_work_answered(work, status, NULL, 0);
        return;
    }
    if (powering) {
        card->verified[0] = card->verified[1] = false;
        card_work_powered(work, 0, history, sizeof(history), card->extended);
        return;
    }
    if (pad_status < 0 && command_len == 0) {
        card_work_answered(work, pad_status, NULL, 0);
        return;
    }
    size_t n = test_card_do(card, command, command_len);
    explicit_bzero(command, sizeof(command));
    card_work_answered(work, 0, card->answer, n);
}

static int begin_call(bool power)
{
    if (!present)
        return -ENOMEDIUM;
    assert_false(busy);
    busy = true;
    powering = power;
    return lk_loop_defer(loop, end_call, NULL);
}

static int slot_power(void *arg)
{
    (void)arg;
    return begin_call(true);
}

static int slot_send(void *arg, const uint8_t *apdu, size_t len)
{
    (void)arg;
    memcpy(command, apdu, len);
    command_len = len;
    return begin_call(false);
}

static int slot_pad(void *arg, const struct card_pin *pin)
{
    (void)arg;
    if (pad_lies)
        return -EOPNOTSUPP;
    command_len = 0;
    if (pad_status == 0) {
        command_len = (size_t)card_pin_template(pin, command);
        for (size_t i = 0; pad_digits[i]; i++)
            command[CARD_PIN_HEADER + i] = (uint8_t)pad_digits[i];
    }
    if (pad_waits) {
        busy = true;
        powering = false;
        return 0;
    }
    return begin_call(false);
}

static void slot_cancel(void *arg)
{
    (void)arg;
    pad_status = -ECANCELED;
    command_len = 0;
    assert_true(busy && pad_waits);
    assert_int_equal(lk_loop_defer(loop, end_call, NULL), 0);
}

static const struct card_slot_ops ops = {.power = slot_power,
                                         .send = slot_send,
                                         .pad = slot_pad,
                                         .cancel = slot_cancel};

#endif
