/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include "shell.h"

/* One good key of each kind that the rules tell apart, and files that are none. */
static int make_files(void **state)
{
	if (shell_setup(state) != 0)
		return -1;
	shell("ssh-keygen -q -t ed25519 -N '' -C mine -f good");
	shell("ssh-keygen -q -t ed25519 -N harbour -f locked");
	shell("ssh-keygen -q -t ecdsa -b 521 -N '' -C ecdsa-key-20230101 -f p521");
	shell("ssh-keygen -q -t ecdsa -b 521 -N '' -C me@here -f p521ours");
	shell("puttygen p521ours -O private -o p521.ppk && chmod 600 p521.ppk");
	shell("cp good expired && cp good.pub expired.pub && cp good future && cp good dated");
	shell("ssh-keygen -q -t ed25519 -N '' -f ca");
	shell(
	    "ssh-keygen -q -s ca -I me -n me -V 20200101:20200201 expired.pub && cp expired.pub future.pub"
	    " && ssh-keygen -q -s ca -I me -n me -V 20900101:20910101 future.pub && cp expired.pub dated.pub"
	    " && ssh-keygen -q -s ca -I me -n me dated.pub");
	shell("ssh-keygen -q -t rsa -b 1024 -N '' -f short");
	shell("puttygen -q -t dsa -b 1024 --random-device /dev/urandom --new-passphrase /dev/null"
	      " -O private-openssh-new -o dsa && chmod 600 dsa");
	shell("openssl genpkey -algorithm x25519 -out x25519 && chmod 600 x25519");
	shell(
	    "openssl genpkey -algorithm ed25519 -aes-128-cbc -pass pass:harbour -out p8 && chmod 600 p8");
	shell("puttygen good -O private -o good.ppk && chmod 600 good.ppk");
	shell("cp good other && chmod 600 other && cp locked.pub other.pub");
	shell("cp good wide.pem && chmod 644 wide.pem && cp good 'a b' && chmod 640 'a b'");
	shell("mkdir open && chmod 777 open && cp good open/key && chmod 600 open/key");
	write_text("page.pem", "<!DOCTYPE html><title>Log in</title>");
	write_text("junk", "not a key");
	write_text("empty.pem", "");
	return 0;
}

static struct result *judge(key_judge_fn *rule, const char *path)
{
	struct key_cache cache = { 0 };
	struct result *result = rule("id", key_cache_get(&cache, path, &(struct strlist){ 0 }));

	key_cache_done(&cache);
	return result;
}

static void has(const char *text, const char *part, const char *row)
{
	if (!text || !strstr(text, part))
		fail_msg("%s: not in '%s': %s", row, text ? text : "(nothing)", part);
}

struct row {
	const char *path;
	enum verdict verdict;
	const char *summary, *hint; /* parts */
};

static void try_rows(key_judge_fn *rule, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct result *result = judge(rule, rows[i].path);
		assert_non_null(result);
		if (result->verdict != rows[i].verdict)
			fail_msg("%s: %s: %s", rows[i].path, verdict_name(result->verdict),
			    result->summary);
		has(result->summary, rows[i].summary, rows[i].path);
		if (rows[i].hint)
			has(result->hint, rows[i].hint, rows[i].path);
		else
			assert_null(result->hint);
		result_free(result);
	}
}

static void key_file_names_what_is_wrong(void **state)
{
	static const struct row rows[] = {
		{ "good", VERDICT_PASS, "is a private key", NULL },
		{ "good.ppk", VERDICT_PASS, "is a private key", NULL },
		{ "nowhere.pem", VERDICT_FAIL, "nowhere.pem does not exist", "identity_file" },
		{ ".", VERDICT_FAIL, "is a folder", "" },
		{ "empty.pem", VERDICT_FAIL, "is empty", "download" },
		{ "page.pem", VERDICT_FAIL, "is a web page", "log in" },
		{ "good.pub", VERDICT_FAIL, "public key", "good" },
		{ "junk", VERDICT_FAIL, "holds no key", "identity_file" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].hint && !*rows[i].hint)
			continue;
		try_rows(key_file_judge, &rows[i], 1);
	}
	struct result *folder = judge(key_file_judge, ".");
	assert_int_equal(folder->verdict, VERDICT_FAIL);
	has(folder->summary, "is a folder", ".");
	result_free(folder);
}

