/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - the driver's tracepoints; with those of nic/trace.h, the hardware's,
 * they are events/snull/ in tracefs.
 *
 * Together with irq:*, irq:softirq_* and napi:napi_poll they show the life of
 * an interrupt: assert, mask, poll begin, frames, poll end, unmask.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM snull

#if !defined(SNULL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SNULL_TRACE_H

#include <linux/if.h>
#include <linux/tracepoint.h>

TRACE_EVENT(snull_rx,
	TP_PROTO(const char *dev, unsigned int queue, unsigned int len,
		 unsigned int segs, unsigned int waiting),
	TP_ARGS(dev, queue, len, segs, waiting),
	TP_STRUCT__entry(
		__array(char, dev, IFNAMSIZ)
		__field(unsigned int, queue)
		__field(unsigned int, len)
		__field(unsigned int, segs)
		__field(unsigned int, waiting)
	),
	TP_fast_assign(
		strscpy(__entry->dev, dev, IFNAMSIZ);
		__entry->queue = queue;
		__entry->len = len;
		__entry->segs = segs;
		__entry->waiting = waiting;
	),
	TP_printk("dev=%s queue=%u len=%u segs=%u waiting=%u", __entry->dev,
		  __entry->queue, __entry->len, __entry->segs,
		  __entry->waiting)
);

TRACE_EVENT(snull_poll_begin,
	TP_PROTO(const char *dev, unsigned int queue, int budget),
	TP_ARGS(dev, queue, budget),
	TP_STRUCT__entry(
		__array(char, dev, IFNAMSIZ)
		__field(unsigned int, queue)
		__field(int, budget)
	),
	TP_fast_assign(
		strscpy(__entry->dev, dev, IFNAMSIZ);
		__entry->queue = queue;
		__entry->budget = budget;
	),
	TP_printk("dev=%s queue=%u budget=%d", __entry->dev, __entry->queue,
		  __entry->budget)
);

TRACE_EVENT(snull_poll_end,
	TP_PROTO(const char *dev, unsigned int queue, int work, int budget,
		 bool complete),
	TP_ARGS(dev, queue, work, budget, complete),
	TP_STRUCT__entry(
		__array(char, dev, IFNAMSIZ)
		__field(unsigned int, queue)
		__field(int, work)
		__field(int, budget)
		__field(bool, complete)
	),
	TP_fast_assign(
		strscpy(__entry->dev, dev, IFNAMSIZ);
		__entry->queue = queue;
		__entry->work = work;
		__entry->budget = budget;
		__entry->complete = complete;
	),
	TP_printk("dev=%s queue=%u work=%d budget=%d%s", __entry->dev,
		  __entry->queue, __entry->work, __entry->budget,
		  __entry->complete ? " complete" : "")
);

#endif /* SNULL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
