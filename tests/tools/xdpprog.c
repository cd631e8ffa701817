// SPDX-License-Identifier: GPL-2.0-only
/*
 * xdpprog - load a small XDP program, and pin it where "ip link set sn0 xdpdrv
 * pinned FILE" finds it. The programs are written out here, so that no BPF
 * compiler is needed.
 *
 * usage: xdpprog [-f] PROGRAM FILE
 *   -f        it can deal with frames of several buffers
 *   PROGRAM   pass, drop, abort; tx (swap the addresses and send back);
 *             redirect=IFINDEX; headroom=N (pass, if there are N bytes in front of
 *             the frame); csum (abort a datagram of 16 bytes whose UDP checksum is
 *             not a finished one)
 */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef BPF_F_XDP_HAS_FRAGS
#define BPF_F_XDP_HAS_FRAGS (1U << 5)
#endif

#define INSN(c, d, s, o, i) \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define MOV(d, s)	INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOVI(d, i)	INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADDI(d, i)	INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define LD(w, d, s, o)	INSN(BPF_LDX | BPF_MEM | (w), d, s, o, 0)
#define ST(w, d, s, o)	INSN(BPF_STX | BPF_MEM | (w), d, s, o, 0)
#define CALL(f)		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static struct bpf_insn prog[64];
static unsigned int len;

static void emit(struct bpf_insn insn)
{
	prog[len++] = insn;
}

static void emit_return(int act)
{
	emit(MOVI(BPF_REG_0, act));
	emit(EXIT);
}

/* r2 = the frame, or XDP_ABORTED if it has no Ethernet header. */
static void emit_frame(void)
{
	emit(LD(BPF_W, BPF_REG_2, BPF_REG_6, offsetof(struct xdp_md, data)));
	emit(LD(BPF_W, BPF_REG_3, BPF_REG_6, offsetof(struct xdp_md, data_end)));
	emit(MOV(BPF_REG_4, BPF_REG_2));
	emit(ADDI(BPF_REG_4, ETH_HLEN));
	emit(INSN(BPF_JMP | BPF_JLE | BPF_X, BPF_REG_4, BPF_REG_3, 2, 0));
	emit_return(XDP_ABORTED);
}

static void emit_tx(void)
{
	emit_frame();
	emit(LD(BPF_W, BPF_REG_4, BPF_REG_2, 0));
	emit(LD(BPF_H, BPF_REG_5, BPF_REG_2, 4));
	emit(LD(BPF_W, BPF_REG_0, BPF_REG_2, 6));
	emit(LD(BPF_H, BPF_REG_1, BPF_REG_2, 10));
	emit(ST(BPF_W, BPF_REG_2, BPF_REG_0, 0));
	emit(ST(BPF_H, BPF_REG_2, BPF_REG_1, 4));
	emit(ST(BPF_W, BPF_REG_2, BPF_REG_4, 6));
	emit(ST(BPF_H, BPF_REG_2, BPF_REG_5, 10));
	emit_return(XDP_TX);
}

static void emit_redirect(int ifindex)
{
	emit(MOVI(BPF_REG_1, ifindex));
	emit(MOVI(BPF_REG_2, 0));
	emit(CALL(BPF_FUNC_redirect));
	emit(EXIT);
}

static void emit_adjust_head(int by)
{
	emit(MOV(BPF_REG_1, BPF_REG_6));
	emit(MOVI(BPF_REG_2, by));
	emit(CALL(BPF_FUNC_xdp_adjust_head));
	emit(INSN(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, 2, 0));
	emit_return(XDP_ABORTED);
}

