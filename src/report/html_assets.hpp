// The files of src/report/html and third_party/d3 as CMake embeds them (embed_assets.cmake).
#pragma once

#include <string>

namespace sushi::report {

struct HtmlAsset {
  const char* name;
  const unsigned char* bytes;
  unsigned long size;
  std::string Text() const { return {reinterpret_cast<const char*>(bytes), size}; }
};

// In the order of src/CMakeLists.txt; the last one has no name.
extern const HtmlAsset kHtmlAssets[];

}  // namespace sushi::report
