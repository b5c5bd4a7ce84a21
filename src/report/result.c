/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/report.h"

#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[] = {
	[VERDICT_SKIP] = "skip",
	[VERDICT_PASS] = "pass",
	[VERDICT_WARN] = "warn",
	[VERDICT_FAIL] = "fail",
};

const char *verdict_name(enum verdict verdict)
{
	return verdict_names[verdict];
}

bool verdict_parse(const char *name, enum verdict *verdict)
{
	for (size_t i = 0; i < ARRAY_LEN(verdict_names); i++) {
		if (str_eq(name, verdict_names[i])) {
			*verdict = (enum verdict)i;
			return true;
		}
	}
	return false;
}

enum verdict verdict_worse(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}

struct result *result_new(const char *id, enum verdict verdict)
{
	size_t len = strlen(id);
	struct result *result = mem_zalloc(1, sizeof *result + len + 1);

	memcpy(result->id, id, len);
	result->verdict = verdict;
	result->summary = result->id + len;
	return result;
}

/* At first it is empty, and the end of the id. */
static bool has_summary(const struct result *result)
{
	return result->summary != result->id + strlen(result->id);
}

void result_free(struct result *result)
{
	if (!result)
		return;
	if (result->others > 0) {
		result->others--;
		return;
	}
	for (size_t i = 0; i < result->detail_count; i++) {
		free(result->details[i].key);
		free(result->details[i].value);
	}
	free(result->details);
	if (has_summary(result))
		free(result->summary);
	free(result->hint);
	free(result);
}

struct result *result_share(struct result *result)
{
	result->others++;
	return result;
}

static void add_detail(struct result *result, const char *key, char *value)
{
	enum { STEP = 4 };

	if (result->detail_count % STEP == 0)
		result->details = mem_realloc(
		    result->details, result->detail_count + STEP, sizeof *result->details);
	result->details[result->detail_count++] =
	    (struct detail){ .key = mem_strdup(key), .value = value };
}

struct result *result_dup(const struct result *result)
{
	struct result *dup = result_new(result->id, result->verdict);

	result_summary(dup, "%s", result->summary);
	if (result->hint)
		result_hint(dup, "%s", result->hint);
	dup->fixable = result->fixable;
	dup->duration_ms = result->duration_ms;
	for (size_t i = 0; i < result->detail_count; i++)
		add_detail(dup, result->details[i].key, mem_strdup(result->details[i].value));
	return dup;
}

/* The old texts are freed last: they may be among the arguments. */

void result_summary(struct result *result, const char *fmt, ...)
{
	char *before = has_summary(result) ? result->summary : NULL;
	va_list ap;

	va_start(ap, fmt);
	result->summary = mem_vprintf(fmt, ap);
	va_end(ap);
	free(before);
}

void result_hint(struct result *result, const char *fmt, ...)
{
	char *before = result->hint;
	va_list ap;

	va_start(ap, fmt);
	result->hint = mem_vprintf(fmt, ap);
	va_end(ap);
	free(before);
}

void result_detail(struct result *result, const char *key, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_detail(result, key, mem_vprintf(fmt, ap));
	va_end(ap);
}

const char *result_detail_get(const struct result *result, const char *key)
{
	for (size_t i = 0; i < result->detail_count; i++)
		if (str_eq(result->details[i].key, key))
			return result->details[i].value;
	return NULL;
}

bool result_is_left(const struct result *result)
{
	return result->verdict == VERDICT_SKIP &&
	    (result_detail_get(result, "postponed") || result_detail_get(result, "needs"));
}

struct result *result_from_err(const char *id, const struct err *err)
{
	struct result *result = result_new(id, VERDICT_FAIL);

	result_summary(result, "%s", err->text);
	if (err->hint[0])
		result_hint(result, "%s", err->hint);
	return result;
}

struct result *result_of_crash(int signum)
{
	struct result *result = result_new("checker", VERDICT_FAIL);

	result_summary(result, _("checking this host crashed the checker, by signal %d (%s)"),
	    signum, strsignal(signum));
	result_hint(result,
	    _("The server sent something that this program or libssh2 cannot bear: be careful with it, and report the fault."));
	return result;
}
