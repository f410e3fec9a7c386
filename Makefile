# Every target does all of its own set-up: Python and git are enough.
VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin

BASELINE ?= results/reference.jsonl
PYTEST = $(BIN)/python -m pytest -rs --numprocesses logical --maxprocesses 4
PIP_INSTALL = $(BIN)/python -m pip install --quiet --constraint constraints.txt
MADE_FROM = pyproject.toml callmeter/pyproject.toml constraints.txt

.PHONY: compare test stress test-all test-stacks lint gate prove audit clean

compare: $(VENV)/ready  ## the main job: measure every strategy on a real Postgres
	$(BIN)/python -m harness compare

test: $(VENV)/installed  ## the tests of everything, on a real Postgres: minutes
	$(PYTEST) --dist loadscope tests --ignore tests/stress

stress: $(VENV)/installed  ## faults, odd input and load; TIMES=3 STRESS_FIGURES=results/stress.json
	$(PYTEST) --dist worksteal tests/stress

test-all: test stress

test-stacks: $(VENV)/installed  ## on each Python and SQLAlchemy; STACKS='--covering --python PATH'
	$(BIN)/python -m tools.test_stacks $(STACKS)

lint: $(VENV)/installed  ## what CI checks besides the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

gate: $(VENV)/installed  ## fail if a strategy needs more memory than in the published run
	$(BIN)/python -m harness check --baseline $(BASELINE)

prove: $(VENV)/installed  ## ask `choose --container`, and run its answers in containers: an hour
	$(BIN)/python -m tools.prove --save results/prove.json

audit:  ## fail if a pinned version has a known vulnerability, or if PyPI's advisories do not say
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip install --quiet pip-audit
	build/audit/bin/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt

clean:
	rm -rf $(VENV) build dist

$(VENV)/ready: $(MADE_FROM)
	$(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) --editable ./callmeter --editable '.[arrow,drivers,models]'
	@touch $@

$(VENV)/installed: $(MADE_FROM)
	$(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) --editable ./callmeter --editable '.[dev]'
	@touch $@ $(VENV)/ready
