/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library for LD_PRELOAD that stands between a process and the files below the folder DISK_ROOT. What is set in the
 * environment is done:
 *
 * DISK_LOG: a file that gets a record of each write and sync, and of all that is sent. power.py makes of it what a
 * power failure would have left. A write is recorded when it is done, a sync when it begins and when it is done, a
 * response before it is sent: so what is recorded before the begin of a sync is covered by it, and what is recorded
 * after a response was too late for it. Records are appended by one call each and so are whole and in one order, with
 * any number of threads and processes. DISK_NO_SYNC=1: syncs do nothing and say that they worked. DISK_FAULT: a file
 * with "write 30" or "sync 5" (an errno) while writes or syncs fail with that; empty or missing otherwise.
 *
 * What is written by mmap, sendfile or stdio is not seen; SQLite writes only its index (-shm) so, which counts for
 * nothing after a failure.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* As power.py reads it: this, the path, the data. */
struct record {
    uint32_t kind;
    uint32_t thread;
    uint64_t offset; /* of a write; of a truncated file the size; of what is sent the descriptor */
    uint32_t path_size;
    uint32_t data_size;
};

enum kind { CREATED = 1, WRITTEN, TRUNCATED, SYNC_BEGINS, SYNCED, FOLDER_MADE, REMOVED, RENAMED, SENT, LINKED };

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const char* root(void) {
    return getenv("DISK_ROOT");
}

static int log_file(void) {
    static int opened = -1; /* what is opened twice at once is the same file */
    int file = __atomic_load_n(&opened, __ATOMIC_ACQUIRE);
    if (file >= 0) return file;
    const char* const name = getenv("DISK_LOG");
    file = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) abort();
    __atomic_store_n(&opened, file, __ATOMIC_RELEASE);
    return file;
}

static void put(enum kind kind, const char* path, uint64_t offset, const struct iovec* data, int count) {
    if (getenv("DISK_LOG") == NULL) return;
    const int error = errno;
    struct iovec pieces[IOV_MAX];
    struct record record = {kind, (uint32_t)syscall(SYS_gettid), offset, (uint32_t)strlen(path), 0};
    if (count > IOV_MAX - 2) abort();
    pieces[0] = (struct iovec){&record, sizeof record};
    pieces[1] = (struct iovec){(void*)(uintptr_t)path, record.path_size};
    for (int i = 0; i < count; ++i) {
        pieces[i + 2] = data[i];
        record.data_size += (uint32_t)data[i].iov_len;
    }
    const long whole = (long)(sizeof record + record.path_size + record.data_size);
    if (syscall(SYS_writev, log_file(), pieces, count + 2) != whole) abort();
    errno = error;
}

static void put_one(enum kind kind, const char* path, uint64_t offset, const void* data, size_t size) {
    const struct iovec piece = {(void*)(uintptr_t)data, size};
    put(kind, path, offset, &piece, 1);
}

static int is_below(const char* path) {
    const char* const folder = root();
    const size_t size = folder == NULL ? 0 : strlen(folder);
    return size != 0 && strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

/* The path of an open file below the root; 0: it is not there. */
static int path_of(int file, char path[PATH_MAX]) {
    char link[64];
    const int error = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t size = readlink(link, path, PATH_MAX - 1);
    errno = error;
    if (size <= 0) return 0;
    path[size] = '\0';
    return is_below(path);
}

static int path_at(int folder, const char* name, char path[PATH_MAX]) {
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return is_below(path);
    }
    if (folder == AT_FDCWD) {
        if (getcwd(path, PATH_MAX) == NULL || !is_below(path)) return 0;
    } else if (!path_of(folder, path)) {
        return 0;
    }
    const size_t size = strlen(path);
    return snprintf(path + size, PATH_MAX - size, "/%s", name) < (int)(PATH_MAX - size);
}

static int created(int file, int flags) {
    char path[PATH_MAX];
    if (file >= 0 && (flags & O_CREAT) != 0 && path_of(file, path)) put(CREATED, path, 0, NULL, 0);
    if (file >= 0 && (flags & O_TRUNC) != 0 && path_of(file, path)) put(TRUNCATED, path, 0, NULL, 0);
    return file;
}

/* Whether that fails now, with errno. */
static int fails(const char* what, int file) {
    char path[PATH_MAX];
    char text[32] = "";
    const char* const name = getenv("DISK_FAULT");
    if (name == NULL || !path_of(file, path)) return 0;
    const int error = errno;
    const int fault = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
    if (fault >= 0) {
        if (read(fault, text, sizeof text - 1) < 0) abort();
        close(fault);
    }
    const size_t size = strlen(what);
    const int now = strncmp(text, what, size) == 0 && text[size] == ' ';
    errno = now ? atoi(text + size) : error;
    return now;
}

#define MODE(flags, last)                         \
    mode_t mode = 0;                              \
    if (((flags) & (O_CREAT | O_TMPFILE)) != 0) { \
        va_list more;                             \
        va_start(more, last);                     \
        mode = va_arg(more, mode_t);              \
        va_end(more);                             \
    }

