// SPDX-License-Identifier: GPL-2.0-only
/*
 * legacy_test.c - KUnit: does the emulated softirq schedule as 2.6's did?
 *
 * Each test drives a scheduler of its own by hand, with mock devices on its
 * list that have a backlog and write down what they delivered.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/workqueue.h>

#include "../../legacy-poll/softnet.h"

#define MOCKS		4
#define LOG_MAX		512
#define FOREVER		INT_MAX

struct mock_turn {
	int who;
	int packets;
};

/* What all mock devices of a test delivered, in order. */
struct mock_log {
	struct mock_turn turn[LOG_MAX];
	int turns;
};

struct mock {
	struct net_device_26 dev;
	struct mock_log *log;
	int who;
	int backlog;		/* packets waiting, or FOREVER */
	int cheat;		/* delivers so many more than it may */
	int ticks;		/* jiffies that pass in a poll */
	int packets;
	int polls;
	int most;		/* packets in one poll */
};

struct bench {
	struct softnet_26 sn;
	struct mock mock[MOCKS];
	struct mock_log log;
	struct work_struct work;
};

/* A turn that a slice cut in two is one turn: only then do logs compare. */
static void mock_note(struct mock_log *log, int who, int packets, bool goes_on)
{
	if (goes_on && log->turns && log->turn[log->turns - 1].who == who) {
		log->turn[log->turns - 1].packets += packets;
	} else if (log->turns < LOG_MAX) {
		log->turn[log->turns].who = who;
		log->turn[log->turns++].packets = packets;
	}
}

static int mock_poll(struct net_device_26 *dev, int *budget)
{
	struct mock *mock = dev->priv;
	int quota = min(*budget, dev->quota) + mock->cheat;
	int work = min(quota, mock->backlog);
	unsigned long began = jiffies;

	mock_note(mock->log, mock->who, work, dev->quota < dev->weight);
	if (mock->backlog != FOREVER)
		mock->backlog -= work;
	mock->packets += work;
	mock->most = max(mock->most, work);
	mock->polls++;
	/* Not mdelay(): in a busy virtual machine jiffies may lag behind. */
	while (time_before(jiffies, began + mock->ticks))
		cpu_relax();

	*budget -= work;
	dev->quota -= work;
	if (mock->backlog)
		return 1;
	netif_rx_complete(dev);
	return 0;
}

/* What netif_rx_schedule() does, but on the test's own scheduler. */
static bool mock_schedule(struct softnet_26 *sn, struct mock *mock)
{
	if (!netif_rx_schedule_prep(&mock->dev))
		return false;
	softnet_refill(&mock->dev);
	softnet_add(sn, &mock->dev);
	return true;
}

static void bench_add(struct kunit *test, int who, int weight, int backlog)
{
	struct bench *b = test->priv;
	struct mock *mock = &b->mock[who];

	mock->log = &b->log;
	mock->who = who;
	mock->backlog = backlog;
	mock->dev.name = "mock";
	mock->dev.priv = mock;
	mock->dev.poll = mock_poll;
	mock->dev.weight = weight;
	KUNIT_ASSERT_EQ(test, register_netdev_26(&mock->dev), 0);
	netif_poll_enable(&mock->dev);
	KUNIT_ASSERT_TRUE(test, mock_schedule(&b->sn, mock));
}

static void bench_reset(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	softnet_setup(&b->sn);
	/* However slow the machine, only the test of the limit meets it. */
	b->sn.time_limit = LONG_MAX;
}

static int bench_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct bench), GFP_KERNEL);
	if (!test->priv)
		return -ENOMEM;
	bench_reset(test->priv);
	return 0;
}

static void bench_expect_turn(struct kunit *test, int i, int who, int packets)
{
	struct bench *b = test->priv;

	KUNIT_EXPECT_EQ_MSG(test, b->log.turn[i].who, who, "turn %d", i);
	KUNIT_EXPECT_EQ_MSG(test, b->log.turn[i].packets, packets, "turn %d", i);
}

