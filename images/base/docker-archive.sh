#!/usr/bin/env bash
# Layers as an archive of the `docker save` kind, the one that Jib takes as a base: docker-archive.sh OUT.tar LAYER.tar...
set -euo pipefail
out=$1 && shift
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
layers='' diff_ids=''
for layer in "$@"; do
  sum=$(sha256sum "$layer" | cut -d' ' -f1)
  ln -s "$(realpath "$layer")" "$dir/$sum.tar"
  layers+=",\"$sum.tar\"" diff_ids+=",\"sha256:$sum\""
done
cat > "$dir/config.json" <<JSON
{"architecture":"amd64","os":"linux","created":"$(date -u -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)",
 "config":{"User":"65532:65532","WorkingDir":"/tmp","Env":["PATH=/opt/java/bin:/usr/bin:/bin","JAVA_HOME=/opt/java","LANG=C.UTF-8"]},
 "rootfs":{"type":"layers","diff_ids":[${diff_ids#,}]}}
JSON
echo "[{\"Config\":\"config.json\",\"RepoTags\":[],\"Layers\":[${layers#,}]}]" > "$dir/manifest.json"
(cd "$dir" && tar -h --owner=0 --group=0 --numeric-owner --mode=644 --mtime="@$SOURCE_DATE_EPOCH" -c *) > "$out.part"
mv "$out.part" "$out"
