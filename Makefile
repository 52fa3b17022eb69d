# journeylab: `make demo` and `make test` need python3 (3.11 or newer, with venv) and make.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Compiled modules are kept, whatever the caller's habit: without them every command compiles
# the libraries it imports anew.
unexport PYTHONDONTWRITEBYTECODE

export DAGSTER_HOME := $(CURDIR)/var/dagster

.DEFAULT_GOAL := help
.PHONY: help venv demo run up dashboard test test-coverage test-fast test-browser test-docs test-planted test-spark faults bench bench-large screenshots test-nights lint format clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

venv: $(VENV)/.installed ## make the virtual environment and install journeylab into it

demo: venv ## run the whole job on the sample shop and on two excerpts of real data
	@for config in journeylab.toml data/real/access_log/journeylab.toml data/real/online_retail/journeylab.toml; do \
	  printf '\n== %s\n' $$config; \
	  $(BIN)/journeylab run --quiet --config $$config || test $$? -eq 3 || exit 1; \
	done  # exit code 3: done, with files set aside or warnings

run: venv ## take in new files and publish a snapshot
	$(BIN)/journeylab run || test $$? -eq 3  # 3: done, with files set aside or warnings

up: venv ## start Dagster's web UI on http://127.0.0.1:3000 and the dashboard beside it
	mkdir -p $(DAGSTER_HOME)
	cp pipelines/dagster.yaml $(DAGSTER_HOME)/dagster.yaml
	@echo "Dagster: http://127.0.0.1:3000"
	@trap 'kill $$dashboard 2>/dev/null; wait' EXIT; trap 'exit 0' INT TERM; \
	  $(BIN)/journeylab dashboard & dashboard=$$!; \
	  $(BIN)/dagster dev --host 127.0.0.1 --port 3000

dashboard: venv ## serve the dashboard on http://127.0.0.1:8050
	$(BIN)/journeylab dashboard

test: $(VENV)/.installed-dev ## run the tests, but for those with a target of their own
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(COVERAGE)

test-coverage: COVERAGE := --cov --cov-report=term:skip-covered
test-coverage: test ## the same with the coverage, which takes a fifth longer

test-fast: $(VENV)/.installed-dev ## run the tests but the whole pipeline runs, stop at the first failure
	$(BIN)/python -m pytest -q -x -m "not slow and not docs and not faults and not nights and not planted and not browser and not spark"

test-docs: $(VENV)/.installed-dev ## run the programs, commands and notebooks of the documentation
	$(BIN)/python -m pytest -m docs -n 2 --dist loadgroup

test-nights: $(VENV)/.installed-dev ## prove incremental = full over SEQUENCES=500 generated sequences of nights
	NIGHTS_SEQUENCES=$(or $(SEQUENCES),500) $(BIN)/python -m pytest tests/properties/test_nights.py -m nights -q

test-planted: $(VENV)/.installed-dev ## prove what is planted over ten seeds, half an hour or more
	$(BIN)/python -m pytest tests/planted -m planted -rP

test-spark: $(VENV)/.installed-spark ## compare the Spark engine with DuckDB's (Java 17; SPARK_MASTER, SPARK_EVENTS for a long form)
	@if ! command -v java >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless; \
	  fi; \
	fi; \
	if command -v java >/dev/null; then \
	  $(BIN)/python -m pytest tests/cluster -m spark -rs; \
	else \
	  echo "skipped: no Java; install it with: sudo apt-get install openjdk-17-jre-headless"; \
	fi

faults: $(VENV)/.installed-dev ## kill runs with -9 at every line under readers, hours; FAULTS_MINUTES bounds it
	$(BIN)/python -m pytest tests/faults -m faults -rP

test-browser: $(VENV)/.installed-dev ## drive the dashboard and the report in Chromium
	@if ! command -v chromium >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core fonts-liberation; \
	  fi; \
	fi; \
	if command -v chromium >/dev/null; then \
	  CHROMIUM="$$(command -v chromium)" $(BIN)/python -m pytest -m browser -rs; \
	else \
	  echo "skipped: no chromium; install it with: sudo apt-get install chromium"; \
	fi

screenshots: $(VENV)/.installed-dev ## photograph every view of the dashboard for the docs (needs Chromium)
	$(BIN)/python docs/make_screenshots.py

bench: $(VENV)/.installed-dev ## write docs/performance.md: journeylab beside its peers on 1 M events, ten minutes
	for table in core nightly lab stitching; do $(BIN)/python benchmarks $$table || exit 1; done

bench-large: $(VENV)/.installed-dev ## the same on 10 M events, and the core on 100 M: hours, 45 GB of disk
	for table in core nightly lab stitching; do \
	  $(BIN)/python benchmarks $$table --events 10000000 --rounds 3 || exit 1; \
	done
	$(BIN)/python benchmarks core --events 100000000 --rounds 1 --limit-seconds 1800

lint: $(VENV)/.installed-dev ## run every lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=pipelines $(BIN)/lint-imports
	$(BIN)/sqlfluff lint sql

format: $(VENV)/.installed-dev ## format Python and SQL
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what a run made, and the virtual environment
	rm -rf var $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "journeylab needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --no-compile --require-hashes --no-deps -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) install --no-compile --require-hashes --no-deps -r requirements-dev.lock
	touch $@

$(VENV)/.installed-spark: requirements-spark.lock $(VENV)/.installed-dev
	$(PIP) install --no-compile --require-hashes --no-deps -r requirements-spark.lock
	touch $@
