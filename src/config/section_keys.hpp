// The keys of the sections that have readers of their own. A reader refuses others, the JSON Schema of the
// section has exactly these.
#pragma once

#include <string>
#include <vector>

namespace sushi::config::keys {

using Keys = std::vector<std::string>;

inline const Keys kSuperNetRules{"ofa_mbv3", "ofa_resnet", "table"};
inline const Keys kTableModel{"name", "rule", "table", "layers", "subnets"};
inline const Keys kMbv3Model{"name", "rule", "kernel_sharing", "space", "subnets"};
inline const Keys kResNetModel{"name", "rule", "space", "subnets"};
inline const Keys kTableFile{"file"};
inline const Keys kTableSubNet{"name", "top1_percent", "input_size"};
inline const Keys kTableRow{
    "subnet", "layer", "supernet_layer", "out_channels", "in_channels", "kernel_h",   "kernel_w",
    "in_h",   "in_w",  "pad_h",          "pad_w",        "stride_h",    "stride_w",   "name",
    "input",  "add",   "kind",           "depthwise",    "bias",        "activation", "scale"};
inline const Keys kMbv3Space{"stem_width",
                             "first_block_width",
                             "stage_width",
                             "final_expand_width",
                             "feature_mix_width",
                             "stage_stride",
                             "squeeze_excite",
                             "h_swish",
                             "depths",
                             "kernel_sizes",
                             "expand_ratios",
                             "squeeze_divisor",
                             "divisor",
                             "classes",
                             "input_min",
                             "input_max",
                             "input_step"};
inline const Keys kMbv3SubNet{"name", "top1_percent", "input_size", "depth", "kernel", "expand"};
inline const Keys kKernelSharing{"none", "centre_crop"};
inline const Keys kResNetSpace{"base_depth",  "max_extra_depth", "expand_ratios", "width_multipliers",
                               "stage_width", "stem_width",      "divisor",       "classes",
                               "input_min",   "input_max",       "input_step"};
inline const Keys kResNetSubNet{"name",  "top1_percent", "input_size", "stem_depth",
                                "depth", "width_index",  "expand"};

inline const Keys kAccelerator{"name", "count", "accel", "levels", "throttle"};
inline const Keys kPowerLevel{"clock_mhz", "energy_scale", "active_mw", "idle_mw"};
inline const Keys kThrottle{"bursts", "window_cycles"};
inline const Keys kTenant{"name",      "model",  "priority",  "slo_us",    "accuracy_min_percent",
                          "trace",     "frames", "period_us", "offset_us", "after",
                          "conditions"};
inline const Keys kConditionMetrics{"response_us", "accuracy_percent", "energy_uj", "mmacs"};

inline const Keys kStudy{"kind", "title", "axes", "max_points", "plots", "seeds"};
inline const Keys kStudyKinds{"subnets", "streams", "roofline", "serving"};
inline const Keys kStudyPlot{"name", "x", "y", "series", "where", "lines", "points", "log_scale"};
inline const Keys kAxisKinds{"product", "one_at_a_time", "zip", "list", "range", "log2", "linspace"};
inline const Keys kSweep{"axes", "constraints", "max_points", "invalid", "objectives", "title"};
inline const Keys kInvalid{"refuse", "skip"};

}  // namespace sushi::config::keys
