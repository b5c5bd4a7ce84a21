/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/socks.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT = 1 };

/* SOCKS 4 and 4a: the protocol of the program of that name, by Ying-Da Lee. */
enum { V4_FIXED = 8, V4_GRANTED = 90, V4_REFUSED = 91 };

/* RFC 1928 */
enum {
	V5_NO_LOGIN = 0,
	V5_NOTHING_FITS = 0xff,
	V5_FIXED = 4,
	V5_IPV4 = 1,
	V5_NAME = 3,
	V5_IPV6 = 4,
	V5_SUCCEEDED = 0,
	V5_NO_CONNECTION = 1,
	V5_NO_SUCH_COMMAND = 7,
	V5_NO_SUCH_ADDRESS = 8,
};

void socks_done(struct socks *socks)
{
	free(socks->host);
	*socks = (struct socks){ 0 };
}

static long port_at(const unsigned char *at)
{
	return at[0] << 8 | at[1];
}

/* It goes to the server as text: nothing that would end it early, or steer what shows it. */
static bool take_name(struct socks *socks, const unsigned char *name, size_t len)
{
	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] == 0x7f)
			return false;
	socks->host = mem_strndup((const char *)name, len);
	return true;
}

static void take_address(struct socks *socks, int family, const unsigned char *address)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(family, address, text, sizeof text);
	socks->host = mem_strdup(text);
}

/* ---- version 4: 4, command, port, address, user NUL, and for 4a: name NUL ---- */

static enum socks_step take4(
    struct socks *socks, const unsigned char *data, size_t len, size_t *used)
{
	static const unsigned char is_4a[3] = { 0 };
	const unsigned char *user = data + V4_FIXED, *end, *name;

	if (len < V4_FIXED)
		return SOCKS_MORE;
	if (data[1] != CONNECT)
		return SOCKS_BROKEN;
	socks->port = port_at(data + 2);
	if (!(end = memchr(user, 0, len - V4_FIXED)))
		return SOCKS_MORE;
	if (memcmp(data + 4, is_4a, sizeof is_4a) != 0 || !data[7]) {
		take_address(socks, AF_INET, data + 4);
	} else {
		name = end + 1;
		if (!(end = memchr(name, 0, len - (size_t)(name - data))))
			return SOCKS_MORE;
		if (!take_name(socks, name, (size_t)(end - name)))
			return SOCKS_BROKEN;
	}
	*used = (size_t)(end - data) + 1;
	return SOCKS_TARGET;
}

/* ---- version 5: a greeting with the ways to log in, then the request ---- */

static void answer5(struct str *reply, unsigned char code)
{
	const unsigned char answer[10] = { 5, code, 0, V5_IPV4 };

	str_add_mem(reply, answer, sizeof answer);
}

static enum socks_step greet5(
    struct socks *socks, const unsigned char *data, size_t len, size_t *used, struct str *reply)
{
	unsigned char answer[2] = { 5, V5_NO_LOGIN };

	if (len < 2 || len < 2 + (size_t)data[1])
		return SOCKS_MORE;
	if (!memchr(data + 2, V5_NO_LOGIN, data[1]))
		answer[1] = V5_NOTHING_FITS;
	str_add_mem(reply, answer, sizeof answer);
	*used = 2 + (size_t)data[1];
	socks->greeted = answer[1] == V5_NO_LOGIN;
	return socks->greeted ? SOCKS_MORE : SOCKS_BROKEN;
}

/* How long the address is, with the byte that says so for a name; 0: an unknown kind. */
static size_t address_len(const unsigned char *data)
{
	switch (data[3]) {
	case V5_IPV4:
		return 4;
	case V5_IPV6:
		return 16;
	case V5_NAME:
		return 1 + (size_t)data[V5_FIXED];
	}
	return 0;
}

static enum socks_step request5(
    struct socks *socks, const unsigned char *data, size_t len, size_t *used, struct str *reply)
{
	const unsigned char *address = data + V5_FIXED;
	size_t size;

	if (len <= V5_FIXED)
		return SOCKS_MORE;
	if (data[0] != 5)
		return SOCKS_BROKEN;
	size = address_len(data);
	if (data[1] != CONNECT || size == 0) {
		answer5(reply, size ? V5_NO_SUCH_COMMAND : V5_NO_SUCH_ADDRESS);
		return SOCKS_BROKEN;
	}
	if (len < V5_FIXED + size + 2)
		return SOCKS_MORE;
	socks->port = port_at(address + size);
	*used = V5_FIXED + size + 2;
	if (data[3] != V5_NAME) {
		take_address(socks, data[3] == V5_IPV4 ? AF_INET : AF_INET6, address);
	} else if (!take_name(socks, address + 1, size - 1)) {
		answer5(reply, V5_NO_CONNECTION);
		return SOCKS_BROKEN;
	}
	return SOCKS_TARGET;
}

static enum socks_step take5(
    struct socks *socks, const unsigned char *data, size_t len, size_t *used, struct str *reply)
{
	enum socks_step step;
	size_t more = 0;

	if (!socks->greeted) {
		step = greet5(socks, data, len, used, reply);
		if (!socks->greeted)
			return step;
	}
	step = request5(socks, data + *used, len - *used, &more, reply);
	*used += more;
	return step;
}

enum socks_step socks_take(
    struct socks *socks, const void *data, size_t len, size_t *used, struct str *reply)
{
	enum socks_step step = SOCKS_BROKEN;

	*used = 0;
	if (len == 0)
		return SOCKS_MORE;
	if (!socks->version)
		socks->version = *(const unsigned char *)data;
	if (socks->version == 4)
		step = take4(socks, data, len, used);
	else if (socks->version == 5)
		step = take5(socks, data, len, used, reply);
	return step == SOCKS_MORE && len - *used >= SOCKS_REQUEST_MAX ? SOCKS_BROKEN : step;
}

void socks_answer(const struct socks *socks, bool connected, struct str *reply)
{
	const unsigned char answer4[8] = { 0, connected ? V4_GRANTED : V4_REFUSED };

	if (socks->version == 5)
		answer5(reply, connected ? V5_SUCCEEDED : V5_NO_CONNECTION);
	else
		str_add_mem(reply, answer4, sizeof answer4);
}
