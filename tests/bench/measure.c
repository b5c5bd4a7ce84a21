/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command once, on a terminal of its own or without one, and prints what
 * it took, as "name=value" lines.  bench.sh compares such runs; nothing here
 * judges.  Only the command itself is looked at, not what it starts.
 *
 * usage: measure [OPTION]... -- COMMAND [ARGUMENT]...
 *   --plain          without a terminal, to its end; standard input is ours
 *   --drain          on a terminal, to its end
 *   --size CxR       of the terminal, 120x40 otherwise
 *   --until TEXT     wait for it before anything is typed
 *   --type KEYS      typed at the start, not measured
 *   --key KEYS       typed and measured; may be repeated
 *   --idle S         then leave it alone for so many seconds
 *   --quiet MS       go on when nothing came for so long and no thread runs; 150
 *                    otherwise
 *   --output FILE    what the command writes; /dev/null otherwise
 * Of --plain and --drain: wall_ms, cpu_ms, peak_kb, bytes and mb_per_s (--drain).
 * Otherwise, times from the start or from the key:
 *   first_ms paint_ms        the first byte, and the last before a pause of 40 ms
 *   until_ms                 TEXT had come
 *   key_first_ms key_ms      the same after a key (medians)
 *   idle_cpu_ms idle_wakes   while idle: CPU time, and how often it was woken
 *   rss_kb peak_kb cpu_ms    at the end
 * The status is 1 when the command failed or ended too early, or did not answer in 60 s.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_KEYS = 64, CHUNK = 1 << 16, PATIENCE_MS = 60000, PAUSE_MS = 40, STEP_MS = 5 };

struct run {
	struct winsize size;
	const char *until, *typed, *keys[MAX_KEYS];
	size_t key_count;
	double quiet_ms, idle_ms;
	bool is_plain, is_drain;
	int output, master;
	pid_t child;
	double started_ms, until_ms; /* until_ms: after the start; -1 before */
	size_t bytes, kept; /* kept: at the front of chunk, to find `until` across reads */
	char chunk[CHUNK];
};

/* Of one wait for a painted screen, since its beginning: the first byte, the last before a pause,
 * and the last of all.  What comes after a pause is no answer to the key any more. */
struct paint {
	double first_ms, painted_ms, last_ms;
	bool has_paused;
};

struct sample {
	double cpu_ms;
	long wakes, rss_kb, peak_kb;
	bool is_running;
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "measure: %s\n", what);
	exit(1);
}

