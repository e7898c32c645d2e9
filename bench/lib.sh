# Sourced by scripts/bench and scripts/instructions: the database of the bench. Not run by itself.

query() { sql -A -t -d helpdesk_bench "$@"; }

# load TICKETS COMMENTS FILE ..: makes it, with so many tickets, so many comments a ticket, and what the files say.
load() {
  local file
  sql -d postgres -c "create database helpdesk_bench"
  query -c "create extension helpdesk"
  query -v tickets="$1" -v comments="$2" -f bench/generate.sql
  for file in "${@:3}"; do query -f "$file"; done
  query -c "vacuum analyze" -c checkpoint
}
