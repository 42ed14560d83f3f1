# What the guest's jobs share. Sourced, never run.
# shellcheck shell=bash
set -uo pipefail

# The emulator answers at once; a guest may have to wait for its processor.
readonly ATTACH_S=30

# Says why and ends the job.
fail() {
  echo "FAILED: $*"
  exit 1
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < until)) || return 1
    sleep 0.05
  done
}

load() {
  modprobe -a "$@" || fail "no modules $*"
}

# usb_node VVVV:PPPP: the device's node, /dev/bus/usb/BBB/DDD.
usb_node() {
  local dir
  for dir in /sys/bus/usb/devices/*; do
    [[ -r $dir/idVendor && $(<"$dir/idVendor"):$(<"$dir/idProduct") == "$1" ]] || continue
    printf '/dev/bus/usb/%03d/%03d\n' "$(<"$dir/busnum")" "$(<"$dir/devnum")"
    return
  done
  return 1
}

# Gives the emulator at TCP port $1 of the host to this kernel.
attach() {
  timeout "$ATTACH_S" usbip --tcp-port "$1" attach -r "${LUUKKU_HOST:-10.0.2.2}" -b 1-1
}

# Whether vhci-hcd has a device attached from port $1. /var/run/vhci_hcd/portN is "HOST PORT BUSID".
attached() {
  local port state
  while read -r _ port state _; do
    [[ $state == 006 ]] && grep -qs " $1 " "/var/run/vhci_hcd/port$((10#$port))" && return
  done < <(tail -n +2 /sys/devices/platform/vhci_hcd.0/status)
  return 1
}

# Attaches the emulator again whenever it was plugged in again, for as long as this job lives.
keep_attached() {
  load vhci_hcd
  (while true; do
    attached "$1" || attach "$1" 2>/dev/null
    sleep 0.1
  done) &
  wait_for 20 attached "$1" || fail "the emulator cannot be attached"
}

# answer CONTROL WORDS...: the emulator's answer to an order. CONTROL is "tcp:HOST:PORT".
answer() {
  local control=${1#tcp:} line
  shift
  exec 8<>"/dev/tcp/${control%:*}/${control##*:}"
  echo "$*" >&8
  read -r line <&8
  exec 8>&-
  echo "${line#ok}"
  [[ $line == ok* ]]
}

# The command line that gives an emulator an order, for programs that are told what to run.
tell() {
  printf 'bash -c %q' ". '$LUUKKU_ROOT/tests/qemu/guest/lib.sh'; answer $*"
}
