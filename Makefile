# Hubbub's build. `make help` lists what there is to do; CONTRIBUTING.md says how the parts fit together.
#
# Everything that is made lies under build/ (and web/dist, web/node_modules). Each variant of the program has objects of
# its own, so that switching between release, ASan and TSan never rebuilds anything:
#   build/hubbub  build/asan/hubbub  build/tsan/hubbub

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.DEFAULT_GOAL := build

VERSION := $(shell cat VERSION)
JOBS ?= $(shell nproc)
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
CLANG_TIDY ?= clang-tidy
CLANG_FORMAT ?= clang-format
PYTHON ?= /usr/bin/python3
PREFIX ?= /usr/local
DESTDIR ?=
FW ?= preact

# --- flags ------------------------------------------------------------------------------------------------------------

WARN := -Wall -Wextra -Wpedantic -Wformat=2 -Wshadow -Wundef -Wvla -Wpointer-arith -Wwrite-strings -Wcast-qual \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
WARN_GCC := $(WARN) -Wimplicit-fallthrough -Wlogical-op -Wduplicated-cond -Wformat-truncation=1
ifdef WERROR
WARN_GCC += -Werror
endif

CPPFLAGS_ALL := -Isrc -D_GNU_SOURCE -DHUBBUB_VERSION='"$(VERSION)"' $(CPPFLAGS)
CFLAGS_ALL := -std=gnu17 -g -fno-common -fno-strict-aliasing -pthread
CFLAGS_release := -O2 -fPIE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection $(CFLAGS)
CFLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DHUBBUB_FAULTS
CFLAGS_tsan := -O1 -fno-omit-frame-pointer -fsanitize=thread -DHUBBUB_FAULTS
CFLAGS_fuzz := $(CFLAGS_asan) -fsanitize=fuzzer-no-link
LDFLAGS_release := -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed $(LDFLAGS)
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_tsan := -fsanitize=thread
LDFLAGS_fuzz := -fsanitize=fuzzer,address,undefined
ifeq ($(shell uname -m),x86_64)
CFLAGS_release += -fcf-protection
endif
LDLIBS := -lcrypto -lz -ljansson -lsqlite3 -largon2 -lpthread -lm

# --- what there is ----------------------------------------------------------------------------------------------------

# The folders of src/, upper floors first: the order in which archives are linked.
FOLDERS := app doors jobs serve store bus chat net proto base
# What a folder may call, as tools/lint-house checks it.
UNDER_base := base
UNDER_net := net base
UNDER_proto := proto base
UNDER_chat := chat base
UNDER_store := store chat net proto base
UNDER_bus := bus chat net proto base
UNDER_serve := serve store bus chat net proto base
UNDER_doors := doors serve store bus chat net proto base
UNDER_jobs := jobs serve store bus chat net proto base
UNDER_app := $(FOLDERS)

find = $(sort $(shell find $(1) -type f -name '$(2)' 2>/dev/null))

SRCS := $(call find,src,*.c)
UNIT := $(call find,tests/unit,*_test.c)
# A unit test with a line that says just /* threaded */ also runs under ThreadSanitizer.
UNIT_TSAN := $(if $(UNIT),$(shell grep -lxF '/* threaded */' $(UNIT)))
SIMS := $(call find,tests/sim,*_sim.c)
FUZZ := $(call find,tests/fuzz,*_fuzz.c)
# C that several tests share: linked into each of them as far as it is used.
SHARED := $(filter-out $(UNIT) $(SIMS),$(call find,tests/unit tests/sim,*.c))
# What is preloaded into the program to make its calls fail: calls.so and memory.so.
INTERPOSE_SO := build/interpose/calls.so build/interpose/memory.so
# What bench/peers holds needs the libraries that it compares with.
BENCH := $(filter-out bench/peers/%,$(call find,bench,*.c))
ALL_C := $(SRCS) $(UNIT) $(SIMS) $(FUZZ) $(SHARED) $(BENCH) tools/no-web/assets.c
ALL_H := $(filter-out bench/peers/%,$(call find,src tests bench tools,*.h))

UNIT_BIN := $(UNIT:%.c=build/asan/%)
UNIT_TSAN_BIN := $(UNIT_TSAN:%.c=build/tsan/%)
SIM_BIN := $(SIMS:%.c=build/asan/%)
FUZZ_BIN := $(patsubst tests/fuzz/%_fuzz.c,build/fuzz/%,$(FUZZ))

.PHONY: help build run test lint format fuzz bench dist clean install docker web web-modules asan tsan check-unit \
	test-programs fuzz-programs bench-programs lint-gcc lint-clang lint-tidy lint-format

build: build/hubbub ## the program with its web client, at build/hubbub

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

