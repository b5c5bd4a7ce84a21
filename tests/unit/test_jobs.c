/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "pty.h"
#include "sallyport/jobs.h"
#include "sallyport/loop.h"
#include "sallyport/term.h"

/* A job's owner that remembers what it was told, and stops the loop at each change. */
struct watcher {
	struct loop *loop;
	struct jobs *jobs;
	char hosts[256]; /* of the events, one after the other */
	enum job_state state;
	int status;
	bool has_end;
	int end_status;
	char errors[256];
	size_t errors_len;
	bool returned; /* the terminal was ours when the change was told */
};

static void on_event(void *ctx, struct job *job, const struct event *event)
{
	struct watcher *watcher = ctx;
	size_t len = strlen(watcher->hosts);

	(void)job;
	if (event->host != NULL)
		snprintf(watcher->hosts + len, sizeof watcher->hosts - len, "%s,", event->host);
	if (event->kind == EVENT_OPEN)
		loop_stop(watcher->loop);
}

static void on_changed(void *ctx, struct job *job, enum job_state state)
{
	struct watcher *watcher = ctx;

	watcher->state = state;
	watcher->status = job_status(job);
	watcher->has_end = job_end(job) != NULL;
	watcher->end_status = watcher->has_end ? job_end(job)->status : -1;
	watcher->returned = tcgetpgrp(STDIN_FILENO) == getpgrp();
	snprintf(watcher->errors, sizeof watcher->errors, "%s", job_errors(job));
	watcher->errors_len = strlen(job_errors(job));
	loop_stop(watcher->loop);
}

static void start(struct watcher *watcher, const char *program)
{
	static const struct job_owner owner = { on_event, on_changed };

	memset(watcher, 0, sizeof *watcher);
	watcher->loop = loop_new();
	watcher->jobs = jobs_new(watcher->loop, program, &owner, watcher);
}

static void stop(struct watcher *watcher)
{
	jobs_free(watcher->jobs);
	loop_free(watcher->loop);
}

static void wait_for_change(struct watcher *watcher)
{
	loop_run(watcher->loop, NULL, NULL);
}

static struct job *start_sh(struct watcher *watcher, const char *commands)
{
	const char *argv[] = { "-c", commands, NULL };

	start(watcher, "/bin/sh");
	return job_start_checker(watcher->jobs, argv, -1, NULL);
}

/* ---- checkers ---- */

static void a_checkers_lines_and_errors_are_read(void **state)
{
	struct watcher watcher;

	(void)state;
	assert_non_null(start_sh(&watcher,
	    "echo '{\"event\":\"host\",\"host\":\"a\",\"verdict\":\"pass\",\"depth\":\"local\",\"duration_ms\":1}';"
	    "echo 'no JSON'; echo bad news >&2;"
	    "printf '{\"event\":\"host\",\"host\":\"b\",\"verdict\":\"pass\",\"depth\":\"local\",\"duration_ms\":1}\\n'; exit 3"));
	wait_for_change(&watcher);
	assert_int_equal(watcher.state, JOB_ENDED);
	assert_string_equal(watcher.hosts, "a,b,");
	assert_string_equal(watcher.errors, "bad news\n");
	assert_true(WIFEXITED(watcher.status) && WEXITSTATUS(watcher.status) == 3);
	stop(&watcher);
}

static void only_the_first_of_many_errors_is_kept(void **state)
{
	struct watcher watcher;

	(void)state;
	start_sh(&watcher, "yes | head -c 1000000 >&2");
	wait_for_change(&watcher);
	assert_int_equal(watcher.state, JOB_ENDED);
	assert_int_equal(watcher.errors_len, 4096);
	stop(&watcher);
}

