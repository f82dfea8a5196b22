# Everything a newcomer needs: `make run`. Everything a developer needs: `make lint test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export UV_LINK_MODE ?= copy
export RASA_TELEMETRY_ENABLED := false
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

.PHONY: help setup run test test-all lint format lock bench pictures clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.tools/bin/uv:
	@echo "setup: fetching uv into .tools"
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip --quiet --disable-pip-version-check install uv

$(STAMP): requirements.lock pyproject.toml .python-version $(filter .tools/bin/uv,$(UV))
	@echo "setup: Python 3.12 and the locked packages into $(VENV) (a minute or two the first time)"
	@[ -x $(BIN)/python ] || $(UV) venv --quiet --python 3.12 $(VENV)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip sync --require-hashes --compile-bytecode requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

setup: $(STAMP) ## the environment and the trained model; does only what is not yet done
	@$(BIN)/zoe train

run: setup ## Zoe with demo data on http://localhost:8080 (ZOE_PORT, ZOE_DATA_DIR)
	@ZOE_ENV=dev exec $(BIN)/zoe up --demo

test: setup ## unit, integration, conversations, one browser story a language
	@$(BIN)/python -m pytest -m "not slow" $(ARGS)

test-all: setup ## the rest: stateful tests, races, browser suites
	@$(BIN)/python -m pytest -m slow $(ARGS)

lint: $(STAMP) ## ruff, mypy, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP) ## what ruff can mend by itself
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

lock: ## requirements.lock from pyproject.toml: exact versions with hashes, no addresses
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --group dev pyproject.toml -o requirements.lock

bench: setup ## measures; prints tables, writes benchmarks/results/
	@$(BIN)/python -m benchmarks.run $(ARGS)

pictures: setup ## the screenshots under docs/pictures/
	@$(BIN)/python -m tests.pictures

clean: ## everything that can be made again
	@rm -rf $(VENV) .tools .models build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
