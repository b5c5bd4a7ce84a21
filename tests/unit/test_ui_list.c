/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts the list shows in which order, and which are checked together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"
#include "ui/batch.h"
#include "ui/order.h"
#include "ui/pool.h"
#include "ui/query.h"

enum { COUNT = 40 };

/* Hosts n0 to n39; the second, third and fourth have failed, warned and passed. */
struct scene {
	struct host *hosts[COUNT];
	struct entry entries[COUNT];
	struct entry *all[COUNT];
};

static void found(struct entry *entry, const char *id, enum verdict verdict)
{
	entry_add(entry, result_new(id, verdict), 0);
}

static int scene_start(void **state)
{
	struct scene *scene = mem_zalloc(1, sizeof *scene);

	for (size_t i = 0; i < COUNT; i++) {
		scene->hosts[i] = host_new();
		scene->hosts[i]->name = mem_printf("n%zu", i);
		entry_init(&scene->entries[i], scene->hosts[i]);
		scene->all[i] = &scene->entries[i];
	}
	found(&scene->entries[1], "net.connect", VERDICT_FAIL);
	found(&scene->entries[2], "ssh.hostkey", VERDICT_WARN);
	found(&scene->entries[3], "auth.publickey", VERDICT_PASS);
	found(&scene->entries[4], "ssh.banner", VERDICT_PASS);
	*state = scene;
	return 0;
}

static int scene_end(void **state)
{
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT; i++) {
		entry_done(&scene->entries[i]);
		host_free(scene->hosts[i]);
	}
	free(scene);
	return 0;
}

/* ---- filter ---- */

static void assert_matches(const struct scene *scene, const char *filter, const char *names)
{
	struct str got = STR_INIT;
	struct query query;

	query_init(&query, filter);
	for (size_t i = 0; i < 6; i++)
		if (query_matches(&query, &scene->entries[i]))
			str_addf(&got, " %s", scene->hosts[i]->name);
	query_done(&query);
	assert_string_equal(str_text(&got), names);
	str_done(&got);
}

static void a_filter_can_ask_for_signs(void **state)
{
	const struct scene *scene = *state;

	assert_matches(scene, "", " n0 n1 n2 n3 n4 n5");
	assert_matches(scene, "is:fail", " n1");
	assert_matches(scene, "is:warn", " n2");
	assert_matches(scene, "is:pass", " n3");
	assert_matches(scene, "is:reach", " n4");
	assert_matches(scene, "is:unknown", " n0 n5");
	assert_matches(scene, "is:skip", " n0 n5");
	assert_matches(scene, "is:f", " n1");
	assert_matches(scene, "is:nonsense", "");
}

static void every_sign_can_be_asked_for(void **state)
{
	const struct scene *scene = *state;

	for (enum sign sign = 0; sign < SIGN_COUNT; sign++) {
		char *filter = mem_printf("is:%s", sign_name(sign));
		struct query query;

		query_init(&query, filter);
		assert_int_equal(query.signs, 1u << sign);
		query_done(&query);
		free(filter);
	}
	assert_matches(scene, "is:", " n0 n1 n2 n3 n4 n5");
}

