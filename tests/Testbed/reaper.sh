#!/usr/bin/env bash
# Cleans up below a private QUBES_ROOT when the tests are done, or are no more.
# usage: reaper.sh TEST-PID ROOT
set -u
owner=$1 root=$2
while [[ -d /proc/$owner && ! -e $root/done ]]; do
    read -r -t 0.2 <> <(:) || :
done
for process in /proc/[0-9]*; do
    environment=$(tr '\0' '\n' 2>/dev/null <"$process/environ") || continue
    command=$(tr '\0' ' ' 2>/dev/null <"$process/cmdline") || continue
    if [[ $environment == *"QUBES_ROOT=$root"* || $command == *qemu-system*"$root/"* ]]; then
        [[ ${process#/proc/} == "$$" ]] || kill -KILL "${process#/proc/}" 2>/dev/null
    fi
done
rm -rf "$root"
