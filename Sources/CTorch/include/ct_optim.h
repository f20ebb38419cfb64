/* Optimizer steps and clipping over lists of tensors, in place and without recording; the steps are libtorch's fused ones. */
#ifndef CT_OPTIM_H
#define CT_OPTIM_H
#include "ct_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `momentum` lists the momentum buffers and is not read if `momentum_factor` is 0; `first` indicates that they are
 * still uninitialized. */
int ct_sgd_step(const CTTensor _Nonnull *_Nonnull parameters, const CTTensor _Nonnull *_Nonnull gradients,
                const CTTensor _Nonnull *_Nonnull momentum, int32_t count, double rate, double momentum_factor,
                double weight_decay, bool nesterov, bool first);
/* `steps` lists float32 scalars that count the steps, including this one. `decoupled` selects AdamW. */
int ct_adam_step(const CTTensor _Nonnull *_Nonnull parameters, const CTTensor _Nonnull *_Nonnull gradients,
                 const CTTensor _Nonnull *_Nonnull mean, const CTTensor _Nonnull *_Nonnull square,
                 const CTTensor _Nonnull *_Nonnull steps, int32_t count, double rate, double beta1, double beta2,
                 double epsilon, double weight_decay, bool decoupled);

/* Scales the gradients, together a vector whose 2-norm is put into `norm`, so that it is at most `limit`. On the CPU the sum
 * has one order, whatever the number of threads. */
int ct_clip_gradients(const CTTensor _Nonnull *_Nonnull gradients, int32_t count, double limit,
                      double *_Nonnull norm);

#ifdef __cplusplus
}
#endif
#endif
