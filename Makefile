# Every target says what it does in the comment behind it; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
ROOT := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))
# Downloads, generated data and clusters live here, outside version control.
WORK := $(ROOT)/.work
MVN := $(ROOT)/mvnw -B -ntp

.PHONY: help build test test-fast format clean

help: ## list every target
	@grep -hE '^[a-z0-9_-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':[^#]*## ' '{printf "  %-14s %s\n", $$1, $$2}'

build: ## compile and package all Java modules, without tests
	$(MVN) -q package -DskipTests
	$(ROOT)/tools/archive-classes

test-fast: ## unit and property tests: what one runs all day
	$(MVN) -q test -DexcludedGroups=apiserver,slow

# The Go build of the cluster and the Maven build of the images do not share anything.
test: ## every test: unit, property, API server, and end to end on a real node
	$(MAKE) -j2 --output-sync=target cluster images
	$(MAKE) cluster-test
	$(MVN) verify

format: ## rewrite all Java files in the house format
	$(MVN) -q process-sources -Dspotless.goal=apply

clean: ## remove what builds made (downloads and clusters stay)
	rm -rf $(ROOT)/*/target $(ROOT)/cluster/build

include $(wildcard $(ROOT)/*/*.mk)
