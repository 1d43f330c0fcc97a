#!/usr/bin/env bash
# Cleans up below a private QUBES_ROOT when the tests are done, or are no more.
# usage: reaper.sh TEST-PID ROOT
set -u
owner=$1 root=$2
while [[ -d /proc/$owner && ! -e $root/done ]]; do
    read -r -t 0.2 <> <(:) || :
done
for process in /proc/[0-9]*; do
    directory=$(readlink "$process/cwd") || continue
    environment=$(tr '\0' '\n' 2>/dev/null <"$process/environ") || environment=
    if [[ $directory == "$root"/* || $environment == *"QUBES_ROOT=$root"* ]]; then
        [[ ${process#/proc/} == "$$" ]] || kill -KILL "${process#/proc/}" 2>/dev/null
    fi
done
rm -rf "$root"
