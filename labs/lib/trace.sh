# SPDX-License-Identifier: GPL-2.0-only
# trace.sh: the labs' programs that read a trace begin with this; the trace is their one argument. In the virtual machine.
# shellcheck shell=bash

# What trace-cmd writes begins with three bytes and "tracing".
trace=${1-}
if [ $# != 1 ] || [ "$(head -c 10 "$trace" 2>/dev/null | tail -c 7)" != tracing ]; then
	echo "usage: ${0##*/} TRACE, a file that \"trace-cmd record -o TRACE\" has written" >&2
	exit 2
fi

# report [OPTION…]: the trace as text. (trace-cmd also complains about what it need not know.)
report() { trace-cmd report "$@" "$trace" 2>/dev/null; }
