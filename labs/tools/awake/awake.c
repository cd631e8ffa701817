// SPDX-License-Identifier: GPL-2.0-only
/*
 * awake.c - keep a CPU of a machine whose clock counts instructions from idling.
 *
 * usage: awake CPU      until it is killed
 *
 * When all CPUs of such a machine idle, its clock has nothing to count: QEMU
 * waits in real time for the next timer, and a busy host wakes it up late.  This
 * counts on meanwhile, at the lowest priority there is.  Several CPUs take
 * turns, and the others would each time wait for all of ours; but "pause"
 * (arm64: "yield") ends it, so it takes a few microseconds.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Instructions in a turn: so many that its cost to the host does not count. */
#define TURN	1000

static void die(const char *what)
{
	fprintf(stderr, "awake: %s: %s\n", what, strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	struct sched_param none = { 0 };
	cpu_set_t cpus;
	int cpu;

	if (argc != 2 || argv[1][0] < '0' || argv[1][0] > '9') {
		fputs("usage: awake CPU\n", stderr);
		return 2;
	}
	cpu = atoi(argv[1]);
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die(argv[1]);
	if (sched_setscheduler(0, SCHED_IDLE, &none))
		die("SCHED_IDLE");
	for (;;) {
		for (int i = 0; i < TURN / 2; i++)
			__asm__ volatile("");
#ifdef __aarch64__
		__asm__ volatile("yield");
#elif defined(__i386__) || defined(__x86_64__)
		__asm__ volatile("pause");
#endif
	}
}
