/* replay_main.c - feeds every file of a corpus to a fuzz target.
 *
 * Everyday builds link this in the place of libFuzzer, so that each seed and
 * each input that ever failed is tried again in every test run.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define REPLAY_FILE_MAX (1024L * 1024L)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exact size on the heap: an overrun by one byte is caught. */
static uint8_t *read_exact(FILE *f, size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    if (data && fread(data, 1, size, f) != size) {
        free(data);
        return NULL;
    }
    return data;
}

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    int r = -EIO;
    if (f && fstat(fileno(f), &st) == 0 && st.st_size <= REPLAY_FILE_MAX) {
        size_t size = (size_t)st.st_size;
        uint8_t *data = read_exact(f, size);
        if (data) {
            (void)LLVMFuzzerTestOneInput(data, size);
            r = 0;
        }
        free(data);
    }
    if (f)
        (void)fclose(f);
    if (r < 0)
        (void)fprintf(stderr, "%s: cannot be read\n", path);
    return r;
}

/* The number of files replayed, or -EIO. */
static int replay_dir(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -EIO;
    }
    int count = 0;
    struct dirent *e = NULL;
    while (count >= 0 && (e = readdir(dir))) {
        char name[4096];
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
        count = replay_file(name) < 0 ? -EIO : count + 1;
    }
    (void)closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int count = replay_dir(argv[i]);
        if (count <= 0) {
            (void)fprintf(stderr, "%s: no corpus\n", argv[i]);
            return EXIT_FAILURE;
        }
        total += count;
    }
    (void)printf("%d inputs replayed\n", total);
    return total > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
