/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh -f: a session that goes to the background once it is open.  The process that was started
 * waits for that, while a child of it connects and asks; only this can keep an event loop, which
 * does not survive a fork.
 */
#ifndef SALLYPORT_CLI_BACKGROUND_H
#define SALLYPORT_CLI_BACKGROUND_H

#include <stdbool.h>

/*
 * Forks.  CLI_GO_ON in the child; in the parent it returns when the child has called
 * background_detach() or has ended, with the exit status to pass on.
 */
int background_start(void);
/*
 * In the child: leaves the terminal and lets the parent return.  Standard input becomes
 * /dev/null, and with silent standard output and error too.
 */
void background_detach(bool silent);

#endif
