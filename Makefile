# Everything a developer runs. Python 3.11+, a Rust toolchain and make must be there; the rest is set up here, from
# locks with hashes, into .venv and target. Stamps in .make tell what is done, so the second run starts at once.

PYTHON ?= python3
PORT ?= 8000
DATA ?= data
DATA_CLUSTER ?= data-cluster
# Many tests wait for clocks, so more of them run at once than there are processors.
WORKERS ?= 4

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.NOTPARALLEL:

BIN := .venv/bin
STEP := tools/step
UV := VIRTUAL_ENV="$(CURDIR)/.venv" $(BIN)/uv --no-config --no-progress
# What the extension is built from: a change in a test or a benchmark of a crate does not rebuild it.
CORE_SOURCES := Cargo.toml $(wildcard Cargo.lock) pyproject.toml $(shell find crates \
	\( -name tests -o -name benches -o -name target \) -prune -o \( -name '*.rs' -o -name Cargo.toml \) -print)
# What the page is built from, and where the declarations stand that the types of its client follow.
PAGE_SOURCES := $(shell find web \( -name node_modules -o -name tests \) -prune -o -type f ! -name schema.d.ts -print)
DECLARATIONS := tools/openapi.py $(shell find src/rialto/wire src/rialto/gateway src/rialto/custody src/rialto/products src/rialto/admin -name '*.py')
# The crate of the Python module has no Rust tests: it is tested from Python, and so never links libpython.
RUST_TESTS := --workspace --exclude rialto-python --locked

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- running -------------------------------------------------------------------------------------------------------

.PHONY: run
run: .make/core .make/page .make/statements ## Start a demonstration exchange on 127.0.0.1 (PORT=8000 DATA=data)
	@exec $(BIN)/rialto run --demo --port "$(PORT)" --data "$(DATA)"

.PHONY: cluster
cluster: .make/dev .make/core ## Start a demonstration cluster: NATS, PostgreSQL, two cores, two gateways (PORT=8000 DATA_CLUSTER=data-cluster)
	@exec $(BIN)/rialto cluster --demo --port "$(PORT)" --data "$(DATA_CLUSTER)"

.PHONY: build
build: .make/core ## Set up .venv and build the compiled core into it

.PHONY: page
page: .make/core .make/page .make/statements ## Build the web page, and what statements are printed with, into the package (needs npm)

.PHONY: client
client: .make/dev .make/core ## Install the client libraries that the examples use

