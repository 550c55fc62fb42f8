/* What an Android x86_64 library wants of bionic, on top of glibc: enough to run libtensorflowlite_jni.so in a desktop
   JVM. The functions with odd names stand for those whose meaning differs; patch_elf.py renames them in the library. */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BIONIC_FILE = 152 }; /* bytes of a FILE there; stdin, stdout and stderr lie in one array */
char __sF[3 * BIONIC_FILE];

static FILE *real(void *file) {
    char *at = file;
    if (at < __sF || at >= __sF + sizeof __sF) return file;
    switch ((at - __sF) / BIONIC_FILE) {
        case 0: return stdin;
        case 1: return stdout;
        default: return stderr;
    }
}

int *__errno(void) { return &errno; }

size_t __strlen_chk(const char *text, size_t size) {
    (void)size;
    return strlen(text);
}

/* TFLite takes XNNPACK only where the API level is above 19. */
int __system_property_get(const char *name, char *value) {
    strcpy(value, strcmp(name, "ro.build.version.sdk") == 0 ? "34" : "");
    return (int)strlen(value);
}

void android_set_abort_message(const char *text) { fprintf(stderr, "abort: %s\n", text); }

int __android_log_vprint(int priority, const char *tag, const char *format, va_list list) {
    (void)priority;
    fprintf(stderr, "%s: ", tag);
    int count = vfprintf(stderr, format, list);
    fputc('\n', stderr);
    return count;
}

int __android_log_print(int priority, const char *tag, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int count = __android_log_vprint(priority, tag, format, list);
    va_end(list);
    return count;
}

long ysconf(int name) { /* sysconf, by bionic's numbers */
    switch (name) {
        case 0x27:
        case 0x28: return sysconf(_SC_PAGESIZE);
        case 0x60: return sysconf(_SC_NPROCESSORS_CONF);
        case 0x61: return sysconf(_SC_NPROCESSORS_ONLN);
        default: fprintf(stderr, "sysconf %d is not translated\n", name); return -1;
    }
}

extern int __xpg_strerror_r(int, char *, size_t);

int trerror_r(int code, char *text, size_t size) { return __xpg_strerror_r(code, text, size); } /* strerror_r of POSIX */

locale_t ewlocale(int mask, const char *name, locale_t base) { /* newlocale: other masks */
    (void)mask;
    return newlocale(LC_ALL_MASK, name, base);
}

int intf(void *file, const char *format, ...) { /* fprintf */
    va_list list;
    va_start(list, format);
    int count = vfprintf(real(file), format, list);
    va_end(list);
    return count;
}

int ntf(void *file, const char *format, va_list list) { return vfprintf(real(file), format, list); } /* vfprintf */
int utc(int character, void *file) { return fputc(character, real(file)); }                        /* fputc */
size_t rite(const void *data, size_t size, size_t count, void *file) {                             /* fwrite */
    return fwrite(data, size, count, real(file));
}
int flush(void *file) { return fflush(file ? real(file) : NULL); } /* fflush */
int ileno(void *file) { return fileno(real(file)); }               /* fileno */
int lose(void *file) { return fclose(real(file)); }                /* fclose */
