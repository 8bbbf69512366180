# Everything sets itself up: Python 3.11 to 3.15, make and a package index are enough, and after the first time
# not even the index is needed. `make` lists the targets.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
RUN    := $(BIN)/aarsstatus

# Run by the Python that is there, whatever its age; what it says is all that is said.
FITS := import sys; sys.exit(sys.version_info < (3, 11) and sys.executable + " is Python " + sys.version.split()[0] \
	+ "; 3.11 or newer is needed. Name one: make report PYTHON=python3.13")
UNFIT = { echo "The packages of $< could not be installed for $$($(BIN)/python --version): either the package index\
 cannot be reached, or that Python is newer than the lock (3.11 to 3.15): make report PYTHON=python3.13" >&2; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help report test lint format windows lab bench expected lock map datapackage licences audit mutants coverage fuzz faults clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

report: $(VENV)/.installed ## the finished notat for the newest year, in output/
	$(RUN) build $(YEAR)

test: $(VENV)/.installed-dev ## all tests
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev ## formatter, linter and type checker, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	printf '%s\n' linux win32 darwin | xargs -P 2 -I @ $(BIN)/mypy --platform @ --cache-dir .mypy_cache/@
	$(BIN)/nbstripout --verify --keep-id notebooks/*.ipynb

format: $(VENV)/.installed-dev ## format code and strip notebooks
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/nbstripout --keep-id notebooks/*.ipynb

windows: $(VENV)/.installed-dev ## the same bytes from a Windows Python, under Wine (Debian; installs what it needs when root)
	PYTHONPATH=tests $(BIN)/python tools/windows/stage.py

lab: $(VENV)/.installed ## open the notebooks in JupyterLab
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'jupyterlab>=4'
	$(BIN)/jupyter lab notebooks/notat.ipynb

bench: $(VENV)/.installed-dev ## measure, and write bench/RESULTS.md
	$(BIN)/python bench/bench.py

SEED  ?= 8
CASES ?= 10000
BUILDS ?= 40

fuzz: $(VENV)/.installed-dev ## inputs that are wrong, by the thousand: make fuzz SEED=8 CASES=10000 BUILDS=40
	PYTHONPATH=tests $(BIN)/python -m fuzz --seed $(SEED) --cases $(CASES) --builds $(BUILDS)

KILLS ?= 200

faults: $(VENV)/.installed-dev ## builds killed at random moments: make faults SEED=8 KILLS=200
	PYTHONPATH=tests $(BIN)/python -m faults --seed $(SEED) --kills $(KILLS)

expected: $(VENV)/.installed-dev ## keep the bytes of both historic years anew, after a change that is meant to change them
	$(BIN)/python tests/expected_bytes.py

lock: ## write requirements*.lock anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--extra dev --extra proof pyproject.toml -c requirements-dev.lock -o requirements-proof.lock

datapackage: $(VENV)/.installed-dev ## write data/datapackage.json anew, after a change of inputs/schema.py
	$(BIN)/python tools/datapackage.py

map: $(VENV)/.installed-dev ## write the map of modules in docs/architecture.md anew
	$(BIN)/python tools/architecture.py

licences: $(VENV)/.installed-dev ## write the list of licences anew, after make lock
	$(BIN)/python tools/licences.py

audit: $(VENV)/.installed-proof ## look for known vulnerabilities (ADVISORIES=folder or zip, OSV_URL=service)
	$(BIN)/python tools/audit.py $(if $(ADVISORIES),--advisories $(ADVISORIES)) $(if $(OSV_URL),--osv-url $(OSV_URL))

mutants: $(VENV)/.installed-proof ## change the formulas in every way, and each printed number, and see that it is noticed (some hours)
	rm -rf mutants # what it knows from before, it would not try again with tests that are new
	$(BIN)/mutmut run --max-children $(or $(CHILDREN),2)
	$(BIN)/python tools/mutants.py
	EVERY_CHANGE=1 $(BIN)/python -m pytest -q -o addopts= tests/audit/test_audit.py -k "documentation or unnoticed"

coverage: $(VENV)/.installed-proof ## branch coverage of all tests, processes they start included
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

clean: ## remove the environment and all that was built
	rm -rf $(VENV) output mutants .coverage* .mypy_cache .ruff_cache .pytest_cache

# The package itself is linked, not copied (its build tool is in the lock like everything else), so a change to the
# code needs no new installation.
$(VENV)/.installed: requirements.lock pyproject.toml
	@$(BIN)/python -c '$(FITS)' 2>/dev/null && $(BIN)/python -m pip --version >/dev/null 2>&1 || \
		{ $(PYTHON) -c '$(FITS)' && $(PYTHON) -m venv $(if $(wildcard $(VENV)/pyvenv.cfg),--clear) $(VENV); }
	@echo "Fetching the packages of $<, which takes a minute"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock || $(UNFIT)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.lock
	touch $@

$(VENV)/.installed-proof: $(VENV)/.installed-dev requirements-proof.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-proof.lock
	touch $@
