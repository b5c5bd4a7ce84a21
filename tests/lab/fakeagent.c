/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SSH agent (draft-miller-ssh-agent) with two FIDO keys made of software (OpenSSH
 * PROTOCOL.u2f), the same in every run, or with a fault.  One connection at a time.
 *
 * usage: fakeagent SOCKET BEHAVIOUR [FILE] | --keys
 *
 *   sk           signs as if it was touched
 *   touch FILE   signs as soon as FILE exists
 *   untouched    signs and says that nobody touched it
 *   many         two hundred keys, and refuses to sign
 *   refuse       lists the FIDO keys and refuses to sign
 *   cut          lists the FIDO keys and hangs up when it is to sign
 *   garbage      answers with anything else
 *   silent       takes connections and never answers
 */
#include "lab.h"
#include "wire.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FAILURE = 5, LIST = 11, KEYS = 12, SIGN = 13, SIGNATURE = 14 };
enum { MAX_MESSAGE = 1 << 18, MANY = 200, TOUCHED = 1, POLL_MS = 10 };

static const char application[] = "ssh:";

struct sk {
	const char *type;
	EVP_PKEY *key;
	struct packet blob;
};

struct agent {
	struct sk sks[2];
	const char *behaviour, *file;
	uint32_t counter;
};

/* ---- the keys ---- */

static const unsigned char seed[32] = "thirty-two bytes, known to all..";

static EVP_PKEY *make_ec(struct packet *point)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *public = EC_POINT_new(group);
	BIGNUM *number = BN_bin2bn(seed, sizeof seed, NULL);
	unsigned char bytes[65];
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	if (EC_POINT_mul(group, public, number, NULL, NULL, NULL) != 1 ||
	    EC_POINT_point2oct(group, public, POINT_CONVERSION_UNCOMPRESSED, bytes, sizeof bytes,
		NULL) != sizeof bytes)
		lab_die("the point");
	put_string(point, bytes, sizeof bytes);
	OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
	OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, bytes, sizeof bytes);
	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
	params = OSSL_PARAM_BLD_to_param(build);
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		lab_die("the EC key");
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	BN_free(number);
	EC_POINT_free(public);
	EC_GROUP_free(group);
	return key;
}

static void make_keys(struct agent *agent)
{
	struct sk *ed = &agent->sks[0], *ec = &agent->sks[1];
	unsigned char raw[32];
	size_t len = sizeof raw;

	ed->type = "sk-ssh-ed25519@openssh.com";
	ed->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
	if (EVP_PKEY_get_raw_public_key(ed->key, raw, &len) != 1)
		lab_die("the Ed25519 key");
	put_text(&ed->blob, ed->type);
	put_string(&ed->blob, raw, len);
	put_text(&ed->blob, application);
	ec->type = "sk-ecdsa-sha2-nistp256@openssh.com";
	put_text(&ec->blob, ec->type);
	put_text(&ec->blob, "nistp256");
	ec->key = make_ec(&ec->blob);
	put_text(&ec->blob, application);
}

static void print_keys(struct agent *agent)
{
	for (size_t i = 0; i < 2; i++) {
		const struct sk *sk = &agent->sks[i];
		unsigned char *text = malloc(2 * sk->blob.len);

		EVP_EncodeBlock(text, sk->blob.data, (int)sk->blob.len);
		printf("%s %s fake\n", sk->type, (char *)text);
		free(text);
		EVP_PKEY_free(sk->key);
		packet_done(&agent->sks[i].blob);
	}
}

/* ---- signatures ---- */

/* r and s of a signature in DER, as mpints in a string of their own. */
static void put_ecdsa(struct packet *out, const unsigned char *der, size_t len)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
	const BIGNUM *parts[2] = { ECDSA_SIG_get0_r(sig), ECDSA_SIG_get0_s(sig) };
	struct packet inner = { 0 };

	for (int i = 0; i < 2; i++) {
		unsigned char bytes[33] = { 0 };
		int n = BN_bn2bin(parts[i], bytes + 1);
		bool pad = n > 0 && bytes[1] & 0x80;

		put_string(&inner, bytes + 1 - pad, (size_t)n + pad);
	}
	put_string(out, inner.data, inner.len);
	packet_done(&inner);
	ECDSA_SIG_free(sig);
}

/* What a security key signs: hash of the application, flags, counter, hash of the message. */
static void put_signature(struct agent *agent, const struct sk *sk, const unsigned char *data,
    size_t len, struct packet *out)
{
	unsigned flags = strcmp(agent->behaviour, "untouched") == 0 ? 0 : TOUCHED;
	unsigned char hash[SHA256_DIGEST_LENGTH], sig[128];
	struct packet message = { 0 };
	size_t sig_len = sizeof sig;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool is_ec = EVP_PKEY_get_base_id(sk->key) == EVP_PKEY_EC;

	agent->counter++;
	SHA256((const unsigned char *)application, strlen(application), hash);
	put_bytes(&message, hash, sizeof hash);
	put_u8(&message, flags);
	put_u32(&message, agent->counter);
	SHA256(data, len, hash);
	put_bytes(&message, hash, sizeof hash);
	if (EVP_DigestSignInit(ctx, NULL, is_ec ? EVP_sha256() : NULL, NULL, sk->key) != 1 ||
	    EVP_DigestSign(ctx, sig, &sig_len, message.data, message.len) != 1)
		lab_die("the signature");
	put_text(out, sk->type);
	if (is_ec)
		put_ecdsa(out, sig, sig_len);
	else
		put_string(out, sig, sig_len);
	put_u8(out, flags);
	put_u32(out, agent->counter);
	EVP_MD_CTX_free(ctx);
	packet_done(&message);
}

