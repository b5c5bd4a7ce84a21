/* SPDX-License-Identifier: Apache-2.0 */
/* A queue of bytes: added at the end, taken from the front, without moving what is in it. */
#ifndef SSH_QUEUE_H
#define SSH_QUEUE_H

#include <stddef.h>

struct queue {
	unsigned char *data;
	size_t head; /* first byte */
	size_t tail; /* behind the last byte */
	size_t cap;
};

/* Wipes and frees. */
void queue_done(struct queue *queue);
size_t queue_len(const struct queue *queue);
/* The first byte; borrowed until the queue changes.  May be NULL when the queue is empty. */
const unsigned char *queue_head(const struct queue *queue);
/* Room for len more bytes at the end; then queue_filled() says how many were put there. */
unsigned char *queue_room(struct queue *queue, size_t len);
void queue_filled(struct queue *queue, size_t len);
void queue_add(struct queue *queue, const void *data, size_t len);
/* Drops len bytes (at most all) from the front. */
void queue_drop(struct queue *queue, size_t len);
/* Puts bytes before all others. */
void queue_unread(struct queue *queue, const void *data, size_t len);

#endif