static void a_word_that_is_no_sign_is_named(void **state)
{
	static const struct {
		const char *filter, *unknown;
	} cases[] = {
		{ "", NULL },
		{ "is:", NULL },
		{ "is:fail is:sk fool", NULL },
		{ "is:fail x is:fool is:bar", "is:fool" },
		{ "is:FAIL", "is:FAIL" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct query query;

		query_init(&query, cases[i].filter);
		assert_true(str_eq(query.unknown, cases[i].unknown));
		query_done(&query);
	}
}

static void one_of_several_signs_and_all_words(void **state)
{
	const struct scene *scene = *state;

	assert_matches(scene, "is:fail is:warn", " n1 n2");
	assert_matches(scene, "n2 is:fail is:warn", " n2");
	assert_matches(scene, "n is:fail 1", " n1");
	assert_matches(scene, "n3 is:fail", "");
	assert_matches(scene, "is:fool is:warn", " n2");
}

/* ---- order ---- */

static void assert_order(struct scene *scene, enum order order, bool reverse, const char *names)
{
	struct str got = STR_INIT;

	for (size_t i = 0; i < COUNT; i++)
		scene->all[i] = &scene->entries[i];
	order_sort(scene->all, COUNT, order, reverse);
	for (size_t i = 0; i < 6; i++)
		str_addf(&got, " %s", scene->all[i]->host->name);
	assert_string_equal(str_text(&got), names);
	str_done(&got);
}

static void the_list_has_orders(void **state)
{
	struct scene *scene = *state;

	free(scene->hosts[1]->name);
	scene->hosts[1]->name = mem_strdup("aa");
	assert_order(scene, ORDER_FILE, false, " n0 aa n2 n3 n4 n5");
	assert_order(scene, ORDER_FILE, true, " n39 n38 n37 n36 n35 n34");
	assert_order(scene, ORDER_NAME, false, " aa n0 n2 n3 n4 n5");
	assert_order(scene, ORDER_NAME, true, " n39 n38 n37 n36 n35 n34");
	assert_order(scene, ORDER_STATUS, false, " aa n2 n4 n3 n0 n5");
}

/* ---- children that die ---- */

/* What a child does: it takes the hosts of the first group in turn, and dies of those that are deadly. */
static bool child_dies(struct batch *batch, bool deadly(const struct entry *entry))
{
	struct group *group = batch->groups;

	for (size_t i = 0; i < group->len; i++) {
		if (group->items[i]->checker != batch)
			continue;
		entry_begin(group->items[i], batch->depth);
		if (deadly(group->items[i]))
			return true;
		if (i > 2) { /* three are always under way */
			struct entry *done = group->items[i - 3];
			if (done->checker == batch)
				batch_drop(batch, done);
		}
	}
	for (size_t i = 0; i < group->len; i++)
		batch_drop(batch, group->items[i]);
	return false;
}

/* Runs a batch to its end as the menu does; returns how many children it took. */
static size_t play(struct batch *batch, bool deadly(const struct entry *entry))
{
	size_t children = 0;

	while (batch->groups != NULL) {
		children++;
		if (!child_dies(batch, deadly)) {
			batch_next(batch);
			continue;
		}
		struct entry *culprit = batch_died(batch);
		if (culprit != NULL) {
			assert_true(deadly(culprit));
			culprit->running = batch->depth;
			entry_crashed(culprit, 6, 0);
			batch->done++;
		}
	}
	assert_int_equal(batch->done, batch->total);
	return children;
}

static bool is_seven(const struct entry *entry)
{
	return str_eq(entry->host->name, "n7");
}

static bool is_one_of_many(const struct entry *entry)
{
	return strchr(entry->host->name, '7') != NULL;
}

static bool is_any(const struct entry *entry)
{
	(void)entry;
	return true;
}

static void the_host_that_killed_its_checker_is_found(void **state)
{
	struct scene *scene = *state;
	struct batch *batch = batch_new(scene->all, COUNT, DEPTH_AUTH);

	assert_true(play(batch, is_seven) <= 8);
	for (size_t i = 0; i < COUNT; i++) {
		assert_null(scene->entries[i].checker);
		assert_int_equal(scene->entries[i].running, DEPTH_NONE);
	}
	const struct result *result = scene->entries[7].findings[0].result;
	assert_string_equal(
	    result->summary, "checking this host crashed the checker, by signal 6 (Aborted)");
	assert_int_equal(entry_sign(&scene->entries[7]), SIGN_FAIL);
	assert_int_equal(entry_sign(&scene->entries[8]), SIGN_UNKNOWN);
	batch_free(batch);
}

static void several_killers_are_found(void **state)
{
	struct scene *scene = *state;
	struct batch *batch = batch_new(scene->all, COUNT, DEPTH_AUTH);

	play(batch, is_one_of_many);
	for (size_t i = 5; i < COUNT; i++)
		assert_int_equal(entry_sign(&scene->entries[i]) == SIGN_FAIL,
		    is_one_of_many(&scene->entries[i]));
	batch_free(batch);
}

static void there_is_an_end_even_if_all_kill(void **state)
{
	struct scene *scene = *state;
	struct batch *batch = batch_new(scene->all, COUNT, DEPTH_REACH);

	assert_true(play(batch, is_any) <= 2 * COUNT);
	batch_free(batch);
}

static void who_is_taken_out_is_not_waited_for(void **state)
{
	struct scene *scene = *state;
	struct batch *batch = batch_new(scene->all, 2, DEPTH_REACH);

	assert_int_equal(batch_left(batch), 2);
	batch_drop(batch, &scene->entries[1]);
	batch_drop(batch, &scene->entries[1]);
	assert_int_equal(batch->done, 1);
	assert_int_equal(batch_left(batch), 1);
	assert_ptr_equal(batch_died(batch), &scene->entries[0]);
	batch_free(batch);
}

static void a_crash_is_forgotten_by_a_run_as_deep(void **state)
{
	struct scene *scene = *state;
	struct entry *entry = &scene->entries[9];

	entry_begin(entry, DEPTH_AUTH);
	entry_crashed(entry, 11, 0);
	entry_begin(entry, DEPTH_LOCAL);
	entry_finish(entry, DEPTH_LOCAL);
	assert_int_equal(entry_sign(entry), SIGN_FAIL);
	entry_begin(entry, DEPTH_AUTH);
	entry_finish(entry, DEPTH_LOCAL);
	assert_int_equal(entry_sign(entry), SIGN_UNKNOWN);
}

/* ---- results in the same words ---- */

static void results_in_the_same_words_are_kept_once(void **state)
{
	static struct pool pool;
	struct result *one = result_new("net.connect", VERDICT_SKIP);
	struct result *other = result_new("net.connect", VERDICT_FAIL);

	(void)state;
	result_summary(one, "no");
	result_detail(one, "address", "127.0.0.1");
	result_summary(other, "no");
	struct result *a = pool_get(&pool, one), *b = pool_get(&pool, one);
	struct result *c = pool_get(&pool, other), *d = pool_get(&pool, one);
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_int_equal(c->verdict, VERDICT_FAIL);
	assert_string_equal(d->summary, "no");
	assert_int_equal(d->detail_count, 0);
	result_free(a);
	result_free(b);
	result_free(c);
	result_free(one);
	result_free(other);
	pool_done(&pool);
	assert_string_equal(d->summary, "no");
	result_free(d);
}

/* That a check was ended before the login was asked about is not lost on the way to the list. */
static void what_is_left_undone_is_no_pass(void **state)
{
	static struct pool pool;
	struct host host = { .name = (char *)(uintptr_t) "a" };
	struct result *methods = result_new("auth.methods", VERDICT_PASS);
	struct result *left = result_new("auth.publickey", VERDICT_SKIP);
	struct result *done = result_new("auth.publickey", VERDICT_SKIP);
	struct entry entry;

	(void)state;
	result_detail(left, "postponed", "interrupted");
	entry_init(&entry, &host);
	entry_begin(&entry, DEPTH_AUTH);
	entry_add(&entry, pool_get(&pool, methods), 0);
	entry_add(&entry, pool_get(&pool, left), 0);
	entry_finish(&entry, DEPTH_LOCAL);
	assert_int_not_equal(entry_sign(&entry), SIGN_PASS);
	/* The same words, and nothing is left. */
	entry_add(&entry, pool_get(&pool, done), 0);
	assert_int_equal(entry_sign(&entry), SIGN_PASS);
	entry_done(&entry);
	result_free(methods);
	result_free(left);
	result_free(done);
	pool_done(&pool);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_start, scene_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_filter_can_ask_for_signs),
		TEST(every_sign_can_be_asked_for),
		cmocka_unit_test(a_word_that_is_no_sign_is_named),
		TEST(one_of_several_signs_and_all_words),
		TEST(the_list_has_orders),
		TEST(the_host_that_killed_its_checker_is_found),
		TEST(several_killers_are_found),
		TEST(there_is_an_end_even_if_all_kill),
		TEST(who_is_taken_out_is_not_waited_for),
		cmocka_unit_test(results_in_the_same_words_are_kept_once),
		cmocka_unit_test(what_is_left_undone_is_no_pass),
		TEST(a_crash_is_forgotten_by_a_run_as_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
