# SPDX-License-Identifier: GPL-2.0-only
# Makefile - the front door: "make help" lists what it opens. Kbuild says what snull.ko is made of.

SUITE	?= trixie
KDIR	?= /lib/modules/$(shell uname -r)/build
ALL	:= bullseye bookworm trixie backports rt debug
SUITES	?= $(ALL)

VERSION	:= $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
DKMSDIR	:= /usr/src/snull-$(VERSION)
SOURCES	:= Kbuild Makefile dkms.conf LICENSE snull napi-modern legacy-poll

# Only installing needs root.
SUDO	:= $(if $(filter 0,$(shell id -u)),,sudo)
KBUILD	 = -C $(KDIR) M=$(CURDIR)
KVER	 = $(shell $(MAKE) -s --no-print-directory -C $(KDIR) kernelrelease)

ifneq ($(filter-out $(ALL),$(SUITE) $(SUITES)),)
$(error no suite called $(filter-out $(ALL),$(SUITE) $(SUITES)): choose from $(ALL))
endif

.PHONY: modules help
modules: headers	## build snull.ko here, for the running kernel (what "make" does)
	$(MAKE) $(KBUILD) modules

.PHONY: zoo
zoo: modules		## build the broken receive paths of labs/zoo
	$(MAKE) -C labs/zoo KDIR=$(KDIR)

.PHONY: mysteries
mysteries: modules
	@$(MAKE) -s -C labs/zoo KDIR=$(KDIR) mysteries ANIMALS='$(ANIMALS)'

help:			## this list
	@echo 'Usage: make [TARGET] [SUITE=$(SUITE)] [KDIR=DIRECTORY] [W=1] [C=1]'
	@echo
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16 | sed 's/^/  /'
	@echo
	@echo 'SUITE is the kernel in the virtual machine (VM), one of: $(ALL)'
	@echo '(Linux 5.10, 6.1, 6.12, 7.x, 6.12 with PREEMPT_RT, 6.12 with KASAN and lockdep).'
	@echo 'KDIR is the build directory of the kernel to build for, by default the running one'\''s.'

# ---- in a virtual machine: no root, no risk to this machine's kernel ---------------------------------------------

VM	:= SNULL_SUITE=$(SUITE) labs/vm/

.PHONY: demo test test-full test-all test-arch kselftest bench profile check shell stop image deps
demo: deps		## boot a VM, run iperf3 over each receive path, print what it cost
	@$(VM)run --icount --timeout 600 -- labs/demo/demo

test: deps		## run the tests: every capability once (TESTS='FILE…' for some)
	@tests/run --suite $(SUITE) $(PROVEFLAGS) $(TESTS)

test-full: deps		## run all tests there are, on one kernel (of the site's: make docs-check)
	@tests/run --full --suite $(SUITE) $(PROVEFLAGS) $(TESTS)

test-all: deps		## that on SUITE, and test on every other kernel (FULL=1: that on all; SUITES='SUITE…' for some)
	@failed=; all=$$(date +%s); for suite in $(filter $(SUITE),$(SUITES)) $(filter-out $(SUITE),$(SUITES)); do \
		begin=$$(date +%s) full=--full; echo "== $$suite"; \
		[ -n "$(FULL)" ] || [ $$suite = $(SUITE) ] || full=; \
		tests/run $$full --suite $$suite $(PROVEFLAGS) $(TESTS) || failed="$$failed $$suite"; \
		echo "== $$suite: $$(($$(date +%s) - begin)) s"; \
	done; echo "== all: $$(($$(date +%s) - all)) s"; [ -z "$$failed" ] || { echo "test-all: failed on$$failed" >&2; exit 1; }

test-arch: deps		## try the driver on arm64 and i386, and demo and labs 1 to 4 on arm64
	@tests/arch

kselftest: deps		## run the kernel's own driver tests (KSELFTEST='FILE…' for some, NETIF=veth to compare)
	@tests/kselftest/run $(if $(NETIF),--netif $(NETIF)) $(if $(RESUME),--resume) $(KSELFTEST)