static void a_key_that_cannot_be_read_says_how(void **state)
{
	char path[] = "/x.pem";
	struct check_key key = { .path = path, .file = { .path = path, .exists = true } };
	struct result *result;

	(void)state;
	err_set(&key.err, ERR_IO, "/x.pem: Permission denied");
	key.file.st.st_mode = S_IFREG | 0200;
	key.file.st.st_uid = geteuid();
	result = key_file_judge("key.file", &key);
	assert_int_equal(result->verdict, VERDICT_FAIL);
	assert_string_equal(result->hint, "chmod 400 /x.pem");
	result_free(result);
	key.file.st.st_uid = geteuid() + 4321;
	result = key_file_judge("key.file", &key);
	has(result->hint, "belongs to another user", "foreign");
	result_free(result);
}

/* K1 */
static void key_mode_gives_the_command(void **state)
{
	static const struct row rows[] = {
		{ "good", VERDICT_PASS, "mode 0600", NULL },
		{ "~/wide.pem", VERDICT_FAIL, "~/wide.pem has mode 0644", "chmod 400 ~/wide.pem" },
		{ "a b", VERDICT_FAIL, "mode 0640", "chmod 600 'a b'" },
		{ "open/key", VERDICT_WARN, "folder open", "chmod go-w open" },
	};

	(void)state;
	try_rows(key_mode_judge, rows, ARRAY_LEN(rows));
	struct result *wide = judge(key_mode_judge, "wide.pem");
	assert_true(wide->fixable);
	assert_string_equal(result_detail_get(wide, "mode"), "0644");
	result_free(wide);
	/* Not its business: key.file has said what these are. */
	assert_null(judge(key_mode_judge, "page.pem"));
	assert_null(judge(key_mode_judge, "nowhere"));
}

static void an_open_ssh_folder_is_noticed(void **state)
{
	(void)state;
	shell("mkdir .ssh && chmod 777 .ssh");
	struct result *result = judge(key_mode_judge, "good");
	assert_int_equal(result->verdict, VERDICT_WARN);
	has(result->hint, "chmod go-w ~/.ssh", "good");
	result_free(result);
	shell("rmdir .ssh");
}

static void a_key_of_somebody_else_is_noticed(void **state)
{
	struct key_cache cache = { 0 };
	struct result *result;

	(void)state;
	result = key_mode_judge_as(
	    "key.mode", key_cache_get(&cache, "good", &(struct strlist){ 0 }), geteuid() + 4321);
	assert_int_equal(result->verdict, VERDICT_WARN);
	has(result->summary, "not to you", "good");
	assert_false(result->fixable);
	result_free(result);
	key_cache_done(&cache);
}

static void key_format_describes_and_weighs(void **state)
{
	static const struct row rows[] = {
		{ "good", VERDICT_PASS, "good: Ed25519 256, OpenSSH, SHA256:", NULL },
		{ "locked", VERDICT_PASS, "locked with a passphrase", NULL },
		{ "p8", VERDICT_PASS, "PEM (PKCS#8), locked", "ssh-keygen -y -f p8 > p8.pub" },
		{ "short", VERDICT_WARN, "RSA 1024", "RSA below 2048" },
		{ "dsa", VERDICT_WARN, "DSA 1024", "ssh-keygen -t ed25519" },
		{ "other", VERDICT_WARN, "other.pub beside it belongs to another key",
		    "ssh-keygen -y" },
		{ "good.ppk", VERDICT_FAIL, "PuTTY version 3", "puttygen good.ppk" },
		{ "p521", VERDICT_WARN, "ECDSA 521", "CVE-2024-31497" },
		{ "p521ours", VERDICT_PASS, "ECDSA 521", NULL },
		{ "p521.ppk", VERDICT_FAIL, "PuTTY version 3", "CVE-2024-31497" },
		{ "p521.ppk", VERDICT_FAIL, "PuTTY version 3", "ssh-keygen -t ed25519" },
		{ "p521.ppk", VERDICT_FAIL, "PuTTY version 3", "puttygen " },
		{ "expired", VERDICT_WARN, "expired", "new certificate" },
		{ "future", VERDICT_WARN, "not valid before 2090", "clock" },
		{ "dated", VERDICT_PASS, "Ed25519 256", NULL },
		{ "x25519", VERDICT_FAIL, "SSH does not use", "ssh-keygen" },
	};

	(void)state;
	try_rows(key_format_judge, rows, ARRAY_LEN(rows));
	assert_null(judge(key_format_judge, "junk"));
	struct result *good = judge(key_format_judge, "good");
	assert_string_equal(result_detail_get(good, "type"), "ssh-ed25519");
	assert_string_equal(result_detail_get(good, "comment"), "mine");
	assert_string_equal(result_detail_get(good, "encrypted"), "no");
	result_free(good);
}

