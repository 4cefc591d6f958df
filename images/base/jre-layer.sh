#!/usr/bin/env bash
# The layer with /opt/java, linked from a JDK, trusting what the OS layer trusts: jre-layer.sh JDK OS_LAYER.tar OUT_DIR OUT.tar
# OUT_DIR/opt/java stays, for runs at build time with the very JRE of the image.
set -euo pipefail
umask 022
export LC_ALL=C
jdk=$1 os=$2 dir=$3 out=$4
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$dir" && mkdir -p "$dir/opt"

# Both programs and what they load by name (jdeps does not see it); images-test starts them with nothing else.
# zip-0: the layer is compressed anyway, and smaller so than when the modules are.
"$jdk/bin/jlink" --output "$dir/opt/java" --strip-debug --no-header-files --no-man-pages --compress=zip-0 --add-modules \
java.base,java.net.http,java.logging,java.management,java.naming,java.xml,java.sql,jdk.unsupported,jdk.httpserver,\
jdk.crypto.ec,jdk.management,jdk.zipfs,jdk.jfr,jdk.net

# A JDK's cacerts may be a link to the build machine's store, and so hold its private CAs: never ship it.
rm -f "$dir/opt/java/lib/security/cacerts"
tar -xOf "$os" ./etc/ssl/certs/ca-certificates.crt |
  "$jdk/bin/java" "$here/TrustStore.java" "$dir/opt/java/lib/security/cacerts"
chmod -R a+rX,go-w "$dir"

tar -C "$dir" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf "$out.part" opt
mv "$out.part" "$out"