bench: deps		## compare the paths with veth (BENCH_JSON=FILE keeps every number)
	@SNULL_SUITE=$(SUITE) labs/bench/bench $(BENCH_ARGS)

profile: deps		## count, by function, the instructions that a packet costs (PROFILE='path-1 …')
	@SNULL_SUITE=$(SUITE) labs/bench/profile $(PROFILE)

check: deps		## check the style, and build on every kernel without a warning
	@command -v shellcheck >/dev/null || { echo 'installing shellcheck'; \
		$(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends shellcheck; }
	@tests/lint $(SUITES)

# File names, which may have any character, reach the shell by the environment, and as they were written.
$(foreach name,ANSWERS RESULTS SOLUTIONS OUTPUT,$(if $(value $(name)),$(eval override $(name) := $$(value $(name)))))
export ANSWERS RESULTS SOLUTIONS OUTPUT LAB

.PHONY: lab labs grade exam
lab: deps		## open a lab in its VM: LAB=03; RUN=1 runs it unattended
	@SNULL_SUITE=$(SUITE) labs/lab $(if $(RUN),run,$(if $(LAB),open,list)) $(LAB)

labs: deps		## run every lab unattended, and compare with what it says
	@SNULL_SUITE=$(SUITE) labs/lab run

grade: deps		## grade LAB=03's answers.txt (ANSWERS=FILE), or a class (ANSWERS=DIRECTORY)
	@case $$ANSWERS in /*) ;; *) ANSWERS=./$$ANSWERS ;; esac; \
	SNULL_SUITE=$(SUITE) labs/lab grade $(LAB) $(if $(ANSWERS),"$$ANSWERS") $(if $(RESULTS),--results="$$RESULTS") \
		$(if $(SOLUTIONS),--solutions="$$SOLUTIONS") $(if $(SIMILAR),--similar) $(if $(OWN),--own)

exam:			## print questions for a written exam (LAB='03 05' for some; KEY=1: answers too, SOLUTIONS=DIRECTORY)
	@labs/lab exam $(LAB) $(if $(KEY),--key) $(if $(SOLUTIONS),--solutions "$$SOLUTIONS")

shell: deps		## sit at a VM with the driver built (CPUS=N)
	@$(VM)shell $(if $(CPUS),--cpus $(CPUS))

stop:			## end every VM of yours that runs
	@$(VM)stop

image: deps		## build the VM's image, if it is not there
	@$(VM)image

deps:			## install what the VMs need on this machine
	@labs/vm/deps --check 2>/dev/null || labs/vm/deps

# ---- the machine in one file, for those who have QEMU and a shell ---------------------------------------------------

.PHONY: bundle gradescope
bundle: deps		## pack the VM, the driver and the labs into one file (OUTPUT=FILE, SOLUTIONS=DIRECTORY)
	@SNULL_SUITE=$(SUITE) labs/bundle/make $(if $(OUTPUT),--output "$$OUTPUT")

gradescope: deps	## pack an autograder for LAB=03 (OUTPUT=FILE, SOLUTIONS=DIRECTORY)
	@SNULL_SUITE=$(SUITE) labs/bundle/make --gradescope "$$LAB" $(if $(OUTPUT),--output "$$OUTPUT") \
		$(if $(SOLUTIONS),--solutions "$$SOLUTIONS")

# ---- what is installed elsewhere -----------------------------------------------------------------------------------

.PHONY: tools deb release
tools:			## build the labs' tools that measure any driver, in labs/tools/out
	@$(MAKE) -C labs/tools $(if $(O),O=$(abspath $(O)))

deb: deps		## build Debian's packages of driver and tools, in results/debs (ARCHES='amd64 arm64')
	@packaging/deb $(ARCHES)

release: deps		## make dkms.conf's version: tag, source, packages, machine, book (PARTS='source debs bundle site')
	@packaging/release $(PARTS)

# ---- the documentation -------------------------------------------------------------------------------------------

SPHINX	:= PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m sphinx -W -n --keep-going -q -d docs/_build/doctrees
PORT	?= 8000

.PHONY: docs docs-live docs-serve docs-pdf docs-epub docs-check docs-data
docs:			## build the documentation's site in docs/_build/html (SITE=https://… where it will be)
	@docs/tools/deps html
	@$(if $(SITE),SNULL_SITE='$(SITE)') $(SPHINX) -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

docs-live: deps		## build the Linux that runs in the site's pages, and the site with it
	@docs/tools/deps live
	@docs/live/make
	@$(MAKE) --no-print-directory docs

docs-serve: docs	## build it, and show it at http://127.0.0.1:8000/ (PORT=N for another)
	@docs/tools/serve $(PORT)

docs-pdf:		## build the book, docs/_build/snull.pdf
	@docs/tools/deps pdf
	@docs/tools/pdf

docs-epub:		## build the book as an EPUB, docs/_build/snull.epub
	@docs/tools/deps html
	@$(SPHINX) -b epub docs docs/_build/epub
	@mv docs/_build/epub/snull.epub docs/_build/

docs-check:		## test the site, in a browser and in VMs
	@docs/tools/deps test
	@prove $(PROVEFLAGS) tests/3[0-9]-docs*.t

docs-data: deps		## measure again what the site shows (FIGURES='bench profile drivers' for some)
	@SNULL_SUITE=$(SUITE) docs/tools/measure $(FIGURES)

# ---- on this machine's own kernel --------------------------------------------------------------------------------

.PHONY: headers install uninstall dkms-install dkms-remove
headers:
	@[ $(words $(CURDIR)) = 1 ] || { echo "A path with a space in it is too much for the kernel's build: move the" \
		'checkout, or try "make shell", a VM, which builds elsewhere.' >&2; exit 1; }
	@[ -e $(KDIR)/Makefile ] || { \
		echo "No kernel headers in $(KDIR): install linux-headers-$$(uname -r), or give KDIR=DIRECTORY," \
		     "or try \"make shell\", a VM that has them." >&2; exit 1; }

install: modules	## install snull.ko, so that "modprobe snull" finds it
	$(SUDO) install -D -m 644 snull.ko /lib/modules/$(KVER)/updates/snull.ko
	$(SUDO) depmod $(KVER)

uninstall: headers	## remove what "make install" installed
	$(SUDO) rm -f /lib/modules/$(KVER)/updates/snull.ko
	$(SUDO) depmod $(KVER)

# The package snull-dkms has its sources in the same place.
define unpackaged
	@! owner=$$(dpkg -S $(DKMSDIR)/dkms.conf 2>/dev/null) || { \
		echo "$(DKMSDIR) is of the package $${owner%%:*}: \"apt remove $${owner%%:*}\" removes it." >&2; exit 1; }
endef

dkms-install: clean	## install it by DKMS, which builds it anew for each kernel that is installed
	$(unpackaged)
	@PATH="$$PATH:/usr/sbin:/sbin"; command -v dkms >/dev/null || { echo 'No dkms here: install the package dkms first.' >&2; exit 1; }
	@[ ! -e $(DKMSDIR) ] || $(MAKE) dkms-remove
	$(SUDO) mkdir -p $(DKMSDIR)
	$(SUDO) cp -r $(SOURCES) $(DKMSDIR)
	$(SUDO) dkms install snull/$(VERSION)

dkms-remove:		## remove what "make dkms-install" installed
	$(unpackaged)
	$(SUDO) dkms remove snull/$(VERSION) --all
	$(SUDO) rm -rf $(DKMSDIR)

# ---- tidying up --------------------------------------------------------------------------------------------------

.PHONY: clean distclean
clean:			## remove what "make" built here
# Without the kernel's build, as where there is a space in the path, by hand.
ifeq ($(word 2,$(CURDIR))$(wildcard $(KDIR)/Makefile),$(KDIR)/Makefile)
	@$(MAKE) $(KBUILD) clean
else
	@rm -f *.ko snull*.o rx_*.o *.mod *.mod.[co] .*.cmd .module-common.* Module.symvers modules.order
	@find $(wildcard snull napi-modern legacy-poll examples tests) '(' -name '*.o' -o -name '.*.cmd' ')' -delete
endif

distclean: clean	## remove the VM images too, and all else in the cache
	@bash -c '. labs/vm/lib.sh; clear_cache' distclean