/* certificate_file takes the place of what lies beside the key, and counts for the key that it certifies. */
static void certificate_file_is_looked_at(void **state)
{
	static const struct {
		const char *key, *cert;
		enum verdict verdict;
	} rows[] = {
		{ "good", "expired-cert.pub", VERDICT_WARN },
		{ "good", "dated-cert.pub", VERDICT_PASS },
		{ "expired", "dated-cert.pub", VERDICT_PASS },
		{ "locked", "expired-cert.pub", VERDICT_PASS },
		{ "good", "nowhere", VERDICT_PASS },
	};
	struct key_cache cache = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct strlist certs = { 0 };
		strlist_add(&certs, rows[i].cert);
		struct result *result =
		    key_format_judge("id", key_cache_get(&cache, rows[i].key, &certs));
		if (result->verdict != rows[i].verdict)
			fail_msg("%s %s: %s", rows[i].key, rows[i].cert, result->summary);
		result_free(result);
		strlist_done(&certs);
	}
	key_cache_done(&cache);
}

static void paths_can_be_typed_into_a_shell(void **state)
{
	static const char *const paths[] = { "/x/y.pem", "/x/a b", "/x/it's", "/x/$(id)", "/x/a\nb",
		"/x/;y" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		char *typed = path_for_shell(paths[i]);
		char *command = mem_printf("printf %%s %s >typed", typed);
		struct str text = STR_INIT;
		assert_int_equal(shell_status(NULL, command), 0);
		assert_true(file_read("typed", 4096, &text, NULL));
		assert_string_equal(str_text(&text), paths[i]);
		str_done(&text);
		free(command);
		free(typed);
	}
}

/* ---- several keys of one host ---- */

static struct result *told;

static void keep(struct check_job *job, struct result *result)
{
	(void)job;
	assert_null(told);
	told = result;
}

static enum verdict verdict_of(const char *paths, bool defaults)
{
	struct host *host = host_new();
	struct key_cache cache = { 0 };
	struct check_job job = { .host = host, .tell = keep, .check = &check_key_mode };
	enum verdict verdict;

	strlist_split(&host->identity_file, paths, " ");
	check_job_keys(&job, &cache);
	job.keys_default = defaults;
	job.check->start(&job);
	verdict = told->verdict;
	result_free(told);
	told = NULL;
	check_job_done(&job);
	key_cache_done(&cache);
	host_free(host);
	return verdict;
}

static void the_worst_key_decides(void **state)
{
	(void)state;
	assert_int_equal(verdict_of("good", false), VERDICT_PASS);
	assert_int_equal(verdict_of("good wide.pem", false), VERDICT_FAIL);
	assert_int_equal(verdict_of("wide.pem good", false), VERDICT_FAIL);
	/* Of ssh's own list a bad one is passed over, if another one will do. */
	assert_int_equal(verdict_of("wide.pem good", true), VERDICT_WARN);
	assert_int_equal(verdict_of("wide.pem", true), VERDICT_FAIL);
	assert_int_equal(verdict_of("page.pem", false), VERDICT_SKIP);
	assert_int_equal(verdict_of("none", false), VERDICT_SKIP);
	/* No file is named and the home folder has none. */
	assert_int_equal(verdict_of("", false), VERDICT_SKIP);
}

/* ---- the cloud ---- */

