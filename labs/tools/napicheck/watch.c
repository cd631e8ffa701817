// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch.c - the programs in the kernel: loading them, reading what they saw.
 *
 * Read beside it: programs.c, which says what each is attached to.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "napicheck.h"
#include "programs.h"

/* Those functions of the kernel's that poll, and may complete after a poll. */
static const char * const core[] = {
	"net_rx_action", "napi_poll", "__napi_poll", "napi_threaded_poll",
	"napi_threaded_poll_loop", "napi_busy_loop", "__napi_busy_loop",
	"napi_busy_loop_rcu", "busy_poll_stop", "__busy_poll_stop", NULL
};

/**
 * struct watch - the programs, loaded
 * @object: all of them
 * @links: what attaches each
 * @config: what they are told
 * @unchecked: why a rule cannot be checked, or NULL
 * @totals: what they have counted
 */
struct watch {
	struct bpf_object *object;
	struct bpf_link *links[PROGRAMS];
	struct watch_config config;
	const char *unchecked[RULES];
	struct all_totals totals;
};

/* ---- loading ------------------------------------------------------------------ */

static char last_words[256];

/* libbpf explains at length; of a failure we repeat its last warning. */
static int keep_words(enum libbpf_print_level level, const char *format,
		      va_list args)
{
	if (getenv("NAPICHECK_DEBUG"))
		return vfprintf(stderr, format, args);
	if (level == LIBBPF_WARN)
		vsnprintf(last_words, sizeof(last_words), format, args);
	return 0;
}

static void leave_unchecked(struct watch *watch, __u32 rules, const char *why)
{
	unsigned int rule;

	for (rule = 0; rule < RULES; rule++) {
		if (rules & BIT(rule) && !watch->unchecked[rule])
			watch->unchecked[rule] = why;
	}
}

/* Return: the function to attach the program to, or NULL: none is here. */
static const char *find_function(const struct btf *btf,
				 const struct program *program)
{
	unsigned int i;

	for (i = 0; i < 3 && program->functions[i]; i++) {
		if (btf__find_by_name_kind(btf, program->functions[i],
					   BTF_KIND_FUNC) > 0)
			return program->functions[i];
	}
	return NULL;
}

/* What this kernel lacks is left out. */
static int choose_program(struct watch *watch, const struct btf *btf,
			  const struct symbols *symbols,
			  const struct program *program)
{
	struct bpf_program *prog;
	const char *function;

	prog = bpf_object__find_program_by_name(watch->object, program->name);
	if (!prog) {
		complain("no program called %s: build napicheck anew",
			 program->name);
		return -1;
	}
	if (program->tracepoint &&
	    !symbols_address(symbols, program->tracepoint)) {
		bpf_program__set_autoload(prog, false);
		leave_unchecked(watch, program->rules,
				"no driver here shows its masking");
		return 0;
	}
	if (!program->functions[0])
		return 0;
	function = find_function(btf, program);
	if (function)
		return bpf_program__set_attach_target(prog, 0, function);
	bpf_program__set_autoload(prog, false);
	if (!program->optional)
		leave_unchecked(watch, program->rules,
				"this kernel does not show a function that it needs");
	return 0;
}

static int choose_programs(struct watch *watch, const struct btf *btf,
			   const struct symbols *symbols)
{
	unsigned int i;

	for (i = 0; i < PROGRAMS; i++) {
		if (choose_program(watch, btf, symbols, &programs[i])) {
			complain("cannot prepare %s: %s", programs[i].name,
				 last_words);
			return -1;
		}
	}
	return 0;
}

/* Where a CPU's preemption counter is: a variable, or a member of pcpu_hot. */
static void find_preempt_count(struct watch *watch, const struct btf *btf,
			       const struct symbols *symbols)
{
	const struct btf_type *hot;
	const struct btf_member *member;
	__u64 address = symbols_address(symbols, "__preempt_count");
	unsigned int i;
	int id;

	if (!address) {
		address = symbols_address(symbols, "pcpu_hot");
		id = btf__find_by_name_kind(btf, "pcpu_hot", BTF_KIND_STRUCT);
		hot = id > 0 ? btf__type_by_id(btf, id) : NULL;
		/* Its members are those of an anonymous structure in it. */
		while (hot && btf_vlen(hot) && address) {
			member = btf_members(hot);
			for (i = 0; i < btf_vlen(hot); i++) {
				if (!strcmp(btf__name_by_offset(btf,
								member[i].name_off),
					    "preempt_count"))
					break;
			}
			if (i < btf_vlen(hot)) {
				address += member[i].offset / 8;
				break;
			}
			hot = btf__type_by_id(btf, member[0].type);
			if (!btf_is_composite(hot))
				address = 0;
		}
	}
	watch->config.preempt_count = address;
	watch->config.per_cpu_offset = symbols_address(symbols,
						       "__per_cpu_offset");
	if (address && watch->config.per_cpu_offset)
		return;
	watch->config.per_cpu_offset = 0;
	leave_unchecked(watch, BIT(RULE_CONTEXT) | BIT(RULE_FREED) |
			BIT(RULE_SENT),
			"this kernel does not show its preemption counter");
}

