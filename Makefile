# Every target that needs libtorch depends on `setup`, which returns at once if everything is in place.
# Build and test use the same compiler flags, so that neither rebuilds what the other has built.

BUILD := swift build -c release
TEST := swift test -c release --disable-testable-imports --no-parallel
SOURCES := Sources Tests Fuzz Package.swift

.DEFAULT_GOAL := help
.PHONY: help setup build demo test fault parity bench fuzz docs example format lint

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Check the system, fetch libtorch once (LIBTORCH=folder uses yours)
	@scripts/setup.sh

build: setup ## Build .build/release/unet
	$(BUILD)

demo: build ## Train, predict, and evaluate on synthetic hearts, into demo/
	.build/release/unet demo --output demo

test: setup ## Build and run the tests (ACDC_ROOT=folder adds those on real data)
	$(TEST)

fault: setup ## Make every write, fsync, rename, allocation, … of the program fail, one at a time (Linux)
	FAULTS=all $(TEST) --filter FaultTests

parity: build ## Compare with the Python originals: PyTorch, nibabel, numpy, MedPy
	@scripts/parity.sh

bench: build ## Compare speed with PyTorch, Keras, ONNX Runtime, and OpenVINO (BENCH=--issue, --quick, --help, …)
	@scripts/bench.sh $(BENCH)

fuzz: setup ## Feed damaged files to the readers (FUZZ="png 3600" or FUZZ=--quick; see docs/Fuzzing.md)
	@scripts/fuzz.sh $(FUZZ)

example: build ## Build and run Examples/Segmenter with a tagged clone, as another package would
	@scripts/example.sh

docs: build ## Build the documentation of the libraries with DocC, into .build-docs
	@scripts/docs.sh

format: ## Format the Swift sources in the project's style
	swift format --in-place --recursive $(SOURCES)

lint: ## Check that the Swift sources are in the project's style
	swift format lint --strict --recursive $(SOURCES)
