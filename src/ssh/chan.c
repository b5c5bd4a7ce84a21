/* SPDX-License-Identifier: Apache-2.0 */
#include "chan.h"

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

long chan_read(struct chan *chan, int stream, void *buf, size_t len)
{
	ssize_t rc;

	if (!chan_widen(chan))
		return 0;
	rc = libssh2_channel_read_ex(
	    chan->lib, stream, buf, len < CHAN_READ_MAX ? len : CHAN_READ_MAX);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return 0;
	if (rc < 0) {
		/* libssh2 would go on behind what it could not read. */
		if (rc != LIBSSH2_ERROR_SOCKET_DISCONNECT)
			chan->session->damaged = true;
		return CHAN_BROKEN;
	}
	return rc > 0 ? rc : CHAN_END;
}

long chan_write(struct chan *chan, const void *data, size_t len)
{
	ssize_t rc = libssh2_channel_write_ex(chan->lib, 0, data, len);

	if (rc >= 0)
		return rc;
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return 0;
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

bool chan_closed(const struct chan *chan)
{
	return libssh2_channel_eof(chan->lib) && libssh2_channel_wait_closed(chan->lib) == 0;
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
