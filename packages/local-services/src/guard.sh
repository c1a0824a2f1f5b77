#!/bin/sh
# Outlives its parent to clean up after it. Standard input is a pipe that the parent holds open and that closes when the
# parent is gone, however it died. A shell, because it starts in a millisecond and weighs one megabyte.
#
#   guard.sh FIRST_SIGNAL LAST_SIGNAL PATIENCE FOLDER
#
# Each line on standard input is the id of the process to end from then on; an empty line: none. PATIENCE is in tenths
# of a second and lies between the two signals. FOLDER is removed at the end; empty: none.
# Where nobody collects it, a process that has ended stays as a zombie, which still takes signals.
runs() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

server=
while read -r line; do server=$line; done

if [ -n "$server" ] && kill -s "$1" "$server" 2>/dev/null; then
  waited=0
  while runs "$server" && [ "$waited" -lt "$3" ]; do
    sleep 0.1
    waited=$((waited + 1))
  done
  kill -s "$2" "$server" 2>/dev/null
fi
[ -z "$4" ] || rm -rf -- "$4"
