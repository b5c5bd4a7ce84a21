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
	bool relic; /* of teletypes and serial lines: sent only when it is set */
} flags[] = {
	{ 30, INPUT, IGNPAR, false },
	{ 31, INPUT, PARMRK, true },
	{ 32, INPUT, INPCK, true },
	{ 33, INPUT, ISTRIP, false },
	{ 34, INPUT, INLCR, false },
	{ 35, INPUT, IGNCR, false },
	{ 36, INPUT, ICRNL, false },
#ifdef IUCLC
	{ 37, INPUT, IUCLC, true },
#endif
	{ 38, INPUT, IXON, false },
	{ 39, INPUT, IXANY, false },
	{ 40, INPUT, IXOFF, false },
#ifdef IMAXBEL
	{ 41, INPUT, IMAXBEL, false },
#endif
#ifdef IUTF8
	{ 42, INPUT, IUTF8, false },
#endif
	{ 50, LOCAL, ISIG, false },
	{ 51, LOCAL, ICANON, false },
#ifdef XCASE
	{ 52, LOCAL, XCASE, true },
#endif
	{ 53, LOCAL, ECHO, false },
	{ 54, LOCAL, ECHOE, false },
	{ 55, LOCAL, ECHOK, false },
	{ 56, LOCAL, ECHONL, false },
	{ 57, LOCAL, NOFLSH, false },
	{ 58, LOCAL, TOSTOP, false },
	{ 59, LOCAL, IEXTEN, false },
	{ 60, LOCAL, ECHOCTL, false },
	{ 61, LOCAL, ECHOKE, false },
#ifdef PENDIN
	{ 62, LOCAL, PENDIN, true },
#endif
	{ 70, OUTPUT, OPOST, false },
#ifdef OLCUC
	{ 71, OUTPUT, OLCUC, true },
#endif
	{ 72, OUTPUT, ONLCR, false },
	{ 73, OUTPUT, OCRNL, false },
	{ 74, OUTPUT, ONOCR, false },
	{ 75, OUTPUT, ONLRET, false },
	{ 90, CONTROL, CS7, true },
	{ 91, CONTROL, CS8, false },
	{ 92, CONTROL, PARENB, true },
	{ 93, CONTROL, PARODD, true },
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

/* Leaves room for the end mark. */
static void add(struct str *out, size_t max, unsigned char op, uint32_t value)
{
	if (out->len + 5 + 1 > max)
		return;
	str_add_char(out, (char)op);
	str_add_u32(out, value);
}

/* Any bit counts, also of CS7 and CS8: as OpenSSH ttymodes.c, whose server sets them one after
 * the other. */
static void add_flags(struct str *out, size_t max, const struct termios *modes)
{
	const tcflag_t groups[] = { [INPUT] = modes->c_iflag,
		[LOCAL] = modes->c_lflag,
		[OUTPUT] = modes->c_oflag,
		[CONTROL] = modes->c_cflag };

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		bool set = (groups[flags[i].group] & flags[i].bit) != 0;

		if (set || !flags[i].relic)
			add(out, max, flags[i].op, set);
	}
}

void ttymodes_encode(const struct termios *modes, size_t max, struct str *out)
{
	if (modes != NULL) {
		add_flags(out, max, modes);
		for (size_t i = 0; i < ARRAY_LEN(chars); i++) {
			cc_t c = modes->c_cc[chars[i].index];

			add(out, max, chars[i].op, c == _POSIX_VDISABLE ? CHAR_NONE : c);
		}
		add(out, max, OP_OSPEED, speed_of(cfgetospeed(modes)));
		add(out, max, OP_ISPEED, speed_of(cfgetispeed(modes)));
	}
	str_add_char(out, OP_END);
}
