# SPDX-License-Identifier: GPL-2.0-only
# Makefile.tool - how a tool of the labs that is written in C is built. Its own Makefile includes this, and says before:
#
#   program     its name; program.1 is its manual
#   common      the files of common/ that it needs, without ".c"
#   libraries   what pkg-config calls the libraries that it needs
#   static      yes to link it statically where the libraries allow that, so that it can be copied
#
# O is the directory for programs, one for all of them, so that a PATH needs no other; objects are in O/obj.

tools		:= $(dir $(lastword $(MAKEFILE_LIST)))
O		?= $(tools)out
PREFIX		?= /usr/local
PKG_CONFIG	?= pkg-config
WARNINGS	:= -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Werror=implicit-function-declaration \
		   -Werror=format -Werror=return-type
CFLAGS		?= -O2
VERSION		?= $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' $(tools)../../dkms.conf)
own		:= $(patsubst %.c,$(O)/obj/$(program)/%.o,$(sort $(wildcard *.c)))
objects		:= $(own) $(common:%=$(O)/obj/common/%.o)
defines		:= -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -I$(tools)common
cflags		:= $(if $(libraries),$(shell $(PKG_CONFIG) --cflags $(libraries)))
libs		:= $(if $(libraries),$(shell $(PKG_CONFIG) --libs $(libraries)))

ifeq ($(static),yes)
static_libs	:= -static $(if $(libraries),$(shell $(PKG_CONFIG) --static --libs $(libraries)))
static_works	:= $(shell echo 'int main(void) { return 0; }' | \
			$(CC) $(CFLAGS) -x c - -o /dev/null $(static_libs) -lm 2>/dev/null && echo yes)
endif
LDLIBS		:= $(if $(static_works),$(static_libs),$(libs)) -lm
compile		 = @mkdir -p $(@D)$(newline)$(CC) $(defines) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(cflags) -c -o $@ $<
define newline


endef

.PHONY: all install clean
all: $(O)/$(program)

$(O)/$(program): $(objects)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(O)/obj/$(program)/%.o: %.c $(wildcard *.h) $(wildcard $(tools)common/*.h) Makefile $(tools)Makefile.tool
	$(compile)

$(O)/obj/common/%.o: $(tools)common/%.c $(wildcard $(tools)common/*.h) $(tools)Makefile.tool $(tools)../../dkms.conf
	$(compile)

install: all
	install -D -m 755 $(O)/$(program) $(DESTDIR)$(PREFIX)/bin/$(program)
	install -D -m 644 $(program).1 $(DESTDIR)$(PREFIX)/share/man/man1/$(program).1

clean:
	rm -f $(objects) $(O)/$(program)
