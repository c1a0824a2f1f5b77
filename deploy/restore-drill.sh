#!/usr/bin/env bash
# Restores a Postgres to a moment before a disaster and checks what came back: docs/backup.md says why. Everything is its own,
# in a temporary folder that is removed: a cluster with WAL archiving, the real pipeline (npm start) on it, simulated
# deliveries. Needs the programs of a Postgres server, on the PATH or in /usr/lib/postgresql/*/bin, and `npm ci` done. As root,
# Postgres runs as DRILL_USER. Loopback only; takes free ports. KEEP=1 keeps the folder.
#   FILES=500 RATE=200 deploy/restore-drill.sh
set -euo pipefail
cd "$(dirname "$0")/.."

files=${FILES:-100} # client files per phase, of four: before and during the base backup, before the moment, after it
rate=${RATE:-30} # deliveries per second: what a busy machine takes without a 503
account=${DRILL_USER:-postgres}
unset DATABASE_URL REDIS_URL DANAYA_API_URL DANAYA_API_KEY DANAYA_API_SECRET DANAYA_WEBHOOK_TOKENS CONFIRM NODE_ENV
export PORT=0 OPS_PORT=0 npm_config_loglevel=error

bin=''
for found in $(command -v initdb) $(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -rV); do
  bin=$(dirname "$(readlink -f "$found")")
  [ -x "$bin/pg_basebackup" ] && [ -x "$bin/postgres" ] && break
  bin=''
done
[ -n "$bin" ] || { echo "no Postgres server programs: install postgresql" >&2; exit 1; }
# Below /tmp and not TMPDIR: the server's user must be able to enter every folder above.
work=$(mktemp -d /tmp/restore-drill.XXXXXX)
chmod 711 "$work"
mkdir "$work/archive" "$work/socket"
as_server() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  chown "$account" "$work/archive" "$work/socket"
  install -d -o "$account" "$work/servers"
  as_server() { (cd / && setpriv --reuid="$account" --regid="$(id -g "$account")" --clear-groups env HOME=/ "$@"); }
else
  mkdir "$work/servers"
fi

