# Each target brings what it needs: Python 3.11+ with venv is enough to begin with.
PY := .venv/bin/python
ARGS ?=

# Some images set it; every process of Farhand and of its tests would then compile all it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help bench bench-product chaos demo compose-demo up test check check-format check-lint check-types check-architecture \
	check-contracts format setup setup-run lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' Makefile

demo: setup-run ## start everything and send hires through it (ARGS=--exit ends it)
	@$(PY) -m farhand demo $(ARGS)

compose-demo: setup-run ## the demo in containers, by docker-compose.yml
	@deploy/compose-demo.sh $(ARGS)

up: setup-run ## start everything and stay until Ctrl-C
	@$(PY) -m farhand up $(ARGS)

bench: ## measure the kernel beside its peers (ARGS: --quick, --hires 2000, --rounds 5)
	@requirements/setup.sh bench
	@.venv-bench/bin/python -m bench $(ARGS)

bench-product: ## measure all services under a burst of hires (ARGS: --hires 500, --copies 1)
	@requirements/setup.sh bench
	@.venv-bench/bin/python -m bench.product $(ARGS)

chaos: setup ## hires under faults, the long form (FARHAND_CHAOS_HIRES, _FAULTS, _SEED)
	@$(PY) -m tests.chaos

test: setup ## run the tests (ARGS goes to pytest)
ifdef ARGS
	$(PY) -m pytest $(ARGS)
else
	$(PY) -m pytest --numprocesses 2 --dist loadfile --ignore tests/e2e
	$(PY) -m pytest tests/e2e
endif

check: check-format check-lint check-types check-architecture check-contracts test ## all of it, as CI does before it looks at containers

check-format: setup ## is the code formatted?
	$(PY) -m ruff format --check

check-lint: setup ## ruff
	$(PY) -m ruff check

check-types: setup ## pyright, strict
	$(PY) -m pyright

check-architecture: setup ## import-linter
	.venv/bin/lint-imports

check-contracts: setup ## are the generated JSON Schemas those of the contracts?
	$(PY) -m libs.common.contracts --check

format: setup ## format, and mend what can be mended
	$(PY) -m ruff format
	$(PY) -m ruff check --fix

setup: ## make .venv, for development
	@requirements/setup.sh dev

setup-run: ## make .venv, to run only
	@requirements/setup.sh run

lock: ## write the locks anew (UPGRADE=1 takes newer versions)
	@requirements/lock.sh
