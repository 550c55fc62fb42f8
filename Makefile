PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: train export android ios web test test-all lint clean

train: $(VENV)/.installed  ## a segmenter from nothing, in minutes
	$(BIN)/python pipelines/train.py

export: $(VENV)/.installed  ## the newest model as files for phones, proven
	$(BIN)/python pipelines/quantize_export.py

android: $(VENV)/.installed  ## the demo app: compiled, tested and packed as an APK, without Android's SDK
	PYTHON=$(CURDIR)/$(BIN)/python android_demo/build.sh

ios: $(VENV)/.installed  ## the demo app for iPhones: its core tested, the app type-checked, without a Mac
	PYTHON=$(CURDIR)/$(BIN)/python ios_demo/check.sh

web: $(VENV)/.installed  ## the page: its core tested, then all of it in Chromium with a drawn camera
	PYTHON=$(CURDIR)/$(BIN)/python web_demo/check.sh

test: $(VENV)/.installed-test  ## the tests, without whole networks in every format
	$(BIN)/python -m pytest

test-all: test  ## and these too
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed, $(PYTHON) is older: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.txt -e '.[export,test]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps mediapipe==0.10.33
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache
