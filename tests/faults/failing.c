/* Calls of the system that fail when they are told to, with a real errno, for files in one place.

   Preloaded into a process. It marks the files that are opened below the watched place, and counts
   what is done to them; one kind of call fails, the n-th from now on, once or for ever. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/types.h>

enum { NOTHING, OPEN, READ, WRITE, SYNC, TRUNCATE, UNLINK, LINK, KINDS };
enum { FILES = 4096 };

static char place[4096];
static char marked[FILES];
static int counts[KINDS];
static int failing, remaining, error, is_lasting, strikes;

void watch(const char *path)
{
    strncpy(place, path, sizeof place - 1);
}

void arm(int kind, int after, int number, int lasting)
{
    failing = kind;
    remaining = after;
    error = number;
    is_lasting = lasting;
    strikes = 0;
    memset(counts, 0, sizeof counts);
}

int struck(void) { return strikes; }

int counted(int kind) { return counts[kind]; }

static int fails(int kind)
{
    counts[kind]++;
    if (kind != failing || (strikes && !is_lasting) || (!strikes && remaining-- > 0))
        return 0;
    strikes++;
    errno = error;
    return 1;
}

static int is_watched(const char *path) { return *place && path && strstr(path, place); }

static int is_marked(int file) { return file >= 0 && file < FILES && marked[file]; }

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPENING(name) \
    int name(const char *path, int flags, ...) \
    { \
        va_list rest; \
        va_start(rest, flags); \
        int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0; \
        va_end(rest); \
        REAL(name); \
        if (is_watched(path) && fails(OPEN)) return -1; \
        int file = real(path, flags, mode); \
        if (file >= 0 && file < FILES) marked[file] = is_watched(path); \
        return file; \
    }

#define ON_FILE(kind, answer, name, parameters, arguments) \
    answer name parameters \
    { \
        REAL(name); \
        if (is_marked(file) && fails(kind)) return -1; \
        return real arguments; \
    }

#define ON_PATH(kind, name, parameters, arguments) \
    int name parameters \
    { \
        REAL(name); \
        if (is_watched(path) && fails(kind)) return -1; \
        return real arguments; \
    }

extern int fsync(int), fdatasync(int), ftruncate(int, off_t), ftruncate64(int, off64_t);
extern int close(int), unlink(const char *), link(const char *, const char *);
extern int rename(const char *, const char *);
extern ssize_t read(int, void *, size_t), write(int, const void *, size_t);
extern ssize_t pread(int, void *, size_t, off_t), pread64(int, void *, size_t, off64_t);
extern ssize_t pwrite(int, const void *, size_t, off_t);
extern ssize_t pwrite64(int, const void *, size_t, off64_t);

OPENING(open)
OPENING(open64)
ON_FILE(READ, ssize_t, read, (int file, void *to, size_t size), (file, to, size))
ON_FILE(READ, ssize_t, pread, (int file, void *to, size_t size, off_t at), (file, to, size, at))
ON_FILE(READ, ssize_t, pread64, (int file, void *to, size_t size, off64_t at), (file, to, size, at))
ON_FILE(WRITE, ssize_t, write, (int file, const void *from, size_t size), (file, from, size))
ON_FILE(WRITE, ssize_t, pwrite, (int file, const void *from, size_t size, off_t at),
        (file, from, size, at))
ON_FILE(WRITE, ssize_t, pwrite64, (int file, const void *from, size_t size, off64_t at),
        (file, from, size, at))
ON_FILE(SYNC, int, fsync, (int file), (file))
ON_FILE(SYNC, int, fdatasync, (int file), (file))
ON_FILE(TRUNCATE, int, ftruncate, (int file, off_t size), (file, size))
ON_FILE(TRUNCATE, int, ftruncate64, (int file, off64_t size), (file, size))
ON_PATH(UNLINK, unlink, (const char *path), (path))
ON_PATH(LINK, link, (const char *path, const char *target), (path, target))
ON_PATH(LINK, rename, (const char *path, const char *target), (path, target))

int close(int file)
{
    REAL(close);
    if (file >= 0 && file < FILES) marked[file] = 0;
    return real(file);
}
