/* Byte 0 even: a hostile `help-open` at the door of a kiosk, whose fuzzed body
 * and certificate are judged; odd: hostile frames, each behind two bytes of its
 * length, at a stream that then goes on with its own. */
#include "remote/door.h"
#include "remote/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void at_door(const uint8_t *data, size_t size)
{
    static const struct signal_topic topic = {
        .kind = SIGNAL_TOPIC_TECH_DOWN, .kiosk = "kiosk-1", .expert = "maija"};
    struct remote_door door = {.count = 0};
    struct remote_open open;
    const char *why = NULL;
    const struct remote_knock knock = {
        .topic = &topic, .payload = data, .len = size, .wall_s = 1700000000};
    int r = remote_door_judge(&door, &knock, &open, &why);
    if (r == REMOTE_WELCOME || (r == -EBADMSG && !why))
        abort(); /* nobody is let in where help is off */
}

static void at_stream(const uint8_t *data, size_t size)
{
    static const struct remote_keys keys = {.down = {1}, .up = {2}};
    const struct remote_stream_config config = {
        .keys = &keys, .id = {7}, .kiosk = true, .now_us = 0};
    LK_AUTO(remote_stream) s = NULL;
    uint8_t frame[REMOTE_FRAME_MAX];
    int64_t now_us = 0;
    if (remote_stream_new(&config, &s) < 0)
        return;
    while (size >= 2) {
        size_t len = LK_MIN((size_t)(data[0] << 8 | data[1]), size - 2);
        (void)!remote_stream_receive(s, data + 2, len, now_us);
        data += 2 + len;
        size -= 2 + len;
        now_us += 100000;
        (void)remote_stream_write(s, "luukku> ", 8);
        while (remote_stream_poll(s, frame, now_us) > 0)
            continue;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] % 2 == 0)
        at_door(data + 1, size - 1);
    else if (size > 0)
        at_stream(data + 1, size - 1);
    return 0;
}
