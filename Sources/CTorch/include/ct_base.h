/* The interface to libtorch in plain C: opaque handles, a status for every call, and an error message.
 *
 * A function that can fail returns 0 for success, or 1 with libtorch's message available from ct_error_message() on the
 * same thread. Results are returned through the last parameters. Exceptions never escape. Returned handles are owned by
 * the caller, who releases them with ct_tensor_release(). Lists are a pointer and a count. */
#ifndef CT_BASE_H
#define CT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CTTensorBox *CTTensor;

/* The message of the last failed call on this thread, valid until the next failure. */
const char *_Nonnull ct_error_message(void);

#ifdef __cplusplus
}
#endif
#endif
