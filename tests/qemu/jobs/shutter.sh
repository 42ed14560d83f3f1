#!/bin/bash
# The shutter of an emulated UVC camera, moved by hand.
. "$LUUKKU_ROOT/tests/qemu/guest/lib.sh"
load uvcvideo
keep_attached "$CAMERA_PORT"
"$LUUKKU_BUILD/tests/qemu.camera" shutter "name:$CAMERA_NAME" "$(tell "$CAMERA_CONTROL" shutter closed)" \
  "$(tell "$CAMERA_CONTROL" shutter open)"
