# The two commands of a fresh Debian 12 machine are `make demo` and `make check`. Everything else
# is a shorthand for cmake with the presets of CMakePresets.json.
.PHONY: help demo check build dev tsan fuzz fuzz-smoke fuzz-build tidy format clean \
  packages dev-packages lab lab-packages
.NOTPARALLEL:

help:
	@echo "make demo     install what is missing, build, examine the shipped case"
	@echo "make check    install what is missing, build, run all tests and each fuzz target briefly"
	@echo "make build    build/release/assay only"
	@echo "make dev      everything with address and undefined-behaviour sanitizers"
	@echo "make tsan     everything with the thread sanitizer, and its tests"
	@echo "make fuzz     the fuzz targets, an hour each; fuzz-smoke: 20 seconds each"
	@echo "make tidy     the style check alone"
	@echo "make format   clang-format over the sources"
	@echo "make lab      two organisations of real servers for 13 minutes, and assay's joins"
	@echo "make clean    remove build/"

demo: build
	build/release/assay demo

# Every test runs under the sanitizers but those of calibration, which would take minutes. What
# touches the embedded store, which they cannot load, runs in the release build as well, and so do
# the tests of the whole program. At last every fuzz target, briefly.
check: dev-packages
	cmake --preset dev
	cmake --build --preset dev
	cmake --preset release -DASSAY_WERROR=ON
	cmake --build --preset release --target assay test_store test_calibrate
	ctest --preset release -j $$(nproc) -R '^(store|calibrate|docs_examples|cli_.*|lab_.*)$$'
	ctest --preset dev -j $$(nproc)
	FUZZ_SEED=1 $(MAKE) fuzz-smoke SECONDS=$(FUZZ_SECONDS)

build: packages
	cmake --preset release
	cmake --build --preset release --target assay

dev: dev-packages
	cmake --preset dev
	cmake --build --preset dev

tsan: packages
	cmake --preset tsan
	cmake --build --preset tsan
	ctest --preset tsan -j $$(nproc)

# Seconds for each target: `make check FUZZ_SECONDS=3`, `make fuzz-smoke SECONDS=20`, `make fuzz
# SECONDS=3600`. `make check` has 20 minutes from a clean clone on two cores, builds included.
# Its seed is fixed, so that two runs of one tree agree; that of the others changes each time.
FUZZ_SECONDS ?= 3

fuzz-smoke: fuzz-build
	fuzz/smoke $(or $(SECONDS),20)

fuzz: fuzz-build
	fuzz/smoke $(or $(SECONDS),3600)

fuzz-build: dev-packages
	cmake --preset dev
	cmake --build --preset dev --target fuzz/all

# Needs root (lab/README.md). Another run or scenario: make lab LAB=mail SCENARIO=mine.toml
LAB ?= organisations

lab: build lab-packages
	lab/run $(LAB) build/lab/$(LAB) $(SCENARIO)
	python3 -B lab/check.py build/lab/$(LAB) build/release/assay
	$(if $(filter organisations,$(LAB)),python3 -B lab/organisations/score.py build/lab/$(LAB) \
	  build/release/assay)

tidy:
	python3 -B tests/tidy/tidy.py

format:
	git ls-files -co --exclude-standard '*.h' '*.cc' | xargs clang-format-14 -i

packages:
	@packaging/install build run test

dev-packages:
	@packaging/install build run test dev

lab-packages:
	@packaging/install lab

clean:
	rm -rf build
