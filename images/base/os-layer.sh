#!/usr/bin/env bash
# The layer with Debian's libraries, the same bytes for the same lock file: os-layer.sh debian.lock CACHE_DIR OUT.tar
# No maintainer script runs, so what they would do for these packages is done here.
set -euo pipefail
umask 022
export LC_ALL=C
lock=$1 cache=$2 out=$3
mkdir -p "$cache"
# Beside what it keeps, so that a .deb gets there by a rename.
work=$(mktemp -d -p "$cache") && trap 'rm -rf "$work"' EXIT
root=$work/root

fail() { echo "os-layer: $1" >&2; exit 1; }

download() { # package[=version]: prints the path of the .deb, which apt has verified against its lists
  local folder
  folder=$(mktemp -d -p "$work")
  (cd "$folder" && apt-get -q -q -o APT::Sandbox::User=root download "$1") >&2 || return 1
  echo "$folder"/*.deb
}

update_lists() { # once, and only root can
  [ -z "${updated:-}" ] && [ "$(id -u)" = 0 ] || return 1
  updated=1
  apt-get -q -q update >&2
}

listed() { # name version: whether apt knows it
  apt-cache madison "$1" | awk -F' *[|] *' -v version="$2" '$2 == version {found = 1} END {exit !found}'
}

fetch() { # name version sha256: sets $deb
  local found
  if deb=$(download "$1=$2") || { update_lists && deb=$(download "$1=$2"); }; then
    found=$(sha256sum "$deb" | cut -d' ' -f1)
    [ "$found" = "$3" ] || fail "$1 $2: apt's .deb has SHA-256 $found; $lock expects $3.
The same version with other bytes is either a wrong lock or a changed package: find out which; if you trust what apt has, pin it with \`make base-lock\`."
    mv "$deb" "$cache/$3.deb"
    deb=$cache/$3.deb
  elif listed "$1" "$2"; then
    fail "$1 $2 is in apt's lists and could not be downloaded (see above): run \`apt-get update\` as root and check the network."
  else
    # Debian keeps one version only: when a newer one has taken the locked one's place, an image of it is better than none.
    echo "os-layer: $1 $2 of $lock is not in Debian any more; taking today's. The image is no longer the locked one: \`make base-lock\`." >&2
    deb=$(download "$1") || fail "$1 can not be had from apt: run \`apt-get update\` as root."
  fi
}

type apt-get apt-cache dpkg-deb > /dev/null 2>&1 ||
  fail "this needs Debian 12's apt and dpkg-deb; elsewhere build on a public base (docs/images.md)."

# Before unpacking: without these, the packages' /lib and usr/lib would be two folders.
mkdir -p "$root"/usr/{bin,sbin,lib,lib64} && ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root"
mkdir -p "$root/var/lib/dpkg/status.d"
while read -r name version _ sum; do
  deb=$cache/$sum.deb
  [ -f "$deb" ] || fetch "$name" "$version" "$sum"
  dpkg-deb --fsys-tarfile "$deb" | tar -x -p --no-same-owner --keep-directory-symlink -C "$root"
  # Where scanners look in images without dpkg.
  dpkg-deb --field "$deb" > "$root/var/lib/dpkg/status.d/$name"
done < <(grep -v '^#' "$lock")

cat "$root"/usr/share/ca-certificates/mozilla/*.crt > "$root/etc/ssl/certs/ca-certificates.crt"
echo 'root:x:0:0:root:/root:/sbin/nologin
nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin' > "$root/etc/passwd"
echo 'root:x:0:
nonroot:x:65532:' > "$root/etc/group"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
# base-files marks folders of Debian's groups (/var/mail) that have no members here.
find "$root" -perm /6000 -exec chmod ug-s {} +
mkdir -p "$root/tmp" && chmod 1777 "$root/tmp"
# Java brings its own character sets; of the documentation only the licences stay.
rm -rf "$root"/usr/lib/x86_64-linux-gnu/gconv "$root"/usr/share/{man,lintian,bug}
find "$root/usr/share/doc" ! -type d ! -name copyright -delete

tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf "$out.part" .
mv "$out.part" "$out"
