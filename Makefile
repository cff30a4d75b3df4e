# Every target sets itself up: a private .venv, pinned by version and hash. Once set up, only `lock` needs the network.

VENV ?= .venv
BENCHES = check check_growth pipeline
MINUTES = 10
JOBS = auto
FAST_BENCHES = $(BENCHES) crash discord fanout passages ranking reading schedule slack

# The first Python of 3.11 or later that runs and can make a virtual environment; `make PYTHON=... test` names another.
# It is run, not just looked up: a version switcher leaves commands on the PATH that only print an error.
SUITABLE = import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
find_python = $(firstword $(foreach python,python3 python3.13 python3.12 python3.11,$(shell \
	$(python) -c '$(SUITABLE)' >/dev/null 2>&1 && echo $(python))))
PYTHON ?= $(find_python)

RUN = $(VENV)/bin/python
# Many tests start the program as a process of its own, which would compile all of it each time.
unexport PYTHONDONTWRITEBYTECODE
# Two workers more than there are processors: many tests wait for an answer that is not to come, or for a process.
PARALLEL = --dist worksteal -n $$($(RUN) -c 'import os; print((os.cpu_count() or 1) + 2)')
INSTALL = $(RUN) -m pip install --quiet --no-input --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test test-long fuzz coverage lint format types bench bench-crash bench-discord bench-fanout bench-lease bench-passages bench-ranking bench-rates bench-reading bench-schedule bench-slack bench-check pictures lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/bin/kawaraban ## an invented sample digest in the terminal, in its language, without any account
	@$(VENV)/bin/kawaraban demo

test: $(VENV)/.ready-dev ## the tests; the last line names what this machine could not run
	@$(RUN) -m pytest $(PARALLEL) -m "not long"

test-long: $(VENV)/.ready-dev ## the tests that take long: the whole product as processes, killed and started again
	@$(RUN) -m pytest $(PARALLEL) -m long

fuzz: $(VENV)/.ready-dev ## the property tests with fresh examples, on all cores; MINUTES=30 says for how long (10)
	@$(RUN) -m tests.support.fuzz --minutes $(MINUTES) --jobs $(JOBS)

coverage: $(VENV)/.ready-dev ## all tests, long ones too, and the statements of bot/ and adapters/ that none of them reached
	@$(RUN) -m pytest $(PARALLEL) --cov --cov-report=term-missing

lint: $(VENV)/.ready-dev ## style and likely mistakes (ruff)
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

format: $(VENV)/.ready-dev ## rewrite the code in the house style (ruff)
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

types: $(VENV)/.ready-dev ## static types (mypy --strict)
	@$(RUN) -m mypy

bench: $(VENV)/.ready-dev ## the figures: what the check of summaries finds, and how collecting and ranking scale
	@set -e; for bench in $(BENCHES); do echo "== bench.$$bench"; $(RUN) -m bench.$$bench; done

bench-crash: $(VENV)/.ready-dev ## workers killed in the middle of everything: what is lost or comes twice (many minutes)
	@$(RUN) -m bench.crash

bench-discord: $(VENV)/.ready-dev ## Discord: the same as for Slack, 500 servers at once, a gateway taken over (many minutes)
	@$(RUN) -m bench.discord

bench-fanout: $(VENV)/.ready-dev ## 10,000 deliveries against bare aiohttp: time, processor, memory, growth
	@$(RUN) -m bench.fanout

bench-lease: $(VENV)/.ready-dev ## a worker gone for good: how soon another one sends what it had
	@$(RUN) -m bench.lease

bench-passages: $(VENV)/.ready-dev ## what is chosen of a paper for a question, on the shared data sets (ten minutes)
	@$(RUN) -m bench.passages

bench-ranking: $(VENV)/.ready-dev ## votes replayed on the shared data sets beside other methods, and how fast it ranks (ten minutes)
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(RUN) -m bench.ranking

bench-rates: $(VENV)/.ready-dev ## three workers that share one rate limit
	@$(RUN) -m bench.rates

bench-reading: $(VENV)/.ready-dev ## what is kept of papers' HTML and PDFs, and how fast they are read (a minute)
	@$(RUN) -m bench.reading

bench-schedule: $(VENV)/.ready-dev ## 10,000 channels over five days across a change of the clocks (many minutes)
	@$(RUN) -m bench.schedule

bench-slack: $(VENV)/.ready-dev ## Slack: messages after a crash, commands under load, votes missed and a breaking socket (many minutes)
	@$(RUN) -m bench.slack

bench-check: $(VENV)/.ready-dev ## a fast run of the benches that fails where a figure is out of bounds
	@set -e; for bench in $(FAST_BENCHES); do $(RUN) -m bench.$$bench --self-check; done

pictures: $(VENV)/.ready-dev ## draw the pictures of the README (Chromium, Noto CJK and emoji fonts)
	@PYTHONPATH=. $(RUN) docs/images/make_pictures.py

lock: ## pin the newest allowed versions (network; use Python 3.11)
	@$(PYTHON) -m venv --clear $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check 'pip-tools>=7.5,<8'
	@CUSTOM_COMPILE_COMMAND='make lock' $(VENV)-lock/bin/pip-compile --upgrade \
		--output-file requirements.txt pyproject.toml
	@sed 's/^\([a-z0-9.-]*\)\[[^]]*\]==/\1==/' requirements.txt >$(VENV)-lock/constraints.txt
	@CUSTOM_COMPILE_COMMAND='make lock' $(VENV)-lock/bin/pip-compile --upgrade \
		--extra dev --constraint $(VENV)-lock/constraints.txt --output-file requirements-dev.txt pyproject.toml
	@rm -rf $(VENV)-lock

clean: ## remove the private environment and every cache
	rm -rf $(VENV) $(VENV)-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* htmlcov dist build

# An environment whose Python is gone (an upgraded system) is made anew.
define set_up
	@test -n "$(PYTHON)" || { echo "Kawaraban needs Python 3.11 or later with the venv module, and found none." \
		"Install it (Debian: apt-get install python3-venv) or name one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" \
		>&2; exit 1; }
	@$(RUN) -m pip --version >/dev/null 2>&1 || { echo "Setting up $(VENV) with $(PYTHON) (once) ..." >&2; \
		$(PYTHON) -m venv --clear $(VENV); }
endef

$(VENV)/.ready-demo: requirements.txt
	$(set_up)
	@$(INSTALL) --require-hashes -r requirements.txt
	@touch $@

# The command as the README writes it, without the build backend that only developers need. -P: a folder `bot` where it is
# called is not taken for ours.
$(VENV)/bin/kawaraban: $(VENV)/.ready-demo
	@printf '%s\n' '#!/bin/sh' 'PYTHONPATH="$(CURDIR)$${PYTHONPATH:+:$$PYTHONPATH}" \
	exec "$(abspath $(RUN))" -P -m kawaraban "$$@"' >$@
	@chmod +x $@

# The project itself is linked into the environment, which gives the tests the `kawaraban` command.
$(VENV)/.ready-dev: requirements-dev.txt pyproject.toml
	$(set_up)
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.ready-demo