static _Noreturn void die_errno(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void tell(const char *name, double value)
{
	printf("%s=%.3f\n", name, value);
}

/* ---- options ---- */

static void set_plain(struct run *run, const char *value)
{
	(void)value;
	run->is_plain = true;
}

static void set_drain(struct run *run, const char *value)
{
	(void)value;
	run->is_drain = true;
}

static void set_size(struct run *run, const char *value)
{
	if (sscanf(value, "%hux%hu", &run->size.ws_col, &run->size.ws_row) != 2)
		die("--size wants COLUMNSxROWS");
}

static void set_until(struct run *run, const char *value)
{
	if (!*value || strlen(value) > CHUNK / 2)
		die("--until wants a text");
	run->until = value;
}

static void set_typed(struct run *run, const char *value)
{
	run->typed = value;
}

static void add_key(struct run *run, const char *value)
{
	if (run->key_count == MAX_KEYS)
		die("too many keys");
	run->keys[run->key_count++] = value;
}

static void set_idle(struct run *run, const char *value)
{
	run->idle_ms = 1e3 * atof(value);
}

static void set_quiet(struct run *run, const char *value)
{
	run->quiet_ms = atof(value);
}

static void set_output(struct run *run, const char *value)
{
	close(run->output);
	run->output = open(value, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (run->output == -1)
		die_errno(value);
}

static const struct option {
	const char *name;
	void (*set)(struct run *run, const char *value);
	bool has_value;
} options[] = {
	{ "--plain", set_plain, false },
	{ "--drain", set_drain, false },
	{ "--size", set_size, true },
	{ "--until", set_until, true },
	{ "--type", set_typed, true },
	{ "--key", add_key, true },
	{ "--idle", set_idle, true },
	{ "--quiet", set_quiet, true },
	{ "--output", set_output, true },
};

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	fprintf(stderr, "measure: no option %s\n", name);
	exit(2);
}

/* Returns the command behind "--". */
static char **read_options(struct run *run, char **arg)
{
	for (; *arg && strcmp(*arg, "--") != 0; arg++) {
		const struct option *option = find_option(*arg);
		const char *value = option->has_value ? *++arg : "";
		if (!value)
			die("an option without its value");
		option->set(run, value);
	}
	if (!*arg || !arg[1])
		die("no command");
	return arg + 1;
}

/* ---- the process ---- */

/* Adds one thread, from its /proc/PID/task/TID/status: proc(5). */
static void sample_thread(struct sample *sample, const char *path)
{
	char line[256], state;
	long value;
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	while (fgets(line, sizeof line, file)) {
		if (sscanf(line, "State: %c", &state) == 1)
			sample->is_running |= state == 'R' || state == 'D';
		else if (sscanf(line, "voluntary_ctxt_switches: %ld", &value) == 1)
			sample->wakes += value;
		else if (sscanf(line, "VmRSS: %ld", &value) == 1)
			sample->rss_kb = value; /* of the process, in each thread */
		else if (sscanf(line, "VmHWM: %ld", &value) == 1)
			sample->peak_kb = value;
	}
	fclose(file);
}

static struct sample sample_take(pid_t pid)
{
	struct sample sample = { 0 };
	struct timespec cpu;
	struct dirent *entry;
	clockid_t clock;
	char path[300];

	if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &cpu) == 0)
		sample.cpu_ms = (double)cpu.tv_sec * 1e3 + (double)cpu.tv_nsec / 1e6;
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *tasks = opendir(path);
	while (tasks && (entry = readdir(tasks))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)pid, entry->d_name);
		sample_thread(&sample, path);
	}
	if (tasks)
		closedir(tasks);
	return sample;
}

static void start_plain(struct run *run, char **command)
{
	run->child = fork();
	if (run->child == -1)
		die_errno("fork");
	if (run->child > 0)
		return;
	dup2(run->output, 1);
	execvp(command[0], command);
	die_errno(command[0]);
}

static void start_terminal(struct run *run, char **command)
{
	run->child = forkpty(&run->master, NULL, NULL, &run->size);
	if (run->child == -1)
		die_errno("forkpty");
	if (run->child > 0)
		return;
	setenv("TERM", "xterm-256color", 1);
	execvp(command[0], command);
	die_errno(command[0]);
}

/* ---- the terminal ---- */

static void look_for_text(struct run *run, size_t len)
{
	size_t keep = strlen(run->until) - 1;

	if (memmem(run->chunk, len, run->until, keep + 1))
		run->until_ms = now_ms() - run->started_ms;
	run->kept = len < keep ? len : keep;
	memmove(run->chunk, run->chunk + len - run->kept, run->kept);
}

/* False when the command has closed its terminal. */
static bool receive(struct run *run)
{
	ssize_t n = read(run->master, run->chunk + run->kept, sizeof run->chunk - run->kept);

	if (n <= 0)
		return false;
	if (write(run->output, run->chunk + run->kept, (size_t)n) != n)
		die_errno("output");
	run->bytes += (size_t)n;
	if (run->until && run->until_ms < 0)
		look_for_text(run, run->kept + (size_t)n);
	else
		run->kept = 0;
	return true;
}

static bool wait_readable(struct run *run, double ms)
{
	struct pollfd fd = { .fd = run->master, .events = POLLIN };

	return poll(&fd, 1, ms < 1 ? 1 : (int)ms) > 0;
}

static bool has_text(const struct run *run)
{
	return !run->until || run->until_ms >= 0;
}

static bool is_settled(const struct run *run, const struct paint *paint, double since)
{
	return paint->last_ms >= 0 && has_text(run) && since - paint->last_ms >= run->quiet_ms &&
	    !sample_take(run->child).is_running;
}

static void note_bytes(struct paint *paint, double since, bool had_text)
{
	if (paint->first_ms < 0)
		paint->first_ms = since;
	else if (had_text && since - paint->last_ms >= PAUSE_MS)
		paint->has_paused = true;
	if (!paint->has_paused)
		paint->painted_ms = since;
	paint->last_ms = since;
}

