# shellcheck shell=bash
# Paths, progress output and private servers. Sourced by the other scripts.

set -euo pipefail
# Otherwise a command that fails inside $(..) goes unnoticed: a failed build took the old library.
shopt -s inherit_errexit
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PG=${PG:-15}
export CARGO_TARGET_DIR=$ROOT/target
TOOLS=$CARGO_TARGET_DIR/tools
export PATH=$TOOLS/bin:$PATH
# A server that inherits these variables shows Rust backtraces to its clients.
unset RUST_BACKTRACE RUST_LIB_BACKTRACE
# The framework of pgrx's tests reads USER, which a CI runner may not set.
export USER=${USER:-$(id -un)}

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The user that servers run as: the current one, or another one if that is root, because Postgres
# refuses to run as root.
db_user() {
  if [ "$(id -u)" -ne 0 ]; then id -un
  elif id postgres >/dev/null 2>&1; then echo postgres
  else echo nobody; fi
}

as_db_user() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && setpriv --reuid="$(db_user)" --regid="$(id -g "$(db_user)")" --clear-groups -- env HOME=/tmp "$@")
  else
    "$@"
  fi
}

# The folder of private Postgres trees and clusters: target/, or one under /var/tmp if the servers'
# user has no access to target/ (as in a clone under /root).
state_dir() {
  mkdir -p "$CARGO_TARGET_DIR"
  if as_db_user test -x "$CARGO_TARGET_DIR" -a -r "$CARGO_TARGET_DIR" 2>/dev/null; then
    echo "$CARGO_TARGET_DIR"
  else
    local fallback
    fallback=/var/tmp/helpdesk-$(id -u)-$(printf %s "$ROOT" | cksum | cut -d' ' -f1)
    mkdir -p "$fallback"
    echo "$fallback"
  fi
}
STATE=$(state_dir)

# The private Postgres that the extension is installed into: a copy of Debian's for 15, that of a
# Python package for the others. The system's Postgres is never written to. HELPDESK_TREE is another
# copy, for tests that install another release.
TREE=${HELPDESK_TREE:-$STATE/postgres-$PG}
# shellcheck disable=SC2034  # PG_PREFIX is for the scripts that source this file.
case $PG in
  15) PG_PREFIX=$TREE/usr/lib/postgresql/15 PGBIN=$TREE/usr/lib/postgresql/15/bin ;;
  16 | 17 | 18) PG_PREFIX=$TREE PGBIN=$TREE/bin ;;
  *) die "PG=$PG is not supported: choose 15, 16, 17 or 18" ;;
esac
export PGRX_HOME=$CARGO_TARGET_DIR/pgrx-$PG

# write_pgrx_config PG_CONFIG: tells pgrx which Postgres to build for. An unchanged file is kept,
# because a newer one would make cargo rebuild pgrx.
write_pgrx_config() {
  local config
  config=$(printf '[configs]\npg%s = "%s"' "$PG" "$1")
  mkdir -p "$PGRX_HOME"
  [ "$(cat "$PGRX_HOME/config.toml" 2>/dev/null)" = "$config" ] || printf '%s\n' "$config" >"$PGRX_HOME/config.toml"
}

LOGS=$CARGO_TARGET_DIR/logs
mkdir -p "$LOGS"

# shellcheck disable=SC2034  # For scripts/package and its parts.
PACKAGES=$CARGO_TARGET_DIR/packages

release_version() { sed -nE 's/^version = "(.*)"/\1/p' "$ROOT/Cargo.toml" | head -n 1; }

# hide_paths: lets a release build name its files the same wherever this clone and cargo's folder
# are, so that two builds give the same bytes. Only release builds, so that others need no rebuild.
hide_paths() {
  local cargo_home=${CARGO_HOME:-$HOME/.cargo}
  export RUSTFLAGS="--remap-path-prefix=$ROOT=. --remap-path-prefix=$cargo_home=cargo"
  export CFLAGS="-ffile-prefix-map=$ROOT=. -ffile-prefix-map=$STATE=target"
}