# --- compiling --------------------------------------------------------------------------------------------------------

# $(call remember,FILE,TEXT): writes the text into the file if it says something else. Done while the Makefile is read,
# so that `make -q` can tell whether there is anything to do.
remember = $(if $(call differs,$(1),$(2)),$(shell mkdir -p $(dir $(1)))$(file >$(1),$(2)))
differs = $(or $(if $(wildcard $(1)),,missing),$(subst |$(strip $(file <$(1)))|,,|$(strip $(2))|))

# $(1) a variant. Its objects depend on a file that changes when the flags do.
define variant
$$(call remember,build/obj/$(1)/flags,$$(COMPILER_$(1)) $$(CPPFLAGS_ALL) $$(CFLAGS_ALL) $$(CFLAGS_$(1)) $$(WARN_$(1)))
build/obj/$(1)/flags: ;

build/obj/$(1)/%.o: %.c build/obj/$(1)/flags
	@mkdir -p $$(@D)
	@echo "  CC $(1) $$<"
	@$$(COMPILER_$(1)) $$(CPPFLAGS_ALL) $$(if $$(filter tests/%,$$<),-Itests -Itests/unit) $$(CFLAGS_ALL) $$(CFLAGS_$(1)) $$(WARN_$(1)) -MMD -MP -c -o $$@ $$<

# One archive for each folder of the house, so that a test needs no more than what its own floors need. The folder
# itself is a prerequisite because a file may leave it.
$$(foreach f,$$(FOLDERS),$$(eval build/obj/$(1)/lib$$(f).a: $$(patsubst %.c,build/obj/$(1)/%.o,$$(filter src/$$(f)/%,$$(SRCS))) $$(wildcard src/$$(f))))
build/obj/$(1)/libshared.a: $$(patsubst %.c,build/obj/$(1)/%.o,$$(SHARED))
build/obj/$(1)/libnoweb.a: build/obj/$(1)/tools/no-web/assets.o
build/obj/$(1)/lib%.a:
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar crs $$@ $$(filter %.o,$$^)

-include $$(patsubst %.c,build/obj/$(1)/%.d,$$(SRCS) $$(UNIT) $$(SIMS) $$(FUZZ) $$(SHARED) tools/no-web/assets.c)
endef

COMPILER_release = $(CC)
COMPILER_asan = $(CC)
COMPILER_tsan = $(CC)
COMPILER_fuzz = $(CLANG)
WARN_release = $(WARN_GCC)
WARN_asan = $(WARN_GCC)
WARN_tsan = $(WARN_GCC)
WARN_fuzz = $(WARN)
$(foreach v,release asan tsan fuzz,$(eval $(call variant,$(v))))

# --- the web client ---------------------------------------------------------------------------------------------------

# A release tarball carries the built client as web/embedded; then no Node is needed. NOWEB=1 leaves the client out,
# for quick work on the C side.
NODE_DIR := $(abspath build/node)
WITH_NODE := PATH="$(NODE_DIR)/bin:$$PATH"
WEB_DIST := web/dist$(if $(filter react,$(FW)),-react)
WEB_MADE := build/web$(if $(filter react,$(FW)),-react)
WEB_SRCS := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist*' \
	-not -path 'web/embedded/*' -not -path 'web/test*/*' 2>/dev/null)

ifneq ($(NOWEB),)
EMBED :=
else ifneq ($(wildcard web/embedded/assets.c),)
EMBED := web/embedded
else
EMBED := $(WEB_MADE)
endif

$(NODE_DIR)/bin/node: tools/node/package.json tools/node/package-lock.json tools/node-toolchain
	@tools/node-toolchain $(NODE_DIR)

# The lock alone says what is installed; package.json changes for other reasons, too.
web/node_modules/.package-lock.json: web/package-lock.json | $(NODE_DIR)/bin/node
	cd web && $(WITH_NODE) npm ci --no-audit --no-fund
	@touch $@

$(WEB_DIST)/index.html: $(WEB_SRCS) web/node_modules/.package-lock.json | $(NODE_DIR)/bin/node
	cd web && $(WITH_NODE) FW=$(FW) npm run build
	@touch $@

$(WEB_MADE)/assets.c $(WEB_MADE)/assets.S &: $(WEB_DIST)/index.html web/tools/embed.mjs
	@mkdir -p $(@D)
	$(WITH_NODE) node web/tools/embed.mjs $(WEB_DIST) $(@D)

web-modules: web/node_modules/.package-lock.json

web: $(WEB_DIST)/index.html ## only the web client, into web/dist (FW=react: with React)

