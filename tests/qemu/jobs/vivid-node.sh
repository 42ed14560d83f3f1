#!/bin/bash
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
load vivid
wait_for 5 test -e /dev/video0 || fail "no node"
v4l2-ctl -d /dev/video0 --info | head -4
