# Shared by the scripts of tools/: where things are, how to say things, how to build. Sourced, never run.
# shellcheck shell=bash

LUUKKU_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
export LUUKKU_ROOT

say() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
  say "$*"
  exit 1
}

# Runs a command with its output kept aside, shown only when it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    cat -- "$log" >&2
    say "failed ($status): $*"
  fi
  rm -f -- "$log"
  return "$status"
}

# One build at a time per tree: takes a lock that ends with this shell.
lock_tree() {
  mkdir -p "$LUUKKU_ROOT/build"
  exec {LUUKKU_LOCK}>"$LUUKKU_ROOT/build/.lock"
  if ! flock -n "$LUUKKU_LOCK"; then
    say "waiting for another build of this tree"
    flock -w 1800 "$LUUKKU_LOCK" || die "another build of this tree does not end"
  fi
}

unlock_tree() {
  exec {LUUKKU_LOCK}>&-
}

# How many compilers at once: two, or fewer where the machine has fewer.
build_jobs() {
  local n
  n=$(nproc)
  echo $((n < 4 ? n : n / 2))
}

# Configures and builds preset $1 into build directory $2. Further words are targets; none means everything, and every
# public header alone.
build_preset() {
  local preset=$1 dir=$2
  shift 2
  (($# > 0)) || set -- all all_verify_interface_header_sets
  local werror=OFF
  [[ -n ${CI:-} ]] && werror=ON
  quietly cmake -S "$LUUKKU_ROOT" --preset "$preset" -B "$dir" "-DLUUKKU_WERROR=$werror" ||
    die "configuration failed"
  ninja -C "$dir" -j "$(build_jobs)" "$@" 1>&2 {LUUKKU_LOCK}>&- || die "build failed"
}

# Builds the expert's page into ui/expert/dist, unless it was built of the same files before.
build_page() {
  local dir=$LUUKKU_ROOT/ui/expert hash mark
  [[ -f $dir/package.json ]] || return 0
  mark=$dir/dist/.built
  hash=$(cd "$dir" && find . -path ./node_modules -prune -o -path ./dist -prune -o -path ./tests -prune -o -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum)
  [[ -f $mark && $(<"$mark") == "$hash" ]] && return
  say "building the expert's page"
  (cd "$dir" && quietly npm run build --silent) || die "the expert's page does not build"
  echo "$hash" >"$mark"
}

# Runs a command in a process group of its own, so that a signal to this shell alone ends all of it at once.
interruptible() {
  local pid status=0
  set -m
  "$@" </dev/null 1>&2 &
  pid=$!
  set +m
  # shellcheck disable=SC2064 # the pid of now
  trap "kill -TERM -- -$pid 2>/dev/null; wait; exit 143" TERM HUP
  # shellcheck disable=SC2064
  trap "kill -TERM -- -$pid 2>/dev/null; wait; exit 130" INT
  wait "$pid" || status=$?
  trap - TERM HUP INT
  return "$status"
}
