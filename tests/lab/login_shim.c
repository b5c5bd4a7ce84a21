/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into the real sshd, dropbear and tinysshd of the lab.  It gives
 * the login user a home, a shell and a password of the lab's own, answers as
 * PAM from a file of prompts, and keeps the servers from writing the login
 * records of the machine.  Nothing of the SSH protocol is touched.
 *
 * LAB_HOME, LAB_SHELL   what the login user gets
 * LAB_HASH              crypt(3) hash of the password; unset: the system's
 * LAB_PROMPTS           file for PAM: "echo|noecho|info|error TAB text [TAB answer]" a line
 * LAB_EMPTY             stands for sshd's empty folder /run/sshd
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <shadow.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utmp.h>
#include <utmpx.h>

#define PRIVSEP_DIR "/run/sshd"

enum { NOBODY = 65534 };

/* ISO C has no conversion from void * to a function pointer. */
union symbol {
	void *data;
	struct passwd *(*getpw_name)(const char *);
	struct passwd *(*getpw_uid)(uid_t);
	struct spwd *(*getsp_name)(const char *);
	int (*stat)(const char *, struct stat *);
	int (*chroot)(const char *);
	int (*chown)(const char *, uid_t, gid_t);
	int (*open)(const char *, int, ...);
};

static union symbol next(const char *name)
{
	return (union symbol){ .data = dlsym(RTLD_NEXT, name) };
}

static struct passwd *relocate(struct passwd *pw)
{
	char *home = getenv("LAB_HOME"), *shell = getenv("LAB_SHELL");

	if (!pw || strcmp(pw->pw_name, "sshd") == 0)
		return pw;
	if (home)
		pw->pw_dir = home;
	if (shell)
		pw->pw_shell = shell;
	return pw;
}

/* The user that sshd runs its unprivileged half as; the package may not be installed. */
static struct passwd *privsep_user(void)
{
	static char name[] = "sshd", star[] = "*", dir[] = PRIVSEP_DIR, shell[] = "/bin/false";
	static struct passwd pw = {
		.pw_name = name,
		.pw_passwd = star,
		.pw_gecos = name,
		.pw_uid = NOBODY,
		.pw_gid = NOBODY,
		.pw_dir = dir,
		.pw_shell = shell,
	};

	return &pw;
}

struct passwd *getpwnam(const char *name)
{
	struct passwd *pw = next("getpwnam").getpw_name(name);

	return !pw && strcmp(name, "sshd") == 0 ? privsep_user() : relocate(pw);
}

struct passwd *getpwuid(uid_t uid)
{
	return relocate(next("getpwuid").getpw_uid(uid));
}

struct spwd *getspnam(const char *name)
{
	static struct spwd sp = {
		.sp_lstchg = -1,
		.sp_min = -1,
		.sp_max = -1,
		.sp_warn = -1,
		.sp_inact = -1,
		.sp_expire = -1,
	};
	static char *kept;

	if (!getenv("LAB_HASH"))
		return next("getspnam").getsp_name(name);
	free(kept);
	kept = strdup(name);
	sp.sp_namp = kept;
	sp.sp_pwdp = getenv("LAB_HASH");
	return &sp;
}

/* ---- sshd's empty folder ---- */

static const char *moved(const char *path)
{
	const char *empty = getenv("LAB_EMPTY");

	return empty && strcmp(path, PRIVSEP_DIR) == 0 ? empty : path;
}

/* TinySSH wants every folder above the home closed to others, /tmp too. */
static bool is_above_home(const char *path)
{
	const char *home = getenv("LAB_HOME");

	return home && strncmp(home, path, strlen(path)) == 0;
}

int stat(const char *restrict path, struct stat *restrict st)
{
	int rc = next("stat").stat(moved(path), st);

	if (rc == 0 && is_above_home(path))
		st->st_mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
	return rc;
}

int chroot(const char *path)
{
	return next("chroot").chroot(moved(path));
}

/* ---- login records: never written ---- */

static bool is_login_record(const char *path)
{
	return strncmp(path, "/var/log/", 9) == 0 || strcmp(path, "/run/utmp") == 0 ||
	    strcmp(path, "/var/run/utmp") == 0;
}

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	if (flags & (O_CREAT | O_TMPFILE)) {
		va_list ap;
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if (is_login_record(path)) {
		errno = ENOENT;
		return -1;
	}
	return next("open").open(path, flags, mode);
}

void login(const struct utmp *entry)
{
	(void)entry;
}

int logout(const char *line)
{
	(void)line;
	return 1;
}

void logwtmp(const char *line, const char *name, const char *host)
{
	(void)line, (void)name, (void)host;
}

struct utmpx *pututxline(const struct utmpx *entry)
{
	(void)entry;
	return NULL;
}

/* ---- the system's log: standard error instead, which is the lab's log ---- */

/* Declared here: syslog.h makes macros of them where _FORTIFY_SOURCE is on. */
void openlog(const char *ident, int option, int facility);
void closelog(void);
void syslog(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
void __syslog_chk(int priority, int flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void openlog(const char *ident, int option, int facility)
{
	(void)ident, (void)option, (void)facility;
}

void closelog(void)
{
}

void syslog(int priority, const char *format, ...)
{
	va_list ap;

	(void)priority;
	va_start(ap, format);
	vdprintf(2, format, ap);
	va_end(ap);
	dprintf(2, "\n");
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list ap;

	(void)priority, (void)flag;
	va_start(ap, format);
	vdprintf(2, format, ap);
	va_end(ap);
	dprintf(2, "\n");
}

/* ---- terminals: where devpts gives them to no group, only root can do what the servers want ---- */

int chown(const char *path, uid_t owner, gid_t group)
{
	int rc = next("chown").chown(path, owner, group);

	return strncmp(path, "/dev/pts/", 9) == 0 ? 0 : rc;
}
