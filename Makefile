# The commands people type. `make run` and `make test` do all the set-up they need on a fresh Debian 12.
#
#   make run     install packages, build, serve the bundled network on Vulkan and on the CPU, classify its sample images
#   make test    install packages, build, run every test
#   make check   what CI runs besides the tests: format, tidy
#   make help    everything else

PRESET ?= release
JOBS ?= $(shell nproc)
BUILD := build/$(PRESET)
SUDO := $(shell [ $$(id -u) = 0 ] || echo sudo)
SOURCES := $(shell git ls-files '*.cc' '*.h' 2>/dev/null)

.PHONY: run test build deps configure check format format-check tidy sanitize bench docs plans clean help image image-test

# The program alone: the tests take most of a build's time.
run: configure
	cmake --build --preset $(PRESET) -j$(JOBS) --target convoy
	$(BUILD)/convoy demo

build: configure
	cmake --build --preset $(PRESET) -j$(JOBS)

configure: deps
	cmake --preset $(PRESET) $(if $(wildcard $(BUILD)/CMakeCache.txt),>/dev/null)

test: build
	ctest --preset $(PRESET)

# Installs what packages.txt lists and this machine lacks; without root or sudo it prints the list instead.
deps:
	@scripts/install_packages.sh build test

check: format-check tidy

format:
	clang-format -i $(SOURCES)

format-check:
	@clang-format --dry-run --Werror $(SOURCES)

tidy: build
	run-clang-tidy -quiet -p $(BUILD) -j$(JOBS) '$(CURDIR)/(compute|models|server|client|cli)/.*\.cc$$'

# ASan and UBSan over the whole suite, TSan over server and batcher (the tests labelled server).
sanitize:
	$(MAKE) test PRESET=asan
	cmake --preset tsan
	cmake --build --preset tsan --target tests_server -j$(JOBS)
	ctest --preset tsan --no-tests=error -L server

# Kernels one by one, then three networks beside other engines: CONVOY_PEERS_VENV=DIR names a Python environment that has them.
bench: build
	$(BUILD)/tests/bench/bench_kernels --benchmark_min_time=0.05 --benchmark_filter='/(conv/(resnet50|mobilenetv2)|gemm/resnet)'
	tests/bench/peers.sh $(BUILD) --short

# Pages that are rendered from code; a test fails when they are stale.
docs: build
	$(BUILD)/convoy docs configuration > docs/configuration.md
	$(BUILD)/convoy docs model-configuration > docs/model-configuration.md
	$(BUILD)/convoy docs operators > docs/operators.md

# The plans of the zoo's networks, as a test compares them. Look at what changed before you commit it.
plans: build
	mkdir -p tests/data/plans
	CONVOY_WRITE_PLANS=1 $(BUILD)/tests/models/zoo/zoo_plans_test --gtest_brief=1

# convoy:latest and convoy:mesa by buildah, from this build's program. With a container engine, docker/Dockerfile needs nothing else.
image: build
	@scripts/install_packages.sh image
	scripts/image.sh $(BUILD)

# Makes both images, and proves what they must be and do.
image-test: build
	@scripts/install_packages.sh image
	tests/deploy/image_test.sh $(BUILD)

clean:
	rm -rf build

help:
	@sed -n '2,7p' Makefile | cut -c3-
	@echo "  make build PRESET=release|dev|asan|tsan|novulkan|coverage"
	@echo "  make deps | configure | format | tidy | sanitize | bench | docs | plans | image | image-test | clean"
