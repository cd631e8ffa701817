# SPDX-License-Identifier: GPL-2.0-only
# Makefile.tool - how a tool of the labs that is written in C is built. Its own Makefile includes this, and says before:
#
#   program     its name; program.1 is its manual
#   libraries   what pkg-config calls the libraries that it needs
#   static      yes to link it statically where the libraries allow that, so that it can be copied

O		?= .
PREFIX		?= /usr/local
PKG_CONFIG	?= pkg-config
WARNINGS	:= -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Werror=implicit-function-declaration \
		   -Werror=format -Werror=return-type
CFLAGS		?= -O2
objects		:= $(patsubst %.c,$(O)/%.o,$(sort $(wildcard *.c)))

ifeq ($(static),yes)
static_libs	:= -static $(shell $(PKG_CONFIG) --static --libs $(libraries))
static_works	:= $(shell echo 'int main(void) { return 0; }' | \
			$(CC) -x c - -o /dev/null $(static_libs) -lm 2>/dev/null && echo yes)
endif
LDLIBS		:= $(if $(static_works),$(static_libs),$(shell $(PKG_CONFIG) --libs $(libraries))) -lm

.PHONY: all install clean
all: $(O)/$(program)

$(O)/$(program): $(objects)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(O)/%.o: %.c $(wildcard *.h) Makefile ../Makefile.tool
	@mkdir -p $(O)
	$(CC) -D_GNU_SOURCE $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(shell $(PKG_CONFIG) --cflags $(libraries)) -c -o $@ $<

install: all
	install -D -m 755 $(O)/$(program) $(DESTDIR)$(PREFIX)/bin/$(program)
	install -D -m 644 $(program).1 $(DESTDIR)$(PREFIX)/share/man/man1/$(program).1

clean:
	rm -f $(objects) $(O)/$(program)
