/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keys/base64.h"
#include "ssh/identities.h"

/* Three keys, made up: only their blobs matter here. */
struct fixture {
	char dir[64];
	char *a, *b; /* files that hold the public halves of keys 0 and 1 */
	struct agent_key keys[3];
	struct host *host;
	struct login login;
};

static const char *const lines[] = {
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDa/itjl9kol2uhczIu+Ed6osD4nhfk+mR9CNqyzGf7l one",
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDa/itjl9kol2uhczIu+Ed6osD4nhfk+mR9CNqyzGf7m two",
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDa/itjl9kol2uhczIu+Ed6osD4nhfk+mR9CNqyzGf7n three",
};

static char *write_file(const struct fixture *f, const char *name, const char *text)
{
	char *path = mem_printf("%s/%s", f->dir, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
	return path;
}

static int setup(void **state)
{
	struct fixture *f = mem_zalloc(1, sizeof *f);
	struct err err = ERR_INIT;

	snprintf(f->dir, sizeof f->dir, "%s", "/tmp/sallyport-identities.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	setenv("HOME", f->dir, 1);
	f->a = write_file(f, "a", lines[0]);
	f->b = write_file(f, "b", lines[1]);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_true(pubkey_parse(&f->keys[i].pub, lines[i], &f->keys[i].comment, &err));
	f->host = host_new();
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	identities_done(&f->login);
	host_free(f->host);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		pubkey_done(&f->keys[i].pub);
		free(f->keys[i].comment);
	}
	unlink(f->a);
	unlink(f->b);
	rmdir(f->dir);
	free(f->a);
	free(f->b);
	free(f);
	return 0;
}

static void build(struct fixture *f, const char *algorithms, size_t agent_keys)
{
	identities_build(&f->login, f->host, algorithms, f->keys, agent_keys);
}

static void pinned_keys_come_before_the_agents_others(void **state)
{
	struct fixture *f = *state;

	strlist_add(&f->host->identity_file, f->b);
	build(f, NULL, 3);
	assert_int_equal(f->login.id_count, 3);
	assert_non_null(f->login.ids[0].path);
	assert_true(f->login.ids[0].in_agent);
	assert_null(f->login.ids[0].unusable);
	assert_memory_equal(f->login.ids[0].pub.blob, f->keys[1].pub.blob, f->keys[1].pub.len);
	assert_null(f->login.ids[1].path);
}

static void only_the_pinned_keys_when_the_host_says_so(void **state)
{
	struct fixture *f = *state;

	strlist_add(&f->host->identity_file, f->a);
	f->host->identities_only = true;
	build(f, NULL, 3);
	assert_int_equal(f->login.id_count, 1);
}

static void the_same_key_is_offered_once(void **state)
{
	struct fixture *f = *state;

	strlist_add(&f->host->identity_file, f->a);
	strlist_add(&f->host->identity_file, f->a);
	build(f, NULL, 1);
	assert_int_equal(f->login.id_count, 1);
}

static void a_public_key_alone_is_of_no_use_without_the_agent(void **state)
{
	struct fixture *f = *state;

	strlist_add(&f->host->identity_file, f->a);
	build(f, NULL, 0);
	assert_int_equal(f->login.id_count, 1);
	assert_non_null(strstr(f->login.ids[0].unusable, "not a private key"));
}

static void a_missing_file_is_named(void **state)
{
	struct fixture *f = *state;

	strlist_add(&f->host->identity_file, "/nonexistent/key");
	build(f, NULL, 0);
	assert_int_equal(f->login.id_count, 1);
	assert_non_null(f->login.ids[0].unusable);
	assert_string_equal(f->login.ids[0].label, "/nonexistent/key");
}

static void a_key_of_a_type_that_is_not_accepted_is_not_offered(void **state)
{
	struct fixture *f = *state;

	build(f, "rsa-sha2-512,ecdsa-sha2-nistp256", 1);
	assert_int_equal(f->login.id_count, 1);
	assert_non_null(f->login.ids[0].unusable);
}

static void no_files_and_no_agent_is_no_key(void **state)
{
	struct fixture *f = *state;

	build(f, NULL, 0);
	assert_int_equal(f->login.id_count, 0);
}

/* The frame of OpenSSH's own private keys (PROTOCOL.key) around a FIDO key; what is inside is not looked at. */
static char *fido_file(const struct fixture *f)
{
	static const char magic[] = "openssh-key-v1";
	struct str pub = STR_INIT, bytes = STR_INIT, text = STR_INIT;
	char *path;

	str_add_wire(&pub, "sk-ssh-ed25519@openssh.com", 26);
	str_add_wire(&pub, "thirty-two bytes, known to all..", 32);
	str_add_wire(&pub, "ssh:", 4);
	str_add_mem(&bytes, magic, sizeof magic);
	str_add_wire(&bytes, "none", 4);
	str_add_wire(&bytes, "none", 4);
	str_add_wire(&bytes, "", 0);
	str_add_u32(&bytes, 1);
	str_add_wire(&bytes, pub.data, pub.len);
	str_add_wire(&bytes, "inside!!", 8);
	str_add(&text, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
	base64_encode(&text, (const unsigned char *)bytes.data, bytes.len);
	str_add(&text, "\n-----END OPENSSH PRIVATE KEY-----\n");
	path = write_file(f, "fido", str_text(&text));
	str_done(&pub);
	str_done(&bytes);
	str_done(&text);
	return path;
}

static void a_fido_key_in_a_file_needs_the_agent(void **state)
{
	struct fixture *f = *state;
	char *path = fido_file(f);

	strlist_add(&f->host->identity_file, path);
	build(f, NULL, 0);
	assert_int_equal(f->login.id_count, 1);
	assert_non_null(strstr(f->login.ids[0].unusable, "add it to the agent"));
	unlink(path);
	free(path);
}

static void after_a_partial_success_the_untried_keys_come_first(void **state)
{
	struct fixture *f = *state;

	build(f, NULL, 3);
	f->login.next = 2; /* the first was refused, the second taken */
	identities_again(&f->login);
	assert_int_equal(f->login.next, 0);
	for (size_t i = 0; i < 3; i++)
		assert_true(identity_same_key(&f->login.ids[i].pub, &f->keys[(i + 2) % 3].pub));
	f->login.next = 3; /* all were tried: the same order */
	identities_again(&f->login);
	assert_true(identity_same_key(&f->login.ids[0].pub, &f->keys[2].pub));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(pinned_keys_come_before_the_agents_others),
		TEST(only_the_pinned_keys_when_the_host_says_so),
		TEST(the_same_key_is_offered_once),
		TEST(a_public_key_alone_is_of_no_use_without_the_agent),
		TEST(a_missing_file_is_named),
		TEST(a_key_of_a_type_that_is_not_accepted_is_not_offered),
		TEST(no_files_and_no_agent_is_no_key),
		TEST(a_fido_key_in_a_file_needs_the_agent),
		TEST(after_a_partial_success_the_untried_keys_come_first),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