ifneq ($(EMBED),)
ASSET_DIR := build/obj/assets-$(notdir $(EMBED))
ASSET_OBJS := $(ASSET_DIR)/table.o $(ASSET_DIR)/data.o
$(ASSET_DIR)/table.o: $(EMBED)/assets.c build/obj/release/flags
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_release) $(WARN_release) -MMD -MP -c -o $@ $<
$(ASSET_DIR)/data.o: $(EMBED)/assets.S $(EMBED)/assets.c
	@mkdir -p $(@D)
	@$(CC) -I$(EMBED) -Wa,-I$(EMBED) -c -o $@ $<
-include $(ASSET_DIR)/table.d
endif

# --- programs ---------------------------------------------------------------------------------------------------------

# The list of what is linked in is a prerequisite, so that NOWEB=1 and FW=react link anew.
$(call remember,build/obj/assets,$(or $(ASSET_OBJS),none))
build/obj/assets: ;

# $(1) a variant, $(2) where its program goes.
define program
$(2): build/obj/$(1)/src/main.o $$(FOLDERS:%=build/obj/$(1)/lib%.a) $$(ASSET_OBJS) $$(if $$(EMBED),,build/obj/$(1)/libnoweb.a) build/obj/assets
	@mkdir -p $$(@D)
	@echo "  LD $$@"
	@$$(COMPILER_$(1)) -pthread $$(LDFLAGS_$(1)) -o $$@ $$(filter-out build/obj/assets,$$^) $$(LDLIBS)

build/$(1)/tests/%: build/obj/$(1)/tests/%.o build/obj/$(1)/libshared.a
	@mkdir -p $$(@D)
	@echo "  LD $$@"
	@$$(COMPILER_$(1)) -pthread $$(LDFLAGS_$(1)) -o $$@ $$^ -lcmocka $$(LDLIBS)
endef
$(eval $(call program,release,build/hubbub))
$(eval $(call program,asan,build/asan/hubbub))
$(eval $(call program,tsan,build/tsan/hubbub))

# A test is linked with the archives of the folders whose headers it, or what it shares with its neighbours, includes, and
# of those below them.
TESTS_C := $(UNIT) $(SIMS) $(FUZZ) $(SHARED)
INCLUDED := $(if $(TESTS_C),$(shell grep -oHE '^\s*\#include "[a-z]+/' $(TESTS_C) | sed -E 's/:.*"([a-z]+).$$/:\1/' | sort -u))
includes_of = $(foreach c,$(1) $(filter $(dir $(1))%,$(SHARED)),$(patsubst $(c):%,%,$(filter $(c):%,$(INCLUDED))))
archives_of = $(filter $(foreach f,$(call includes_of,$(1)),$(UNDER_$(f))),$(FOLDERS)) noweb
$(foreach t,$(UNIT) $(SIMS),$(eval build/asan/$(t:.c=): $(patsubst %,build/obj/asan/lib%.a,$(call archives_of,$(t)))))
$(foreach t,$(UNIT_TSAN),$(eval build/tsan/$(t:.c=): $(patsubst %,build/obj/tsan/lib%.a,$(call archives_of,$(t)))))
$(foreach t,$(FUZZ),$(eval $(t:tests/fuzz/%_fuzz.c=build/fuzz/%): $(patsubst %,build/obj/fuzz/lib%.a,$(call archives_of,$(t)))))

build/fuzz/%: build/obj/fuzz/tests/fuzz/%_fuzz.o
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CLANG) -pthread $(LDFLAGS_fuzz) -o $@ $^ $(LDLIBS)

