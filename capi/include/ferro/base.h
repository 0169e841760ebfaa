/* What every other header needs: export macro, byte strings, version of the library. */
#ifndef FERRO_BASE_H
#define FERRO_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(FERRO_STATIC)
#define FERRO_API
#elif defined(_WIN32)
#define FERRO_API __declspec(dllimport)
#else
#define FERRO_API __attribute__((visibility("default")))
#endif

#define FERRO_VERSION_MAJOR 0
#define FERRO_VERSION_MINOR 1
#define FERRO_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

/* A string of bytes with its length: UTF-8 where it is text, never NUL-terminated by promise. `data` may be NULL
 * when `size` is 0. */
typedef struct ferro_bytes {
  const char *data;
  size_t size;
} ferro_bytes;

/* Version of the library in use: major * 1000000 + minor * 1000 + patch. Since 1.0. */
FERRO_API int32_t ferro_version(void);

#ifdef __cplusplus
}
#endif

#endif
