/* SPDX-License-Identifier: Apache-2.0 */
/* The program: a command if one was named, else the menu. */

#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "sallyport/util.h"

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && str_eq(argv[1], "--version")) {
		printf("%s\n", PACKAGE_STRING);
		return 0;
	}
	fprintf(stderr, _("usage: %s --version\n"), PACKAGE);
	return 2;
}
