/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests that ask other programs (ssh-keygen, openssl, puttygen) what they think:
 * a temporary folder of the test's own, which is also its HOME, and commands run in it.
 */
#ifndef SALLYPORT_TESTS_SHELL_H
#define SALLYPORT_TESTS_SHELL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sallyport/util.h"

static char shell_dir[64];

/* A cmocka group setup: makes the folder and goes there. */
static inline int shell_setup(void **state)
{
	(void)state;
	snprintf(shell_dir, sizeof shell_dir, "/tmp/sallyport-test.XXXXXX");
	if (!mkdtemp(shell_dir) || chdir(shell_dir) != 0)
		return -1;
	unsetenv("SSH_AUTH_SOCK");
	return setenv("HOME", shell_dir, 1);
}

static inline int shell_teardown(void **state)
{
	char *command = mem_printf("rm -rf '%s'", shell_dir);
	int status;

	(void)state;
	if (chdir("/") != 0)
		return -1;
	status = system(command);
	free(command);
	return status;
}

/* Runs a shell command and returns its exit status and, in out (may be NULL), its first line. */
static inline int shell_status(char **out, const char *command)
{
	char line[4096] = "";
	FILE *pipe = popen(command, "r");
	int status;

	assert_non_null(pipe);
	if (fgets(line, sizeof line, pipe))
		line[strcspn(line, "\n")] = '\0';
	while (fgetc(pipe) != EOF)
		;
	status = pclose(pipe);
	if (out)
		*out = mem_strdup(line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void SP_PRINTF(1, 2) shell(const char *fmt, ...)
{
	struct str command = STR_INIT;
	va_list ap;

	str_add(&command, "{ ");
	va_start(ap, fmt);
	str_vaddf(&command, fmt, ap);
	va_end(ap);
	str_add(&command, "; } >>log 2>&1");
	if (shell_status(NULL, str_text(&command)) != 0)
		fail_msg("this failed (see %s/log): %s", shell_dir, str_text(&command));
	str_done(&command);
}

/* The first line that a command prints; it must succeed.  Caller frees. */
static inline char *SP_PRINTF(1, 2) shell_line(const char *fmt, ...)
{
	struct str command = STR_INIT;
	va_list ap;
	char *line;

	va_start(ap, fmt);
	str_vaddf(&command, fmt, ap);
	va_end(ap);
	if (shell_status(&line, str_text(&command)) != 0)
		fail_msg("this failed: %s", str_text(&command));
	str_done(&command);
	return line;
}

static inline void write_file(const char *path, const void *text, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static inline void write_text(const char *path, const char *text)
{
	write_file(path, text, strlen(text));
}

#endif
