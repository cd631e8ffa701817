/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tick.h - the arithmetic of a clock that can be set, and made faster and slower.
 *
 * What it counts is the time of the simulated world, in which wires have
 * theirs, too; so a clock whose rate is left alone agrees with a wire to the
 * nanosecond, whatever it shows.
 *
 * Read next: clock.c.
 */
#ifndef SNULL_TICK_H
#define SNULL_TICK_H

#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/types.h>

/* As fine as that: 1 s at a rate set to a millionth is wrong by 1 ns / 1000. */
#define TICK_SHIFT	40
#define TICK_ONE	BIT_ULL(TICK_SHIFT)

/**
 * struct tick - a clock
 * @since: when it showed @time, in ns of the world
 * @time: in ns
 * @frac: of a nanosecond, beyond @time, in units of 1 / TICK_ONE
 * @rate: ns that it advances in one of the world, in the same units
 */
struct tick {
	u64 since;
	u64 time;
	u64 frac;
	u64 rate;
};

/**
 * tick_at() - what a clock shows
 * @tick: the clock
 * @now: when, in ns of the world; may be before @tick->since
 * @frac: where to put the fraction of a nanosecond beyond that, or NULL
 *
 * Context: any.
 * Return: ns.
 */
static inline u64 tick_at(const struct tick *tick, u64 now, u64 *frac)
{
	bool before = (s64)(now - tick->since) < 0;
	u64 count = before ? tick->since - now : now - tick->since;
	u64 whole = mul_u64_u64_shr(count, tick->rate, TICK_SHIFT);
	/* The low bits of a product need none of its high ones. */
	u64 part = (count * tick->rate) & (TICK_ONE - 1);

	if (before) {
		whole = -whole - (part > tick->frac);
		part = tick->frac - part;
	} else {
		part += tick->frac;
		whole += part >> TICK_SHIFT;
	}
	if (frac)
		*frac = part & (TICK_ONE - 1);
	return tick->time + whole;
}

/**
 * tick_set() - set a clock
 * @tick: the clock
 * @now: when, in ns of the world
 * @time: what it shows from then on, in ns
 *
 * Context: any.
 */
static inline void tick_set(struct tick *tick, u64 now, u64 time)
{
	tick->since = now;
	tick->time = time;
	tick->frac = 0;
}

/**
 * tick_slew() - let a clock go faster or slower
 * @tick: the clock
 * @now: from when on, in ns of the world
 * @scaled_ppm: by how much than the world, in 1 / 65536 millionths; beyond
 *	ten per cent it is not right
 *
 * Nothing is lost: it goes on from where it is, to the fraction of a ns.
 *
 * Context: any.
 */
static inline void tick_slew(struct tick *tick, u64 now, s64 scaled_ppm)
{
	s64 step = scaled_ppm << (TICK_SHIFT - 16);

	tick->time = tick_at(tick, now, &tick->frac);
	tick->since = now;
	tick->rate = TICK_ONE + div_s64(step + (step < 0 ? -500000 : 500000),
					1000000);
}

#endif /* SNULL_TICK_H */
