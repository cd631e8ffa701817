#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 33-faults-resume: a sender that XON lets go on does so in turns of a poll's size, not with its whole ring in one softirq, nor
# by the next doorbell, which takes a turn itself.
cpus=1
. "$(dirname "$0")/lib.sh"

# turns FILE: how many turns the engine had after XON, and the largest, in frames.
turns()
{
	awk '/hrtimer_expire_entry/ { on = /nic_tx_resume_timer/; frames = 0 }
		/frame_in:/ { frames += on }
		/hrtimer_expire_exit/ { if (on && frames) { turns++; if (frames > most) most = frames } on = 0 }
		END { print turns + 0, most + 0 }' "$1"
}

# rung FILE: how many doorbells were heard, and the most frames that one of them sent.
rung()
{
	awk '/doorbell_in:/ { on = 1; frames = 0; bells++ }
		/hrtimer_expire_entry/ { on = 0 }
		/frame_in:/ && on { if (++frames > most) most = frames }
		/doorbell_out:/ { on = 0 }
		END { print bells + 0, most + 0 }' "$1"
}

# The receiver sleeps on its interrupt until both rings are full; its first polls then make room for half a ring at once.
quiet_links
start use_napi=1 pool_size=512
ethtool -G sn0 tx 1024
ethtool -C sn1 adaptive-rx off rx-usecs 10000 rx-frames 0
ethtool -A sn1 tx on
ethtool -A sn0 rx on
printf '%s\n' 'p:frame_in snull:nic_rx_frame' 'p:doorbell_in snull:nic_tx_doorbell' 'r:doorbell_out snull:nic_tx_doorbell' >$tracing/kprobe_events
trace_start
for event in kprobes/frame_in kprobes/doorbell_in kprobes/doorbell_out timer/hrtimer_expire_entry timer/hrtimer_expire_exit; do
	echo 1 >$tracing/events/$event/enable
done
pg_device 0 sn0 10000 'burst 1'
pg_start
for event in kprobes/frame_in kprobes/doorbell_in kprobes/doorbell_out timer/hrtimer_expire_entry timer/hrtimer_expire_exit; do
	echo 0 >$tracing/events/$event/enable
done
trace_stop /tmp/trace
: >$tracing/kprobe_events
pg_clear
settle sn1 rx_packets
read -r had most < <(turns /tmp/trace)
diag "$had turns, the largest of $most frames"
that 'sn0 was paused, and let go' "$(xstat sn0 q0_pause_obeyed) > 0"
that 'more frames than a turn takes waited for it' "$had > 8"
# The frame that finds no room ends a turn, and is seen as well.
that 'none of its turns takes more than 64 of them' "$most > 0 && $most <= 65"
read -r bells most < <(rung /tmp/trace)
diag "$bells doorbells, the most frames of one $most"
# With PREEMPT_RT all turns of the timer's thread come before the sender's next doorbell, which has its own frame to send.
realtime && more=0 || more=2
that 'nor does a doorbell that comes meanwhile' "$bells > 1000 && $most > $more && $most <= 65"
is 'and all arrive' "$(stat sn1 rx_packets) $(stat sn1 rx_missed_errors)" "$(stat sn0 tx_packets) 0"
unload_clean
end_tests
