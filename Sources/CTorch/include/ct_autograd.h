/* Gradients. */
#ifndef CT_AUTOGRAD_H
#define CT_AUTOGRAD_H
#include "ct_base.h"

#ifdef __cplusplus
extern "C" {
#endif

int ct_set_requires_grad(CTTensor _Nonnull tensor, bool on);
bool ct_requires_grad(CTTensor _Nonnull tensor);
int ct_backward(CTTensor _Nonnull loss);
/* NULL if there is no gradient yet. */
int ct_grad(CTTensor _Nonnull tensor, CTTensor _Nullable *_Nonnull out);
int ct_clear_grad(CTTensor _Nonnull tensor);
int ct_detach(CTTensor _Nonnull tensor, CTTensor _Nullable *_Nonnull out);
/* Sets whether operations of this thread are recorded, and returns the previous setting. */
bool ct_set_grad_mode(bool on);

#ifdef __cplusplus
}
#endif
#endif
