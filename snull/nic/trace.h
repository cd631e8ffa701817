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