int open(const char* path, int flags, ...) {
    MODE(flags, flags)
    return created(NEXT(open)(path, flags, mode), flags);
}
int open64(const char* path, int flags, ...) {
    MODE(flags, flags)
    return created(NEXT(open64)(path, flags, mode), flags);
}
int openat(int folder, const char* path, int flags, ...) {
    MODE(flags, flags)
    return created(NEXT(openat)(folder, path, flags, mode), flags);
}
int openat64(int folder, const char* path, int flags, ...) {
    MODE(flags, flags)
    return created(NEXT(openat64)(folder, path, flags, mode), flags);
}
int mkostemp(char* path, int flags) {
    return created(NEXT(mkostemp)(path, flags), O_CREAT);
}

static ssize_t written(int file, const void* data, ssize_t size, int64_t offset) {
    char path[PATH_MAX];
    if (size > 0 && path_of(file, path)) {
        if (offset < 0) offset = lseek64(file, 0, SEEK_CUR) - size;
        put_one(WRITTEN, path, (uint64_t)offset, data, (size_t)size);
    }
    return size;
}

ssize_t write(int file, const void* data, size_t size) {
    if (fails("write", file)) return -1;
    return written(file, data, NEXT(write)(file, data, size), -1);
}
ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
    if (fails("write", file)) return -1;
    return written(file, data, NEXT(pwrite)(file, data, size, offset), offset);
}
ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
    if (fails("write", file)) return -1;
    return written(file, data, NEXT(pwrite64)(file, data, size, offset), offset);
}

static int truncated(int file, int64_t size, int result) {
    char path[PATH_MAX];
    if (result == 0 && path_of(file, path)) put(TRUNCATED, path, (uint64_t)size, NULL, 0);
    return result;
}
int ftruncate(int file, off_t size) {
    if (fails("write", file)) return -1;
    return truncated(file, size, NEXT(ftruncate)(file, size));
}
int ftruncate64(int file, off64_t size) {
    if (fails("write", file)) return -1;
    return truncated(file, size, NEXT(ftruncate64)(file, size));
}

static int synced(int file, int (*sync)(int)) {
    char path[PATH_MAX];
    const char* const off = getenv("DISK_NO_SYNC");
    if (off != NULL && strcmp(off, "1") == 0) return 0;
    if (fails("sync", file)) return -1;
    const int known = path_of(file, path);
    if (known) put(SYNC_BEGINS, path, 0, NULL, 0);
    const int result = sync(file);
    if (known && result == 0) put(SYNCED, path, 0, NULL, 0);
    return result;
}
int fsync(int file) {
    return synced(file, NEXT(fsync));
}
int fdatasync(int file) {
    return synced(file, NEXT(fdatasync));
}

static int changed(enum kind kind, int folder, const char* name, int result) {
    char path[PATH_MAX];
    if (result == 0 && path_at(folder, name, path)) put(kind, path, 0, NULL, 0);
    return result;
}
int mkdir(const char* path, mode_t mode) {
    return changed(FOLDER_MADE, AT_FDCWD, path, NEXT(mkdir)(path, mode));
}
int mkdirat(int folder, const char* path, mode_t mode) {
    return changed(FOLDER_MADE, folder, path, NEXT(mkdirat)(folder, path, mode));
}
int unlink(const char* path) {
    return changed(REMOVED, AT_FDCWD, path, NEXT(unlink)(path));
}
int unlinkat(int folder, const char* path, int flags) {
    return changed(REMOVED, folder, path, NEXT(unlinkat)(folder, path, flags));
}
int rename(const char* from, const char* to) {
    char old[PATH_MAX];
    char path[PATH_MAX];
    const int result = NEXT(rename)(from, to);
    if (result == 0 && path_at(AT_FDCWD, from, old) && path_at(AT_FDCWD, to, path))
        put_one(RENAMED, old, 0, path, strlen(path));
    return result;
}

int link(const char* from, const char* to) {
    char old[PATH_MAX];
    char path[PATH_MAX];
    const int result = NEXT(link)(from, to);
    if (result == 0 && path_at(AT_FDCWD, from, old) && path_at(AT_FDCWD, to, path))
        put_one(LINKED, old, 0, path, strlen(path));
    return result;
}

/* Before it is sent: more than is taken may be recorded, and twice. */
static void sent(int file, const struct iovec* pieces, size_t count) {
    if (root() != NULL) put(SENT, "", (uint64_t)file, pieces, (int)count);
}
ssize_t send(int file, const void* data, size_t size, int flags) {
    const struct iovec piece = {(void*)(uintptr_t)data, size};
    sent(file, &piece, 1);
    return NEXT(send)(file, data, size, flags);
}
ssize_t sendmsg(int file, const struct msghdr* message, int flags) {
    sent(file, message->msg_iov, message->msg_iovlen);
    return NEXT(sendmsg)(file, message, flags);
}
