/* SPDX-License-Identifier: Apache-2.0 */
#include "chan.h"

#include "transport.h"

/*
 * libssh2 widens the window inside channel_read by an amount that depends on the length asked for.
 * Asked again after EAGAIN (during a rekey) with another length it books another amount than
 * it sends, and then silently drops what it thinks is beyond the window.  So the window is
 * widened here, by one amount until that is sent, and kept so wide that channel_read never
 * does it.
 */
bool chan_widen(struct chan *chan)
{
	unsigned long first, window = libssh2_channel_window_read_ex(chan->lib, NULL, &first);

	if (!chan->widen && window >= first / 4 * 3 + CHAN_READ_MAX)
		return true;
	if (!chan->widen)
		chan->widen = first + CHAN_READ_MAX - window;
	if (libssh2_channel_receive_window_adjust2(chan->lib, chan->widen, 1, NULL) ==
	    LIBSSH2_ERROR_EAGAIN)
		return false;
	chan->widen = 0;
	return true;
}

/* libssh2 would go on behind what it could not read. */
static void take_note(const struct chan *chan, ssize_t rc)
{
	if (rc != LIBSSH2_ERROR_EAGAIN && rc != LIBSSH2_ERROR_SOCKET_DISCONNECT)
		chan->session->damaged = true;
}

static bool close_came(const struct chan *chan)
{
	int rc;

	if (chan->session->damaged)
		return false;
	rc = libssh2_channel_wait_closed(chan->lib);
	if (rc != 0 && rc != LIBSSH2_ERROR_INVAL)
		take_note(chan, rc);
	return rc == 0;
}

/* A read of 0 bytes means the end, or a message without a number (RFC 4253 section 12: from 1 on). */
static bool is_end(const struct chan *chan)
{
	return libssh2_channel_wait_closed(chan->lib) != LIBSSH2_ERROR_INVAL;
}

/* Nothing more will come for this channel. */
static bool last_word_came(const struct chan *chan)
{
	return close_came(chan) || transport_over(chan->session->net);
}

/* How much libssh2 hands out at once without widening the window. */
static size_t readable_as_it_is(const struct chan *chan)
{
	unsigned long first, window = libssh2_channel_window_read_ex(chan->lib, NULL, &first);

	return window > first / 4 * 3 ? window - first / 4 * 3 : 0;
}

long chan_read(struct chan *chan, int stream, void *buf, size_t len)
{
	bool last;
	ssize_t rc;

	/* What is behind a packet that was broken is nobody's business. */
	if (chan->session->damaged)
		return CHAN_BROKEN;
	if (!chan_widen(chan)) {
		/* Lost in the middle of a key exchange, there is nobody to widen it for: what came is read as far as
		 * libssh2 lets us. */
		size_t most = readable_as_it_is(chan);

		if (!transport_over(chan->session->net))
			return 0;
		if (most == 0)
			return CHAN_BROKEN;
		len = len < most ? len : most;
	}
	last = last_word_came(chan);
	if (chan->session->damaged)
		return CHAN_BROKEN;
	rc = libssh2_channel_read_ex(
	    chan->lib, stream, buf, len < CHAN_READ_MAX ? len : CHAN_READ_MAX);
	if (rc == 0 && !is_end(chan))
		rc = LIBSSH2_ERROR_PROTO;
	if (len > 0 && (rc == 0 || (rc < 0 && last)))
		chan->drained |= 1u << stream;
	/* Before anybody takes what came with it. */
	if (session_key_changed(chan->session))
		return CHAN_BROKEN;
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return 0;
	if (rc < 0) {
		take_note(chan, rc);
		return CHAN_BROKEN;
	}
	return rc > 0 ? rc : CHAN_END;
}

long chan_write(struct chan *chan, const void *data, size_t len)
{
	ssize_t rc;

	if (chan->session->damaged)
		return CHAN_BROKEN;
	rc = libssh2_channel_write_ex(chan->lib, 0, data, len);
	if (rc >= 0)
		return rc;
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return 0;
	/* A write reads too. */
	if (rc != LIBSSH2_ERROR_CHANNEL_CLOSED && rc != LIBSSH2_ERROR_CHANNEL_EOF_SENT)
		take_note(chan, rc);
	return libssh2_channel_eof(chan->lib) ? CHAN_END : CHAN_BROKEN;
}

unsigned long chan_available(const struct chan *chan)
{
	unsigned long bytes = 0;

	libssh2_channel_window_read_ex(chan->lib, &bytes, NULL);
	return bytes;
}

bool chan_eof(const struct chan *chan)
{
	return libssh2_channel_eof(chan->lib);
}

/*
 * Messages without any data, and data of a kind that nobody knows (RFC 4254 section 5.2 has one, standard
 * error): no read takes them, and before them libssh2 sees no end.  OpenSSH ignores them too.
 */
static void drop_strange(struct chan *chan)
{
	char none[1];

	libssh2_channel_flush_ex(chan->lib, LIBSSH2_CHANNEL_FLUSH_EXTENDED_DATA);
	if (chan_available(chan) == 0)
		libssh2_channel_read_ex(chan->lib, 0, none, sizeof none);
}

bool chan_closed(struct chan *chan)
{
	unsigned all = chan->both ? 1u | 1u << SSH_EXTENDED_DATA_STDERR : 1u;

	if (!chan_eof(chan) && last_word_came(chan) &&
	    (chan->drained == all || chan_available(chan) == 0))
		drop_strange(chan);
	return chan_eof(chan) && close_came(chan);
}

bool chan_send_eof(struct chan *chan)
{
	return libssh2_channel_send_eof(chan->lib) != LIBSSH2_ERROR_EAGAIN;
}

bool chan_free(struct chan *chan)
{
	if (chan->lib && libssh2_channel_free(chan->lib) == LIBSSH2_ERROR_EAGAIN)
		return false;
	chan->lib = NULL;
	return true;
}
