/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - the NIC's tracepoints: when it asks for a CPU, and when it is not to.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM snull

#if !defined(SNULL_NIC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SNULL_NIC_TRACE_H

#include <linux/tracepoint.h>

#include "nic.h"

#define show_snull_causes(causes)					\
	__print_flags(causes, "|", { NIC_INT_RX, "RX" }, { NIC_INT_TX, "TX" })

TRACE_EVENT(snull_irq_assert,
	TP_PROTO(unsigned int irq, unsigned int cpu, u32 causes),
	TP_ARGS(irq, cpu, causes),
	TP_STRUCT__entry(
		__field(unsigned int, irq)
		__field(unsigned int, cpu)
		__field(u32, causes)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->cpu = cpu;
		__entry->causes = causes;
	),
	TP_printk("irq=%u to_cpu=%u causes=%s", __entry->irq, __entry->cpu,
		  show_snull_causes(__entry->causes))
);

TRACE_EVENT(snull_wire_frame,
	TP_PROTO(unsigned int irq, unsigned int len, u64 start, u64 end),
	TP_ARGS(irq, len, start, end),
	TP_STRUCT__entry(
		__field(unsigned int, irq)
		__field(unsigned int, len)
		__field(u64, start)
		__field(u64, end)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->len = len;
		__entry->start = start;
		__entry->end = end;
	),
	TP_printk("irq=%u len=%u start=%llu end=%llu", __entry->irq,
		  __entry->len, __entry->start, __entry->end)
);

DECLARE_EVENT_CLASS(snull_int_template,
	TP_PROTO(unsigned int irq, u32 causes),
	TP_ARGS(irq, causes),
	TP_STRUCT__entry(
		__field(unsigned int, irq)
		__field(u32, causes)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->causes = causes;
	),
	TP_printk("irq=%u causes=%s", __entry->irq,
		  show_snull_causes(__entry->causes))
);

DEFINE_EVENT(snull_int_template, snull_int_mask,
	TP_PROTO(unsigned int irq, u32 causes), TP_ARGS(irq, causes));

DEFINE_EVENT(snull_int_template, snull_int_unmask,
	TP_PROTO(unsigned int irq, u32 causes), TP_ARGS(irq, causes));

#endif /* SNULL_NIC_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
