#!/bin/bash
# What every back end of drivers/usb has to do, by libusb on a device of this kernel: USB_KIND with USB_ID.
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
keep_attached "$DEVICE_PORT"
wait_for 10 usb_node "$USB_ID" || fail "no device $USB_ID"
LUUKKU_TEST_DEVICE=usbfs:$USB_ID LUUKKU_TEST_CONTROL=$DEVICE_CONTROL "$LUUKKU_BUILD/tests/emul.usb.probe" "$USB_KIND"
