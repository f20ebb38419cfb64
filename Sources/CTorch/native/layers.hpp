// Layers on CKernels, recorded for gradients. Each gives nothing where the kernels are off or not made for the shape: the
// caller then takes libtorch's way.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

namespace native {

/// The norm that follows a convolution, with its running statistics.
struct Norm {
    at::Tensor weight, bias, running_mean, running_var;
    double momentum, epsilon;
};

/// ReLU(batch norm(convolution)) while training, of one or two maps one after the other along the channels.
std::optional<at::Tensor> conv_norm_relu_training(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                                  const at::Tensor &bias, at::IntArrayRef padding, const Norm &norm);

/// The same for prediction: running statistics, folded into the weights; not recorded.
std::optional<at::Tensor> conv_norm_relu_prediction(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                                    const at::Tensor &bias, at::IntArrayRef padding, const Norm &norm);

/// ReLU(convolution), of one or two maps one after the other along the channels.
std::optional<at::Tensor> conv_relu(const std::vector<at::Tensor> &parts, const at::Tensor &weight, const at::Tensor &bias,
                                    at::IntArrayRef padding);

/// ReLU(instance norm(convolution)), likewise.
std::optional<at::Tensor> conv_instance_norm_relu(const std::vector<at::Tensor> &parts, const at::Tensor &weight,
                                                  const at::Tensor &bias, at::IntArrayRef padding,
                                                  const at::Tensor &norm_weight, const at::Tensor &norm_bias,
                                                  double epsilon);

/// 3×3 convolution of stride 1, 1×1 convolution, or transposed convolution whose stride is its kernel.
std::optional<at::Tensor> convolution(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                                      at::IntArrayRef stride, at::IntArrayRef padding, bool transposed);

/// 2×2 max-pool of stride 2 (1×2×2 or 2×2×2 in 3D).
std::optional<at::Tensor> max_pool(const at::Tensor &x, at::IntArrayRef kernel);

}  // namespace native
