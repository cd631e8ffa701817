// SPDX-License-Identifier: GPL-2.0-only
/*
 * object.c - the compiled programs of bpf/check.bpf.c, inside of napicheck.
 */
#include "napicheck.h"

__asm__(".section .rodata\n"
	".balign 8\n"
	".global bpf_object_start\n"
	"bpf_object_start:\n"
	".incbin \"" OBJECT "\"\n"
	".global bpf_object_end\n"
	"bpf_object_end:\n"
	".previous\n");