static void legacy_round_robin(struct kunit *test)
{
	struct bench *b = test->priv;
	int i;

	for (i = 0; i < 3; i++)
		bench_add(test, i, 2, 6);
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 64), 18);
	KUNIT_EXPECT_EQ(test, b->log.turns, 9);
	for (i = 0; i < 9; i++)
		bench_expect_turn(test, i, i % 3, 2);
	KUNIT_EXPECT_EQ(test, b->sn.rounds, 1);
	KUNIT_EXPECT_EQ(test, b->sn.packets, 18);
	KUNIT_EXPECT_EQ(test, b->sn.time_squeeze, 0);
}

/* Return 0 is the end of it, until the next interrupt. */
static void legacy_done_leaves(struct kunit *test)
{
	struct bench *b = test->priv;

	bench_add(test, 0, 16, 10);
	KUNIT_EXPECT_FALSE(test, mock_schedule(&b->sn, &b->mock[0]));
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 64), 10);
	KUNIT_EXPECT_TRUE(test, softnet_idle(&b->sn));
	KUNIT_EXPECT_FALSE(test, test_bit(__LINK_STATE_RX_SCHED,
					  &b->mock[0].dev.state));

	/* An idle list is no round. */
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 64), 0);
	KUNIT_EXPECT_EQ(test, b->sn.rounds, 1);
	KUNIT_EXPECT_EQ(test, b->mock[0].polls, 1);

	b->mock[0].backlog = 3;
	KUNIT_EXPECT_TRUE(test, mock_schedule(&b->sn, &b->mock[0]));
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 64), 3);
	KUNIT_EXPECT_EQ(test, b->sn.rounds, 2);
}

static const int weights[MOCKS] = { 20, 10, 10, 20 };

/* Run until @rounds rounds have ended, @slice packets at a time. */
static void bench_run(struct kunit *test, int slice, int rounds)
{
	struct bench *b = test->priv;
	int work;

	while (b->sn.time_squeeze < rounds) {
		work = net_rx_action_26(&b->sn, slice);
		KUNIT_ASSERT_GT(test, work, 0);
		KUNIT_ASSERT_LE(test, work, slice);
		KUNIT_ASSERT_FALSE(test, softnet_idle(&b->sn));
	}
	KUNIT_EXPECT_EQ(test, b->sn.rounds, rounds);
	KUNIT_EXPECT_EQ(test, b->sn.packets, 300 * rounds);
}

static void legacy_shares(struct kunit *test)
{
	static const int slices[] = { 1, 7, 20, 64, 300, 4096 };
	struct bench *b = test->priv;
	int i, s, t;

	for (s = 0; s < ARRAY_SIZE(slices); s++) {
		bench_reset(b);
		for (i = 0; i < MOCKS; i++)
			bench_add(test, i, weights[i], FOREVER);
		bench_run(test, slices[s], 4);

		for (i = 0; i < MOCKS; i++) {
			KUNIT_EXPECT_EQ_MSG(test, b->mock[i].packets,
					    weights[i] * 20,
					    "slice %d", slices[s]);
			KUNIT_EXPECT_LE(test, b->mock[i].most, weights[i]);
		}
		KUNIT_ASSERT_EQ(test, b->log.turns, 80);
		for (t = 0; t < 80; t++)
			bench_expect_turn(test, t, t % MOCKS,
					  weights[t % MOCKS]);
	}
}

/* The end of a round, unlike that of a slice, costs the rest of the quota. */
static void legacy_round_ends_turn(struct kunit *test)
{
	static const int slices[] = { 1, 7, 64, 300 };
	struct bench *b = test->priv;
	int s, t;

	for (s = 0; s < ARRAY_SIZE(slices); s++) {
		bench_reset(b);
		bench_add(test, 0, 128, FOREVER);
		bench_add(test, 1, 128, FOREVER);
		bench_run(test, slices[s], 2);

		KUNIT_ASSERT_EQ(test, b->log.turns, 6);
		for (t = 0; t < 6; t++)
			bench_expect_turn(test, t, t % 2,
					  t % 3 == 2 ? 300 - 2 * 128 : 128);
	}
}

