#!/bin/bash
# A conformance suite (PROGRAM, WORDS) over usbfs, on the emulated device with the identity USB_ID.
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
keep_attached "$DEVICE_PORT"
wait_for 20 usb_node "$USB_ID" || fail "the kernel does not show $USB_ID"
export LUUKKU_TEST_DEVICE=usbfs:$USB_ID LUUKKU_TEST_CONTROL=$DEVICE_CONTROL
# shellcheck disable=SC2086 # words
stdbuf -oL "$LUUKKU_BUILD/tests/$PROGRAM" $WORDS 2>&1 | grep --line-buffered -vE '^\[ +OK '
