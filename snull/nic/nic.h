/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nic.h - the simulated NIC, as its driver sees it.
 *
 * Everything behind this header would be silicon: registers, descriptor
 * rings, doorbells, interrupt lines.  A driver touches the NIC only through
 * the functions below, and the NIC knows neither net_device nor sk_buff: what it
 * has to know of a packet is in its descriptors.
 *
 * Read next: desc.h (the descriptors), stats.h (the counters) and ring.h (the
 * rings' arithmetic), then core.c, tx.c, rx.c and irq.c (how the hardware works),
 * or netdev.c (how a driver uses it).
 */
#ifndef SNULL_NIC_H
#define SNULL_NIC_H

#include <linux/bits.h>
#include <linux/bitops.h>
#include <linux/types.h>
#include <uapi/linux/if_ether.h>

#include "../frame/coalesce.h"
#include "../frame/segment.h"
#include "../frame/tcam.h"
#include "../frame/toeplitz.h"
#include "desc.h"
#include "stats.h"

struct device;
struct nic;
struct nic_cable;

#define NIC_MAX_QUEUES		16
#define NIC_RING_MIN		2
#define NIC_RING_MAX		4096
#define NIC_MTU_MAX		9000
/* As much of a frame's beginning the NIC looks at, and can change. */
#define NIC_HDR_MAX		SEG_HDR_MAX

/* Interrupt causes: the bits of a vector's status and enable words. */
#define NIC_INT_RX		BIT(0)
#define NIC_INT_TX		BIT(1)
#define NIC_INT_ALL		(NIC_INT_RX | NIC_INT_TX)

/* What the NIC does to a frame: nic_set_features(). */
#define NIC_F_REWRITE_IP	BIT(0)	/* LDD3's wire trick, on transmit */
#define NIC_F_RX_PARTIAL	BIT(1)	/* hand partial checksums on */
#define NIC_F_RX_GRO		BIT(2)	/* coalesce TCP segments on receive */
#define NIC_F_LOOPBACK		BIT(3)	/* what it sends, it receives */
#define NIC_F_RX_CTAG		BIT(4)	/* take VLAN tags out on receive: */
#define NIC_F_RX_STAG		BIT(5)	/* C-tags, S-tags */
#define NIC_F_GRO_CWR		COALESCE_MAY_CWR	/* what the driver's host */
#define NIC_F_GRO_STAY		COALESCE_MAY_STAY	/* can cut again */
#define NIC_F_GRO_HOP		COALESCE_MAY_HOP

/* What the NIC lets in: nic_set_filter(). */
#define NIC_RX_PROMISC		BIT(0)
#define NIC_RX_ALLMULTI		BIT(1)
#define NIC_UC_MAX		8

/**
 * struct nic_rx_filter - the receive filter's registers
 * @flags: NIC_RX_PROMISC, NIC_RX_ALLMULTI
 * @mc_hash: one bit for each value of nic_mc_hash() to let in
 * @uc_count: entries used in @uc
 * @uc: further unicast addresses to let in, beside the NIC's own
 */
struct nic_rx_filter {
	u32 flags;
	u64 mc_hash;
	unsigned int uc_count;
	u8 uc[NIC_UC_MAX][ETH_ALEN];
};

#define NIC_MODER_USECS_MAX	100000

/**
 * struct nic_moderation - a vector's interrupt moderation registers
 * @rx_usecs: how long a received frame may wait for its interrupt, in us; 0 for
 *	not at all
 * @rx_frames: how many may wait together, before that; 0 for any number
 * @tx_usecs: the same for completions
 * @tx_frames: the same for completions
 */
struct nic_moderation {
	u32 rx_usecs;
	u32 rx_frames;
	u32 tx_usecs;
	u32 tx_frames;
};

#define NIC_RSS_ENTRIES		128	/* at most */
/* Context 0 is the one of all frames that no rule sends to another. */
#define NIC_RSS_CONTEXTS	64

/**
 * struct nic_rss - receive side scaling's registers, of a context
 * @key: of the Toeplitz hash
 * @table: the queue for each value of the hash's low bits
 * @entries: how many of its entries are in use, a power of two
 * @fields: what of a packet is hashed
 * @sym: how the hash is made symmetric
 */
struct nic_rss {
	u8 key[RSS_KEY_LEN];
	u8 table[NIC_RSS_ENTRIES];
	u16 entries;
	struct rss_fields fields;
	enum rss_sym sym;
};

#define NIC_RULES		512

/**
 * enum nic_rule_action - what becomes of a frame that matches a rule
 * @NIC_RULE_QUEUE: it goes to a queue
 * @NIC_RULE_CONTEXT: it goes where an RSS context spreads it to, or some queues
 *	further
 * @NIC_RULE_DROP: it is dropped
 */
enum nic_rule_action {
	NIC_RULE_QUEUE,
	NIC_RULE_CONTEXT,
	NIC_RULE_DROP,
};

/**
 * struct nic_rule - an entry of the steering table
 * @match: which frames it is for
 * @action: what becomes of them
 * @to: which queue, or which context
 * @add: how many queues further than the context says
 */
struct nic_rule {
	struct tcam_entry match;
	enum nic_rule_action action;
	u8 to;
	u8 add;
};

/* What a link can run at; of two, the later one is the better. */
#define NIC_MODE_10		BIT(0)	/* Mbit/s, full duplex */
#define NIC_MODE_100		BIT(1)
#define NIC_MODE_1000		BIT(2)
#define NIC_MODE_2500		BIT(3)
#define NIC_MODE_10000		BIT(4)
#define NIC_MODE_25000		BIT(5)
#define NIC_MODE_UNLIMITED	BIT(6)	/* a frame takes no time at all */
#define NIC_MODES		7
#define NIC_MODE_ALL		GENMASK(NIC_MODES - 1, 0)

/**
 * enum nic_link_why - why the link is up or down
 * @NIC_LINK_UP: it is up
 * @NIC_LINK_OFF: this end is stopped
 * @NIC_LINK_NO_CABLE: no NIC is plugged in at the other end, or the cable has
 *	been pulled out
 * @NIC_LINK_NO_PARTNER: the one that is has not been started, or is in loopback
 * @NIC_LINK_NO_COMMON: it has no mode in common with this one
 */
enum nic_link_why {
	NIC_LINK_UP,
	NIC_LINK_OFF,
	NIC_LINK_NO_CABLE,
	NIC_LINK_NO_PARTNER,
	NIC_LINK_NO_COMMON,
};

/**
 * struct nic_link - the link's registers
 * @why: why it is up or down
 * @mode: NIC_MODE_*, what it runs at; 0 while it is down
 * @autoneg: this end negotiates
 * @modes: NIC_MODE_* that this end advertises, or the one that it is set to
 * @partner_autoneg: the other end negotiates
 * @partner_modes: the other end's @modes; 0 while it is stopped
 */
struct nic_link {
	enum nic_link_why why;
	u32 mode;
	bool autoneg;
	u32 modes;
	bool partner_autoneg;
	u32 partner_modes;
};

/**
 * struct nic_faults - what the cable does to the frames of this NIC
 * @loss: it loses one in so many; 0 for none
 * @corrupt: it damages one in so many
 */
struct nic_faults {
	u32 loss;
	u32 corrupt;
};

/* ---- plugging and unplugging ------------------------------------------- */

struct nic_cable *nic_cable_create(void);
void nic_cable_destroy(struct nic_cable *cable);

/**
 * enum nic_line - how a vector asks for the CPU
 * @NIC_LINE_MSI: by a message for each event, as MSI-X does.  What comes while
 *	the vector is masked is remembered, and asks when it is unmasked
 * @NIC_LINE_LEVEL: by a line that is up as long as a cause is pending and
 *	unmasked, as INTx does
 * @NIC_LINE_EDGE: by a pulse for each event, as on the ISA bus.  What comes
 *	while the vector is masked is not remembered
 * @NIC_LINES: how many there are
 *
 * Causes are pending in all three, and nic_int_pending() says which.  Only who
 * is interrupted for it, and when, is not the same.
 */
enum nic_line {
	NIC_LINE_MSI,
	NIC_LINE_LEVEL,
	NIC_LINE_EDGE,
	NIC_LINES,
};

/* What people call them: the parameter line=, and /proc/interrupts. */
extern const char * const nic_line_names[NIC_LINES];

/**
 * struct nic_config - what a NIC is made with
 * @end: 0 or 1, which end of its cable it is plugged into
 * @queues: queue pairs, and so vectors, 1 to NIC_MAX_QUEUES
 * @max_bufs: receive buffers that one frame may span
 * @line: how its vectors ask for a CPU
 * @first_cpu: CPU that vector 0 prefers; the others follow round robin
 * @link_changed: called with @driver when the link comes or goes: process
 *	context, with the cable locked, so it must not call back into the NIC
 * @driver: the driver's handle
 */
struct nic_config {
	unsigned int end;
	unsigned int queues;
	unsigned int max_bufs;
	enum nic_line line;
	unsigned int first_cpu;
	void (*link_changed)(void *driver, bool up);
	void *driver;
};

struct nic *nic_create(struct device *dev, struct nic_cable *cable,
		       const struct nic_config *config);
void nic_destroy(struct nic *nic);

/* ---- global registers --------------------------------------------------- */

void nic_start(struct nic *nic);
void nic_halt(struct nic *nic);
void nic_stop(struct nic *nic);
void nic_set_link(struct nic *nic, bool autoneg, u32 modes);
void nic_get_link(struct nic *nic, struct nic_link *link);
void nic_set_addr(struct nic *nic, const u8 *addr);
void nic_partner_addr(struct nic *nic, u8 *addr);
void nic_set_filter(struct nic *nic, const struct nic_rx_filter *filter);
u32 nic_mc_hash(const u8 *addr);
void nic_set_rss(struct nic *nic, const struct nic_rss *rss);
void nic_get_rss(const struct nic *nic, struct nic_rss *rss);
int nic_set_context(struct nic *nic, unsigned int context,
		    const struct nic_rss *rss);
bool nic_get_context(const struct nic *nic, unsigned int context,
		     struct nic_rss *rss);
void nic_resize_tables(struct nic *nic, unsigned int entries);
int nic_set_rule(struct nic *nic, unsigned int location,
		 const struct nic_rule *rule);
void nic_set_max_frame(struct nic *nic, unsigned int bytes);
int nic_set_features(struct nic *nic, u32 features);
void nic_set_pause(struct nic *nic, bool rx, bool tx);
void nic_get_pause(const struct nic *nic, bool *rx, bool *tx);
void nic_set_lockup(struct nic *nic, unsigned int every);
void nic_set_faults(struct nic *nic, const struct nic_faults *faults);
void nic_get_faults(const struct nic *nic, struct nic_faults *faults);
void nic_pull(struct nic *nic, bool out);

/* ---- the clock ------------------------------------------------------------ */

/* Which frames are stamped: nic_set_stamps(). */
#define NIC_STAMP_TX		BIT(0)	/* sent: those with NIC_TXD_STAMP */
#define NIC_STAMP_RX_PTP	BIT(1)	/* received: PTP's event messages */
#define NIC_STAMP_RX_ALL	BIT(2)	/* received: all */
#define NIC_STAMP_RX		(NIC_STAMP_RX_PTP | NIC_STAMP_RX_ALL)

#define NIC_CLOCK_SLEW_MAX	10000000	/* ns in a second: 1 % */

void nic_set_stamps(struct nic *nic, u32 stamps);
u64 nic_clock_read(struct nic *nic);
void nic_clock_set(struct nic *nic, u64 time);
void nic_clock_step(struct nic *nic, s64 delta);
void nic_clock_slew(struct nic *nic, long scaled_ppm);

/* ---- queues ------------------------------------------------------------- */

void nic_tx_setup(struct nic *nic, unsigned int queue, dma_addr_t ring,
		  u32 size);
void nic_tx_halt(struct nic *nic, unsigned int queue);
void nic_tx_doorbell(struct nic *nic, unsigned int queue, u32 tail);
u32 nic_tx_head(const struct nic *nic, unsigned int queue);
bool nic_tx_paused(const struct nic *nic, unsigned int queue);
void nic_tx_ack(struct nic *nic, unsigned int queue, u32 clean);
void nic_tx_get_stats(const struct nic *nic, unsigned int queue,
		      struct nic_tx_stats *stats);

void nic_rx_setup(struct nic *nic, unsigned int queue, dma_addr_t ring,
		  u32 size, u32 clean, u32 tail);
void nic_rx_halt(struct nic *nic, unsigned int queue);
u32 nic_rx_head(struct nic *nic, unsigned int queue);
u32 nic_rx_peek(const struct nic *nic, unsigned int queue);
void nic_rx_ack(struct nic *nic, unsigned int queue, u32 clean);
void nic_rx_doorbell(struct nic *nic, unsigned int queue, u32 tail);
void nic_rx_get_stats(const struct nic *nic, unsigned int queue,
		      struct nic_rx_stats *stats);

/* ---- interrupt vectors: one per queue pair ------------------------------ */

unsigned int nic_irq(const struct nic *nic, unsigned int queue);
unsigned int nic_irq_cpu(const struct nic *nic, unsigned int queue);
void nic_set_moderation(struct nic *nic, unsigned int queue,
			const struct nic_moderation *set);
void nic_get_moderation(const struct nic *nic, unsigned int queue,
			struct nic_moderation *set);
u32 nic_int_status(struct nic *nic, unsigned int queue);
u32 nic_int_pending(const struct nic *nic, unsigned int queue);
void nic_int_trigger(struct nic *nic, unsigned int queue, u32 causes);
void nic_int_enable(struct nic *nic, unsigned int queue, u32 causes);
void nic_int_disable(struct nic *nic, unsigned int queue, u32 causes);

#endif /* SNULL_NIC_H */
