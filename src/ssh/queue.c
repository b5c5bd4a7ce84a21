/* SPDX-License-Identifier: Apache-2.0 */
#include "queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sallyport/util.h"

enum { QUEUE_MIN = 512, QUEUE_KEEP = 512 * 1024 };

void queue_done(struct queue *queue)
{
	if (queue->data)
		secret_wipe(queue->data, queue->cap);
	free(queue->data);
	*queue = (struct queue){ 0 };
}

size_t queue_len(const struct queue *queue)
{
	return queue->tail - queue->head;
}

const unsigned char *queue_head(const struct queue *queue)
{
	return queue->data ? queue->data + queue->head : NULL;
}

static void grow(struct queue *queue, size_t need)
{
	size_t len = queue_len(queue);
	size_t cap = queue->cap ? queue->cap : QUEUE_MIN;
	unsigned char *data;

	while (cap < need)
		cap *= 2;
	data = mem_alloc(cap);
	if (len)
		memcpy(data, queue_head(queue), len);
	queue_done(queue);
	*queue = (struct queue){ .data = data, .tail = len, .cap = cap };
}

unsigned char *queue_room(struct queue *queue, size_t len)
{
	size_t have = queue_len(queue);

	if (queue->cap - queue->tail >= len)
		return queue->data + queue->tail;
	if (!queue->data || have + len > queue->cap) {
		grow(queue, have + len);
	} else {
		memmove(queue->data, queue_head(queue), have);
		queue->head = 0;
		queue->tail = have;
	}
	return queue->data + queue->tail;
}

void queue_filled(struct queue *queue, size_t len)
{
	assert(queue->tail + len <= queue->cap);
	queue->tail += len;
}

void queue_add(struct queue *queue, const void *data, size_t len)
{
	if (!len)
		return;
	memcpy(queue_room(queue, len), data, len);
	queue_filled(queue, len);
}

void queue_drop(struct queue *queue, size_t len)
{
	assert(len <= queue_len(queue));
	queue->head += len;
	if (queue->head < queue->tail)
		return;
	queue->head = queue->tail = 0;
	if (queue->cap > QUEUE_KEEP)
		queue_done(queue);
}

void queue_unread(struct queue *queue, const void *data, size_t len)
{
	struct queue all = { 0 };

	queue_add(&all, data, len);
	queue_add(&all, queue_head(queue), queue_len(queue));
	queue_done(queue);
	*queue = all;
}