static void a_program_that_is_not_there_is_named(void **state)
{
	const char *argv[] = { "check", NULL };
	struct err err = ERR_INIT;
	struct watcher watcher;

	(void)state;
	start(&watcher, "/nonexistent/sallyport");
	assert_null(job_start_checker(watcher.jobs, argv, -1, &err));
	assert_int_equal(err.code, ERR_LOCAL);
	assert_non_null(strstr(err.text, "/nonexistent/sallyport"));
	stop(&watcher);
}

static void a_child_has_clean_signals(void **state)
{
	struct watcher watcher;
	sigset_t usr1, old;

	(void)state;
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &old);
	start_sh(&watcher, "kill -USR1 $$; exit 1");
	wait_for_change(&watcher);
	assert_true(WIFSIGNALED(watcher.status) && WTERMSIG(watcher.status) == SIGUSR1);
	stop(&watcher);
	sigprocmask(SIG_SETMASK, &old, NULL);
	start_sh(&watcher, "kill -USR2 $$; exit 1");
	wait_for_change(&watcher);
	assert_true(WIFSIGNALED(watcher.status) && WTERMSIG(watcher.status) == SIGUSR2);
	stop(&watcher);
	signal(SIGUSR2, SIG_DFL);
}

static void a_child_inherits_no_descriptor(void **state)
{
	struct watcher watcher;

	(void)state;
	assert_int_equal(dup2(STDERR_FILENO, 50), 50);
	start_sh(&watcher,
	    "test ! -e /proc/$$/fd/50 && test ! -e /proc/$$/fd/4 && "
	    "test ! -e /proc/$$/fd/3 && test -z \"$(cat)\"");
	close(50);
	wait_for_change(&watcher);
	assert_true(WIFEXITED(watcher.status) && WEXITSTATUS(watcher.status) == 0);
	stop(&watcher);
}

/* The sleeper holds the other end of the FIFO open for as long as it lives. */
static void a_signal_reaches_the_whole_group(void **state)
{
	char dir[] = "/tmp/sallyport-jobs.XXXXXX", commands[256], fifo[64];
	struct pollfd writer = { .events = POLLIN };
	struct watcher watcher;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(fifo, sizeof fifo, "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	writer.fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	snprintf(commands, sizeof commands,
	    "exec 3>%s; sleep 1000 & echo '{\"event\":\"open\"}'; wait", fifo);
	struct job *job = start_sh(&watcher, commands);
	wait_for_change(&watcher);
	assert_int_equal(getpgid(job_pid(job)), job_pid(job));
	assert_false(job_is_session(job));
	assert_int_equal(poll(&writer, 1, 0), 0);
	job_kill(job, SIGKILL);
	wait_for_change(&watcher);
	assert_true(WIFSIGNALED(watcher.status));
	assert_int_equal(poll(&writer, 1, 20000), 1);
	assert_true(writer.revents & POLLHUP);
	stop(&watcher);
	close(writer.fd);
	unlink(fifo);
	rmdir(dir);
}

/* ---- sessions: each in a process of its own with a terminal of its own ---- */