/*
 * Until Linux 6.3 it was SKB_REASON_CONSUMED, which is 0; two of these have
 * SKB_CONSUMED already, but for others. (CO-RE would find it, too, but not by
 * Debian 11's clang.)
 */
static void find_consumed(struct watch *watch, const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "skb_drop_reason", BTF_KIND_ENUM);
	const struct btf_type *reasons = id > 0 ? btf__type_by_id(btf, id) : NULL;
	unsigned int i;

	if (btf__find_by_name_kind(btf, "dev_kfree_skb_irq_reason",
				   BTF_KIND_FUNC) <= 0)
		return;
	for (i = 0; reasons && i < btf_vlen(reasons); i++) {
		if (!strcmp(btf__name_by_offset(btf, btf_enum(reasons)[i].name_off),
			    "SKB_CONSUMED"))
			watch->config.consumed = btf_enum(reasons)[i].val;
	}
}

static void find_netns(struct watch *watch)
{
	struct stat stat_netns;

	if (!stat("/proc/self/ns/net", &stat_netns))
		watch->config.netns = stat_netns.st_ino;
}

static int prepare(struct watch *watch)
{
	struct btf *btf = libbpf_find_kernel_btf();
	struct symbols *symbols;
	int error;

	if (libbpf_get_error(btf)) {
		complain("no BTF (/sys/kernel/btf/vmlinux): it takes CONFIG_DEBUG_INFO_BTF");
		return -1;
	}
	symbols = symbols_read();
	if (!symbols) {
		btf__free(btf);
		return -1;
	}
	find_netns(watch);
	find_consumed(watch, btf);
	watch->config.enable_hidden =
		btf__find_by_name_kind(btf, "napi_enable", BTF_KIND_FUNC) <= 0;
	find_preempt_count(watch, btf, symbols);
	error = choose_programs(watch, btf, symbols);
	if (!error && !symbols_ranges(symbols, core, &watch->config)) {
		complain("/proc/kallsyms hides addresses: set kernel.kptr_restrict to 0 or 1");
		error = -1;
	}
	symbols_free(symbols);
	btf__free(btf);
	return error;
}

/**
 * watch_open() - load the programs
 * @ifindex: the interface to watch, or 0 for all
 *
 * Return: the programs, to be started, or NULL after a complaint.
 */
struct watch *watch_open(unsigned int ifindex)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct watch *watch = allocate(NULL, sizeof(*watch));

	memset(watch, 0, sizeof(*watch));
	watch->config.ifindex = ifindex;
	if (geteuid()) {
		complain("only root may look into the kernel: try again with sudo");
		goto fail;
	}
	/* Before Linux 5.11 this limited the memory of programs. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	libbpf_set_print(keep_words);
	watch->object = bpf_object__open_mem(bpf_object_start,
					     bpf_object_end - bpf_object_start,
					     NULL);
	if (libbpf_get_error(watch->object)) {
		complain("cannot open the programs: %s", last_words);
		watch->object = NULL;
		goto fail;
	}
	if (prepare(watch) || totals_size(&watch->totals, watch->object))
		goto fail;
	if (bpf_object__load(watch->object)) {
		complain("the kernel refuses the programs (%s): %s",
			 strerror(errno), last_words);
		goto fail;
	}
	if (totals_map(&watch->totals, watch->object))
		goto fail;
	return watch;
fail:
	watch_close(watch);
	return NULL;
}

/* ---- attaching ---------------------------------------------------------------- */

static int map_fd(const struct watch *watch, const char *name)
{
	return bpf_object__find_map_fd_by_name(watch->object, name);
}

