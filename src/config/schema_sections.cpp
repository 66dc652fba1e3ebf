#include "schema_sections.hpp"

#include <algorithm>

#include "model_readers.hpp"
#include "sushi/config/fields.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/config/study.hpp"
#include "sushi/config/sweep.hpp"
#include "sushi/supernet/ofa_mbv3.hpp"

namespace sushi::config {
namespace {

using Json = SchemaJson;
using Properties = std::map<std::string, Json>;

Json Integer(std::int64_t low, std::int64_t high, const std::string& description = "") {
  Json json{{"type", "integer"}, {"minimum", low}, {"maximum", high}};
  if (!description.empty()) json["description"] = description;
  return json;
}

Json Real(double low, double high, const std::string& description) {
  return {{"type", "number"}, {"minimum", low}, {"maximum", high}, {"description", description}};
}

Json OneOf(const keys::Keys& names, const std::string& description) {
  return {{"enum", names}, {"description", description}};
}

Json List(Json items, std::size_t least, std::size_t most, const std::string& description) {
  return {{"type", "array"},
          {"items", std::move(items)},
          {"minItems", least},
          {"maxItems", most},
          {"description", description}};
}

Json PlainName(const std::string& description) {
  Json json = TextSchema(description);
  json["pattern"] = "^[A-Za-z0-9_.+@-]{1,32}$";
  return json;
}

Json Scalars() { return {{"type", {"string", "number", "boolean"}}}; }

Json Top1() { return Real(0, 100, "top-1 accuracy (%)"); }

Json StageLists(Json item, const std::string& description) {
  return {{"type", "array"},
          {"items", {{"type", "array"}, {"items", std::move(item)}}},
          {"description", description}};
}

Json Ratio() { return Real(0.001, kMaxRatio, "a ratio"); }
Json Ratios(const std::string& description) { return List(Ratio(), 1, kMaxChoices, description); }

Json SubNets(const Json& item) {
  return List(item, 1, static_cast<std::size_t>(kMaxSubNets), "the SubNets that may serve a query");
}

// The first SubNet lists and rows of `rule: table`.
Json TableModel() {
  const Json map_size = Integer(1, kMaxMapSize), channels = Integer(1, kMaxChannels);
  const Json flag = Integer(0, 1), producer = {{"anyOf", {Integer(0, kMaxLayers - 1), {{"const", "image"}}}}};
  const Json subnet = ObjectSchema(keys::kTableSubNet,
                                   {{"name", PlainName("of the SubNet")},
                                    {"top1_percent", Top1()},
                                    {"input_size", Integer(1, kMaxMapSize, "height and width of the image")}},
                                   {"name", "top1_percent"});
  const Json row =
      ObjectSchema(keys::kTableRow,
                   {{"subnet", TextSchema("the SubNet's name")},
                    {"layer", Integer(0, kMaxLayers - 1, "index within the SubNet")},
                    {"supernet_layer", Integer(0, kMaxLayers - 1, "whose weights a convolution shares")},
                    {"out_channels", channels},
                    {"in_channels", channels},
                    {"kernel_h", map_size},
                    {"kernel_w", map_size},
                    {"in_h", map_size},
                    {"in_w", map_size},
                    {"pad_h", Integer(0, kMaxMapSize)},
                    {"pad_w", Integer(0, kMaxMapSize)},
                    {"stride_h", map_size},
                    {"stride_w", map_size},
                    {"name", PlainName("of the layer")},
                    {"input", producer},
                    {"add", producer},
                    {"kind", OneOf({sushi::Name(OpKind::kConv), sushi::Name(OpKind::kMaxPool),
                                    sushi::Name(OpKind::kAveragePool), sushi::Name(OpKind::kScale)},
                                   "what the layer computes")},
                    {"depthwise", flag},
                    {"bias", flag},
                    {"activation", OneOf({sushi::Name(Activation::kRelu), sushi::Name(Activation::kHSwish),
                                          sushi::Name(Activation::kHSigmoid), sushi::Name(Activation::kNone)},
                                         "of a convolution")},
                    {"scale", producer}},
                   {"subnet", "layer", "out_channels", "in_channels", "kernel_h", "kernel_w", "in_h", "in_w",
                    "pad_h", "pad_w", "stride_h", "stride_w"});
  return ObjectSchema(
      keys::kTableModel,
      {{"name", PlainName("of the SuperNet")},
       {"rule", Json::object()},
       {"table", ObjectSchema(keys::kTableFile, {{"file", TextSchema("CSV of the rows")}}, {"file"})},
       {"layers", {{"type", "array"}, {"items", row}}},
       {"subnets", SubNets(subnet)}},
      {});
}

Properties WithInput(Properties properties) {
  properties["classes"] = Integer(1, kMaxChannels, "outputs of the classifier");
  properties["divisor"] = Integer(1, kMaxDivisor, "channels are multiples of this");
  properties["input_min"] = Integer(1, kMaxMapSize, "smallest image");
  properties["input_max"] = Integer(1, kMaxMapSize, "largest image");
  properties["input_step"] = Integer(1, kMaxMapSize, "from one size of the image to the next");
  return properties;
}

keys::Keys Without(keys::Keys known, const keys::Keys& optional) {
  const auto is_optional = [&](const std::string& key) {
    return std::find(optional.begin(), optional.end(), key) != optional.end();
  };
  known.erase(std::remove_if(known.begin(), known.end(), is_optional), known.end());
  return known;
}

const keys::Keys kOptionalOfSpace{"squeeze_divisor", "divisor", "input_step"};

Json Mbv3Model() {
  const auto stages = [](Json item, const std::string& description) {
    return List(std::move(item), kMbv3Stages, kMbv3Stages, description);
  };
  const Json channels = Integer(1, kMaxChannels), flag = Integer(0, 1);
  const Json count = Integer(1, static_cast<std::int64_t>(kMaxRatio));
  const Json space = ObjectSchema(
      keys::kMbv3Space,
      WithInput({{"stem_width", Integer(1, kMaxChannels, "channels of the stem")},
                 {"first_block_width", Integer(1, kMaxChannels, "channels of the first block")},
                 {"stage_width", stages(channels, "channels of each stage")},
                 {"final_expand_width", Integer(1, kMaxChannels, "the 1x1 before the global pool")},
                 {"feature_mix_width", Integer(1, kMaxChannels, "the 1x1 after it")},
                 {"stage_stride", stages(Integer(1, 2), "of a stage's first block")},
                 {"squeeze_excite", stages(flag, "1: the stage's blocks have it")},
                 {"h_swish", stages(flag, "1: h-swish, 0: ReLU")},
                 {"depths", List(count, 1, kMaxChoices, "blocks that a stage may keep")},
                 {"kernel_sizes", List(count, 1, kMaxChoices, "of the depthwise convolution")},
                 {"expand_ratios", Ratios("a block's middle channels / its input channels")},
                 {"squeeze_divisor", Integer(1, kMaxDivisor, "middle channels / squeezed ones")}}),
      Without(keys::kMbv3Space, kOptionalOfSpace));
  const Json subnet = ObjectSchema(
      keys::kMbv3SubNet,
      {{"name", PlainName("of the SubNet")},
       {"top1_percent", Top1()},
       {"input_size", Integer(1, kMaxMapSize, "height and width of the image")},
       {"depth", stages(Integer(1, kMaxBlocks), "kept blocks of each stage")},
       {"kernel", StageLists(Integer(1, kMaxKernelSize), "kernel size of each kept block, by stage")},
       {"expand", StageLists(Ratio(), "expansion of each kept block, by stage")}},
      keys::kMbv3SubNet);
  return ObjectSchema(keys::kMbv3Model,
                      {{"name", PlainName("of the SuperNet")},
                       {"rule", Json::object()},
                       {"kernel_sharing", OneOf(keys::kKernelSharing, "which weights kernel sizes share")},
                       {"space", space},
                       {"subnets", SubNets(subnet)}},
                      {"space"});
}

Json ResNetModel() {
  const Json channels = Integer(1, kMaxChannels);
  const Json space = ObjectSchema(
      keys::kResNetSpace,
      WithInput({{"base_depth", List(Integer(1, kMaxBlocks), 4, 4, "blocks that every SubNet has, by stage")},
                 {"max_extra_depth", Integer(0, kMaxBlocks, "further blocks a stage")},
                 {"expand_ratios", Ratios("a block's middle channels / its output channels")},
                 {"width_multipliers", Ratios("of all widths")},
                 {"stage_width", List(channels, 4, 4, "channels of each stage")},
                 {"stem_width", Integer(1, kMaxChannels, "channels of the stem")}}),
      Without(keys::kResNetSpace, kOptionalOfSpace));
  const Json subnet =
      ObjectSchema(keys::kResNetSubNet,
                   {{"name", PlainName("of the SubNet")},
                    {"top1_percent", Top1()},
                    {"input_size", Integer(1, kMaxMapSize, "height and width of the image")},
                    {"stem_depth", Integer(0, kMaxBlocks, "further convolutions of the stem")},
                    {"depth", List(Integer(0, kMaxBlocks), 4, 4, "further blocks of each stage")},
                    {"width_index", List(Integer(0, static_cast<std::int64_t>(kMaxChoices)), 6, 6,
                                         "index into width_multipliers: stem (2), stages (4)")},
                    {"expand", StageLists(Ratio(), "expansion of each kept block, by stage")}},
                   keys::kResNetSubNet);
  return ObjectSchema(keys::kResNetModel,
                      {{"name", PlainName("of the SuperNet")},
                       {"rule", Json::object()},
                       {"space", space},
                       {"subnets", SubNets(subnet)}},
                      {"space"});
}

Json If(const std::string& rule, const Json& then) {
  return {{"if", {{"properties", {{"rule", {{"const", rule}}}}}}}, {"then", then}};
}

Json AxisKey(bool sweep) {
  Json names = Json::array();
  for (const Field& field : Fields()) names.push_back(field.path);
  if (!sweep) return {{"enum", names}};
  names.push_back("seed");
  names.push_back("base");
  return {{"anyOf", {{{"enum", names}}, {{"pattern", "^supernet\\."}}}}};
}

Json ByAxisKey(bool sweep, Json value, const std::string& description) {
  return {{"type", "object"},
          {"propertyNames", AxisKey(sweep)},
          {"additionalProperties", std::move(value)},
          {"description", description}};
}

Json AxesSchema(bool sweep) {
  const Json values{{"type", "array"}, {"items", Scalars()}, {"minItems", 1}};
  const auto steps = [](const keys::Keys& known) {
    Properties properties;
    for (const std::string& key : known) properties[key] = {{"type", "number"}};
    return ObjectSchema(known, properties, Without(known, {"step"}));
  };
  const Json axis = ObjectSchema(
      keys::kAxisKinds,
      {{"product", ByAxisKey(sweep, values, "every value of each key with every one of the others")},
       {"one_at_a_time", ByAxisKey(sweep, values, "one key changed at a time")},
       {"zip", ByAxisKey(sweep, values, "the first values together, the second together, …")},
       {"list",
        {{"type", "array"},
         {"items", ByAxisKey(sweep, Scalars(), "keys set together")},
         {"minItems", 1},
         {"description", "points written one by one"}}},
       {"range", ByAxisKey(sweep, steps({"from", "to", "step"}), "from … to in steps, 1 unless given")},
       {"log2", ByAxisKey(sweep, steps({"from", "to"}), "from … to, doubling")},
       {"linspace", ByAxisKey(sweep, steps({"from", "to", "points"}), "points at equal distances")}},
      {});
  return {{"type", "array"}, {"items", axis}, {"description", "what is varied; axes multiply"}};
}

Json Texts(const std::string& description) {
  return {{"type", "array"}, {"items", Scalars()}, {"description", description}};
}

}  // namespace

SchemaJson ObjectSchema(const keys::Keys& known, const std::map<std::string, SchemaJson>& properties,
                        const keys::Keys& required) {
  Json ordered = Json::object();
  for (const std::string& key : known) {
    const auto found = properties.find(key);
    if (found == properties.end()) throw InternalError("the schema lacks the key '" + key + "'");
    ordered[key] = found->second;
  }
  if (properties.size() != known.size()) throw InternalError("a schema has keys that its reader refuses");
  Json json{{"type", "object"}, {"properties", std::move(ordered)}, {"additionalProperties", false}};
  if (!required.empty()) json["required"] = required;
  return json;
}

SchemaJson TextSchema(const std::string& description) {
  Json json = Scalars();
  json["description"] = description;
  return json;
}

SchemaJson SuperNetSchema() {
  return {
      {"type", "object"},
      {"properties",
       {{"name", PlainName("of the SuperNet")},
        {"rule", OneOf(keys::kSuperNetRules, "how the layers are described")},
        {"subnets", {{"type", "array"}}}}},
      {"required", {"name", "rule", "subnets"}},
      {"allOf", {If("table", TableModel()), If("ofa_mbv3", Mbv3Model()), If("ofa_resnet", ResNetModel())}}};
}

SchemaJson StudySchema() {
  Json file_name = TextSchema("of the plot's files");
  file_name["pattern"] = "^[a-z0-9_]{1,60}$";
  Json columns = Texts("columns");
  columns["minItems"] = 1;
  const Json plot = ObjectSchema(keys::kStudyPlot,
                                 {{"name", file_name},
                                  {"x", TextSchema("column")},
                                  {"y", columns},
                                  {"series", Texts("columns whose values make a curve each")},
                                  {"where", {{"type", "object"}, {"additionalProperties", Scalars()}}},
                                  {"lines", Texts("columns drawn as lines")},
                                  {"points", {{"type", "boolean"}}},
                                  {"log_scale", {{"type", "boolean"}}}},
                                 {"name", "x", "y"});
  return ObjectSchema(keys::kStudy,
                      {{"kind", OneOf(keys::kStudyKinds, "what a point's rows are")},
                       {"title", TextSchema("of the plots")},
                       {"axes", AxesSchema(false)},
                       {"max_points", Integer(1, kMaxStudyPoints, "refuse more")},
                       {"plots", {{"type", "array"}, {"items", plot}}},
                       {"seeds", Integer(1, 1000, "kind serving: streams that are averaged")}},
                      {});  // a base may have set the kind
}

std::map<std::string, SchemaJson> SweepSchemas() {
  return {{"axes", AxesSchema(true)},
          {"constraints", Texts("expressions over keys that a point must meet")},
          {"max_points", Integer(1, kMaxSweepPoints, "refuse more")},
          {"invalid", OneOf(keys::kInvalid, "what becomes of points that are refused")},
          {"objectives", Texts("min:COLUMN or max:COLUMN, for `sweep best`")},
          {"title", TextSchema("of the sweep")}};
}

}  // namespace sushi::config