static void cloud_instance_explains(void **state)
{
	static const struct {
		const char *facts, *hostname;
		enum verdict verdict;
		const char *summary, *hint; /* parts */
	} rows[] = {
		{ "provider=ecs status=Running", "a.b", VERDICT_PASS, "Running", NULL },
		{ "instance_id=i-1 status=RUNNING key_pair=k eip=192.0.2.1", "192.0.2.1",
		    VERDICT_PASS, "i-1, RUNNING, k", NULL },
		{ "instance_id=i-1 status=Stopped", "192.0.2.1", VERDICT_FAIL, "was Stopped",
		    "console" },
		{ "status=Pending", "192.0.2.1", VERDICT_WARN, "was Pending", "console" },
		{ "instance_id=i-1 private_ip=10.0.0.5", "10.0.0.5", VERDICT_WARN,
		    "no public IP and no EIP, and 10.0.0.5 is a private", "bind an EIP" },
		{ "public_ip= eip= private_ip=10.0.0.5", "10.0.0.5", VERDICT_WARN, "no EIP",
		    "proxy_jump" },
		{ "private_ip=10.0.0.5", "10.0.0.5", VERDICT_PASS, "nothing speaks", NULL },
		{ "instance_id=i-1 key_pair=k public_ip=192.0.2.9", "192.0.2.1", VERDICT_WARN,
		    "hostname is 192.0.2.1, and the instance has the address 192.0.2.9", "EIP" },
		{ "instance_id=i-1 key_pair=k public_ip=192.0.2.9", "web.example.com", VERDICT_PASS,
		    "i-1, k", NULL },
		{ "instance_id=i-1 key_pair=k eip=192.0.2.9 private_ip=10.0.0.5", "10.0.0.5",
		    VERDICT_PASS, "i-1", NULL },
		{ "instance_id=i-1 eip=192.0.2.9", "192.0.2.9", VERDICT_WARN, "no key pair",
		    "authorized_keys" },
		{ "key_pair=", "192.0.2.9", VERDICT_WARN, "no key pair", "Bind one" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct host *host = host_new();
		host->hostname = mem_strdup(rows[i].hostname);
		strlist_split(&host->cloud, rows[i].facts, " ");
		struct result *result = cloud_instance_judge("cloud.instance", host);
		has(result->summary, rows[i].summary, rows[i].facts);
		if (result->verdict != rows[i].verdict)
			fail_msg("%s: %s", rows[i].facts, verdict_name(result->verdict));
		if (rows[i].hint)
			has(result->hint, rows[i].hint, rows[i].facts);
		else
			assert_null(result->hint);
		result_free(result);
		host_free(host);
	}
}

/* The only way to an instance without a public address is through another host: that is no fault. */
static void behind_a_jump_host_a_private_address_is_fine(void **state)
{
	struct host *host = host_new();
	struct result *result;

	(void)state;
	host->hostname = mem_strdup("10.0.0.5");
	host->proxy_jump = mem_strdup("bastion");
	strlist_split(&host->cloud, "instance_id=i-1 key_pair=k security_groups=sg-1,sg-2", " ");
	result = cloud_instance_judge("cloud.instance", host);
	assert_int_equal(result->verdict, VERDICT_PASS);
	assert_string_equal(result_detail_get(result, "security_groups"), "sg-1,sg-2");
	result_free(result);
	host_free(host);
}

/* ---- the table ---- */

static void the_table_is_complete(void **state)
{
	size_t count;
	const struct check *const *table = checks_table(&count);

	(void)state;
	assert_int_equal(count, 14);
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(check_find(table[i]->id), table[i]);
		assert_int_equal(check_rank(table[i]->id), i);
		assert_non_null(table[i]->title);
		assert_non_null(table[i]->why);
		assert_int_equal(table[i]->start != NULL, table[i]->depth == DEPTH_LOCAL);
		assert_true(table[i]->start || !table[i]->cancel);
		assert_true(i == 0 || table[i]->depth >= table[i - 1]->depth);
		/* What it needs comes before it, and no later than it. */
		assert_int_equal(table[i]->needs != NULL, i > 0);
		if (i > 0) {
			assert_true(check_rank(table[i]->needs) < i);
			assert_true(check_find(table[i]->needs)->depth <= table[i]->depth);
		}
	}
	assert_null(check_find("key"));
	assert_string_equal(check_find("jump.1")->id, "jump.N");
	assert_string_equal(check_find("jump.12")->id, "jump.N");
}

/* Whoever reads results does not know the checks, but where they stand and how deep one has to go for them. */
static void results_stand_where_their_checks_do(void **state)
{
	size_t count;
	const struct check *const *table = checks_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(result_rank(table[i]->id), i);
		assert_int_equal(result_depth(table[i]->id), table[i]->depth);
	}
	assert_int_equal(result_rank("session.start"), count);
	assert_int_equal(result_depth("checker"), DEPTH_AUTH);
}