/* Everything else than IPv4 without options, UDP and 16 bytes passes. */
static void emit_csum(void)
{
	const int udp = ETH_HLEN + 20, saddr = ETH_HLEN + 12, end = udp + 24;

	emit(LD(BPF_W, BPF_REG_2, BPF_REG_6, offsetof(struct xdp_md, data)));
	emit(LD(BPF_W, BPF_REG_3, BPF_REG_6, offsetof(struct xdp_md, data_end)));
	emit(MOV(BPF_REG_4, BPF_REG_2));
	emit(ADDI(BPF_REG_4, end));
	emit(INSN(BPF_JMP | BPF_JLE | BPF_X, BPF_REG_4, BPF_REG_3, 2, 0));
	emit_return(XDP_PASS);
	/* Protocol UDP, length 24, in network byte order. */
	emit(LD(BPF_B, BPF_REG_4, BPF_REG_2, ETH_HLEN + 9));
	emit(LD(BPF_H, BPF_REG_5, BPF_REG_2, udp + 4));
	emit(INSN(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_4, 0, 1, 17));
	emit(INSN(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_5, 0, 2, 24 << 8));
	emit_return(XDP_PASS);
	/* The addresses and the datagram lie in a row; protocol and length come on top. */
	emit(MOV(BPF_REG_3, BPF_REG_2));
	emit(ADDI(BPF_REG_3, saddr));
	emit(MOVI(BPF_REG_1, 0));
	emit(MOVI(BPF_REG_2, 0));
	emit(MOVI(BPF_REG_4, end - saddr));
	emit(MOVI(BPF_REG_5, (17 << 8) + (24 << 8)));
	emit(CALL(BPF_FUNC_csum_diff));
	/* Fold it, twice: a right one becomes 0xffff. */
	for (int i = 0; i < 2; i++) {
		emit(MOV(BPF_REG_1, BPF_REG_0));
		emit(INSN(BPF_ALU64 | BPF_RSH | BPF_K, BPF_REG_1, 0, 0, 16));
		emit(INSN(BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_0, 0, 0, 0xffff));
		emit(INSN(BPF_ALU64 | BPF_ADD | BPF_X, BPF_REG_0, BPF_REG_1, 0, 0));
	}
	emit(INSN(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, 2, 0xffff));
	emit_return(XDP_ABORTED);
	emit_return(XDP_PASS);
}

static void die(const char *why)
{
	fprintf(stderr, "xdpprog: %s\n", why);
	exit(1);
}

static void emit_program(const char *name)
{
	const char *value = strchr(name, '=');
	int n = value ? atoi(value + 1) : 0;

	emit(MOV(BPF_REG_6, BPF_REG_1));
	if (!strcmp(name, "pass"))
		emit_return(XDP_PASS);
	else if (!strcmp(name, "drop"))
		emit_return(XDP_DROP);
	else if (!strcmp(name, "abort"))
		emit_return(XDP_ABORTED);
	else if (!strcmp(name, "tx"))
		emit_tx();
	else if (!strcmp(name, "csum"))
		emit_csum();
	else if (!strncmp(name, "redirect=", 9))
		emit_redirect(n);
	else if (!strncmp(name, "headroom=", 9)) {
		emit_adjust_head(-n);
		emit_adjust_head(n);
		emit_return(XDP_PASS);
	} else {
		die("programs are pass, drop, abort, tx, csum, redirect= and headroom=");
	}
}

int main(int argc, char **argv)
{
	static char log[65536];
	union bpf_attr attr = {};
	bool frags = argc == 4 && !strcmp(argv[1], "-f");
	int fd;

	if (argc - frags != 3)
		die("usage: xdpprog [-f] PROGRAM FILE");
	emit_program(argv[1 + frags]);
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = (uintptr_t)prog;
	attr.insn_cnt = len;
	attr.license = (uintptr_t)"GPL";
	attr.log_buf = (uintptr_t)log;
	attr.log_size = sizeof(log);
	attr.log_level = 1;
	attr.prog_flags = frags ? BPF_F_XDP_HAS_FRAGS : 0;
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0) {
		perror("xdpprog: loading");
		die(log);
	}
	memset(&attr, 0, sizeof(attr));
	attr.bpf_fd = fd;
	attr.pathname = (uintptr_t)argv[2 + frags];
	if (syscall(SYS_bpf, BPF_OBJ_PIN, &attr, sizeof(attr))) {
		perror("xdpprog: pinning (is bpf mounted on /sys/fs/bpf?)");
		return 1;
	}
	return 0;
}