# Without -Wpedantic: ISO C knows no way from dlsym to a function.
build/interpose/%.so: tests/interpose/%.c tests/interpose/plan.c tests/interpose/shadow.c $(wildcard tests/interpose/*.h)
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) -std=gnu17 -D_GNU_SOURCE -Itests -O2 -g -fPIC -shared $(WARN_GCC) -Wno-pedantic -o $@ $(filter %.c,$^)

asan: build/asan/hubbub
tsan: build/tsan/hubbub

# --- running ----------------------------------------------------------------------------------------------------------

run: ## install what is missing, build, start (YES=1: without asking; ARGS="..." for the program)
	@YES='$(YES)' tools/install-deps run
	@$(MAKE) -j$(JOBS) build
	@mkdir -p data
	@exec build/hubbub $(ARGS)

# --- testing ----------------------------------------------------------------------------------------------------------

test: ## install what is missing and run every test (ONLY="unit sim": only these suites)
	@YES='$(YES)' tools/install-deps test
	@MAKEFLAGS= JOBS=$(JOBS) tests/run $(ONLY)

check-unit: $(UNIT_BIN) ## only the unit tests, nothing installed, no time limits
	@set +e; failed=0; for t in $(UNIT_BIN); do echo "# $$t"; CMOCKA_MESSAGE_OUTPUT=TAP $$t || failed=1; done; exit $$failed

test-programs: $(UNIT_BIN) $(UNIT_TSAN_BIN) $(SIM_BIN) $(INTERPOSE_SO) build/hubbub build/asan/hubbub build/tsan/hubbub
fuzz-programs: $(FUZZ_BIN)

SECONDS ?= 60
fuzz: ## fuzz one target: TARGET=name SECONDS=600
	@[ -n "$(TARGET)" ] || { echo "usage: make fuzz TARGET=name SECONDS=600; targets: $(notdir $(FUZZ_BIN))" >&2; exit 2; }
	@$(MAKE) build/fuzz/$(TARGET)
	@mkdir -p build/corpus/$(TARGET) tests/fuzz/corpus/$(TARGET) build/crashes
	@cd build/crashes && ../fuzz/$(TARGET) -max_total_time=$(SECONDS) -timeout=10 -print_final_stats=1 \
		../corpus/$(TARGET) ../../tests/fuzz/corpus/$(TARGET)

bench-programs: build/hubbub
	@bench/build.sh

bench: bench-programs ## measure against the kernel's floors (bench/run.py)
	@$(PYTHON) bench/run.py $(ARGS)

# --- lint -------------------------------------------------------------------------------------------------------------

# One stamp for each file and tool. A stamp depends on the headers that its file includes, so a second run looks only at
# what has changed.
LINT_CPP := $(CPPFLAGS_ALL) -Itests -Itests/unit -Ibench

build/lint/gcc/%.c: %.c Makefile
	@mkdir -p $(@D)
	@$(CC) $(LINT_CPP) $(CFLAGS_ALL) $(CFLAGS_release) $(WARN_GCC) -Werror -MMD -MP -MT $@ -MF $@.d -c -o /dev/null $<
	@touch $@

build/lint/clang/%.c: %.c Makefile
	@mkdir -p $(@D)
	@$(CLANG) $(LINT_CPP) $(CFLAGS_ALL) $(WARN) -Werror -MMD -MP -MT $@ -MF $@.d -c -o /dev/null $<
	@touch $@

build/lint/tidy/%.c: %.c build/lint/gcc/%.c .clang-tidy tools/tidy/uthash.h
	@mkdir -p $(@D)
	@$(CLANG_TIDY) --quiet --warnings-as-errors='*' $< -- -Itools/tidy $(LINT_CPP) $(CFLAGS_ALL) 2>&1 \
		| sed '/^[0-9]* warnings\? generated/d; /^Suppressed /d; /^Use -header-filter/d'
	@touch $@

build/lint/format/%: % .clang-format
	@mkdir -p $(@D)
	@$(CLANG_FORMAT) --dry-run -Werror $<
	@touch $@

lint-gcc: $(ALL_C:%=build/lint/gcc/%)
lint-clang: $(ALL_C:%=build/lint/clang/%)
# The tests run under sanitizers, which see more than an analyzer guesses.
lint-tidy: $(SRCS:%=build/lint/tidy/%)
lint-format: $(ALL_C:%=build/lint/format/%) $(ALL_H:%=build/lint/format/%)
-include $(ALL_C:%=build/lint/gcc/%.d) $(ALL_C:%=build/lint/clang/%.d)

lint: ## every check of the sources that is not a test
	@JOBS=$(JOBS) tools/lint

format: ## lay out all C as .clang-format says
	@$(CLANG_FORMAT) -i $(ALL_C) $(ALL_H)

# --- handing out ------------------------------------------------------------------------------------------------------

dist: $(WEB_MADE)/assets.c ## a tarball that builds without Node, in build/dist
	@tools/make-dist $(VERSION) $(WEB_MADE)

install: build/hubbub ## into PREFIX (/usr/local), under DESTDIR
	install -D -m 0755 build/hubbub $(DESTDIR)$(PREFIX)/bin/hubbub
	[ -e $(DESTDIR)/etc/hubbub/hubbub.conf ] || install -D -m 0644 packaging/hubbub.conf $(DESTDIR)/etc/hubbub/hubbub.conf
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@PREFIX@|$(PREFIX)|g' packaging/hubbub.service > $(DESTDIR)$(PREFIX)/lib/systemd/system/hubbub.service

docker: ## a container image, hubbub:VERSION
	docker build -f packaging/Dockerfile -t hubbub:$(VERSION) .

clean: ## remove what was built (the pinned Node and web/node_modules stay)
	@rm -rf web/dist web/dist-react
	@if [ -d build ]; then find build -mindepth 1 -maxdepth 1 -not -name node -exec rm -rf {} +; fi
