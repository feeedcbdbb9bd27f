# Each target is a thin line over `jingkai` or a public tool. A bare machine needs Python 3.11 or newer and make.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE := # what is compiled is kept: programs are started hundreds of times

.PHONY: help setup dev demo run worker test check bench drill pictures fmt lock sbom clean

help:
	@echo "make setup   install into .venv and build scripts, styles, translations"
	@echo "make demo    start a demonstration zone on PORT (8000) in JINGKAI_HOME (.jingkai)"
	@echo "make run     serve this installation    (make worker: its background jobs)"
	@echo "make test    every test, journeys in Chromium included"
	@echo "make check   style, types, import contracts, migrations, translations, known weaknesses"
	@echo "make bench   measure against peers      make drill   kill, restore, load"
	@echo "make fmt     bring the code into shape  make lock    renew the locked dependencies"
	@echo "make sbom    what it is made of, as CycloneDX in build/sbom.cdx.json"
	@echo "make pictures  every page and the stories in both languages, wide and narrow, in build/journeys"

setup:
	@$(PYTHON) tools/bootstrap.py run
	@$(BIN)/python -m compileall -q jingkai
	@$(BIN)/python -m tools.frontend build
	@$(BIN)/python -m tools.messages compile

dev:
	@$(PYTHON) tools/bootstrap.py dev
	@$(BIN)/python -m compileall -q jingkai
	@$(BIN)/python -m tools.frontend build
	@$(BIN)/python -m tools.messages compile

demo: setup
	@exec $(BIN)/jingkai demo

run: setup
	@$(BIN)/jingkai migrate
	@exec $(BIN)/jingkai serve

worker: setup
	@exec $(BIN)/jingkai worker

# Three at once, each file one's own: half of a journey or a drill goes by in waiting.
test: dev
	@$(PYTHON) tools/bootstrap.py system
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m "not long" --durations=40

check: dev
	@$(BIN)/python -m tools.check

bench: dev
	@$(BIN)/python -m benchmarks

drill: dev
	@DRILL_KILLS=100 SOAK_MINUTES=15 $(BIN)/python -m pytest -q -s -m drill -o faulthandler_timeout=3600
	@GUARDS_PART=1 MACHINE_EXAMPLES=60 $(BIN)/python -m pytest -q \
		tests/architecture/test_ownership.py tests/architecture/test_machine.py

pictures: dev
	@JOURNEY_VIEWS=every $(BIN)/python -m pytest -q tests/journeys

fmt: dev
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

lock: dev
	@$(BIN)/python -m tools.lock

sbom: dev
	@$(BIN)/python -m tools.sbom

clean:
	@if [ -L build/test/postgres ]; then rm -rf "$$(readlink build/test/postgres)"; fi
	rm -rf build staticfiles jingkai/ui/static/ui/dist
