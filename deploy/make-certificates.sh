#!/usr/bin/env bash
# An authority and certificates for compose.tls.yml, in deploy/certificates. The authority's key is not kept: for new certificates,
# run it again, which makes a new authority too, and restart everything. DAYS=825 by default.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
days=${DAYS:-825}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p certificates

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
new_key "$work/authority.key"
openssl req -x509 -new -key "$work/authority.key" -days "$days" -subj "/CN=danaya-receiver" -out certificates/authority.pem \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign"
for server in postgres redis; do
  new_key "certificates/$server.key"
  openssl req -new -key "certificates/$server.key" -subj "/CN=$server" -out "$work/request.pem"
  openssl x509 -req -in "$work/request.pem" -CA certificates/authority.pem -CAkey "$work/authority.key" -CAcreateserial \
    -days "$days" -out "certificates/$server.pem" \
    -extfile <(printf 'subjectAltName=DNS:%s,DNS:localhost\nextendedKeyUsage=serverAuth\n' "$server") 2>/dev/null
done
chmod 644 certificates/*.pem # read by users other than root in the containers; the keys are not
echo "deploy/certificates: an authority, and certificates of postgres and redis for $days days"