.PHONY: wheel
wheel: .make/core .make/page .make/statements ## Build the installable wheel into dist/
	@$(STEP) "Building the wheel" $(BIN)/maturin build --release --locked --out dist
	@ls dist/*.whl

# --- checking ------------------------------------------------------------------------------------------------------

.PHONY: test
test: .make/dev .make/core .make/nodes .make/page .make/statements ## Run every test, Rust and Python
	@$(STEP) "Compiling the Rust tests" cargo test $(RUST_TESTS) --quiet --no-run
	@cargo test $(RUST_TESTS) --quiet
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

CHECKS := check-format check-lint check-rust check-types check-stubs check-imports check-determinism check-page

.PHONY: check
check: .make/dev .make/core ## Format, lint, types, imports, stubs, determinism: every failure is shown
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

.PHONY: $(CHECKS)
check-format: .make/dev
	@$(STEP) "Python format" $(BIN)/ruff format --check .
	@$(STEP) "Rust format" cargo fmt --all --check
check-lint: .make/dev
	@$(STEP) "Python lint" $(BIN)/ruff check --output-format concise .
check-rust:
	@$(STEP) "Rust lint" cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
check-types: .make/dev
	@$(STEP) "Python types" $(BIN)/mypy
check-stubs: .make/dev .make/core
	@$(STEP) "Stubs of the core" env MYPYPATH=src $(BIN)/stubtest rialto_core --allowlist tools/stubtest-allowlist.txt
check-imports: .make/dev
	@$(STEP) "Import contracts" env PYTHONPATH=src $(BIN)/lint-imports --no-cache
check-determinism: .make/dev
	@$(STEP) "Determinism" $(BIN)/python -m tools.determinism

check-page: .make/page
	@if test -f .make/web; then \
	$(STEP) "Page format" npm run --silent --prefix web check-format; \
	$(STEP) "Page lint" npm run --silent --prefix web check-lint; \
	$(STEP) "Page types" npm run --silent --prefix web check-types; \
	$(STEP) "Page units and catalogues" npm run --silent --prefix web check-units; fi

.PHONY: format
format: .make/dev ## Format Python and Rust, and mend what the linter can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@cargo fmt --all
	@if test -f .make/web; then npm run --silent --prefix web format; fi

.PHONY: simulate
simulate: ## Simulate crashes and faults of the disk: SEED=n repeats one, SEEDS=n runs many on all cores (1000)
	@$(STEP) "Compiling the simulator" cargo build --release --locked --quiet --package rialto-simulator
	@target/release/rialto-simulator $(if $(SEED),--seed "$(SEED)",--seeds "$(or $(SEEDS),1000)" --from "$(or $(FROM),1)")

.PHONY: crash
crash: .make/dev .make/core ## Kill the real process under load, again and again, and check what survived (KILLS=20 SEED=1)
	@RIALTO_SEED="$(or $(SEED),1)" RIALTO_TEST_KILLS="$(or $(KILLS),20)" $(BIN)/pytest -s tests/simulation/test_kill.py

.PHONY: cluster-faults
cluster-faults: .make/dev .make/core ## Kill, pause and cut off every member of a cluster under load, and check what survived
	@RIALTO_TEST_CLUSTER_FAULTS=1 $(BIN)/pytest -p no:xdist tests/cluster/test_cluster.py

.PHONY: bot
bot: .make/dev .make/core .make/bot ## Let a bot framework trade on a fresh exchange for some minutes, and compare both sides
	@RIALTO_TEST_FREQTRADE="$(CURDIR)/.venv-bot/bin/freqtrade" $(BIN)/pytest tests/bots

.PHONY: quickfix
quickfix: .make/dev .make/core .make/quickfix ## Let QuickFIX trade over FIX; building it takes long
	@RIALTO_TEST_QUICKFIX="$(CURDIR)/.venv-quickfix/bin/python" $(BIN)/pytest tests/bots

.PHONY: bench
bench: .make/dev .make/core ## Run the benchmarks and print percentiles
	@test -f benches/__main__.py || { echo "There are no benchmarks yet: benches/__main__.py is missing." >&2; exit 1; }
	@$(BIN)/python -m benches

.PHONY: docs
docs: .make/dev .make/core ## Write the compatibility matrix, the dashboard, and the reference of the crates into target/doc
	@$(STEP) "Compatibility matrix" $(BIN)/python -m tools.compatibility
	@$(STEP) "Dashboard" $(BIN)/python -m tools.dashboard
	@$(STEP) "Rust reference" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

# --- set-up --------------------------------------------------------------------------------------------------------

LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	$(LOCK_FLAGS)

.PHONY: lock
lock: .make/uv ## Bring requirements/*.txt and Cargo.lock up to what is asked for, changing nothing else
	@$(STEP) "Locking the bootstrap" env $(LOCK) requirements/bootstrap.in -o requirements/bootstrap.txt
	@$(STEP) "Locking the run-time" env $(LOCK) pyproject.toml requirements/build.in -o requirements/run.txt
	@$(STEP) "Locking development" env $(LOCK) pyproject.toml requirements/dev.in --extra postgres -o requirements/dev.txt
	@$(STEP) "Locking the bot framework" env $(LOCK) requirements/bot.in -o requirements/bot.txt
	@$(STEP) "Locking QuickFIX" env $(LOCK) requirements/quickfix.in -o requirements/quickfix.txt
	@$(STEP) "Locking the crates" cargo metadata --format-version 1 --quiet

.PHONY: upgrade
upgrade: ## Lock the newest versions of everything
	@$(STEP) "Upgrading the crates" cargo update --quiet
	@$(MAKE) --no-print-directory lock LOCK_FLAGS=--upgrade

.PHONY: clean
clean: ## Remove everything built or installed here (never DATA)
	rm -rf .venv .venv-bot .venv-quickfix .make tools/nodes/node_modules web/node_modules src/rialto/gateway/page/built src/rialto/gateway/statements/built target dist .mypy_cache .ruff_cache .pytest_cache .hypothesis src/rialto_core/*.so

.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo "No $(PYTHON) here. Install Python 3.11 or newer, or say make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit(f"Python 3.11 or newer is needed; $(PYTHON) is {v[0]}.{v[1]}. Say make PYTHON=python3.12, for example.")'
	@rm -rf .venv .make
	@$(STEP) "Creating .venv" $(PYTHON) -m venv .venv

.make/uv: .venv/pyvenv.cfg requirements/bootstrap.txt
	@mkdir -p .make
	@$(STEP) "Installing uv" $(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes --requirement requirements/bootstrap.txt
	@touch $@

# A set-up for development serves for running too: it is never thinned out again.
.make/run: .make/uv requirements/run.txt
	@test -f .make/dev || $(STEP) "Installing run-time packages" env $(UV) pip sync --require-hashes requirements/run.txt
	@touch $@

.make/dev: .make/uv requirements/dev.txt
	@$(STEP) "Installing development packages" env $(UV) pip sync --require-hashes requirements/dev.txt
	@touch .make/run $@

.make/bot: .make/uv requirements/bot.txt
	@$(STEP) "Creating .venv-bot" $(PYTHON) -m venv .venv-bot
	@$(STEP) "Installing the bot framework" $(BIN)/uv --no-config --no-progress pip sync --python .venv-bot/bin/python --require-hashes requirements/bot.txt
	@touch $@

.make/quickfix: .make/uv requirements/quickfix.txt
	@$(STEP) "Creating .venv-quickfix" $(PYTHON) -m venv .venv-quickfix
	@$(STEP) "Building QuickFIX" $(BIN)/uv --no-config --no-progress pip sync --python .venv-quickfix/bin/python --require-hashes requirements/quickfix.txt
	@touch $@

# Chain nodes that tests run for real. Where they cannot be had, the stamp is not set and those tests say why they skip.
.make/nodes: tools/nodes/package.json tools/nodes/package-lock.json
	@mkdir -p .make
	@if ! command -v npm >/dev/null; then echo "  No npm here: tests on a real EVM node are skipped." >&2; \
	elif $(STEP) "Installing chain nodes for tests" npm ci --ignore-scripts --prefix tools/nodes; then touch $@; \
	else echo "  npm cannot fetch the nodes: tests on a real EVM node are skipped." >&2; fi

# The packages that build and check the page. Where they cannot be had, there is no page, and the exchange runs without.
.make/web: web/package.json web/package-lock.json
	@mkdir -p .make
	@if ! command -v npm >/dev/null; then echo "  No npm here: the exchange has no web page. Install Node.js 20 or newer." >&2; \
	elif $(STEP) "Installing the page's packages" npm ci --ignore-scripts --prefix web; then touch $@; \
	else echo "  npm cannot fetch the page's packages: the exchange has no web page." >&2; fi

# The types of the page's client follow the declarations; a change that leaves the document as it was builds nothing.
.make/declarations: .make/core $(DECLARATIONS)
	@env PYTHONPATH=src $(BIN)/python -m tools.openapi >.make/openapi.new
	@cmp -s .make/openapi.new .make/openapi.json || cp .make/openapi.new .make/openapi.json
	@touch $@
.make/openapi.json: .make/declarations ;

.make/page: .make/web .make/openapi.json $(PAGE_SOURCES)
	@if test -f .make/web; then \
	$(STEP) "Writing the types of the API" npm run --silent --prefix web types; \
	$(STEP) "Building the page" npm run --silent --prefix web build; touch $@; fi

# What statements are printed with: fonts, of which those that are built are not built again, and words.
.make/statements: .make/web .make/core tools/fonts.py tools/words.py src/rialto/gateway/statements/words.py $(wildcard web/locales/*/*.json)
	@if test -f .make/web; then \
	$(STEP) "Building the fonts of statements" env PYTHONPATH=src $(BIN)/python -m tools.fonts; \
	$(STEP) "Gathering the words of statements" env PYTHONPATH=src $(BIN)/python -m tools.words; touch $@; fi

# Offline, so that the install can add nothing to what the locks put there.
.make/core: .make/run $(CORE_SOURCES)
	@command -v cargo >/dev/null || { echo "No cargo here. Install a Rust toolchain, the version in Cargo.toml or newer." >&2; exit 1; }
	@$(STEP) "Building the core (release)" env UV_OFFLINE=1 VIRTUAL_ENV="$(CURDIR)/.venv" $(BIN)/maturin develop --release --locked --uv
	@touch $@
