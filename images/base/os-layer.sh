#!/usr/bin/env bash
# The layer with Debian's libraries, the same bytes for the same lock file: os-layer.sh debian.lock CACHE_DIR OUT.tar
# No maintainer script runs, so what they would do for these packages is done here.
set -euo pipefail
umask 022
export LC_ALL=C
lock=$1 cache=$2 out=$3
mkdir -p "$cache"
root=$(mktemp -d) && trap 'rm -rf "$root"' EXIT

download() { # package[=version]: prints the path of the .deb, which apt has verified
  local folder
  folder=$(mktemp -d)
  (cd "$folder" && apt-get -q -q -o APT::Sandbox::User=root download "$1") >&2 || return 1
  echo "$folder"/*.deb
}

update_lists() { # once, and only root can
  [ -z "${updated:-}" ] && [ "$(id -u)" = 0 ] || return 1
  updated=1
  apt-get -q -q update >&2
}

fetch() { # name version sha256: prints the path of the .deb
  local deb="$cache/$3.deb" got
  if [ ! -f "$deb" ] && got=$(download "$1=$2"); then
    echo "$3  $got" | sha256sum --check --quiet >&2 || return 1
    mv "$got" "$deb"
  fi
  [ -f "$deb" ] && echo "$deb"
}

# Debian keeps one version only: when a newer one has taken the place of the locked one, an image of it is better than none.
newer() { # name version
  echo "os-layer: $1 $2 of $lock is not in Debian any more; taking today's. The image is no longer the locked one: \`make base-lock\`." >&2
  download "$1" || { echo "os-layer: $1 can not be had from apt; run \`apt-get update\`." >&2; return 1; }
}

command -v apt-get dpkg-deb >/dev/null || {
  echo "os-layer: this needs Debian 12's apt-get and dpkg-deb; elsewhere build on a public base (docs/images.md)." >&2
  exit 1
}

# Before unpacking: without these, the packages' /lib and usr/lib would be two folders.
mkdir -p "$root"/usr/{bin,sbin,lib,lib64} && ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root"
mkdir -p "$root/var/lib/dpkg/status.d"
while read -r name version _ sum; do
  deb=$(fetch "$name" "$version" "$sum") || { update_lists && deb=$(fetch "$name" "$version" "$sum"); } \
    || deb=$(newer "$name" "$version")
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