static void legacy_budget(struct kunit *test)
{
	struct bench *b = test->priv;

	bench_add(test, 0, 64, 301);
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 1000), 300);
	KUNIT_EXPECT_EQ(test, b->sn.time_squeeze, 1);
	KUNIT_EXPECT_FALSE(test, softnet_idle(&b->sn));

	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 1000), 1);
	KUNIT_EXPECT_EQ(test, b->sn.time_squeeze, 1);
	KUNIT_EXPECT_EQ(test, b->sn.rounds, 2);
	KUNIT_EXPECT_TRUE(test, softnet_idle(&b->sn));
}

static void legacy_time_limit(struct kunit *test)
{
	struct bench *b = test->priv;

	b->sn.time_limit = 1;
	bench_add(test, 0, 2, FOREVER);
	b->mock[0].ticks = 2;
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 64), 2);
	KUNIT_EXPECT_EQ(test, b->sn.time_squeeze, 1);
}

/* A slice may end within a turn, the time limit may not: 2.6 never looked. */
static void legacy_time_in_turn(struct kunit *test)
{
	struct bench *b = test->priv;

	b->sn.time_limit = 1;
	bench_add(test, 0, 20, FOREVER);
	bench_add(test, 1, 20, FOREVER);
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 5), 5);
	b->sn.start_time -= 10;
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 5), 5);
	KUNIT_EXPECT_EQ(test, b->sn.time_squeeze, 0);
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 64), 10);
	KUNIT_EXPECT_EQ(test, b->sn.time_squeeze, 1);
	KUNIT_EXPECT_EQ(test, b->mock[0].packets, 20);
	KUNIT_EXPECT_EQ(test, b->mock[1].packets, 0);
}

/* Between two slices of a round other people's time passes, not ours. */
static void legacy_time_away(struct kunit *test)
{
	struct bench *b = test->priv;

	b->sn.time_limit = 5;
	bench_add(test, 0, 2, FOREVER);
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 1), 1);
	msleep(20 * jiffies_to_msecs(1));
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 1), 1);
	KUNIT_EXPECT_EQ(test, b->sn.time_squeeze, 0);
	KUNIT_EXPECT_EQ(test, b->sn.rounds, 1);
}

/* A driver that takes more than its quota has less in its next turn. */
static void legacy_negative_quota(struct kunit *test)
{
	struct bench *b = test->priv;
	struct net_device_26 *dev;

	bench_add(test, 0, 10, FOREVER);
	bench_add(test, 1, 10, FOREVER);
	dev = &b->mock[0].dev;
	b->mock[0].cheat = 4;

	/* 14 of 10: owes 4. */
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 14), 14);
	KUNIT_EXPECT_EQ(test, dev->quota, 6);
	/* The other one's 10, then 6 + 4 of 6: owes 4 again. */
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 20), 20);
	KUNIT_EXPECT_EQ(test, dev->quota, 6);
	/* It owes more than a turn is worth: it has to sit one out. */
	b->mock[0].cheat = 12;
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 28), 28);
	KUNIT_EXPECT_EQ(test, dev->quota, -2);
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 20), 20);
	KUNIT_EXPECT_EQ(test, b->mock[0].packets, 14 + 10 + 18);
	KUNIT_EXPECT_EQ(test, b->mock[1].packets, 10 + 10 + 20);
	KUNIT_EXPECT_EQ(test, dev->quota, 8);
}

static void legacy_heavy(struct kunit *test)
{
	struct bench *b = test->priv;

	bench_add(test, 0, 250, FOREVER);
	bench_add(test, 1, 50, FOREVER);
	bench_run(test, 64, 3);
	KUNIT_EXPECT_EQ(test, b->mock[0].packets, 750);
	KUNIT_EXPECT_EQ(test, b->mock[1].packets, 150);
	KUNIT_EXPECT_EQ(test, b->mock[0].most, 64);
}

