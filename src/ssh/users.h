/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a machine lets in first: the users that its image came with. */
#ifndef SSH_USERS_H
#define SSH_USERS_H

/*
 * Users to try in place of one that was refused, at most four, "ubuntu, root"; guessed from the server's software, as in its
 * banner, and the cloud (NULL: not known).  Never the refused one.  Caller frees.
 */
char *users_guess(const char *software, const char *provider, const char *refused);
/* The same as the question to ask oneself: "Is me the right user, or one of: ubuntu, root?"  Caller frees. */
char *users_question(const char *software, const char *provider, const char *refused);

#endif