static int attach_program(struct watch *watch, unsigned int i)
{
	struct bpf_program *prog;
	struct bpf_link *link;

	prog = bpf_object__find_program_by_name(watch->object,
						programs[i].name);
	/* Left out, because this kernel has nothing to attach it to. */
	if (bpf_program__fd(prog) < 0)
		return 0;
	link = bpf_program__attach(prog);
	if (!libbpf_get_error(link)) {
		watch->links[i] = link;
		return 0;
	}
	if (programs[i].rules == ALL_RULES) {
		complain("cannot attach %s: %s", programs[i].name, last_words);
		return -1;
	}
	leave_unchecked(watch, programs[i].rules,
			"this kernel does not let a function be watched");
	return 0;
}

/**
 * watch_start() - let the programs see what happens from now on
 * @watch: the programs
 *
 * Return: 0, or -1 after a complaint.
 */
int watch_start(struct watch *watch)
{
	struct watch_config *config;
	unsigned int i;
	int error = 0;

	/* In memory: by system call, we would make programs miss something. */
	config = mmap(NULL, sizeof(*config), PROT_READ | PROT_WRITE, MAP_SHARED,
		      map_fd(watch, "config"), 0);
	if (config == MAP_FAILED) {
		complain("cannot configure the programs: %s", strerror(errno));
		return -1;
	}
	*config = watch->config;
	for (i = 0; !error && i < PROGRAMS; i++)
		error = attach_program(watch, i);
	/* All are there: from here on polls are judged. */
	__atomic_store_n(&config->started, !error, __ATOMIC_RELEASE);
	munmap(config, sizeof(*config));
	return error;
}

/* ---- reading ------------------------------------------------------------------ */

/**
 * watch_polls() - how many polls have been seen
 * @watch: the programs
 *
 * Return: their number.
 */
__u64 watch_polls(const struct watch *watch)
{
	return totals_tally(&watch->totals, TALLY_POLLS);
}

/* It makes programs miss something: after all that is counted has been read. */
static void read_first(const struct watch *watch, __u32 rule,
		       struct offence *first)
{
	if (bpf_map_lookup_elem(map_fd(watch, "offences"), &rule, first))
		first->kind = OFFENCE_KINDS;
}

/* bpf_prog_info.recursion_misses, which older headers lack, follows run_cnt. */
static __u64 program_missed(int fd)
{
	struct {
		struct bpf_prog_info info;
		__u64 more[8];
	} room;
	__u32 len = sizeof(room);
	const size_t at = offsetof(struct bpf_prog_info, run_cnt) + 8;

	memset(&room, 0, sizeof(room));
	if (bpf_obj_get_info_by_fd(fd, (struct bpf_prog_info *)&room, &len) ||
	    len < at + 8)
		return 0;
	return *(__u64 *)((char *)&room + at);
}

static bool is_copy(const char *name)
{
	return isdigit(name[strlen(name) - 1]);
}

/* Of those that are there three times, one always runs. */
static __u64 count_missed(const struct watch *watch)
{
	struct bpf_program *prog;
	__u64 missed, sum = 0;
	unsigned int i;

	for (i = 0; i < PROGRAMS; i++) {
		if (!watch->links[i] || is_copy(programs[i].name))
			continue;
		prog = bpf_object__find_program_by_name(watch->object,
							programs[i].name);
		missed = program_missed(bpf_program__fd(prog));
		if (missed && getenv("NAPICHECK_DEBUG"))
			complain("%s was not run %llu times", programs[i].name,
				 missed);
		sum += missed;
	}
	return sum;
}

/**
 * watch_read() - read what the programs have seen
 * @watch: the programs
 * @findings: the result, zeroed
 */
void watch_read(struct watch *watch, struct findings *findings)
{
	unsigned int i;

	for (i = 0; i < RULES; i++) {
		totals_rule(&watch->totals, i, &findings->count[i]);
		findings->unchecked[i] = watch->unchecked[i];
	}
	for (i = 0; i < TALLIES; i++)
		findings->tally[i] = totals_tally(&watch->totals, i);
	findings->missed = count_missed(watch);
	for (i = 0; i < RULES; i++)
		read_first(watch, i, &findings->first[i]);
}

/**
 * watch_close() - detach and unload the programs
 * @watch: the programs, or NULL
 */
void watch_close(struct watch *watch)
{
	unsigned int i;

	if (!watch)
		return;
	for (i = 0; i < PROGRAMS; i++)
		bpf_link__destroy(watch->links[i]);
	totals_unmap(&watch->totals);
	bpf_object__close(watch->object);
	free(watch);
}
