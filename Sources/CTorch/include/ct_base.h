/* The border to libtorch. Plain C: opaque handles, a status for every call, and an error text.
 *
 * A function that can fail returns 0, or 1 and leaves libtorch's message for ct_error_message() on the
 * same thread. Results come back through the last parameters. Exceptions never cross. Handles returned are owned by
 * the caller and given back with ct_tensor_release(). Lists are a pointer and a count. */
#ifndef CT_BASE_H
#define CT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CTTensorBox *CTTensor;

/* The message of the last call that failed on this thread; valid until the next failure. */
const char *_Nonnull ct_error_message(void);

#ifdef __cplusplus
}
#endif
#endif