static void depths_have_names(void **state)
{
	enum depth depth;

	(void)state;
	for (int i = DEPTH_LOCAL; i <= DEPTH_AUTH; i++) {
		assert_true(depth_parse(depth_name((enum depth)i), &depth));
		assert_int_equal(depth, i);
	}
	assert_false(depth_parse("deep", &depth));
	assert_false(depth_parse("", &depth));
	assert_false(depth_parse(NULL, &depth));
}

/* Line ends and several blanks become one blank: documents break their lines anywhere. */
static void one_line(struct str *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++) {
		char c = text->data[i] == '\n' ? ' ' : text->data[i];
		if (c != ' ' || n == 0 || text->data[n - 1] != ' ')
			text->data[n++] = c;
	}
	text->data[n] = '\0';
	text->len = n;
}

/* As a row of the table in docs/checks.md. */
static void row_of(struct str *row, const struct check *check)
{
	str_addf(row, "| `%s` | %s | ", check->id, depth_name(check->depth));
	str_addf(row, check->needs ? "`%s` | " : "%s| ", check->needs ? check->needs : "");
	str_addf(
	    row, "%s | %s%s| ", check->why, check->fix ? check->fix : "", check->fix ? " " : "");
}

/* As an item of the list in docs/sallyport.1; sentences begin on lines of their own there. */
static void item_of(struct str *item, const struct check *check)
{
	str_addf(item, ".It %s (%s) ", check->id, depth_name(check->depth));
	str_addf(item, "%s ", check->why);
	if (check->fix)
		str_addf(item, "What mends it: %s. ", check->fix);
	if (check->needs)
		str_addf(item, "Needs %s. ", check->needs);
}

/* Every check is explained where users look for it, from its record, in the order of the table, and nothing else is. */
static void the_documents_are_the_table(void **state)
{
	static const struct {
		const char *file, *begin, *end;
		void (*write)(struct str *, const struct check *);
	} documents[] = {
		{ "docs/checks.md", "| --- | --- | --- | --- | --- | ", "## ", row_of },
		{ "docs/sallyport.1", "skipped, with that as the reason. .Bl -tag -width Ds ",
		    ".El", item_of },
	};
	size_t count;
	const struct check *const *table = checks_table(&count);

	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		char *path = mem_printf("%s/%s", (const char *)*state, documents[i].file), *at;
		struct str text = STR_INIT, wanted = STR_INIT;
		struct err err = ERR_INIT;
		if (!file_read(path, 1 << 20, &text, &err))
			fail_msg("%s", err.text);
		one_line(&text);
		at = strstr(text.data, documents[i].begin);
		assert_non_null(at);
		at += strlen(documents[i].begin);
		*strstr(at, documents[i].end) = '\0';
		for (size_t k = 0; k < count; k++)
			documents[i].write(&wanted, table[k]);
		assert_string_equal(at, str_text(&wanted));
		str_done(&wanted);
		str_done(&text);
		free(path);
	}
}

int main(void)
{
	const char *top = getenv("top_srcdir");
	static char source[4096];
	/* The tests go to a folder of their own: the path must not depend on where we are. */
	char *real = realpath(top ? top : "..", NULL);

	snprintf(source, sizeof source, "%s", real ? real : "");
	free(real);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_file_names_what_is_wrong),
		cmocka_unit_test(a_key_that_cannot_be_read_says_how),
		cmocka_unit_test(key_mode_gives_the_command),
		cmocka_unit_test(an_open_ssh_folder_is_noticed),
		cmocka_unit_test(a_key_of_somebody_else_is_noticed),
		cmocka_unit_test(key_format_describes_and_weighs),
		cmocka_unit_test(certificate_file_is_looked_at),
		cmocka_unit_test(paths_can_be_typed_into_a_shell),
		cmocka_unit_test(the_worst_key_decides),
		cmocka_unit_test(cloud_instance_explains),
		cmocka_unit_test(behind_a_jump_host_a_private_address_is_fine),
		cmocka_unit_test(the_table_is_complete),
		cmocka_unit_test(results_stand_where_their_checks_do),
		cmocka_unit_test(depths_have_names),
		cmocka_unit_test_prestate(the_documents_are_the_table, source),
	};

	return cmocka_run_group_tests(tests, make_files, shell_teardown);
}
