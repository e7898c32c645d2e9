# shellcheck shell=bash
# The benchmark database. Sourced by scripts/bench and scripts/instructions.

query() { sql -A -t -d helpdesk_bench "$@"; }

# load TICKETS COMMENTS FILE ..: creates the database, generates that many tickets with that many
# comments each, and runs the files.
load() {
  local file
  sql -d postgres -c "create database helpdesk_bench"
  query -c "create extension helpdesk"
  query -v tickets="$1" -v comments="$2" -f bench/generate.sql
  for file in "${@:3}"; do query -f "$file"; done
  query -c "vacuum analyze" -c checkpoint
}
