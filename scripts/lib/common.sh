# shellcheck shell=bash
# Small functions that every script of this folder uses. Sourced, never run.

# The root of the project, whatever directory the caller stands in.
ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
export ROOT

# Prints one progress line to standard error, so that standard output stays clean for results.
say() {
  printf '==> %s\n' "$*" >&2
}

# Prints a message to standard error and ends the script with status 1.
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# Runs a command as a named step and prints how long it took: timed "lints" cargo clippy …
# Under `set -e` a failing step ends the script; the exit handler below then names it.
STEP=
STEP_STARTED=0
timed() {
  STEP=$1
  STEP_STARTED=$SECONDS
  shift
  say "$STEP"
  "$@"
  say "$STEP: done in $((SECONDS - STEP_STARTED)) s"
  STEP=
}

# Remembers a command to run when the script ends, however it ends. The last one given runs first.
AT_EXIT=()
at_exit() {
  AT_EXIT=("$1" ${AT_EXIT[@]+"${AT_EXIT[@]}"})
}

finish() {
  local status=$? command
  trap - EXIT
  trap '' INT TERM
  if [ "$status" -ne 0 ] && [ -n "$STEP" ]; then
    say "$STEP: FAILED after $((SECONDS - STEP_STARTED)) s (status $status)"
  fi
  for command in ${AT_EXIT[@]+"${AT_EXIT[@]}"}; do
    "$command" || true
  done
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Prints a TCP port of 127.0.0.1 on which nothing listens at this moment.
free_port() {
  local port attempt
  for attempt in {1..50}; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 40000))
    # A refused connection is what proves the port free.
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      printf '%s\n' "$port"
      return 0
    fi
  done
  die "no free TCP port found on 127.0.0.1 after $attempt attempts"
}

# True when this process may install system packages without asking anybody.
may_install() {
  [ "$(id -u)" -eq 0 ] || { have sudo && sudo -n true 2>/dev/null; }
}

# Runs a command as root: directly when root, through passwordless sudo otherwise.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Prints the name of the system's package manager, or nothing when there is none that is known.
package_manager() {
  local manager
  for manager in apt-get dnf apk brew; do
    if have "$manager"; then
      printf '%s\n' "$manager"
      return 0
    fi
  done
}

# Prints the directory cargo builds into, wherever the configuration puts it.
target_dir() {
  cargo metadata --locked --no-deps --format-version 1 --manifest-path "$ROOT/Cargo.toml" |
    sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}

# Builds the binary and prints its path: hospes_binary dev | hospes_binary release
# HOSPES_BIN, when set, names a binary to use instead of building one.
hospes_binary() {
  if [ -n "${HOSPES_BIN:-}" ]; then
    [ -x "$HOSPES_BIN" ] || die "HOSPES_BIN=$HOSPES_BIN is not an executable file"
    printf '%s\n' "$HOSPES_BIN"
    return 0
  fi
  local profile=$1 directory=$1
  # Cargo builds the profile dev into the directory debug.
  if [ "$profile" = dev ]; then directory=debug; fi
  cargo build --locked --bin hospes --profile "$profile" --manifest-path "$ROOT/Cargo.toml" >&2 || return 1
  printf '%s/%s/hospes\n' "$(target_dir)" "$directory"
}

# Waits until `hospes health` answers for the address in HOSPES_LISTEN, or the process ends, or the
# time is over: wait_ready BINARY PID SECONDS LOGFILE
wait_ready() {
  local binary=$1 pid=$2 seconds=$3 log=$4
  local deadline=$((SECONDS + seconds))
  until "$binary" health >/dev/null 2>&1; do
    if ! kill -0 "$pid" 2>/dev/null; then
      tail -n 50 "$log" >&2
      die "the server ended before it was ready; its log is above"
    fi
    if [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 50 "$log" >&2
      die "the server was not ready after $seconds s; its log is above"
    fi
    sleep 0.2
  done
}

# Asks a process to end (SIGTERM), and kills it when it has not done so after ten seconds.
stop_process() {
  local pid=$1 attempt
  kill -TERM "$pid" 2>/dev/null || return 0
  for attempt in {1..100}; do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  if kill -0 "$pid" 2>/dev/null; then
    say "process $pid did not end on SIGTERM after $((attempt / 10)) s: killing it"
    kill -KILL "$pid" 2>/dev/null || true
  fi
  wait "$pid" 2>/dev/null || true
}
