/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PAM for the lab's sshd: asks the prompts of the file LAB_PROMPTS through
 * the real conversation function of sshd and compares the answers.  It is
 * linked into the login shim; its declarations are PAM's (pam_start(3)), so
 * that no PAM development package is needed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAM_SUCCESS = 0, PAM_AUTH_ERR = 7, PAM_CONV_ERR = 19 };
enum { PAM_USER = 2, PAM_CONV = 5 };
enum { STYLE_NOECHO = 1, STYLE_ECHO = 2, STYLE_ERROR = 3, STYLE_INFO = 4 };

struct pam_message {
	int msg_style;
	const char *msg;
};

struct pam_response {
	char *resp;
	int resp_retcode;
};

struct pam_conv {
	int (*conv)(int count, const struct pam_message **, struct pam_response **, void *ctx);
	void *ctx;
};

struct pam_handle {
	char *user;
	struct pam_conv conv;
};

int pam_start(
    const char *service, const char *user, const struct pam_conv *conv, struct pam_handle **handle);
int pam_end(struct pam_handle *handle, int status);
int pam_set_item(struct pam_handle *handle, int type, const void *item);
int pam_get_item(const struct pam_handle *handle, int type, const void **item);
int pam_authenticate(struct pam_handle *handle, int flags);
int pam_acct_mgmt(struct pam_handle *handle, int flags);
int pam_setcred(struct pam_handle *handle, int flags);
int pam_chauthtok(struct pam_handle *handle, int flags);
int pam_open_session(struct pam_handle *handle, int flags);
int pam_close_session(struct pam_handle *handle, int flags);
int pam_putenv(struct pam_handle *handle, const char *text);
char **pam_getenvlist(struct pam_handle *handle);
const char *pam_strerror(struct pam_handle *handle, int status);

int pam_start(
    const char *service, const char *user, const struct pam_conv *conv, struct pam_handle **handle)
{
	(void)service;
	*handle = calloc(1, sizeof **handle);
	if (!*handle)
		abort();
	(*handle)->user = user ? strdup(user) : NULL;
	(*handle)->conv = *conv;
	return PAM_SUCCESS;
}

int pam_end(struct pam_handle *handle, int status)
{
	(void)status;
	free(handle->user);
	free(handle);
	return PAM_SUCCESS;
}

int pam_set_item(struct pam_handle *handle, int type, const void *item)
{
	if (type == PAM_CONV)
		handle->conv = *(const struct pam_conv *)item;
	return PAM_SUCCESS;
}

int pam_get_item(const struct pam_handle *handle, int type, const void **item)
{
	*item = type == PAM_USER ? handle->user : NULL;
	return PAM_SUCCESS;
}

/* One message of the conversation; true when the answer is the wanted one. */
static bool ask(struct pam_handle *handle, int style, const char *text, const char *wanted)
{
	struct pam_message message = { .msg_style = style, .msg = text };
	const struct pam_message *messages[] = { &message };
	struct pam_response *response = NULL;
	bool is_right = true;

	if (handle->conv.conv(1, messages, &response, handle->conv.ctx) != PAM_SUCCESS)
		return false;
	if (wanted)
		is_right = response && response->resp && strcmp(response->resp, wanted) == 0;
	if (response)
		free(response->resp);
	free(response);
	return is_right;
}

static int style_of(const char *word)
{
	static const struct {
		const char *word;
		int style;
	} styles[] = {
		{ "noecho", STYLE_NOECHO },
		{ "echo", STYLE_ECHO },
		{ "error", STYLE_ERROR },
		{ "info", STYLE_INFO },
	};

	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
		if (strcmp(word, styles[i].word) == 0)
			return styles[i].style;
	return STYLE_ERROR;
}

/* sshd empties the environment before it calls us, so the name is kept from the start. */
static char *prompts_path;

__attribute__((constructor)) static void keep_prompts_path(void)
{
	const char *path = getenv("LAB_PROMPTS");

	prompts_path = path ? strdup(path) : NULL;
}

/* All prompts are asked before the verdict, as PAM modules do. */
int pam_authenticate(struct pam_handle *handle, int flags)
{
	FILE *file = prompts_path ? fopen(prompts_path, "re") : NULL;
	char *line = NULL;
	size_t size = 0;
	bool is_right = file != NULL;

	(void)flags;
	while (file && getline(&line, &size, file) > 0) {
		char *rest = line;
		line[strcspn(line, "\n")] = '\0';
		char *word = strsep(&rest, "\t"), *text = strsep(&rest, "\t");
		is_right = ask(handle, style_of(word), text ? text : "", rest) && is_right;
	}
	free(line);
	if (file)
		fclose(file);
	return is_right ? PAM_SUCCESS : PAM_AUTH_ERR;
}

int pam_acct_mgmt(struct pam_handle *handle, int flags)
{
	(void)handle, (void)flags;
	return PAM_SUCCESS;
}

int pam_setcred(struct pam_handle *handle, int flags)
{
	(void)handle, (void)flags;
	return PAM_SUCCESS;
}

int pam_chauthtok(struct pam_handle *handle, int flags)
{
	(void)handle, (void)flags;
	return PAM_SUCCESS;
}

int pam_open_session(struct pam_handle *handle, int flags)
{
	(void)handle, (void)flags;
	return PAM_SUCCESS;
}

int pam_close_session(struct pam_handle *handle, int flags)
{
	(void)handle, (void)flags;
	return PAM_SUCCESS;
}

int pam_putenv(struct pam_handle *handle, const char *text)
{
	(void)handle, (void)text;
	return PAM_SUCCESS;
}

char **pam_getenvlist(struct pam_handle *handle)
{
	(void)handle;
	return calloc(1, sizeof(char *));
}

const char *pam_strerror(struct pam_handle *handle, int status)
{
	(void)handle;
	return status == PAM_SUCCESS ? "success" : "refused by the lab";
}
