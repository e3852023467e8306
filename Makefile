# Everything a learner or teacher types. Works with GNU make 3.81 or newer, python3 (3.11 to 3.14) and pip.
#   make lab            your own copies of the lessons in my_course/, in JupyterLab
#   make lab TORCH=cpu  the same with PyTorch's small CPU build (Linux without an NVIDIA GPU)
#   make test           check style, types, code and notebooks
#   make test-browser   the widgets in Chromium
#   make site           the lessons, the figures and the API reference as a website in site/, without running a cell
#   make test-site      build the website and test it in Chromium
#   make fuzz           10,000 random and broken inputs for the public functions; CASES=500 for fewer
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH ?=
LAB_FLAGS ?=
CASES ?= 10000
NOTEBOOKS := $(wildcard notebooks/*.ipynb notebooks/solutions/*.ipynb)
BIOME := npm ci --silent && npx biome
PYTEST := COURSE_QUIET=1 PCONV_EDU_DEVICE=cpu OMP_NUM_THREADS=1 $(BIN)/python -m pytest

.PHONY: lab test check-style test-code test-browser site test-site form fuzz notebooks figures bench format setup clean

lab: $(VENV)/.lab
	$(BIN)/python -m pconv_edu lab $(LAB_FLAGS)

test: setup check-style test-code

setup: $(VENV)/.test

# The stamps below say what is installed; they are older than pyproject.toml once it changes.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 14); sys.exit(not ok and f"Python {sys.version.split()[0]} found as $(PYTHON), but 3.11, 3.12, 3.13 or 3.14 is needed: try  make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv $(VENV)
ifeq ($(TORCH),cpu)
	$(BIN)/pip install -c constraints.txt torch --index-url https://download.pytorch.org/whl/cpu
else ifneq ($(TORCH),)
	$(error TORCH=$(TORCH) is not known; the only choice is TORCH=cpu)
endif
	touch $@

$(VENV)/.lab: $(VENV)/.python pyproject.toml constraints.txt
	$(BIN)/pip install -c constraints.txt -e '.[lab]'
	touch $@

$(VENV)/.test: $(VENV)/.lab
	$(BIN)/pip install -c constraints.txt -e '.[lab,test]'
	touch $@

$(VENV)/.site: $(VENV)/.lab
	$(BIN)/pip install -c constraints.txt -e '.[lab,site]'
	touch $@

check-style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@if command -v npm >/dev/null; then $(BIOME) check; \
	else echo "npm is not installed: the JavaScript and CSS of the widgets were not checked"; fi

# One file stays on one worker: the cells of a notebook share a kernel. conftest.py says which files come first.
PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder

test-code: setup
	$(PYTEST) $(PARALLEL) --ignore=tests/browser

test-browser: setup
	$(PYTEST) $(PARALLEL) tests/browser

site: $(VENV)/.site
	PCONV_EDU_DEVICE=cpu $(BIN)/python docs/build.py site

test-site: setup site
	$(PYTEST) $(PARALLEL) tests/site

# Words, cells, predictions and exercises of each lesson, and what departs from the usual form: advice, not a test.
form: setup
	$(BIN)/python -m pconv_edu.lessons.form $(wildcard notebooks/*.ipynb)

# Odd images, masks, options and files through every public function; CASES=100 tries fewer.
fuzz: setup
	$(BIN)/python -m tests.fuzz --cases $(CASES)

notebooks: setup
	$(BIN)/python -m pconv_edu.lessons.rebuild $(NOTEBOOKS)

figures: setup
	$(BIN)/python -m pconv_edu figures

bench: setup
	for file in $(filter-out benchmarks/gpu_check.py,$(wildcard benchmarks/*.py)); do $(BIN)/python $$file || exit 1; done

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@if command -v npm >/dev/null; then $(BIOME) check --write; fi

clean:
	rm -rf $(VENV) build site *.egg-info .pytest_cache .ruff_cache .mypy_cache node_modules
