#!/usr/bin/env bash
# Brings docker-compose.yml up under a project and passwords of its own, follows two webhooks through it, and removes it.
# COMPOSE=docker-compose for version 1. Takes ports 3000 and 3001 of the loopback, unless PORT and OPS_PORT say others.
set -euo pipefail
cd "$(dirname "$0")/.."

compose=${COMPOSE:-docker compose}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
token=$(random) password=$(random)
for secret in POSTGRES INGRESS_DB WORKER_DB NOTIFIER_DB OPS_DB REDIS REDIS_APP; do export "${secret}_PASSWORD=$(random)"; done
export DANAYA_WEBHOOK_TOKENS=$token OPS_USERS=smoke:viewer:$password CONFIRM=never
docker build --quiet --tag danaya-receiver:local . >/dev/null
keys() { docker run --rm --env MASTER_KEYS danaya-receiver:local node scripts/src/keys.ts "$@"; }
export MASTER_KEYS='' SEALING_PUBLIC_KEY # each in a line of its own: in a list, a failure ends nothing
MASTER_KEYS=$(keys generate)
SEALING_PUBLIC_KEY=$(keys public)
export COMPOSE_PROJECT_NAME=receiver-smoke-test EDGE_PREFIX=10.213.78 INGRESS_BIND=127.0.0.1
export PORT=${PORT:-3000} OPS_PORT=${OPS_PORT:-3001}
trap '$compose down --volumes --remove-orphans >/dev/null 2>&1' EXIT

fail() { echo "FAILED: $*" >&2; $compose ps >&2; $compose logs --tail=20 >&2; exit 1; }
eventually() { # eventually WHAT COMMAND...: within a minute
  local what=$1; shift
  for _ in $(seq 60); do "$@" && { echo "ok: $what"; return; }; sleep 1; done
  fail "$what"
}

containers() { $compose ps --quiet --all; }
healthy() {
  local states
  states=$(containers | xargs docker inspect --format '{{.State.Status}} {{.State.ExitCode}} {{with .State.Health}}{{.Status}}{{end}}')
  ! grep -vqxE 'running 0 healthy|exited 0 .*' <<<"$states"
}
post() { curl -fsS --data "@packages/contracts/fixtures/danaya/documented-$1.json" "http://127.0.0.1:$PORT/webhooks/danaya/$token" |
  grep -q '"accepted"' || fail "$1 was not accepted"; }
stands_as() { curl -fsS --user "smoke:$password" "http://127.0.0.1:$OPS_PORT/api/client-files?companyId=123&$1" | grep -q "\"state\":\"$2\""; }
has_delivery() { curl -fsS --user "smoke:$password" "http://127.0.0.1:$OPS_PORT/api/deliveries?status=applied&messageType=$1" | grep -q '"id"'; }

$compose up --detach --build
eventually "every app is healthy, and the migration ended well" healthy

post client-file-status-changed
eventually "a status change is applied" stands_as fileNumber=456 APPROVED

$compose kill status-worker
post document-to-analyse-received
$compose up --detach --scale status-worker=3
eventually "what came while no worker ran is applied by three" stands_as fileUuid=550e8400-e29b-41d4-a716-446655440000 RECEIVED
eventually "the three are healthy" healthy

$compose stop postgres
post retry-document-verification
$compose up --detach --no-recreate --scale status-worker=3
eventually "what came while Postgres was away is applied" has_delivery RETRY_DOCUMENT_VERIFICATION

$compose stop
for container in $(containers); do
  [ "$(docker inspect --format '{{.State.ExitCode}}' "$container")" = 0 ] || fail "a container did not stop in order"
done
echo "ok: everything stops in order"

$compose down
$compose up --detach
eventually "data outlives the containers" stands_as fileNumber=456 APPROVED
echo "passed"
