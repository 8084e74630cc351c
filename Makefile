# The whole developer interface. `make demo` and `make test` are all a newcomer needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: help demo test check lint fuzz demos bench clean FORCE

# A PYTHON= that is not the one $(VENV) was made with makes it anew.
ifneq ($(origin PYTHON),file)
ifneq ($(PYTHON),$(shell cat $(VENV)/.made 2>/dev/null))
$(VENV)/.made: FORCE
endif
endif

help:
	@echo "make demo    install into $(VENV), train XOR, draw it"
	@echo "make test    install what the tests need and run them"
	@echo "make check   lint, types and tests"
	@echo "make fuzz    20,000 random programs against 100 digits (minutes)"
	@echo "make demos   run every demo, rebuild the gallery and its page"
	@echo "make bench   measure; prints, never fails"
	@echo "make clean   remove everything that make made"
	@echo "PYTHON=...   the Python (3.11 or newer) to build $(VENV) with"

# Stamp files: a step runs again only when what it depends on has changed.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "gradtable needs Python 3.11 or newer, and '$(PYTHON)' is" \
	    "$$($(PYTHON) -c 'import sys; print(sys.version.split()[0])' 2>/dev/null || echo not there):" \
	    "name another with make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@echo "$(PYTHON)" > $@

$(VENV)/.demo: $(VENV)/.made pyproject.toml
	$(PIP) --editable '.[plot]'
	@touch $@

# All demos also want the measured data sets and compiled tapes.
$(VENV)/.demos: $(VENV)/.made pyproject.toml
	$(PIP) --editable '.[plot,data,fast]'
	@touch $@ $(VENV)/.demo

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.demo $(VENV)/.demos

demo: $(VENV)/.demo
	$(BIN)/python -m demos.xor

# The engine that `make bench` compares with, in an environment of its own.
$(VENV)-micrograd/.made: $(VENV)/.made
	$(PYTHON) -m venv --clear $(VENV)-micrograd
	$(VENV)-micrograd/bin/pip install --quiet --disable-pip-version-check micrograd || true
	@touch $@

# The engines that it compares tapes with; what cannot be installed is reported as absent.
$(VENV)-peers/.made: $(VENV)/.made
	$(PYTHON) -m venv --clear $(VENV)-peers
	for peer in numpy jax casadi autograd; do \
	  $(VENV)-peers/bin/pip install --quiet --disable-pip-version-check $$peer || true; done
	$(VENV)-peers/bin/pip install --quiet --disable-pip-version-check --retries 0 torch \
	  --index-url https://download.pytorch.org/whl/cpu \
	  || $(VENV)-peers/bin/pip install --quiet --disable-pip-version-check torch || true
	@touch $@

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --quiet -rs

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

# The random programs of the test run, forty times as many of them.
fuzz: $(VENV)/.dev
	GRADTABLE_EXAMPLES=20000 $(BIN)/python -m pytest --quiet tests/test_programs.py

demos: $(VENV)/.demos
	$(BIN)/python -m demos --all

bench: $(VENV)/.dev $(VENV)-micrograd/.made $(VENV)-peers/.made
	$(BIN)/python tests/bench/node_layout.py
	$(BIN)/python tests/bench/engine.py
	$(BIN)/python tests/bench/moons.py $(VENV)-micrograd/bin/python
	$(BIN)/python tests/bench/training.py
	$(BIN)/python tests/bench/deep_net.py
	$(BIN)/python tests/bench/derivatives.py
	$(BIN)/python tests/bench/tapes.py --peers $(VENV)-peers/bin/python \
	  --micrograd $(VENV)-micrograd/bin/python --json build/bench/tapes.json

clean:
	rm -rf $(VENV) $(VENV)-micrograd $(VENV)-peers .venv-bare build *.egg-info .mypy_cache .ruff_cache .hypothesis demos/out
	find . -name __pycache__ -prune -exec rm -rf {} +
