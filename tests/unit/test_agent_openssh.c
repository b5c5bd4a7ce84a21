/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's client with OpenSSH's own agent. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "agent_told.h"

static int run(const char *const *argv)
{
	pid_t pid = fork();
	int status, null;

	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pid_t start_ssh_agent(void)
{
	const struct timespec pause = { 0, 5 * 1000 * 1000 };
	struct sockaddr_un sun = sun_of(sock_path);
	pid_t pid = fork();
	int fd = -1;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 1);
		execlp("ssh-agent", "ssh-agent", "-D", "-a", sock_path, (char *)NULL);
		_exit(127);
	}
	for (;;) { /* until it listens or is gone */
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&sun, sizeof sun) == 0)
			break;
		close(fd);
		assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
		nanosleep(&pause, NULL);
	}
	close(fd);
	setenv("SSH_AUTH_SOCK", sock_path, 1);
	return pid;
}

static void add_generated_key(const char *type, const char *path)
{
	const char *const keygen[] = { "ssh-keygen", "-q", "-t", type, "-N", "", "-C", "unit test",
		"-f", path, NULL };
	const char *const add[] = { "ssh-add", "-q", path, NULL };
	char *pub = mem_printf("%s.pub", path);

	assert_int_equal(run(keygen), 0);
	assert_int_equal(run(add), 0);
	unlink(path);
	unlink(pub);
	free(pub);
}

static void assert_signed_ed25519(const struct pubkey *key, const struct str *sig, const char *data)
{
	struct wire k = { key->blob, key->len, false };
	struct wire s = { (const unsigned char *)sig->data, sig->len, false };
	size_t key_len, sig_len, name_len;
	const unsigned char *raw, *raw_sig, *name;
	EVP_PKEY *pkey;
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	wire_string(&k, &key_len);
	raw = wire_string(&k, &key_len);
	name = wire_string(&s, &name_len);
	raw_sig = wire_string(&s, &sig_len);
	assert_int_equal(name_len, 11);
	assert_memory_equal(name, "ssh-ed25519", 11);
	pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw, key_len);
	assert_non_null(pkey);
	assert_int_equal(EVP_DigestVerifyInit(md, NULL, NULL, NULL, pkey), 1);
	assert_int_equal(
	    EVP_DigestVerify(md, raw_sig, sig_len, (const unsigned char *)data, strlen(data)), 1);
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(md);
}

static void assert_rsa_algorithm(struct got *got, unsigned flags, const char *want)
{
	struct wire wire;
	size_t len;
	const unsigned char *name;

	got->calls = 0;
	str_reset(&got->sig);
	sign(got, &got->first, "some data", flags);
	wire = (struct wire){ (const unsigned char *)got->sig.data, got->sig.len, false };
	name = wire_string(&wire, &len);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(name, want, len);
}

static void openssh_agent_lists_and_signs(void **state)
{
	char *path = mem_printf("%s/key", folder);
	pid_t pid = start_ssh_agent();
	struct got got;

	(void)state;
	add_generated_key("ed25519", path);
	got_open(&got);
	list(&got, 10000);
	assert_int_equal(got.count, 1);
	assert_string_equal(got.keys.items[0], "ssh-ed25519 unit test");
	got.calls = 0;
	sign(&got, &got.first, "some data", 0);
	assert_signed_ed25519(&got.first, &got.sig, "some data");
	got_close(&got);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	free(path);
	unsetenv("SSH_AUTH_SOCK");
	unlink(sock_path);
}

static void openssh_agent_signs_rsa_with_sha2_and_refuses_unknown_keys(void **state)
{
	const char *const drop[] = { "ssh-add", "-D", NULL };
	char *path = mem_printf("%s/key", folder);
	pid_t pid = start_ssh_agent();
	struct got got;

	(void)state;
	add_generated_key("rsa", path);
	got_open(&got);
	list(&got, 10000);
	assert_rsa_algorithm(&got, AGENT_RSA_SHA2_512, "rsa-sha2-512");
	assert_rsa_algorithm(&got, AGENT_RSA_SHA2_256, "rsa-sha2-256");
	assert_int_equal(run(drop), 0);
	got.calls = 0;
	got.count = 0;
	sign(&got, &got.first, "some data", AGENT_RSA_SHA2_512);
	assert_why(&got, ERR_REFUSED, "refused to sign");
	got_close(&got);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	free(path);
	unsetenv("SSH_AUTH_SOCK");
	unlink(sock_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssh_agent_lists_and_signs),
		cmocka_unit_test(openssh_agent_signs_rsa_with_sha2_and_refuses_unknown_keys),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