#define EXPECT(claim)                                                                              \
	do {                                                                                       \
		if (!(claim)) {                                                                    \
			fprintf(stderr, "line %d: not so: %s\n", __LINE__, #claim);                \
			_exit(1);                                                                  \
		}                                                                                  \
	} while (0)

static const char *child_script(void)
{
	static char path[512];
	const char *top = getenv("top_srcdir");

	snprintf(path, sizeof path, "%s/tests/unit/jobs_child.sh", top != NULL ? top : "..");
	return path;
}

struct scene {
	struct watcher watcher;
	struct pty *pty;
	struct term *term;
	struct job *job;
};

static void start_session(struct scene *scene, const char *commands)
{
	const char *argv[] = { child_script(), commands, NULL };
	struct err err = ERR_INIT;

	start(&scene->watcher, "/bin/sh");
	scene->job = job_start_session(scene->watcher.jobs, scene->term, argv, &err);
	if (scene->job == NULL)
		fprintf(stderr, "%s\n", err.text);
	EXPECT(scene->job != NULL);
}

static bool termios_are_as_found(const struct scene *scene)
{
	struct termios now;

	tcgetattr(STDIN_FILENO, &now);
	return now.c_lflag == scene->pty->found.c_lflag && now.c_iflag == scene->pty->found.c_iflag;
}

/* Runs act() in a session leader whose terminal is a pty; act ends by _exit or by returning. */
static void in_a_terminal(void (*act)(struct scene *scene))
{
	struct pty pty;
	int status;

	pty_open(&pty);
	pid_t pid = fork();
	if (pid == 0) {
		struct scene scene = { .pty = &pty };

		alarm(20);
		pty_become(&pty);
		dup2(pty.slave, STDIN_FILENO);
		dup2(pty.slave, STDOUT_FILENO);
		scene.term = term_new(STDIN_FILENO, NULL);
		act(&scene);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	pty_close(&pty);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void act_own_terminal(struct scene *scene)
{
	start_session(scene,
	    "stty raw -echo; echo '{\"event\":\"open\"}' >&$report; read line; "
	    "echo '{\"event\":\"end\",\"status\":7,\"cause\":\"exit\"}' >&$report");
	EXPECT(tcgetpgrp(STDIN_FILENO) == job_pid(scene->job));
	wait_for_change(&scene->watcher);
	EXPECT(!termios_are_as_found(scene));
	EXPECT(job_is_session(scene->job));
	EXPECT(write(scene->pty->master, "\n", 1) == 1);
	wait_for_change(&scene->watcher);
	EXPECT(scene->watcher.state == JOB_ENDED && scene->watcher.has_end);
	EXPECT(scene->watcher.end_status == 7);
	EXPECT(scene->watcher.returned && termios_are_as_found(scene));
}

static void a_session_owns_the_terminal_until_it_ends(void **state)
{
	(void)state;
	in_a_terminal(act_own_terminal);
}

static void act_stop(struct scene *scene)
{
	start_session(scene, "stty raw -echo; kill -STOP $$; exit 5");
	wait_for_change(&scene->watcher);
	EXPECT(scene->watcher.state == JOB_STOPPED && scene->watcher.returned);
	EXPECT(termios_are_as_found(scene));
	EXPECT(job_resume(scene->job, scene->term, NULL));
	EXPECT(tcgetpgrp(STDIN_FILENO) == job_pid(scene->job));
	wait_for_change(&scene->watcher);
	if (scene->watcher.state == JOB_RUNNING)
		wait_for_change(&scene->watcher);
	EXPECT(scene->watcher.state == JOB_ENDED && scene->watcher.returned);
	EXPECT(WIFEXITED(scene->watcher.status) && WEXITSTATUS(scene->watcher.status) == 5);
}

static void a_stopped_session_gives_the_terminal_back_and_can_resume(void **state)
{
	(void)state;
	in_a_terminal(act_stop);
}

static void act_die(struct scene *scene)
{
	static const int deaths[] = { SIGKILL, SIGSEGV };

	for (size_t i = 0; i < ARRAY_LEN(deaths); i++) {
		start_session(
		    scene, "stty raw -echo; echo '{\"event\":\"open\"}' >&$report; sleep 1000");
		wait_for_change(&scene->watcher);
		pid_t pid = job_pid(scene->job);
		kill(pid, deaths[i]);
		wait_for_change(&scene->watcher);
		kill(-pid, SIGKILL); /* the shell's own child has outlived it */
		EXPECT(scene->watcher.state == JOB_ENDED && !scene->watcher.has_end);
		EXPECT(WIFSIGNALED(scene->watcher.status));
		EXPECT(WTERMSIG(scene->watcher.status) == deaths[i]);
		EXPECT(scene->watcher.returned && termios_are_as_found(scene));
		stop(&scene->watcher);
	}
}

static void a_session_that_dies_leaves_the_terminal_in_order(void **state)
{
	(void)state;
	in_a_terminal(act_die);
}

/* A shell that is about to start a program may miss a ^C: wait until the program is there. */
static void wait_until_runs(pid_t pid, const char *name)
{
	char path[64], comm[32] = "";

	snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	while (strcmp(comm, name) != 0) {
		FILE *file = fopen(path, "r");

		EXPECT(file != NULL && fgets(comm, sizeof comm, file) != NULL);
		comm[strcspn(comm, "\n")] = '\0';
		fclose(file);
	}
}

static void act_ctrl_c(struct scene *scene)
{
	start_session(scene, "exec sleep 1000");
	wait_until_runs(job_pid(scene->job), "sleep");
	EXPECT(write(scene->pty->master, "\003", 1) == 1);
	wait_for_change(&scene->watcher);
	EXPECT(WIFSIGNALED(scene->watcher.status) && WTERMSIG(scene->watcher.status) == SIGINT);
}

static void control_c_ends_the_session_and_not_us(void **state)
{
	(void)state;
	in_a_terminal(act_ctrl_c);
}

static void act_free(struct scene *scene)
{
	start_session(scene, "kill -STOP $$; exit 5");
	wait_for_change(&scene->watcher);
	EXPECT(scene->watcher.state == JOB_STOPPED);
	pid_t pid = job_pid(scene->job);
	stop(&scene->watcher);
	EXPECT(kill(pid, 0) == -1 && errno == ESRCH); /* not even a zombie */
}

static void a_stopped_session_ends_with_the_menu(void **state)
{
	(void)state;
	in_a_terminal(act_free);
}

static void act_free_in_front(struct scene *scene)
{
	start_session(scene,
	    "trap 'stty sane; exit 1' HUP; stty raw -echo;"
	    "echo '{\"event\":\"open\"}' >&$report; while :; do sleep 0.01; done");
	wait_for_change(&scene->watcher);
	stop(&scene->watcher);
	EXPECT(tcgetpgrp(STDIN_FILENO) == getpgrp());
	EXPECT(termios_are_as_found(scene));
}

static void the_terminal_comes_back_when_the_menu_ends_under_a_session(void **state)
{
	(void)state;
	in_a_terminal(act_free_in_front);
}

/* Root is not held to the limit of processes. */
static void act_no_process(struct scene *scene)
{
	const struct rlimit none = { 1, 1 };
	const char *argv[] = { "-c", "exit 0", NULL };
	struct err err = ERR_INIT;

	setrlimit(RLIMIT_NPROC, &none);
	EXPECT(getuid() != 0 || setuid(65534) == 0);
	start(&scene->watcher, "/bin/sh");
	EXPECT(job_start_checker(scene->watcher.jobs, argv, -1, &err) == NULL);
	EXPECT(err.code == ERR_LOCAL && err.hint[0] != '\0');
	stop(&scene->watcher);
}

static void no_more_processes_is_a_sentence(void **state)
{
	(void)state;
	in_a_terminal(act_no_process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_checkers_lines_and_errors_are_read),
		cmocka_unit_test(only_the_first_of_many_errors_is_kept),
		cmocka_unit_test(a_program_that_is_not_there_is_named),
		cmocka_unit_test(a_child_has_clean_signals),
		cmocka_unit_test(a_child_inherits_no_descriptor),
		cmocka_unit_test(a_signal_reaches_the_whole_group),
		cmocka_unit_test(a_session_owns_the_terminal_until_it_ends),
		cmocka_unit_test(a_stopped_session_gives_the_terminal_back_and_can_resume),
		cmocka_unit_test(a_session_that_dies_leaves_the_terminal_in_order),
		cmocka_unit_test(control_c_ends_the_session_and_not_us),
		cmocka_unit_test(a_stopped_session_ends_with_the_menu),
		cmocka_unit_test(the_terminal_comes_back_when_the_menu_ends_under_a_session),
		cmocka_unit_test(no_more_processes_is_a_sentence),
	};

	setenv("TERM", "xterm", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
