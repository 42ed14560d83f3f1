/* writer.h - a second thread that writes pages to files, behind the one that
 * decodes them: as luukku-scan codes a page behind its decoder
 * (firmware/pages/making.c).
 *
 * Thread: one that gives, and the writer's own. Whatever fails ends the
 * program: this is a bench.
 */
#ifndef LUUKKU_BENCH_WRITER_H
#define LUUKKU_BENCH_WRITER_H

#include <stddef.h>

#define WRITER_PIECE_MAX (128 * 1024)

struct writer;

/* `ended` is called in the writer's thread for each file that is done. */
struct writer *writer_new(void (*ended)(void *arg, unsigned number), void *arg);

/* Gives the next bytes of the file `fd`; they are copied. Waits while all
 * places are taken. */
void writer_put(struct writer *w, int fd, const void *data, size_t len);

/* The file has all: it is closed, and `ended` called with its number. */
void writer_end(struct writer *w, int fd, unsigned number);

/* Waits until all is written. */
void writer_free(struct writer *w);

#endif