pipeline='' # the process group of npm start
stop_pipeline() {
  [ -n "$pipeline" ] || return 0
  kill -TERM -- "-$pipeline" 2>/dev/null || true
  for _ in $(seq 300); do kill -0 -- "-$pipeline" 2>/dev/null || break; sleep 0.1; done
  kill -KILL -- "-$pipeline" 2>/dev/null || true
  pipeline=''
}
stop_server() { [ ! -f "$work/servers/$1/postmaster.pid" ] || as_server "$bin/pg_ctl" -D "$work/servers/$1" -m "$2" -w stop >/dev/null; }
clean_up() {
  local code=$?
  stop_pipeline
  for server in "$work"/servers/*/; do stop_server "$(basename "$server")" immediate || true; done
  [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"
  [ "$code" = 0 ] || echo "FAILED" >&2
}
trap clean_up EXIT

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f s", b - a }'; }
say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }
fail() { say "NOT OK: $*" >&2; exit 1; }
same() { [ "$2" = "$3" ] && say "ok: $1" || { diff <(echo "$2") <(echo "$3") >&2 || true; fail "$1"; }; }
eventually() { # eventually WHAT COMMAND...: within two minutes
  local what=$1; shift
  for _ in $(seq 600); do "$@" && return; sleep 0.2; done
  fail "$what"
}

free_port() { npm exec --offline --call 'node -e "const s=require(\"net\").createServer().listen(0,\"127.0.0.1\",()=>{console.log(s.address().port);s.close()})"'; }
declare -A ports=([primary]=$(free_port) [restored]=$(free_port) [standby]=$(free_port))
# What the apps connect with: a role without privileges.
url_of() { echo "postgres://receiver:drill@127.0.0.1:${ports[$1]}/receiver"; }
start_server() {
  as_server "$bin/pg_ctl" -D "$work/servers/$1" -l "$work/servers/$1.log" -w -t 600 \
    -o "-p ${ports[$1]} -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/socket" start >/dev/null
}
# admin SERVER SQL [DATABASE]: as a superuser, over a socket
admin() { as_server "$bin/psql" -XqAt -v ON_ERROR_STOP=1 -h "$work/socket" -p "${ports[$1]}" -U postgres -d "${3:-receiver}" -c "$2"; }

start_pipeline() { # its output goes to a file: an npm that dies is told there
  mkdir -p "$work/data-$1"
  DATABASE_URL=$(url_of "$1") DATA_DIR="$work/data-$1" setsid npm start >"$work/start-$1.log" 2>&1 </dev/null &
  pipeline=$!
  eventually "the pipeline starts on the $1 server; see $work/start-$1.log" grep -q '^ready:' "$work/start-$1.log"
}
simulate() { # simulate SERVER SEED: the answers stand in simulate-SEED.log
  DATA_DIR="$work/data-$1" PORT='' npm run --silent simulate -- --files "$files" --rate "$rate" --seed "$2" >"$work/simulate-$2.log" 2>&1 ||
    { tail -20 "$work/simulate-$2.log" >&2; fail "every delivery is taken"; }
}
is_settled() { [ "$(admin "$1" "select count(*) from deliveries where status = 'pending'")" = 0 ]; }
count() { admin "$1" "select count(*) from $2"; }
# Every table of the ledger: rows, and a digest of all that stands in them.
digest() {
  local table
  for table in $(admin "$1" "select tablename from pg_tables where schemaname = 'public' order by 1"); do
    admin "$1" "select '$table ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, chr(10) order by t::text)), '-') from $table t"
  done
}

say "$("$bin/postgres" --version), $(nproc) processors, $files client files per phase"
as_server "$bin/initdb" -D "$work/servers/primary" -U postgres --auth-local=trust --auth-host=scram-sha-256 --data-checksums \
  --encoding=UTF8 --locale=C >/dev/null
as_server tee -a "$work/servers/primary/postgresql.conf" >/dev/null <<CONF
max_connections = 200
archive_mode = on
archive_timeout = 60
archive_command = 'test ! -f $work/archive/%f && cp %p $work/archive/%f.new && sync $work/archive/%f.new && mv $work/archive/%f.new $work/archive/%f'
CONF
start_server primary
admin primary "create role receiver login password 'drill'" postgres
admin primary "create database receiver owner receiver" postgres
DATABASE_URL=$(url_of primary) npm run --silent migrate
start_pipeline primary
say "a cluster with archiving, migrated, and the pipeline on it as a role without privileges"

simulate primary before
simulate primary during & sending=$!
started=$(now)
as_server "$bin/pg_basebackup" -h "$work/socket" -p "${ports[primary]}" -U postgres -D "$work/servers/base" --checkpoint=fast
backup_took=$(since "$started")
wait "$sending"
as_server "$bin/pg_verifybackup" -q "$work/servers/base"
say "a base backup in $backup_took while deliveries came, $(du -sm "$work/servers/base" | cut -f1) MB, verified"

simulate primary between
eventually "every delivery is applied" is_settled primary
before=$(digest primary)
moment=$(admin primary "select clock_timestamp()")
same "nothing moved while the moment was noted" "$before" "$(digest primary)"
say "the moment: $moment, $(count primary deliveries) deliveries"

simulate primary after
eventually "every delivery is applied" is_settled primary
admin primary "set session_replication_role = replica; truncate transitions; update client_files set state = 'REJECTED'; delete from delivery_bodies" # the disaster
lost=$(($(count primary deliveries) - $(echo "$before" | awk '$1 == "deliveries" { print $2 }')))
say "disaster: bodies and transitions are gone, every state is wrong; $lost deliveries came after the moment"
stop_pipeline
admin primary "select pg_switch_wal()" postgres >/dev/null # a server that is lost can't: then up to archive_timeout is lost with it
last=$(admin primary "select pg_walfile_name(pg_current_wal_lsn() - 1)" postgres)
is_archived() { [ -f "$work/archive/$last" ] || [ "$(admin primary "select last_archived_wal >= '$last' from pg_stat_archiver" postgres)" = t ]; }
eventually "the last segment is archived" is_archived
stop_server primary immediate

started=$(now)
mv "$work/servers/base" "$work/servers/restored"
as_server tee -a "$work/servers/restored/postgresql.conf" >/dev/null <<CONF
restore_command = 'cp $work/archive/%f %p'
recovery_target_time = '$moment'
recovery_target_action = promote
archive_command = 'false' # into an archive of its own, in earnest: never into that of the server it replaces
CONF
as_server touch "$work/servers/restored/recovery.signal"
start_server restored
is_promoted() { [ "$(admin restored 'select pg_is_in_recovery()')" = f ]; }
eventually "the server leaves recovery" is_promoted
say "restored in $(since "$started"), $(ls "$work/archive" | wc -l) segments in the archive"

same "every table holds what it held at the moment" "$before" "$(digest restored)"
same "the schema is this version's" "the schema is up to date" "$(DATABASE_URL=$(url_of restored) npm run --silent migrate)"

as_server "$bin/pg_basebackup" -h "$work/socket" -p "${ports[restored]}" -U postgres -D "$work/servers/standby" -R --checkpoint=fast
as_server sed -i '/^restore_command\|^recovery_target/d' "$work/servers/standby/postgresql.conf"
start_server standby
streams() { [ "$(admin restored "select count(*) from pg_stat_replication where state = 'streaming'")" = 1 ]; }
eventually "the standby streams" streams

started=$(now)
start_pipeline restored # with a DATA_DIR, hence a Redis, that is empty
say "the pipeline started on it in $(since "$started")"
weak() { grep -o '"event":"durability-weak"' "$work/start-restored.log" | wc -l; }
grep -q 'standby-not-synchronous' "$work/start-restored.log" || fail "an asynchronous standby is told of"
say "ok: $(weak) processes tell of the asynchronous standby"

simulate restored between
grep -q '200 duplicate' "$work/simulate-between.log" || fail "what was restored is known"
[ "$(count restored deliveries)" = "$(echo "$before" | awk '$1 == "deliveries" { print $2 }')" ] || fail "a delivery from before the moment is a duplicate"
say "ok: deliveries from before the moment are duplicates"
simulate restored after
grep -q '200 accepted' "$work/simulate-after.log" || fail "what was lost is new"
eventually "what comes now is applied" is_settled restored
[ "$(count restored deliveries)" = "$(($(echo "$before" | awk '$1 == "deliveries" { print $2 }') + lost))" ] || fail "as many deliveries as before the disaster"
say "ok: the $lost that were lost are taken when they come again, and applied"

stop_pipeline
admin restored "alter system set synchronous_standby_names = '*'" && admin restored "select pg_reload_conf()" >/dev/null
is_sync() { [ "$(admin restored "select sync_state from pg_stat_replication")" = sync ]; }
eventually "the standby is synchronous" is_sync
rm "$work/start-restored.log"
start_pipeline restored
simulate restored failover
[ "$(weak)" = 0 ] || fail "a synchronous standby is no weakness"
stored=$(count restored deliveries)
stop_server restored immediate
as_server "$bin/pg_ctl" -D "$work/servers/standby" -w promote >/dev/null
[ "$(count standby deliveries)" -ge "$stored" ] || fail "the standby has every delivery that was answered"
say "ok: with the standby synchronous nothing is told, and after a failover it has all $stored deliveries"
say "npm run ask-again: $(DATABASE_URL=$(url_of standby) npm run --silent ask-again -- --dry-run | awk 'NR == 1')"
say "PASSED"