static void bench_work(struct work_struct *work)
{
	struct bench *b = container_of(work, struct bench, work);

	/* Until it is being stopped, so that the order is always the same. */
	while (test_bit(__LINK_STATE_START, &b->mock[0].dev.state))
		msleep(20);
	net_rx_action_26(&b->sn, 64);
}

static void legacy_stop_queued(struct kunit *test)
{
	struct bench *b = test->priv;

	bench_add(test, 0, 8, FOREVER);
	bench_add(test, 1, 8, 100);
	INIT_WORK(&b->work, bench_work);
	schedule_work(&b->work);
	netif_poll_disable(&b->mock[0].dev);
	flush_work(&b->work);

	/* It had one more turn; the other one went on. */
	KUNIT_EXPECT_EQ(test, b->mock[0].packets, 8);
	KUNIT_EXPECT_EQ(test, b->mock[1].packets, 56);
	KUNIT_EXPECT_FALSE(test, mock_schedule(&b->sn, &b->mock[0]));
	unregister_netdev_26(&b->mock[0].dev);

	/* And enabled again, it is as good as new. */
	netif_poll_enable(&b->mock[0].dev);
	KUNIT_EXPECT_TRUE(test, mock_schedule(&b->sn, &b->mock[0]));
}

/* A CPU went away: its devices queue up elsewhere, in their order. */
static void legacy_move(struct kunit *test)
{
	struct bench *b = test->priv;
	struct softnet_26 *to;
	int i;

	to = kunit_kzalloc(test, sizeof(*to), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, to);
	softnet_setup(to);
	to->time_limit = LONG_MAX;
	for (i = 0; i < MOCKS; i++)
		bench_add(test, i, weights[i], 10);
	/* It happens in the middle of device 0's turn. */
	KUNIT_EXPECT_EQ(test, net_rx_action_26(&b->sn, 5), 5);
	softnet_move(&b->sn, to);
	KUNIT_EXPECT_TRUE(test, softnet_idle(&b->sn));
	KUNIT_EXPECT_EQ(test, net_rx_action_26(to, 64), 35);
	KUNIT_EXPECT_TRUE(test, softnet_idle(to));
	for (i = 0; i < MOCKS; i++)
		bench_expect_turn(test, i, i, 10);
}

static void legacy_register(struct kunit *test)
{
	struct net_device_26 dev = { .name = "mock", .poll = mock_poll };

	KUNIT_EXPECT_EQ(test, register_netdev_26(&dev), -EINVAL);
	dev.weight = 1;
	KUNIT_EXPECT_EQ(test, register_netdev_26(&dev), 0);
	KUNIT_EXPECT_FALSE(test, netif_rx_schedule_prep(&dev));
	dev.poll = NULL;
	KUNIT_EXPECT_EQ(test, register_netdev_26(&dev), -EINVAL);
}

static struct kunit_case legacy_cases[] = {
	KUNIT_CASE(legacy_register),
	KUNIT_CASE(legacy_round_robin),
	KUNIT_CASE(legacy_done_leaves),
	KUNIT_CASE(legacy_shares),
	KUNIT_CASE(legacy_round_ends_turn),
	KUNIT_CASE(legacy_budget),
	KUNIT_CASE(legacy_time_limit),
	KUNIT_CASE(legacy_time_in_turn),
	KUNIT_CASE(legacy_time_away),
	KUNIT_CASE(legacy_negative_quota),
	KUNIT_CASE(legacy_heavy),
	KUNIT_CASE(legacy_stop_queued),
	KUNIT_CASE(legacy_move),
	{}
};

static struct kunit_suite legacy_suite = {
	.name = "snull-legacy",
	.init = bench_init,
	.test_cases = legacy_cases,
};

kunit_test_suites(&legacy_suite);
