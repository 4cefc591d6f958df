#!/usr/bin/env bash
# A model of 7 billion parameters learns in 6 GiB of plain memory: NF4 with double quantization, LoRA r 16 on all linear
# layers, packed rows of 512 tokens. The weights are random, the shape is a real model's.
#   bench/qlora-7b.sh [--shape llama-2-7b|baichuan2-7b|chatglm3-6b|1b] [--limit BYTES] [--steps N] [--peer VENV] [--checkpointing] [--keep]
# It needs 15 GB of disk under .work (TMP=DIR for another place), and root for the memory limit (a cgroup of its own;
# pages of mapped files count, as they do in a pod). --checkpointing: with gradient checkpointing, in less memory; the peer
# always has it. --peer measures bitsandbytes, PEFT and transformers on the same files.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
shape=llama-2-7b limit=$((6 << 30)) steps=3 peer= keep= checkpointing=false
while [ $# -gt 0 ]; do
  case $1 in
    --shape) shape=$2; shift ;;
    --limit) limit=$2; shift ;;
    --steps) steps=$2; shift ;;
    --peer) peer=$2; shift ;;
    --checkpointing) checkpointing=true ;;
    --keep) keep=1 ;;
    *) echo "bench/qlora-7b.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done
work=${TMP:-$root/.work}/qlora-$shape
model=$work/model
java=$("$root/tools/find-jdk")/bin/java
if [ ! -e "$model/train.jsonl" ]; then
  rm -rf "$model"
  classpath=$root/trainer-image/target/bench.classpath
  "$root/mvnw" -q -f "$root" -pl trainer-image -am package -DskipTests dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile="$classpath" >&2
  echo "Writing a random checkpoint of the shape $shape to $model" >&2
  "$java" -Xmx512m -cp "$root/trainer-image/target/test-classes:$root/trainer-image/target/classes:$(<"$classpath")" \
    io.sftjob.trainer.model.RandomCheckpoint "$shape" \
    "$root/trainer-image/src/test/resources/fixtures/gguf/tokenizer.json" "$model"
fi

# limited COMMAND: runs it in a memory cgroup of its own; says its largest resident set on file descriptor 3.
limited() {
  local group
  if [ -d /sys/fs/cgroup/memory ]; then
    group=/sys/fs/cgroup/memory/sft-bench-$$
    mkdir -p "$group"
    echo "$limit" > "$group/memory.limit_in_bytes"
  else
    group=/sys/fs/cgroup/sft-bench-$$
    mkdir -p "$group"
    echo "$limit" > "$group/memory.max"
  fi
  bash -c 'echo $$ > "$0/cgroup.procs"; exec "$@"' "$group" "$@" &
  local pid=$! peak=0 now status=0
  while now=$(awk '/^VmHWM/ {print $2}' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
    peak=$now
    sleep 0.5
  done
  wait "$pid" || status=$?
  rmdir "$group" || true
  echo "peak resident memory: $((peak / 1024)) MiB (limit $((limit >> 20)) MiB, exit code $status)" >&3
  return $status
}

cat > "$work/sftjob.yaml" <<Y
apiVersion: sftjob.io/v1alpha1
kind: SFTJob
metadata: {name: qlora}
spec:
  model:
    uri: file://$model
    dtype: BFloat16
    quantization: {mode: NF4, doubleQuant: true}
  dataset: {train: {uri: file://$model/train.jsonl}}
  packing: {maxLength: 512}
  lora: {rank: 16}
  training: {maxSteps: $steps, batchSize: 1, gradientCheckpointing: $checkpointing}
  checkpoint: {everySteps: 1000}
  output: {uri: file://$work/output}
Y
rm -rf "$work/output"
exec 3>&1
started=$(date +%s.%N)
limited "$root/bin/sft" train --spec "$work/sftjob.yaml" --log-steps 1 2> "$work/train.log" || { tail -5 "$work/train.log" >&2; exit 1; }
grep -E ' (step|INFO  Loaded)' "$work/train.log"
first=$(date -d "$(grep -m1 -oE '^[0-9:.]+' <(grep ' step 1/' "$work/train.log"))" +%s.%N)
# Steps behind the first, which warms up: "… tokens N … S s, …".
measured=$(grep -E ' step [0-9]+/' "$work/train.log" | tail -n +2 | sed -E 's/.* tokens ([0-9]+) .* ([0-9.]+) s, .*/\1 \2/')
tokens=$(awk '{sum += $1; n++} END {printf "%.0f", sum / n}' <<< "$measured")
seconds=$(awk '{sum += $2; n++} END {printf "%.2f", sum / n}' <<< "$measured")
ours=$(awk -v t="$tokens" -v s="$seconds" 'BEGIN {printf "%.2f", t / s}')
echo "sft: first step done after $(awk -v a="$first" -v b="$started" 'BEGIN {printf "%.1f", a - b}') s, $seconds s a step of $tokens tokens, $ours tokens/s"
if [ -n "$peer" ]; then
  theirs=$(HF_HUB_OFFLINE=1 PYTHONWARNINGS=ignore "$peer/bin/python" "$root/parity/bench_qlora.py" "$model" --length 512 --steps "$steps" | tee >(cat >&2) | awk '/tokens\/s/ {print $1}')
  echo "ratio: $(awk -v a="$ours" -v b="$theirs" 'BEGIN {printf "%.2f", a / b}')"
fi
[ -n "$keep" ] || rm -rf "$work"
