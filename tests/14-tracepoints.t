#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 14-tracepoints: they are there, they fire, and what they say is so.
. "$(dirname "$0")/lib.sh"

quiet_links
start use_napi=1
is 'seven tracepoints' "$(cd $tracing/events/snull && echo snull_*)" \
	'snull_int_mask snull_int_unmask snull_irq_assert snull_poll_begin snull_poll_end snull_rx snull_wire_frame'

trace_start irq_assert int_mask int_unmask poll_begin poll_end rx
timeout 60 flow udp -n 50 -s 100-100 -w 1 192.168.0.1 192.168.0.2 192.168.1.2 >/dev/null
trace_stop /tmp/trace
count() { grep -cE "$1" /tmp/trace; }
irq=$(vector sn1)
is '50 datagrams are 50 frames' "$(count 'snull_rx: dev=sn1 queue=0 len=142 segs=1 waiting=[1-9][0-9]*$')" 50
that 'the line was asserted, for the CPU it is bound to' \
	"$(count "snull_irq_assert: irq=$irq to_cpu=1 causes=RX") > 0 && $(count "snull_irq_assert: irq=$irq to_cpu=0") == 0"
that 'sn0’s with the other cause, on the other CPU' "$(count "snull_irq_assert: irq=$(vector sn0) to_cpu=0 causes=TX") > 0"
that 'masked' "$(count "snull_int_mask: irq=$irq causes=RX\|TX") > 0"
that 'unmasked' "$(count "snull_int_unmask: irq=$irq causes=RX\|TX") > 0"
that 'polls begin' "$(count 'snull_poll_begin: dev=sn1 queue=0 budget=64$') > 0"
that 'polls end' "$(count 'snull_poll_end: dev=sn1 queue=0 work=[0-9]+ budget=64 complete$') > 0"
is 'as many as begin' "$(count 'snull_poll_end: dev=sn1')" "$(count 'snull_poll_begin: dev=sn1')"
# In ftrace's flags, h is a hard interrupt, H one within a softirq. PREEMPT_RT would run the handler in a thread, but for
# IRQF_NO_THREAD.
is 'a handler masks in hard interrupt context' \
	"$(grep 'snull_int_mask:' /tmp/trace | awk '{ print substr($3, 3, 1) }' | grep -vc '[hH]')" 0

# Coalesced by the NIC: one event with its segments.
ethtool -K sn1 rx-gro-hw on
trace_start rx
timeout 60 flow tcp -b 2 192.168.0.1 192.168.0.2 192.168.1.2 >/dev/null
trace_stop /tmp/trace
that 'a coalesced packet says how many frames it was' "$(count 'snull_rx: dev=sn1 .* segs=([2-9]|[1-9][0-9])') > 0"

# With the kernel's own tools.
if command -v trace-cmd >/dev/null; then
	trace-cmd record -q -o /tmp/trace.dat -e snull ping -n -c 3 -i 0.1 192.168.0.2 >/dev/null 2>&1
	that 'trace-cmd shows them' "$(trace-cmd report -i /tmp/trace.dat 2>/dev/null | grep -c 'snull_poll_end: *dev=sn1') > 0"
fi
# A name of an interface that changes.
ip link set sn0 down
ip link set sn0 name averylongname12
up sn1
ip addr replace 192.168.0.1/24 dev averylongname12
ip link set averylongname12 up
wait_for 10 carrier sn1
trace_start rx
wait_for 10 reply 192.168.0.2
trace_stop /tmp/trace
that 'a renamed interface is traced under its new name' "$(count 'snull_rx: dev=averylongname12 ') > 0"
unload_clean
end_tests
