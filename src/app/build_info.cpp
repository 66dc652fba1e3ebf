#include "build_info.hpp"

#include "sushisim_commit.hpp"

namespace sushi::app {

const char* BuildType() { return SUSHISIM_BUILD_TYPE; }
const char* Compiler() { return SUSHISIM_COMPILER; }
const char* Commit() { return SUSHISIM_COMMIT; }

}  // namespace sushi::app
