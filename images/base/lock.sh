#!/usr/bin/env bash
# Prints a new debian.lock: today's candidate of every package named in the old one. Usage: lock.sh debian.lock
set -euo pipefail
echo '# The libraries of the base image: package, version, architecture, SHA-256 of the .deb (`make base-lock` renews it).'
grep -v '^#' "$1" | while read -r name _; do
  apt-cache show --no-all-versions "$name" |
    awk -v want="$name" '/^Package: / {name = $2} /^Version: / {version = $2} /^Architecture: / {arch = $2} /^SHA256: / {sum = $2}
      END {if (name != want || sum == "") {print want ": not among apt'"'"'s packages" > "/dev/stderr"; exit 1}; print name, version, arch, sum}'
done