/* Reads until the screen is quiet. */
static struct paint settle(struct run *run, double start_ms)
{
	struct paint paint = { .first_ms = -1, .painted_ms = -1, .last_ms = -1 };

	for (;;) {
		double since = now_ms() - start_ms;
		if (is_settled(run, &paint, since))
			return paint;
		if (since > PATIENCE_MS)
			die("the command does not answer");
		double left = paint.last_ms + run->quiet_ms - since;
		if (!wait_readable(run, paint.last_ms < 0 || left < STEP_MS ? STEP_MS : left))
			continue;
		bool had_text = has_text(run);
		if (!receive(run))
			die("the command ended too early");
		note_bytes(&paint, now_ms() - start_ms, had_text);
	}
}

static struct paint type(struct run *run, const char *keys)
{
	double start_ms = now_ms();
	size_t len = strlen(keys);

	if (write(run->master, keys, len) != (ssize_t)len)
		die_errno("typing");
	return settle(run, start_ms);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void tell_median(const char *name, double *values, size_t count)
{
	qsort(values, count, sizeof *values, compare);
	tell(name, (values[count / 2] + values[(count - 1) / 2]) / 2);
}

static void measure_keys(struct run *run)
{
	double first[MAX_KEYS], painted[MAX_KEYS];

	for (size_t i = 0; i < run->key_count; i++) {
		struct paint paint = type(run, run->keys[i]);
		first[i] = paint.first_ms;
		painted[i] = paint.painted_ms;
	}
	tell_median("key_first_ms", first, run->key_count);
	tell_median("key_ms", painted, run->key_count);
}

static void measure_idle(struct run *run)
{
	struct sample before = sample_take(run->child), after;
	double end_ms = now_ms() + run->idle_ms, left;

	while ((left = end_ms - now_ms()) > 0)
		if (wait_readable(run, left) && !receive(run))
			die("the command ended too early");
	after = sample_take(run->child);
	tell("idle_cpu_ms", after.cpu_ms - before.cpu_ms);
	tell("idle_wakes", (double)(after.wakes - before.wakes));
}

/* ---- the runs ---- */

/* Hangs up, and insists after two seconds. */
static void hang_up(struct run *run)
{
	double end_ms = now_ms() + 2000;

	kill(run->child, SIGHUP);
	close(run->master);
	while (waitpid(run->child, NULL, WNOHANG) == 0) {
		if (now_ms() > end_ms)
			kill(run->child, SIGKILL);
		poll(NULL, 0, STEP_MS);
	}
}

static void measure_screen(struct run *run)
{
	struct paint paint = settle(run, run->started_ms);

	tell("first_ms", paint.first_ms);
	tell("paint_ms", paint.painted_ms);
	if (run->until)
		tell("until_ms", run->until_ms);
	if (run->typed)
		type(run, run->typed);
	if (run->key_count > 0)
		measure_keys(run);
	if (run->idle_ms > 0)
		measure_idle(run);
	struct sample sample = sample_take(run->child);
	tell("rss_kb", (double)sample.rss_kb);
	tell("peak_kb", (double)sample.peak_kb);
	tell("cpu_ms", sample.cpu_ms);
	hang_up(run);
}

static double milliseconds(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static int measure_whole(struct run *run)
{
	struct rusage usage;
	int status;

	while (run->is_drain && receive(run))
		continue;
	if (wait4(run->child, &status, 0, &usage) == -1)
		die_errno("wait4");
	double wall_ms = now_ms() - run->started_ms;
	tell("wall_ms", wall_ms);
	tell("cpu_ms", milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime));
	tell("peak_kb", (double)usage.ru_maxrss);
	if (run->is_drain) {
		tell("bytes", (double)run->bytes);
		tell("mb_per_s", (double)run->bytes / 1e3 / wall_ms);
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	static struct run run = { .size = { .ws_col = 120, .ws_row = 40 },
		.quiet_ms = 150,
		.output = -1,
		.until_ms = -1 };

	(void)argc;
	set_output(&run, "/dev/null");
	char **command = read_options(&run, argv + 1);
	run.started_ms = now_ms();
	if (run.is_plain)
		start_plain(&run, command);
	else
		start_terminal(&run, command);
	if (run.is_plain || run.is_drain)
		return measure_whole(&run);
	measure_screen(&run);
	return 0;
}