# build_library [--release] FEATURES: builds the extension and prints the path of its library.
build_library() {
  local profile=()
  [ "$1" != --release ] || { profile=(--release) && shift; }
  # Its progress is for show_progress.
  CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100 cargo build --locked --manifest-path "$ROOT/Cargo.toml" --lib "${profile[@]}" --no-default-features --features "$1" >&2
  if [ ${#profile[@]} -gt 0 ]; then echo "$CARGO_TARGET_DIR/release/libhelpdesk.so"; else echo "$CARGO_TARGET_DIR/debug/libhelpdesk.so"; fi
}

# build_install_script: builds the program that prints what CREATE EXTENSION runs. Its flags stay
# the same, whatever is being built with it.
build_install_script() {
  env -u RUSTFLAGS -u CFLAGS cargo build --locked --manifest-path "$ROOT/scripts/install-script/Cargo.toml" --target-dir "$CARGO_TARGET_DIR/install-script"
}

# collect_files LIBRARY FOLDER: copies the library into a folder, with the control file and the
# scripts that Postgres needs beside it.
collect_files() {
  local version script
  version=$(release_version)
  build_install_script
  rm -rf "$2"
  mkdir -p "$2"
  cp "$1" "$2/helpdesk.so"
  sed "s/@CARGO_VERSION@/$version/" "$ROOT/helpdesk.control" >"$2/helpdesk.control"
  "$CARGO_TARGET_DIR/install-script/debug/install-script" "$1" "$2/helpdesk.control" "$version" >"$2/helpdesk--$version.sql"
  for script in "$ROOT"/sql/helpdesk--*--*.sql; do
    [ ! -e "$script" ] || cp "$script" "$2"
  done
}

# step NAME COMMAND..: runs a command with its output in a log, and prints its name, what it is
# doing and how long it took; on failure also the end of the log. Do not use it in a condition,
# where bash ignores `set -e`: use try_step to handle a failure.
step() {
  try_step "$@"
  return $STEP_CODE
}

# try_step NAME COMMAND..: like step, but always succeeds and stores the exit code in STEP_CODE.
try_step() {
  local name=$1 log started=$SECONDS progress
  shift
  log=$LOGS/$(printf %s "$name" | tr -c '[:alnum:]' '-' | tr '[:upper:]' '[:lower:]').log
  : >"$log"
  printf '%s ... ' "$name"
  show_progress "$name" "$log" &
  progress=$!
  set +e
  (set -e && "$@") >"$log" 2>&1
  STEP_CODE=$?
  kill $progress
  wait $progress 2>/dev/null
  set -e
  [ ! -t 1 ] || printf '\r\033[K%s ... ' "$name"
  if [ $STEP_CODE -eq 0 ]; then
    printf 'done (%d s)\n' $((SECONDS - started))
    remember_duration "$log" $((SECONDS - started))
  else
    printf 'FAILED (%d s)\n' $((SECONDS - started))
    lines_of "$log" | grep -v '^Building [0-9]' | tail -n 40 >&2
    printf 'Full log: %s\n' "$log" >&2
  fi
}

# Cargo writes its progress over itself.
lines_of() { tr '\r' '\n' <"$1" | sed -E 's/^ *//; s/ \[[ =>]*\]//; /^$/d'; }

# A step that has work to do may take this long; without work it takes no time.
remember_duration() { # remember_duration LOG SECONDS
  [ "$2" -le "$(cat "$1.longest" 2>/dev/null || echo 0)" ] || echo "$2" >"$1.longest"
}

# show_progress NAME LOG: prints how long a step has been running, how long it took before, and the
# last line of its log. In a terminal every second in the same line, elsewhere every half minute.
show_progress() {
  local every=30 start='\n  ' started=$SECONDS longest
  longest=$(cat "$2.longest" 2>/dev/null || true)
  [ ! -t 1 ] || { every=1 start="\\r\\033[K${1//%/%%} ... "; }
  # Waits without a process that would outlive this one.
  while ! read -rt $every <> <(:); do
    # shellcheck disable=SC2059 # The start is a format.
    printf "$start%d s%s: %.70s ... " $((SECONDS - started)) "${longest:+ of up to $longest s}" "$(lines_of "$2" | tail -n 1)"
  done
}

# check NAME COMMAND..: a step that counts in $passed or $failed.
check() {
  try_step "$@"
  if [ $STEP_CODE -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# The directory of a private cluster holds its data, its log, and `env` with the variables for a
# connection. The server listens only on a Unix socket, in a directory that only its user can enter.
cluster_dir() { echo "$STATE/cluster-$1-$PG"; }

cluster_is_up() {
  [ -f "$(cluster_dir "$1")/env" ] && as_db_user "$PGBIN/pg_ctl" -D "$(cluster_dir "$1")/data" status >/dev/null 2>&1
}

# cluster_start NAME [SETTING=VALUE ..]
cluster_start() {
  local name=$1 dir socket options="" setting
  shift
  dir=$(cluster_dir "$name")
  cluster_is_up "$name" && return 0
  if [ ! -f "$dir/data/PG_VERSION" ]; then
    rm -rf "$dir"
    mkdir -p "$dir"
    [ "$(id -u)" -ne 0 ] || chown "$(db_user)" "$dir"
    as_db_user "$PGBIN/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync
  fi
  socket=$(as_db_user mktemp -d /tmp/helpdesk.XXXXXX)
  # The tests read from the log which SQLSTATEs occurred in which database.
  for setting in listen_addresses= "unix_socket_directories=$socket" port=5432 \
    max_prepared_transactions=4 log_error_verbosity=verbose "log_line_prefix='%m [%p] %d '" "$@"; do
    options="$options -c $setting"
  done
  as_db_user "$PGBIN/pg_ctl" -w -D "$dir/data" -l "$dir/log" -o "$options" start
  printf 'export PGHOST=%s PGPORT=5432 PGUSER=postgres\n' "$socket" >"$dir/env.new"
  mv "$dir/env.new" "$dir/env"
}

cluster_env() {
  # shellcheck disable=SC1091
  . "$(cluster_dir "$1")/env"
}

cluster_stop() {
  local dir
  dir=$(cluster_dir "$1")
  if cluster_is_up "$1"; then
    as_db_user "$PGBIN/pg_ctl" -w -m "${2:-fast}" -D "$dir/data" stop
  fi
  if [ -f "$dir/env" ]; then
    (cluster_env "$1" && rm -rf "$PGHOST")
    rm -f "$dir/env"
  fi
}

cluster_drop() {
  cluster_stop "$1" immediate
  rm -rf "$(cluster_dir "$1")"
}

# fresh_cluster NAME [SETTING=VALUE ..]: starts a new cluster and drops it when the script ends.
fresh_cluster() {
  # shellcheck disable=SC2064
  trap "cluster_drop $1 >/dev/null 2>&1 || true" EXIT
  cluster_drop "$1" >/dev/null 2>&1 || true
  step "Server $1" cluster_start "$@"
}

sql() { "$PGBIN/psql" -X -q -v ON_ERROR_STOP=1 "$@"; }

# in_fresh_database NAME COMMAND..: creates a database, runs the command with PGDATABASE set to it,
# and drops the database.
in_fresh_database() {
  local -x PGDATABASE=$1
  shift
  sql -d postgres -c "drop database if exists $PGDATABASE" -c "create database $PGDATABASE" 2>/dev/null
  "$@"
  sql -d postgres -c "drop database $PGDATABASE"
}

# The folder of the demo's page: its server's process, address and log, and the people's tokens.
demo_page_dir() { echo "$CARGO_TARGET_DIR/demo-page"; }

stop_page() {
  local dir
  dir=$(demo_page_dir)
  if [ -f "$dir/pid" ]; then
    # After a restart of the machine, the number may belong to something else.
    if grep -qs "vite" "/proc/$(cat "$dir/pid")/cmdline"; then kill "$(cat "$dir/pid")"; fi
    rm -f "$dir/pid"
  fi
}

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}
