// Layers based on CKernels, recorded for gradients. Each returns nothing if the kernels are off or do not support the
// shape; the caller then uses libtorch.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

namespace native {

/// The batch norm after a convolution, with its running statistics.
struct Norm {
    at::Tensor weight, bias, running_mean, running_var;
    double momentum, epsilon;
};

/// ReLU(batch norm(convolution)) in training, of one or two maps concatenated along the channels.
std::optional<at::Tensor> conv_norm_relu_training(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                                  const at::Tensor &bias, at::IntArrayRef padding, const Norm &norm);

/// The same for prediction, with the running statistics folded into the weights; not recorded.
std::optional<at::Tensor> conv_norm_relu_prediction(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                                    const at::Tensor &bias, at::IntArrayRef padding, const Norm &norm);

/// ReLU(convolution) of one or two maps concatenated along the channels.
std::optional<at::Tensor> conv_relu(const std::vector<at::Tensor> &parts, const at::Tensor &weight, const at::Tensor &bias,
                                    at::IntArrayRef padding);

/// ReLU(instance norm(convolution)), likewise.
std::optional<at::Tensor> conv_instance_norm_relu(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                                  const at::Tensor &bias, at::IntArrayRef padding,
                                                  const at::Tensor &norm_weight, const at::Tensor &norm_bias,
                                                  double epsilon);

/// 3×3 convolution with stride 1, 1×1 convolution, or transposed convolution with a stride equal to its kernel.
std::optional<at::Tensor> convolution(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                                      at::IntArrayRef stride, at::IntArrayRef padding, bool transposed);

/// 2×2 max-pool with stride 2 (1×2×2 or 2×2×2 in 3D).
std::optional<at::Tensor> max_pool(const at::Tensor &x, at::IntArrayRef kernel);

}  // namespace native
