# Every target says what it does in the comment behind it; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
ROOT := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))
# Downloads, generated data and clusters live here, outside version control.
WORK := $(ROOT)/.work

.PHONY: help
help: ## list every target
	@grep -hE '^[a-z0-9_-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

include $(wildcard $(ROOT)/*/*.mk)
