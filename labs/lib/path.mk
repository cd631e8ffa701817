# SPDX-License-Identifier: GPL-2.0-only
# path.mk - builds a lab's mypath.c, in the virtual machine. What is made stays there, in /tmp/mypath.
#
#   make            /tmp/mypath/mypath.ko
#   make load       and loads it beside snull, in place of an older one; for that, both ends go down
#   make up         both ends go up, with addresses and the path that is chosen
#   make SOURCE=skeleton/mypath.c       another file

place	:= /tmp/mypath
SOURCE	:= mypath.c
source	:= $(abspath $(SOURCE))
kernel	:= /lib/modules/$(shell uname -r)/build

# The kernel's Makefiles try thirty of the compiler's options, each in a program of its own: in a machine that counts
# instructions, a third of the time. snull was built by the same compiler a moment ago: what it was built with is known to work, and the rest not to.
# ("y": up to 6.1 they ask for yes or no as well, whether it has -mfentry.)
built	:= $(foreach of,snull/.rx.o .snull.ko,$(file </snull-build/$(of).cmd))
known	:= $(built) y $(patsubst -Wno-%,-W%,$(filter -Wno-%,$(built))) $(patsubst %boundary=3,%boundary=4,$(filter %boundary=3,$(built)))
export known
tried	:= $(if $(strip $(built)),'try-run=$$(if $$(filter-out $$(known),$$(2)),$$(3),$$(2))')

# make is not to look at the time of the file, which is your computer's: where the clock counts instructions, it goes slower here.
.PHONY: all load up snull
all:
	@[ -e $(source) ] || { echo 'no $(SOURCE) here: "make lab" puts one beside the README, or: cp skeleton/mypath.c .' >&2; exit 1; }
	@mkdir -p $(place)
	@cp $(source) $(place)/mypath.c
	@printf 'obj-m := mypath.o\nccflags-y := -I/snull -I/snull/snull -I/snull/legacy-poll\n' >$(place)/Kbuild
	@echo 'compiling: half a minute, where the clock counts instructions'
	@$(MAKE) -s -C $(kernel) M=$(place) KBUILD_EXTRA_SYMBOLS=/snull-build/Module.symvers KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES= $(tried) modules
	@echo "$(place)/mypath.ko"

# IPv6 would send packets of its own; it is asked when an interface appears.
snull:
	@sysctl -qw net.ipv6.conf.default.disable_ipv6=1
	@[ -d /sys/module/snull ] || insmod $(SNULL_KO)

# Nobody may be using the old one.
load: all snull
	@ip link set sn0 down; ip link set sn1 down
	@[ ! -d /sys/module/mypath ] || rmmod mypath
	insmod $(place)/mypath.ko
	echo mypath >/sys/module/snull/parameters/use_napi

up: snull
	@for n in 0 1; do ip link set sn$$n down; ip addr replace 192.168.$$n.$$((n + 1))/24 dev sn$$n; ip link set sn$$n up; done
	@sleep 1
	@echo "sn0 and sn1 are up, with the path $$(cat /sys/module/snull/parameters/use_napi)"
