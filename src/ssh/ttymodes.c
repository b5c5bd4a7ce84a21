/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/ttymodes.h"

#include <termios.h>
#include <unistd.h>

#include "sallyport/keys.h"
#include "sallyport/util.h"

/* Opcodes of RFC 4254 section 8 (IUTF8: RFC 8160), in its order; only what this system has. */

static const struct {
	unsigned char op;
	int index;
} chars[] = {
	{ 1, VINTR },
	{ 2, VQUIT },
	{ 3, VERASE },
	{ 4, VKILL },
	{ 5, VEOF },
	{ 6, VEOL },
	{ 7, VEOL2 },
	{ 8, VSTART },
	{ 9, VSTOP },
	{ 10, VSUSP },
	{ 12, VREPRINT },
	{ 13, VWERASE },
	{ 14, VLNEXT },
#ifdef VSWTC
	{ 16, VSWTC },
#endif
	{ 18, VDISCARD },
};

enum group { INPUT, LOCAL, OUTPUT, CONTROL };

static const struct {
	unsigned char op;
	enum group group;
	tcflag_t bit;
} flags[] = {
	{ 30, INPUT, IGNPAR },
	{ 31, INPUT, PARMRK },
	{ 32, INPUT, INPCK },
	{ 33, INPUT, ISTRIP },
	{ 34, INPUT, INLCR },
	{ 35, INPUT, IGNCR },
	{ 36, INPUT, ICRNL },
#ifdef IUCLC
	{ 37, INPUT, IUCLC },
#endif
	{ 38, INPUT, IXON },
	{ 39, INPUT, IXANY },
	{ 40, INPUT, IXOFF },
#ifdef IMAXBEL
	{ 41, INPUT, IMAXBEL },
#endif
#ifdef IUTF8
	{ 42, INPUT, IUTF8 },
#endif
	{ 50, LOCAL, ISIG },
	{ 51, LOCAL, ICANON },
#ifdef XCASE
	{ 52, LOCAL, XCASE },
#endif
	{ 53, LOCAL, ECHO },
	{ 54, LOCAL, ECHOE },
	{ 55, LOCAL, ECHOK },
	{ 56, LOCAL, ECHONL },
	{ 57, LOCAL, NOFLSH },
	{ 58, LOCAL, TOSTOP },
	{ 59, LOCAL, IEXTEN },
	{ 60, LOCAL, ECHOCTL },
	{ 61, LOCAL, ECHOKE },
#ifdef PENDIN
	{ 62, LOCAL, PENDIN },
#endif
	{ 70, OUTPUT, OPOST },
#ifdef OLCUC
	{ 71, OUTPUT, OLCUC },
#endif
	{ 72, OUTPUT, ONLCR },
	{ 73, OUTPUT, OCRNL },
	{ 74, OUTPUT, ONOCR },
	{ 75, OUTPUT, ONLRET },
	{ 90, CONTROL, CS7 },
	{ 91, CONTROL, CS8 },
	{ 92, CONTROL, PARENB },
	{ 93, CONTROL, PARODD },
};

enum { OP_END = 0, OP_ISPEED = 128, OP_OSPEED = 129, CHAR_NONE = 255 };

/* Bits a second; 0: hang up, or a speed that has no name here. */
static uint32_t speed_of(speed_t speed)
{
	static const struct {
		speed_t constant;
		uint32_t rate;
	} speeds[] = {
		{ B50, 50 },
		{ B75, 75 },
		{ B110, 110 },
		{ B134, 134 },
		{ B150, 150 },
		{ B200, 200 },
		{ B300, 300 },
		{ B600, 600 },
		{ B1200, 1200 },
		{ B1800, 1800 },
		{ B2400, 2400 },
		{ B4800, 4800 },
		{ B9600, 9600 },
		{ B19200, 19200 },
		{ B38400, 38400 },
		{ B57600, 57600 },
		{ B115200, 115200 },
		{ B230400, 230400 },
	};

	for (size_t i = 0; i < ARRAY_LEN(speeds); i++)
		if (speeds[i].constant == speed)
			return speeds[i].rate;
	return 0;
}

static void add(struct str *out, unsigned char op, uint32_t value)
{
	str_add_char(out, (char)op);
	str_add_u32(out, value);
}

void ttymodes_encode(const struct termios *modes, struct str *out)
{
	if (modes != NULL) {
		const tcflag_t groups[] = { [INPUT] = modes->c_iflag,
			[LOCAL] = modes->c_lflag,
			[OUTPUT] = modes->c_oflag,
			[CONTROL] = modes->c_cflag };

		add(out, OP_OSPEED, speed_of(cfgetospeed(modes)));
		add(out, OP_ISPEED, speed_of(cfgetispeed(modes)));
		for (size_t i = 0; i < ARRAY_LEN(chars); i++) {
			cc_t c = modes->c_cc[chars[i].index];

			add(out, chars[i].op, c == _POSIX_VDISABLE ? CHAR_NONE : c);
		}
		/* Any bit counts, also of CS7 and CS8: as OpenSSH ttymodes.c, whose server
		 * sets them one after the other. */
		for (size_t i = 0; i < ARRAY_LEN(flags); i++)
			add(out, flags[i].op, (groups[flags[i].group] & flags[i].bit) != 0);
	}
	str_add_char(out, OP_END);
}