/* ---- requests ---- */

static bool is(const struct agent *agent, const char *behaviour)
{
	return strcmp(agent->behaviour, behaviour) == 0;
}

static void list(const struct agent *agent, struct packet *out)
{
	packet_begin(out, KEYS);
	put_u32(out, is(agent, "many") ? MANY : 2);
	for (unsigned i = 0; is(agent, "many") && i < MANY; i++) {
		unsigned char raw[32] = { (unsigned char)i };
		struct packet blob = { 0 };

		put_text(&blob, "ssh-ed25519");
		put_string(&blob, raw, sizeof raw);
		put_string(out, blob.data, blob.len);
		put_text(out, "one of many");
		packet_done(&blob);
	}
	for (size_t i = 0; !is(agent, "many") && i < 2; i++) {
		put_string(out, agent->sks[i].blob.data, agent->sks[i].blob.len);
		put_text(out, "fake");
	}
}

/* False when the client went away before. */
static bool touched(const struct agent *agent, int fd)
{
	struct pollfd peer = { .fd = fd, .events = POLLIN };

	while (is(agent, "touch") && access(agent->file, F_OK) != 0)
		if (poll(&peer, 1, POLL_MS) != 0)
			return false;
	return true;
}

static bool sign(struct agent *agent, int fd, struct packet *in, struct packet *out)
{
	size_t blob_len = get_u32(in), len;
	const unsigned char *blob = in->data + in->pos, *data;
	struct packet sig = { 0 };

	if (blob_len > in->len - in->pos)
		return false;
	in->pos += blob_len;
	len = get_u32(in);
	data = in->data + in->pos;
	if (len > in->len - in->pos || is(agent, "cut") || !touched(agent, fd))
		return false;
	packet_begin(out, FAILURE);
	for (size_t i = 0; i < 2 && !is(agent, "refuse"); i++)
		if (agent->sks[i].blob.len == blob_len &&
		    memcmp(agent->sks[i].blob.data, blob, blob_len) == 0) {
			put_signature(agent, &agent->sks[i], data, len, &sig);
			packet_begin(out, SIGNATURE);
			put_string(out, sig.data, sig.len);
		}
	packet_done(&sig);
	return true;
}

/* ---- the socket ---- */

static bool read_all(int fd, unsigned char *bytes, size_t n)
{
	for (ssize_t r; n > 0; bytes += r, n -= (size_t)r)
		if ((r = recv(fd, bytes, n, 0)) <= 0)
			return false;
	return true;
}

static bool answer(struct agent *agent, int fd)
{
	unsigned char head[4];
	struct packet in = { 0 }, out = { 0 }, whole = { 0 };
	bool ok = read_all(fd, head, sizeof head);
	size_t len = ok ? (size_t)head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3] : 0;

	ok = ok && len > 0 && len < MAX_MESSAGE && (in.data = malloc(len)) &&
	    read_all(fd, in.data, len);
	in.len = len;
	if (ok && is(agent, "silent")) {
		while (read_all(fd, head, 1))
			;
		ok = false;
	}
	if (ok && is(agent, "garbage")) {
		ok = send(fd, "HTTP/1.0 400 Bad Request\r\n", 26, MSG_NOSIGNAL) > 0;
	} else if (ok) {
		if (get_u8(&in) == LIST)
			list(agent, &out);
		else
			ok = sign(agent, fd, &in, &out);
		put_string(&whole, out.data, out.len);
		ok = ok && send(fd, whole.data, whole.len, MSG_NOSIGNAL) > 0;
	}
	packet_done(&in);
	packet_done(&out);
	packet_done(&whole);
	return ok;
}

static int listen_at(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (strlen(path) >= sizeof sun.sun_path)
		lab_die("the name of the socket");
	memcpy(sun.sun_path, path, strlen(path));
	unlink(path);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sun, sizeof sun) == -1 || listen(fd, 8) == -1)
		lab_die(path);
	return fd;
}

int main(int argc, char **argv)
{
	struct agent agent = { 0 };
	int fd, peer;

	make_keys(&agent);
	if (argc == 2 && strcmp(argv[1], "--keys") == 0) {
		print_keys(&agent);
		return 0;
	}
	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: fakeagent SOCKET BEHAVIOUR [FILE] | --keys\n");
		return 2;
	}
	agent.behaviour = argv[2];
	agent.file = argc == 4 ? argv[3] : "";
	fd = listen_at(argv[1]);
	while ((peer = accept(fd, NULL, NULL)) != -1) {
		while (answer(&agent, peer))
			;
		close(peer);
	}
	return 1;
}
